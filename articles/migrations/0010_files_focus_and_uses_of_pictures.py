"""A picture may be given another file, has a focal point, and is known where it stands in a text; files that came in are known."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


def per_cent(name, help_text):
    limit = django.core.validators.MaxValueValidator(100, "Un pourcentage va de 0 à 100.")
    return models.PositiveSmallIntegerField(default=50, help_text=help_text, validators=[limit], verbose_name=name)


class Migration(migrations.Migration):
    dependencies = [("articles", "0009_working_copies")]

    operations = [
        migrations.AlterField(
            model_name="picture",
            name="digest",
            field=models.CharField(
                editable=False,
                error_messages={"unique": "Ce fichier est déjà une autre image de la bibliothèque."},
                max_length=64,
                unique=True,
                verbose_name="fichier",
            ),
        ),
        migrations.AddField(
            model_name="picture",
            name="focus_x",
            field=per_cent("point d’intérêt, horizontalement", "En % depuis la gauche."),
        ),
        migrations.AddField(
            model_name="picture",
            name="focus_y",
            field=per_cent("point d’intérêt, verticalement", "En % depuis le haut."),
        ),
        migrations.AddConstraint(
            model_name="picture",
            constraint=models.CheckConstraint(
                condition=models.Q(focus_x__range=(0, 100), focus_y__range=(0, 100)),
                name="picture_focus_inside",
                violation_error_message="Le point d’intérêt est dans l’image : de 0 à 100 %.",
            ),
        ),
        # Those that are there have neither AVIF nor a cut card; they are shown without, until `manage.py pictures` makes them.
        migrations.AddField(
            model_name="picture",
            name="is_complete",
            field=models.BooleanField(default=False, editable=False, verbose_name="a toutes ses versions"),
        ),
        migrations.CreateModel(
            name="PictureUpload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("origin", models.CharField(max_length=64, unique=True, verbose_name="empreinte du fichier reçu")),
                ("digest", models.CharField(db_index=True, max_length=64, verbose_name="empreinte")),
                ("width", models.PositiveIntegerField(verbose_name="largeur")),
                ("height", models.PositiveIntegerField(verbose_name="hauteur")),
                ("name", models.CharField(blank=True, max_length=150, verbose_name="nom du fichier")),
                ("received_at", models.DateTimeField(verbose_name="reçu le")),
            ],
            options={"verbose_name": "fichier reçu", "verbose_name_plural": "fichiers reçus"},
        ),
        migrations.CreateModel(
            name="BodyPicture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="body_pictures",
                        to="articles.article",
                        verbose_name="article",
                    ),
                ),
                (
                    "picture",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="body_uses",
                        to="articles.picture",
                        verbose_name="image",
                    ),
                ),
            ],
            options={
                "verbose_name": "image dans un texte",
                "verbose_name_plural": "images dans les textes",
                "constraints": [
                    models.UniqueConstraint(fields=("article", "picture"), name="body_picture_once"),
                ],
            },
        ),
    ]
