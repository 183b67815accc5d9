"""Authors, tags, series and pictures have versions too: those that are there begin with the first."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

NAMES = ("author", "tag", "series", "picture")


def columns(name):
    return [
        migrations.AddField(
            model_name=name,
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
        ),
        migrations.AddField(
            model_name=name,
            name="modified_at",
            # Of a row that is there, no more is known than that it was so when its history began.
            field=models.DateTimeField(auto_now=True, default=django.utils.timezone.now, verbose_name="modifiée le"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name=name,
            name="modified_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="modifiée par",
            ),
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0004_words_of_help"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [operation for name in NAMES for operation in columns(name)]
