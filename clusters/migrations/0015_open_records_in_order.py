"""PostgreSQL finds the open records in their order, and counts them by the facets, in indexes of those records alone."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clusters", "0014_date_of_a_proposed_correction"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="cluster",
            index=models.Index(
                condition=models.Q(("merged_into", None), ("publication", "published")),
                fields=["sort_name", "id"],
                name="cluster_open_name",
            ),
        ),
        migrations.AddIndex(
            model_name="cluster",
            index=models.Index(
                condition=models.Q(("merged_into", None), ("publication", "published")),
                fields=["country", "status", "kind", "id"],
                name="cluster_open_cells",
            ),
        ),
    ]
