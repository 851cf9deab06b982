"""Django's settings, derived from `Settings`; nothing is declared here that a user would change."""

import hashlib
import secrets

from marketing_agent.settings import database_config, settings

_SETTINGS = settings()

# Forms are signed with a key derived from the home's own; before `init` nothing is signed.
_KEY = _SETTINGS.key_material() or secrets.token_hex(32)
SECRET_KEY = hashlib.sha256(f"django:{_KEY}".encode()).hexdigest()
DEBUG = False
ALLOWED_HOSTS = ["*"]  # the host rules of `accounts` and `api` are stricter and give a reason
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": database_config(_SETTINGS.store_url)}
ROOT_URLCONF = "marketing_agent.urls"
WSGI_APPLICATION = "marketing_agent.wsgi.application"
LOGGING_CONFIG = None  # structlog is set up by the command that starts the process
APPEND_SLASH = False

INSTALLED_APPS = [
    "marketing_agent.accounts",
    "marketing_agent.operations",
    "marketing_agent.prospects",
    "marketing_agent.inboxes",
    "marketing_agent.campaigns",
    "marketing_agent.outbox",
    "marketing_agent.inbound",
    "marketing_agent.workers",
    "marketing_agent.console",
    "ninja",  # its Swagger files are served from the installed package, never from a CDN
]

MIDDLEWARE = [
    "marketing_agent.api.middleware.Envelope",
    "marketing_agent.api.middleware.Gate",
    "django.middleware.csrf.CsrfViewMiddleware",  # the console's forms; /api takes no cookie
    "marketing_agent.api.middleware.Memory",
]

STATIC_URL = "/static/"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = _SETTINGS.public_url.startswith("https://")
CSRF_TRUSTED_ORIGINS = [_SETTINGS.base_url] if CSRF_COOKIE_SECURE else []
CSRF_FAILURE_VIEW = "marketing_agent.console.pages.forged"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "DIRS": [],
    }
]
