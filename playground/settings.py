"""Django's settings. What differs between installations comes from environment.py."""

import re
import sys
from pathlib import Path

from environs import EnvError

from . import environment
from .keys import kept_key

BASE_DIR = Path(__file__).resolve().parent.parent
MEGABYTE = 1024 * 1024

try:
    ENVIRONMENT = environment.read(BASE_DIR)
    SECRET_KEY = kept_key(ENVIRONMENT.data_dir / "secret.key")
except EnvError as error:
    sys.stderr.write(f"{error}\n")
    raise SystemExit(2) from None
except (OSError, ValueError) as error:
    sys.stderr.write(
        f"DATA_DIR cannot be {str(ENVIRONMENT.data_dir)!r}: "
        f"expected a folder to write in ({error}).\n"
    )
    raise SystemExit(2) from None

HOST = ENVIRONMENT.host
PORT = ENVIRONMENT.port
PUBLIC_URL = ENVIRONMENT.public_url
DATA_DIR = ENVIRONMENT.data_dir
ANTHROPIC_API_KEY = ENVIRONMENT.anthropic_api_key
ANTHROPIC_BASE_URL = ENVIRONMENT.anthropic_base_url
ACCESS = ENVIRONMENT.access
SHARING = ENVIRONMENT.sharing
SIMULATOR_SPEED = ENVIRONMENT.simulator_speed

# Names the endpoint of new conversations, whose own code knows no endpoint.
DEFAULT_ENDPOINT = "playground.claude.endpoints.default"

# The one person of ACCESS=local.
LOCAL_USERNAME = "local"

VERSION_LINE = re.search(
    r"^## (\S+)", (BASE_DIR / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
)
VERSION = VERSION_LINE[1] if VERSION_LINE else "unknown"

DEBUG = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "playground.apps.StaticFilesConfig",
    "django_htmx",
    "conversations",
    "playground.apps.PlaygroundConfig",
]

# Async-native versions where Django's own would spend a thread hop each.
MIDDLEWARE = [
    "playground.middleware.request_log",
    "playground.middleware.SecurityMiddleware",
    "playground.middleware.CSPMiddleware",
    "playground.middleware.XFrameOptionsMiddleware",
    "playground.middleware.SessionMiddleware",
    "playground.middleware.CommonMiddleware",
    "playground.middleware.CsrfViewMiddleware",
    "playground.middleware.AuthenticationMiddleware",
    "playground.middleware.local_access",
    "playground.middleware.LoginRequiredMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "playground.middleware.StartsFirst",
]

ROOT_URLCONF = "playground.urls"
ASGI_APPLICATION = "playground.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ],
        },
    },
]

# What is kept

# Connections stay with their threads, of which there are few: see turnstile.py.
DATABASES = {
    "default": ENVIRONMENT.database | {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MEDIA_ROOT = DATA_DIR / "images"

# Who comes in

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"

# Where it is reached

ALLOWED_HOSTS = [*environment.LOOPBACK_NAMES]
if HOST not in ("0.0.0.0", "::"):
    ALLOWED_HOSTS.append(f"[{HOST}]" if ":" in HOST else HOST)
IS_HTTPS = PUBLIC_URL.startswith("https://")
if PUBLIC_URL:
    ALLOWED_HOSTS.append(environment.host_and_scheme(PUBLIC_URL)["host"])
    CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "playground.errors.stale_form"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0

# What a page may do

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# These look for Django's own middleware by name and do not see our subclasses of it;
# the tests look at the headers instead.
SILENCED_SYSTEM_CHECKS = ["security.W001", "security.W002", "security.W003"]

# How much may come in. The whole body is counted in asgi.py before it is spooled.

BODY_LIMIT = 110 * MEGABYTE  # several photographs as a camera makes them
# Above the API's own 32 MB, so that the simulator can refuse as the API does.
DATA_UPLOAD_MAX_MEMORY_SIZE = 40 * MEGABYTE
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_NUMBER_FILES = 100

# Static files: hashed names, collected by `make run`

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / ".static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "playground.static_files.HashedStorage"},
}

# Language and time

LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# One line per event on stderr, with the request it belongs to

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "playground.logs.RequestIdFilter"}},
    "formatters": {
        "line": {
            "()": "playground.logs.LineFormatter",
            "format": "%(asctime)s %(levelname)s %(request_id)s %(name)s: %(message)s",
        },
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "filters": ["request_id"],
            "formatter": "line",
        },
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Django's default handlers would print the same event a second time.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # request_log writes one line for each request; these would repeat it.
        "django.request": {"level": "ERROR"},
        # A traceback for every request of a scanner; its 400 has its line already.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "uvicorn": {"level": "WARNING"},
        "uvicorn.access": {"handlers": [], "propagate": False},
        # These print every request that the SDK makes.
        "httpx2": {"level": "WARNING"},
        "httpcore2": {"level": "WARNING"},
        "anthropic": {"level": "WARNING"},
        "asyncio": {"level": "WARNING"},
    },
}
