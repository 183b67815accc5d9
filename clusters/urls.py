"""Addresses of the registry."""

from django.urls import path

from clusters.views import comparison, corrections, exports, maps, records

app_name = "clusters"
urlpatterns = [
    path("clusters/", records.cluster_list, name="list"),
    path("clusters/export.csv", exports.csv_file, name="export_csv"),
    path("clusters/export.xlsx", exports.xlsx_file, name="export_xlsx"),
    path("clusters/export.json", exports.json_file, name="export_json"),
    path("clusters/export.geojson", exports.geojson_file, name="export_geojson"),
    path("clusters/export.zip", exports.dump_file, name="export_zip"),
    path("clusters/map/", maps.cluster_map, name="map"),
    path("clusters/compare/", comparison.compare, name="compare"),
    path("clusters/<slug:slug>/", records.cluster_detail, name="detail"),
    path("clusters/<slug:slug>/correction/", corrections.propose, {"kind": "cluster"}, name="correct_cluster"),
    path("programmes/<slug:slug>/", records.programme_detail, name="programme"),
    path("programmes/<slug:slug>/correction/", corrections.propose, {"kind": "programme"}, name="correct_programme"),
    path("sources/<slug:slug>/", records.source_detail, name="source"),
    path("sources/<slug:slug>/correction/", corrections.propose, {"kind": "source"}, name="correct_source"),
    path("corrections/<slug:token>/", corrections.followed, name="correction_followed"),
]
