"""What needs care, in the admin: the list of it, the box on a record's form, and « vérifiée aujourd’hui » with one press.

It decides nothing: which records have which warning, and how it is said, stands in clusters/care.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from django_countries import countries

from clusters import care, history
from clusters.editing import as_sentences
from clusters.models import Cluster, Source
from clusters.paging import page_of
from clusters.related import is_id

PER_PAGE = 50
VERIFY = "_verify"
"""The button of the form that saves the record and notes it as verified."""


@dataclass(frozen=True)
class Choice:
    """One filter of the list: a warning or a country, how many records it leaves, and its address."""

    label: str
    href: str
    number: int | None = None
    is_chosen: bool = False


@dataclass(frozen=True)
class Row:
    """A record with what is to be said of it."""

    record: Any
    href: str
    lines: list[care.Told]
    verify: str = ""


class Caring(admin.ModelAdmin):
    """An admin whose records are looked after."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("care/", view(require_safe(self.care_page)), name="clusters_cluster_care"),
            path("<path:object_id>/verify/", view(require_POST(self.verify_now)), name="clusters_cluster_verify"),
            *super().get_urls(),
        ]

    # -- the list

    def care_page(self, request: HttpRequest) -> HttpResponse:
        """Records that need care, by warning and country."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        chosen = care.named(request.GET.get("avis", ""))
        codes = Cluster.objects.visible().exclude(country="").order_by().values_list("country", flat=True).distinct()
        names = dict(sorted(((code, countries.name(code)) for code in codes), key=lambda choice: choice[1]))
        country = request.GET.get("pays", "") if request.GET.get("pays") in names else ""
        clusters = Cluster.objects.visible().filter(**({"country": country} if country else {}))
        rows = {Cluster: clusters, Source: Source.objects.visible()}
        numbers = {one.key: one.among(rows[one.about].order_by(), today).count() for one in care.CONCERNS}
        found = chosen.among(rows[chosen.about], today) if chosen else care.needing(clusters, today)
        page = page_of(found, request, PER_PAGE, total=numbers[chosen.key] if chosen else None)
        told = care.told(page.object_list, today, [chosen] if chosen else None)
        kept = {"avis": chosen.key if chosen else "", "pays": country}

        def address(**changed: str) -> str:
            query = {key: value for key, value in {**kept, **changed}.items() if value}
            return f"{request.path}?{urlencode(query)}" if query else request.path

        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("À soigner"),
            "chosen": chosen,
            "country": names.get(country, ""),
            "all": Choice(gettext("Tout"), address(avis=""), None, chosen is None),
            "concerns": [
                Choice(str(one.label), address(avis=one.key), numbers[one.key], one is chosen) for one in care.CONCERNS
            ],
            "countries": [
                Choice(gettext("Tous les pays"), address(pays=""), None, not country),
                *(Choice(name, address(pays=code), None, code == country) for code, name in names.items()),
            ],
            "page": page,
            "querystring": "".join(f"{key}={value}&" for key, value in kept.items() if value),
            "rows": [self._row(record, told[record.pk]) for record in page.object_list],
            "here": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/clusters/cluster/care.html", context)

    def _row(self, record: Any, lines: list[care.Told]) -> Row:
        name = record._meta.model_name
        return Row(
            record,
            reverse(f"{self.admin_site.name}:clusters_{name}_change", args=[record.pk]),
            lines,
            reverse(f"{self.admin_site.name}:clusters_cluster_verify", args=[record.pk]) if name == "cluster" else "",
        )

    # -- one press

    def verify_now(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Note a record as verified today, and go back to where the button was."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        cluster = get_object_or_404(Cluster, pk=object_id if is_id(object_id) else None)
        try:
            with history.changing(cluster, by=request.user, act=history.Act.VERIFIED):
                cluster.verify(request.user, timezone.localdate())
        except ValidationError as error:
            self.message_user(request, as_sentences(error), messages.ERROR)
        else:
            self.log_change(request, cluster, gettext("Vérifiée"))
            self.message_user(
                request, gettext("« %(record)s » est notée comme vérifiée aujourd’hui.") % {"record": cluster}
            )
        back = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
            back = reverse(f"{self.admin_site.name}:clusters_cluster_care")
        return HttpResponseRedirect(back)

    # -- the form

    def settle(self, request: HttpRequest, form: Any) -> None:
        super().settle(request, form)
        if VERIFY in request.POST:
            form.instance.verify(request.user, timezone.localdate())

    def act_of(self, form: Any, change: bool) -> str:
        act = super().act_of(form, change)
        return history.Act.VERIFIED if VERIFY in form.data and act == history.Act.CHANGED else act

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if VERIFY not in request.POST:
            return super().response_change(request, obj)
        said = gettext("« %(record)s » est enregistrée, et notée comme vérifiée aujourd’hui.") % {"record": obj}
        self.message_user(request, said)
        return HttpResponseRedirect(request.get_full_path())

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        record = kwargs.get("obj")
        is_kept = record is not None and not record.merged_into_id
        context["care"] = care.told([record], timezone.localdate())[record.pk] if is_kept else []
        context["verify_label"] = _("Enregistrer et noter comme vérifiée") if is_kept else ""
        return super().render_change_form(request, context, **kwargs)
