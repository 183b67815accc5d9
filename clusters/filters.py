"""The registry's filters: what was asked, as a form, a narrowed queryset, links, counts and a sentence.

Every page and file made of a filtered set of clusters starts here. Past 400 lines: what a filter narrows, what it counts
and how it is told must agree, and are read together.
"""

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q, QuerySet
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from clusters import fulltext, places
from clusters.as_of import Moment, MomentField
from clusters.models import Cluster, ClusterSector, Observation, Participation, Programme, Sector
from clusters.models.clusters import ClusterQuerySet
from clusters.models.names import sort_key
from clusters.models.statuses import Status

SORTS = {
    "name": (_("Nom"), [F("sort_name").asc()]),
    "verified": (_("Vérifiés récemment"), [F("verified_on").desc(nulls_last=True), F("sort_name").asc()]),
    "figures": (_("Les plus documentés"), [F("figure_count").desc(), F("sort_name").asc()]),
}
COLUMNS, THROUGH = ("country", "status", "kind"), ("sector", "programme")
FACETS = ("country", "sector", "status", "kind", "programme")
MOST_VALUES = 50
"""Values of one filter that are read; nobody chooses more."""
WAYS_OUT = 5
"""Values in force that are tried without, where nothing was found; each costs a query."""
ALIKE = 3
"""Names offered where nothing was found."""


class KnownChoices(forms.MultipleChoiceField):
    """Several of the choices, each once. What is none of them is left out: an old link still leads somewhere."""

    def clean(self, value: Any) -> list[str]:
        known = {str(key) for key, _label in self.choices}
        chosen = dict.fromkeys(self.to_python(value)[:MOST_VALUES])
        return [one for one in chosen if one in known]


class Several(django_filters.MultipleChoiceFilter):
    field_class = KnownChoices


class Somewhere(django_filters.Filter):
    field_class = places.PlacesField


class OnDay(django_filters.Filter):
    field_class = MomentField


class ClusterFilter(django_filters.FilterSet):
    """Filters of `/clusters/`; a value that is unknown is left out and the page says so, never an error page.

    Values of one filter widen the list, filters narrow it.
    """

    as_of = OnDay(label=_("À la date"), method="on_day")
    q = django_filters.CharFilter(
        label=_("Rechercher"),
        method="search",
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    country = Several(label=_("Pays"), choices=list(countries), method="in_countries")
    sector = Several(label=_("Secteur"), method="in_sectors")
    status = Several(label=_("Situation"), choices=Status.choices, method="in_statuses")
    kind = Several(label=_("Nature"), choices=Cluster.Kind.choices, method="of_kinds")
    programme = Several(label=_("Programme"), method="taking_part")
    place = Somewhere(label=_("Lieu"), method="at_places")
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
        self._known: dict[Any, Any] = {}  # what was fetched and does not depend on the other filters
        super().__init__(data, Cluster.objects.visible() if queryset is None else queryset, **kwargs)

    @property
    def form(self) -> forms.Form:
        if not hasattr(self, "_form"):
            form = super().form
            for name in THROUGH:
                form.fields[name].choices = [(value, label) for value, label, _pk in self._rows_of(name)]
        return self._form

    def _rows_of(self, name: str) -> list[tuple[str, str, int]]:
        """The sectors or the programmes that may be chosen, as (what stands in an address, label, key)."""
        if name not in self._known:
            if name == "sector":
                rows, slug, label = Sector.objects.all(), "code", "label"
            else:
                rows, slug, label = Programme.objects.visible().order_by("name"), "slug", "name"
            self._known[name] = list(rows.values_list(slug, label, "pk"))
        return self._known[name]

    # -- what each filter does

    def on_day(self, queryset: ClusterQuerySet, name: str, value: Moment) -> QuerySet:
        # The set is gathered once for all counts of the page: it costs more than they do.
        if value not in self._known:
            self._known[value] = list(self.queryset.known_on(value.day).order_by().values_list("pk", flat=True))
        return queryset.with_state_of(value.day).filter(pk__in=self._known[value])

    def search(self, queryset: ClusterQuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(pk__in=self._hits.keys)

    def in_countries(self, queryset: ClusterQuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(country__in=value)

    def in_sectors(self, queryset: ClusterQuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(pk__in=ClusterSector.objects.filter(sector__code__in=value).values("cluster"))

    def in_statuses(self, queryset: ClusterQuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(**{f"{self._status}__in": value})

    def of_kinds(self, queryset: ClusterQuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(kind__in=value)

    def taking_part(self, queryset: ClusterQuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(pk__in=self._participations.filter(programme__slug__in=value).values("cluster"))

    def at_places(self, queryset: ClusterQuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.at(places.points(value), places.NOWHERE in value)

    def sorted_by(self, queryset: ClusterQuerySet, name: str, value: str) -> QuerySet:
        if value == "figures":
            # Its own alone: a figure of several is nobody's, and one set aside documents nothing.
            own = Observation.objects.visible().as_of(self.day).filter(scope=Observation.Scope.CLUSTER)
            shown = Q(observation_links__observation__in=own.exclude(rank=Observation.Rank.DEPRECATED))
            queryset = queryset.annotate(figure_count=Count("observation_links", filter=shown, distinct=True))
        return queryset.order_by(*SORTS[value][1], "pk")

    def filter_queryset(self, queryset: ClusterQuerySet) -> QuerySet:
        rows = super().filter_queryset(queryset)
        return self._hits.in_order(rows) if "q" in self.asked and "sort" not in self.asked else rows

    @property
    def _hits(self) -> fulltext.Hits:
        query = self._cleaned["q"]
        if ("q", query) not in self._known:
            self._known["q", query] = fulltext.hits(self.queryset, query)
        return self._known["q", query]

    @property
    def _participations(self) -> QuerySet:
        return Participation.objects.visible().as_of(self.day)

    @property
    def _status(self) -> str:
        return "status_then" if self.moment else "status"

    @cached_property
    def _cleaned(self) -> dict[str, Any]:
        if not self.is_bound:
            return {}
        self.form.is_valid()
        return self.form.cleaned_data

    # -- what was asked

    @property
    def moment(self) -> Moment | None:
        """The day as of which the registry is read; None for today."""
        return self._cleaned.get("as_of") or None

    @property
    def day(self) -> Any:
        return self.moment and self.moment.day

    @cached_property
    def asked(self) -> dict[str, Any]:
        """The filters in force, as they stand in an address: a text, or a list for those that take several."""
        found: dict[str, Any] = {}
        for name in self.filters:
            value = self._cleaned.get(name)
            if value not in (None, "", []):
                found[name] = value.text if isinstance(value, Moment) else value
        return found

    @cached_property
    def complaints(self) -> list[str]:
        """What was asked and could not be understood, in sentences."""
        if not self.is_bound:
            return []
        said = [sentence for name, errors in self.form.errors.items() if name == "as_of" for sentence in errors]
        unknown = any(
            set(filter(None, self.form[name].value() or ())) - set(self.asked.get(name, ()))
            for name in (*FACETS, "place")
        )
        if unknown or set(self.form.errors) - {"as_of"}:
            said.append(gettext("Un filtre n’a pas été compris ; la liste n’en tient pas compte."))
        return said

    @property
    def wrong_day(self) -> str:
        """What was asked as a day and is none, which the first complaint is about; "" where nothing is wrong with it."""
        return self.data.get("as_of", "") if self.is_bound and "as_of" in self.form.errors else ""

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the list (a sort does not)."""
        return bool(set(self.asked) - {"sort"}) or bool(self.complaints)

    def href(self, **changes: Any) -> str:
        """The address of this list with some filters changed, or taken away by None."""
        values = {name: value for name, value in {**self.asked, **self.kept, **changes}.items() if value}
        return f"?{urlencode(values, doseq=True)}" if values else "?"

    @property
    def querystring(self) -> str:
        """The filters in force and what is kept, ready to stand before `page=`."""
        values = {**self.asked, **self.kept}
        return f"{urlencode(values, doseq=True)}&" if values else ""

    def hidden(self, *but: str) -> list[tuple[str, str]]:
        """What is in force as (name, value), for a form beside the list that must keep it."""
        values = {name: value for name, value in {**self.asked, **self.kept}.items() if name not in but}
        return [
            (name, one) for name, value in values.items() for one in (value if isinstance(value, list) else [value])
        ]

    @cached_property
    def active(self) -> list[dict[str, str]]:
        """Each value in force in words, with the address that takes it away."""
        shown = []
        if "q" in self.asked:
            shown.append({"label": f"« {self.asked['q']} »", "href": self.href(q=None), "without": self._without("q")})
        for name in (*FACETS, "place"):
            labels = self._labels(name) if name in self.asked else {}
            for value in self.asked.get(name, ()):
                rest = self._without(name, value)
                shown.append({"label": labels[value], "href": self.href(**{name: rest.get(name)}), "without": rest})
        return shown

    def _labels(self, name: str) -> dict[str, str]:
        if name == "place":
            return self._place_labels()
        return {str(key): str(label) for key, label in self.form.fields[name].choices}

    def _place_labels(self) -> dict[str, str]:
        """What the places asked for are called; one where nothing is, by its coordinates."""
        asked = self.asked["place"]
        found = self.queryset.at(places.points(asked)).order_by("city", "region")
        names = {
            places.written(latitude, longitude): city or region or str(countries.name(country))
            for latitude, longitude, city, region, country in found.values_list(
                "latitude", "longitude", "city", "region", "country"
            )
        }
        nowhere = {places.NOWHERE: gettext("Sans lieu sur la carte")}
        return {one: nowhere.get(one) or names.get(one) or one for one in asked}

    def _without(self, name: str, value: str = "") -> dict[str, Any]:
        rest = [one for one in self.asked[name] if one != value] if value else None
        return {key: one for key, one in {**self.asked, name: rest}.items() if one}

    # -- what is found

    def _narrowed(self, *but: str) -> QuerySet:
        """The rows that the filters leave, some filters left aside; in no order."""
        rows = self.queryset.all()
        for name, value in self._cleaned.items():
            if name not in (*but, "sort"):
                rows = self.filters[name].filter(rows, value)
        return rows.order_by()

    @cached_property
    def _cells(self) -> list[tuple[dict[str, str], int]]:
        """How many rows there are of each country, status and kind, those three filters left aside.

        One statement instead of five: the facets of all three, the total and the summary are sums of these few cells.
        """
        rows = self._narrowed(*COLUMNS).values_list("country", self._status, "kind").annotate(total=Count("pk"))
        return [(dict(zip(COLUMNS, row[:3], strict=True)), row[3]) for row in rows]

    def _tally(self, count_by: str = "") -> Counter[str]:
        """Rows by the values of one column, or all under "", within what the other columns leave."""
        counted: Counter[str] = Counter()
        for cell, total in self._cells:
            others = (cell[name] in self.asked[name] for name in COLUMNS if name != count_by and name in self.asked)
            if all(others):
                counted[cell[count_by] if count_by else ""] += total
        return counted

    @cached_property
    def total(self) -> int:
        """How many clusters are found."""
        return self._tally()[""]

    @cached_property
    def _in_sectors(self) -> Counter[str]:
        rows = self._narrowed("sector").filter(sector_links__isnull=False)
        return self._by_code("sector", rows.values_list("sector_links__sector").annotate(total=Count("pk")))

    @cached_property
    def _in_programmes(self) -> Counter[str]:
        rows = Participation.objects.of_visible(self._narrowed("programme").values("pk")).as_of(self.day)
        counted = rows.order_by().values_list("programme").annotate(total=Count("cluster", distinct=True))
        return self._by_code("programme", counted)

    def _by_code(self, name: str, counted: Iterable[tuple[int, int]]) -> Counter[str]:
        """Counts by key as counts by what stands in an address: grouped by key, the database reads no other table."""
        codes = {pk: code for code, _label, pk in self._rows_of(name)}
        return Counter({codes[pk]: total for pk, total in counted if pk in codes})

    def facets(self) -> list[dict[str, Any]]:
        """For each facet its choices with how many clusters each would leave, the other filters staying as they are."""
        through = {"sector": self._in_sectors, "programme": self._in_programmes}
        return [
            {
                "name": name,
                "label": str(self.filters[name].label),
                "choices": self._choices(name, through[name] if name in THROUGH else self._tally(name)),
                "chosen": name in self.asked,
            }
            for name in FACETS
        ]

    def _choices(self, name: str, counted: Counter[str]) -> list[dict[str, Any]]:
        labels, chosen = self._labels(name), self.asked.get(name, [])
        choices = [
            {
                "value": value,
                "label": labels[value],
                "count": counted[value],
                "current": value in chosen,
                "href": self.href(
                    **{name: [one for one in chosen if one != value] if value in chosen else [*chosen, value]}
                ),
            }
            for value in {*counted, *chosen} & labels.keys()
        ]
        return sorted(choices, key=lambda choice: (-choice["count"], sort_key(choice["label"])))

    def summary(self) -> str:
        """« 13 clusters, dont 11 actifs, dans 4 secteurs et 2 pays »: what the filtered set holds, in a sentence."""
        if not self.total:
            return gettext("Aucun cluster ne correspond à cette recherche.")
        parts = [ngettext("%d cluster", "%d clusters", self.total) % self.total]
        cells = [
            cell for cell, _total in self._cells if all(cell[n] in self.asked[n] for n in COLUMNS if n in self.asked)
        ]
        statuses = self._tally("status")
        active = statuses[Status.ACTIVE] if Status.ACTIVE in self.asked.get("status", [Status.ACTIVE]) else 0
        if active:
            parts.append(ngettext("dont %d actif", "dont %d actifs", active) % active)
        sectors, lands = self._sector_count(), len({cell["country"] for cell in cells})
        where = [
            ngettext("%d secteur", "%d secteurs", sectors) % sectors,
            ngettext("%d pays", "%d pays", lands) % lands,
        ]
        return f"{', '.join(parts)}, {gettext('dans')} {gettext(' et ').join(where)}"

    def _sector_count(self) -> int:
        if "sector" not in self.asked:
            return len(self._in_sectors)
        links = ClusterSector.objects.filter(cluster__in=self._narrowed().values("pk"))
        return links.aggregate(total=Count("sector", distinct=True))["total"]

    # -- where nothing is found

    def ways_out(self) -> list[dict[str, Any]]:
        """What to take away so that something is found: each value in force, how many would be left without it."""
        offered = []
        for one in self.active[:WAYS_OUT]:
            wider = ClusterFilter(_query(one["without"]), queryset=self.queryset)
            wider._known = self._known
            if wider.total:
                offered.append({"label": one["label"], "href": one["href"], "left": wider.total})
        return offered

    def alike(self) -> list[dict[str, str]]:
        """Clusters whose name resembles what was searched for, each with the address that searches for it."""
        words = sort_key(self.asked.get("q", ""))
        if len(words) < 3:
            return []
        near = (
            Q(sort_name__startswith=words[:2])
            | Q(sort_name__contains=f"0{words[:2]}")
            | Q(acronym__istartswith=words[:2])
        )
        names: dict[str, str] = {}
        for name, acronym in (
            self.queryset.filter(near).order_by("sort_name", "pk").values_list("name", "acronym")[:500]
        ):
            for said in filter(None, (name, acronym, *name.split())):
                names.setdefault(sort_key(said), said)
        close = difflib.get_close_matches(words, names, n=ALIKE, cutoff=0.7)
        return [{"label": names[one], "href": self.href(q=names[one])} for one in close]


def _query(values: Mapping[str, Any]) -> Any:
    """Filters as data of a form."""
    return MultiValueDict({k: v if isinstance(v, list) else [v] for k, v in values.items()})


def asked_moment(data: Mapping[str, str]) -> tuple[Moment | None, list[str]]:
    """The day that a record's page is asked for by `?as_of=`, and sentences about one that is none."""
    try:
        return MomentField(required=False).clean(data.get("as_of", "")), []
    except ValidationError as error:
        return None, error.messages
