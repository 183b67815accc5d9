"""An article in the admin: its form, its list, and the buttons of its life.

States are never a field: they change by buttons, each shown if Article.may says so and refused by Article.change_state
if pressed all the same.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from js_asset import Script

from articles import checks
from articles.admin.lists import (
    ENDED,
    ArticleIncomplete,
    ArticleList,
    DueFilter,
    EntrustedFilter,
    MineFilter,
    StateFilter,
)
from articles.admin.pictures import thumbnail
from articles.admin.showing import ShowingPages
from articles.models import Article, Author, Byline, Citation, FurtherReading, State
from articles.models.articles import CHECKED, TRANSITIONS
from clusters import fulltext, history
from clusters.admin import badge
from clusters.dates import day_in_words
from clusters.editing import LineInline, VersionedForm, as_sentences, person
from clusters.working import WorkingCopyAdmin, with_copy

BUTTON = "_state"
"""Name of the buttons that change the state; their value is a key of TRANSITIONS, MARK_UPDATED or CORRECT."""
MARK_UPDATED, CORRECT = "mark_updated", "correct"
BUTTON_WORDS = {
    "submit": _("Soumettre à la relecture"),
    "approve": _("Marquer comme prêt"),
    "publish": _("Publier"),
    "send_back": _("Renvoyer en brouillon"),
    "withdraw": _("Retirer du site"),
}
ACTS = {"publish": history.Act.PUBLISHED, "withdraw": history.Act.WITHDRAWN}
"""What a change of state is in the article's history; the others are changes like any."""
DONE_WORDS = {
    "submit": _("« %s » est soumis à la relecture."),
    "approve": _("« %s » est prêt à publier."),
    "publish": _("« %s » est publié."),
    "send_back": _("« %s » est de nouveau un brouillon."),
    "withdraw": _("« %s » est retiré du site."),
}


DECIDED_BY_EDITORS = ("published_at", "ends_at", "comments_policy", "assigned_to", "due_on")
"""Fields that a writer reads and an editor fills in."""


def moment_in_words(moment: Any) -> str:
    """« 2 mars 2020 à 08:40 », in the site's time zone."""
    local = timezone.localtime(moment)
    return gettext("%(day)s à %(time)s") % {"day": day_in_words(local.date()), "time": f"{local:%H:%M}"}


# -- The article's form ----------------------------------------------------------------------------------------------


class ArticleForm(VersionedForm):
    what_changed = forms.CharField(
        required=False, max_length=300, label=_("Ce qui a changé"),
        help_text=_("Facultatif ; lu avec la date de mise à jour, quand vous signalez une mise à jour."),
    )  # fmt: skip
    correction = forms.CharField(
        required=False, max_length=300, label=_("Nature de la correction"), widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("Ce qui était faux et ce qui l’a remplacé, en une phrase ; publiée sous l’article avec sa date, pour toujours."),
    )  # fmt: skip

    class Meta:
        widgets = {
            "title": forms.TextInput(attrs={"class": "vTextField title-field"}),
            "standfirst": forms.Textarea(attrs={"rows": 3}),
            "description": forms.Textarea(attrs={"rows": 2, "data-counts-to": "155"}),
        }

    def clean(self) -> dict[str, Any]:
        super().clean()
        emptied = "published_at" in self.cleaned_data and not self.cleaned_data["published_at"]
        if self.instance.state == State.PUBLISHED and emptied:
            self.add_error("published_at", _("Un article publié a une date de publication."))
        return self.cleaned_data


class BylineInline(LineInline):
    model = Byline
    fields = ["author", "position"]
    autocomplete_fields = ["author"]
    min_num = 1
    verbose_name_plural = _("signatures, dans l’ordre")


class CitationInline(LineInline):
    model = Citation
    fields = ["source", "note", "position"]
    autocomplete_fields = ["source"]


class FurtherReadingInline(LineInline):
    model = FurtherReading
    fk_name = "article"
    fields = ["target", "url", "label", "publisher", "position"]
    autocomplete_fields = ["target"]


@admin.register(Article)
class ArticleAdmin(ShowingPages, WorkingCopyAdmin):
    form = ArticleForm
    add_title = _("Écrire un article")
    change_form_template = "admin/articles/article/change_form.html"
    fieldsets = [
        (None, {"fields": ["title", "standfirst", "body"]}),
        (_("De quoi il parle"), {"fields": ["tags", "clusters", ("series", "series_position")]}),
        (_("Image de tête"), {"fields": [("cover", "cover_preview")]}),
        (
            _("Publication"),
            {"fields": [("published_at", "ends_at"), "comments_policy", "slug", ("description", "language"), ("where_it_stands", "last_update")]},
        ),
        (_("Qui s’en occupe"), {"fields": [("assigned_to", "due_on")]}),
    ]  # fmt: skip
    inlines = [BylineInline, CitationInline, FurtherReadingInline]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["tags", "clusters", "series", "cover"]
    list_display = ["title", "state_in_words", "signed_by", "entrusted", "date", "missing", "reactions", "series_part"]
    list_filter = [
        StateFilter, MineFilter, EntrustedFilter, DueFilter, ArticleIncomplete,
        ("authors", admin.RelatedOnlyFieldListFilter),
        ("tags", admin.RelatedOnlyFieldListFilter),
        ("series", admin.RelatedOnlyFieldListFilter),
    ]  # fmt: skip
    list_per_page = 50
    search_fields = ["title", "standfirst"]
    search_help_text = _("Un mot du titre, du chapô ou du texte")
    ordering = [models.F("published_at").desc(nulls_first=True), "-modified_at"]
    shows_uses = True

    # -- who

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).visible_to(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj.may_be_edited_by(request.user) if obj else super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # What was ever public is withdrawn and stays on record; only a draft leaves nothing behind.
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or (obj.state == State.DRAFT and obj.published_at is None))

    def may_publish_copy(self, request: HttpRequest, record: Any) -> bool:
        return request.user.has_perm("articles.publish_article")

    def goes_live(self, request: HttpRequest) -> bool:
        # Readers are told of an update or a correction with the text that it is about.
        pressed = request.POST.get(BUTTON)
        is_said = pressed == CORRECT and bool(request.POST.get("correction", "").strip())
        return super().goes_live(request) or pressed == MARK_UPDATED or is_said

    def may_read_states(self, request: HttpRequest, record: Any) -> bool:
        # What an article was before it was published is its writers' own, as a draft is.
        by_role = request.user.has_perm("articles.publish_article")
        return by_role or Article.objects.own(request.user).filter(pk=record.pk).exists()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        decides = request.user.has_perm("articles.publish_article")
        return ["cover_preview", "where_it_stands", "last_update", *(() if decides else DECIDED_BY_EDITORS)]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name != "assigned_to":
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        # Not through the admin of accounts, which is not an editor's to see. Whoever has it still stays in the list.
        has_one = models.Q(pk__in=Article.objects.order_by().values("assigned_to"))
        people = get_user_model().objects.filter(models.Q(is_staff=True, is_active=True) | has_one)
        field = super().formfield_for_foreignkey(
            db_field, request, **kwargs, queryset=people.order_by("first_name", "last_name", "username")
        )
        field.label_from_instance = person
        return field

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "assigned_to":
            field.widget.can_add_related = field.widget.can_change_related = False
        return field

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        named, duplicates = super().get_search_results(request, queryset, search_term)
        if not search_term:
            return named, duplicates
        found = fulltext.hits(queryset, search_term)
        return queryset.filter(models.Q(pk__in=named.order_by().values("pk")) | models.Q(pk__in=found.keys)), False

    # -- the list

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ArticleList

    @admin.display(description=_("état"), ordering="state")
    def state_in_words(self, article: Article) -> str:
        if article.is_scheduled:
            return with_copy(badge("scheduled", _("Programmé")), article)
        if article.has_ended:
            return with_copy(badge("withdrawn", ENDED), article)
        return with_copy(badge(article.state, article.get_state_display()), article)

    @admin.display(description=_("auteurs"))
    def signed_by(self, article: Any) -> str:
        return ", ".join(byline.author.name for byline in article.shown_bylines) or badge(
            "missing", _("sans signature")
        )

    @admin.display(description=_("confié à"), ordering="due_on")
    def entrusted(self, article: Article) -> str:
        parts = [person(article.assigned_to)] if article.assigned_to else []
        if article.due_on:
            parts.append(gettext("pour le %s") % day_in_words(article.due_on))
        if article.is_overdue:
            parts.append(badge("missing", _("en retard")))
        return format_html_join(" ", "<span>{}</span>", ((one,) for one in parts)) or "–"

    @admin.display(description=_("dossier"), ordering="series")
    def series_part(self, article: Article) -> str:
        return f"{article.series.title} ({article.series_position})" if article.series else "–"

    @admin.display(description=_("publication"), ordering="published_at")
    def date(self, article: Article) -> str:
        return moment_in_words(article.published_at) if article.published_at else "–"

    @admin.display(description=_("réactions"), ordering="comment_count")
    def reactions(self, article: Article) -> int:
        return article.comment_count

    @admin.display(description=_("ce qui manque"))
    def missing(self, article: Any) -> str:
        lacking = [
            label
            for label, there in (
                (_("image"), article.cover_id),
                (_("source"), article.has_source),
                (_("mot-dièse"), article.shown_tags),
                (_("description"), article.description),
            )
            if not there
        ]
        return (
            format_html_join(" ", '<span class="badge badge-missing">{}</span>', ((word,) for word in lacking)) or "–"
        )

    # -- the form

    @admin.display(description=_("aperçu"))
    def cover_preview(self, article: Article) -> str:
        return thumbnail(article.cover) if article.cover else "–"

    @admin.display(description=_("état"))
    def where_it_stands(self, article: Article) -> str:
        if not article.pk:
            return badge("draft", State.DRAFT.label)
        return self.state_in_words(article)

    @admin.display(description=_("dernière mise à jour signalée"))
    def last_update(self, article: Article) -> str:
        if not article.updated_at:
            return "–"
        told = moment_in_words(article.updated_at)
        return (
            gettext("%(when)s : %(note)s") % {"when": told, "note": article.update_note}
            if article.update_note
            else told
        )

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        arguments = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, BylineInline) and request.method == "GET" and not obj.pk:
            author = Author.objects.filter(user=request.user).first()
            if author:
                arguments["initial"] = [{"author": author.pk, "position": 1}]
        return arguments

    def signed_fields(self, request: HttpRequest, obj: Any, change: bool) -> dict[str, Any]:
        return {} if change else {"created_by": request.user}

    # -- the buttons

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> TemplateResponse:
        article = kwargs.get("obj")
        may_write = self.has_change_permission(request, article) if article else self.has_add_permission(request)
        context["may_write"] = may_write
        context["buttons"] = self.buttons(request, article) if may_write and not context["is_popup"] else []
        # As stored, not as typed: a refused address leads nowhere.
        context["stored"] = Article.objects.defer("body").get(pk=article.pk) if article else None
        context["corrections"] = list(article.corrections.all()) if article else []
        context["may_mark_updated"] = bool(article) and article.may_be_marked_updated_by(request.user)
        context["preview"] = self.preview_of(article, 360) if article else None
        goes_out = any(button["action"] in CHECKED for button in context["buttons"])
        context["findings"] = checks.findings(article) if article and goes_out else []
        return super().render_change_form(request, context, **kwargs)

    def buttons(self, request: HttpRequest, article: Article | None) -> list[dict[str, Any]]:
        """The changes of state that this person may make from here."""
        stands = article or Article()
        return [
            {"action": action, "label": BUTTON_WORDS[action]}
            for action in BUTTON_WORDS
            if stands.may(action, request.user)
        ]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        pressed = self._press(request, obj)
        return pressed or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        pressed = self._press(request, obj)
        return pressed or super().response_change(request, obj)

    def _press(self, request: HttpRequest, article: Any) -> HttpResponse | None:
        """What a state button does once the text is saved: the text stays saved whatever becomes of the state."""
        action = request.POST.get(BUTTON, "")
        statements = {MARK_UPDATED: self._mark_updated, CORRECT: self._correct}
        if action not in TRANSITIONS and action not in statements:
            return None
        try:
            if action in statements:
                done = statements[action](request, article)
            else:
                done = self._change_state(request, article, action)
        except ValidationError as error:
            text = _("Le texte est enregistré, mais rien d’autre n’a changé. %s") % as_sentences(error)
            self.message_user(request, text, messages.ERROR)
        else:
            self.log_change(request, article, done)
            self.message_user(request, done, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))

    def _change_state(self, request: HttpRequest, article: Any, action: str) -> str:
        article.change_state(action, request.user)
        history.keep(article, by=request.user, act=ACTS.get(action, history.Act.CHANGED))
        if action == "publish" and article.is_scheduled:
            words = {"title": article.title, "when": moment_in_words(article.published_at)}
            return gettext("« %(title)s » est programmé : il paraîtra le %(when)s.") % words
        return str(DONE_WORDS[action] % article.title)

    def _mark_updated(self, request: HttpRequest, article: Any) -> str:
        if not article.may_be_marked_updated_by(request.user):
            raise ValidationError(_("Seul un article publié se signale comme mis à jour, et par la rédaction."))
        note = request.POST.get("what_changed", "")[:300]
        with history.changing(article, by=request.user, act=history.Act.CHANGED, why=note):
            article.mark_updated(note)
        return gettext("La mise à jour de « %s » est signalée aux lecteurs.") % article.title

    def _correct(self, request: HttpRequest, article: Any) -> str:
        if not article.may_be_marked_updated_by(request.user):
            raise ValidationError(_("Seul un article publié se corrige devant les lecteurs, et par la rédaction."))
        nature = request.POST.get("correction", "")[:300]
        with history.changing(
            article, by=request.user, act=history.Act.CHANGED, why=gettext("correction : %s") % nature
        ):
            article.correct(nature)
        return gettext("La correction de « %s » est publiée sous l’article.") % article.title

    class Media:
        css = {"all": ["css/flow.css"]}
        js = (Script("js/admin/flow.js", type="module"),)
