"""Tells a site that cannot answer, or cannot store, just now from one with a fault in its program."""

import enum
import errno
from collections.abc import Iterator

from django.db import InterfaceError, OperationalError
from psycopg import errors

FULL_OR_LOCKED = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


class FilesAwayError(Exception):
    """The storage of uploaded files cannot be reached, or refuses. No OSError: the file may well be there."""


class Outage(enum.Enum):
    """What is the matter: nothing can be read, nothing can be stored, or uploaded files can be neither."""

    AWAY = enum.auto()
    UNWRITABLE = enum.auto()
    FILES_AWAY = enum.auto()


def outage_of(fault: BaseException | None) -> Outage | None:
    """Return what outage an exception tells of, None for any other fault.

    AWAY also when a migration is still to come. UNWRITABLE: the database or a disk is full or takes no changes.
    """
    if any(map(is_unwritable, chain_of(fault))):
        return Outage.UNWRITABLE
    if any(isinstance(each, FilesAwayError) for each in chain_of(fault)):
        return Outage.FILES_AWAY
    is_behind = fault and isinstance(fault.__cause__, (errors.UndefinedTable, errors.UndefinedColumn))
    if is_behind or isinstance(fault, (OperationalError, InterfaceError)):
        return Outage.AWAY
    return None


def chain_of(fault: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and what led to it."""
    while fault is not None:
        yield fault
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)


def is_unwritable(fault: BaseException) -> bool:
    """Say whether this one is the refusal to store anything."""
    if isinstance(fault, OSError):
        return fault.errno in FULL_OR_LOCKED
    return isinstance(fault, (errors.ReadOnlySqlTransaction, errors.DiskFull))
