"""The help of the body says how all shortcuts are shown."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0014_series_articles_index"),
    ]

    operations = [
        migrations.AlterField(
            model_name="article",
            name="body",
            field=models.TextField(
                blank=True,
                help_text="Deux niveaux de titres\u202f; Ctrl+Maj+K insère le renvoi à une fiche de cluster, Ctrl+/ montre tous les raccourcis.",
                verbose_name="texte",
            ),
        ),
    ]
