"""The filters of the article list: tag, author, series, country of the clusters, year and month."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractMonth, ExtractYear
from django.utils import dates
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from articles.models import Article, Author, Series, Tag
from clusters.models import Cluster


def _countries() -> Iterable[tuple[str, str]]:
    followed = set(Cluster.objects.visible().values_list("country", flat=True))
    return [(code, name) for code, name in countries if code in followed]


class ArticleFilter(django_filters.FilterSet):
    """Filters of `/articles/`; the archive is two of them, `year` and `month`."""

    tag = django_filters.ModelChoiceFilter(
        label=_("Mot-dièse"),
        empty_label=_("Tous"),
        queryset=lambda request: Tag.objects.visible(),
        field_name="tags",
        to_field_name="slug",
    )
    series = django_filters.ModelChoiceFilter(
        label=_("Dossier"),
        empty_label=_("Tous"),
        queryset=lambda request: Series.objects.visible(),
        to_field_name="slug",
    )
    author = django_filters.ModelChoiceFilter(
        label=_("Auteur"),
        empty_label=_("Tous"),
        queryset=lambda request: Author.objects.visible(),
        field_name="authors",
        to_field_name="slug",
    )
    country = django_filters.ChoiceFilter(
        label=_("Pays"), empty_label=_("Tous"), choices=_countries, method="about_country"
    )
    year = django_filters.NumberFilter(
        label=_("Année"), field_name="published_at", lookup_expr="year", min_value=1900, max_value=2999
    )
    month = django_filters.NumberFilter(
        label=_("Mois"), field_name="published_at", lookup_expr="month", min_value=1, max_value=12
    )

    class Meta:
        model = Article
        fields: list[str] = []

    def __init__(self, data: Any = None, queryset: QuerySet | None = None, **kwargs: Any) -> None:
        super().__init__(data, Article.objects.visible().newest_first() if queryset is None else queryset, **kwargs)

    def about_country(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(clusters__in=Cluster.objects.visible().filter(country=value)).distinct()

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
        return bool(self.asked) or bool(self.is_bound and self.form.errors)

    @property
    def querystring(self) -> str:
        """The filters in force, ready to stand before `page=`."""
        return f"{urlencode(self.asked)}&" if self.asked else ""

    def summary(self, total: int) -> str:
        if not total:
            return gettext("Aucun article ne correspond à cette recherche.")
        return ngettext("%d article", "%d articles", total) % total

    def archive(self) -> list[dict[str, Any]]:
        """Years, the latest first, each with its months: how many articles, the address, whether it is the one shown."""
        rows = (
            Article.objects.visible()
            .order_by()
            .annotate(year=ExtractYear("published_at"), month=ExtractMonth("published_at"))
            .values("year", "month")
            .annotate(total=Count("pk"))
            .order_by("-year", "-month")
        )
        year, month = self.asked.get("year"), self.asked.get("month")
        years: dict[int, dict[str, Any]] = {}
        for row in rows:
            block = years.setdefault(
                row["year"],
                {
                    "year": row["year"],
                    "count": 0,
                    "href": f"?year={row['year']}",
                    "current": str(row["year"]) == year,
                    "months": [],
                },
            )
            block["count"] += row["total"]
            block["months"].append(
                {
                    "label": str(dates.MONTHS[row["month"]]),
                    "count": row["total"],
                    "href": f"?year={row['year']}&month={row['month']}",
                    "current": block["current"] and str(row["month"]) == month,
                }
            )
        return list(years.values())
