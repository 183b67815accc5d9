"""`make bench`, second part: what the registry's pages cost at 100 clusters and at 10,000, turn by turn in one run.

A page's time says little on a machine that is not known; how it grows with the registry says much. Each page is asked of
a small and of a large registry alternately, each in a database and a process of its own, and its ratio can be compared
between machines and between commits. Queries are counted apart, since counting them takes time.

With DATABASE_URL of a PostgreSQL server the databases are made there, named after that one, and dropped at the end.
"""

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[2]
MOST_QUERIES, MOST_GROWTH = 15, 2.0
"""What issue 3 asks of list, detail and map; growth, of list and detail only."""


@dataclass
class Page:
    """One kind of page.

    Attributes:
        addresses: asked in turn; `{slug}`, `{country}`… are filled from what the registry of that size holds.
        is_bound: whether the limits above hold for it.
    """

    name: str
    addresses: list
    is_bound: bool = False
    queries: dict = field(default_factory=dict)
    times: dict = field(default_factory=dict)
    size: dict = field(default_factory=dict)
    missing: bool = False


PAGES = [
    Page("list", ["/clusters/", "/clusters/?page=2"], True),
    Page("list, three filters", ["/clusters/?country={country}&status=active&sector={sector}"], True),
    Page("list, several values", ["/clusters/?country=MA&country=TN&sector={sector}&sector={other}&status=active"], True),
    Page("list, sorted by figures", ["/clusters/?sort=figures"]),
    Page("list as a table", ["/clusters/?view=table"], True),
    Page("list, ?q=", ["/clusters/?q=solaire", "/clusters/?q=textile"]),
    Page("list, ?as_of=", ["/clusters/?as_of=2015", "/clusters/?as_of=2012-06-30"]),
    Page("detail", ["/clusters/{slug}/", "/clusters/{second}/", "/clusters/{third}/"], True),
    Page("detail, ?as_of=", ["/clusters/{slug}/?as_of=2015"]),
    Page("map", ["/clusters/map/"]),
    Page("map, three filters", ["/clusters/map/?country={country}&status=active&sector={sector}"]),
    Page("programme", ["/programmes/{programme}/"]),
    Page("source", ["/sources/{source}/"]),
    Page("home", ["/"]),
]  # fmt: skip


# -- One registry, in a process of its own -------------------------------------------------------------------------------


def serve():
    """Answer addresses from standard input, one a line of JSON: {address, count} → {status, seconds, spent, queries, bytes}."""
    import django

    django.setup()
    from django.test import Client

    serve_pages(Client(headers={"host": "127.0.0.1"}, raise_request_exception=False), known())


def serve_pages(client, known):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    answer(known)
    for line in sys.stdin:
        asked = json.loads(line)
        counting = CaptureQueriesContext(connection) if asked["count"] else contextlib.nullcontext(())
        with counting as queries:
            began, busy = time.perf_counter(), time.process_time()
            response = client.get(asked["address"])
            seconds, spent = time.perf_counter() - began, time.process_time() - busy
        told = {"status": response.status_code, "seconds": seconds, "spent": spent, "queries": len(queries)}
        answer({**told, "bytes": len(response.content)})


def answer(told):
    print(json.dumps(told), flush=True)  # noqa: T201


def known():
    """What addresses name: rows that this registry holds, in the middle of it."""
    from clusters.models import Cluster, Programme, Sector, Source

    clusters = Cluster.objects.visible().filter(country="MA", status="active").order_by("pk")
    slugs = list(clusters.values_list("slug", flat=True)[:3])
    sectors = list(Sector.objects.order_by("code").values_list("code", flat=True)[:2])
    return {
        "slug": slugs[0], "second": slugs[1], "third": slugs[2], "country": "MA", "sector": sectors[0], "other": sectors[1],
        "programme": Programme.objects.visible().order_by("pk").values_list("slug", flat=True)[0],
        "source": Source.objects.visible().order_by("pk").values_list("slug", flat=True)[0],
    }  # fmt: skip


class Registry:
    """The process of one registry, as the measuring side sees it."""

    module = "tests.bench.registry"

    def __init__(self, clusters, environment):
        self.clusters = clusters
        self.process = subprocess.Popen(
            [sys.executable, "-m", self.module, "--serve"],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.known = self._read()

    def ask(self, address, count=False):
        self.process.stdin.write(json.dumps({"address": address.format(**self.known), "count": count}) + "\n")
        self.process.stdin.flush()
        return self._read()

    def stop(self):
        self.process.stdin.close()
        self.process.wait(20)

    def _read(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit("The registry's process ended.")
        return json.loads(line)


# -- Measuring -----------------------------------------------------------------------------------------------------------


def main():
    options = arguments()
    place = options.place or Path(tempfile.mkdtemp(prefix="grappe-bench-registry-"))
    registries, made = [], []
    try:
        for clusters in (options.small, options.large):
            environment = scratch(place / str(clusters), clusters, made)
            began, filled = time.monotonic(), place / str(clusters) / "filled"
            if not filled.exists():
                fill(environment, "--clusters", clusters)
                filled.touch()
            say(f"{clusters} clusters in {time.monotonic() - began:.0f} s.")
            registries.append(Registry(clusters, environment))
        for page in PAGES:
            count(page, registries)
        for _round in range(options.rounds):
            for page in PAGES:
                if not page.missing:
                    turn(page, registries, _round)
        report(registries)
    finally:
        for registry in registries:
            registry.stop()
        if not options.place:
            for drop in made:
                drop()
            shutil.rmtree(place, ignore_errors=True)


def arguments():
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.registry", description="How the registry's pages grow."
    )
    parser.add_argument("--small", type=int, default=100, help="clusters of the small registry")
    parser.add_argument("--large", type=int, default=10_000, help="clusters of the large one")
    parser.add_argument("--place", type=Path, help="a folder to keep the registries in, and to find them again")
    parser.add_argument("--rounds", type=int, default=30, help="times that each page is asked of each")
    return parser.parse_args()


def scratch(place, clusters, made):
    """The environment of a registry with a new place and database; `made` gets how to drop the latter."""
    is_new = not (place / "filled").exists()
    place.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ, "DATA_DIR": str(place), "DEMO": "0", "DEBUG": "0", "SECRET_KEY": "bench",
        "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONWARNINGS": "ignore",
    }  # fmt: skip
    address = os.environ.get("DATABASE_URL", "")
    if not address.startswith("postgres"):
        environment.pop("DATABASE_URL", None)
        return environment
    parts = urlsplit(address)
    name = f"{parts.path.strip('/')}_bench_{clusters}"
    if is_new:
        on_server(address, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
    made.append(lambda: on_server(address, f'DROP DATABASE "{name}"'))
    return {**environment, "DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}"))}


def on_server(address, *statements):
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def fill(environment, *populate):
    commands = [["migrate"], ["sync_roles"], ["collectstatic", "--noinput"], ["populate", *map(str, populate)]]
    for command in commands:
        done = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )  # fmt: skip
        if done.returncode:
            sys.exit(f"manage.py {command[0]} failed:\n{done.stdout}{done.stderr}")
    if "DATABASE_URL" in environment:
        on_server(environment["DATABASE_URL"], "VACUUM ANALYZE")  # as the server's own autovacuum does within a minute


def count(page, registries):
    """The queries and the size of a page, after one call that fills what is kept in memory."""
    for registry in registries:
        for address in page.addresses:
            if registry.ask(address)["status"] != 200:
                page.missing = True
                return
        counted = [registry.ask(address, count=True) for address in page.addresses]
        page.queries[registry.clusters] = max(one["queries"] for one in counted)
        page.size[registry.clusters] = round(statistics.mean(one["bytes"] for one in counted))


def turn(page, registries, number):
    """One request of each registry; which goes first changes, so that neither always finds the machine warm."""
    address = page.addresses[number % len(page.addresses)]
    for registry in registries if number % 2 else reversed(registries):
        page.times.setdefault(registry.clusters, []).append(registry.ask(address)["seconds"])


def report(registries):
    small, large = (registry.clusters for registry in registries)
    say(
        f"\nMedians of one request in ms, inside the process, of {small} and of {large} clusters; both on {os.cpu_count()} processors."
    )
    say(
        f"ratio: {large} / {small}. Bound to ≤ {MOST_QUERIES} queries, and list and detail to a ratio ≤ {MOST_GROWTH:g}; beyond it: !\n"
    )
    say(f"{'':<25}{'queries':>12}{small:>10}{large:>10}{'90 %':>9}{'ratio':>8}{'bytes':>10}")
    for page in PAGES:
        if page.missing:
            say(f"{page.name:<25}  is not there")
            continue
        before, after = (statistics.median(page.times[size]) for size in (small, large))
        tenth = statistics.quantiles(page.times[large], n=10)[-1]
        growth = after / before
        beyond = page.is_bound and (growth > MOST_GROWTH or max(page.queries.values()) > MOST_QUERIES)
        queries = f"{page.queries[small]} / {page.queries[large]}"
        say(f"{page.name:<25}{queries:>12}{before * 1e3:>10.1f}{after * 1e3:>10.1f}{tenth * 1e3:>9.1f}{growth:>8.2f}"
            f"{page.size[large]:>10}{' !' if beyond else ''}")  # fmt: skip


def say(line):
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    serve() if "--serve" in sys.argv else main()
