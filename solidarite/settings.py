"""Settings, read from the environment (`.env.example` lists every variable).

Without `DATABASE_URL` the portal runs on its own embedded PostgreSQL and Valkey, in DEBUG: a developer or
a newcomer sets nothing. An operator sets `DATABASE_URL`, and from then on nothing is assumed: secrets and
the legal notice must be given, or the portal refuses to start.
"""

import datetime as dt
import logging
from email.utils import formataddr
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from environs import Env

from solidarite import logs
from solidarite.embedded import addresses

# Lets generic classes of Django be written with their type: `ModelForm[Site]`.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(str(BASE_DIR / ".env"), recurse=False)

# --- Which world: embedded services in DEBUG, or an operator's own -----------------------------------

EMBEDDED = not env.str("DATABASE_URL", "")
DEBUG = env.bool("DEBUG", EMBEDDED)
SECRET_KEY = env.str("SECRET_KEY", "embedded-demonstration-only") if EMBEDDED else env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
# The health check of a container comes to the loopback address.
ALLOWED_HOSTS = [*env.list("ALLOWED_HOSTS", ["localhost", "[::1]"]), "127.0.0.1"]
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL.startswith("https://") else []

# --- Identity and legal notice of the operator -----------------------------------------------------

SITE_NAME = env.str("SITE_NAME", "Solidarité numérique")
OPERATOR_NAME = env.str("OPERATOR_NAME", "")
OPERATOR_ADDRESS = env.str("OPERATOR_ADDRESS", "")
OPERATOR_EMAIL = env.str("OPERATOR_EMAIL", "")
OPERATOR_PHONE = env.str("OPERATOR_PHONE", "")
PUBLICATION_DIRECTOR = env.str("PUBLICATION_DIRECTOR", "")
HOSTING_PROVIDER = env.str("HOSTING_PROVIDER", "")

# --- Rules that the operator may move --------------------------------------------------------------

EVENING_STARTS_AT = dt.time.fromisoformat(env.str("EVENING_STARTS_AT", "17:00"))
# ISO numbers of the days that are free all day: Saturday and Sunday.
WEEKEND_DAYS = tuple(env.list("WEEKEND_DAYS", [6, 7], subcast=int))
DAYTIME_SLOTS_ALLOWED = env.bool("DAYTIME_SLOTS_ALLOWED", False)
# Accounts that may be opened in 24 hours: each sends a mail to an address that nobody has shown to be theirs.
SIGNUPS_PER_DAY = env.int("SIGNUPS_PER_DAY", 500)
SIGNUPS_WITHOUT_PROOF_PER_DAY = env.int("SIGNUPS_WITHOUT_PROOF_PER_DAY", 50)
# How far ahead a series without an end is made into slots, and how long it stands before its company confirms it.
SLOT_HORIZON_DAYS = env.int("SLOT_HORIZON_DAYS", 120)
RECONFIRM_DAYS = env.int("RECONFIRM_DAYS", 60)
RECONFIRM_ASKED_DAYS_BEFORE = 14
# What one association may have at once: answers that it waits for, and workshops to come.
PENDING_PER_ASSOCIATION = env.int("PENDING_PER_ASSOCIATION", 10)
BOOKINGS_PER_ASSOCIATION = env.int("BOOKINGS_PER_ASSOCIATION", 30)
# A workshop that is called off so shortly before it begins is noted as called off late.
LATE_CANCELLATION_HOURS = env.int("LATE_CANCELLATION_HOURS", 48)
# How long a signature of an earlier version of the charter still counts once a new one is in force.
CHARTER_GRACE_DAYS = env.int("CHARTER_GRACE_DAYS", 90)
CHARTER_REMINDER_DAYS = (30, 7)
# API Recherche d'entreprises. Empty: the registry is not asked. A demonstration asks nobody.
REGISTRY_URL = env.str("REGISTRY_URL", "" if EMBEDDED else "https://recherche-entreprises.api.gouv.fr")
# Geocoder of the Géoplateforme. Empty: addresses are placed at the centre of their commune.
GEOCODER_URL = env.str("GEOCODER_URL", "" if EMBEDDED else "https://data.geopf.fr/geocodage")
# Tiles under the plan of a site and the map of a search, shown only after a click: an address with {z}, {x} and {y}.
# Empty: no tiles.
MAP_TILE_URL = env.str("MAP_TILE_URL", "")
MAP_TILE_ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(MAP_TILE_URL)) if MAP_TILE_URL else ""
MAP_TILE_CREDIT = env.str("MAP_TILE_CREDIT", "")

# --- Applications, from the floor up ---------------------------------------------------------------

INSTALLED_APPS = [
    "territories",
    "mail",
    "accounts",
    "companies",
    "associations",
    "workshops",
    "charter",
    "solidarite",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_filters",
    "django_htmx",
    "phonenumber_field",
    "pgtrigger",
    "pghistory",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "solidarite.middleware.TooMuchSent",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.WhoActs",
    "solidarite.middleware.former_addresses",
    "solidarite.middleware.Contended",
    "django.contrib.messages.middleware.MessageMiddleware",
    "solidarite.middleware.pages_of_forms",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]

ROOT_URLCONF = "solidarite.urls"
WSGI_APPLICATION = "solidarite.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "mail.styles.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "solidarite.context.site",
            ],
            "builtins": ["territories.templatetags.wording"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Data ------------------------------------------------------------------------------------------

DATABASES = {
    "default": env.dj_db_url("DATABASE_URL", addresses.database_url(), conn_max_age=600, conn_health_checks=True)
}
# A runaway query or a forgotten lock must not hold the portal. Sending one mail holds a row for at most
# MAIL_TIMEOUT seconds, so the idle limit stays above it.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
    "options",
    "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s"
    # Of what is prepared alone: else PostgreSQL plans it anew for each of the first five times.
    " -c plan_cache_mode=force_generic_plan"
    # Lists are read in the order of an index until a page is full: pages of disks and of memory cost much the same.
    " -c random_page_cost=1.1 -c max_parallel_workers_per_gather=0 -c jit=off"
    # Nothing is exempt from its triggers: where this is unset, each of them fails to read it, and catches that.
    " -c pgtrigger.ignore={}",
)
# What `territories.prepared` asks is planned once for each connection; nothing else is.
DATABASES["default"]["OPTIONS"].setdefault("prepare_threshold", 0)

REDIS_URL = env.str("REDIS_URL", addresses.redis_url())
if not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured(f"REDIS_URL commence par redis://, rediss:// ou unix://, pas comme {REDIS_URL!r}")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        # The queue has database 0 when both share one server.
        "OPTIONS": {"db": 1},
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# --- Celery ----------------------------------------------------------------------------------------

# Celery spells the address of a socket otherwise than redis-py. The queue has database 0.
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", REDIS_URL.replace("unix://", "redis+socket://"))
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A broker that is down must not hold a web request: the periodic task delivers what the hint does not.
    "max_retries": 1,
    "interval_start": 0,
    # After a kill -9, a message in hand goes back to the queue after six minutes instead of an hour; a task
    # that still runs by then would be given out twice, so none may run that long.
    "visibility_timeout": 360,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Europe/Paris"
# Intervals only: an hour of the clock between 02:00 and 03:00 is missing once a year and doubled once a year.
SCAN_SECONDS = env.float("SCAN_SECONDS", 30.0)
# For what is asked weeks ahead.
SLOW_SCAN_SECONDS = env.float("SLOW_SCAN_SECONDS", 3600.0)
# All intervals are short and every scan may run twice: beat need not remember when it ran last.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "deliver mail": {"task": "mail.tasks.deliver", "schedule": 15.0, "options": {"expires": 15}},
    "pulse": {"task": "mail.tasks.pulse", "schedule": 30.0, "options": {"expires": 30}},
    "tell digests": {"task": "mail.tasks.tell_digests", "schedule": SCAN_SECONDS},
    "forget what mails said": {"task": "mail.tasks.forget", "schedule": SLOW_SCAN_SECONDS},
    **{
        f"ask {app} to confirm members": {"task": f"{app}.tasks.ask_to_confirm_members", "schedule": SLOW_SCAN_SECONDS}
        for app in ("companies", "associations")
    },
    "extend series": {"task": "companies.tasks.extend_series", "schedule": SLOW_SCAN_SECONDS},
    "ask to confirm series": {"task": "companies.tasks.ask_to_confirm_series", "schedule": SLOW_SCAN_SECONDS},
    "reread calendars": {"task": "companies.tasks.reread_calendars", "schedule": 300.0, "options": {"expires": 300}},
    "lapse signatures": {"task": "charter.tasks.lapse_signatures", "schedule": 300.0},
    "remind renewals": {"task": "charter.tasks.remind_renewals", "schedule": SLOW_SCAN_SECONDS},
    "look up registry": {"task": "solidarite.tasks.look_up_registry", "schedule": 60.0},
    "remind expiring requests": {"task": "associations.tasks.remind_expiring", "schedule": SLOW_SCAN_SECONDS},
    "tell ending insurance": {"task": "workshops.tasks.tell_ending_insurance", "schedule": SLOW_SCAN_SECONDS},
    "tell matches": {"task": "workshops.tasks.tell_matches", "schedule": SCAN_SECONDS},
    "sweep matches": {"task": "workshops.tasks.sweep_matches", "schedule": crontab(hour="3", minute="30")},
    "tell alerts": {"task": "workshops.tasks.tell_alerts", "schedule": 300.0, "options": {"expires": 300}},
    # Of the whole country, and no scan: also where scans are hurried.
    "count needs": {"task": "workshops.tasks.count_needs", "schedule": 3600.0, "options": {"expires": 3600}},
    # Somebody waits before the page.
    "make plans": {"task": "workshops.tasks.make_plans", "schedule": 5.0, "options": {"expires": 5}},
    "remind workshops": {"task": "workshops.tasks.remind_workshops", "schedule": SCAN_SECONDS},
    "call volunteers": {"task": "workshops.tasks.call_volunteers", "schedule": SCAN_SECONDS},
    "ask for reports": {"task": "workshops.tasks.ask_for_reports", "schedule": SCAN_SECONDS},
    "remind unanswered": {"task": "workshops.tasks.remind_unanswered", "schedule": SCAN_SECONDS},
    "expire bookings": {"task": "workshops.tasks.expire_bookings", "schedule": SCAN_SECONDS},
}

# --- Mail ------------------------------------------------------------------------------------------

MAIL_TIMEOUT = 20
# Mail leaves by SMTP. Who carries it on may tell what became of it, at /courriels/retours/: "brevo"; empty: nobody
# tells. The secret is the "user:password" of that address.
MAIL_PROVIDER = env.str("MAIL_PROVIDER", "")
ANYMAIL = {"WEBHOOK_SECRET": env.str("MAIL_WEBHOOK_SECRET", "")}
# How many messages a second the provider takes; 0: as many as it can.
MAIL_PER_SECOND = env.float("MAIL_PER_SECOND", 0.0)
# How long what a mail said can be read again by an operator.
MAIL_BODIES_KEPT_DAYS = 60
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": env.str("SMTP_HOST", "127.0.0.1"),
            "port": env.int("SMTP_PORT", 25),
            "username": env.str("SMTP_USER", ""),
            "password": env.str("SMTP_PASSWORD", ""),
            "use_tls": env.bool("SMTP_STARTTLS", False),
            "use_ssl": env.bool("SMTP_TLS", False),
            "timeout": MAIL_TIMEOUT,
        },
    },
}
CALENDAR_ORGANIZER = env.str("CALENDAR_ORGANIZER", "bonjour@solidarite.example.org")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", formataddr((SITE_NAME, "bonjour@solidarite.example.org")))
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Accounts --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD = "website"
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900  # seconds, as for the code that verifies an address
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Adding an address writes to a stranger, as signing up does.
ACCOUNT_RATE_LIMITS = {"manage_email": "10/m/user,20/d/user"}
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "accounts.passkeys.AddPasskeyForm",
    "edit_webauthn": "accounts.passkeys.RenamePasskeyForm",
}
MFA_TOTP_ISSUER = SITE_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
# Moderators and operators; a demonstration lets a newcomer in with a password.
STAFF_NEED_SECOND_FACTOR = env.bool("STAFF_NEED_SECOND_FACTOR", not DEBUG)

# --- Language and time: written in French, stored in UTC, shown in the zone of the site ------------

LANGUAGE_CODE = "fr"
# Mails are in the language of who reads them, pages in French.
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# --- Static files ----------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
# The files of Leaflet alone: the rest of its package wants GDAL.
LEAFLET_FILES = distribution("django-leaflet").locate_file("leaflet/static/leaflet")
STATICFILES_DIRS = [BASE_DIR / "static", ("leaflet", str(LEAFLET_FILES))]
# Photographs of rooms and certificates of insurance; in a demonstration beside its database.
MEDIA_ROOT = env.str("MEDIA_ROOT", str(addresses.data_directory() / "media"))

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# --- Logs ------------------------------------------------------------------------------------------

logs.configure(as_json=not DEBUG)
# A request has one line, when it is answered.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG

# --- Security --------------------------------------------------------------------------------------

HTTPS = env.bool("HTTPS", not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
# A monitor asks from inside, without the proxy.
SECURE_REDIRECT_EXEMPT = [r"^sante/$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_HTTPS_PROXY", False) else None
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", *([MAP_TILE_ORIGIN] if MAP_TILE_ORIGIN else [])],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
