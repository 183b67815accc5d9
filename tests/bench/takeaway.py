"""`python -m tests.bench.takeaway`: what the files of the registry cost at 10,000 clusters and 50,000 figures.

Each file is asked of the site's own WSGI application in a process of its own, which has served a small page before:
its peak of resident memory beyond that is what the file cost. The body is counted and thrown away, as a reader who
keeps up would take it. With DATABASE_URL it is that database which is filled: name an empty one.
"""

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ALLOWED_MB = 50
"""What is asked of the dump, over idle; held for every file here but those of a past day."""
PAST_DAY_MB = 65
"""Theirs: which clusters were known on the day cannot be asked within the other questions (SQLite's parser gives up), so
that each of them carries 10,000 numbers."""
FILES = [
    "/clusters/export.csv",
    "/clusters/export.csv?rows=figures",
    "/clusters/export.json",
    "/clusters/export.geojson",
    "/clusters/export.xlsx",
    "/clusters/export.zip",
    "/clusters/export.json?as_of=2015",
    "/clusters/export.csv?country=MA&sort=figures",
    "/api/clusters/?page_size=200",
    "/api/observations/?page_size=200",
]


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.bench.takeaway", description=__doc__.partition("\n")[0])
    parser.add_argument("--clusters", type=int, default=10_000, help="clusters in the registry, with five figures each")
    options = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="grappe-takeaway-"))
    environment = {
        **os.environ, "DATA_DIR": str(place), "DEMO": "0", "DEBUG": "0", "SECRET_KEY": "bench",
        "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONWARNINGS": "ignore",
    }  # fmt: skip
    try:
        for command in (["migrate"], ["populate", "--clusters", str(options.clusters)]):
            run([sys.executable, "manage.py", *command], environment)
        say(
            f"{options.clusters} clusters. memory: the peak beyond that of a small page; first: until the first bytes.\n"
        )
        say(f"{'':<46}{'MB':>8}{'s':>8}{'first s':>9}{'queries':>9}{'memory MB':>11}")
        too_much = [address for address in FILES if report(address, environment) > allowed(address)]
        if too_much:
            sys.exit(f"More memory than is allowed: {', '.join(too_much)}")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def allowed(address):
    """The memory in MB that a file may cost beyond a small page."""
    return PAST_DAY_MB if "as_of=" in address else ALLOWED_MB


def report(address, environment):
    """Ask for one file in a process of its own and print what it cost; its memory in MB."""
    told = json.loads(run([sys.executable, "-m", "tests.bench.takeaway", "--ask", address], environment))
    say(
        f"{address:<46}{told['bytes'] / 1e6:>8.2f}{told['seconds']:>8.2f}{told['first']:>9.3f}{told['queries']:>9}{told['memory']:>11.1f}"
    )
    return told["memory"]


def ask(address):
    """The cost of one file, on standard output."""
    from django.db import connection

    from config.wsgi import application

    served("/robots.txt", application)
    served("/api/clusters/?page_size=1", application)
    idle = peak()
    began = time.perf_counter()
    queries = []

    def count(execute, *arguments):
        queries.append(1)
        return execute(*arguments)

    with connection.execute_wrapper(count):
        size, first = served(address, application)
    cost = {
        "bytes": size,
        "seconds": time.perf_counter() - began,
        "first": first,
        "queries": len(queries),
        "memory": peak() - idle,
    }
    say(json.dumps(cost))


def served(address, application):
    """(bytes of the body, seconds to the first of them) of one answer."""
    path, _mark, query = address.partition("?")
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
        "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr,
    }  # fmt: skip
    status = []
    began = time.perf_counter()
    body = application(environ, lambda line, headers, info=None: status.append(line))
    size, first = 0, 0.0
    for part in body:
        first = first or time.perf_counter() - began
        size += len(part)
    getattr(body, "close", lambda: None)()
    if not status[0].startswith("200"):
        sys.exit(f"{address}: {status[0]}")
    return size, first


def peak():
    """The most memory that this process has held, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def run(command, environment):
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def say(line):
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    if "--ask" in sys.argv:
        ask(sys.argv[sys.argv.index("--ask") + 1])
    else:
        main()
