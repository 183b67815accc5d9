"""The tables of the comments, and the trigger that holds what no CHECK can: a reply stands under a comment of its own
article that is not a reply itself, and neither its article nor its parent ever changes.

On SQLite a later change of a column of this table makes the table anew, without its trigger: that migration has to
create it again (tests/articles/comments would tell).
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

MISPLACED = """NEW.parent_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM articles_comment AS parent
      WHERE parent.id = NEW.parent_id AND parent.article_id = NEW.article_id AND parent.parent_id IS NULL)"""
SQLITE = [
    f"""CREATE TRIGGER articles_comment_placed BEFORE INSERT ON articles_comment WHEN {MISPLACED}
        BEGIN SELECT RAISE(ABORT, 'comment_place'); END""",
    """CREATE TRIGGER articles_comment_stays BEFORE UPDATE OF article_id, parent_id ON articles_comment
       WHEN NEW.article_id IS NOT OLD.article_id OR NEW.parent_id IS NOT OLD.parent_id
       BEGIN SELECT RAISE(ABORT, 'comment_place'); END""",
]
SQLITE_BACK = ["DROP TRIGGER articles_comment_placed", "DROP TRIGGER articles_comment_stays"]
POSTGRESQL = [
    f"""CREATE FUNCTION articles_comment_place() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF TG_OP = 'UPDATE' THEN
            IF NEW.article_id = OLD.article_id AND NEW.parent_id IS NOT DISTINCT FROM OLD.parent_id THEN RETURN NEW; END IF;
          ELSIF NOT ({MISPLACED}) THEN RETURN NEW; END IF;
          RAISE EXCEPTION 'comment_place' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER articles_comment_place BEFORE INSERT OR UPDATE OF article_id, parent_id ON articles_comment
       FOR EACH ROW EXECUTE FUNCTION articles_comment_place()""",
]
POSTGRESQL_BACK = ["DROP TRIGGER articles_comment_place ON articles_comment", "DROP FUNCTION articles_comment_place()"]


def forwards(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    for statement in {"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=80, verbose_name="nom")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="adresse électronique")),
                ("body", models.TextField(blank=True, verbose_name="commentaire")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unconfirmed", "Adresse à confirmer"),
                            ("pending", "En attente"),
                            ("published", "Publié"),
                            ("hidden", "Masqué après signalements"),
                            ("rejected", "Rejeté"),
                            ("spam", "Indésirable"),
                            ("deleted", "Supprimé par son auteur"),
                            ("erased", "Effacé"),
                        ],
                        default="pending",
                        editable=False,
                        max_length=11,
                        verbose_name="état",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("signals", models.JSONField(blank=True, default=list, editable=False, verbose_name="signaux")),
                ("network", models.CharField(blank=True, editable=False, max_length=64, verbose_name="réseau")),
                ("fingerprint", models.CharField(editable=False, max_length=64, unique=True, verbose_name="empreinte")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="envoyé le"),
                ),
                (
                    "article",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="articles.article",
                        verbose_name="article",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="replies",
                        to="articles.comment",
                        verbose_name="en réponse à",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        help_text="Rempli pour une réponse signée de la rédaction, et pour elle seule.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="compte",
                    ),
                ),
            ],
            options={
                "verbose_name": "commentaire",
                "verbose_name_plural": "commentaires",
                "ordering": ["pk"],
                "permissions": [("moderate_comment", "Peut modérer les commentaires")],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("submit", "Envoi par un lecteur"),
                            ("answer", "Réponse de la rédaction"),
                            ("confirm", "Adresse confirmée"),
                            ("expire", "Adresse jamais confirmée"),
                            ("approve", "Publication"),
                            ("reject", "Rejet"),
                            ("spam", "Classement en indésirable"),
                            ("report", "Signalements de lecteurs"),
                            ("edit", "Modification par l’auteur"),
                            ("delete", "Suppression par l’auteur"),
                            ("erase", "Effacement"),
                            ("undo", "Annulation de la décision"),
                        ],
                        max_length=10,
                        verbose_name="événement",
                    ),
                ),
                (
                    "from_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unconfirmed", "Adresse à confirmer"),
                            ("pending", "En attente"),
                            ("published", "Publié"),
                            ("hidden", "Masqué après signalements"),
                            ("rejected", "Rejeté"),
                            ("spam", "Indésirable"),
                            ("deleted", "Supprimé par son auteur"),
                            ("erased", "Effacé"),
                        ],
                        max_length=11,
                        verbose_name="de",
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("unconfirmed", "Adresse à confirmer"),
                            ("pending", "En attente"),
                            ("published", "Publié"),
                            ("hidden", "Masqué après signalements"),
                            ("rejected", "Rejeté"),
                            ("spam", "Indésirable"),
                            ("deleted", "Supprimé par son auteur"),
                            ("erased", "Effacé"),
                        ],
                        max_length=11,
                        verbose_name="à",
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(help_text="Celle que la décision a faite.", verbose_name="version"),
                ),
                ("decided_at", models.DateTimeField(verbose_name="le")),
                ("rule", models.CharField(blank=True, max_length=40, verbose_name="règle")),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("off_topic", "Hors sujet"),
                            ("insult", "Injure ou attaque personnelle"),
                            ("hate", "Propos haineux ou illicites"),
                            ("advertising", "Publicité"),
                            ("private", "Données personnelles d’autrui"),
                            ("unreadable", "Illisible"),
                            ("other", "Autre motif"),
                        ],
                        max_length=12,
                        verbose_name="motif",
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decisions",
                        to="articles.comment",
                        verbose_name="commentaire",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="par",
                    ),
                ),
            ],
            options={
                "verbose_name": "décision",
                "verbose_name_plural": "décisions",
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["article", "parent", "id"], name="comment_threads"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["state", "created_at"], name="comment_queue"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["network", "created_at"], name="comment_by_network"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["email", "created_at"], name="comment_by_email"),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["unconfirmed", "pending", "published", "hidden", "rejected", "spam", "deleted", "erased"],
                    )
                ),
                name="comment_known_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("body", ""), ("state__in", ["deleted", "erased"])),
                    models.Q(
                        models.Q(("state__in", ["deleted", "erased"]), _negated=True),
                        models.Q(("body", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="comment_text_unless_removed",
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("email", ""), ("name", ""), ("network", ""), ("state", "erased"), ("user", None)),
                    models.Q(models.Q(("state", "erased"), _negated=True), models.Q(("name", ""), _negated=True)),
                    _connector="OR",
                ),
                name="comment_erased_says_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "erased"),
                    models.Q(("user", None), models.Q(("email", ""), _negated=True)),
                    models.Q(("email", ""), ("user__isnull", False)),
                    _connector="OR",
                ),
                name="comment_of_reader_or_newsroom",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_by", None), models.Q(("rule", ""), _negated=True)),
                    models.Q(("decided_by__isnull", False), ("rule", "")),
                    _connector="OR",
                ),
                name="decision_by_person_or_rule",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("event", "reject"),
                        (
                            "reason__in",
                            ["off_topic", "insult", "hate", "advertising", "private", "unreadable", "other"],
                        ),
                    ),
                    models.Q(models.Q(("event", "reject"), _negated=True), ("reason", "")),
                    _connector="OR",
                ),
                name="decision_reason_of_rejection",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(fields=("comment", "version"), name="decision_once_per_version"),
        ),
        migrations.RunPython(forwards, backwards),
    ]
