"""Addresses of the API."""

from django.urls import path

from clusters import addresses
from clusters.api import views
from clusters.models import Programme, Source

app_name = "api"
by_programme = addresses.lasting_query(programme=Programme.objects.visible)
by_source = addresses.lasting_query(source=Source.objects.visible)
urlpatterns = [
    path("", views.Index.as_view(), name="index"),
    path("clusters/", by_programme(views.Clusters.as_view()), name="clusters"),
    path("clusters/<str:public_id>/", views.OneCluster.as_view(), name="cluster"),
    path("observations/", by_source(views.Observations.as_view()), name="observations"),
    path("programmes/", views.Programmes.as_view(), name="programmes"),
    path("sources/", views.Sources.as_view(), name="sources"),
    path("indicators/", views.Indicators.as_view(), name="indicators"),
    path("sectors/", views.Sectors.as_view(), name="sectors"),
    path("schema/", views.Description.as_view(), name="schema"),
    # Last, and only what ends with a slash: an address without it is redirected as everywhere on the site.
    path("<path:rest>/", views.Nothing.as_view(), name="nothing"),
]
