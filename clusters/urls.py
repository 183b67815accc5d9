"""Addresses of the registry."""

from django.urls import path

from clusters import views

app_name = "clusters"
urlpatterns = [
    path("clusters/", views.cluster_list, name="list"),
    path("clusters/<slug:slug>/", views.cluster_detail, name="detail"),
    path("programmes/<slug:slug>/", views.programme_detail, name="programme"),
    path("sources/<slug:slug>/", views.source_detail, name="source"),
]
