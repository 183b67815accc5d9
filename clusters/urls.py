"""Addresses of the registry."""

from django.urls import path

from clusters.views import records

app_name = "clusters"
urlpatterns = [
    path("clusters/", records.cluster_list, name="list"),
    path("clusters/<slug:slug>/", records.cluster_detail, name="detail"),
    path("programmes/<slug:slug>/", records.programme_detail, name="programme"),
    path("sources/<slug:slug>/", records.source_detail, name="source"),
]
