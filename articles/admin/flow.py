"""The steps of an article's life in the admin: the page that asks before one, and the actions that take one for several.

It decides nothing: what may happen says Article.may, what is done stands in articles/flow.py. Needs no script.
"""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from articles import checks, flow
from articles.admin.links import warn_of_links
from articles.models import Article
from articles.models.states import CHECKED, TRANSITIONS
from clusters.admin.records import named
from clusters.chosen import ChosenRows
from clusters.dates import moment_in_words
from clusters.editing import as_sentences
from clusters.markup import plain
from clusters.related import is_id

BUTTON_WORDS = {
    "submit": _("Soumettre à la relecture"),
    "approve": _("Marquer comme prêt"),
    "publish": _("Publier"),
    "send_back": _("Renvoyer en brouillon"),
    "withdraw": _("Retirer du site"),
}
DONE_WORDS = {
    "submit": _("« %s » est soumis à la relecture."),
    "approve": _("« %s » est prêt à publier."),
    "publish": _("« %s » est publié."),
    "send_back": _("« %s » est de nouveau un brouillon."),
    "withdraw": _("« %s » est retiré du site."),
}
ASKED_FIRST: dict[str, Any] = {
    "submit": _("Un mot pour qui relira (facultatif)"),
    "publish": "",
    "send_back": _("Ce qui est à reprendre (facultatif)"),
    "withdraw": _("Pourquoi, pour l’historique (facultatif)"),
}
"""Steps that a page asks about before they are taken, with the words that it asks for."""


class StepForm(forms.Form):
    """The version that whoever decides has before them, and a word to those whom the step concerns."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    words = forms.CharField(
        required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "autofocus": True})
    )

    def __init__(self, *args: Any, label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = label
        if not label:
            del self.fields["words"]

    def clean_words(self) -> str:
        return plain(self.cleaned_data["words"]).strip()


class FlowAdmin(ChosenRows):
    """An admin of articles that go from state to state."""

    actions = ["submit_several", "publish_several"]

    def get_urls(self) -> list[URLPattern]:
        page = require_http_methods(["GET", "HEAD", "POST"])(self.step_page)
        return [
            *(
                path(
                    f"<path:object_id>/{action.replace('_', '-')}/",
                    self.admin_site.admin_view(partial(page, action=action)),
                    name=f"articles_article_{action}",
                )
                for action in ASKED_FIRST
            ),
            *super().get_urls(),
        ]

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.publish_article")

    def step_href(self, article: Article, action: str) -> str:
        return reverse(f"{self.admin_site.name}:articles_article_{action}", args=[article.pk])

    def form_href(self, article: Article) -> str:
        return reverse(f"{self.admin_site.name}:articles_article_change", args=[article.pk])

    def take_step(self, request: HttpRequest, article: Article, action: str, words: str = "") -> str:
        """Take it; what was done, in a sentence.

        Raises:
            ValidationError: it is not possible; says why.
        """
        tell = partial(self.message_user, request, level=messages.WARNING)
        flow.take(article, action, by=request.user, words=words, tell=tell)
        done = str(DONE_WORDS[action] % article.title)
        if action == "publish" and article.is_scheduled:
            said = {"title": article.title, "when": moment_in_words(article.published_at)}
            done = gettext("« %(title)s » est programmé : il paraîtra le %(when)s.") % said
        if action == "withdraw":
            warn_of_links(self, request, article)
        self.log_change(request, article, done)
        return done

    # -- the page that asks

    def step_page(self, request: HttpRequest, object_id: str, action: str) -> HttpResponse:
        """What a step would do, with what stands against it; then it is taken, once."""
        if not request.user.has_perm(TRANSITIONS[action][2]):
            raise PermissionDenied
        key = unquote(object_id)
        article = self.get_queryset(request).filter(pk=key if is_id(key) else None).first()
        if article is None:
            raise Http404
        form = StepForm(request.POST or None, label=ASKED_FIRST[action], initial={"version": article.version})
        if request.method == "POST" and (answer := self._step_answer(request, article, action, form)):
            return answer
        may = article.may(action, request.user)
        findings = checks.findings(article) if may and action in CHECKED else []
        unsigned = any(one.field == "bylines" for one in findings)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": article,
            "title": BUTTON_WORDS[action],
            "action": action,
            "form": form,
            "version": article.version,
            "may": may,
            "state": article.get_state_display(),
            "findings": findings,
            "is_blocked": any(one.blocks for one in findings),
            "signature": flow.signature_of(request.user) if unsigned else "",
            "form_href": self.form_href(article),
            "is_to_come": article.published_at is not None and article.published_at > timezone.now(),
        }
        return TemplateResponse(request, "admin/articles/article/step.html", context)

    def _step_answer(self, request: HttpRequest, article: Article, action: str, form: StepForm) -> HttpResponse | None:
        """The way on; None if the page is to be shown again, with a sentence."""
        try:
            if "sign" in request.POST:
                flow.sign(article, by=request.user)
                return HttpResponseRedirect(request.path, status=303)
            is_open = article.may(action, request.user)
            if is_open and not form.is_valid():
                return None
            if is_open and form.cleaned_data["version"] != article.version:
                form.add_error(
                    None,
                    gettext(
                        "Quelqu’un a enregistré l’article depuis l’ouverture de cette page : relisez, puis recommencez."
                    ),
                )
                return None
            done = self.take_step(request, article, action, form.cleaned_data.get("words", "") if is_open else "")
        except ValidationError as error:
            self.message_user(request, as_sentences(error), messages.ERROR)
        else:
            self.message_user(request, done, messages.SUCCESS)
        return HttpResponseRedirect(self.form_href(article), status=303)

    # -- several at once

    @admin.action(permissions=["publish"], description=_("Soumettre à la relecture"))
    def submit_several(self, request: HttpRequest, queryset: Any) -> None:
        self._take_for_several(request, queryset, "submit")

    @admin.action(permissions=["publish"], description=_("Publier"))
    def publish_several(self, request: HttpRequest, queryset: Any) -> None:
        self._take_for_several(request, queryset, "publish")

    def _take_for_several(self, request: HttpRequest, queryset: Any, action: str) -> None:
        """Each for itself: what one of them refuses does not hold the others up."""
        if queryset.count() > self.list_per_page:
            text = gettext("Choisissez %d articles au plus : chacun est vérifié pour lui-même. Rien n’a changé.")
            self.message_user(request, text % self.list_per_page, messages.ERROR)
            return
        for article in self.unchanged(request, queryset.order_by("pk")):
            try:
                done = self.take_step(request, article, action)
            except ValidationError as error:
                self.message_user(request, named(article, as_sentences(error)), messages.ERROR)
            else:
                self.message_user(request, done, messages.SUCCESS)
