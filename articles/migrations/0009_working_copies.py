"""An article may be changed while its readers see what they saw: which revision is ahead of its rows, and when it takes
their place."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0008_what_is_said_of_an_article"),
        ("clusters", "0021_working_copies_and_open_forms"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="article",
            name="copy_due",
            field=models.PositiveIntegerField(editable=False, null=True, verbose_name="version programmée"),
        ),
        migrations.AddField(
            model_name="article",
            name="copy_due_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="modifications programmées"),
        ),
        migrations.AddField(
            model_name="article",
            name="copy_due_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="programmées par",
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="copy_in_review",
            field=models.BooleanField(default=False, editable=False, verbose_name="copie à relire"),
        ),
        migrations.AddField(
            model_name="article",
            name="copy_refused",
            field=models.CharField(blank=True, editable=False, max_length=600, verbose_name="copie refusée"),
        ),
        migrations.AddField(
            model_name="article",
            name="working_copy",
            field=models.PositiveIntegerField(editable=False, null=True, verbose_name="copie de travail"),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                condition=models.Q(("copy_due_at__isnull", False)), fields=["copy_due_at"], name="article_copies_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("copy_due", None), ("copy_in_review", False), ("working_copy", None)),
                    models.Q(("working_copy__isnull", False), ("working_copy__lte", models.F("version"))),
                    _connector="OR",
                ),
                name="article_copy_is_a_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("copy_due", None), ("copy_due_at", None), ("copy_due_by", None)),
                    models.Q(
                        ("copy_due__isnull", False), ("copy_due_at__isnull", False), ("copy_due_by__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="article_copy_due_has_time_and_person",
            ),
        ),
    ]
