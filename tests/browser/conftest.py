"""A real Chromium, Debian's, before a live server."""

import os

import pytest
from playwright.sync_api import sync_playwright

from tests.conftest import require_tool

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
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def chromium():
    require_tool("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium, live_server):
    """Open pages of the live server: `new_page(width=360, scheme="dark", javascript=False)`.

    A request to anybody else, an error in the console and a violated policy fail the test.
    """
    contexts, faults = [], []

    def open_page(width=1280, scheme="light", javascript=True, height=900):
        context = chromium.new_context(
            base_url=live_server.url, viewport={"width": width, "height": height}, color_scheme=scheme,
            java_script_enabled=javascript, locale="fr-FR",
        )  # fmt: skip
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on(
            "console",
            lambda message: (
                faults.append(message.text) if message.type == "error" and "status of 4" not in message.text else None
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
    assert not faults, faults
