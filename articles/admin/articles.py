"""An article in the admin: its form, its list, and the buttons of its life.

States are never a field: they change by buttons, each shown if Article.may says so and refused by Article.change_state
if pressed all the same.

Past 400 lines: one form and one list; what stands beside them (steps, remarks, previews, links, covers) has modules of its own.
"""

import secrets
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from js_asset import Script

from articles import checks, flow, merging, notices
from articles.admin.covers import CoverForm, CoverUploads
from articles.admin.flow import ASKED_FIRST, BUTTON_WORDS, FlowAdmin
from articles.admin.links import LinksToRepair
from articles.admin.lists import (
    ENDED,
    ArticleIncomplete,
    ArticleList,
    ComingFilter,
    CopyFilter,
    DueFilter,
    EntrustedFilter,
    MineFilter,
    RemarksFilter,
    StateFilter,
)
from articles.admin.making import offer_making
from articles.admin.mentions import Mentioning
from articles.admin.pictures import thumbnail
from articles.admin.remarks import RemarkPages
from articles.admin.showing import ShowingPages
from articles.models import Article, Author, Byline, Citation, FurtherReading, State
from articles.models.states import CHECKED, TRANSITIONS
from clusters import fulltext, history
from clusters.admin import ChosenFilter, badge
from clusters.autosaving import AutosavingAdmin, with_writers
from clusters.colleagues import person
from clusters.dates import day_in_words, moment_in_words
from clusters.editing import LineInline, Refused, as_sentences
from clusters.models.publication import free_slug
from clusters.working import with_copy

BUTTON = "_state"
"""Name of the buttons that change the state; their value is a key of TRANSITIONS, MARK_UPDATED, CORRECT or SIGN."""
ASK = "_ask"
"""Name of those that save, and lead to the page that asks before the step."""
MARK_UPDATED, CORRECT, SIGN = "mark_updated", "correct", "sign"
CHOSEN = ("authors", "tags", "series")
"""Relations by one row of which the list is narrowed."""
DECIDED_BY_EDITORS = ("published_at", "ends_at", "comments_policy", "assigned_to", "due_on")
"""Fields that a writer reads and an editor fills in."""


# -- The article's form ----------------------------------------------------------------------------------------------


class ArticleForm(CoverForm):
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _(
                "Laissez vide : elle se fait du titre. Évitez de la changer une fois l’article publié."
            )

    def clean_slug(self) -> str:
        """One made of the title where none is given; one that is there stays."""
        slug, title = self.cleaned_data["slug"], self.cleaned_data.get("title", "")
        if slug or not title:
            return slug
        return self.initial.get("slug") or free_slug(Article, title, "article")

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
    verbose_name_plural = _("signatures, dans l’ordre")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        # A line to fill in where nobody signs yet; one left empty must not keep a draft from being saved.
        return 0 if obj and obj.bylines.exists() else 1


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
class ArticleAdmin(FlowAdmin, RemarkPages, ShowingPages, Mentioning, LinksToRepair, CoverUploads, AutosavingAdmin):
    form = ArticleForm
    add_title = _("Écrire un article")
    change_form_template = "admin/articles/article/change_form.html"
    fieldsets = [
        (None, {"fields": ["title", "standfirst", "body"]}),
        (_("De quoi il parle"), {"fields": ["tags", "clusters", ("series", "series_position")]}),
        (_("Image de tête"), {"fields": [("cover", "cover_preview"), "cover_file"]}),
        (
            _("Publication"),
            {"fields": [("published_at", "ends_at"), "comments_policy", "slug", ("description", "language"), ("where_it_stands", "last_update")]},
        ),
        (_("Qui s’en occupe"), {"fields": [("assigned_to", "due_on")]}),
    ]  # fmt: skip
    inlines = [BylineInline, CitationInline, FurtherReadingInline]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["tags", "clusters", "series", "cover"]
    list_display = ["title", "standing", "signed_by", "date", "missing", "reactions", "series_part"]
    list_filter = [
        StateFilter, MineFilter, EntrustedFilter, DueFilter, ComingFilter, CopyFilter, RemarksFilter, ArticleIncomplete,
        *((name, ChosenFilter) for name in CHOSEN),
    ]  # fmt: skip
    list_per_page = 50
    show_full_result_count = False
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

    def copy_decided(self, request: HttpRequest, record: Any, action: str, writer: Any) -> None:
        tell = partial(self.message_user, request, level=messages.WARNING)
        notices.copy_moved(record, action, request.user, writer, tell)

    def blanks(self, request: HttpRequest) -> dict[str, str]:
        return {"title": gettext("Sans titre"), "slug": f"brouillon-{secrets.token_hex(4)}", "language": "fr"}

    def stands_against(self, record: Any) -> list[str]:
        return [one.sentence for one in checks.blocks(Article.objects.get(pk=record.pk))]

    def goes_live(self, request: HttpRequest) -> bool:
        # Readers are told of an update or a correction with the text that it is about.
        pressed = request.POST.get(BUTTON)
        is_said = pressed == CORRECT and bool(request.POST.get("correction", "").strip())
        return super().goes_live(request) or pressed == MARK_UPDATED or is_said

    def readable(self, request: HttpRequest, rows: Any) -> Any:
        # What an article was before it was published is its writers' own, as a draft is.
        return rows if request.user.has_perm("articles.publish_article") else rows.own(request.user)

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

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        media = self.media + ChosenFilter.media(self, CHOSEN)
        return super().changelist_view(request, {"media": media, **(extra_context or {})})

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ArticleList

    @admin.display(description=_("état"), ordering="state")
    def state_in_words(self, article: Article) -> str:
        if article.is_scheduled:
            state = badge("scheduled", _("Programmé"))
        elif article.has_ended:
            state = badge("withdrawn", ENDED)
        else:
            state = badge(article.state, article.get_state_display())
        return with_writers(with_copy(state, article), article)

    @admin.display(description=_("auteurs"))
    def signed_by(self, article: Any) -> str:
        return ", ".join(byline.author.name for byline in article.shown_bylines) or badge(
            "missing", _("sans signature")
        )

    @admin.display(description=_("où il en est"), ordering="state")
    def standing(self, article: Article) -> str:
        """Its state; beneath it, who has it and until when."""
        parts = [person(article.assigned_to)] if article.assigned_to else []
        if article.due_on:
            parts.append(gettext("pour le %s") % day_in_words(article.due_on))
        if article.is_overdue:
            parts.append(badge("missing", _("en retard")))
        told = format_html_join(" ", "<span>{}</span>", ((one,) for one in parts))
        return (
            format_html('{}<p class="entrusted">{}</p>', self.state_in_words(article), told)
            if told
            else self.state_in_words(article)
        )

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

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        try:
            with transaction.atomic():
                super().save_model(request, obj, form, change)
        except IntegrityError:
            raise Refused from None  # the address was taken at the same moment: tried again, the form says so or makes another

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        request.is_entrusted = "assigned_to" in form.changed_data and bool(form.instance.assigned_to)
        super().save_related(request, form, formsets, change)
        self.written_aside(request, form.instance)

    def written_aside(self, request: HttpRequest, record: Any) -> None:
        if getattr(request, "is_entrusted", False):
            notices.entrusted(record, request.user, partial(self.message_user, request, level=messages.WARNING))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        return offer_making(field, request) if db_field.name == "tags" else field

    def signed_fields(self, request: HttpRequest, obj: Any, change: bool) -> dict[str, Any]:
        return {} if change else {"created_by": request.user}

    def settle(self, request: HttpRequest, form: Any) -> None:
        merging.follow(form.instance)  # the form may have been open since before a merge of tags

    # -- the buttons

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> TemplateResponse:
        article = kwargs.get("obj")
        may_write = self.has_change_permission(request, article) if article else self.has_add_permission(request)
        context["may_write"] = may_write
        buttons = self.buttons(request, article) if may_write and not context["is_popup"] else []
        context["main_steps"] = [button for button in buttons if button["action"] == "publish"]
        context["other_steps"] = [button for button in buttons if button["action"] != "publish"]
        # As stored, not as typed: a refused address leads nowhere.
        context["stored"] = Article.objects.defer("body").get(pk=article.pk) if article else None
        context |= self.remarks_of(request, article)
        context["corrections"] = list(article.corrections.all()) if article else []
        context["may_mark_updated"] = bool(article) and article.may_be_marked_updated_by(request.user)
        context["preview"] = self.preview_of(article, 360) if article else None
        goes_out = any(button["action"] in CHECKED for button in buttons)
        context["signature"] = flow.signature_of(request.user) if article and not article.bylines.exists() else ""
        context["findings"] = checks.findings(article) if article and goes_out else []
        return super().render_change_form(request, context, **kwargs)

    def buttons(self, request: HttpRequest, article: Article | None) -> list[dict[str, Any]]:
        """The steps that this person may take from here; of some a page asks first."""
        stands = article or Article()
        return [
            {"action": action, "label": label, "asks": action in ASKED_FIRST}
            for action, label in BUTTON_WORDS.items()
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
        if (asked := request.POST.get(ASK, "")) in ASKED_FIRST:
            return HttpResponseRedirect(self.step_href(article, asked), status=303)
        action = request.POST.get(BUTTON, "")
        statements = {MARK_UPDATED: self._mark_updated, CORRECT: self._correct, SIGN: self._sign}
        if action not in TRANSITIONS and action not in statements:
            return None
        try:
            if action in statements:
                done = statements[action](request, article)
            else:
                done = self.take_step(request, article, action)
        except ValidationError as error:
            text = _("Le texte est enregistré, mais rien d’autre n’a changé. %s") % as_sentences(error)
            self.message_user(request, text, messages.ERROR)
        else:
            self.message_user(request, done, messages.SUCCESS)
        return HttpResponseRedirect(self.form_href(article))

    def _sign(self, request: HttpRequest, article: Any) -> str:
        flow.sign(article, by=request.user)
        return gettext("« %s » est signé.") % article.title

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
        js = (Script("js/admin/flow.js", type="module"), Script("js/admin/tags.js", type="module"))
