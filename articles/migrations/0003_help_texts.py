"""Sentences of help beside the fields that editors fill; nothing in the tables changes."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0002_comments"),
        ("clusters", "0004_help_texts"),
    ]

    operations = [
        migrations.AlterField(
            model_name="article",
            name="body",
            field=models.TextField(
                blank=True,
                help_text="Deux niveaux de titres\u202f; Ctrl+Maj+K insère le renvoi à une fiche de cluster.",
                verbose_name="texte",
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="comments_policy",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Ouverts, lus avant publication"),
                    ("closed", "Fermés : les anciens restent lisibles"),
                    ("off", "Aucun commentaire"),
                ],
                default="",
                help_text="Tout commentaire est lu par la modération avant de paraître.",
                max_length=6,
                verbose_name="commentaires",
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="cover",
            field=models.ForeignKey(
                blank=True,
                help_text="En tête de l’article et dans les listes\u202f; avec texte de remplacement et crédit.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="covered_articles",
                to="articles.picture",
                verbose_name="image de tête",
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="language",
            field=models.CharField(
                choices=[("fr", "Français"), ("en", "Anglais"), ("ar", "Arabe")],
                default="fr",
                help_text="Langue du texte.",
                max_length=2,
                verbose_name="langue",
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="series",
            field=models.ForeignKey(
                blank=True,
                help_text="Le dossier auquel l’article appartient, s’il y en a un.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="articles",
                to="articles.series",
                verbose_name="dossier",
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="series_position",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="1 pour la première partie.",
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="rang dans le dossier",
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="tags",
            field=models.ManyToManyField(
                blank=True,
                help_text="Trois à six\u202f; chacun a sa page et son flux.",
                related_name="articles",
                to="articles.tag",
                verbose_name="mots-dièse",
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="title",
            field=models.CharField(
                help_text="Exact et vivant, 90 signes au plus si possible.", max_length=160, verbose_name="titre"
            ),
        ),
        migrations.AlterField(
            model_name="author",
            name="bio",
            field=models.TextField(
                blank=True,
                help_text="Deux phrases, sur la page de l’auteur.",
                max_length=600,
                verbose_name="présentation",
            ),
        ),
        migrations.AlterField(
            model_name="author",
            name="name",
            field=models.CharField(help_text="Tel qu’il paraît sous les titres.", max_length=120, verbose_name="nom"),
        ),
        migrations.AlterField(
            model_name="byline",
            name="author",
            field=models.ForeignKey(
                help_text="Qui signe l’article.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bylines",
                to="articles.author",
                verbose_name="auteur",
            ),
        ),
        migrations.AlterField(
            model_name="byline",
            name="position",
            field=models.PositiveSmallIntegerField(
                default=1, help_text="1 pour la première signature.", verbose_name="rang"
            ),
        ),
        migrations.AlterField(
            model_name="citation",
            name="position",
            field=models.PositiveSmallIntegerField(
                default=1, help_text="Ordre d’impression, à partir de 1.", verbose_name="rang"
            ),
        ),
        migrations.AlterField(
            model_name="citation",
            name="source",
            field=models.ForeignKey(
                help_text="Une source du registre.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="citations",
                to="clusters.source",
                verbose_name="source",
            ),
        ),
        migrations.AlterField(
            model_name="furtherreading",
            name="position",
            field=models.PositiveSmallIntegerField(
                default=1, help_text="Ordre d’impression, à partir de 1.", verbose_name="rang"
            ),
        ),
        migrations.AlterField(
            model_name="furtherreading",
            name="publisher",
            field=models.CharField(
                blank=True, help_text="Qui publie cette page.", max_length=150, verbose_name="éditeur"
            ),
        ),
        migrations.AlterField(
            model_name="furtherreading",
            name="target",
            field=models.ForeignKey(
                blank=True,
                help_text="Un article du site, publié ou à paraître\u202f; il n’est montré qu’une fois visible.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="read_after",
                to="articles.article",
                verbose_name="article du site",
            ),
        ),
        migrations.AlterField(
            model_name="furtherreading",
            name="url",
            field=models.CharField(
                blank=True,
                help_text="Ou bien l’adresse complète d’une page extérieure.",
                max_length=500,
                validators=[
                    django.core.validators.URLValidator(
                        message="Écrivez une adresse complète, qui commence par https:// ou http://.",
                        schemes=["http", "https"],
                    )
                ],
                verbose_name="adresse extérieure",
            ),
        ),
        migrations.AlterField(
            model_name="picture",
            name="caption",
            field=models.CharField(
                blank=True,
                help_text="Sous l’image\xa0: ce qu’elle apporte à l’article.",
                max_length=300,
                verbose_name="légende",
            ),
        ),
        migrations.AlterField(
            model_name="series",
            name="standfirst",
            field=models.TextField(
                blank=True,
                help_text="Deux phrases qui disent ce que le dossier rassemble.",
                max_length=500,
                verbose_name="chapô",
            ),
        ),
        migrations.AlterField(
            model_name="series",
            name="title",
            field=models.CharField(help_text="Le nom du dossier, sans numéro.", max_length=150, verbose_name="titre"),
        ),
    ]
