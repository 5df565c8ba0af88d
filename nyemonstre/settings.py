"""Settings: one file, from the environment. What is missing stops the start with an instruction."""

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from nyemonstre.files.places import uploads_storage
from nyemonstre.vault.keys import BadKeys, KeyRing, refuse_shared, ring_from_environment

BASE_DIR = Path(__file__).resolve().parent.parent


def required(name: str, instruction: str) -> str:
    """The variable's value. Raises ImproperlyConfigured with the instruction when it is missing or empty."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} mangler. {instruction}")
    return value


def flag(name: str, default: bool = False) -> bool:
    """A variable that is 1 or 0. Raises ImproperlyConfigured for anything else, so that a typo is not an answer."""
    value = os.environ.get(name, "") or ("1" if default else "0")
    if value not in ("0", "1"):
        raise ImproperlyConfigured(f"{name} må være 0 eller 1, ikke «{value}».")
    return value == "1"


def keys(name: str) -> KeyRing | None:
    """The key ring of a variable or of the file it names; the owner, who only migrates, needs none."""
    if DATABASE_ROLE == "owner" and not (os.environ.get(name) or os.environ.get(f"{name}_FILE")):
        return None
    try:
        return ring_from_environment(name)
    except BadKeys as error:
        raise ImproperlyConfigured(str(error)) from None


def words(name: str, default: str = "") -> list[str]:
    """A variable with names between commas."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """A variable with networks between commas (172.16.0.0/12). Raises ImproperlyConfigured for what is none."""
    try:
        return [ip_network(word) for word in words(name)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} må være nett som 172.16.0.0/12, med komma mellom: {error}.") from error


DEBUG = flag("NM_DEBUG")
# Demo: made-up people, a login page that lists them. Refused on a real host (nyemonstre.startup).
DEMO = flag("NM_DEMO")
SECRET_KEY = required("NM_SECRET_KEY", "Sett den til minst 50 tilfeldige tegn, lik for alle prosesser.")
# Behind TLS everywhere but on the own machine.
SECURE = flag("NM_SECURE", default=not (DEBUG or DEMO))
ALLOWED_HOSTS = words("NM_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
# Where the service answers, for links in mail and for CSRF behind a proxy: https://monstre.kommune.no
BASE_URL = os.environ.get("NM_BASE_URL", "http://localhost:8000").rstrip("/")

# ── Applications ──────────────────────────────────────────────────────────────────────────────────────────────────────

INSTALLED_APPS = [
    "nyemonstre.postgres",
    "nyemonstre.accounts",
    "nyemonstre.audit",
    "nyemonstre.vault",
    "nyemonstre.content",
    "nyemonstre.ui",
    "nyemonstre.demo",
    "families",
    "documents",
    "consent",
    "assessments",
    "assessments.research",
    "plans",
    "referrals",
    "history",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "guardian",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "nyemonstre.ui.headers.HeadersMiddleware",
    # As early as can be: everything a request causes carries its number.
    "nyemonstre.audit.middleware.OriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    # Static files need neither session nor database, so they are answered first.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # The one place that turns a database that is down into a clean 503; the session below already reads it.
    "nyemonstre.ui.errors.DatabaseDownMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "nyemonstre.accounts.middleware.SessionTimes",
    "nyemonstre.accounts.middleware.LoginRequired",
    # Says who acts, to the database and to gettext, before any view asks.
    "nyemonstre.accounts.middleware.ActorMiddleware",
    "nyemonstre.accounts.middleware.NoStoreMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "nyemonstre.accounts.middleware.SecondFactorFirst",
    "nyemonstre.accounts.middleware.FreshLogin",
    # Before any page: a tablet in a family member's hands opens that member's questions only.
    "assessments.tablet.HandedOver",
    # Tells allauth which request it is; none of its own addresses exists.
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "nyemonstre.urls"
WSGI_APPLICATION = "nyemonstre.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "nyemonstre.ui.context.page",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

# ── Database: one, reached as one of three roles ──────────────────────────────────────────────────────────────────────

DATABASE_ROLE = os.environ.get("NM_DATABASE_ROLE", "web")
if DATABASE_ROLE not in ("web", "worker", "owner"):
    raise ImproperlyConfigured(f"NM_DATABASE_ROLE må være web, worker eller owner, ikke «{DATABASE_ROLE}».")

DATABASES = {
    "default": {
        "ENGINE": "nyemonstre.postgres",
        "NAME": os.environ.get("NM_DATABASE_NAME", "nyemonstre"),
        "HOST": required("NM_DATABASE_HOST", "Sett den til databasens navn, eller start med «make demo»."),
        "PORT": os.environ.get("NM_DATABASE_PORT", "5432"),
        "USER": f"nm_{DATABASE_ROLE}",
        "PASSWORD": required(
            f"NM_DATABASE_PASSWORD_{DATABASE_ROLE.upper()}", f"Sett den til passordet for rollen nm_{DATABASE_ROLE}."
        ),
        # The actor is set inside the transaction, so each request is one.
        "ATOMIC_REQUESTS": True,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # Seconds until a database that is down is admitted to be down.
            "connect_timeout": 3,
            "options": "-c jit=off -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s",
        },
    }
}
if flag("NM_DATABASE_POOLER"):
    # In transaction mode each gets another connection: nothing is left open, and the role has the limits (roles.sql).
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
    del DATABASES["default"]["OPTIONS"]["options"]
elif DATABASE_ROLE == "web":
    # One pool per process, as large as the threads in it. A forking worker must not share one.
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 0, "max_size": 6, "timeout": 4}
elif DATABASE_ROLE == "owner":
    # Migrations wait for locks and rewrite tables; the limits above are for requests.
    DATABASES["default"]["OPTIONS"]["options"] = "-c jit=off"

# ── Keys: what must not be readable in the database is sealed with these (nyemonstre.vault) ───────────────────────────

NM_VAULT_KEYS = keys("NM_VAULT_KEYS")
NM_INDEX_KEYS = keys("NM_INDEX_KEYS")
try:
    refuse_shared(*(ring for ring in (NM_VAULT_KEYS, NM_INDEX_KEYS) if ring))
except BadKeys as error:
    raise ImproperlyConfigured(str(error)) from None
# Demo and tests keep only numbers that belong to nobody; production keeps only those of people.
NM_SYNTHETIC_NUMBERS = flag("NM_SYNTHETIC_NUMBERS", default=DEMO or DEBUG)
# Sealed values that lie in no SealedField: each a nyemonstre.vault.rotation.Place. Asked by `manage.py rotate_keys`.
NM_SEALED = ["nyemonstre.accounts.second_factor.SECRETS"]

# ── Who is there ──────────────────────────────────────────────────────────────────────────────────────────────────────

AUTH_USER_MODEL = "accounts.User"
# guardian's backend is left out: it stores grants, nyemonstre.access decides.
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
# W001 asks for that backend.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
# Nobody that is not logged in ever gets a grant, so guardian makes no such user.
ANONYMOUS_USER_NAME = None
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "accounts:login"
# allauth keeps second factors (nyemonstre.accounts.second_factor) and does nothing else: no sign-up, no pages.
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "nyemonstre.accounts.second_factor.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# A clock may be half a minute wrong.
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "Nye Mønstre"
# People of a municipality without a login provider may use passwords. 0: only emergency accounts may.
NM_LOCAL_LOGIN = flag("NM_LOCAL_LOGIN", default=True)
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

SESSION_ENGINE = "nyemonstre.accounts.sessions"
# Seconds without a request until the session ends; requests move it (accounts.sessions.keep).
SESSION_COOKIE_AGE = 30 * 60
# Seconds until it ends however busy its person is. A login provider may ask for less.
NM_SESSION_LONGEST = 8 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
# __Host- ties a cookie to this very host, over TLS only; a browser refuses the name on plain http.
SESSION_COOKIE_NAME = "__Host-nm" if SECURE else "nm"
CSRF_COOKIE_NAME = "__Host-nm-csrf" if SECURE else "nm-csrf"
CSRF_FAILURE_VIEW = "nyemonstre.ui.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [BASE_URL] if SECURE else []

# ── The browser ───────────────────────────────────────────────────────────────────────────────────────────────────────

SECURE_SSL_REDIRECT = SECURE
# The container's own health check speaks plain http.
SECURE_REDIRECT_EXEMPT = [r"^helse/$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
# Networks our own proxies answer from. What they say about the caller (address, TLS) is believed, and nobody else.
NM_TRUSTED_PROXIES = networks("NM_TRUSTED_PROXIES")
if NM_TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        # Designsystemet draws its icons as masks from data: addresses.
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
# Megabytes one uploaded file may have; the proxy in front must let as much through.
NM_UPLOAD_MAX_BYTES = int(os.environ.get("NM_UPLOAD_MAX_MB", "20")) * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "nyemonstre.files.handlers.LimitHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# ClamAV's daemon at host:port. When it is set, a file is given out only after it was found clean.
NM_CLAMD = os.environ.get("NM_CLAMD", "")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# A kartlegging of a large family has many answers in one form.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000

CRISPY_ALLOWED_TEMPLATE_PACKS = ["designsystemet"]
CRISPY_TEMPLATE_PACK = "designsystemet"
CRISPY_FAIL_SILENTLY = False
# crispy adds the widget's name as class; Designsystemet has one class for all of them.
CRISPY_CLASS_CONVERTERS = dict.fromkeys(
    [
        "textinput", "textarea", "select", "selectmultiple", "checkboxinput", "radioselect", "checkboxselectmultiple",
        "dateinput", "datetimeinput", "timeinput", "numberinput", "emailinput", "urlinput", "passwordinput",
        "fileinput", "clearablefileinput", "searchinput", "telinput", "norwegiandateinput",
    ],
    "ds-input",
)  # fmt: skip

# ── Static files ──────────────────────────────────────────────────────────────────────────────────────────────────────

NODE_MODULES = Path(os.environ.get("NM_NODE_MODULES", BASE_DIR / "node_modules"))
# The icon tag reads single SVG files from here and puts them into the page.
ICONS_DIR = NODE_MODULES / "@navikt" / "aksel-icons" / "dist" / "svg"
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("NM_STATIC_ROOT", BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "nyemonstre.staticfiles.VendorFinder",
]
# In debug and in tests files are served where they lie; else under names that change with their content.
_MANIFEST = "nyemonstre.staticfiles.NamedByContent"
_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # The last links of the log's chains. Outside the database, and best on another machine: docs/operators.md.
    "log_heads": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": os.environ.get("NM_LOG_HEADS", BASE_DIR / ".data" / "log-heads")},
    },
    "uploads": uploads_storage(required, own_machine=BASE_DIR / ".data" / "uploads" if DEMO or DEBUG else None),
    "staticfiles": {"BACKEND": _PLAIN if DEBUG or flag("NM_PLAIN_STATIC") else _MANIFEST},
}
WHITENOISE_USE_FINDERS = DEBUG or flag("NM_PLAIN_STATIC")
WHITENOISE_AUTOREFRESH = DEBUG

# ── Language and time ─────────────────────────────────────────────────────────────────────────────────────────────────

LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")]
FORMAT_MODULE_PATH = ["nyemonstre.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "nm-language"
TIME_ZONE = "Europe/Oslo"
USE_TZ = True

# ── Valkey: cache and Celery's broker ─────────────────────────────────────────────────────────────────────────────────

REDIS_URL = required("NM_REDIS_URL", "Sett den til Valkeys adresse, for eksempel redis://valkey:6379/0.")
# Seconds; a Valkey that is down must cost a page no more than this.
_SHORT = 1
CACHES = {
    "default": {
        "BACKEND": "nyemonstre.cache.ForgivingCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": os.environ.get("NM_CACHE_PREFIX", "nm"),
        "OPTIONS": {"socket_connect_timeout": _SHORT, "socket_timeout": _SHORT},
    }
}
CELERY_BROKER_URL = REDIS_URL
# No result backend: its subscription breaks for good when Valkey restarts. What a task made, and how far it has come,
# is a row in the database (or a key in the cache), where the row-level security holds for it too.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 100
# Kilobytes before a worker process is renewed: WeasyPrint keeps what it took.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
# A page that asks for a task while the broker is down is told at once, and says so.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_TIMEOUT = _SHORT
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": _SHORT,
    "socket_timeout": 10,
    "max_retries": 0,
    "visibility_timeout": 3600,
}
# What the clock starts: name -> when. Times are Europe/Oslo.
CELERY_BEAT_SCHEDULE = {
    "clear_sessions": {"task": "nyemonstre.accounts.jobs.clear_sessions", "schedule": crontab(hour=3, minute=40)},
    "scan": {"task": "documents.jobs.scan_waiting", "schedule": crontab(minute="*/10")},
    "remind": {"task": "families.jobs.remind", "schedule": crontab(hour="5-11", minute=30)},
    "note_expired": {"task": "consent.jobs.note_expired", "schedule": crontab(hour=0, minute=5)},
    "scan_attachments": {"task": "referrals.jobs.scan_attachments", "schedule": crontab(minute="5-59/10")},
    "mail_senders": {"task": "referrals.jobs.mail_senders", "schedule": crontab(minute="8-59/10")},
    "drop_drafts": {"task": "referrals.jobs.drop_drafts", "schedule": crontab(hour=1, minute=40)},
    "expire_offers": {"task": "referrals.jobs.expire_offers", "schedule": crontab(hour=0, minute=10)},
    "tell_of_endings": {"task": "consent.jobs.tell_of_endings", "schedule": crontab(hour=5, minute=35)},
    "research": {"task": "assessments.research.jobs.look_after", "schedule": crontab(minute="*/5")},
    "prepare_log": {"task": "nyemonstre.audit.jobs.prepare_log", "schedule": crontab(hour=0, minute=40)},
    # Late enough that no transaction of the day before is still open.
    "export_log_heads": {"task": "nyemonstre.audit.jobs.export_log_heads", "schedule": crontab(hour=1, minute=0)},
    "watch_log": {"task": "nyemonstre.audit.jobs.watch_log", "schedule": crontab(minute="*/15")},
    "forget_log": {"task": "nyemonstre.audit.jobs.forget_log", "schedule": crontab(2, 2, day_of_month="1")},
}
CELERY_BEAT_SCHEDULE_FILENAME = os.environ.get("NM_BEAT_FILE", "/tmp/celerybeat-schedule")  # noqa: S108  one writer

# ── Mail and log ──────────────────────────────────────────────────────────────────────────────────────────────────────

DEFAULT_FROM_EMAIL = os.environ.get("NM_MAIL_FROM", "Nye mønstre <ikke-svar@localhost>")
if DEMO or DEBUG:
    # Nothing leaves the machine; the demo shows what would have been sent.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = Path(os.environ.get("NM_OUTBOX", BASE_DIR / ".data" / "outbox"))
else:
    EMAIL_HOST = required("NM_MAIL_HOST", "Sett den til kommunens e-posttjener.")
    EMAIL_PORT = int(os.environ.get("NM_MAIL_PORT", "587"))
    EMAIL_HOST_USER = os.environ.get("NM_MAIL_USER", "")
    EMAIL_HOST_PASSWORD = os.environ.get("NM_MAIL_PASSWORD", "")
    EMAIL_USE_TLS = flag("NM_MAIL_TLS", default=True)
    EMAIL_TIMEOUT = 10

# Addresses in the log carry ids only; form contents, names and SQL parameters never get there.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_request": {"()": "nyemonstre.logs.WithoutRequest"}},
    "formatters": {
        "line": {
            "()": "nyemonstre.logs.LineFormatter",
            "fmt": "{asctime} {levelname} {name} {request_id} {message}",
            "style": "{",
        }
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_request"]},
    },
    "root": {"handlers": ["stderr"], "level": os.environ.get("NM_LOG_LEVEL", "INFO")},
    "loggers": {
        "django.db.backends": {"level": "INFO"},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}
# Django's own handlers would mail the request, form contents included, to administrators.
LOGGING_CONFIG = "logging.config.dictConfig"
ADMINS: list[tuple[str, str]] = []

# Main navigation and who is logged in, drawn by nyemonstre.ui.context.
NM_NAV, NM_WHO = "nyemonstre.urls_nav.items", "nyemonstre.accounts.header.who"
# What the rooms above families know of them, and have planned: asked by families.caseload and families.feed.
NM_FAMILY_FACTS, NM_CALENDAR = "nyemonstre.overview.facts", "nyemonstre.appointments.planned"
NM_MONTH = "nyemonstre.appointments.month"
# Why a family may only be read, or None: asked by families.restricted before anything about it is changed.
NM_WHY_NOT_CHANGE = "consent.rules.why_not_change"
# What is planned with a service, and what each of them does in a family: asked by consent, which is below the plan.
NM_PLANNED_WITH, NM_WORK_AROUND = "nyemonstre.overview.planned_with", "plans.network.work_around"
# Alerts for the data protection officer, asked by audit.jobs; where documents lie, asked by documents.views.
NM_ALERT_RULES, NM_PLACES = "nyemonstre.watch.find", "plans.attached.places_of"
