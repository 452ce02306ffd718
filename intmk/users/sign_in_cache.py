"""The cache of the site, in which the attempts to sign in are counted for all processes together.

django-allauth counts them, and remembers codes that were used, in Django's default cache. In the memory of each
process they would be counted apart: a code could be used once more at the next process.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache import BaseCache, caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.db import DatabaseError, IntegrityError, connection
from django.utils.crypto import salted_hmac


class SignInCache(LocMemCache):
    """Memory of this process, except what django-allauth keeps: that goes to the cache "sign_in" in the database."""

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        if shared := shared_place(key):
            with told_of_failure():
                return shared[0].add(shared[1], value, timeout, version)
        return super().add(key, value, timeout, version)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        if shared := shared_place(key):
            return shared[0].get(shared[1], default, version)
        return super().get(key, default, version)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        if shared := shared_place(key):
            with told_of_failure():
                shared[0].set(shared[1], value, timeout, version)
        else:
            super().set(key, value, timeout, version)

    def delete(self, key: str, version: int | None = None) -> bool:
        if shared := shared_place(key):
            return shared[0].delete(shared[1], version)
        return super().delete(key, version)


@contextmanager
def told_of_failure() -> Iterator[None]:
    """Raise what the database says inside; Django's cache keeps it to itself, and allauth takes it for a full count.

    Only that another process was quicker (IntegrityError) is what the cache may keep to itself.
    """
    failed: list[DatabaseError] = []

    def note(execute: Callable, *arguments: Any) -> Any:
        try:
            return execute(*arguments)
        except IntegrityError:
            raise
        except DatabaseError as error:
            failed.append(error)
            raise

    with connection.execute_wrapper(note):
        yield
    if failed:
        raise failed[0]


def shared_place(key: str) -> tuple[BaseCache, str] | None:
    """Return where all processes keep this key and under which name, or None when each keeps its own.

    The name is a keyed hash: keys hold names and addresses of people, which do not belong in a table.
    """
    if not key.startswith("allauth"):
        return None
    return caches["sign_in"], salted_hmac("intmk.users.sign_in_cache", key, algorithm="sha256").hexdigest()


def forget_attempts() -> None:
    """Forget all that is counted: after the time was set back it would count until that time comes again."""
    caches["sign_in"].clear()
