"""What the environment says of the place of uploaded files, and how that place is laid out. Needs nothing of S3."""

import os
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

KEY_FILE = "kennung.txt"  # no name with a dot in front: such files are left behind when media are copied
MEDIA, QUARANTINE = "media/", "quarantine/"  # of a bucket
PREFIX = "INTMK_MEDIA_S3_"
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


def bucket_options(environment: Mapping[str, str] = os.environ) -> dict[str, str] | None:
    """Return what the environment says of a bucket for uploaded files, None where they lie in the folder.

    Raises ImproperlyConfigured with one German line for half of it.
    """
    given = {name.removeprefix(PREFIX): value for name, value in environment.items() if name.startswith(PREFIX)}
    given = {name: value.strip() for name, value in given.items() if value.strip()}
    if unknown := sorted(given.keys() - VARIABLES):
        raise ImproperlyConfigured(f"{PREFIX}{unknown[0]} gibt es nicht; möglich sind: {variables(VARIABLES)}.")
    if not given:
        return None
    if lacking := [name for name in NEEDED if name not in given]:
        raise ImproperlyConfigured(
            f"Zu {variables(sorted(given))} gehört auch {variables(lacking)} (siehe docs/betrieb.md)."
        )
    if not BUCKET_NAME.fullmatch(given["BUCKET"]):
        raise ImproperlyConfigured(f"{PREFIX}BUCKET ist der Name des Buckets allein, ohne Adresse und Ordner.")
    address = urlsplit(given.get("ENDPOINT", "https://s3"))
    if address.scheme not in ("http", "https") or not address.hostname or address.query or address.username:
        raise ImproperlyConfigured(f"{PREFIX}ENDPOINT ist eine Adresse wie https://s3.example.org.")
    return {VARIABLES[name]: value for name, value in given.items()}


def variables(short: Iterable[str]) -> str:
    """Return the variables of these names, as a person writes them."""
    return ", ".join(PREFIX + name for name in short)
