"""A lower bound is said as the sources say it, « plus de 200 »: the word that editors choose is the one readers get."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clusters", "0009_append_only")]

    operations = [
        migrations.AlterField(
            model_name="observation",
            name="precision",
            field=models.CharField(
                choices=[
                    ("exact", "exactement"),
                    ("about", "environ"),
                    ("at_least", "plus de"),
                    ("at_most", "au plus"),
                ],
                default="exact",
                help_text="«\u202fenviron\u202f», «\u202fplus de\u202f»… comme la source l’écrit.",
                max_length=8,
                verbose_name="précision",
            ),
        ),
    ]
