"""Development: what `make run` and `manage.py` use on a clone. Loosens the safe base, each line with its reason."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from intmk.server import installation, preparation
from intmk.settings.production import *  # noqa: F403
from intmk.settings.production import LOGGERS, VAR


def kept_secret() -> str:
    """Return the signing key of this clone: made once, kept in var/secret-key with mode 600.

    Of several processes that start at once the first to link its file wins, and none reads half a key.
    """
    path = VAR / "secret-key"
    if not path.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        descriptor, own = tempfile.mkstemp(prefix="secret-key-", dir=VAR)  # with mode 600
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(50))
            with contextlib.suppress(FileExistsError):
                os.link(own, path)
        finally:
            Path(own).unlink()
    return path.read_text()


installation.refuse_development(VAR)
SECRET_KEY = os.environ.get("INTMK_SECRET_KEY") or kept_secret()
WAGTAILADMIN_BASE_URL = preparation.base_url()
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *preparation.host_names()]

# A clone is served without TLS.
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
# At a terminal the lines of what somebody has to look at would be lost among those of all requests.
LOGGERS["intmk.server.request_log"] = {"level": "WARNING"}
DEMO_ACCOUNTS = True
CHECK_LINKS = os.environ.get("INTMK_CHECK_LINKS") == "an"  # what is tried out asks nobody
if not os.environ.get("INTMK_BACKUP_DIR"):
    BACKUP_DIR = None  # what is tried out is made anew
# The demo accounts have a name and a password only; no server stands in front.
SECOND_FACTOR_REQUIRED = False
ALLAUTH_TRUSTED_PROXY_COUNT = 0
