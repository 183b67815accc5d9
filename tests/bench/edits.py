"""`python -m tests.bench.edits`: what two people lose who have one article open, and what a save costs.

Of each trial two tabs hold the same form, and both save what they have changed: different fields or blocks, which must both
be stored; or the same block, which must be shown with both texts, and both texts in the form. The stock Django admin beside
it, on the same rows in the same run, is what is taken for granted: what it loses, and what a save costs there.

Everything happens in a database that is made for it and dropped: SQLite in a file, or one beside that of DATABASE_URL.
"""

import argparse
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

STOCK = 200
"""Trials of the stock admin; it loses an edit in each, so that more would say no more."""
BLOCKS = 12
FIELDS = ("title", "standfirst", "description")
WORDS = (
    "adhérents",
    "cluster",
    "export",
    "filière",
    "formation",
    "laboratoire",
    "port",
    "région",
    "solaire",
    "textile",
)


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.bench.edits", description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=1_000, help="pairs of saves of each sort")
    options = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="grappe-edits-"))
    os.environ |= {"DATA_DIR": str(place), "DEMO": "0", "DEBUG": "0", "SECRET_KEY": "bench",
                   "DJANGO_SETTINGS_MODULE": "config.settings"}  # fmt: skip
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test.utils import override_settings, setup_databases, setup_test_environment, teardown_databases

    setup_test_environment(debug=False)
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(place / "edits.sqlite3")
    made = setup_databases(verbosity=0, interactive=False)
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    static = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    try:
        with override_settings(PASSWORD_HASHERS=hashers, ROOT_URLCONF="tests.bench.stock", STORAGES=static):
            is_right = measure(options.trials, connection.vendor)
    finally:
        teardown_databases(made, verbosity=0)
        shutil.rmtree(place, ignore_errors=True)
    if not is_right:
        sys.exit("An edit was lost, or a text was not shown.")


def measure(trials, vendor):
    """Run all trials and print the table; whether nothing was lost."""
    desk, stock = Tabs("admin"), Tabs("stock")
    beside = min(trials, STOCK)
    # Turn by turn, so that whatever else the machine does weighs on both.
    lost = lost_in_stock = 0
    for number in range(trials):
        lost += desk.apart(number)
        if number < beside:
            lost_in_stock += stock.apart(number)
    shown = sum(desk.same_block(number) for number in range(trials))
    plain, merged, asked, usual = (
        statistics.median(times) * 1e3 for times in (desk.first, desk.second, desk.asked, stock.first)
    )
    say(f"\n{vendor}: an article of {BLOCKS} blocks; ms: median, from the request to the whole answer.\n")
    say(f"{'':<44}{'trials':>8}{'result':>26}{'ms':>8}{'ratio':>7}")
    for name, number, result, spent in (
        ("two tabs, different fields or blocks", trials, f"{lost} edits lost", None),
        ("  the first save", trials, "", plain),
        ("  the second, merged", trials, "", merged),
        ("two tabs, the same block", trials, f"{shown} shown, both kept", asked),
        ("stock admin, different fields or blocks", beside, f"{lost_in_stock} edits lost", usual),
    ):
        cost = f"{spent:>8.1f}{spent / usual:>7.2f}" if spent else ""
        say(f"{name:<44}{number:>8}{result:>26}{cost}")
    say("\nratio: to a save of the stock admin. The page of the same block is a form shown again, not a redirection.")
    return lost == 0 and shown == trials


class Tabs:
    """Two people and an article of their own at one admin.

    Attributes:
        first, second, asked: seconds of each save that came first, that was merged, that was asked about.
    """

    def __init__(self, site):
        from tests import factories as make

        self.chance = random.Random(4)
        self.article = make.make_draft(title="Un titre", standfirst="Un chapô.", description="Une description.", body=text_of(
            [self.phrase(place) for place in range(BLOCKS)]))  # fmt: skip
        self.clients = [self._client(make) for _tab in range(2)]
        self.address = f"/{site}/articles/article/{self.article.pk}/change/"
        self.first, self.second, self.asked = [], [], []
        page = self.clients[0].get(self.address)
        from tests.house.test_history import sent_by

        self.form = sent_by(page) | {"_continue": "1"}

    def _client(self, make):
        from django.test import Client

        client = Client()
        client.force_login(make.make_user("admin", is_superuser=True))
        return client

    def phrase(self, number):
        return f"Passage {number} sur {' '.join(self.chance.sample(WORDS, 5))}."

    def opened(self):
        """The form as both tabs hold it: what is stored now."""
        self.article.refresh_from_db()
        stored = {name: getattr(self.article, name) for name in (*FIELDS, "body")}
        return self.form | stored | {"version": self.article.version}

    def save(self, tab, sent, times):
        began = time.perf_counter()
        response = self.clients[tab].post(self.address, sent)
        content = response.content
        times.append(time.perf_counter() - began)
        return response, content.decode()

    def apart(self, number):
        """Both save another field or block: how many of the two edits are lost."""
        form = self.opened()
        texts = [f"Le mien {number}", f"Le sien {number}"]
        blocks = blocks_of(form["body"])
        places = self.chance.sample([*FIELDS, *range(len(blocks))], 2)
        for tab, (place, text) in enumerate(zip(places, texts, strict=True)):
            sent = form | (
                {place: text} if place in FIELDS else {"body": text_of(put(blocks, place, self.phrase(text)))}
            )
            response, _page = self.save(tab, sent, self.second if tab else self.first)
            assert response.status_code == 302, response.context["errors"]
        self.article.refresh_from_db()
        stored = " ".join([*(getattr(self.article, name) for name in FIELDS), self.article.body])
        return sum(f"{text}" not in stored for text in texts)

    def same_block(self, number):
        """Both change the same block: whether the second is shown both texts, and both are in what stands in the form."""
        form = self.opened()
        blocks = blocks_of(form["body"])
        place = self.chance.randrange(len(blocks))
        mine, theirs = self.phrase(f"mien {number}"), self.phrase(f"sien {number}")
        assert self.save(0, form | {"body": text_of(put(blocks, place, theirs))}, [])[0].status_code == 302
        response, page = self.save(1, form | {"body": text_of(put(blocks, place, mine))}, self.asked)
        if response.status_code != 200:
            return False
        shown = response.context["adminform"].form
        ((own, other),) = [(one.mine, one.theirs) for one in shown.conflict.contested]
        self.article.refresh_from_db()
        held = shown["body"].value()
        return (own, other) == (mine, theirs) and all(text in held for text in (mine, theirs)) and (
            theirs in self.article.body and 'id="conflict-title"' in page)  # fmt: skip


def text_of(blocks):
    return "\n".join(f"<p>{block}</p>" for block in blocks)


def blocks_of(body):
    return body.removeprefix("<p>").removesuffix("</p>").split("</p>\n<p>")


def put(blocks, place, text):
    return [*blocks[:place], text, *blocks[place + 1 :]]


def say(line):
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
