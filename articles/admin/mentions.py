"""Clusters that articles name without leading to them: the list, the press that links them, and the box on a form.

Which words are a name, and what becomes of them, stands in clusters/mentions.py. Here: whose articles, who may write in
them, and the one way to change a text that somebody may have open.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext

from articles.models import Article
from clusters import history
from clusters.editing import as_sentences
from clusters.mentions import Mention, Names, known_names, linked, unlinked
from clusters.models import Cluster
from clusters.related import is_id

SCANNED = 300
"""Articles that one page of the list reads, so that it answers at once however many there are."""
MOST = 500
"""Mentions that one press links."""


@dataclass(frozen=True)
class Row:
    """An article that names a cluster without leading to it: the first mention, and how many there are."""

    article: Any
    href: str
    mention: Mention
    times: int

    @property
    def value(self) -> str:
        """What the form sends of it."""
        return f"{self.article.pk}:{self.mention.name.public_id}"


def rows_of(article: Article, names: Names) -> list[Row]:
    """A row for each cluster that an article names without leading to it."""
    found = unlinked(article.body, names)
    firsts: dict[str, Mention] = {}
    for mention in found:
        firsts.setdefault(mention.name.public_id, mention)
    href = reverse("admin:articles_article_change", args=[article.pk])
    counts = [mention.name.public_id for mention in found]
    return [Row(article, href, first, counts.count(public_id)) for public_id, first in firsts.items()]


class Mentioning(admin.ModelAdmin):
    """An admin whose texts name clusters."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.mentions_page)
        return [path("mentions/", page, name="articles_article_mentions"), *super().get_urls()]

    def mentions_page(self, request: HttpRequest) -> HttpResponse:
        """The mentions in the texts in which this person may write, the newest texts first; a POST links those chosen."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            self._link(request)
            return HttpResponseRedirect(request.get_full_path())
        names, asked = known_names(), request.GET
        cluster = Cluster.objects.visible().filter(public_id=asked.get("fiche", "")[:40]).first()
        texts = self.get_queryset(request).exclude(body="").order_by("-pk")
        if not request.user.has_perm("articles.publish_article"):
            texts = texts.own(request.user)  # few, which are then asked one by one
        text = texts.filter(pk=asked["texte"]).first() if is_id(asked.get("texte", "")) else None
        if is_id(asked.get("avant", "")):
            texts = texts.filter(pk__lt=asked["avant"])
        found = [text] if text else list(texts.only("title", "body", "state", "published_at")[: SCANNED + 1])
        read = [article for article in found[:SCANNED] if article.may_be_edited_by(request.user)]
        among = names.of(cluster.public_id) if cluster else names
        kept = {"fiche": cluster.public_id} if cluster else {}
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Mentions sans lien"),
            "rows": [row for article in read for row in rows_of(article, among)],
            "cluster": cluster,
            "text": text,
            "number": len(read),
            "here": request.get_full_path(),
            "everything": request.path,
            "older": f"{request.path}?{urlencode({**kept, 'avant': found[SCANNED - 1].pk})}"
            if len(found) > SCANNED
            else "",
        }
        return TemplateResponse(request, "admin/articles/article/mentions.html", context)

    def _link(self, request: HttpRequest) -> None:
        chosen: dict[str, set[str]] = {}
        one = request.POST.get("un", "")
        for value in [one] if one else request.POST.getlist("mention")[:MOST]:
            pk, _colon, public_id = value.partition(":")
            if is_id(pk) and public_id:
                chosen.setdefault(pk, set()).add(public_id)
        if not chosen:
            self.message_user(request, gettext("Cochez au moins une mention."), messages.WARNING)
            return
        names, every, done = known_names(), request.POST.get("combien") == "toutes" and not one, 0
        for article in self.get_queryset(request).filter(pk__in=chosen).order_by("pk"):
            try:
                done += self._link_in(request, article, names, chosen[str(article.pk)], every)
            except ValidationError as error:
                words = {"title": article.title, "why": as_sentences(error)}
                self.message_user(request, gettext("« %(title)s » n’a pas changé : %(why)s") % words, messages.ERROR)
        if done:
            self.message_user(request, ngettext("%d mention est liée.", "%d mentions sont liées.", done) % done)
        else:
            self.message_user(request, gettext("Rien à lier : le texte a changé entre-temps."), messages.WARNING)

    def _link_in(self, request: HttpRequest, article: Any, names: Names, public_ids: set[str], every: bool) -> int:
        """Link mentions in one article, as a version of its own that says so."""
        if not self.has_change_permission(request, article):
            raise ValidationError(gettext("vous ne pouvez pas écrire dans ce texte."))
        body, count = linked(article.body, names, public_ids, every=every)
        if count:
            called = dict.fromkeys(name.cluster for name in names.names if name.public_id in public_ids)
            why = gettext("lien vers %s") % ", ".join(called)
            with history.changing(article, by=request.user, act=history.Act.CHANGED, why=why):
                article.body = body
                article.save(update_fields=["body"])
            self.log_change(request, article, why)
        return count

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        article = kwargs.get("obj")
        may_link = article is not None and article.body and self.has_change_permission(request, article)
        context["mentions"] = rows_of(article, known_names()) if may_link else []
        return super().render_change_form(request, context, **kwargs)
