"""Production: the safe base of all settings.

What belongs here: everything that holds everywhere, with the value that is safe when nobody thought of it.
What differs between two servers comes from the environment:

DATABASE_URL        PostgreSQL 15 to 18; without it the embedded one in INTMK_VAR
INTMK_SECRET_KEY    required; at least 50 random characters, used for nothing else
INTMK_SECRET_KEY_FALLBACKS  former keys, separated by commas; still believed (the command rotate_key); default: none
INTMK_BASE_URL      required; the public address, e.g. https://www.example.org
INTMK_HOSTS         further host names, separated by commas
INTMK_ENV_FILE      file with these variables, as systemd reads it; what stands in the environment itself wins
INTMK_VAR           folder of all state (database, media); default: var/ beside manage.py
INTMK_MEDIA_S3_BUCKET  bucket for uploaded files in place of var/media, with INTMK_MEDIA_S3_KEY_ID and
                    INTMK_MEDIA_S3_SECRET; INTMK_MEDIA_S3_ENDPOINT, the address of the storage; default: Amazon's;
                    INTMK_MEDIA_S3_REGION; default: none
INTMK_BACKUP_DIR    folder of daily backups, "aus" for none; default: backups/ in INTMK_VAR
INTMK_BACKUP_RECIPIENT  public key of age, for which backups are encrypted; default: they are not
INTMK_BACKUP_S3_BUCKET  further place of daily backups, a bucket; the other variables as of uploaded files
INTMK_MAIL_HOST     server that takes outgoing mail (invitations, forgotten passwords); default: localhost
INTMK_MAIL_SECURITY starttls, tls or none; default: starttls, for localhost none
INTMK_MAIL_PORT     its port; default: 587, 465 or 25, as fits the security
INTMK_MAIL_USER     account on it, with INTMK_MAIL_PASSWORD; default: none is needed
INTMK_MAIL_FROM     sender of all mail; default: noreply@ the host of INTMK_BASE_URL
INTMK_ERROR_MAIL    addresses that learn of errors, separated by commas; default: none
INTMK_HSTS          subdomains or preload: HSTS for more than the host itself; default: for it alone
INTMK_METRICS_TOKEN what Prometheus has to name at /kennzahlen/, at least 32 characters; default: no such address
INTMK_CHECK_LINKS   "aus": links to other websites are not asked whether they still work
"""

import os
import sys
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from intmk.server import embedded_postgres, installation, media_settings, preparation, secret_keys

ROOT = Path(__file__).resolve().parents[2]
VAR = installation.state_directory()


def required(name: str) -> str:
    """Return the environment variable `name`; raise ImproperlyConfigured with a German line when it is missing."""
    value = os.environ.get(name)
    if not value:
        raise ImproperlyConfigured(f"Die Umgebungsvariable {name} fehlt (siehe docs/betrieb.md).")
    return value


DEBUG = False
SECRET_KEY_FALLBACKS = secret_keys.former_keys(os.environ)
DEMO_ACCOUNTS = False  # accounts and invented data for trying out
# Whoever builds on this module has to name these, only development (and test upon it) has values of its own.
if "intmk.settings.development" not in sys.modules:
    SECRET_KEY = required("INTMK_SECRET_KEY")
    if fault := secret_keys.fault_of(os.environ, VAR, installation.USUAL_VAR):
        raise ImproperlyConfigured(fault)
    required("INTMK_BASE_URL")
    WAGTAILADMIN_BASE_URL = preparation.base_url()
    ALLOWED_HOSTS = preparation.host_names()

INSTALLED_APPS = [
    "intmk.users.apps.UsersConfig",
    "conferences",
    "history",
    "intmk",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "intmk.users.apps.AccountsAdminConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tasks",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",  # its templates, for choices that another app draws
]
FORM_RENDERER = "intmk.base.form_renderer.CompiledFields"

MIDDLEWARE = [
    "intmk.server.request_id.RequestIdMiddleware",
    "intmk.server.security_headers.BrowserPolicyMiddleware",
    "intmk.server.health.HealthMiddleware",
    "intmk.server.metrics.MetricsMiddleware",
    "intmk.server.request_log.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "intmk.server.security_headers.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "conferences.handover.unsent_forms.GiveBackTypedMiddleware",
    "intmk.server.unavailable.MaintenanceMiddleware",
    "intmk.server.compression.CompressTextMiddleware",
    "intmk.server.revalidation.RevalidationMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "intmk.language.readable_input.ReadableInputMiddleware",
    "conferences.terms.middleware.ChairRightsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "intmk.users.sessions.SessionEndMiddleware",
    "conferences.handover.unsent_forms.KeepUnsentFormMiddleware",
    "intmk.media.public_files.EditorsAddressesMiddleware",
    "intmk.users.second_factor.SecondFactorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "intmk.base.form_rows.FormRowsMiddleware",
    "intmk.base.one_writer.OneWriterMiddleware",
    "intmk.trash.undo.UndoMiddleware",
    "conferences.terms.middleware.KeepRefusedFormMiddleware",
    "conferences.terms.middleware.ExplainRefusalMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "intmk.base.tables.HarmlessExportMiddleware",
    "intmk.addresses.signal_handlers.FormerAddressMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "intmk.urls"
WSGI_APPLICATION = "intmk.wsgi.application"
AUTH_USER_MODEL = "users.User"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "intmk.base.template_loader.UnindentedLoader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "intmk.pages.navigation.navigation",
            ],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(os.environ["DATABASE_URL"])
    if os.environ.get("DATABASE_URL")
    else embedded_postgres.django_database(VAR)
}
# No pool, whose readers wait for a database that refuses: each of granian's few threads keeps its own connection.
DATABASES["default"] |= {"ENGINE": "intmk.server.database", "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
# Seconds for connecting, and milliseconds after which a network that has swallowed a question is given up.
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 3,
    "tcp_user_timeout": 10_000,
    **DATABASES["default"].get("OPTIONS", {}),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "intmk.users.passwords.NotOnlySiteWords"},
    {"NAME": "intmk.users.passwords.PasswordLetter"},
]
# The first makes new ones; what the second made is renewed at signing in.
PASSWORD_HASHERS = [
    "intmk.users.passwords.FrugalArgon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

LANGUAGE_CODE = "de"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [
    ("de", "Deutsch"),
    ("de-simple", "Leichte Sprache"),
    ("en", "English"),
]
TIME_ZONE = "Europe/Berlin"
USE_I18N = True
LOCALE_PATHS = [ROOT / "locale"]
FORMAT_MODULE_PATH = "intmk.language.formats"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "intmk.font.FontFinder",
    "intmk.static_files.StylesFinder",
]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"
QUARANTINE_ROOT = VAR / "quarantine"  # what was found without an owner; nobody serves it
# The folder of daily backups; "aus" means none. Elsewhere is better: a disk takes them along when it dies.
BACKUP_DIR = None if os.environ.get("INTMK_BACKUP_DIR") == "aus" else VAR / "backups"
if os.environ.get("INTMK_BACKUP_DIR", "aus") != "aus":
    BACKUP_DIR = Path(os.environ["INTMK_BACKUP_DIR"])
BACKUP_RECIPIENT = os.environ.get("INTMK_BACKUP_RECIPIENT", "")
MEDIA_BUCKET = media_settings.bucket_options()
BACKUP_BUCKET = media_settings.bucket_options(media_settings.BACKUP_PREFIX)
if BACKUP_BUCKET and os.environ.get("INTMK_BACKUP_DIR") == "aus":
    raise ImproperlyConfigured("INTMK_BACKUP_S3_BUCKET braucht auch einen Ordner; INTMK_BACKUP_DIR ist „aus“.")
STORAGES = {
    "default": {"BACKEND": "intmk.media.bucket_storage.BucketStorage", "OPTIONS": MEDIA_BUCKET}
    if MEDIA_BUCKET
    else {"BACKEND": "intmk.media.storage.MediaStorage"},
    "staticfiles": {"BACKEND": "intmk.static_files.StaticFiles"},
}
FILE_UPLOAD_PERMISSIONS = 0o644

# The server in front sets this header for every request (deploy/nginx.conf: proxy_params), whatever a reader sends;
# past it nobody comes, since granian listens on 127.0.0.1 unless WEB_HOST says otherwise.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600
# Both bind other names, too, and are hard to take back, so somebody has to choose them.
HSTS = os.environ.get("INTMK_HSTS", "")
if HSTS not in ("", "subdomains", "preload"):
    raise ImproperlyConfigured("INTMK_HSTS kennt nur: subdomains, preload (siehe docs/betrieb.md).")
SECURE_HSTS_INCLUDE_SUBDOMAINS = HSTS != ""
SECURE_HSTS_PRELOAD = HSTS == "preload"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
# Both cookies exist under /admin/ only: a reader never gets one.
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/admin/"
SESSION_COOKIE_AGE = 12 * 3600  # from signing in (intmk/users/sessions.py)
CSRF_FAILURE_VIEW = "conferences.handover.unsent_forms.csrf_failure"
# Not DENY, as check W019 asks: the editor shows the preview of a page in a frame of the same origin. W005 and W021 ask
# for what INTMK_HSTS leaves to choose.
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W019", "security.W021"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [SELF],
    }
}

# Messages would otherwise lie in a cookie of their own for the whole site.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"
AUTHENTICATION_BACKENDS = ["intmk.users.auth_backend.AccountBackend"]
PASSWORD_RESET_TIMEOUT = 24 * 3600
ACCOUNT_ADAPTER = "intmk.users.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "intmk.users.sign_in.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_EMAIL_VERIFICATION = "none"  # addresses come from administrators
ACCOUNT_SESSION_REMEMBER = False  # ends with the browser, and after SESSION_COOKIE_AGE at the latest
# Failed attempts: for each address and each account, and apart from them for a device that its holder signed in with.
# Letters about a forgotten password: for each address and each account. Counted in the cache "sign_in".
ACCOUNT_RATE_LIMITS = {
    "login_failed": "20/5m/ip,5/5m/key",
    "known_device_failed": "5/5m/key",
    "reset_password": "20/m/ip,60/h/ip,5/h/key",
}
# nginx adds the address that it sees as the last one to X-Forwarded-For (proxy_params); all before it may be made up.
ALLAUTH_TRUSTED_PROXY_COUNT = 1
MFA_ADAPTER = "intmk.users.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "intmk.users.passkeys.AddPasskeyForm",
    "authenticate_webauthn": "intmk.users.passkeys.PasskeyAfterPasswordForm",
    "login_webauthn": "intmk.users.passkeys.SignInByPasskeyForm",
    "reauthenticate_webauthn": "intmk.users.passkeys.ConfirmByPasskeyForm",
}
MFA_RECOVERY_CODES_SHOW_ONCE = True
# A password alone opens nothing: whoever has no second factor is led to the page that sets one up.
SECOND_FACTOR_REQUIRED = True

EMAIL_BACKEND = "intmk.server.counted_smtp.EmailBackend"
EMAIL_HOST = os.environ.get("INTMK_MAIL_HOST") or "localhost"
MAIL_SECURITY = os.environ.get("INTMK_MAIL_SECURITY") or ("none" if EMAIL_HOST == "localhost" else "starttls")
MAIL_PORTS = {"none": 25, "starttls": 587, "tls": 465}
if MAIL_SECURITY not in MAIL_PORTS:
    raise ImproperlyConfigured("INTMK_MAIL_SECURITY kennt nur: starttls, tls, none (siehe docs/betrieb.md).")
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL_SECURITY == "starttls", MAIL_SECURITY == "tls"
EMAIL_PORT = int(os.environ.get("INTMK_MAIL_PORT") or MAIL_PORTS[MAIL_SECURITY])
EMAIL_HOST_USER = os.environ.get("INTMK_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("INTMK_MAIL_PASSWORD", "")
EMAIL_TIMEOUT = 10  # seconds, for which an editor waits at most
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("INTMK_MAIL_FROM") or (
    f"noreply@{preparation.host_and_port(preparation.base_url())[0]}"
)
# All goes to stderr, and from there to the journal of systemd; intmk/server/log_lines.py says how a line looks.
ADMINS = [
    (address, address) for address in os.environ.get("INTMK_ERROR_MAIL", "").replace(" ", "").split(",") if address
]
CHECK_LINKS = os.environ.get("INTMK_CHECK_LINKS") != "aus"
METRICS_TOKEN = os.environ.get("INTMK_METRICS_TOKEN", "")
if METRICS_TOKEN and len(METRICS_TOKEN) < 32:
    raise ImproperlyConfigured("INTMK_METRICS_TOKEN ist zu kurz; gebraucht werden 32 Zeichen (siehe docs/betrieb.md).")
EMAIL_SUBJECT_PREFIX = "[IntMK] "
LOGGERS = {
    "django": {"level": "WARNING"},  # without Django's own handlers, which send what was typed by mail
    "intmk": {"level": "INFO"},
    "conferences": {"level": "INFO"},
    "history": {"level": "INFO"},
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "intmk.server.log_lines.LineFormatter"}},
    "filters": {"worth_a_line": {"()": "intmk.server.log_lines.WorthALine"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["worth_a_line"]},
        "mails": {"class": "intmk.server.log_lines.ErrorMails", "filters": ["worth_a_line"]},
    },
    "root": {"level": "WARNING", "handlers": ["stderr", "mails"]},
    "loggers": LOGGERS,
}
# Wagtail's own tasks are part of the answer: what they index is asked for by the next one.
TASKS = {
    "default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"},
    "background": {"BACKEND": "intmk.server.background.ThreadBackend"},
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # Wagtail's page editor sends one field for each part of a page

WAGTAIL_SITE_NAME = MFA_TOTP_ISSUER = "Integrationsministerkonferenz"
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
# A shared password needs a session, and a reader gets none (the pages' own option is in intmk/base/pages.py).
WAGTAIL_PRIVATE_PAGE_OPTIONS = WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
# As people write it: the calendar beside a field takes what it cannot read for today. Django still reads ISO 8601, too.
WAGTAIL_DATE_FORMAT, WAGTAIL_DATETIME_FORMAT = "%d.%m.%Y", "%d.%m.%Y %H:%M"
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAILADMIN_PERMITTED_LANGUAGES = [("de", "Deutsch")]
WAGTAILADMIN_UNSAFE_PAGE_DELETION_LIMIT = 5
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILREDIRECTS_AUTO_CREATE = False  # intmk/addresses/public_addresses.py knows every address of a page
WAGTAILEMBEDS_FINDERS: list[dict] = []  # nothing is embedded from elsewhere
WAGTAILIMAGES_IMAGE_MODEL = "intmk.SiteImage"
WAGTAILDOCS_DOCUMENT_MODEL = "intmk.SiteDocument"
WAGTAILIMAGES_IMAGE_FORM_BASE = "intmk.media.images.forms.PictureForm"
# How programs spell the kinds that are taken; what is in a file is asked of its content.
WAGTAILIMAGES_EXTENSIONS = [
    "jpg", "jpeg", "jpe", "jfif", "jfi", "jif", "pjpeg", "pjp", "png", "webp", "avif", "heic", "heif", "hif",
]  # fmt: skip
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 15 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
# Where faces on group photos stay free of visible artefacts at 1600 pixels.
WAGTAILIMAGES_AVIF_QUALITY = 60
WAGTAILIMAGES_WEBP_QUALITY = 78
WAGTAILIMAGES_JPEG_QUALITY = 80
# Each process would keep renditions of its own, also of files that another process has replaced.
CACHES = {
    "default": {"BACKEND": "intmk.users.sign_in_cache.SignInCache"},
    "sign_in": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "sign_in_cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    "renditions": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
WAGTAILDOCS_DOCUMENT_FORM_BASE = "intmk.media.documents.forms.DocumentForm"
WAGTAILDOCS_MAX_UPLOAD_SIZE = 50 * 1024 * 1024
VIDEO_MAX_UPLOAD_SIZE = 200 * 1024 * 1024  # ten minutes of sign language in 720p; also in deploy/nginx.conf
# What is sent more slowly than so many bytes a second, beyond the first seconds, is cut off; below any line of today.
BODY_PATIENCE, BODY_LEAST_RATE = 30, 4000
WAGTAILDOCS_EXTENSIONS = ["pdf", "odt", "ods", "docx", "xlsx", "csv", "ics"]
DOCUMENT_READING_SECONDS = 10  # for the text of one PDF; what is not read by then is taken without text
DOCUMENT_CLEANING_SECONDS = 30  # for a copy of one PDF without what it gives away; an editor has asked for it
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILSEARCH_BACKENDS = {
    "default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "german"},
}
