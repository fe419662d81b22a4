"""Django's settings: the embedded database by default, PostgreSQL when a URL names one."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from packline.site.place import data_directory, database_settings
from packline.thread import STAGES

PACKLINE_DATA = data_directory()
HERE = Path(__file__).parent

_secret = PACKLINE_DATA / "keys" / "session.key"
# `packline serve` keeps a key in the data directory; without it sessions end with the process.
SECRET_KEY = _secret.read_text() if _secret.exists() else secrets.token_urlsafe(48)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("PACKLINE_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("PACKLINE_ORIGINS", "").split(",") if o]

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "foundation.Person"
AUTHENTICATION_BACKENDS = ["packline.foundation.permissions.Permissions"]
ROOT_URLCONF = "packline.site.urls"
ASGI_APPLICATION = "packline.site.asgi.application"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"

INSTALLED_APPS = [
    "packline.foundation",  # before Django's own, because it extends `migrate`
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "ninja",  # the pages that describe the interface, with nothing from elsewhere
    *(f"packline.{stage}" for stage in STAGES),
    "packline.site",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "packline.site.middleware.content_security_policy",
    "packline.site.middleware.static_files_whole",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "packline.site.middleware.what_can_be_stored",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "packline.site.middleware.RefusalsTold",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "packline.site.navigation.navigation",
            ],
        },
    },
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

DATABASES = {"default": database_settings()}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Our own mistakes are told to whoever runs the server; people at a browser see a calm page.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "loggers": {
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
    },
}
