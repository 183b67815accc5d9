"""A proposed correction says of when it is, so that accepting it needs no retyping."""

from django.db import migrations

import clusters.dates


class Migration(migrations.Migration):
    dependencies = [
        ("clusters", "0013_namesakes"),
    ]

    operations = [
        migrations.AddField(
            model_name="suggestion",
            name="dated",
            field=clusters.dates.PartialDateField(
                blank=True,
                default="",
                first="",
                help_text="Année, mois ou jour\xa0: 2008, 2013-11, 2017-03-12\u202f; une période\xa0: 2016/2017\u202f; vide si la date est inconnue.",
                last="",
                max_length=21,
                verbose_name="date du fait",
            ),
        ),
    ]
