"""Where the texts of articles lead, a row for each target, and what outside pages last answered (fill it with `renew_links`)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0011_files_in_the_history_of_pictures"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutsideAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("url", models.CharField(max_length=2000, unique=True, verbose_name="adresse")),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ok", "répond"),
                            ("moved", "a changé d’adresse"),
                            ("shy", "ne répond pas aux programmes"),
                            ("failed", "ne répond pas"),
                        ],
                        max_length=6,
                        verbose_name="état",
                    ),
                ),
                ("status", models.PositiveSmallIntegerField(null=True, verbose_name="réponse")),
                ("error", models.CharField(blank=True, max_length=200, verbose_name="raison")),
                ("failures", models.PositiveIntegerField(default=0, verbose_name="échecs de suite")),
                ("moved_to", models.CharField(blank=True, max_length=2000, verbose_name="nouvelle adresse")),
                ("checked_at", models.DateTimeField(null=True, verbose_name="vérifiée le")),
            ],
            options={
                "verbose_name": "page extérieure",
                "verbose_name_plural": "pages extérieures",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_at", None), ("verdict", "")),
                            models.Q(("checked_at__isnull", False), models.Q(("verdict", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="outside_verdict_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("failures__gt", 0), ("verdict", "failed")),
                            models.Q(models.Q(("verdict", "failed"), _negated=True), ("failures", 0)),
                            _connector="OR",
                        ),
                        name="outside_failures_are_of_a_failed_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("article", "article"),
                            ("cluster", "fiche de cluster"),
                            ("programme", "programme"),
                            ("source", "source"),
                            ("series", "dossier"),
                            ("tag", "mot-dièse"),
                            ("author", "auteur"),
                            ("page", "autre page du site"),
                            ("nowhere", "page qui n’existe pas"),
                            ("outside", "page extérieure"),
                        ],
                        max_length=9,
                        verbose_name="type",
                    ),
                ),
                ("key", models.CharField(max_length=2000, verbose_name="lien")),
                ("target", models.PositiveBigIntegerField(null=True)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="articles.article"
                    ),
                ),
                (
                    "outside",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="articles.outsideaddress",
                    ),
                ),
            ],
            options={
                "verbose_name": "lien",
                "verbose_name_plural": "liens",
                "indexes": [models.Index(fields=["kind", "target"], name="link_by_target")],
                "constraints": [
                    models.UniqueConstraint(fields=("article", "kind", "key"), name="link_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "outside"), ("outside__isnull", False), ("target", None)),
                            models.Q(models.Q(("kind", "outside"), _negated=True), ("outside", None)),
                            _connector="OR",
                        ),
                        name="link_outside_or_within",
                    ),
                ],
            },
        ),
    ]
