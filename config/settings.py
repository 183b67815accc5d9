"""Settings of the site, all from the environment.

One file: the embedded default (SQLite and files under DATA_DIR) and a PostgreSQL/Redis deployment differ by variables alone.
"""

import os
import secrets
import sys
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _
from django_prose_editor.config import html_tags
from js_asset import static_lazy

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)


def _kept_secret() -> str:
    """The secret key: made on the first run and kept, so that sessions and signed links survive a restart."""
    path = DATA_DIR / "secret_key"
    try:
        # O_EXCL: of two processes that start together one writes, the other reads what it wrote.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    return path.read_text()


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or _kept_secret()
PORT = env.int("PORT", default=8000)
SITE_NAME = env.str("SITE_NAME", default="Grappe")
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
DEMO = env.bool("DEMO", default=True)
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="")
# Under which the registry may be used again; printed in every file that is taken away, in the API and in the pages.
DATA_LICENCE = env.str("DATA_LICENCE", default="CC BY 4.0")
DATA_LICENCE_URL = env.str("DATA_LICENCE_URL", default="https://creativecommons.org/licenses/by/4.0/")
# The one setting of the API's framework that its views cannot say themselves: what describes them.
REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"}
# Networks whose X-Forwarded-For is believed; none by default, since any visitor may send that header.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])

INSTALLED_APPS = [
    "config.apps.NewsroomAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",  # the same static files under runserver as in production
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django_filters",
    "django_countries",
    "django_prose_editor",
    "js_asset",
    "csp",
    "axes",
    "clusters",
    "articles",
    "config.apps.SiteConfig",
]

MIDDLEWARE = [
    "config.middleware.real_address",  # before SecurityMiddleware, which asks whether the visitor came by TLS
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.refuse_null_bytes",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # public pages hold no secret; the admin's CSRF token is masked anew each time
    "config.middleware.changes_in_force",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "config.middleware.private_when_known",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
                "config.views.site",
            ],
        },
    },
]

# -- Data ------------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'grappe.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Tests use a file too: in memory, threads share one cache and fail with "locked" where a file waits.
    DATABASES["default"]["TEST"] = {
        "NAME": str(DATA_DIR / f"test-{os.getpid()}.sqlite3")
    }  # two runs at once never meet
    DATABASES["default"]["OPTIONS"] = {
        # A transaction that will write takes its lock at once: it waits instead of failing half-way with "locked".
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["CONN_MAX_AGE"] = (
    60  # opening one, with its pragmas or its TLS, costs more than most pages ask of it
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}

# -- People ----------------------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "admin:login"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # one forgetful editor does not lock a shared office out
AXES_LOCKOUT_TEMPLATE = "admin/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False  # its tables are not an editor's work
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "config.middleware.client_address"

# -- Language and time -----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("Français")), ("en", _("Anglais")), ("ar", _("Arabe"))]
TIME_ZONE = env.str("TIME_ZONE", default="Africa/Casablanca")
USE_I18N = True
USE_TZ = True

# -- Files -----------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns of a folder that is not there yet
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
TESTING = "pytest" in sys.modules
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_MAX_AGE = 3600
WHITENOISE_USE_FINDERS = DEBUG or TESTING
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # an article's form; files are counted apart, in clusters.pictures
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_HANDLERS = [
    "config.uploads.UpToEnough",  # the two after it are Django's own
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_PERMISSIONS = 0o644

# The body editor's own nodes: their scripts, and what the sanitiser lets them leave in a text. The rest of the
# definition is clusters.markup.EXTENSIONS; the library wants this part in the settings.
DJANGO_PROSE_EDITOR_EXTENSIONS = [
    {
        "js": [
            static_lazy("js/editor/desk.js"),
            static_lazy("js/editor/cluster.js"),
            static_lazy("js/editor/link.js"),
            static_lazy("js/editor/picture.js"),
            static_lazy("js/editor/note.js"),
            static_lazy("js/editor/box.js"),
            static_lazy("js/editor/table.js"),
            static_lazy("js/editor/embed.js"),
            static_lazy("js/editor/unknown.js"),
            static_lazy("js/editor/shortcuts.js"),
            static_lazy("js/editor/paste.js"),
            static_lazy("js/editor/mentions.js"),
        ],
        "extensions": {
            "ClusterReference": html_tags(["span"], {"span": ["data-cluster"]}),
            "InternalLink": html_tags(["a"], {"a": ["data-to"]}),
            "BodyPicture": html_tags(["figure", "figcaption"], {"figure": ["data-picture"]}),
            "Footnote": html_tags(["span"], {"span": ["data-note"]}),
            "PullQuote": html_tags(["aside"], {"aside": ["data-box"]}),
            "BoxedText": html_tags(["aside"], {"aside": ["data-box"]}),
            "Embed": html_tags(["figure", "figcaption"], {"figure": ["data-embed"]}),
            "UnknownBlock": html_tags(["div", "figure", "aside"]),  # whatever names it: clusters.nodes
            "UnknownInline": html_tags(["span"]),
            "Shortcuts": html_tags([]),
            "MentionOffer": html_tags([]),
            "PasteCleaner": html_tags([]),
        },
    }
]

# Every button in sight: the library's drop-down menus open by mouse only.
DJANGO_PROSE_EDITOR_MENU_GROUPS = [
    {"group": group}
    for group in ("blockType -lists", "lists", "nodes -blockType -lists", "marks", "link", "table", "history")
]

# -- Security --------------------------------------------------------------------------------------------------------

HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # the health check comes from inside, without TLS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HTTPS and TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        # The nonce is printed only where a page asks for it (the import map of the body editor): public pages have none.
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

# -- Mail and logs ---------------------------------------------------------------------------------------------------

EMAIL_TIMEOUT = 5  # seconds; a mail server that does not answer must not keep an editor waiting
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="grappe@localhost")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "line"}},
    "root": {"handlers": ["stdout"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "axes": {"level": "WARNING"},
    },
}
