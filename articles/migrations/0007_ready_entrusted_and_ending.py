"""An article is ready before it is out, somebody's to finish by a day, and may leave the site at a moment of its own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0006_links_to_share"),
        ("clusters", "0020_proof_of_a_correction"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AlterField(
            model_name="article",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Brouillon"),
                    ("in_review", "En relecture"),
                    ("ready", "Prêt"),
                    ("published", "Publié"),
                    ("withdrawn", "Retiré"),
                ],
                default="draft",
                editable=False,
                max_length=10,
                verbose_name="état",
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="ends_at",
            field=models.DateTimeField(
                blank=True,
                help_text="À cette heure, l’article quitte le site, sans que personne n’ait rien à faire. Vide : il reste.",
                null=True,
                verbose_name="visible jusqu’au",
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="assigned_to",
            field=models.ForeignKey(
                blank=True,
                help_text="Qui s’en occupe ; cette personne est prévenue par courriel.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="assigned_articles",
                to=settings.AUTH_USER_MODEL,
                verbose_name="confié à",
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="due_on",
            field=models.DateField(
                blank=True,
                help_text="Le jour où il doit être prêt ; jamais lu sur le site.",
                null=True,
                verbose_name="à rendre le",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at", None),
                    ("published_at", None),
                    ("ends_at__gt", models.F("published_at")),
                    _connector="OR",
                ),
                name="article_ends_after_published",
                violation_error_message="L’article ne peut pas quitter le site avant d’y paraître.",
            ),
        ),
    ]
