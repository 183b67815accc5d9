"""Reads again where every article leads: after an upgrade, or after texts were written past the ORM. Idempotent."""

from typing import Any

from django.core.management.base import BaseCommand

from articles.models import Article, Link


class Command(BaseCommand):
    help = "Makes the table of links anew from the texts of all articles."

    def handle(self, *args: Any, **options: Any) -> None:
        for article in Article.objects.order_by("pk").iterator(chunk_size=200):
            Link.objects.renew(article)
        self.stdout.write(f"{Link.objects.count()} links in {Article.objects.count()} articles")
