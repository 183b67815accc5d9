"""Sentences of help beside the fields that editors fill; nothing in the tables changes."""

import django.core.validators
import django.db.models.deletion
import django_countries.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clusters", "0003_cluster_logo"),
    ]

    operations = [
        migrations.AlterField(
            model_name="cluster",
            name="acronym",
            field=models.CharField(
                blank=True,
                help_text="Le sigle d’usage\u202f; deux organismes peuvent avoir le même.",
                max_length=30,
                verbose_name="sigle",
            ),
        ),
        migrations.AlterField(
            model_name="cluster",
            name="city",
            field=models.CharField(
                blank=True,
                help_text="Siège ou lieu d’activité, si une source le dit.",
                max_length=100,
                verbose_name="ville",
            ),
        ),
        migrations.AlterField(
            model_name="cluster",
            name="country",
            field=django_countries.fields.CountryField(
                blank=True,
                help_text="Pays où le cluster agit\u202f; obligatoire pour publier.",
                max_length=2,
                verbose_name="pays",
            ),
        ),
        migrations.AlterField(
            model_name="cluster",
            name="description",
            field=models.TextField(
                blank=True,
                help_text="Quelques paragraphes\u202f; les chiffres vont dans «\u202fChiffres\u202f», avec leur source.",
                verbose_name="présentation",
            ),
        ),
        migrations.AlterField(
            model_name="cluster",
            name="kind",
            field=models.CharField(
                choices=[
                    ("organisation", "Cluster"),
                    ("pole", "Pôle de compétitivité"),
                    ("technopole", "Technopole"),
                    ("network", "Réseau de clusters"),
                    ("project", "Projet attendu"),
                ],
                default="organisation",
                help_text="Un projet attendu n’est pas encore un cluster.",
                max_length=12,
                verbose_name="nature",
            ),
        ),
        migrations.AlterField(
            model_name="cluster",
            name="legal_form",
            field=models.CharField(
                blank=True,
                help_text="Association, groupement d’intérêt économique… telle que la source la donne.",
                max_length=200,
                verbose_name="forme juridique",
            ),
        ),
        migrations.AlterField(
            model_name="cluster",
            name="location_note",
            field=models.CharField(
                blank=True,
                help_text="Ce qui rend le lieu incertain\xa0: sources en désaccord, lieu déduit.",
                max_length=500,
                verbose_name="note sur le lieu",
            ),
        ),
        migrations.AlterField(
            model_name="cluster",
            name="location_precision",
            field=models.CharField(
                blank=True,
                choices=[("site", "Site"), ("city", "Ville"), ("region", "Région"), ("country", "Pays")],
                help_text="Jusqu’où le lieu est connu\u202f; obligatoire avec des coordonnées.",
                max_length=8,
                verbose_name="précision du lieu",
            ),
        ),
        migrations.AlterField(
            model_name="cluster",
            name="location_source",
            field=models.ForeignKey(
                blank=True,
                help_text="La source qui situe le cluster.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="located_clusters",
                to="clusters.source",
                verbose_name="source du lieu",
            ),
        ),
        migrations.AlterField(
            model_name="cluster",
            name="region",
            field=models.CharField(
                blank=True,
                help_text="Si la ville n’est pas connue, ou pour la préciser.",
                max_length=100,
                verbose_name="région",
            ),
        ),
        migrations.AlterField(
            model_name="cluster",
            name="website",
            field=models.CharField(
                blank=True,
                help_text="Adresse complète du site du cluster.",
                max_length=300,
                validators=[
                    django.core.validators.URLValidator(
                        message="Écrivez une adresse complète, qui commence par https:// ou http://.",
                        schemes=["http", "https"],
                    )
                ],
                verbose_name="site",
            ),
        ),
        migrations.AlterField(
            model_name="clustername",
            name="kind",
            field=models.CharField(
                choices=[
                    ("official", "Officiel"),
                    ("short", "Court"),
                    ("acronym", "Sigle"),
                    ("alias", "Autre graphie"),
                    ("former", "Ancien nom"),
                ],
                default="alias",
                help_text="Un ancien nom reste cherchable.",
                max_length=10,
                verbose_name="sorte",
            ),
        ),
        migrations.AlterField(
            model_name="clustername",
            name="language",
            field=models.CharField(
                choices=[("fr", "français"), ("en", "anglais"), ("ar", "arabe"), ("ber", "amazighe")],
                default="fr",
                help_text="Langue dans laquelle le nom est écrit.",
                max_length=3,
                verbose_name="langue",
            ),
        ),
        migrations.AlterField(
            model_name="clustername",
            name="source",
            field=models.ForeignKey(
                blank=True,
                help_text="Qui emploie ce nom.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cluster_names",
                to="clusters.source",
                verbose_name="source",
            ),
        ),
        migrations.AlterField(
            model_name="clustername",
            name="value",
            field=models.CharField(help_text="Le nom tel que la source l’écrit.", max_length=250, verbose_name="nom"),
        ),
        migrations.AlterField(
            model_name="clustersector",
            name="is_primary",
            field=models.BooleanField(
                default=False, help_text="Le secteur principal\u202f; il y en a un seul.", verbose_name="principal"
            ),
        ),
        migrations.AlterField(
            model_name="clustersector",
            name="sector",
            field=models.ForeignKey(
                help_text="Un secteur de la nomenclature.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cluster_links",
                to="clusters.sector",
                verbose_name="secteur",
            ),
        ),
        migrations.AlterField(
            model_name="indicator",
            name="behaviour",
            field=models.CharField(
                choices=[
                    ("stock", "État à une date"),
                    ("flow", "Flux sur une période"),
                    ("cumulative", "Cumul depuis l’origine"),
                ],
                default="stock",
                help_text="État à une date, flux d’une période ou cumul.",
                max_length=10,
                verbose_name="comportement",
            ),
        ),
        migrations.AlterField(
            model_name="indicator",
            name="code",
            field=models.CharField(
                help_text="En minuscules, sans espace\u202f; ne change plus une fois employé.",
                max_length=40,
                unique=True,
                verbose_name="code",
            ),
        ),
        migrations.AlterField(
            model_name="indicator",
            name="counts",
            field=models.CharField(
                blank=True,
                help_text="En une phrase\xa0: ce qui entre dans le compte.",
                max_length=300,
                verbose_name="ce qui est compté",
            ),
        ),
        migrations.AlterField(
            model_name="indicator",
            name="label",
            field=models.CharField(help_text="Tel que les lecteurs le lisent.", max_length=100, verbose_name="nom"),
        ),
        migrations.AlterField(
            model_name="indicator",
            name="measure",
            field=models.CharField(
                choices=[
                    ("count", "Nombre"),
                    ("money", "Somme d’argent"),
                    ("percentage", "Pourcentage"),
                    ("area", "Superficie"),
                    ("year", "Année"),
                ],
                default="count",
                help_text="Décide de la façon d’écrire la valeur.",
                max_length=10,
                verbose_name="mesure",
            ),
        ),
        migrations.AlterField(
            model_name="indicator",
            name="position",
            field=models.PositiveSmallIntegerField(
                default=100, help_text="Les plus petits d’abord sur les fiches.", verbose_name="rang"
            ),
        ),
        migrations.AlterField(
            model_name="observation",
            name="clusters",
            field=models.ManyToManyField(
                help_text="Un seul, ou au moins deux pour un chiffre commun.",
                related_name="observations",
                through="clusters.ObservationSubject",
                to="clusters.cluster",
                verbose_name="clusters",
            ),
        ),
        migrations.AlterField(
            model_name="observation",
            name="country",
            field=django_countries.fields.CountryField(
                blank=True, help_text="Si le chiffre porte sur un pays.", max_length=2, verbose_name="pays"
            ),
        ),
        migrations.AlterField(
            model_name="observation",
            name="indicator",
            field=models.ForeignKey(
                help_text="Ce que la source compte.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="observations",
                to="clusters.indicator",
                verbose_name="indicateur",
            ),
        ),
        migrations.AlterField(
            model_name="observation",
            name="note",
            field=models.CharField(
                blank=True, help_text="Ce qu’il faut savoir pour le lire.", max_length=500, verbose_name="note"
            ),
        ),
        migrations.AlterField(
            model_name="observation",
            name="precision",
            field=models.CharField(
                choices=[
                    ("exact", "exactement"),
                    ("about", "environ"),
                    ("at_least", "au moins"),
                    ("at_most", "au plus"),
                ],
                default="exact",
                help_text="«\u202fenviron\u202f», «\u202fau moins\u202f»… comme la source l’écrit.",
                max_length=8,
                verbose_name="précision",
            ),
        ),
        migrations.AlterField(
            model_name="observation",
            name="programme",
            field=models.ForeignKey(
                blank=True,
                help_text="Si le chiffre porte sur un programme.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="observations",
                to="clusters.programme",
                verbose_name="programme",
            ),
        ),
        migrations.AlterField(
            model_name="observation",
            name="rank",
            field=models.CharField(
                choices=[("preferred", "Retenu"), ("normal", "Normal"), ("deprecated", "Écarté")],
                default="normal",
                help_text="«\u202fRetenu\u202f» passe devant\u202f; «\u202fécarté\u202f» reste visible avec sa raison.",
                max_length=10,
                verbose_name="rang",
            ),
        ),
        migrations.AlterField(
            model_name="observation",
            name="rank_reason",
            field=models.CharField(
                blank=True,
                help_text="Obligatoire pour un chiffre écarté.",
                max_length=300,
                verbose_name="raison du rang",
            ),
        ),
        migrations.AlterField(
            model_name="observation",
            name="scope",
            field=models.CharField(
                choices=[
                    ("cluster", "Un cluster"),
                    ("joint", "Plusieurs clusters ensemble"),
                    ("programme", "Un programme"),
                    ("country", "Un pays"),
                ],
                default="cluster",
                help_text="Un chiffre commun à plusieurs clusters n’est jamais partagé entre eux.",
                max_length=10,
                verbose_name="porte sur",
            ),
        ),
        migrations.AlterField(
            model_name="observation",
            name="source",
            field=models.ForeignKey(
                help_text="Aucun chiffre sans source.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="observations",
                to="clusters.source",
                verbose_name="source",
            ),
        ),
        migrations.AlterField(
            model_name="observation",
            name="supersedes",
            field=models.OneToOneField(
                blank=True,
                help_text="Le chiffre que celui-ci corrige\u202f; l’ancien reste enregistré.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="superseded_by",
                to="clusters.observation",
                verbose_name="remplace",
            ),
        ),
        migrations.AlterField(
            model_name="observation",
            name="value",
            field=models.DecimalField(
                decimal_places=4,
                help_text="Un nombre, sans unité ni espace\xa0: 38000000.",
                max_digits=20,
                verbose_name="valeur",
            ),
        ),
        migrations.AlterField(
            model_name="observationsubject",
            name="cluster",
            field=models.ForeignKey(
                help_text="Un des clusters sur lesquels porte le chiffre.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="observation_links",
                to="clusters.cluster",
                verbose_name="cluster",
            ),
        ),
        migrations.AlterField(
            model_name="participation",
            name="cluster",
            field=models.ForeignKey(
                help_text="Le cluster qui participe.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="participations",
                to="clusters.cluster",
                verbose_name="cluster",
            ),
        ),
        migrations.AlterField(
            model_name="participation",
            name="note",
            field=models.CharField(
                blank=True, help_text="Ce que la source précise.", max_length=300, verbose_name="note"
            ),
        ),
        migrations.AlterField(
            model_name="participation",
            name="programme",
            field=models.ForeignKey(
                help_text="Le programme auquel il participe.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="participations",
                to="clusters.programme",
                verbose_name="programme",
            ),
        ),
        migrations.AlterField(
            model_name="participation",
            name="role",
            field=models.CharField(
                choices=[("participant", "Participant"), ("selected", "Sélectionné"), ("labelled", "Labellisé")],
                default="participant",
                help_text="Participant, sélectionné, ou titulaire d’un label.",
                max_length=12,
                verbose_name="rôle",
            ),
        ),
        migrations.AlterField(
            model_name="participation",
            name="source",
            field=models.ForeignKey(
                blank=True,
                help_text="Qui le dit.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="participations",
                to="clusters.source",
                verbose_name="source",
            ),
        ),
        migrations.AlterField(
            model_name="programme",
            name="countries",
            field=django_countries.fields.CountryField(
                blank=True, help_text="Pays concernés.", max_length=746, multiple=True, verbose_name="pays"
            ),
        ),
        migrations.AlterField(
            model_name="programme",
            name="description",
            field=models.TextField(
                blank=True, help_text="Ce que les sources en disent\u202f; qui dit quoi.", verbose_name="description"
            ),
        ),
        migrations.AlterField(
            model_name="programme",
            name="full_name",
            field=models.CharField(
                blank=True,
                help_text="Le nom entier, ou dans une autre langue.",
                max_length=300,
                verbose_name="nom complet",
            ),
        ),
        migrations.AlterField(
            model_name="programme",
            name="kind",
            field=models.CharField(
                choices=[
                    ("strategy", "Stratégie"),
                    ("call", "Appel à projets"),
                    ("label", "Label"),
                    ("donor", "Programme d’un bailleur"),
                    ("law", "Loi"),
                ],
                help_text="Stratégie, appel, label, programme ou loi.",
                max_length=10,
                verbose_name="nature",
            ),
        ),
        migrations.AlterField(
            model_name="programme",
            name="name",
            field=models.CharField(help_text="Le nom d’usage.", max_length=200, verbose_name="nom"),
        ),
        migrations.AlterField(
            model_name="programme",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                help_text="Le programme plus large dont celui-ci est un volet.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="children",
                to="clusters.programme",
                verbose_name="partie de",
            ),
        ),
        migrations.AlterField(
            model_name="programme",
            name="sources",
            field=models.ManyToManyField(
                blank=True,
                help_text="Les documents sur lesquels repose la fiche.",
                related_name="programmes",
                to="clusters.source",
                verbose_name="sources",
            ),
        ),
        migrations.AlterField(
            model_name="sector",
            name="label",
            field=models.CharField(
                help_text="Nom français, tel que les lecteurs le lisent.", max_length=80, verbose_name="nom"
            ),
        ),
        migrations.AlterField(
            model_name="sector",
            name="label_en",
            field=models.CharField(
                blank=True, help_text="Nom dans la nomenclature d’origine.", max_length=80, verbose_name="nom anglais"
            ),
        ),
        migrations.AlterField(
            model_name="sector",
            name="scheme",
            field=models.CharField(
                choices=[("eu", "Écosystèmes industriels de l’UE"), ("grappe", "Ajout de la rédaction")],
                help_text="D’où vient ce secteur.",
                max_length=10,
                verbose_name="nomenclature",
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="accessed_on",
            field=models.DateField(
                blank=True, help_text="Le jour où la rédaction l’a lue.", null=True, verbose_name="consultée le"
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="author",
            field=models.CharField(
                blank=True, help_text="Personne qui signe, si elle est nommée.", max_length=200, verbose_name="auteur"
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="kind",
            field=models.CharField(
                choices=[
                    ("study", "Étude"),
                    ("press", "Presse"),
                    ("institutional", "Institution"),
                    ("website", "Site du cluster"),
                    ("interview", "Entretien"),
                    ("registry", "Registre"),
                    ("blog", "Blog"),
                    ("dataset", "Jeu de données"),
                ],
                help_text="De quelle sorte de document il s’agit.",
                max_length=20,
                verbose_name="nature",
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="language",
            field=models.CharField(
                default="fr",
                help_text="Code de la langue du document\xa0: fr, en, ar…",
                max_length=5,
                verbose_name="langue",
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="note",
            field=models.TextField(
                blank=True,
                help_text="Ce qu’il faut savoir pour l’utiliser\xa0: édition, réserve, contradiction avec une autre.",
                verbose_name="note",
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="title",
            field=models.CharField(
                help_text="Tel que la source le donne, dans sa langue.", max_length=300, verbose_name="titre"
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="url",
            field=models.CharField(
                blank=True,
                help_text="Adresse complète, qui commence par https:// ou http://.",
                max_length=500,
                validators=[
                    django.core.validators.URLValidator(
                        message="Écrivez une adresse complète, qui commence par https:// ou http://.",
                        schemes=["http", "https"],
                    )
                ],
                verbose_name="adresse en ligne",
            ),
        ),
        migrations.AlterField(
            model_name="statuschange",
            name="note",
            field=models.CharField(
                blank=True, help_text="Ce que la source précise, en une phrase.", max_length=300, verbose_name="note"
            ),
        ),
        migrations.AlterField(
            model_name="statuschange",
            name="source",
            field=models.ForeignKey(
                help_text="Qui le dit\u202f; obligatoire.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="status_changes",
                to="clusters.source",
                verbose_name="source",
            ),
        ),
        migrations.AlterField(
            model_name="statuschange",
            name="status",
            field=models.CharField(
                choices=[
                    ("expected", "Attendu"),
                    ("announced", "Annoncé"),
                    ("active", "Actif"),
                    ("dormant", "En sommeil"),
                    ("merged", "Fusionné"),
                    ("closed", "Fermé"),
                    ("unknown", "Non établi"),
                ],
                help_text="La situation que la source constate.",
                max_length=10,
                verbose_name="situation",
            ),
        ),
    ]
