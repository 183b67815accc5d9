"""A correction that two editors made a duplicate of itself waits again: nothing was decided of it."""

from django.db import migrations, models


def reopen(apps, schema_editor):
    itself = apps.get_model("clusters", "Suggestion").objects.filter(duplicate_of=models.F("pk"))
    itself.update(state="new", duplicate_of=None, decided_at=None, decided_by=None)


class Migration(migrations.Migration):
    dependencies = [("clusters", "0017_origin_of_corrections")]

    operations = [migrations.RunPython(reopen, migrations.RunPython.noop)]
