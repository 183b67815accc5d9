"""The digest of a cluster's logo, which is stored as every picture is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clusters", "0002_fulltext"),
    ]

    operations = [
        migrations.AddField(
            model_name="cluster",
            name="logo",
            field=models.CharField(
                blank=True, editable=False, help_text="Empreinte du fichier.", max_length=64, verbose_name="logo"
            ),
        ),
    ]
