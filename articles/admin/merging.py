"""Merging hashtags in the admin: the other one chosen, what would happen shown, done, and undone.

It decides nothing: what moves and what is refused stands in articles/merging.py.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from articles import merging
from articles.models import Tag, TagMerge
from clusters.colleagues import person
from clusters.editing import as_sentences
from clusters.related import OneOf, Suggested, is_id


class OtherForm(forms.Form):
    """Which tag stays."""

    def __init__(self, *args: Any, site: admin.AdminSite, this: Tag, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["with"] = OneOf(
            Tag.objects.filter(merged_into=None).exclude(pk=this.pk),
            label=_("Mot-dièse gardé"),
            widget=Suggested(Tag._meta.get_field("merged_into"), site),
            help_text=_("Ses articles et ceux de l’autre n’auront plus que lui."),
        )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Raison"), max_length=300, required=False, widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("Facultatif ; se lit dans l’historique des articles."),
    )  # fmt: skip
    versions = forms.CharField(widget=forms.HiddenInput, required=False)


class TagMerging(admin.ModelAdmin):
    """The admin of tags, with what merges two of them."""

    def get_urls(self) -> list[URLPattern]:
        page = require_http_methods(["GET", "HEAD", "POST"])(self.merge_page)
        view = self.admin_site.admin_view
        return [
            path("<path:object_id>/merge/", view(page), name="articles_tag_merge"),
            path("<path:object_id>/unmerge/", view(require_POST(self.unmerge)), name="articles_tag_unmerge"),
            *super().get_urls(),
        ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # One that was given up is read, not changed: what were written on it would be seen by nobody.
        return super().has_change_permission(request, obj) and not (obj and obj.merged_into_id)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Nor deleted while its address leads on: the merge is undone first.
        return super().has_delete_permission(request, obj) and not (obj and obj.merged_into_id)

    def may_merge(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.add_tagmerge")

    def merge_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Choose the one that stays; then see what happens; then it is done."""
        if not self.may_merge(request):
            raise PermissionDenied
        this = get_object_or_404(Tag, pk=object_id if is_id(object_id) else None)
        choice = OtherForm(request.GET if "with" in request.GET else None, site=self.admin_site, this=this)
        if not (choice.is_bound and choice.is_valid()):
            alike = [tag for tag in Tag.objects.filter(merged_into=None).alike(this.name) if tag != this]
            context = {"form": choice, "media": self.media + choice.media, "alike": alike}
            return self._page(request, this, "admin/articles/tag/merge_choose.html", context)
        other = choice.cleaned_data["with"]
        loser, survivor = (other, this) if request.GET.get("garder") == "celui-ci" else (this, other)
        made = merging.plan(loser, survivor)
        form = ReasonForm(request.POST or None)
        if form.is_bound and form.is_valid() and (done := self._merged(request, form, made)):
            return done
        context = {
            "form": form,
            "plan": made,
            "versions": _versions(made),
            "swapped": f"?with={other.pk}" + ("" if loser == other else "&garder=celui-ci"),
        }
        return self._page(request, this, "admin/articles/tag/merge_confirm.html", context)

    def _merged(self, request: HttpRequest, form: ReasonForm, made: merging.Plan) -> HttpResponse | None:
        """The way on once it is done; None if it is not, and the form says why."""
        if form.cleaned_data["versions"] != _versions(made):
            said = gettext("Un des deux mots-dièse ou leurs articles ont changé depuis : relisez, puis recommencez.")
            form.add_error(None, said)
            return None
        try:
            merging.merge(made.loser, made.survivor, by=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error.messages)
            return None
        words = {"loser": made.loser, "survivor": made.survivor}
        self.log_change(request, made.survivor, gettext("Fusion de %(loser)s") % words)
        said = gettext("%(loser)s est fusionné dans %(survivor)s ; sa page et ses flux y mènent.") % words
        self.message_user(request, said, messages.SUCCESS)
        return self._to(made.survivor.pk)

    def unmerge(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Part two tags again, and say what could not go back."""
        if not self.may_merge(request):
            raise PermissionDenied
        tag = get_object_or_404(Tag, pk=object_id if is_id(object_id) else None)
        done = tag.merges_away.filter(undone_at=None).first()
        try:
            if done is None:
                raise ValidationError(gettext("Cette fusion est déjà annulée."))
            left = merging.undo(done, by=request.user)
        except ValidationError as error:
            self.message_user(request, as_sentences(error), messages.ERROR)
        else:
            said = gettext("La fusion est annulée : les deux mots-dièse sont de nouveau distincts.")
            self.message_user(request, said, messages.SUCCESS)
            for sentence in left:
                self.message_user(request, sentence, messages.WARNING)
            self.log_change(request, tag, gettext("Fusion annulée"))
        return self._to(tag.pk)

    def _to(self, pk: int) -> HttpResponse:
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:articles_tag_change", args=[pk]))

    def _page(self, request: HttpRequest, this: Tag, template: str, context: dict[str, Any]) -> TemplateResponse:
        title = gettext("Fusionner %(tag)s") % {"tag": this}
        page = {**self.admin_site.each_context(request), "opts": self.opts, "original": this, "title": title, **context}
        return TemplateResponse(request, template, page)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        tag = kwargs.get("obj")
        away: TagMerge | None = None
        if tag and tag.merged_into_id:
            away = tag.merges_away.filter(undone_at=None).select_related("merged_by").first()
        may = self.may_merge(request)
        context["may_merge"] = bool(tag) and may and not tag.merged_into_id
        context["merged_into"] = tag.merged_into if tag else None
        context["merge_away"] = away
        context["merged_by"] = person(away.merged_by) if away else ""
        context["may_undo"] = bool(away) and may
        context["aliases"] = list(tag.merged_from.order_by("name")) if tag else []
        return super().render_change_form(request, context, **kwargs)


def _versions(made: merging.Plan) -> str:
    """What the page of a plan was made of: the two tags, and the articles that it names."""
    articles = sorted(row.pk for row in (*made.articles, *made.both))
    return f"{made.loser.version}-{made.survivor.version}-{'.'.join(map(str, articles))}"
