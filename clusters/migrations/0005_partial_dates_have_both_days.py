"""A partial date has both its days: the first version of the constraints let NULL pass, since a comparison with it is not false."""

from django.db import migrations, models

CONSTRAINTS = [
    ("clustername", "cluster_name_from_days", "valid_from"),
    ("clustername", "cluster_name_to_days", "valid_to"),
    ("observation", "observation_dated_days", "dated"),
    ("participation", "participation_from_days", "valid_from"),
    ("participation", "participation_to_days", "valid_to"),
    ("programme", "programme_start_days", "start"),
    ("programme", "programme_end_days", "end"),
    ("source", "source_published_days", "published"),
    ("statuschange", "status_change_since_days", "since"),
]


def both_days(name):
    first, last = f"{name}_first", f"{name}_last"
    empty = models.Q(**{name: "", f"{first}__isnull": True, f"{last}__isnull": True})
    full = ~models.Q(**{name: ""}) & models.Q(
        **{f"{first}__isnull": False, f"{last}__isnull": False, f"{first}__lte": models.F(last)}
    )
    return empty | full


class Migration(migrations.Migration):
    dependencies = [("clusters", "0004_help_texts")]
    operations = [
        operation
        for model, name, date in CONSTRAINTS
        for operation in (
            migrations.RemoveConstraint(model_name=model, name=name),
            migrations.AddConstraint(
                model_name=model, constraint=models.CheckConstraint(condition=both_days(date), name=name)
            ),
        )
    ]
