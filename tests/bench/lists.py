"""`make bench`, the desk's list of articles: what it costs among 100 articles and among 10,000, turn by turn in one run.

Issue 4 asks for at most twelve queries and a quarter of a second of the server's time among 10,000. The seconds are told
as the process spent them on its processor, since a loaded machine makes the clock on the wall say anything; their ratio to
those of the small newsroom is what can be compared between machines.

With DATABASE_URL of a PostgreSQL server the databases are made there, named after that one, and dropped at the end.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from tests.bench.registry import Registry, fill, say, scratch, serve_pages

MOST_QUERIES, MOST_SECONDS = 12, 0.25
LIST = "/admin/articles/article/"
PAGES = {
    "whole": LIST,
    "in the middle": f"{LIST}?p=2",
    "published": f"{LIST}?etat=published",
    "of a state, lacking a source": f"{LIST}?etat=draft&manque=source",
    "of a hashtag": f"{LIST}?tags__id__exact={{tag}}",
    "a word that many have": f"{LIST}?q=textile",
    "a word that none has": f"{LIST}?q=introuvable",
}
PEOPLE = ("editor", "author")


class Newsroom(Registry):
    module = "tests.bench.lists"


def serve():
    import django

    django.setup()
    from django.test import Client

    from articles.models import Tag
    from tests.factories import make_user

    class Clients:
        """One client for each person; an address begins with whose it is."""

        def __init__(self):
            self.clients = {}
            for role in PEOPLE:
                self.clients[role] = Client(headers={"host": "127.0.0.1"}, raise_request_exception=False)
                self.clients[role].force_login(make_user(role))

        def get(self, address):
            role, _colon, path = address.partition(":")
            return self.clients[role].get(path)

    serve_pages(Clients(), {"tag": Tag.objects.order_by("pk").values_list("pk", flat=True)[0]})


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.bench.lists", description="What the list of articles costs.")
    parser.add_argument("--small", type=int, default=100)
    parser.add_argument("--large", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="grappe-bench-lists-"))
    newsrooms, made = [], []
    try:
        for articles in (options.small, options.large):
            environment = scratch(place / str(articles), articles, made)
            fill(environment, "--articles", articles, "--clusters", 200)
            newsrooms.append(Newsroom(articles, environment))
        say(f"{'':<40}{'queries':>8}{'ms, processor':>15}{'ms, wall':>10}{'ratio':>8}")
        for role in PEOPLE:
            for name, page in PAGES.items():
                report(f"{role}, {name}", f"{role}:{page}", newsrooms, options.rounds)
    finally:
        for newsroom in newsrooms:
            newsroom.stop()
        for drop in made:
            drop()
        shutil.rmtree(place, ignore_errors=True)


def report(name, address, newsrooms, rounds):
    for newsroom in newsrooms:
        newsroom.ask(address)
    queries = newsrooms[-1].ask(address, count=True)
    told = [[newsroom.ask(address) for newsroom in newsrooms] for _round in range(rounds)]
    if any(one["status"] != 200 for pair in told for one in pair):
        sys.exit(f"{name}: not answered")
    small, large = ([pair[at]["spent"] for pair in told] for at in (0, 1))
    spent, wall = statistics.median(large), statistics.median(pair[1]["seconds"] for pair in told)
    beyond = queries["queries"] > MOST_QUERIES or spent > MOST_SECONDS
    say(f"{name:<40}{queries['queries']:>8}{spent * 1e3:>15.0f}{wall * 1e3:>10.0f}{spent / statistics.median(small):>8.2f}"
        f"{' !' if beyond else ''}")  # fmt: skip


if __name__ == "__main__":
    serve() if "--serve" in sys.argv else main()
