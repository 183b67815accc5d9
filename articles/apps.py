"""The articles' app: its comments, and what keeps the full-text index and the uses of pictures current."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig, apps
from django.db.models import Q
from django.db.models.signals import post_delete, post_save
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = _("Articles")

    def import_models(self) -> None:
        # `articles.comments` is an app in all but registration: its models belong to this app's tables, and only this
        # line knows of it, so that nothing else in `articles` has to import upward.
        super().import_models()
        import_module("articles.comments.models")

    def ready(self) -> None:
        addresses = import_module("clusters.addresses")  # it needs models, which are not there before
        addresses.keep(self.get_model("Article"), was_public=was_out)
        for label in ("Author", "Tag", "Series"):
            # Public through their articles, of which they may have lost the last one by now: all of them are kept.
            addresses.keep(self.get_model(label), was_public=lambda stored: True)
        post_save.connect(reindex, sender=self.get_model("Article"))
        post_save.connect(note_pictures, sender=self.get_model("Article"))
        post_delete.connect(forget, sender=self.get_model("Article"))
        post_save.connect(relink, sender=self.get_model("Article"))
        for signal in (post_save, post_delete):
            signal.connect(relink_reading, sender=self.get_model("FurtherReading"))
        import_module("clusters.uses").also(links_to)


def was_out(stored: Any) -> bool:
    """Whether an article, as it was stored, may ever have been read: it was published, and its time had come."""
    if stored.published_at is None or stored.published_at > timezone.now():
        return False
    revisions = import_module("clusters.history").Revision.objects.of(stored)
    return stored.state in ("published", "withdrawn") or revisions.filter(act="published").exists()


def reindex(instance: Any, raw: bool = False, update_fields: frozenset[str] | None = None, **kwargs: Any) -> None:
    """Index a saved article in the same transaction, unless nothing that is searched was written."""
    if not raw and (update_fields is None or {"title", "standfirst", "body", "language"} & set(update_fields)):
        instance.index()


def note_pictures(instance: Any, raw: bool = False, update_fields: frozenset[str] | None = None, **kwargs: Any) -> None:
    """Write down which pictures stand in the body of a saved article, unless the body was not written."""
    if not raw and (update_fields is None or "body" in update_fields):
        instance.body_pictures.note(instance)


def relink(instance: Any, raw: bool = False, update_fields: frozenset[str] | None = None, **kwargs: Any) -> None:
    """Follow where the text of a saved article leads, in the same transaction."""
    if not raw and (update_fields is None or {"body", "slug"} & set(update_fields)):
        instance.links.renew(instance)


def relink_reading(instance: Any, raw: bool = False, origin: Any = None, **kwargs: Any) -> None:
    """The same for its further reading; not when that goes with the article itself."""
    if not raw and (origin is None or getattr(origin, "model", type(origin)) is type(instance)):
        instance.article.links.renew(instance.article)


def links_to(record: Any) -> list[tuple[Any, Q]]:
    """The articles whose text leads to a record, for whoever asks where it is used."""
    found = apps.get_model("articles", "Link").objects.to(record)
    return [(apps.get_model("articles", "Article"), Q(pk__in=found.values("article")))]


def forget(instance: Any, **kwargs: Any) -> None:
    """Take a deleted article out of the index."""
    instance.unindex()
