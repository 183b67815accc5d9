"""Facets are counted, and pages ordered, in indexes that hold all they ask for, not in the rows with their texts."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clusters", "0010_more_than_is_said_so"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="cluster",
            name="cluster_public_name",
        ),
        migrations.AddIndex(
            model_name="cluster",
            index=models.Index(fields=["publication", "merged_into", "sort_name"], name="cluster_public_name"),
        ),
        migrations.AddIndex(
            model_name="cluster",
            index=models.Index(
                fields=["publication", "merged_into", "country", "status", "kind"], name="cluster_public_cells"
            ),
        ),
        migrations.AddIndex(
            model_name="clustersector",
            index=models.Index(fields=["sector", "cluster"], name="cluster_sector_counted"),
        ),
        migrations.AddIndex(
            model_name="observation",
            index=models.Index(fields=["country"], name="observation_of_country"),
        ),
        migrations.AddIndex(
            model_name="participation",
            index=models.Index(fields=["cluster", "programme", "source"], name="participation_counted"),
        ),
    ]
