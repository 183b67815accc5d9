"""Every cluster gets the key by which it is sorted."""

from django.db import migrations

from clusters.models.names import sort_key


def fill(apps, schema_editor):
    rows = apps.get_model("clusters", "Cluster").objects
    for pk, name in rows.values_list("pk", "name").iterator(chunk_size=1000):
        rows.filter(pk=pk).update(sort_name=sort_key(name))


class Migration(migrations.Migration):
    dependencies = [("clusters", "0007_history_corrections_merges")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
