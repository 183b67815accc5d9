"""A hashtag made from the form of an article, by typing its name: what the suggestions of the field offer last.

Apart from the admin of tags because it answers a script; without it a tag is added through the window beside the field.
"""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import slugify
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from articles.models import Tag
from clusters import history
from clusters.editing import as_sentences
from clusters.models import FormerAddress


def is_choosing(request: HttpRequest) -> bool:
    """Whether rows are asked for by a field that suggests them, and not by their list."""
    return request.path == reverse("admin:autocomplete")


def offer_making(field: Any, request: HttpRequest) -> Any:
    """Let a field of tags make one of a name that is typed, for whoever may add tags; static/js/admin/tags.js."""
    if request.user.has_perm("articles.add_tag"):
        field.widget.attrs["data-create-url"] = reverse("admin:articles_tag_create")
    return field


class TagMaking(admin.ModelAdmin):
    """The admin of tags, with the address that makes one of a name."""

    def get_urls(self) -> list[URLPattern]:
        create = self.admin_site.admin_view(require_POST(self.create))
        return [path("create/", create, name="articles_tag_create"), *super().get_urls()]

    def create(self, request: HttpRequest) -> HttpResponse:
        """The tag of a name: a new one, or the one that differs by nothing but capitals and accents, and says so."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        name = " ".join(request.POST.get("name", "").split()).lstrip("#")
        if other := Tag.objects.alike(name).first():
            tag = other.merged_into or other
            said = (
                "" if tag.name == name else gettext("%(tag)s existe déjà\u00a0: c’est lui qui est mis.") % {"tag": tag}
            )
            return JsonResponse({"id": tag.pk, "text": str(tag), "said": said})
        try:
            tag = self._made(request, name)
        except ValidationError as error:
            return JsonResponse({"said": as_sentences(error)}, status=422)
        self.log_addition(request, tag, gettext("Créé en écrivant un article"))
        said = gettext("%(tag)s est créé.") % {"tag": tag}
        return JsonResponse({"id": tag.pk, "text": str(tag), "said": said}, status=201)

    def _made(self, request: HttpRequest, name: str) -> Any:
        tag = Tag(name=name, slug=_free_slug(name), modified_by=request.user)
        tag.full_clean()
        try:
            with transaction.atomic():
                tag.save()
                history.keep_new([tag], by=request.user)
        except IntegrityError:
            raise ValidationError(
                gettext("Quelqu’un vient de créer ce mot-dièse\u00a0: cherchez-le de nouveau.")
            ) from None
        return tag


def _free_slug(name: str) -> str:
    """An address that no tag has or has had; for a name that gives none, « mot »."""
    base = slugify(name.replace("_", "-"))[:50].strip("-") or "mot"
    taken = {*Tag.objects.filter(slug__startswith=base).values_list("slug", flat=True)}
    taken |= {*FormerAddress.objects.of(Tag).filter(slug__startswith=base).values_list("slug", flat=True)}
    return next(slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken)
