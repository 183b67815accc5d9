"""An index by which the articles of a series are counted: without it SQLite reads all public ones for each series."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0013_merged_tags"),
        ("clusters", "0020_proof_of_a_correction"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="article",
            index=models.Index(fields=["series", "state", "published_at"], name="article_of_series"),
        ),
    ]
