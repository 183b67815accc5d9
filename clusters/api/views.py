"""The addresses of the API: lists of records, one cluster, an index, and the description."""

from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet
from django.http import Http404, HttpResponseBase, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.urls import get_resolver, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clusters.api.description import AS_OF, FILTERS, description, serializer, told
from clusters.api.manner import Pages, Reading
from clusters.exports import querysets, records
from clusters.exports.about import RULES, credit, licence
from clusters.filters import ClusterFilter
from clusters.models import Cluster, Indicator, Sector


def asked(request: Request) -> ClusterFilter:
    """The filters of the list. Unlike the list, which says so and goes on, a program is told of what is not understood.

    Raises:
        ValidationError: a value that its filter does not know; says which.
    """
    found = ClusterFilter(request.query_params or None)
    errors = {}
    for name in found.filters:
        given = [value for value in request.query_params.getlist(name) if value.strip()]
        known = found.asked.get(name, [])
        unknown = [value for value in given if value not in known] if isinstance(known, list) else []
        if unknown:
            errors[name] = [
                gettext("« %(value)s » n’est pas une valeur de « %(name)s ».") % {"value": one[:80], "name": name}
                for one in unknown
            ]
            if name == "as_of":
                errors[name].append(
                    gettext("Écrivez une année, un mois ou un jour passés : 2018, 2018-06, 2018-12-31.")
                )
    if errors:
        raise exceptions.ValidationError(errors)
    return found


class Listing(Reading, ListAPIView):
    """A list of records."""

    pagination_class = Pages
    filter_backends: list[Any] = []

    def get_queryset(self) -> QuerySet:
        raise NotImplementedError


@told("clusters", _("Clusters, avec les filtres de la liste"), parameters=FILTERS)
class Clusters(Listing):
    serializer_class = serializer(records.CLUSTER)

    def get_queryset(self) -> QuerySet:
        found = asked(self.request)
        return querysets.clusters(found.qs, found.day)


@told("cluster", _("Un cluster, par son identifiant"), parameters=[AS_OF], responses=serializer(records.CLUSTER))
class OneCluster(Reading, APIView):
    def get(self, request: Request, public_id: str) -> HttpResponseBase:
        day = asked(request).day
        rows = querysets.clusters(Cluster.objects.visible().as_of(day), day)
        cluster = rows.filter(public_id=public_id).first()
        if cluster is None:
            survivor = get_object_or_404(Cluster.objects.survivors_of(public_id=public_id))
            query = f"?{request.query_params.urlencode()}" if request.query_params else ""
            return HttpResponsePermanentRedirect(reverse("api:cluster", args=[survivor.public_id]) + query)
        return Response(records.CLUSTER.of(cluster))


@told(
    "observations",
    _("Chiffres, chacun une fois ; avec les filtres de la liste, ceux des clusters qu’elle retient"),
    parameters=[
        *FILTERS,
        OpenApiParameter("cluster", str, description=_("Identifiant d’un cluster : ses chiffres, seul ou avec d’autres.")),
        OpenApiParameter("indicator", str, description=_("Code d’un indicateur.")),
        OpenApiParameter("source", str, description=_("Identifiant d’une source.")),
    ],
)  # fmt: skip
class Observations(Listing):
    serializer_class = serializer(records.OBSERVATION)

    def get_queryset(self) -> QuerySet:
        found = asked(self.request)
        narrowed = set(found.asked) - {"as_of", "sort"}
        rows = (
            querysets.observations_of(found.qs, found.day)
            if narrowed
            else querysets.observations(found.day).order_by("pk")
        )
        for name, column in (
            ("cluster", "clusters__public_id"),
            ("indicator", "indicator__code"),
            ("source", "source__slug"),
        ):
            if value := self.request.query_params.get(name):
                rows = rows.filter(**{column: value})
        return rows


@told("programmes", _("Programmes, appels et labels"))
class Programmes(Listing):
    serializer_class = serializer(records.PROGRAMME)

    def get_queryset(self) -> QuerySet:
        return querysets.programmes()


@told("sources", _("Sources, les plus récentes d’abord"))
class Sources(Listing):
    serializer_class = serializer(records.SOURCE)

    def get_queryset(self) -> QuerySet:
        return querysets.sources()


@told("indicators", _("Indicateurs"))
class Indicators(Listing):
    serializer_class = serializer(records.INDICATOR)

    def get_queryset(self) -> QuerySet:
        return Indicator.objects.order_by(F("position"), "pk")


@told("sectors", _("Secteurs"))
class Sectors(Listing):
    serializer_class = serializer(records.SECTOR)

    def get_queryset(self) -> QuerySet:
        return Sector.objects.order_by("label", "pk")


@extend_schema(exclude=True)
class Index(Reading, APIView):
    """What there is, each with its address."""

    def get(self, request: Request) -> Response:
        names = ("clusters", "observations", "programmes", "sources", "indicators", "sectors", "schema")
        links = {name: f"{settings.SITE_URL}{reverse(f'api:{name}')}" for name in names}
        return Response({**links, "licence": licence(), "credit": credit(), "notes": [str(rule) for rule in RULES]})


@extend_schema(exclude=True)
class Description(Reading, APIView):
    """The description of the API, OpenAPI 3.0."""

    def get(self, request: Request) -> Response:
        return Response(description(get_resolver("clusters.api.urls").url_patterns))


@extend_schema(exclude=True)
class Nothing(Reading, APIView):
    def get(self, request: Request, rest: str) -> Response:
        raise Http404
