"""Every setting, and every environment variable (each is listed in .env.example)."""

import sys
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from streamhub import running, tracing
from streamhub.admin_theme import UNFOLD  # noqa: F401 - a setting
from streamhub.database_options import options_for
from streamhub.embedded_redis import socket_path
from streamhub.environment import database, env, networks, number, redis_address, switch
from streamhub.keys import load_keys
from streamhub.single_sign_on.configuration import Oidc, domain

BASE_DIR = Path(__file__).resolve().parent.parent
environ.Env.read_env(BASE_DIR / ".env")

DATA_DIR = Path(env("STREAMHUB_DATA", default=str(BASE_DIR / "data"))).resolve()
load_keys(DATA_DIR)

SECRET_KEY = env("SECRET_KEY")
ENCRYPTION_KEYS = env.list("STREAMHUB_ENCRYPTION_KEYS")
DEBUG = switch("DEBUG")

# -- who may reach it ----------------------------------------------------------------------------------------------
ALLOWED_HOSTS = env.list("STREAMHUB_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("STREAMHUB_ORIGINS", default=[])
HTTPS = switch("STREAMHUB_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
TRUSTED_PROXIES = networks("STREAMHUB_TRUSTED_PROXIES")
PAGES_ONLY = r"^(?!$|(login|password|second-factor|welcome|projects|p|admin)/)"
if TRUSTED_PROXIES and HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Pages only: an SDK would lose what it posts to an address that sends it elsewhere.
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [PAGES_ONLY]
if HTTPS:  # and neither can be set for or by another host
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
CSRF_COOKIE_HTTPONLY = True
# Both concern other hosts of the operator's domain; that is his to decide.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
# Each follows from STREAMHUB_HTTPS, which our own check names (streamhub.E007, W001).
SILENCED_SYSTEM_CHECKS += [f"security.{check}" for check in ("W004", "W008", "W012", "W016")]

# Who may read /metrics: whoever sends the token, and these networks.
METRICS_TOKEN = env("STREAMHUB_METRICS_TOKEN", default="")
METRICS_NETWORKS = networks("STREAMHUB_METRICS_NETWORKS", "127.0.0.0/8, ::1/128")

# -- where it may send ---------------------------------------------------------------------------------------------
ALLOWED_NETWORKS = networks("STREAMHUB_ALLOWED_NETWORKS")
# `up` writes its own address down, so that the demo can post to the built-in inbox and nowhere else on the machine.
INBOX_ADDRESS = env("STREAMHUB_INBOX_ADDRESS", default=running.address_of(DATA_DIR))
if INBOX_ADDRESS:  # or what comes from this machine would be refused by its name
    ALLOWED_HOSTS.append(INBOX_ADDRESS.rpartition(":")[0])
REQUIRE_HTTPS = switch("STREAMHUB_REQUIRE_HTTPS")
TRANSPORT = env("STREAMHUB_TRANSPORT", default="curl")
if TRANSPORT not in ("curl", "requests"):
    raise ImproperlyConfigured(f"STREAMHUB_TRANSPORT is {TRANSPORT!r}: use curl or requests.")
CA_BUNDLE = env("STREAMHUB_CA_BUNDLE", default="")
WEBHOOK_USER_AGENT = env("STREAMHUB_USER_AGENT", default="StreamHub/Webhook/1.0")

# -- telling people -------------------------------------------------------------------------------------------------
# smtp+tls://user:password@mail.example.com:587, and what else django-environ knows; without it no e-mail is sent.
EMAIL_IS_SET_UP = bool(env("STREAMHUB_EMAIL_URL", default=""))
if EMAIL_IS_SET_UP:
    globals().update(env.email_url("STREAMHUB_EMAIL_URL"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("STREAMHUB_EMAIL_FROM", default="streamhub@localhost")
EMAIL_TIMEOUT = 10  # seconds

# -- where state lives ---------------------------------------------------------------------------------------------
DATABASES = {"default": database("DATABASE_URL", f"sqlite:///{DATA_DIR / 'streamhub.sqlite3'}")}
DATABASES["default"]["CONN_MAX_AGE"] = None
DATABASES["default"]["OPTIONS"] = options_for(DATABASES["default"])
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = redis_address("REDIS_URL", f"unix://{socket_path(DATA_DIR)}")
# fresh: routing and first attempts. retry: further attempts. default: everything that is not on the road.
RQ_QUEUES = {
    name: {
        "URL": REDIS_URL,
        "DEFAULT_TIMEOUT": 3600,
        # Not pickle: whoever can write to Redis would run code in the workers.
        "SERIALIZER": "rq.serializers.JSONSerializer",
    }
    for name in ("fresh", "retry", "cohorts", "default")
}
RQ = {"WORKER_CLASS": "delivery.worker.LongLivedWorker"}

# -- the application -----------------------------------------------------------------------------------------------
# Second factors and single sign-on. Workers and the clock sign nobody in, and spare themselves modules and memory.
ALLAUTH = ("allauth.account", "allauth.mfa", "allauth.socialaccount")
ACCOUNT_APPS = [] if sys.argv[1:2] in (["worker"], ["clock"]) else [*ALLAUTH]
INSTALLED_APPS = [
    "streamhub.apps.StreamHubConfig",
    "events",
    "destinations",
    "delivery",
    "cohorts",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "streamhub.static_storage.HubStaticFilesConfig",
    "django.forms",
    "django_htmx",
    "django_ace",
    "django_rq",
    "lucide",
    "csp",
    *ACCOUNT_APPS,
]
MIDDLEWARE = [
    "streamhub.request_ids.RequestIdMiddleware",
    *tracing.middleware(),
    "django.middleware.security.SecurityMiddleware",
    "streamhub.short_way.ShortWayMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "streamhub.policy.HubCSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "streamhub.closed.ClosedByDefaultMiddleware",
    "streamhub.gate.GateMiddleware",
    *(["allauth.account.middleware.AccountMiddleware"] if ACCOUNT_APPS else []),
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "streamhub.session.HtmxLoginMiddleware",
    "streamhub.redis_away.RedisAwayMiddleware",
]
ROOT_URLCONF = "streamhub.urls"
WSGI_APPLICATION = "streamhub.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "streamhub.navigation.navigation",
                "streamhub.gate.may",
            ],
            "builtins": [
                "django.templatetags.static",
                "django_htmx.templatetags.django_htmx",
                "streamhub.templatetags.icons",
                "streamhub.templatetags.json_colour",
                "streamhub.templatetags.statuses",
                "streamhub.templatetags.times",
            ],
        },
    }
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
CSRF_FAILURE_VIEW = "streamhub.pages.errors.csrf_failure"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
# Whether everybody needs a second factor: who has none is led to setting one up before anything else.
SECOND_FACTOR_REQUIRED = switch("STREAMHUB_SECOND_FACTOR_REQUIRED")
MFA_ADAPTER = "streamhub.second_factor.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds that a clock may be off
MFA_RECOVERY_CODE_DIGITS = 10
# Single sign-on: on where issuer, client id and secret are given (streamhub/single_sign_on/checks.py tells of halves).
OIDC = Oidc(
    issuer=env("STREAMHUB_OIDC_ISSUER", default="").strip(),
    client_id=env("STREAMHUB_OIDC_CLIENT_ID", default=""),
    client_secret=env("STREAMHUB_OIDC_CLIENT_SECRET", default=""),
    name=env("STREAMHUB_OIDC_NAME", default="") or "single sign-on",
    domains=tuple(map(domain, env.list("STREAMHUB_OIDC_DOMAINS", default=[]))),
    makes_accounts=switch("STREAMHUB_OIDC_MAKE_ACCOUNTS"),
    project=env("STREAMHUB_OIDC_PROJECT", default=""),
    role=env("STREAMHUB_OIDC_ROLE", default="") or "viewer",
    passwords=switch("STREAMHUB_OIDC_PASSWORDS", True),
)
SOCIALACCOUNT_ADAPTER = "streamhub.single_sign_on.adapter.SingleSignOnAdapter"
# How many workers for first attempts `up` runs; 0: as fits the database and the machine (processes.fresh_workers).
FRESH_WORKERS = number("STREAMHUB_FRESH_WORKERS", 0)
if FRESH_WORKERS < 0:
    raise ImproperlyConfigured("STREAMHUB_FRESH_WORKERS: give a number of workers, 1 or more, or leave it out.")
# Whether who made a kind of destination may approve it too.
AUTHORS_APPROVE = switch("STREAMHUB_AUTHORS_APPROVE")
# How long the audit trail is kept.
AUDIT_DAYS = number("STREAMHUB_AUDIT_DAYS", 400)
if AUDIT_DAYS < 1:
    raise ImproperlyConfigured("STREAMHUB_AUDIT_DAYS: give a number of days, 1 or more.")
# Ingest reads its bodies itself, each path with its own bound (events/dialects); this one guards forms.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# A filter of all the event types and conditions that it may have.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
# The admin's; our own pages have templatetags/times.py.
DATETIME_FORMAT, DATE_FORMAT, TIME_FORMAT = "M j, Y, H:i:s", "M j, Y", "H:i:s"

STATIC_URL = "static/"
STATIC_ROOT = Path(env("STREAMHUB_STATIC", default=str(DATA_DIR / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "streamhub.static_storage.CollectedFiles"},
}
WHITENOISE_USE_FINDERS = not (STATIC_ROOT / "staticfiles.json").exists()
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Ace draws its gutter icons from data: images
        "form-action": [SELF],
        "base-uri": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

LOG_FORMAT = env("STREAMHUB_LOG_FORMAT", default="text")
if LOG_FORMAT not in ("text", "json"):
    raise ImproperlyConfigured(f"STREAMHUB_LOG_FORMAT is {LOG_FORMAT!r}: use text or json.")
DEFAULT_EXCEPTION_REPORTER_FILTER = "streamhub.error_reports.WithoutValues"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "streamhub.log_lines.WithRequestId"}},
    "formatters": {
        "text": {
            "()": "streamhub.log_lines.TextLines",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
        "json": {"()": "streamhub.log_lines.JsonLines"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": env("STREAMHUB_LOG_LEVEL", default="WARNING")},
    # RQ reports every job at INFO: with long jobs and one nudge each it is noise.
    "loggers": {
        "rq": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "_granian": {"handlers": ["console"], "propagate": False},
    },
}
