"""The database itself refuses a proposed correction that is a duplicate of itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clusters", "0018_duplicates_of_themselves_wait_again")]

    operations = [
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.CheckConstraint(
                condition=models.Q(duplicate_of=None) | ~models.Q(duplicate_of=models.F("pk")),
                name="suggestion_no_duplicate_of_itself",
            ),
        ),
    ]
