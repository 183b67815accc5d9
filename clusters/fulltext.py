"""Full-text search: one table, SQLite's FTS5 or PostgreSQL's tsvector behind it, the same words found on both.

Words are analysed here, in Python (elision, stems, accents and Arabic letter forms), so that the two databases cannot
disagree; they only store and rank. Which rows a reader may see is not decided here: callers narrow a visible queryset.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import snowballstemmer
from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from clusters.markup import plain

_STEMMERS = {"fr": "french", "en": "english", "ar": "arabic"}
_WORD = re.compile(r"[\w&+]+")
_ELISION = re.compile(r"\b(?:[ldjmtsnc]|qu|jusqu|lorsqu|puisqu)['’](?=\w)", re.I)
_ARABIC_FORMS = str.maketrans({"ى": "ي", "ة": "ه", "ـ": "", "ٱ": "ا"})
_STOP = frozenset(
    [
        "le",
        "la",
        "les",
        "l",
        "un",
        "une",
        "des",
        "du",
        "de",
        "d",
        "et",
        "ou",
        "en",
        "au",
        "aux",
        "a",
        "que",
        "qui",
        "ce",
        "the",
        "of",
        "and",
    ]
)
_MAX_WORDS = 12  # of a query; nobody types more, and each costs a look-up
_RANKED = 100  # rows in the order of their rank; nobody reads the hundred-and-first by it


def fold(text: str) -> str:
    """The text in small letters without accents, vowel signs or variant Arabic letters."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in decomposed if not unicodedata.category(c).startswith("M")).translate(_ARABIC_FORMS)


@functools.lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """The folded stem of a word; stemmed until it stays the same, since one pass separates "cluster" from "clusters"."""
    # Arabic is told by its letters: an Arabic name stands in the text of a French record.
    name = _STEMMERS.get("ar" if "\u0600" <= word[0] <= "\u06ff" else language)
    if name and word.isalpha():
        stemmer = snowballstemmer.stemmer(name)
        for _round in range(3):
            shorter = stemmer.stemWord(word)
            if shorter == word:
                break
            word = shorter
    return fold(word)


def _words(text: str) -> list[str]:
    """The words of a text in small letters; accents composed, so that stems are found, and no mark left that would cut a word."""
    composed = unicodedata.normalize("NFKC", plain(text)).lower()
    bare = "".join(sign for sign in composed if sign != "ـ" and not unicodedata.category(sign).startswith("M"))
    return [word for word in _WORD.findall(_ELISION.sub(" ", bare)) if any(sign.isalnum() for sign in word)]


def analyse(text: str, language: str = "fr") -> list[str]:
    """The terms of a text, in order, as they stand in the index."""
    return [term for word in _words(text) if (term := stem(word[:60], language))]


def query_terms(query: str) -> list[list[str]]:
    """For each word asked for, the forms under which it may stand in the index (one for each language)."""
    words = _words(query[:500])
    telling = [word for word in words if word not in _STOP] or words
    asked = [sorted({stem(word[:60], language) for language in _STEMMERS} - {""}) for word in telling[:_MAX_WORDS]]
    return [forms for forms in asked if forms]


class SearchEntry(models.Model):
    """What is searched of one row of any model: its terms, heavy ones (title, names) and light ones (text) apart."""

    kind = models.CharField(_("type"), max_length=60)
    object_id = models.PositiveBigIntegerField(_("identifiant"))
    heavy = models.TextField(_("termes du titre"), blank=True)
    light = models.TextField(_("termes du texte"), blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="search_entry_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


def put(instance: models.Model, heavy: str, light: str, language: str = "fr") -> None:
    """Index a row, in the caller's transaction; what stood there before for that row is replaced."""
    SearchEntry.objects.update_or_create(
        kind=instance._meta.label_lower,
        object_id=instance.pk,
        defaults={"heavy": " ".join(analyse(heavy, language)), "light": " ".join(analyse(light, language))},
    )


def put_many(rows: Iterable[tuple[models.Model, str, str, str]]) -> None:
    """Index many new rows, each (instance, heavy, light, language), in one statement."""
    SearchEntry.objects.bulk_create(
        [
            SearchEntry(
                kind=row._meta.label_lower,
                object_id=row.pk,
                heavy=" ".join(analyse(heavy, language)),
                light=" ".join(analyse(light, language)),
            )
            for row, heavy, light, language in rows
        ],
        batch_size=500,
    )


def remove(instance: models.Model) -> None:
    """Forget a row."""
    SearchEntry.objects.filter(kind=instance._meta.label_lower, object_id=instance.pk).delete()


@dataclass(frozen=True)
class Hits:
    """The rows of a queryset that hold every word of a query.

    Attributes:
        keys: the primary keys to narrow that queryset by, ready for `pk__in`: all that match, however many. A list
            where they are few; else a subquery, which finds hidden rows as well, so that it only ever narrows.
        best: the keys of the hundred that match best among the queryset's rows, best first.
    """

    keys: RawSQL | list[int]
    best: list[int]

    def in_order(self, rows: Any) -> Any:
        """Rows with the best first, then the rest newest first: to rank thousands costs more than to find them."""
        places = [models.When(pk=pk, then=models.Value(place)) for place, pk in enumerate(self.best)]
        if not places:
            return rows
        position = models.Case(*places, default=models.Value(_RANKED), output_field=models.IntegerField())
        return rows.order_by(position, "-pk")


def hits(rows: Any, query: str) -> Hits:
    """Those of a queryset's rows that hold every word of the query; none for a query without a word.

    What the queryset hides has no say: neither in how many there are, nor in whether the last word is taken as the
    beginning of one.
    """
    terms = query_terms(query)
    if not terms:
        return Hits([], [])
    found = _hits(rows, terms)
    if not found.best and len(terms[-1][0]) >= 3:
        found = _hits(rows, terms, prefix=True)  # the last word is perhaps not finished
    return found


def narrow(rows: Any, query: str) -> Any:
    """Those of a queryset's rows that hold every word of the query: the best hundred by rank, the rest newest first."""
    found = hits(rows, query)
    return found.in_order(rows.filter(pk__in=found.keys))


def _hits(rows: Any, terms: list[list[str]], prefix: bool = False) -> Hits:
    connection = connections[rows.db]
    if connection.vendor == "postgresql":
        matching, rank = _POSTGRESQL
        expression = _expression(terms, "'{}'", ":*" if prefix else "", " & ", " | ")
    else:
        matching, rank = _SQLITE
        expression = _expression(terms, '"{}"', " *" if prefix else "", " AND ", " OR ")
    parameters = (expression, rows.model._meta.label_lower)
    try:
        asked_for, values = rows.order_by().values("pk").query.get_compiler(rows.db).as_sql()
    except EmptyResultSet:
        return Hits([], [])
    best = (
        f"SELECT entry.object_id {matching} AND entry.object_id IN ({asked_for})"
        f" ORDER BY {rank} DESC, entry.object_id DESC LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(best, [*parameters, *values, _RANKED])
        keys = [key for (key,) in cursor.fetchall()]
    if len(keys) < _RANKED:
        return Hits(keys, keys)
    return Hits(RawSQL(f"SELECT entry.object_id {matching}", parameters), keys)  # noqa: S611  (words are parameters)


def _expression(terms: list[list[str]], quote: str, star: str, both: str, either: str) -> str:
    # Terms hold letters, digits, _, & and + only, so that quoting them is enough.
    groups = []
    for index, forms in enumerate(terms):
        mark = star if index == len(terms) - 1 else ""
        groups.append("(" + either.join(quote.format(form) + mark for form in forms) + ")")
    return both.join(groups)


# Which rows of the index match, and by what they are ranked. CROSS JOIN keeps SQLite to that order: from the other side it
# would search the words once for each row.
_SQLITE = (
    "FROM clusters_fulltext CROSS JOIN clusters_searchentry entry ON entry.id = clusters_fulltext.rowid"
    " WHERE clusters_fulltext MATCH %s AND entry.kind = %s",
    "-bm25(clusters_fulltext, 6.0, 1.0)",
)
_POSTGRESQL = (
    "FROM clusters_searchentry entry, CAST(%s AS tsquery) query WHERE entry.vector @@ query AND entry.kind = %s",
    "ts_rank_cd('{0.1, 0.2, 0.2, 1.0}', entry.vector, query, 1)",
)
