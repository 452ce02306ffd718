"""Tests: development with what makes tests quick and sealed off."""

import tempfile
from pathlib import Path

from intmk.settings.development import *  # noqa: F403
from intmk.settings.development import DATABASES

# Media of a test run never mix with those of a clone that is being served.
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="intmk-test-media-"))
QUARANTINE_ROOT = Path(tempfile.mkdtemp(prefix="intmk-test-quarantine-"))
BACKUP_DIR = None
STORAGES = {
    "default": {"BACKEND": "intmk.media.storage.MediaStorage"},
    # No manifest: tests render pages without collecting static files first.
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A test database cannot be dropped while threads of tests keep connections to it.
DATABASES["default"]["CONN_MAX_AGE"] = 0
# What is done after the answer is done within it, so that a test sees it.
TASKS = {name: {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"} for name in ("default", "background")}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
