"""Django's settings: the single bootstrap. All that varies comes from the environment set by the launcher.

``XINHENG_CONNINFO``  libpq connection string of the role this process acts as
``XINHENG_SECRET_KEY`` signing key (the launcher keeps it in the data folder's ``keys/``)
``XINHENG_ASSETS``    folder of the built assets and message catalogues (default: ``build/`` of the checkout)
``XINHENG_HOSTS``     host names this installation answers to, with commas
``XINHENG_DEMO``      ``1``: every page says that its organisations are made up
"""

import os
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

PACKAGE = Path(__file__).resolve().parent.parent
CHECKOUT = PACKAGE.parent.parent
ASSETS = Path(os.environ.get("XINHENG_ASSETS") or CHECKOUT / "build")

SECRET_KEY = os.environ.get("XINHENG_SECRET_KEY") or os.urandom(32).hex()
DEBUG = False
ALLOWED_HOSTS = [
    host for host in os.environ.get("XINHENG_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",") if host
]

XINHENG_DEMO = os.environ.get("XINHENG_DEMO") == "1"

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "xinheng.ledger",
    "xinheng.accounts",
    "xinheng.archive",
    "xinheng.intake",
    "xinheng.publication",
    "xinheng.portal",
]


def _database() -> dict[str, object]:
    """The one database, from a libpq connection string."""
    parts = conninfo_to_dict(os.environ.get("XINHENG_CONNINFO", ""))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname") or "xinheng",
        "USER": parts.get("user") or "",
        "PASSWORD": parts.get("password") or "",
        "HOST": parts.get("host") or "",
        "PORT": parts.get("port") or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 10},
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ROOT_URLCONF = "xinheng.config.urls"
WSGI_APPLICATION = "xinheng.config.wsgi.application"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [ASSETS / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATICFILES_DIRS = [ASSETS / "static"]
STATIC_ROOT = ASSETS / "collected"
STORAGES = {"staticfiles": {"BACKEND": "xinheng.portal.assets.AssetStorage"}}

MIDDLEWARE = [
    "xinheng.portal.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    # While the assets are not built there is no folder to serve, and pages go out undressed.
    *(["whitenoise.middleware.WhiteNoiseMiddleware"] if STATIC_ROOT.is_dir() else []),
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "xinheng.portal.middleware.text_scale",
    "xinheng.portal.middleware.DatabaseAway",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "xinheng.portal.context_processors.page_frame",
            ],
            "libraries": {"xh": "xinheng.portal.templatetags.xh"},
        },
    }
]

# What people look for is never logged: no query strings, no texts of exceptions, which may repeat input.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"quiet": {"()": "xinheng.config.logs.QuietFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "quiet"}},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "xinheng": {"handlers": ["stderr"], "level": "INFO", "propagate": True},
    },
}
