"""Names of clusters that stand in a text as plain words: where they are, and the references that they can become.

One reading of what a name is, for the lists of the admin and for what the editor offers: the longest first, accents do not
matter, what has no capital is no name (« un cluster solaire »), one word alone is one in its own capitals only, and what
could be two records is none.
"""

import functools
import html
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from clusters.fulltext import fold
from clusters.markup import REFERENCE, references
from clusters.models import Cluster, ClusterName
from clusters.nodes import INLINE

SHORTEST_NAME, SHORTEST_ACRONYM = 4, 3
"""Letters: shorter ones are too often another word."""
AROUND = 70
"""Signs of the text that are shown on each side of a mention."""
_WORD = re.compile(r"\w+")
_TAG = re.compile(r"(<[^>]*>)")  # whole in a stored body, where no attribute holds a bare « > »
_BETWEEN = re.compile(r"[\s\-‐-―’'&/.,()«»]{1,3}")
_CLOSED_TO = frozenset({"a", "span", "h2", "h3", "figure", "figcaption"})
"""Elements in which a name is left alone: links, references, notes, headings, captions."""


@dataclass(frozen=True)
class Name:
    """A name of a cluster.

    Attributes:
        words: folded; of one word alone as it is written, without its accents.
    """

    public_id: str
    cluster: str
    words: tuple[str, ...]

    @property
    def is_exact(self) -> bool:
        """Whether capitals matter: in one word alone they tell a name from a word."""
        return len(self.words) == 1


@dataclass(frozen=True)
class Mention:
    """A name in a text, with what stands before and after it."""

    name: Name
    text: str
    before: str = ""
    after: str = ""


@dataclass
class Names:
    """The names that lead to one cluster that anybody may see, found by their first word."""

    names: list[Name] = field(default_factory=list)
    _by_first: dict[str, list[Name]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in sorted(self.names, key=lambda one: -len(one.words)):
            self._by_first.setdefault(fold(name.words[0]), []).append(name)

    def of(self, public_id: str) -> "Names":
        """Those of one cluster."""
        return Names([name for name in self.names if name.public_id == public_id])

    def starting_with(self, word: str) -> list[Name]:
        """The names whose first word this is, longest first."""
        return self._by_first.get(_folded(word), [])


def known_names() -> Names:
    """The names by which a text may call the clusters that anybody may see. Three queries."""
    visible = set(Cluster.objects.visible().order_by().values_list("pk", flat=True))
    standing = Cluster.objects.filter(merged_into=None).order_by().values_list("pk", "public_id", "name", "acronym")
    called: dict[tuple[str, ...], set[int]] = {}
    of: dict[int, tuple[str, str]] = {}
    rows: list[tuple[int, str]] = []
    for pk, public_id, name, acronym in standing:
        of[pk] = (public_id, name)
        rows += [(pk, name), (pk, acronym)]
    other = ClusterName.objects.visible().filter(cluster__merged_into=None).order_by()
    rows += list(other.values_list("cluster_id", "value"))
    for pk, text in rows:
        # A name of a record that is not public yet counts as well: it may be the one that is meant.
        if words := _name_words(text):
            called.setdefault(words, set()).add(pk)
    # The acronym of one body in small letters may be a word in the name of another: only the same words are the same name.
    unambiguous = ((words, next(iter(owners))) for words, owners in called.items() if len(owners) == 1)
    return Names([Name(*of[pk], words) for words, pk in unambiguous if pk in visible])


def _name_words(text: str) -> tuple[str, ...]:
    """The words of a name as they are compared; () for one that is too short to be told from others."""
    words = _WORD.findall(text)
    if len(words) == 1:
        (word,) = words
        is_acronym = word.upper() == word
        is_name = len(word) >= (SHORTEST_ACRONYM if is_acronym else SHORTEST_NAME)
        return (_unaccented(word),) if is_name and not word.islower() and not word.isdigit() else ()
    return tuple(fold(word) for word in words) if sum(map(len, words)) >= SHORTEST_NAME else ()


@functools.lru_cache(maxsize=20_000)
def _folded(word: str) -> str:
    return fold(word)


@functools.lru_cache(maxsize=20_000)
def _unaccented(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(sign for sign in decomposed if not unicodedata.category(sign).startswith("M"))


def unlinked(body: str, names: Names) -> list[Mention]:
    """The mentions in a stored body of clusters that it does not refer to yet, in order.

    A text leads to each cluster once; names that come again are not owed a reference.
    """
    known = references(body)
    return [mention for mention, _place in _mentions(_TAG.split(body), names) if mention.name.public_id not in known]


def linked(body: str, names: Names, public_ids: Collection[str], *, every: bool = False) -> tuple[str, int]:
    """A stored body in which mentions of these clusters have become references, and how many have.

    Args:
        every: all of them, or else the first of each cluster.
    """
    pieces = _TAG.split(body)
    known = references(body)
    cuts: dict[int, list[tuple[int, int, str]]] = {}
    done = 0
    for mention, (piece, start, end) in _mentions(pieces, names):
        public_id = mention.name.public_id
        if public_id in public_ids and public_id not in known:
            cuts.setdefault(piece, []).append((start, end, public_id))
            done += 1
            known = known if every else known | {public_id}
    for piece, found in cuts.items():
        text, parts, place = html.unescape(pieces[piece]), [], 0
        for start, end, public_id in found:
            parts += [
                _escaped(text[place:start]),
                f'<span {REFERENCE}="{public_id}">{_escaped(text[start:end])}</span>',
            ]
            place = end
        pieces[piece] = "".join([*parts, _escaped(text[place:])])
    return "".join(pieces), done


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


def _mentions(pieces: list[str], names: Names) -> Iterator[tuple[Mention, tuple[int, int, int]]]:
    """Each mention, with its place: the piece of the body that holds it, and where in its words it begins and ends."""
    line: list[tuple[int, str, bool]] = []  # of the block that is read: piece, words, may a reference stand there
    closed = 0
    for number, piece in enumerate(pieces):
        if number % 2 == 0:
            if piece:
                line.append((number, html.unescape(piece), not closed))
            continue
        tag = piece.strip("</>").partition(" ")[0]
        if tag not in INLINE:
            yield from _in_line(line, names)
            line = []
        if tag in _CLOSED_TO:
            closed += -1 if piece.startswith("</") else 1
    yield from _in_line(line, names)


def _in_line(line: list[tuple[int, str, bool]], names: Names) -> Iterator[tuple[Mention, tuple[int, int, int]]]:
    text = "".join(words for _number, words, _is_open in line)
    words = list(_WORD.finditer(text))
    starts, place = [], 0
    for _number, piece, _is_open in line:
        starts.append(place)
        place += len(piece)
    at, current = 0, 0
    while at < len(words):
        found = _name_at(text, words, at, names)
        if found is None:
            at += 1
            continue
        name, count = found
        start, end = words[at].start(), words[at + count - 1].end()
        at += count
        while current + 1 < len(line) and starts[current + 1] <= start:
            current += 1
        number, piece, is_open = line[current]
        if is_open and end <= starts[current] + len(piece):
            mention = Mention(name, text[start:end], _tail(text[:start]), _head(text[end:]))
            yield mention, (number, start - starts[current], end - starts[current])


def _name_at(text: str, words: list[re.Match[str]], at: int, names: Names) -> tuple[Name, int] | None:
    """The longest name that begins with a word of a line, and how many words it has there."""
    for name in names.starting_with(words[at][0]):
        count = len(name.words)
        if at + count > len(words):
            continue
        if name.is_exact:
            if _unaccented(words[at][0]) == name.words[0]:
                return name, 1
            continue
        here = words[at : at + count]
        is_called = all(_folded(one[0]) == word for one, word in zip(here, name.words, strict=True))
        gaps = (text[one.end() : other.start()] for one, other in pairwise(here))
        if is_called and not all(one[0].islower() for one in here) and all(_BETWEEN.fullmatch(gap) for gap in gaps):
            return name, count
    return None


def _tail(text: str) -> str:
    cut = text[-AROUND:]
    return cut if len(cut) == len(text) else f"… {cut.partition(' ')[2]}"


def _head(text: str) -> str:
    cut = text[:AROUND]
    return cut if len(cut) == len(text) else f"{cut.rpartition(' ')[0]} …"
