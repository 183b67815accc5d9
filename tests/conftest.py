"""What every test stands on: files in a place of their own, a cache of its own, and the demonstration newsroom."""

import io
import os
import shutil

import pytest
from django.conf import settings as project
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import setup_databases, teardown_databases

from config.demo import covers
from config.demo.registry import Registry
from tests.factories import make_user

CI = os.environ.get("CI") == "true"
NAMED = project.DATABASES["default"]["NAME"]
"""The database of the site itself, which no test may touch."""
HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
"""A slow one costs 0.5 s for each person."""
REDIS_DATABASES = 16
"""How many a server has as it is installed."""


@pytest.fixture(autouse=True)
def own_place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PASSWORD_HASHERS = HASHERS
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()  # whitenoise warns of one that is not there
    cache.clear()
    return tmp_path


@pytest.fixture(scope="session", autouse=True)
def own_cache():
    """A database of Redis for each worker: what one clears or keeps is not seen by the other."""
    default, worker = project.CACHES["default"], os.environ.get("PYTEST_XDIST_WORKER")
    if "redis" not in default["BACKEND"].lower() or worker is None:
        yield
        return
    server = default["LOCATION"].rpartition("/")[0]
    place = f"{server}/{int(worker.removeprefix('gw')) % REDIS_DATABASES}"
    with override_settings(CACHES={"default": {**default, "LOCATION": place}}):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database, made even where no test asks for it by `db` (those of `demo_site` do not)."""
    with django_db_blocker.unblock():
        is_made = project.DATABASES["default"]["NAME"] != NAMED
        own = [] if is_made else setup_databases(verbosity=0, interactive=False, aliases={"default"})
        yield
        if connection.vendor == "postgresql":  # a browser's loop or a server's thread may have left one open
            with connection.cursor() as cursor:
                others = "datname = current_database() AND pid <> pg_backend_pid()"
                cursor.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
        teardown_databases(own, verbosity=0)


@pytest.fixture
def editor(db):
    return make_user("editor")


@pytest.fixture
def as_role(client, db):
    """Log the client in as a role; returns the user."""

    def log_in(role):
        user = make_user(role)
        client.force_login(user)
        return user

    return log_in


def with_small_covers(patch):
    """Draw the demonstration's covers small: their texts and places matter to tests, not their finish."""
    draw = covers.draw
    patch.setattr(covers, "draw", lambda motif, seed: draw(motif, seed, (320, 180)))


@pytest.fixture
def demo(monkeypatch, settings):
    """The demonstration newsroom, loaded. Ask for `db` or `live_server` besides."""
    with_small_covers(monkeypatch)
    settings.DEMO_PASSWORD = "demonstration"
    call_command("demo", verbosity=0, stdout=io.StringIO())


def require_tool(name):
    """Skip where a tool of Debian's is missing; under CI that is a failure, since a skipped test proves nothing."""
    if shutil.which(name) is None:
        message = f"{name} is not installed: as root, run `sh .ci/tools`"
        pytest.fail(message) if CI else pytest.skip(message)


@pytest.fixture(scope="module")
def demo_registry(django_db_setup, django_db_blocker):
    """The demonstration's registry alone, loaded once for all tests of a module; nothing of it stays.

    Its `clusters`, `sources` and `programmes` are the rows by the ids of the facts file.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        registry = Registry()
        registry.verifier = make_user("editor")
        registry.load(registry.verifier)
        yield registry
        transaction.set_rollback(True)
