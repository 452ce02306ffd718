"""Development: what `make run` and `manage.py` use on a clone. Loosens the safe base, each line with its reason."""

import os
import secrets

from intmk.settings.production import *  # noqa: F403
from intmk.settings.production import VAR


def kept_secret() -> str:
    """Return the signing key of this clone: made once, kept in var/secret-key with mode 600."""
    path = VAR / "secret-key"
    VAR.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text() or secrets.token_urlsafe(50)
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_urlsafe(50)
        file.write(key)
    return key


SECRET_KEY = os.environ.get("INTMK_SECRET_KEY") or kept_secret()
PORT = os.environ.get("PORT") or "8000"
WAGTAILADMIN_BASE_URL = os.environ.get("INTMK_BASE_URL") or f"http://localhost:{PORT}"
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    *filter(None, os.environ.get("INTMK_HOSTS", "").split(",")),
]

# A clone is served without TLS.
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEMO_ACCOUNTS = True
