"""The same sentences of help, set in French typography."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0003_help_texts"),
        ("clusters", "0006_words_of_help"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="article",
            name="comments_policy",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Ouverts, lus avant publication"),
                    ("closed", "Fermés\xa0: les anciens restent lisibles"),
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
            name="description",
            field=models.CharField(
                blank=True,
                help_text="Pour les moteurs de recherche, 155 signes au plus\u202f; à défaut, le chapô.",
                max_length=200,
                verbose_name="description",
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="published_at",
            field=models.DateTimeField(
                blank=True,
                help_text="À venir\xa0: l’article paraîtra à cette heure. Vide\xa0: à l’instant où vous publiez.",
                null=True,
                verbose_name="date de publication",
            ),
        ),
        migrations.AlterField(
            model_name="furtherreading",
            name="label",
            field=models.CharField(
                blank=True,
                help_text="D’une page extérieure\u202f; un article du site donne le sien.",
                max_length=250,
                verbose_name="intitulé",
            ),
        ),
        migrations.AlterField(
            model_name="picture",
            name="alt",
            field=models.CharField(
                blank=True,
                help_text="Ce que l’image montre, pour qui ne la voit pas. Pas de «\u202fphoto de\u202f».",
                max_length=300,
                verbose_name="texte de remplacement",
            ),
        ),
        migrations.AlterField(
            model_name="picture",
            name="is_decorative",
            field=models.BooleanField(
                default=False,
                help_text="N’apporte rien au texte\xa0: aucun texte de remplacement.",
                verbose_name="décorative",
            ),
        ),
        migrations.AlterField(
            model_name="tag",
            name="name",
            field=models.CharField(
                error_messages={"unique": "Ce mot-dièse existe déjà."},
                help_text="Sans le #, en un mot\xa0: AnalyseÉconomique.",
                max_length=60,
                unique=True,
                verbose_name="nom",
            ),
        ),
        migrations.AlterConstraint(
            model_name="article",
            name="article_series_and_position",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("series", None), ("series_position", None)),
                    models.Q(("series__isnull", False), ("series_position__isnull", False)),
                    _connector="OR",
                ),
                name="article_series_and_position",
                violation_error_message="Dans un dossier, l’article a un rang\u202f; hors dossier, il n’en a pas.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="picture",
            name="picture_decorative_or_described",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_decorative", False), ("alt", ""), _connector="OR"),
                name="picture_decorative_or_described",
                violation_error_message="Une image décorative n’a pas de texte de remplacement\xa0: videz-le ou décochez «\u202fdécorative\u202f».",
            ),
        ),
    ]
