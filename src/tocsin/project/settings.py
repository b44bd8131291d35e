"""Django settings, all from the environment; the defaults run on one machine (R-G01)."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from tocsin.project import rooms, static_files
from tocsin.project.database_url import database_settings

django_stubs_ext.monkeypatch()  # lets `ModelForm[Staff]` be written at run time too

SOURCE = Path(__file__).resolve().parent.parent

# --- What the installation says of itself ---------------------------------------------------------

TOCSIN_DATA = Path(os.environ.get("TOCSIN_DATA", "data")).absolute()
TOCSIN_URL = os.environ.get("TOCSIN_URL", "http://127.0.0.1:8000").rstrip("/")
TOCSIN_MAIL_FROM = os.environ.get("TOCSIN_MAIL_FROM", "support@localhost")
TOCSIN_SMTP_URL = os.environ.get("TOCSIN_SMTP_URL", "smtp://127.0.0.1:25")
# The way out for as long as the first cannot be used; empty: then mail waits for the first.
TOCSIN_SMTP_FALLBACK_URL = os.environ.get("TOCSIN_SMTP_FALLBACK_URL", "")
# DKIM: what we sign for, the name of the key in DNS, and the file with the private key (PEM, RSA).
TOCSIN_DKIM_DOMAIN = os.environ.get("TOCSIN_DKIM_DOMAIN", "")
TOCSIN_DKIM_SELECTOR = os.environ.get("TOCSIN_DKIM_SELECTOR", "")
TOCSIN_DKIM_KEY_FILE = os.environ.get("TOCSIN_DKIM_KEY_FILE", "")
TOCSIN_IMAP_URL = os.environ.get("TOCSIN_IMAP_URL", "")
# Address the SMTP/LMTP listener of the worker binds to, such as `127.0.0.1:8025`; empty: socket only.
TOCSIN_SMTP_LISTEN = os.environ.get("TOCSIN_SMTP_LISTEN", "")
# Whose group may hand in mail at the worker's LMTP socket, such as `postfix`; empty: the owner alone.
TOCSIN_MAIL_GROUP = os.environ.get("TOCSIN_MAIL_GROUP", "")
# What providers say of our mail and post to us is believed by this name and password, `name:password`, and
# by these keys. Without the first, their addresses are not there.
TOCSIN_WEBHOOK_SECRET = os.environ.get("TOCSIN_WEBHOOK_SECRET", "")
TOCSIN_MAILGUN_SIGNING_KEY = os.environ.get("TOCSIN_MAILGUN_SIGNING_KEY", "")
TOCSIN_SENDGRID_VERIFICATION_KEY = os.environ.get("TOCSIN_SENDGRID_VERIFICATION_KEY", "")
# Connections a worker keeps to the SMTP server; each sends one mail at a time.
TOCSIN_SMTP_CONNECTIONS = int(os.environ.get("TOCSIN_SMTP_CONNECTIONS", "8"))
# The names our mail servers give themselves in Authentication-Results, separated by commas (R-A09).
TOCSIN_TRUSTED_AUTHSERV = [
    name.strip() for name in os.environ.get("TOCSIN_TRUSTED_AUTHSERV", "").split(",") if name.strip()
]
# Senders behind which others write, separated by commas: the address of a form's mailer, or a whole domain of
# such; who filled in the form stands in Reply-To.
TOCSIN_FORM_SENDERS = [
    name.strip() for name in os.environ.get("TOCSIN_FORM_SENDERS", "").split(",") if name.strip()
]
TOCSIN_COMPANY = os.environ.get("TOCSIN_COMPANY", "")
TOCSIN_LANGUAGE = os.environ.get("TOCSIN_LANGUAGE", "en")
# Tests move all processes of an installation through time by one row in the database (design §4).
TOCSIN_MOVABLE_CLOCK = os.environ.get("TOCSIN_MOVABLE_CLOCK") == "1"
# Requests answered at once by one web process, each by a thread with its own connection; more wait.
TOCSIN_WEB_SLOTS = int(os.environ.get("TOCSIN_WEB_SLOTS", "3"))

SECRET_KEY = os.environ.get("TOCSIN_SECRET_KEY", "") or "unsafe-key-for-commands-without-an-installation"
DEBUG = False
_public = urlsplit(TOCSIN_URL)
ALLOWED_HOSTS = ["*"]  # the reverse proxy decides; links are always built from TOCSIN_URL
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _public.scheme == "https"
SESSION_COOKIE_NAME = "tocsin_session"
CSRF_COOKIE_NAME = "tocsin_csrf"
CSRF_FAILURE_VIEW = "tocsin.console.faults.form_not_ours"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20

# --- The house (design §4) ------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "django_htmx",
    "lucide",
    "axes",
    *rooms.find(),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tocsin.people.middleware.StaffLocaleMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tocsin.api.language.EnglishMiddleware",
    "tocsin.api.idempotency.IdempotencyMiddleware",
    "tocsin.console.refusals.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "tocsin.project.urls"
ASGI_APPLICATION = "tocsin.project.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database -------------------------------------------------------------------------------------

DATABASES = {"default": database_settings(os.environ.get("DATABASE_URL", "postgresql:///tocsin"))}
# A web process has none: its threads keep theirs (django_app.py).
DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 12, "timeout": 20, "max_idle": 10}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Signing in -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.Staff"
LOGIN_URL = "people:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "people:login"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_USERNAME_FORM_FIELD = "username"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "tocsin.people.views.locked_out"

# --- Languages and time ---------------------------------------------------------------------------

LANGUAGE_CODE = TOCSIN_LANGUAGE
LANGUAGES = [
    ("en", _("English")),
    ("el", _("Greek")),
    ("hr", _("Croatian")),
    ("es", _("Spanish")),
    ("ru", _("Russian")),
]
LANGUAGE_COOKIE_NAME = "tocsin_language"
LOCALE_PATHS = [SOURCE / "locale"]
USE_TZ = True
TIME_ZONE = os.environ.get("TOCSIN_TIME_ZONE", "UTC")

# --- Static files ---------------------------------------------------------------------------------

# The web process serves a copy whose address carries the edition (static_files.py): browsers keep it.
STATIC_EDITION = static_files.edition(SOURCE)
STATIC_URL = f"{static_files.PREFIX}{STATIC_EDITION}/"
STATIC_ROOT = TOCSIN_DATA / "static"

# --- What a page may load: only what we serve ourselves -------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "frame-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    },
}

# --- Logging: one line an event, nothing secret ---------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("TOCSIN_LOG_LEVEL", "INFO")},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        "mail.log": {"level": "WARNING"},
    },
}

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008"]
