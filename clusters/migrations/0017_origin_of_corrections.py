"""Of a figure and its corrections the last one that may be shown is in force, however many lie between: each knows the first."""

import django.db.models.deletion
from django.db import migrations, models


def trace(apps, schema_editor):
    figures = apps.get_model("clusters", "Observation").objects
    origins = {}
    for pk, corrected in figures.exclude(supersedes=None).order_by("pk").values_list("pk", "supersedes"):
        origins[pk] = origins.get(corrected, corrected)
    for pk, origin in origins.items():
        figures.filter(pk=pk).update(origin=origin)


class Migration(migrations.Migration):
    dependencies = [("clusters", "0016_versions_of_what_clusters_refer_to")]
    operations = [
        migrations.AddField(
            "observation",
            "origin",
            models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="clusters.observation",
                verbose_name="premier chiffre corrigé",
            ),
        ),
        migrations.RunPython(trace, migrations.RunPython.noop),
    ]
