"""The checks of outside pages: against a server of the test's own, and never towards a network that is private."""

import datetime as dt
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.management import call_command
from django.utils import timezone

from articles.management.commands.check_links import Command
from articles.models import Article, Link, OutsideAddress
from articles.models.links import BROKEN_FROM
from articles.outside import HOPS, Checker, check_due, is_public
from tests import factories as make

HOST = "pages.example"


class Pages(BaseHTTPRequestHandler):
    """Answers what its path says."""

    asked = []

    def answer(self):
        type(self).asked.append((self.command, self.path, self.headers["Host"], self.headers["User-Agent"]))
        name = self.path.strip("/").partition("?")[0]
        if name == "get-only":
            self.send_response(405 if self.command == "HEAD" else 200)
        elif name in ("for-good", "for-now"):
            self.send_response(301 if name == "for-good" else 302)
            self.send_header("Location", "/200")
        elif name == "inside":
            self.send_response(302)
            self.send_header("Location", "http://inside.example/secret")
        elif name == "elsewhere":
            self.send_response(302)
            self.send_header("Location", "ftp://pages.example/")
        elif name == "round":
            self.send_response(301)
            self.send_header("Location", "/round")
        elif name == "hangs-up":
            self.wfile.write(b"nonsense\r\n\r\n")
            return
        else:
            self.send_response(int(name))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = answer

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    Pages.asked = []
    made = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://{HOST}:{made.server_port}"
    made.shutdown()
    made.server_close()
    thread.join(10)


def names(host, port):
    """Our own name server: the test's pages are on this machine, and count as outside."""
    known = {HOST: ["127.0.0.1"], "inside.example": ["10.0.0.7"], "both.example": ["127.0.0.1", "192.168.1.1"]}
    if host not in known:
        raise OSError(host)
    return known[host]


def checker(**values):
    slept = []
    made = Checker(resolve=names, is_public=lambda address: address == "127.0.0.1", sleep=slept.append, **values)
    made.slept = slept
    return made


@pytest.mark.parametrize(
    ("path", "verdict", "status"),
    [
        ("200", "ok", 200), ("204", "ok", 204), ("get-only", "ok", 200), ("for-now", "ok", 200), ("for-good", "moved", 200),
        ("404", "failed", 404), ("410", "failed", 410), ("500", "failed", 500), ("403", "shy", 403), ("401", "shy", 401),
        ("429", "shy", 429), ("round", "failed", None), ("hangs-up", "failed", None), ("elsewhere", "failed", None),
    ],
)  # fmt: skip
def test_what_a_page_answers_is_judged(server, path, verdict, status):
    found = checker().check(f"{server}/{path}")
    assert (found.verdict, found.status) == (verdict, status)
    assert found.moved_to == (f"{server}/200" if path == "for-good" else "")
    assert bool(found.error) is (verdict == "failed")
    assert len(Pages.asked) <= 2 * (HOPS + 1)


def test_it_says_who_asks_and_asks_the_lighter_question_first(server, settings):
    settings.SITE_URL = "https://grappe.example"
    checker().check(f"{server}/404?a=b")
    assert [one[:2] for one in Pages.asked] == [("HEAD", "/404?a=b"), ("GET", "/404?a=b")]
    assert {one[3] for one in Pages.asked} == {"Grappe-links/1.0 (+https://grappe.example)"}
    assert all(one[2].startswith(HOST) for one in Pages.asked)


@pytest.mark.parametrize("host", ["inside.example", "both.example"])
def test_a_private_address_is_never_asked(server, host):
    asked = []
    found = checker(fetch=lambda *asks: asked.append(asks)).check(f"http://{host}/")
    assert "réseau privé" in found.error
    assert asked == []


def test_a_redirect_inside_is_not_followed(server):
    found = checker().check(f"{server}/inside")
    assert "réseau privé" in found.error
    assert {one[1] for one in Pages.asked} == {"/inside"}


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://localhost:1/", "http://[::1]:1/", "http://2130706433:1/"]
)
def test_this_machine_is_private_whatever_it_is_called(url):
    """With the real resolver, which knows these without asking anybody."""
    found = Checker(fetch=lambda *asks: pytest.fail("asked")).check(url)
    assert found.verdict == "failed"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1::1", True), ("127.0.0.1", False), ("10.1.2.3", False), ("172.16.0.1", False),
        ("192.168.0.1", False), ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False),
        ("::1", False), ("fe80::1%eth0", False), ("fd00::1", False), ("::ffff:127.0.0.1", False), ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d822", True), ("2002:7f00:1::", False), ("::", False), ("ff02::1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_of_the_open_internet(address, public):
    assert is_public(address) is public


@pytest.mark.parametrize(
    "url", ["http://nobody.example/", "http://pages.example:99999/", "http://[", "https:///x", "http://a..b/"]
)
def test_what_cannot_be_asked_is_a_failure_in_words(url):
    found = checker().check(url)
    assert found.verdict == "failed"
    assert found.error


def test_a_host_is_not_asked_twice_within_a_second(server):
    now = iter(range(10**6))
    ran = checker(clock=lambda: next(now) / 10)
    ran.check(f"{server}/404")
    assert ran.slept == [pytest.approx(0.9)]


def late():
    raise TimeoutError


def test_a_page_that_does_not_answer_in_time():
    assert "à temps" in checker(fetch=lambda *asks: late()).check(f"http://{HOST}/").error


# -- What is kept -------------------------------------------------------------------------------------------------------


@pytest.fixture
def linked(server, db):
    article = make.make_article()

    def link(*paths):
        article.body = "".join(f'<p><a href="{server}/{path}">x</a></p>' for path in paths)
        article.save()
        return {one.url.rpartition("/")[2]: one for one in OutsideAddress.objects.all()}

    return link


def test_it_takes_several_failures_in_a_row_to_be_broken(linked):
    linked("500")
    now = timezone.now()
    for day in range(BROKEN_FROM):
        assert not Link.objects.dead().exists()
        assert len(list(check_due(checker(), 9, now + dt.timedelta(days=2 * day)))) == 1
        OutsideAddress.objects.update(checked_at=now + dt.timedelta(days=2 * day))
    assert Link.objects.dead().exists()
    row = OutsideAddress.objects.get()
    row.note("ok", now, status=200)
    assert row.failures == 0
    assert not Link.objects.dead().exists()


def test_what_was_asked_lately_is_left_alone(linked):
    linked("200", "404")
    assert len(list(check_due(checker(), 9))) == 2
    asked = len(Pages.asked)
    assert list(check_due(checker(), 9)) == []
    assert len(Pages.asked) == asked
    tomorrow, in_a_week = (timezone.now() + dt.timedelta(days=days) for days in (1, 8))
    assert [row.status for row in OutsideAddress.objects.due(tomorrow)] == [404]
    assert OutsideAddress.objects.due(in_a_week).count() == 2


def test_a_page_that_nobody_links_to_is_forgotten_and_one_that_two_link_to_asked_once(linked, server):
    linked("200", "204")
    make.make_article(body=f'<p><a href="{server}/204#b">x</a></p>')
    linked("204")
    assert [row.url for row in check_due(checker(), 9)] == [f"{server}/204"]
    assert OutsideAddress.objects.count() == 1


def test_a_host_that_asks_for_rest_has_it(linked):
    linked("429", "500", "501")
    checked = list(check_due(checker(), 9))
    assert [row.verdict for row in checked] == ["shy"]
    assert OutsideAddress.objects.filter(checked_at=None).count() == 2


def test_the_command_tells_what_it_found(linked, monkeypatch, capsys):
    linked("404", "200")
    monkeypatch.setattr(Command, "checker", staticmethod(checker))
    call_command("check_links", "--limit", "5")
    out = capsys.readouterr().out
    assert "/404: 404 (1)" in out
    assert "ok: 1, failed: 1" in out
    call_command("check_links")
    assert "nothing to check" in capsys.readouterr().out


def test_each_result_is_kept_at_once(linked):
    """Whoever stops the program half-way keeps what it has found."""
    linked("200", "204")
    next(check_due(checker(), 9))
    assert OutsideAddress.objects.filter(verdict="ok").count() == 1
    assert Article.objects.count() == 1
