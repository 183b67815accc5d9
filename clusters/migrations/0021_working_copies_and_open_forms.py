"""A version may be a working copy or have a name, and who has a record open in a form is known to all processes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clusters", "0020_proof_of_a_correction"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OpenForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60, verbose_name="type")),
                ("object_id", models.PositiveBigIntegerField(verbose_name="identifiant")),
                ("tab", models.CharField(max_length=40, verbose_name="onglet")),
                ("version", models.PositiveIntegerField(verbose_name="version lue")),
                ("made", models.PositiveIntegerField(null=True, verbose_name="version faite")),
                ("shown", models.BinaryField(null=True, verbose_name="état affiché")),
                ("last_seen", models.DateTimeField(db_index=True, verbose_name="dernier signe")),
            ],
            options={
                "verbose_name": "formulaire ouvert",
                "verbose_name_plural": "formulaires ouverts",
            },
        ),
        migrations.AddField(
            model_name="revision",
            name="base",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="faite à partir de la version"),
        ),
        migrations.AddField(
            model_name="revision",
            name="name",
            field=models.CharField(blank=True, max_length=80, verbose_name="nom de la version"),
        ),
        migrations.AlterField(
            model_name="revision",
            name="act",
            field=models.CharField(
                choices=[
                    ("created", "Création"),
                    ("changed", "Modification"),
                    ("published", "Publication"),
                    ("withdrawn", "Retrait du site"),
                    ("verified", "Vérification"),
                    ("restored", "Retour à un état antérieur"),
                    ("imported", "Import"),
                    ("suggested", "Correction proposée par un lecteur"),
                    ("merged", "Fusion"),
                    ("unmerged", "Fusion annulée"),
                    ("autosaved", "Enregistrement automatique"),
                    ("drafted", "Copie de travail"),
                    ("dropped", "Copie de travail abandonnée"),
                ],
                max_length=10,
                verbose_name="acte",
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(("base", None), ("base__lt", models.F("number")), _connector="OR"),
                name="revision_base_is_earlier",
            ),
        ),
        migrations.AddField(
            model_name="openform",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="personne",
            ),
        ),
        migrations.AddConstraint(
            model_name="openform",
            constraint=models.UniqueConstraint(fields=("kind", "object_id", "user", "tab"), name="open_form_once"),
        ),
        migrations.AddConstraint(
            model_name="openform",
            constraint=models.CheckConstraint(
                condition=models.Q(("made__isnull", False), ("shown", None), _connector="OR"),
                name="open_form_shows_what_it_made",
            ),
        ),
    ]
