"""Links by which people without an account read an article before it is out."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import articles.models.sharing


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0005_versions_of_what_articles_are_made_of"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ShareLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        default=articles.models.sharing.new_key,
                        editable=False,
                        max_length=22,
                        unique=True,
                        verbose_name="clé",
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        blank=True,
                        help_text="Pour vous y retrouver : « Mme Haddad, relecture des chiffres ». N’est jamais montré.",
                        max_length=120,
                        verbose_name="pour qui",
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False, verbose_name="créé le")),
                ("expires_at", models.DateTimeField(editable=False, verbose_name="expire le")),
                ("revoked_at", models.DateTimeField(editable=False, null=True, verbose_name="révoqué le")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="share_links",
                        to="articles.article",
                        verbose_name="article",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="créé par",
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="révoqué par",
                    ),
                ),
            ],
            options={
                "verbose_name": "lien de partage",
                "verbose_name_plural": "liens de partage",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="share_link_expires_after_creation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoked_at", None), ("revoked_by", None)),
                            models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="share_link_revoked_by_and_at",
                    ),
                ],
            },
        ),
    ]
