"""The library of pictures in the admin: found by what they show and where they stand, taken in, replaced, never lost to a page.

Files go through the model's own door; what that refuses is said at the file's field. Uploads without a form and the
working list of texts stand beside this.
"""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from js_asset import Script

from articles.admin.picture_texts import PictureTexts
from articles.admin.picture_uploads import PictureUploads
from articles.models import Article, Picture, PictureUpload
from articles.models.pictures import require_texts
from clusters import fulltext
from clusters.editing import Refused, VersionedAdmin, VersionedForm, as_sentences
from clusters.uses import Use, uses

USES_SHOWN = 20
"""Articles that are named as uses of a picture, of each kind."""
TAKEN = _(
    "Ce fichier est déjà une autre image de la bibliothèque : « %s ». Employez celle-là, ou choisissez un autre fichier."
)


def thumbnail(picture: Picture) -> str:
    width = min(picture.width, 240)
    height = round(width * picture.height / picture.width)
    return format_html(
        '<img class="thumbnail" src="{}" alt="{}" width="{}" height="{}" loading="lazy">',
        picture.thumbnail, picture.alt, width, height,
    )  # fmt: skip


class PictureForm(VersionedForm):
    fills = {"file": "digest"}
    file = forms.FileField(
        label=_("Fichier"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"}),
        help_text=_("JPEG, PNG, WebP ou AVIF, 15 Mo au plus. La position et les données de l’appareil sont retirées."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["file"].required = False
            self.fields["file"].label = _("Remplacer le fichier")
            self.fields["file"].help_text = _(
                "L’image garde son adresse, ses textes et sa place dans les articles, qui montrent aussitôt le nouveau "
                "fichier. L’ancien reste dans l’historique, d’où il peut revenir."
            )

    def clean(self) -> dict[str, Any]:
        super().clean()
        texts = {name: self.cleaned_data.get(name) or "" for name in ("alt", "caption", "credit")}
        texts["is_decorative"] = bool(self.cleaned_data.get("is_decorative"))
        try:
            require_texts(Picture(**texts))
        except ValidationError as error:
            for one in error.error_list:
                self.add_error(one.code, one)
        return self.cleaned_data

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.errors:
            return
        try:
            if self.instance.pk:
                self._replace()
            else:
                names = ("alt", "is_decorative", "caption", "credit", "focus_x", "focus_y")
                texts = {name: getattr(self.instance, name) for name in names}
                self.instance, self.is_new = Picture.objects.take_in(self.cleaned_data["file"], **texts)
        except ValidationError as error:
            self.add_error("file", error)

    def _replace(self) -> None:
        """Make the picture what its new file is, and have what its focal point asks for."""
        picture, upload = self.instance, self.cleaned_data.get("file")
        if upload:
            digest = PictureUpload.objects.receive(upload, picture.focus).digest
            other = Picture.objects.filter(digest=digest).exclude(pk=picture.pk).first()
            if other:
                raise ValidationError(TAKEN % other)
            picture.digest = digest
        if upload or {"focus_x", "focus_y"} & set(self.changed_data):
            picture.make_ready()

    def save(self, commit: bool = True) -> Picture:
        # An added picture is there already: the same file twice is the picture that was there before.
        return self.instance if hasattr(self, "is_new") else super().save(commit)

    def save_m2m(self) -> None:
        """A picture has no such relation; the admin calls this after save()."""


class Lacking(admin.SimpleListFilter):
    title, parameter_name = _("textes"), "textes"
    choices_of: dict[str, tuple[Any, models.Q]] = {
        "alt": (_("sans texte de remplacement"), models.Q(alt="", is_decorative=False)),
        "credit": (_("sans crédit"), models.Q(credit="")),
        "decorative": (_("décoratives"), models.Q(is_decorative=True)),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(key, label) for key, (label, _rows) in self.choices_of.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        choice = self.choices_of.get(self.value() or "")
        return queryset.filter(choice[1]) if choice else queryset


class Using(admin.SimpleListFilter):
    title, parameter_name = _("emploi"), "emploi"
    choices_of: dict[str, tuple[Any, models.Q]] = {
        "tete": (_("en tête d’un article"), models.Q(cover_count__gt=0)),
        "texte": (_("dans un texte"), models.Q(body_count__gt=0)),
        "aucun": (_("nulle part"), models.Q(cover_count=0, body_count=0)),
    }
    lookups, queryset = Lacking.lookups, Lacking.queryset


@dataclass(frozen=True)
class Card:
    """A picture as the library shows it: what it lacks, and in how many articles it stands, in words."""

    picture: Picture
    address: str
    lacks: str
    used: str


@admin.register(Picture)
class PictureAdmin(PictureUploads, PictureTexts, VersionedAdmin):
    form = PictureForm
    change_list_template = "admin/articles/picture/change_list.html"
    list_display = ["__str__", "created_at"]
    list_filter = [Lacking, Using]
    list_per_page = 36
    view_on_site = False  # a picture that stands nowhere has no public address; one that does, names it in its form
    search_fields = ["caption", "alt", "credit"]
    search_help_text = _("Un mot de ses textes, du nom de son fichier ou d’un article où elle se trouve")

    class Media:
        css = {"all": ["css/library.css"]}
        js = (Script("js/admin/library.js", type="module"), Script("js/admin/focus.js", type="module"))

    # -- the library

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).with_use_counts().with_file_names()

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        named, duplicates = super().get_search_results(request, queryset, search_term)
        if not search_term.strip():
            return named, duplicates
        files = PictureUpload.objects.filter(name__icontains=search_term.strip()).values("digest")
        seen = Article.objects.visible_to(request.user)
        about = Picture.objects.used_in(Article.objects.filter(pk__in=fulltext.hits(seen, search_term).keys))
        found = models.Q(pk__in=named.order_by().values("pk")) | models.Q(pk__in=about.values("pk"))
        return queryset.filter(found | models.Q(digest__in=files)), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        if listed := (getattr(response, "context_data", None) or {}).get("cl"):
            response.context_data["cards"] = [self._card(picture) for picture in listed.result_list]
            response.context_data["upload_address"] = (
                reverse("admin:articles_picture_upload") if self.has_add_permission(request) else ""
            )
            response.context_data["wanting"] = (
                Picture.objects.wanting_text().count() if self.has_change_permission(request) else 0
            )
        return response

    def _card(self, picture: Any) -> Card:
        total = picture.cover_count + picture.body_count
        used = ngettext("%d emploi", "%d emplois", total) % total if total else gettext("inutilisée")
        address = reverse("admin:articles_picture_change", args=[quote(picture.pk)])
        return Card(picture, address, lacking_in_words(picture), used)

    # -- one of them

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        may = obj and self.has_change_permission(request, obj)
        return [
            (None, {"fields": ["preview", ("focus_x", "focus_y"), "about_file"] if obj else ["file"]}),
            (_("Pour qui ne la voit pas"), {"fields": ["alt", "is_decorative"]}),
            (_("Sous l’image"), {"fields": ["caption", "credit"]}),
            *([(_("Un autre fichier"), {"fields": ["file"]})] if may else []),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["preview", "about_file"] if obj else []

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        may = self.has_change_permission(request) if object_id else self.has_add_permission(request)
        if may and (upload := request.FILES.get("file")):
            PictureUpload.objects.receive_early(upload)
        return super().changeform_view(request, object_id, *args, **kwargs)

    def signed_fields(self, request: HttpRequest, obj: Any, change: bool) -> dict[str, Any]:
        of_file = {name: getattr(obj, name) for name in ("digest", "width", "height", "is_complete")}
        return {**super().signed_fields(request, obj, change), **of_file}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change and not form.is_new:
            text = _("Cette image était déjà dans la bibliothèque ; ses textes sont restés les siens.")
            self.message_user(request, text, messages.WARNING)
            return
        try:
            with transaction.atomic():
                super().save_model(request, obj, form, change)
        except IntegrityError:
            # Somebody has taken the same file in since the form was checked.
            other = Picture.objects.filter(digest=obj.digest).exclude(pk=obj.pk).first()
            raise Refused({"file": [TAKEN % other]}) from None

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if change or form.is_new:  # the same file again writes nothing, and there is nothing to keep
            super().save_related(request, form, formsets, change)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> TemplateResponse:
        response = super().render_change_form(request, context, **kwargs)
        if picture := kwargs.get("obj"):
            response.context_data["uses"] = self.uses_of(request, picture, USES_SHOWN)
        return response

    def uses_of(self, request: HttpRequest, picture: Picture, limit: int | None = None) -> list[Use]:
        """The articles that a picture stands in, as far as this person may see them."""
        seen = Article.objects.visible_to(request.user).defer("body").newest_first()
        kinds = (
            (gettext("En tête d’articles"), seen.filter(cover=picture)),
            (gettext("Dans le texte d’articles"), seen.filter(body_pictures__picture=picture)),
        )
        found = []
        for label, articles in kinds:
            rows = list(articles[: limit and limit + 1])
            links = [(row.title, reverse("admin:articles_article_change", args=[row.pk])) for row in rows[:limit]]
            if links:
                found.append(Use(label, links, len(rows) > len(links)))
        return [*found, *uses(self.admin_site, request, picture, (Article,), limit or USES_SHOWN)]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        if protected:
            found = [use for picture in objs for use in self.uses_of(request, picture)]
            named = [
                format_html('{} : <a href="{}">{}</a>', use.label, href, name)
                for use in found
                for name, href in use.rows
            ]
            protected = named or [gettext("Un article que vous ne pouvez pas voir")]
            lacking = set()  # an article that cannot be deleted is not what stands in the way
        return deleted, counts, lacking, protected

    def delete_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        picture = self.get_object(request, unquote(object_id))
        found = self.uses_of(request, picture) if picture else []
        try:
            return super().delete_view(request, object_id, {"uses": found})
        except (models.ProtectedError, IntegrityError):
            text = _("Cette image vient d’être placée dans un article : elle n’est pas supprimée.")
            self.message_user(request, text, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:articles_picture_change", args=[object_id]))

    @admin.display(description=_("aperçu"))
    def preview(self, picture: Picture) -> str:
        return format_html(
            '<span class="focus-box" data-focus-box><img src="{}" alt="{}" width="{}" height="{}"></span>',
            picture.src, picture.alt, picture.width, picture.height,
        )  # fmt: skip

    @admin.display(description=_("fichier"))
    def about_file(self, picture: Picture) -> str:
        size = gettext("%(width)s × %(height)s points") % {"width": picture.width, "height": picture.height}
        told = f"{picture.file_name}, {size}" if picture.file_name else size
        if not Picture.objects.visible().filter(pk=picture.pk).exists():
            return told
        address = picture.get_absolute_url()
        return format_html('{}<br>{} <a href="{}">{}</a>', told, gettext("Adresse qui reste :"), address, address)


def lacking_in_words(picture: Picture) -> str:
    """What a picture lacks to be published; "" if nothing."""
    try:
        require_texts(picture)
    except ValidationError as error:
        return as_sentences(error)
    return ""
