"""Records keep their history; readers propose corrections; two records of one body become one."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import clusters.models.suggestions


class Migration(migrations.Migration):
    dependencies = [
        ("clusters", "0006_words_of_help"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClusterIdentifier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "registry",
                    models.CharField(
                        choices=[
                            ("wikidata", "Wikidata"),
                            ("ror", "ROR"),
                            ("lei", "LEI"),
                            ("isni", "ISNI"),
                            ("eccp", "Plateforme européenne des clusters (ECCP)"),
                            ("ice", "ICE (Maroc)"),
                        ],
                        help_text="Le registre qui donne cet identifiant.",
                        max_length=10,
                        verbose_name="registre",
                    ),
                ),
                (
                    "value",
                    models.CharField(
                        help_text="Tel que ce registre l’écrit, sans l’adresse.",
                        max_length=80,
                        verbose_name="identifiant extérieur",
                    ),
                ),
            ],
            options={
                "verbose_name": "identifiant extérieur",
                "verbose_name_plural": "identifiants extérieurs",
                "ordering": ["registry", "value"],
            },
        ),
        migrations.CreateModel(
            name="MapSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "boundary",
                    models.CharField(
                        choices=[
                            ("dashed", "Tireté, rien d’écrit sur le territoire"),
                            ("un", "Trait plein, comme sur les cartes des Nations unies"),
                            ("none", "Aucun trait"),
                        ],
                        default="dashed",
                        help_text="Le choix vaut pour toutes les cartes du site.",
                        max_length=6,
                        verbose_name="ligne du Sahara occidental",
                    ),
                ),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        default="Fond : Natural Earth (domaine public). Les tracés n’impliquent aucune prise de position de la rédaction.",
                        help_text="Se lit sous chaque carte.",
                        max_length=500,
                        verbose_name="note sous la carte",
                    ),
                ),
            ],
            options={
                "verbose_name": "réglages de la carte",
                "verbose_name_plural": "réglages de la carte",
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="raison")),
                ("moved", models.JSONField(default=dict, verbose_name="ce qui a été déplacé")),
                ("merged_at", models.DateTimeField(auto_now_add=True, verbose_name="fusionnées le")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="annulée le")),
            ],
            options={
                "verbose_name": "fusion",
                "verbose_name_plural": "fusions",
                "ordering": ["-merged_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60, verbose_name="type")),
                ("object_id", models.PositiveBigIntegerField(verbose_name="identifiant")),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                (
                    "act",
                    models.CharField(
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
                        ],
                        max_length=10,
                        verbose_name="acte",
                    ),
                ),
                ("why", models.CharField(blank=True, max_length=300, verbose_name="raison")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="le")),
                ("content", models.BinaryField(verbose_name="contenu")),
            ],
            options={
                "verbose_name": "version d’une fiche",
                "verbose_name_plural": "versions des fiches",
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="Suggestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "field",
                    models.CharField(
                        choices=[
                            ("figure", "Un chiffre"),
                            ("name", "Le nom"),
                            ("other_name", "Un autre nom ou un ancien nom"),
                            ("acronym", "Le sigle"),
                            ("status", "La situation"),
                            ("city", "La ville"),
                            ("region", "La région"),
                            ("website", "Le site"),
                            ("legal_form", "La forme juridique"),
                            ("other", "Autre chose"),
                        ],
                        max_length=12,
                        verbose_name="ce qui est à corriger",
                    ),
                ),
                ("current", models.CharField(blank=True, max_length=500, verbose_name="ce que dit la fiche")),
                ("proposed", models.TextField(max_length=1000, verbose_name="ce qu’elle devrait dire")),
                (
                    "evidence",
                    models.CharField(
                        max_length=500,
                        validators=[
                            django.core.validators.URLValidator(
                                message="Écrivez une adresse complète, qui commence par https:// ou http://.",
                                schemes=["http", "https"],
                            )
                        ],
                        verbose_name="adresse de la preuve",
                    ),
                ),
                ("remark", models.TextField(blank=True, max_length=2000, verbose_name="précision")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="adresse de messagerie")),
                (
                    "token",
                    models.CharField(
                        default=clusters.models.suggestions.new_token,
                        editable=False,
                        max_length=32,
                        unique=True,
                        verbose_name="jeton de suivi",
                    ),
                ),
                ("network", models.CharField(blank=True, editable=False, max_length=64, verbose_name="réseau")),
                ("created_at", models.DateTimeField(auto_now_add=True, db_index=True, verbose_name="proposée le")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "À examiner"),
                            ("accepted", "Acceptée"),
                            ("rejected", "Refusée"),
                            ("duplicate", "Doublon"),
                        ],
                        default="new",
                        editable=False,
                        max_length=10,
                        verbose_name="état",
                    ),
                ),
                ("reply", models.TextField(blank=True, max_length=1000, verbose_name="réponse publique")),
                ("decided_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="décidée le")),
            ],
            options={
                "verbose_name": "correction proposée",
                "verbose_name_plural": "corrections proposées",
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.AlterModelOptions(
            name="cluster",
            options={"ordering": ["sort_name", "pk"], "verbose_name": "cluster", "verbose_name_plural": "clusters"},
        ),
        migrations.AddField(
            model_name="cluster",
            name="sort_name",
            field=models.CharField(default="", editable=False, max_length=200, verbose_name="clé de tri"),
        ),
        migrations.AddIndex(
            model_name="cluster",
            index=models.Index(fields=["publication", "sort_name"], name="cluster_public_name"),
        ),
        migrations.AddField(
            model_name="clusteridentifier",
            name="cluster",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="identifiers",
                to="clusters.cluster",
                verbose_name="cluster",
            ),
        ),
        migrations.AddConstraint(
            model_name="mapsettings",
            constraint=models.CheckConstraint(condition=models.Q(("pk", 1)), name="map_settings_once"),
        ),
        migrations.AddField(
            model_name="merge",
            name="loser",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merges_away",
                to="clusters.cluster",
                verbose_name="fiche fusionnée",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="merged_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="fusionnées par",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="survivor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merges",
                to="clusters.cluster",
                verbose_name="fiche gardée",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="undone_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="annulée par",
            ),
        ),
        migrations.AddField(
            model_name="revision",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="par",
            ),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="cluster",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="suggestions",
                to="clusters.cluster",
                verbose_name="cluster",
            ),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="décidée par",
            ),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="duplicate_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="duplicates",
                to="clusters.suggestion",
                verbose_name="doublon de",
            ),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="made",
            field=models.OneToOneField(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="suggestion",
                to="clusters.observation",
                verbose_name="chiffre qui en est venu",
            ),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="observation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="suggestions",
                to="clusters.observation",
                verbose_name="chiffre",
            ),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="programme",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="suggestions",
                to="clusters.programme",
                verbose_name="programme",
            ),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="source",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="suggestions",
                to="clusters.source",
                verbose_name="source",
            ),
        ),
        migrations.AddConstraint(
            model_name="clusteridentifier",
            constraint=models.UniqueConstraint(
                fields=("registry", "value"),
                name="cluster_identifier_once",
                violation_error_message="Une autre fiche porte déjà cet identifiant : c’est peut-être le même organisme, à fusionner.",
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(("loser", models.F("survivor")), _negated=True), name="merge_of_two"
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("undone_at", None), ("undone_by", None)),
                    models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                    _connector="OR",
                ),
                name="merge_undone_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)), fields=("loser",), name="merge_in_force_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.UniqueConstraint(fields=("kind", "object_id", "number"), name="revision_once"),
        ),
        migrations.AddIndex(
            model_name="suggestion",
            index=models.Index(fields=["state", "created_at"], name="suggestion_state"),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cluster__isnull", False), ("programme", None), ("source", None)),
                    models.Q(("cluster", None), ("programme__isnull", False), ("source", None)),
                    models.Q(("cluster", None), ("programme", None), ("source__isnull", False)),
                    _connector="OR",
                ),
                name="suggestion_about_one_record",
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("state", "new")),
                    models.Q(
                        models.Q(("state", "new"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="suggestion_decided_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "rejected"), _negated=True),
                    models.Q(("reply", ""), _negated=True),
                    _connector="OR",
                ),
                name="suggestion_rejected_has_reply",
                violation_error_message="Répondez en une phrase : la réponse se lit sur la fiche.",
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("duplicate_of__isnull", False), ("state", "duplicate")),
                    models.Q(models.Q(("state", "duplicate"), _negated=True), ("duplicate_of", None)),
                    _connector="OR",
                ),
                name="suggestion_duplicate_of_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.CheckConstraint(
                condition=models.Q(("made", None), ("state", "accepted"), _connector="OR"),
                name="suggestion_made_when_accepted",
            ),
        ),
    ]
