"""Two hashtags made one, and parted again; in one transaction, with both of them held.

The one that is given up keeps its row: its name finds the other one, its address and its feeds lead there, and undoing puts
it back on the articles that it was taken from, unless somebody has changed them since.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from articles.models import Article, Tag, TagMerge
from clusters import history


@dataclass(frozen=True)
class Plan:
    """What merging one tag into another would do.

    Attributes:
        articles: have the lost tag and not the other: they take the other.
        both: have the two: they keep the other.
        followers: tags that were merged into the lost one before.
        refusals: what stands against it, a sentence each.
    """

    loser: Tag
    survivor: Tag
    articles: list[Article] = field(default_factory=list)
    both: list[Article] = field(default_factory=list)
    followers: list[Tag] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)


def plan(loser: Tag, survivor: Tag) -> Plan:
    """What merging `loser` into `survivor` would do today. Writes nothing."""
    refusals = []
    if loser.pk == survivor.pk:
        refusals.append(gettext("C’est le même mot-dièse : choisissez-en un autre."))
    for tag in (loser, survivor):
        if tag.merged_into_id:
            refusals.append(
                gettext("%(tag)s est déjà fusionné dans %(other)s.") % {"tag": tag, "other": tag.merged_into}
            )
    tagged = Article.objects.filter(tags=loser).defer("body").order_by("title", "pk")
    has_other = set(Article.objects.filter(tags=survivor).values_list("pk", flat=True))
    rows = list(tagged)
    return Plan(
        loser,
        survivor,
        [row for row in rows if row.pk not in has_other],
        [row for row in rows if row.pk in has_other],
        list(Tag.objects.filter(merged_into=loser).order_by("name")),
        refusals,
    )


def merge(loser: Tag, survivor: Tag, *, by: Any, reason: str = "") -> TagMerge:
    """Make two tags one: all of it, or nothing.

    Raises:
        ValidationError: it cannot be done; says why.
    """
    with transaction.atomic():
        loser, survivor = _held(loser.pk, survivor.pk)
        made = plan(loser, survivor)
        if made.refusals:
            raise ValidationError(made.refusals)
        why = gettext("fusion de %(loser)s dans %(survivor)s") % {"loser": loser, "survivor": survivor}
        act = history.Act.MERGED
        with ExitStack() as kept:
            _keep(kept, (loser, survivor, *made.followers), [*made.articles, *made.both], by, act, reason or why)
            for article in made.articles:
                article.tags.add(survivor)
            for article in (*made.articles, *made.both):
                article.tags.remove(loser)
            _lead((loser, *made.followers), survivor)
        moved = {name: [row.pk for row in getattr(made, name)] for name in ("articles", "both", "followers")}
        return TagMerge.objects.create(loser=loser, survivor=survivor, reason=reason, moved=moved, merged_by=by)


def undo(done: TagMerge, *, by: Any) -> list[str]:
    """Part two tags again.

    Returns:
        a sentence for each thing that does not go back, because somebody has changed it since.

    Raises:
        ValidationError: it cannot be done; says why.
    """
    with transaction.atomic():
        loser, survivor = _held(done.loser_id, done.survivor_id)
        done = TagMerge.objects.select_for_update(of=("self",)).get(pk=done.pk)
        if done.undone_at:
            raise ValidationError(gettext("Cette fusion est déjà annulée."))
        if survivor.merged_into_id:
            words = {"tag": survivor, "other": survivor.merged_into}
            raise ValidationError(
                gettext("%(tag)s a été fusionné depuis dans %(other)s : annulez d’abord cette fusion-là.") % words
            )
        told: list[str] = []
        tagged = Article.objects.filter(tags=survivor).defer("body")
        alone = list(tagged.filter(pk__in=done.moved["articles"]))
        both = list(tagged.filter(pk__in=done.moved["both"]))
        _tell_changed(done, [*alone, *both], told)
        followers = list(Tag.objects.filter(pk__in=done.moved["followers"], merged_into=survivor))
        why = gettext("%(loser)s et %(survivor)s sont de nouveau distincts") % {"loser": loser, "survivor": survivor}
        with ExitStack() as kept:
            act = history.Act.UNMERGED
            _keep(kept, (loser, survivor, *followers), [*alone, *both], by, act, done.reason or why)
            for article in alone:
                article.tags.remove(survivor)
            for article in (*alone, *both):
                article.tags.add(loser)
            _lead([loser], None)
            _lead(followers, loser)
        done.undone_at, done.undone_by = timezone.now(), by
        done.save(update_fields=["undone_at", "undone_by"])
        return told


def _tell_changed(done: TagMerge, returning: list[Article], told: list[str]) -> None:
    wanted = {*done.moved["articles"], *done.moved["both"]} - {article.pk for article in returning}
    left = Article.objects.filter(pk__in=wanted).defer("body").order_by("title", "pk")
    words = {"tag": done.survivor}
    for article in left:
        told.append(
            gettext("« %(article)s » n’a plus %(tag)s depuis : il reste tel quel.") % {**words, "article": article}
        )
    if gone := len(wanted) - len(left):
        told.append(ngettext("%d article a été supprimé depuis.", "%d articles ont été supprimés depuis.", gone) % gone)
    newer = Article.objects.filter(tags=done.survivor).exclude(pk__in=[*done.moved["articles"], *done.moved["both"]])
    since = newer.filter(created_at__gt=done.merged_at).count()
    if since:
        told.append(
            ngettext(
                "Un article écrit depuis garde %(tag)s : voyez s’il lui faut l’autre.",
                "%(count)d articles écrits depuis gardent %(tag)s : voyez s’il leur faut l’autre.",
                since,
            )
            % {**words, "count": since}
        )


def follow(article: Article) -> None:
    """Give an article, in the place of tags that were merged, those that took them over.

    A form may have been open, and a state of the history kept, since before the merge.
    """
    merged = list(article.tags.exclude(merged_into=None))
    if merged:
        article.tags.add(*(tag.merged_into_id for tag in merged))
        article.tags.remove(*merged)


def _held(loser: int, survivor: int) -> tuple[Tag, Tag]:
    """Both tags as they are stored, held until the transaction ends, in one order whoever merges what into what."""
    locked = Tag.objects.select_for_update(of=("self",), no_key=True).select_related("merged_into")
    rows = {row.pk: row for row in locked.filter(pk__in={loser, survivor}).order_by("pk")}
    return rows[loser], rows[survivor]


def _keep(kept: ExitStack, tags: Iterable[Tag], articles: Iterable[Article], by: Any, act: str, why: str) -> None:
    """Keep the state of every tag and article that changes, as one act."""
    for tag in tags:
        kept.enter_context(history.changing(tag, by=by, act=act, why=why))
    kept.enter_context(history.adding_to(articles, by=by, act=act, why=why))


def _lead(tags: Iterable[Tag], survivor: Tag | None) -> None:
    for tag in tags:
        tag.merged_into = survivor
        tag.save(update_fields=["merged_into"])
