"""The database itself refuses to change what a source was recorded to say; a correction is a new row.

A status line may still be moved to another cluster, and only that, when two records are merged. SQLite drops a trigger
with its table, which Django rebuilds to alter it: a migration that alters one of these tables calls `install` again.
"""

from django.db import migrations

FROZEN = {
    "clusters_observation": (
        "indicator_id", "value", "upper", "precision", "unit", "currency", "dated", "dated_first", "dated_last",
        "period_note", "scope", "programme_id", "country", "source_id", "rank", "rank_reason", "note", "supersedes_id",
        "recorded_at", "recorded_by_id",
    ),
    "clusters_statuschange": ("status", "since", "since_first", "since_last", "source_id", "note", "recorded_at"),
}  # fmt: skip


def install(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    for table, columns in FROZEN.items():
        listed = ", ".join(f'"{column}"' for column in columns)
        when = f'CREATE TRIGGER {table}_append_only BEFORE UPDATE OF {listed} ON "{table}" FOR EACH ROW'
        if sqlite:
            schema_editor.execute(f"{when} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END", params=None)
        else:
            schema_editor.execute(f"{when} EXECUTE FUNCTION clusters_append_only()")


def install_function(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        # As a broken constraint, so that Django raises the same IntegrityError as on SQLite.
        schema_editor.execute(
            "CREATE FUNCTION clusters_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation'; END $$",
            params=None,
        )
    install(apps, schema_editor)


def remove(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table in FROZEN:
        schema_editor.execute(f"DROP TRIGGER {table}_append_only{f' ON {table}' if postgresql else ''}")
    if postgresql:
        schema_editor.execute("DROP FUNCTION clusters_append_only()")


class Migration(migrations.Migration):
    dependencies = [("clusters", "0008_sort_names")]
    operations = [migrations.RunPython(install_function, remove)]
