"""The database itself refuses an address that is none of the web, and a public record said to be merged into no other."""

from django.db import migrations, models


def of_the_web(*names):
    whole = models.Q()
    for name in names:
        whole &= (
            models.Q(**{name: ""})
            | models.Q(**{f"{name}__istartswith": "http://"})
            | models.Q(**{f"{name}__istartswith": "https://"})
        )
    return whole


ADDRESS = "Écrivez une adresse complète, qui commence par https:// ou http://."


class Migration(migrations.Migration):
    dependencies = [("clusters", "0011_counted_in_indexes")]

    operations = [
        migrations.AddConstraint(
            model_name="cluster",
            constraint=models.CheckConstraint(
                condition=~models.Q(publication="published", status="merged") | models.Q(merged_into__isnull=False),
                name="cluster_merged_has_a_survivor",
                violation_error_message="Une fiche fusionnée désigne celle qui lui succède.",
            ),
        ),
        migrations.AddConstraint(
            model_name="cluster",
            constraint=models.CheckConstraint(
                condition=of_the_web("website"), name="cluster_website_of_the_web", violation_error_message=ADDRESS
            ),
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.CheckConstraint(
                condition=of_the_web("url", "archived_url"),
                name="source_addresses_of_the_web",
                violation_error_message=ADDRESS,
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.CheckConstraint(
                condition=of_the_web("evidence"), name="suggestion_evidence_of_the_web", violation_error_message=ADDRESS
            ),
        ),
    ]
