"""The registry's filters: what was asked, as a form, a narrowed queryset, links and a sentence.

Every page and file made of a filtered set of clusters starts here.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.db.models import Count, F, Max, Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from clusters.models import Cluster, Observation, Participation, Programme, Sector
from clusters.models.clusters import ClusterQuerySet, Status

SORTS = {
    "name": (_("Nom"), [F("name").asc()]),
    "verified": (_("Vérifiés récemment"), [F("verified_on").desc(nulls_last=True), F("name").asc()]),
    "figures": (_("Les plus documentés"), [F("figure_count").desc(), F("name").asc()]),
}
FACETS = ("country", "sector", "status", "programme")


class ClusterFilter(django_filters.FilterSet):
    """Filters of `/clusters/`; a value that is unknown is left out and the page says so, never an error page."""

    q = django_filters.CharFilter(
        label=_("Rechercher"),
        method="search",
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    country = django_filters.ChoiceFilter(label=_("Pays"), empty_label=_("Tous les pays"), choices=list(countries))
    sector = django_filters.ModelChoiceFilter(
        label=_("Secteur"),
        empty_label=_("Tous les secteurs"),
        queryset=Sector.objects.all(),
        field_name="sectors",
        to_field_name="code",
    )
    status = django_filters.ChoiceFilter(label=_("Situation"), empty_label=_("Toutes"), choices=Status.choices)
    programme = django_filters.ModelChoiceFilter(
        label=_("Programme"), empty_label=_("Tous les programmes"), queryset=lambda request: Programme.objects.visible().order_by("name"),
        to_field_name="slug", method="taking_part",
    )  # fmt: skip
    sort = django_filters.ChoiceFilter(
        label=_("Trier par"),
        empty_label=None,
        choices=[(name, label) for name, (label, _fields) in SORTS.items()],
        method="sorted_by",
    )

    class Meta:
        model = Cluster
        fields: list[str] = []

    def __init__(
        self,
        data: Any = None,
        queryset: ClusterQuerySet | None = None,
        kept: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        """`kept` is what the links of this list keep besides the filters: how it is shown, for one."""
        self.kept = dict(kept or {})
        super().__init__(data, Cluster.objects.visible() if queryset is None else queryset, **kwargs)

    def search(self, queryset: ClusterQuerySet, name: str, value: str) -> QuerySet:
        return queryset.matching(value)

    def taking_part(self, queryset: ClusterQuerySet, name: str, value: Programme) -> QuerySet:
        return queryset.filter(participations__in=value.participations.visible()).distinct()

    def sorted_by(self, queryset: ClusterQuerySet, name: str, value: str) -> QuerySet:
        if value == "figures":
            shown = Q(observation_links__observation__in=Observation.objects.visible())
            queryset = queryset.annotate(figure_count=Count("observation_links", filter=shown, distinct=True))
        return queryset.order_by(*SORTS[value][1], "pk")

    @cached_property
    def asked(self) -> dict[str, str]:
        """The filters in force, as they stand in an address; only values that the form accepts."""
        if not self.is_bound:
            return {}
        self.form.is_valid()
        cleaned = self.form.cleaned_data
        return {name: self.data.get(name, "").strip() for name in self.filters if cleaned.get(name) not in (None, "")}

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the list (a sort does not)."""
        return bool(set(self.asked) - {"sort"}) or bool(self.is_bound and self.form.errors)

    def href(self, **changes: str | None) -> str:
        """The address of this list with some filters changed, or taken away by None."""
        values = {name: value for name, value in {**self.asked, **self.kept, **changes}.items() if value}
        return f"?{urlencode(values)}" if values else "?"

    @property
    def querystring(self) -> str:
        """The filters in force and what is kept, ready to stand before `page=`."""
        values = {**self.asked, **self.kept}
        return f"{urlencode(values)}&" if values else ""

    @cached_property
    def active(self) -> list[dict[str, str]]:
        """Each filter in force in words, with the address that takes it away."""
        shown = []
        for name in ("q", *FACETS):
            if name in self.asked:
                value = self.form.cleaned_data[name]
                words = (
                    dict(self.form.fields[name].choices).get(value, value) if name in ("country", "status") else value
                )
                shown.append(
                    {"label": f"« {words} »" if name == "q" else str(words), "href": self.href(**{name: None})}
                )
        return shown

    def facets(self) -> list[dict[str, Any]]:
        """For each facet its choices with how many clusters each would leave, the other filters staying as they are."""
        return [
            {
                "name": name,
                "label": str(self.filters[name].label),
                "choices": self._choices(name),
                "chosen": name in self.asked,
            }
            for name in FACETS
        ]

    def _choices(self, name: str) -> list[dict[str, Any]]:
        path = {
            "country": "country",
            "status": "status",
            "sector": "sectors__code",
            "programme": "participations__programme__slug",
        }[name]
        rows = self._without(name)
        if name == "programme":
            rows = rows.filter(participations__in=Participation.objects.visible())
        label_path = {"sector": "sectors__label", "programme": "participations__programme__name"}.get(name, path)
        counted = (
            rows.order_by()
            .values(path)
            .annotate(total=Count("pk", distinct=True), label=Max(label_path))
            .exclude(**{path: None})
        )
        names = {"country": dict(countries), "status": dict(Status.choices)}.get(name)
        current = self.asked.get(name)
        choices = [
            {
                "value": row[path],
                "label": str(names.get(row[path], row[path])) if names else row["label"],
                "count": row["total"],
                "current": row[path] == current,
                "href": self.href(**{name: None if row[path] == current else row[path]}),
            }
            for row in counted
            if row[path]
        ]
        return sorted(choices, key=lambda choice: (-choice["count"], choice["label"]))

    def _without(self, name: str) -> QuerySet:
        others = {key: value for key, value in self.asked.items() if key not in (name, "sort")}
        narrowed = ClusterFilter(others, queryset=self.queryset).qs
        return Cluster.objects.filter(pk__in=narrowed.order_by().values("pk"))

    def summary(self) -> str:
        """« 13 clusters actifs dans 4 secteurs »: what the filtered set holds, in a sentence."""
        rows = Cluster.objects.filter(pk__in=self.qs.order_by().values("pk"))
        held = rows.aggregate(
            total=Count("pk", distinct=True),
            active=Count("pk", distinct=True, filter=Q(status=Status.ACTIVE)),
            sectors=Count("sectors", distinct=True),
            countries=Count("country", distinct=True),
        )
        if not held["total"]:
            return gettext("Aucun cluster ne correspond à cette recherche.")
        parts = [ngettext("%d cluster", "%d clusters", held["total"]) % held["total"]]
        if held["active"]:
            parts.append(ngettext("dont %d actif", "dont %d actifs", held["active"]) % held["active"])
        where = [
            ngettext("%d secteur", "%d secteurs", held["sectors"]) % held["sectors"],
            ngettext("%d pays", "%d pays", held["countries"]) % held["countries"],
        ]
        return f"{', '.join(parts)}, {gettext('dans')} {gettext(' et ').join(where)}"
