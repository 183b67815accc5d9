"""Acronyms and other names get a key too: records are compared by it, whatever the accents and capitals."""

from django.db import migrations

from clusters.models.names import SortKeyField, sort_key


def fill(apps, schema_editor):
    for model, column, key in (("Cluster", "acronym", "sort_acronym"), ("ClusterName", "value", "sort_value")):
        rows = apps.get_model("clusters", model).objects.exclude(**{column: ""})
        for pk, text in rows.values_list("pk", column).iterator(chunk_size=1000):
            rows.filter(pk=pk).update(**{key: sort_key(text)})


class Migration(migrations.Migration):
    dependencies = [("clusters", "0012_addresses_and_survivors")]

    operations = [
        migrations.AddField(
            model_name="cluster",
            name="sort_acronym",
            field=SortKeyField(
                db_index=True, default="", editable=False, max_length=200, of="acronym", verbose_name="clé du sigle"
            ),
        ),
        migrations.AddField(
            model_name="clustername",
            name="sort_value",
            field=SortKeyField(
                db_index=True, default="", editable=False, max_length=200, of="value", verbose_name="clé du nom"
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
