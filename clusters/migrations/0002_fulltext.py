"""The index behind clusters.fulltext: FTS5 on SQLite, a tsvector with GIN on PostgreSQL, kept current by triggers.

The terms are analysed in Python; the triggers only copy them. On PostgreSQL the vector is built term by term, because
its parser would split "R&D".
"""

from django.db import migrations

SQLITE = [
    """CREATE VIRTUAL TABLE clusters_fulltext USING fts5(
         heavy, light, content='clusters_searchentry', content_rowid='id', tokenize="unicode61 remove_diacritics 0 tokenchars '&+_'")""",
    """CREATE TRIGGER clusters_fulltext_insert AFTER INSERT ON clusters_searchentry BEGIN
         INSERT INTO clusters_fulltext(rowid, heavy, light) VALUES (new.id, new.heavy, new.light); END""",
    """CREATE TRIGGER clusters_fulltext_delete AFTER DELETE ON clusters_searchentry BEGIN
         INSERT INTO clusters_fulltext(clusters_fulltext, rowid, heavy, light) VALUES ('delete', old.id, old.heavy, old.light); END""",
    """CREATE TRIGGER clusters_fulltext_update AFTER UPDATE ON clusters_searchentry BEGIN
         INSERT INTO clusters_fulltext(clusters_fulltext, rowid, heavy, light) VALUES ('delete', old.id, old.heavy, old.light);
         INSERT INTO clusters_fulltext(rowid, heavy, light) VALUES (new.id, new.heavy, new.light); END""",
]
SQLITE_BACK = [
    "DROP TRIGGER clusters_fulltext_insert",
    "DROP TRIGGER clusters_fulltext_delete",
    "DROP TRIGGER clusters_fulltext_update",
    "DROP TABLE clusters_fulltext",
]
# A position past 16,383 is not kept by PostgreSQL; a word longer than 2,046 bytes neither (terms are cut at 60 letters).
POSTGRESQL = [
    "ALTER TABLE clusters_searchentry ADD COLUMN vector tsvector NOT NULL DEFAULT ''::tsvector",
    "CREATE INDEX clusters_searchentry_vector ON clusters_searchentry USING gin (vector)",
    """CREATE FUNCTION clusters_fulltext_terms(terms text, weight text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
         SELECT coalesce(string_agg('''' || term || ''':' || least(place, 16383) || weight, ' '), '')::tsvector
         FROM unnest(string_to_array(terms, ' ')) WITH ORDINALITY AS listed(term, place) WHERE term <> '' $$""",
    """CREATE FUNCTION clusters_fulltext_write() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         NEW.vector := clusters_fulltext_terms(NEW.heavy, 'A') || clusters_fulltext_terms(NEW.light, 'D'); RETURN NEW; END $$""",
    """CREATE TRIGGER clusters_fulltext BEFORE INSERT OR UPDATE ON clusters_searchentry
         FOR EACH ROW EXECUTE FUNCTION clusters_fulltext_write()""",
]
POSTGRESQL_BACK = [
    "DROP TRIGGER clusters_fulltext ON clusters_searchentry",
    "DROP FUNCTION clusters_fulltext_write()",
    "DROP FUNCTION clusters_fulltext_terms(text, text)",
    "ALTER TABLE clusters_searchentry DROP COLUMN vector",
]


def forwards(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    for statement in {"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("clusters", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
