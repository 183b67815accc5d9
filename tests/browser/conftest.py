"""A real Chromium, Debian's, before a live server."""

import io
import os
import threading
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import connections
from django.test import override_settings
from playwright.sync_api import sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.conftest import HASHERS, require_tool, with_small_covers

# Playwright's synchronous interface keeps an event loop in this thread; Django would refuse the ORM beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items):
    for item in items:
        if "/browser/" in str(item.fspath):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    require_tool("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


class Answering:
    """The requests that the server has taken and not yet answered.

    A page that is closed leaves some: its last save, a sign of life. They go on asking the database while a test's rows are
    taken away and the tables of content types and permissions are filled anew, and put what they read into the one cache
    of content types that all threads share.
    """

    def __init__(self):
        self.number, self.changed = 0, threading.Condition()

    def take(self, **_signal):
        self.count(1)

    def done(self, **_signal):
        self.count(-1)

    def count(self, step):
        if threading.current_thread() is threading.main_thread():
            return  # a test's own client, which has been answered when it goes on
        with self.changed:
            self.number += step
            self.changed.notify_all()

    def wait_for_none(self, seconds=30):
        """Wait until all have their answer and no other comes on their heels."""
        with self.changed:
            while True:
                assert self.changed.wait_for(lambda: not self.number, seconds), f"{self.number} requests not answered"
                if not self.changed.wait_for(lambda: self.number, 0.03):
                    return


@pytest.fixture(scope="session", autouse=True)
def answering():
    answering = Answering()
    request_started.connect(answering.take)
    request_finished.connect(answering.done)
    yield answering
    request_started.disconnect(answering.take)
    request_finished.disconnect(answering.done)


@pytest.fixture(scope="module")
def demo_site(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demonstration newsroom on a server, loaded once for a module whose tests all ask for it and leave it as it was.

    Has its `url`, and the folder `media` of its pictures.
    """
    media = tmp_path_factory.mktemp("demo") / "media"
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        with_small_covers(patch)
        # The hashers of the tests themselves: a password hashed by another would let nobody in.
        with override_settings(MEDIA_ROOT=media, DEMO_PASSWORD="demonstration", PASSWORD_HASHERS=HASHERS):
            call_command("demo", verbosity=0, stdout=io.StringIO())
        server = LiveServer("localhost")
        server._live_server_modified_settings.enable()
        yield SimpleNamespace(url=server.url, media=media)
        server._live_server_modified_settings.disable()
        server.stop()
        call_command("flush", verbosity=0, interactive=False)
        connections.close_all()  # Playwright's loop has a connection of its own, which nobody would close afterwards


@pytest.fixture
def own_place(own_place, request, settings):
    if "demo_site" in request.fixturenames:
        settings.MEDIA_ROOT = request.getfixturevalue("demo_site").media
    return own_place


@pytest.fixture
def new_page(chromium, request, answering):
    """Open pages of `live_server` or `demo_site`, whichever the test asks for: `new_page(width=360, javascript=False)`.

    A request to anybody else, an error in the console and a violated policy fail the test; `is_cut_off` for a page whose
    requests are made to fail, `touch` for a phone, `still` for a reader who asked for no motion.
    """
    contexts, faults = [], []
    (site,) = {"demo_site", "live_server"} & set(request.fixturenames)
    live_server = request.getfixturevalue(site)

    def open_page(width=1280, scheme="light", javascript=True, height=900, is_cut_off=False, touch=False, still=False):
        context = chromium.new_context(
            base_url=live_server.url, viewport={"width": width, "height": height}, color_scheme=scheme,
            java_script_enabled=javascript, locale="fr-FR", has_touch=touch, is_mobile=touch,
            reduced_motion="reduce" if still else "no-preference",
        )  # fmt: skip
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on(
            "console",
            lambda message: (
                faults.append(message.text)
                if message.type == "error"
                and "status of 4" not in message.text
                and not (is_cut_off and message.text.startswith("Failed to load resource"))
                else None
            ),
        )
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith((live_server.url, "data:", "blob:")) else faults.append(request.url)
            ),
        )
        contexts.append(context)
        return page

    yield open_page
    for context in contexts:
        context.close()
    answering.wait_for_none()
    assert not faults, faults
