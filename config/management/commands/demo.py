"""The demonstration newsroom, as often as one likes."""

import os
import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from articles.models import Article
from config import roles
from config.demo.comments import load_comments
from config.demo.links import load_links
from config.demo.newsroom import LOGINS, Newsroom, make_people
from config.demo.registry import Registry
from config.demo.suggestions import load_suggestions


class Command(BaseCommand):
    help = "Loads the demonstration newsroom; what is already there is left alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="only into a newsroom without articles, and only if DEMO is on"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and not settings.DEMO:
            return
        password = demo_password()
        if not (options["if_empty"] and Article.objects.exists()):
            with transaction.atomic():
                roles.sync()
                users = make_people(password)
                registry = Registry()
                registry.load(users["editor"])
                newsroom = Newsroom(registry, users)
                newsroom.load()
                load_comments(newsroom)
                load_suggestions(registry, users["editor"])
                load_links(newsroom, users["editor"])
        self.stdout.write(f"{settings.SITE_NAME}: {settings.SITE_URL}/ (admin: {settings.SITE_URL}/admin/)")
        self.stdout.write(f"Demonstration logins: {', '.join(LOGINS)}; password: {password}")


def demo_password() -> str:
    """DEMO_PASSWORD, or one that is made once and kept, so that the second run prints the one that works."""
    if settings.DEMO_PASSWORD:
        return settings.DEMO_PASSWORD
    path = settings.DATA_DIR / "demo_password"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(9))
    except FileExistsError:
        pass
    return path.read_text().strip()
