"""`python -m tests.bench.desk`: a writer before a slow server, and before one that is killed while she types.

She speaks to the server as js/admin/autosave.js does (one save on its way, the version of the last answer, a token of her
tab), over HTTP, to a granian of its own. What the browser keeps on its own side is shown by tests/browser/test_autosave.py.
Three figures: how often she conflicts with herself (asked for: never); how many seconds of typing the server did not have
when it was killed (asked for: 15 at most), while the public page stays the same to the byte; and how long after the press
on "publish" an article is wherever it belongs (asked for: one second).
"""

import argparse
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVER = ["--interface", "wsgi", "--host", "127.0.0.1", "--workers", "1", "--blocking-threads", "2", "--no-ws", "--log-level", "critical"]  # fmt: skip
IDLE = 2.0
"""Seconds after the last key, as in the script; scaled like the delays."""


def main():
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.desk", description="Automatic saves under bad weather."
    )
    parser.add_argument("--saves", type=int, default=500, help="saves of one editor")
    parser.add_argument("--kills", type=int, default=100, help="how often the server is killed")
    parser.add_argument("--published", type=int, default=20, help="articles that are published and looked for")
    parser.add_argument(
        "--scale", type=float, default=0.05, help="by what the 0 to 3 s of delay and the 2 s of rest are multiplied"
    )
    options = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="grappe-desk-"))
    os.environ.update(
        DATA_DIR=str(place), DEMO="0", DEBUG="0", SECRET_KEY="bench", DJANGO_SETTINGS_MODULE="config.settings"
    )
    try:
        run(options)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def run(options):
    for command in (["migrate"], ["sync_roles"], ["collectstatic", "--noinput"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True, capture_output=True)
    import django

    django.setup()
    from tests.bench.__main__ import free_port

    port = free_port()
    server = Server(port)
    try:
        one_editor(server, port, options)
        killed(server, port, options)
        seen(port, options)
    finally:
        server.kill()


class Server:
    """A granian that can be killed and started again."""

    def __init__(self, port):
        self.port = port
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "granian", *SERVER, "--port", str(self.port), "config.wsgi:application"], cwd=ROOT,
            start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _attempt in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2)
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise SystemExit("The server does not start.")

    def kill(self):
        """At once, with whatever it is doing."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Writer:
    """A form in a browser's tab."""

    def __init__(self, port, article, user):
        from tests import factories

        self.base, self.address = f"http://127.0.0.1:{port}", f"/admin/articles/article/{article.pk}/change/"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), NoRedirect)
        login = "/admin/login/"
        token = self.ask(login)[1].split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        self.ask(
            login,
            {
                "username": user.username,
                "password": factories.PASSWORD,
                "csrfmiddlewaretoken": token,
                "next": "/admin/",
            },
        )
        self.article = article
        self.open()

    def ask(self, path, values=None):
        data = urllib.parse.urlencode(values, doseq=True).encode() if values is not None else None
        request = urllib.request.Request(self.base + path, data, {"Referer": self.base + path, "Origin": self.base})
        try:
            with self.opener.open(request, timeout=30) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def open(self):
        self.tab = f"tab-{random.randrange(10**9)}"
        life = json.loads(self.ask(f"{self.address}here/?tab={self.tab}")[1])
        lines = {
            f"{prefix}-{name}": "0" for prefix in ("bylines", "citations", "further_reading")
            for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
        }  # fmt: skip
        self.sent = lines | {
            "title": self.article.title, "slug": self.article.slug, "language": "fr", "body": self.article.body,
            "version": life["stored"], "tab": self.tab, "csrfmiddlewaretoken": life["token"],
            "published_at_0": "02/03/2020", "published_at_1": "08:40:00",
        }  # fmt: skip

    def save(self, is_lost=False):
        status, text = self.ask(f"{self.address}autosave/", self.sent)
        if status != 200:
            raise OSError(status, text[:300])
        answer = json.loads(text)
        if not is_lost:
            self.sent["version"] = answer["version"]
        return answer

    def press(self):
        """The button; whether it went through."""
        return self.ask(self.address, self.sent | {"_continue": "1"})[0] == 302


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


def published(**values):
    import datetime as dt

    from django.utils import timezone

    from tests import factories

    when = timezone.make_aware(dt.datetime(2020, 3, 2, 8, 40))
    return factories.make_article(authors=[], published_at=when, **values), factories.make_user("editor")


def page(port, article):
    import re

    with urllib.request.urlopen(f"http://127.0.0.1:{port}/articles/{article.slug}/", timeout=30) as response:
        return re.sub(rb'(name="token" value=")[^"]*', rb"\1", response.read())


def one_editor(server, port, options):
    article, user = published(slug="lent")
    writer, before, conflicts, times = Writer(port, article, user), page(port, article), 0, []
    for number in range(options.saves):
        writer.sent |= {"title": f"Titre {number}", "body": f"<p>Texte {number}.</p>"}
        time.sleep(random.uniform(0, 3) * options.scale)
        began = time.perf_counter()
        if number % 10 == 9:  # a button, after which the form is opened anew
            conflicts += not writer.press()
            typed = {name: writer.sent[name] for name in ("title", "body")}
            writer.open()
            writer.sent |= typed
        else:  # of the automatic ones every fifth answer never arrives
            conflicts += bool(writer.save(is_lost=number % 5 == 0)["contested"])
        times.append(time.perf_counter() - began)
    same = page(port, article) == before
    median, tenth = statistics.median(times), statistics.quantiles(times, n=10)[-1]
    say(f"one editor, {options.saves} saves, 0 to {3 * options.scale:g} s of delay, every fifth answer lost: "
        f"{conflicts} conflicts with herself; median {median * 1e3:.0f} ms, 90 % {tenth * 1e3:.0f} ms; "
        f"public page {'the same' if same else 'CHANGED'}")  # fmt: skip


def killed(server, port, options):
    from articles.models import Article
    from clusters.history import Revision

    article, user = published(slug="tue")
    writer, before, lost, changed, conflicts = Writer(port, article, user), page(port, article), [], 0, 0
    typed = 0
    for _number in range(options.kills):
        end = time.monotonic() + random.uniform(0.5, 2.5)
        threading.Timer(end - time.monotonic(), server.kill).start()
        when = {}
        try:
            while True:  # until the server is gone
                typed += 1
                when[typed] = time.monotonic()
                writer.sent["body"] = f"<p>{typed}</p>"
                conflicts += bool(writer.save()["contested"])
                time.sleep(IDLE * options.scale)
        except OSError:
            pass
        gone = time.monotonic()
        stored = Revision.objects.of(Article.objects.get(pk=article.pk)).first()
        has = (
            int(stored.snapshot.fields["body"].removeprefix("<p>").removesuffix("</p>"))
            if stored and not stored.is_live
            else 0
        )
        waited = [at for number, at in when.items() if number > has]
        lost.append(gone - min(waited) if waited else 0.0)
        server.process.wait()
        server.start()
        changed += page(port, article) != before
        answer = writer.save()  # what she still has goes through
        conflicts += bool(answer["contested"])
    say(f"server killed {options.kills} times while typing: at most {max(lost):.2f} s of typing not on the server (in the browser "
        f"all of it), {conflicts} conflicts with herself, public page changed {changed} times")  # fmt: skip


def seen(port, options):
    """From the press to the moment at which every page that should show an article has shown it."""
    from tests import factories

    user, author = factories.make_user("editor"), factories.make_author()
    tag, series = factories.make_tag(), factories.make_series()
    told, places = [], ()
    for number in range(options.published):
        title = f"Parution{number}"
        article = factories.make_draft(
            title=title,
            body="<p>Un texte.</p>",
            authors=[author],
            tags=[tag],
            series=series,
            series_position=number + 1,
        )
        places = (article.get_absolute_url(), "/", "/articles/", tag.get_absolute_url(), series.get_absolute_url(),
                  author.get_absolute_url(), "/feed/", "/sitemap.xml", f"/search/?q={title}")  # fmt: skip
        writer = Writer(port, article, user)
        writer.sent |= {"published_at_0": "", "published_at_1": "", "tags": [tag.pk], "series": series.pk}
        writer.sent |= {"series_position": number + 1, "_state": "publish"}
        began = time.perf_counter()
        status, text = writer.ask(writer.address, writer.sent)
        if status != 302:
            raise SystemExit(f"not published: {status} {text[:300]}")
        for place in places:
            wanted = article.slug.encode() if place.endswith(".xml") else title.encode()
            while wanted not in fetched(port, place):
                if time.perf_counter() - began > 30:
                    raise SystemExit(f"{title} is not on {place}")
        told.append(time.perf_counter() - began)
    say(f"{options.published} articles published and seen on {len(places)} pages asked one after the other: median "
        f"{statistics.median(told):.2f} s from the press to the last page, at most {max(told):.2f} s")  # fmt: skip


def fetched(port, place):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{place}", timeout=30) as response:
            return response.read()
    except urllib.error.HTTPError:
        return b""


def say(line):
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
