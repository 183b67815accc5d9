"""The same sentences of help, set in French typography."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import clusters.dates


class Migration(migrations.Migration):
    dependencies = [
        ("clusters", "0005_partial_dates_have_both_days"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="clustername",
            name="valid_from",
            field=clusters.dates.PartialDateField(
                blank=True,
                default="",
                first="valid_from_first",
                help_text="Année, mois ou jour\xa0: 2008, 2013-11, 2017-03-12\u202f; une période\xa0: 2016/2017\u202f; vide si la date est inconnue.",
                last="valid_from_last",
                max_length=21,
                verbose_name="depuis",
            ),
        ),
        migrations.AlterField(
            model_name="clustername",
            name="valid_to",
            field=clusters.dates.PartialDateField(
                blank=True,
                default="",
                first="valid_to_first",
                help_text="Année, mois ou jour\xa0: 2008, 2013-11, 2017-03-12\u202f; une période\xa0: 2016/2017\u202f; vide si la date est inconnue.",
                last="valid_to_last",
                max_length=21,
                verbose_name="jusqu’à",
            ),
        ),
        migrations.AlterField(
            model_name="indicator",
            name="unit",
            field=models.CharField(
                blank=True, help_text="Au pluriel\xa0: adhérents, hectares…", max_length=40, verbose_name="unité"
            ),
        ),
        migrations.AlterField(
            model_name="observation",
            name="currency",
            field=models.CharField(
                blank=True, help_text="Code ISO 4217\xa0: MAD, EUR, TND, DZD…", max_length=3, verbose_name="monnaie"
            ),
        ),
        migrations.AlterField(
            model_name="observation",
            name="dated",
            field=clusters.dates.PartialDateField(
                blank=True,
                default="",
                first="dated_first",
                help_text="Année, mois ou jour\xa0: 2008, 2013-11, 2017-03-12\u202f; une période\xa0: 2016/2017\u202f; vide si la date est inconnue.",
                last="dated_last",
                max_length=21,
                verbose_name="date du fait",
            ),
        ),
        migrations.AlterField(
            model_name="observation",
            name="period_note",
            field=models.CharField(
                blank=True,
                help_text="Par exemple «\u202fcumul depuis 2008\u202f» ou «\u202fau plus tard mars 2020\u202f».",
                max_length=200,
                verbose_name="précision sur la date",
            ),
        ),
        migrations.AlterField(
            model_name="participation",
            name="level",
            field=models.CharField(
                blank=True, help_text="D’un label\xa0: bronze, argent, or…", max_length=80, verbose_name="niveau"
            ),
        ),
        migrations.AlterField(
            model_name="participation",
            name="valid_from",
            field=clusters.dates.PartialDateField(
                blank=True,
                default="",
                first="valid_from_first",
                help_text="Année, mois ou jour\xa0: 2008, 2013-11, 2017-03-12\u202f; une période\xa0: 2016/2017\u202f; vide si la date est inconnue.",
                last="valid_from_last",
                max_length=21,
                verbose_name="depuis",
            ),
        ),
        migrations.AlterField(
            model_name="participation",
            name="valid_to",
            field=clusters.dates.PartialDateField(
                blank=True,
                default="",
                first="valid_to_first",
                help_text="Année, mois ou jour\xa0: 2008, 2013-11, 2017-03-12\u202f; une période\xa0: 2016/2017\u202f; vide si la date est inconnue.",
                last="valid_to_last",
                max_length=21,
                verbose_name="jusqu’à",
            ),
        ),
        migrations.AlterField(
            model_name="programme",
            name="end",
            field=clusters.dates.PartialDateField(
                blank=True,
                default="",
                first="end_first",
                help_text="Année, mois ou jour\xa0: 2008, 2013-11, 2017-03-12\u202f; une période\xa0: 2016/2017\u202f; vide si la date est inconnue.",
                last="end_last",
                max_length=21,
                verbose_name="fin",
            ),
        ),
        migrations.AlterField(
            model_name="programme",
            name="start",
            field=clusters.dates.PartialDateField(
                blank=True,
                default="",
                first="start_first",
                help_text="Année, mois ou jour\xa0: 2008, 2013-11, 2017-03-12\u202f; une période\xa0: 2016/2017\u202f; vide si la date est inconnue.",
                last="start_last",
                max_length=21,
                verbose_name="début",
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="derived_from",
            field=models.ForeignKey(
                blank=True,
                help_text="La source dont celle-ci tire ses faits\xa0: deux sources issues d’une même étude sont un seul témoin.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="derived",
                to="clusters.source",
                verbose_name="d’après",
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="published",
            field=clusters.dates.PartialDateField(
                blank=True,
                default="",
                first="published_first",
                help_text="Année, mois ou jour\xa0: 2008, 2013-11, 2017-03-12\u202f; une période\xa0: 2016/2017\u202f; vide si la date est inconnue.",
                last="published_last",
                max_length=21,
                verbose_name="parue le",
            ),
        ),
        migrations.AlterField(
            model_name="statuschange",
            name="since",
            field=clusters.dates.PartialDateField(
                blank=True,
                default="",
                first="since_first",
                help_text="Année, mois ou jour\xa0: 2008, 2013-11, 2017-03-12\u202f; une période\xa0: 2016/2017\u202f; vide si la date est inconnue.",
                last="since_last",
                max_length=21,
                verbose_name="depuis",
            ),
        ),
        migrations.AlterConstraint(
            model_name="cluster",
            name="cluster_coordinates_have_a_precision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("latitude", None), models.Q(("location_precision", ""), _negated=True), _connector="OR"
                ),
                name="cluster_coordinates_have_a_precision",
                violation_error_message="Dites la précision du lieu\xa0: des coordonnées sans précision trompent.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="observation",
            name="observation_currency_code",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency", ""), ("currency__regex", "^[A-Z]{3}$"), _connector="OR"),
                name="observation_currency_code",
                violation_error_message="La monnaie s’écrit en trois capitales\xa0: MAD, EUR, TND, DZD…",
            ),
        ),
        migrations.AlterConstraint(
            model_name="observation",
            name="observation_scope_and_subject",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("country", ""), ("programme", None), ("scope__in", ("cluster", "joint"))),
                    models.Q(("country", ""), ("programme__isnull", False), ("scope", "programme")),
                    models.Q(("programme", None), ("scope", "country"), models.Q(("country", ""), _negated=True)),
                    _connector="OR",
                ),
                name="observation_scope_and_subject",
                violation_error_message="Indiquez ce sur quoi porte le chiffre\xa0: un programme ou un pays, selon le choix fait, et rien d’autre.",
            ),
        ),
    ]
