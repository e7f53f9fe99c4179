"""Django's settings. What differs between machines is in `clinic/environment.py`."""

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from clinic import sms_url
from clinic.environment import PROJECT, Environment, words
from clinic.mail_url import smtp_settings

ENVIRONMENT = Environment()
BASE_DIR = PROJECT
VERSION = "0.1.0"

SECRET_KEY = ENVIRONMENT.secret_key
SECRET_KEY_FALLBACKS = words(ENVIRONMENT.secret_key_fallbacks)
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = words(ENVIRONMENT.allowed_hosts)
CSRF_TRUSTED_ORIGINS = words(ENVIRONMENT.csrf_trusted_origins)
DATA_DIR = ENVIRONMENT.data_dir
SITE_URL = (ENVIRONMENT.site_url or f"http://{ENVIRONMENT.host}:{ENVIRONMENT.port}").rstrip("/")

INSTALLED_APPS = [
    "clinic.apps.ClinicConfig",
    "patients.apps.PatientsConfig",
    "protocols.apps.ProtocolsConfig",
    "clinic.apps.ClinicAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_q",
    "phonenumber_field",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "clinic.middleware.PolicyMiddleware",
    "clinic.middleware.PrivatePagesMiddleware",
]

ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.context.staff",
            ],
            "builtins": ["clinic.templatetags.dates"],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Databases -----------------------------------------------------------------------------------

DATABASES = {"default": dj_database_url.parse(ENVIRONMENT.database, conn_max_age=600)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a deferred one dies of "database is locked"
        "timeout": 5,
        # legacy_alter_table: else a table rebuild stumbles over triggers that name the table.
        # recursive_triggers: else a row that OR REPLACE takes away vanishes without its triggers.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        " PRAGMA legacy_alter_table=ON; PRAGMA recursive_triggers=ON;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # Login limits count in it, so it is shared by every process.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "clinic_cache",
        # The default of 300 would let a stranger push out the count of wrong tries of one account
        # by making up others.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- Accounts ------------------------------------------------------------------------------------

AUTH_USER_MODEL = "clinic.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "clinic.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by the manager, who knows the address
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no letter to strangers; the page reads the same
ACCOUNT_RATE_LIMITS = {
    # By account first: a whole clinic sits behind one address, and 50 people come at 8 o'clock.
    "login_failed": "5/15m/key,100/15m/ip",
    "login": "300/5m/ip",
    "reset_password": "20/h/ip,3/h/key",
    "signup": False,
}
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.trusted_proxies
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_RESET_TIMEOUT = 3600  # a mailbox may be read by others later
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Not in a cookie, which is signed but readable: messages name patients.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Languages and time --------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # pages show the clinic's own zone, which stands on the clinic
PHONENUMBER_DEFAULT_REGION = "FR"
PHONENUMBER_DB_FORMAT = "E164"

# --- Files ---------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "build" / "static"]
# A megabyte of notes in a script of three bytes a letter is nine times as long in a form.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 2**20
FILE_UPLOAD_HANDLERS = [
    "clinic.uploads.WhereAsked",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {  # photos and scanned consents: never served but through a view that asks who
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DATA_DIR / "private",
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# --- Mail ----------------------------------------------------------------------------------------

SITE_URL = ENVIRONMENT.address  # what links in messages begin with
IS_PRODUCTION = ENVIRONMENT.production
DEFAULT_FROM_EMAIL = ENVIRONMENT.default_from_email
SMS_INBOUND_SECRET = ENVIRONMENT.sms_inbound_secret
EMAIL_URL, SMS_URL = ENVIRONMENT.email_url, sms_url.checked(ENVIRONMENT.sms_url)
EMAIL_BACKEND = "clinic.messages.mailbox.EmailBackend"  # on this machine, for anyone to look at
if EMAIL_URL:
    SMTP = smtp_settings(EMAIL_URL)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = SMTP.host, SMTP.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = SMTP.user, SMTP.password
    EMAIL_USE_SSL, EMAIL_USE_TLS = SMTP.ssl, SMTP.tls
ALARM_EMAIL = words(ENVIRONMENT.alarm_email)
EMAIL_TIMEOUT = 10  # seconds; a server that hangs holds up one message for so long
# Once it has the whole letter it may have more to do (RFC 5321, 4.5.3.2.6, grants it ten minutes).
EMAIL_ANSWER_TIMEOUT = 30

# --- Background work -----------------------------------------------------------------------------

Q_CLUSTER = {
    "name": "clinic",
    "label": "Jobs",
    "orm": "default",
    "workers": 1,
    "timeout": 300,
    "retry": 360,  # more than the timeout, or a slow job would run twice
    "max_attempts": 5,
    "catch_up": False,
    "poll": 2,
    "save_limit": 100,
}

# --- Security ------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],  # e-mails as they will look, see clinic/views/framed.py
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.is_https
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ENVIRONMENT.is_https
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_NAME = "__Host-clinic" if ENVIRONMENT.is_https else "clinic"
PATIENT_COOKIE_NAME = "__Host-patient" if ENVIRONMENT.is_https else "patient"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "clinic.views.faults.csrf_failure"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
if ENVIRONMENT.trusted_proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
HTMX_INCLUDE_INDICATOR_STYLES = False

# --- Logs ----------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
    },
    "filters": {"keys": {"()": "clinic.logs.KeysHidden"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["keys"]},
    },
    "root": {"handlers": ["console"], "level": ENVIRONMENT.log_level},
    # It announces each of its processes at every start.
    "loggers": {"django-q": {"level": "WARNING"}},
}
