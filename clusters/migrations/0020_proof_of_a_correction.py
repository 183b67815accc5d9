"""An accepted correction names the source that it goes by, and the versions that it made lead back to it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clusters", "0019_no_duplicate_of_itself")]
    operations = [
        migrations.AddField(
            "suggestion",
            "proof",
            models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections_proven",
                to="clusters.source",
                verbose_name="source qui le prouve",
            ),
        ),
        migrations.AddField(
            "revision",
            "suggestion",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="revisions",
                to="clusters.suggestion",
                verbose_name="correction proposée",
            ),
        ),
    ]
