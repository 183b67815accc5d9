"""A hashtag may be merged into another, and parted from it again."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0012_links_of_texts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TagMerge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="raison")),
                ("moved", models.JSONField(default=dict, verbose_name="ce qui a été déplacé")),
                ("merged_at", models.DateTimeField(auto_now_add=True, verbose_name="fusionnés le")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="annulée le")),
            ],
            options={
                "verbose_name": "fusion de mots-dièse",
                "verbose_name_plural": "fusions de mots-dièse",
                "ordering": ["-merged_at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="tag",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_from",
                to="articles.tag",
                verbose_name="fusionné dans",
            ),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into", None), models.Q(("merged_into", models.F("pk")), _negated=True), _connector="OR"
                ),
                name="tag_not_merged_into_itself",
            ),
        ),
        migrations.AddField(
            model_name="tagmerge",
            name="loser",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merges_away",
                to="articles.tag",
                verbose_name="mot-dièse fusionné",
            ),
        ),
        migrations.AddField(
            model_name="tagmerge",
            name="merged_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="fusionnés par",
            ),
        ),
        migrations.AddField(
            model_name="tagmerge",
            name="survivor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merges",
                to="articles.tag",
                verbose_name="mot-dièse gardé",
            ),
        ),
        migrations.AddField(
            model_name="tagmerge",
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
        migrations.AddConstraint(
            model_name="tagmerge",
            constraint=models.CheckConstraint(
                condition=models.Q(("loser", models.F("survivor")), _negated=True), name="tag_merge_of_two"
            ),
        ),
        migrations.AddConstraint(
            model_name="tagmerge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("undone_at", None), ("undone_by", None)),
                    models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                    _connector="OR",
                ),
                name="tag_merge_undone_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="tagmerge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)), fields=("loser",), name="tag_merge_in_force_once"
            ),
        ),
    ]
