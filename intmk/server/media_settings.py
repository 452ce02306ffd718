"""What the environment says of buckets, and how that of uploaded files is laid out. Needs nothing of S3."""

import os
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

KEY_FILE = "kennung.txt"  # no name with a dot in front: such files are left behind when media are copied
MEDIA, QUARANTINE = "media/", "quarantine/"  # of a bucket
PREFIX, BACKUP_PREFIX = "INTMK_MEDIA_S3_", "INTMK_BACKUP_S3_"
# What each is for the storage; the first three have no default.
VARIABLES = {
    "BUCKET": "bucket_name",
    "KEY_ID": "access_key",
    "SECRET": "secret_key",
    "ENDPOINT": "endpoint_url",
    "REGION": "region_name",
}
NEEDED = ("BUCKET", "KEY_ID", "SECRET")
BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def bucket_options(prefix: str = PREFIX, environment: Mapping[str, str] = os.environ) -> dict[str, str] | None:
    """Return what the environment says of the bucket of this prefix, None where there is none.

    Raises ImproperlyConfigured with one German line for half of it.
    """
    given = {name.removeprefix(prefix): value for name, value in environment.items() if name.startswith(prefix)}
    given = {name: value.strip() for name, value in given.items() if value.strip()}
    if unknown := sorted(given.keys() - VARIABLES):
        raise ImproperlyConfigured(f"{prefix}{unknown[0]} gibt es nicht; möglich sind: {variables(prefix, VARIABLES)}.")
    if not given:
        return None
    if lacking := [name for name in NEEDED if name not in given]:
        raise ImproperlyConfigured(
            f"Zu {variables(prefix, sorted(given))} gehört auch {variables(prefix, lacking)} (siehe docs/betrieb.md)."
        )
    if not BUCKET_NAME.fullmatch(given["BUCKET"]):
        raise ImproperlyConfigured(f"{prefix}BUCKET ist der Name des Buckets allein, ohne Adresse und Ordner.")
    address = urlsplit(given.get("ENDPOINT", "https://s3"))
    if address.scheme not in ("http", "https") or not address.hostname or address.query or address.username:
        raise ImproperlyConfigured(f"{prefix}ENDPOINT ist eine Adresse wie https://s3.example.org.")
    return {VARIABLES[name]: value for name, value in given.items()}


def variables(prefix: str, short: Iterable[str]) -> str:
    """Return the variables of these names, as a person writes them."""
    return ", ".join(prefix + name for name in short)
