"""The roles of the newsroom, brought in line with config.roles; run after every migration."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config import roles


class Command(BaseCommand):
    help = "Makes groups and permissions what config/roles.py says; changes nothing the second time."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in roles.sync() or ["Roles are in line already."]:
            self.stdout.write(line)
        if missing := roles.unknown():
            raise CommandError(f"No such permission: {', '.join(missing)}")
