"""`make bench`: how many times a page costs what the server alone costs.

A page's time says little on a machine that is not known: each is therefore measured beside a bare WSGI app that answers
the same number of bytes, on a second granian with the same settings, in the same run, turn by turn. Their ratio is what
can be compared between machines and between commits.

Everything happens in a directory of its own: database, pictures, static files. With DATABASE_URL it is that database
which is filled: name an empty one.
"""

import argparse
import http.client
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
# As `make run` starts it.
SERVER = ["--interface", "wsgi", "--host", "127.0.0.1", "--workers", "2", "--blocking-threads", "2", "--backpressure", "64",
          "--workers-kill-timeout", "15", "--respawn-failed-workers", "--no-ws", "--log-level", "warning"]  # fmt: skip
THREADS = 4
"""Connections that are kept open and always have a request under way."""
CLUSTERS = 200
POSTED_ON = 20
"""Articles among which the posted comments are spread."""


@dataclass
class Target:
    """One thing that is measured.

    Attributes:
        make: request number → (method, address, body, headers).
        answer: the status that counts; anything else is a failure, told in the table and not timed.
        size: bytes of the body of an answer, for the bare app.
        times: seconds of each request, of the site and of the bare app.
        spent, done: seconds of all turns together and requests answered in them.
    """

    name: str
    make: object
    answer: int = 200
    size: int = 0
    times: dict = field(default_factory=lambda: defaultdict(list))
    spent: dict = field(default_factory=lambda: defaultdict(float))
    done: dict = field(default_factory=lambda: defaultdict(int))
    failed: int = 0


def main():
    options = arguments()
    place = Path(tempfile.mkdtemp(prefix="grappe-bench-"))
    servers = []
    try:
        environment = {
            **os.environ, "DATA_DIR": str(place), "DEMO": "0", "DEBUG": "0", "TRUSTED_PROXIES": "127.0.0.1/32",
            "SECRET_KEY": "bench", "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONWARNINGS": "ignore",
        }  # fmt: skip
        began = time.monotonic()
        fill(environment, options)
        say(
            f"Filled with {options.articles} articles of {options.comments} comments in {time.monotonic() - began:.0f} s."
        )
        site, bare = free_port(), free_port()
        servers = [
            serve("config.wsgi:application", site, environment),
            serve("tests.bench.bare:application", bare, environment),
        ]
        for port, path in ((site, "/healthz"), (bare, "/1")):
            wait_for(port, path)
        targets = targets_of(site)
        measure(targets, site, bare, options.seconds)
        report(targets)
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            server.wait(20)
        shutil.rmtree(place, ignore_errors=True)


def arguments():
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description="The site beside a bare WSGI app, in one run."
    )
    parser.add_argument("--articles", type=int, default=1_000, help="articles in the database")
    parser.add_argument("--comments", type=int, default=20, help="comments under each article")
    parser.add_argument("--seconds", type=float, default=45.0, help="time to measure in all")
    options = parser.parse_args()
    if options.articles < POSTED_ON or options.comments < 1 or options.seconds < 5:
        parser.error(f"at least {POSTED_ON} articles, 1 comment each and 5 seconds are needed")
    return options


# -- The two servers ----------------------------------------------------------------------------------------------------


def fill(environment, options):
    numbers = ["--articles", str(options.articles), "--clusters", str(CLUSTERS), "--comments", str(options.comments)]
    for command in (["migrate"], ["sync_roles"], ["collectstatic", "--noinput"], ["populate", *numbers]):
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"manage.py {command[0]} failed:\n{done.stdout}{done.stderr}")


def serve(application, port, environment):
    granian = Path(sys.executable).with_name("granian")
    return subprocess.Popen(
        [granian, *SERVER, "--port", str(port), application], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(port, path):
    for _attempt in range(150):
        try:
            if ask(http.client.HTTPConnection("127.0.0.1", port, timeout=5), "GET", path)[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    sys.exit(f"The server on port {port} does not answer.")


def ask(connection, method, address, body=None, headers=None):
    """(status, body) of one request on a kept connection."""
    connection.request(method, address, body, headers or {})
    response = connection.getresponse()
    return response.status, response.read()


# -- What is measured ---------------------------------------------------------------------------------------------------


def targets_of(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    listed = ask(connection, "GET", "/articles/")[1].decode()
    slugs = sorted(set(re.findall(r'href="/articles/([^/"]+)/"', listed)))
    pages = ask(connection, "GET", "/sitemap.xml")[1].decode()
    slugs = (sorted(set(re.findall(r"/articles/([^/<]+)/</loc>", pages))) or slugs)[:400]
    words = [
        "textile",
        "cluster",
        "énergie renouvelable",
        "formation des ingénieurs",
        "Casablanca",
        "eau",
        "certification produits",
    ]

    def get(*addresses):
        return lambda number: ("GET", addresses[number % len(addresses)], None, {})

    return [
        Target("health", get("/healthz")),
        Target("article", get(*(f"/articles/{slug}/" for slug in slugs))),
        Target("home", get("/")),
        Target("list", get("/articles/", "/articles/?page=2", "/articles/?year=2020")),
        Target("cluster list", get("/clusters/", "/clusters/?country=MA", "/clusters/?page=2")),
        Target("search", get(*(f"/search/?{urlencode({'q': word})}" for word in words))),
        Target("comment post", posts(connection, slugs[:POSTED_ON]), answer=303),
    ]


def posts(connection, slugs):
    """Comments on several articles, each by another reader of another network: the limits are there, and none is met.

    The token is fetched from each article's form once and used again; a form that is two seconds old is not « too fast ».
    """
    tokens = {}
    for slug in slugs:
        page = ask(connection, "GET", f"/articles/{slug}/")[1].decode()
        found = re.search(r'name="token" value="([^"]+)"', page)
        if not found:
            sys.exit(f"/articles/{slug}/ has no comment form.")
        tokens[slug] = found[1]
    time.sleep(2.2)

    def make(number):
        slug = slugs[number % len(slugs)]
        fields = {"name": f"Lectrice {number}", "email": f"lectrice.{number}@example.org", "token": tokens[slug], "website": "",
                  "body": f"Commentaire de mesure numéro {number}, assez long pour ressembler à ce qu’écrit une lectrice un soir."}  # fmt: skip
        # Another /24 for each: the limits count networks.
        address = f"{20 + (number >> 16) % 80}.{(number >> 8) % 256}.{number % 256}.7"
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": address}
        return "POST", f"/articles/{slug}/comments/", urlencode(fields), headers

    return make


# -- Measuring ----------------------------------------------------------------------------------------------------------


def measure(targets, site, bare, seconds):
    """Short turns, each target on the site and then the same bytes on the bare app, round after round until the time is up."""
    site_client, bare_client = Client(site), Client(bare)
    for target in targets:  # warm both, and learn how many bytes an answer has
        sizes = [site_client.turn(target, "", 0.2) or 0 for _round in range(2)]
        target.size = sizes[-1]
        target.failed = 0
    rounds = 5
    turn = seconds / (rounds * len(targets) * 2)
    for _round in range(rounds):
        for target in targets:
            site_client.turn(target, "site", turn)
            bare_client.turn(Target(target.name, lambda number, size=target.size: ("GET", f"/{size}", None, {}), times=target.times,
                                    spent=target.spent, done=target.done), "bare", turn)  # fmt: skip


class Client:
    """A few threads with a kept connection each."""

    def __init__(self, port):
        self.port, self.number, self.lock = port, 0, threading.Lock()
        self.connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=30) for _ in range(THREADS)]

    def turn(self, target, side, seconds):
        """Ask for one target for some time; the mean size of an answer's body in bytes."""
        sizes, until, began = [], time.perf_counter() + seconds, time.perf_counter()
        threads = [
            threading.Thread(target=self._ask, args=(connection, target, side, until, sizes))
            for connection in self.connections
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        target.spent[side] += time.perf_counter() - began
        target.done[side] += len(sizes)
        return round(statistics.mean(sizes)) if sizes else 0

    def _ask(self, connection, target, side, until, sizes):
        while time.perf_counter() < until:
            with self.lock:
                self.number += 1
                number = self.number
            request = target.make(number)
            began = time.perf_counter()
            try:
                status, body = ask(connection, *request)
            except (OSError, http.client.HTTPException):
                status, body = 0, b""
                connection.close()
            took = time.perf_counter() - began
            if status == target.answer:
                target.times[side].append(took)
                sizes.append(len(body))
            else:
                target.failed += 1


def report(targets):
    say(f"\n{THREADS} kept connections; client, both servers and the database on the same {os.cpu_count()} processors.")
    say(
        "median: ms from the request to the whole answer. bare: the same for a WSGI app of one line with as many bytes."
    )
    say(
        "ratio: site / bare. 90 %: nine of ten requests are faster. A comment counts when it is answered by 303, stored;"
    )
    say("each comes from another network and another address, with a token that its form gave out.\n")
    head = ("", "requests", "median", "90 %", "bare", "ratio", "requests/s", "bytes", "failed")
    say("{:<13}{:>9}{:>9}{:>9}{:>9}{:>8}{:>12}{:>9}{:>8}".format(*head))
    for target in targets:
        site, bare = target.times["site"], target.times["bare"]
        if not site or not bare:
            say(f"{target.name:<13}  no answer counted, {target.failed} failed")
            continue
        median, beside = statistics.median(site), statistics.median(bare)
        tenth = statistics.quantiles(site, n=10)[-1] if len(site) > 1 else median
        rate = target.done["site"] / target.spent["site"]
        say(f"{target.name:<13}{len(site):>9}{median * 1e3:>9.2f}{tenth * 1e3:>9.2f}{beside * 1e3:>9.2f}{median / beside:>8.1f}"
            f"{rate:>12.0f}{target.size:>9}{target.failed:>8}")  # fmt: skip


def say(line):
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
