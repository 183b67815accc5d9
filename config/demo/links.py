"""Shows what becomes of addresses and links: one that a series has left, a hashtag merged into another, and checked pages.

What outside pages answered is made up here: nobody is asked while the demonstration is loaded. Idempotent.
"""

import datetime as dt
from typing import Any

from django.utils import timezone

from articles import merging
from articles.models import OutsideAddress, Series, Tag
from clusters import history
from clusters.models import FormerAddress
from config.demo.newsroom import Newsroom

LEFT = ("les-clusters-du-maghreb", "clusters-du-maghreb")
"""Slug of a series, and the one that it had before."""
MERGED = ("economie-maritime", "ÉconomieMaritime", "economie-bleue")
"""Slug and name of a hashtag, and the one that it was merged into."""
MARITIME = "cluster-maritime-une-source-unique"
ANSWERS = {
    "https://www.example.org/textile/annuaire-des-tisseurs-2019": {
        "verdict": "failed", "status": 404, "error": "La page n’existe plus.",
    },
    "https://www.example.org/textile/etude-confection": {
        "verdict": "moved", "status": 200, "moved_to": "https://www.example.org/etudes/confection",
    },
}  # fmt: skip
"""What two pages of a draft answered, the first of them several times in a row; the others are well."""
FAILED = 4


def load_links(newsroom: Newsroom, editor: Any) -> None:
    """Write all of it, in the caller's transaction."""
    slug, before = LEFT
    series = Series.objects.filter(slug=slug).first()
    if series and not FormerAddress.objects.of(Series).filter(slug=before).exists():
        FormerAddress.objects.leave(series, before)
    _merge(newsroom, editor)
    now = timezone.now()
    for page in OutsideAddress.objects.filter(checked_at=None).order_by("pk"):
        answer = ANSWERS.get(page.url, {"verdict": "ok", "status": 200})
        for day in range(FAILED if answer["verdict"] == "failed" else 1, 0, -1):
            page.note(at=now - dt.timedelta(days=day), **answer)


def _merge(newsroom: Newsroom, editor: Any) -> None:
    slug, name, into = MERGED
    survivor, article = Tag.objects.filter(slug=into).first(), newsroom.articles.get(MARITIME)
    if survivor is None or article is None or Tag.objects.filter(slug=slug).exists():
        return
    loser = Tag.objects.create(slug=slug, name=name)
    with history.adding_to([article], by=editor, act=history.Act.CHANGED, why="démonstration"):
        article.tags.add(loser)
    history.keep_new([loser], by=editor, why="démonstration")
    merging.merge(loser, survivor, by=editor, reason="Deux mots pour la même chose.")
