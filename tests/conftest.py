"""What every test stands on: files in a place of their own, a cache of its own, and warnings that are errors."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def own_place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    cache.clear()
    return tmp_path


@pytest.fixture
def editor(db):
    from tests.factories import make_user

    return make_user("editor")


@pytest.fixture
def as_role(client, db):
    """Log the client in as a role; returns the user."""
    from tests.factories import make_user

    def log_in(role):
        user = make_user(role)
        client.force_login(user)
        return user

    return log_in
