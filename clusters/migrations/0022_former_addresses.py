"""Slugs that records have left are remembered, so that what readers have kept of them still leads somewhere."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clusters", "0021_working_copies_and_open_forms")]

    operations = [
        migrations.CreateModel(
            name="FormerAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60, verbose_name="type")),
                ("slug", models.CharField(max_length=160, verbose_name="ancienne adresse")),
                ("object_id", models.PositiveBigIntegerField(verbose_name="identifiant")),
                ("left_at", models.DateTimeField(auto_now_add=True, verbose_name="quittée le")),
            ],
            options={
                "verbose_name": "ancienne adresse",
                "verbose_name_plural": "anciennes adresses",
                "ordering": ["-left_at", "-pk"],
                "indexes": [models.Index(fields=["kind", "object_id"], name="former_address_of_record")],
                "constraints": [models.UniqueConstraint(fields=["kind", "slug"], name="former_address_once")],
            },
        ),
    ]
