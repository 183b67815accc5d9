"""What grows by itself is thinned out: a timer may run it daily; the admin's front page does it too when nobody has."""

from typing import Any

from django.core.management.base import BaseCommand

from config import housekeeping


class Command(BaseCommand):
    help = "Thins out automatic saves that are older than a day, and forgets forms that nobody has open any more."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in housekeeping.run():
            self.stdout.write(line)
