"""Asks for the outside pages that articles link to; a timer may run it every hour, nothing is asked for twice in a day."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from articles.models.links import Verdict
from articles.outside import Checker, check_due


class Command(BaseCommand):
    help = "Checks outside links; what is to be repaired is then listed in the admin."
    checker = Checker

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--limit", type=int, default=200, help="pages to ask for at most (200)")

    def handle(self, *args: Any, **options: Any) -> None:
        counts: Counter[str] = Counter()
        for row in check_due(self.checker(), options["limit"]):
            counts[row.verdict] += 1
            if row.verdict == Verdict.FAILED:
                self.stdout.write(f"{row.url}: {row.status or row.error} ({row.failures})")
        said = ", ".join(f"{verdict}: {counts[verdict]}" for verdict in Verdict.values if counts[verdict])
        self.stdout.write(said or "nothing to check")
