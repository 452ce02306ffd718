"""Tests: development with what makes tests quick and sealed off."""

import atexit
import shutil
import tempfile
from pathlib import Path

from intmk.settings.development import *  # noqa: F403
from intmk.settings.development import DATABASES

# Media of a test run never mix with those of a clone that is being served, and go with it.
OF_THIS_RUN = Path(tempfile.mkdtemp(prefix="intmk-test-"))
OF_THIS_RUN.chmod(0o755)
atexit.register(shutil.rmtree, OF_THIS_RUN, ignore_errors=True)
MEDIA_ROOT, QUARANTINE_ROOT = OF_THIS_RUN / "media", OF_THIS_RUN / "quarantine"
MEDIA_ROOT.mkdir()
QUARANTINE_ROOT.mkdir()
BACKUP_DIR = None
MEDIA_BUCKET = BACKUP_BUCKET = None
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
