"""The plain queue: waiting comments first, decided in bulk; each with its log; and the newsroom's own answers.

It decides nothing itself: every button is Comment.apply, which says what may happen and writes it down.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from articles.comments.forms import BodyField
from articles.comments.models import PRIVATE, Comment, Decision
from articles.comments.transitions import Event, Reason, Refused, State
from clusters.admin import badge
from clusters.chosen import ChosenRows
from clusters.colleagues import person
from clusters.editing import LINES, EditorAdmin

SHOWN_REFUSALS = 10
READ_LENGTH = 400
"""Characters in the list: enough to decide on most comments without opening them."""


class StateFilter(admin.SimpleListFilter):
    """What waits, unless something else is asked for."""

    title = _("état")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*State.choices, ("all", _("Tous"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "all":
            return queryset
        return queryset.filter(state=self.value()) if self.value() in State.values else queryset.waiting()

    def choices(self, changelist: ChangeList) -> Any:
        first, *others = super().choices(changelist)
        yield {**first, "display": _("À traiter")}
        yield from others


class AnswerForm(forms.ModelForm):
    """A comment that the newsroom signs."""

    body = BodyField(help_text=_("Paraît aussitôt, signé de votre nom et marqué « Rédaction »."))

    class Meta:
        model = Comment
        fields = ["article", "parent", "body"]
        help_texts = {
            "article": _("Celui sous lequel la réponse paraît."),
            "parent": _("Le numéro du commentaire auquel vous répondez. Vide : un nouveau fil."),
        }

    def clean(self) -> None:
        super().clean()
        article, parent = self.cleaned_data.get("article"), self.cleaned_data.get("parent")
        if article and not article.shows_comments:
            self.add_error("article", ValidationError(_("Cet article n’affiche pas de commentaires.")))
        elif article and parent and not Comment.objects.open_to_replies(article).filter(pk=parent.pk).exists():
            self.add_error(
                "parent",
                ValidationError(
                    _(
                        "On répond à un commentaire publié de cet article, et non à une réponse : choisissez-en un autre."
                    )
                ),
            )


class DecisionInline(admin.TabularInline):
    """The log, under the comment."""

    model = Decision
    template = LINES
    verbose_name_plural = _("Décisions")
    fields = readonly_fields = ["decided_at", "event", "from_state", "to_state", "reason", "who"]
    can_delete = False
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("decided_by")

    @admin.display(description=_("par"))
    def who(self, decision: Decision) -> str:
        return person(decision.decided_by) or gettext("règle « %(rule)s »") % {"rule": decision.rule}

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("articles.view_comment")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Comment)
class CommentAdmin(ChosenRows, EditorAdmin):
    form = AnswerForm
    list_display = ["words", "author", "about", "answers", "standing", "age", "noticed"]
    list_display_links = ["words"]
    list_filter = [StateFilter]
    list_per_page = 100
    list_max_show_all = 200
    search_help_text = _("Dans le texte, le nom et le titre de l’article.")
    autocomplete_fields = ["article"]
    raw_id_fields = ["parent"]
    view_on_site = False

    # -- Who ---------------------------------------------------------------------------------------------------------

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.moderate_comment")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a reader's words are not the newsroom's to change

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # nothing goes without a trace; erasing is an event of the table

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        fields = ["name", "body", "article__title"]
        return [*fields, "email"] if self.has_moderate_permission(request) else fields

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        # Django lets an address filter by any column: ?email__startswith=a would tell who must not know.
        allowed = {"state", "article", "article__exact", "article__id__exact"}
        return lookup in allowed and super().lookup_allowed(lookup, value, request)

    # -- The list ----------------------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).select_related("article", "parent")
        rows = rows.defer("network", "fingerprint", "article__body", *(f"parent__{name}" for name in PRIVATE))
        return rows if self.has_moderate_permission(request) else rows.defer("email")

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """Who has waited longest first; of what is decided, the latest first."""
        return ["-created_at", "-pk"] if request.GET.get("state") else ["created_at", "pk"]

    @admin.display(description=_("commentaire"))
    def words(self, comment: Comment) -> str:
        return Truncator(comment.body).chars(READ_LENGTH) or gettext("(texte effacé)")

    @admin.display(description=_("auteur"), ordering="name")
    def author(self, comment: Comment) -> str:
        if comment.is_newsroom:
            return gettext("%(name)s (rédaction)") % {"name": comment.name}
        return comment.name or gettext("(effacé)")

    @admin.display(description=_("article"), ordering="article__title")
    def about(self, comment: Comment) -> str:
        return comment.article.title

    @admin.display(description=_("en réponse à"))
    def answers(self, comment: Comment) -> str:
        return f"{comment.parent.name} : {comment.parent.excerpt}" if comment.parent else ""

    @admin.display(description=_("état"), ordering="state")
    def standing(self, comment: Comment) -> SafeString:
        return badge(comment.state, comment.get_state_display())

    @admin.display(description=_("depuis"), ordering="created_at")
    def age(self, comment: Comment) -> str:
        return timesince(comment.created_at, depth=1)

    @admin.display(description=_("signaux"))
    def noticed(self, comment: Comment) -> str:
        return ", ".join(comment.signals_in_words)

    # -- Decisions ---------------------------------------------------------------------------------------------------

    def get_actions(self, request: HttpRequest) -> dict[str, tuple[Callable, str, Any]]:
        """One entry for each decision; a rejection is chosen with its reason, so that none can be without."""
        if IS_POPUP_VAR in request.GET or not self.has_moderate_permission(request):
            return {}
        actions = {"approve": (partial(decide, event=Event.APPROVE), "approve", _("Approuver"))}
        for reason in Reason:
            label = gettext("Rejeter : %(reason)s") % {"reason": reason.label}
            name = f"reject_{reason.value}"
            actions[name] = (partial(decide, event=Event.REJECT, reason=reason.value), name, label)
        actions["spam"] = (partial(decide, event=Event.SPAM), "spam", _("Indésirable"))
        return actions

    # -- One comment -------------------------------------------------------------------------------------------------

    def get_fields(self, request: HttpRequest, obj: Comment | None = None) -> list[str]:
        if obj is None:
            return ["article", "parent", "body"]
        contact = ["email"] if self.has_moderate_permission(request) else []
        answer = ["answer_link"] if self.has_add_permission(request) else []
        return [
            "article", "parent", "name", *contact, "body", "standing", "created_at", "noticed", "page_link", *answer,
        ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Comment | None = None) -> list[str]:
        return self.get_fields(request, obj) if obj else []

    def get_inlines(self, request: HttpRequest, obj: Comment | None) -> list[type]:
        return [DecisionInline] if obj else []

    @admin.display(description=_("sur le site"))
    def page_link(self, comment: Comment) -> SafeString | str:
        if not comment.is_published:
            return ""
        return format_html('<a href="{}">{}</a>', comment.get_absolute_url(), gettext("Voir le commentaire"))

    @admin.display(description=_("répondre"))
    def answer_link(self, comment: Comment) -> SafeString | str:
        if not comment.is_published or comment.parent_id:
            return ""
        address = f"{reverse('admin:articles_comment_add')}?article={comment.article_id}&parent={comment.pk}"
        return format_html('<a href="{}">{}</a>', address, gettext("Répondre au nom de la rédaction"))

    def save_model(self, request: HttpRequest, obj: Comment, form: Any, change: bool) -> None:
        made, _new = Comment.objects.answer(article=obj.article, parent=obj.parent, body=obj.body, by=request.user)
        obj.pk = made.pk
        obj.refresh_from_db()


def decide(model_admin: CommentAdmin, request: HttpRequest, queryset: Any, *, event: str, reason: str = "") -> None:
    """Apply one decision to every selected comment, and say which could not be decided and why."""
    comments, changed = model_admin.as_seen(request, queryset)
    done, refusals = 0, []
    for comment in changed:
        text = gettext("%(comment)s a changé depuis que vous l’avez lu : il est « %(state)s ».")
        refusals.append(text % {"comment": comment, "state": comment.get_state_display()})
    for comment in comments:
        try:
            comment.apply(event, by=request.user, reason=reason)
            done += 1
        except Refused as refusal:
            refusals += refusal.messages
    if done:
        text = ngettext("%(n)d commentaire traité : %(event)s.", "%(n)d commentaires traités : %(event)s.", done)
        messages.success(request, text % {"n": done, "event": Event(event).label.lower()})
    for sentence in refusals[:SHOWN_REFUSALS]:
        messages.warning(request, sentence)
    if len(refusals) > SHOWN_REFUSALS:
        more = len(refusals) - SHOWN_REFUSALS
        text = ngettext("Et %(n)d autre n’a pas été traité.", "Et %(n)d autres n’ont pas été traités.", more)
        messages.warning(request, text % {"n": more})
