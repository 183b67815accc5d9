"""What is looked at before an article goes out: what blocks it, and what only warns, each with the field that it is about.

The one list of both: a button, an action and a forged request meet it in `Article.change_state`, the form and the page that
asks before publishing print it. Reads the body as it is stored; knows no form and no request.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from articles.models import links
from articles.models.pictures import Picture, require_texts
from clusters.embeds import frame_of
from clusters.markup import REFERENCE, embeds_of, text_of
from clusters.models import Cluster

BODY = "body"
LINES = ("bylines", "citations")
LONGEST_TITLE = 70
"""Signs of a title that a page of results shows; they cut by width, at about 600 pixels, which is 60 to 70 signs of French."""
MUTE_LINKS = frozenset({
    "ici", "là", "cliquez ici", "cliquer ici", "ce lien", "lien", "cette page", "en savoir plus", "lire la suite", "plus d’infos",
})  # fmt: skip
"""Words that say nothing of where a link leads, to whoever hears the links of a page read out (WCAG 2.4.4)."""
HARD_TO_READ = 50
"""Below this on the scale of `reading_ease` a text is called difficult; the articles of the demonstration stand at 65 to 78."""
FEWEST_WORDS = 100
"""A shorter text has no reading level."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or might be.

    Attributes:
        sentence: what it is and what to do, for the writer.
        field: where, as the form names it: a field, or a kind of lines such as `bylines`.
        blocks: whether the article cannot go out with it.
    """

    sentence: str
    field: str
    blocks: bool = True

    @property
    def anchor(self) -> str:
        """The id that this place has in the form."""
        return f"{self.field}-group" if self.field in LINES else f"id_{self.field}"


def blocks(article: Any) -> list[Finding]:
    """What stands against sending an article on; empty if nothing does."""
    return [one for one in findings(article) if one.blocks]


def findings(article: Any) -> list[Finding]:
    """All that is to be said of an article as it stands, what blocks first.

    Args:
        article: saved; its columns may differ from what is stored, its lines are read from the database.
    """
    reader = Reader(article.body)
    found = [
        *_what_it_needs(article),
        *_cover(article),
        *_pictures(reader),
        *_embeds(article.body),
        *_references(reader),
        *_links(article, reader),
        *_headings(reader),
        *_what_it_lacks(article),
        *_words(article, reader),
    ]
    return sorted(found, key=lambda one: not one.blocks)


# -- What every article has --------------------------------------------------------------------------------------------


def _what_it_needs(article: Any) -> Iterable[Finding]:
    if not article.title.strip():
        yield Finding(gettext("L’article n’a pas de titre."), "title")
    if not text_of(article.body):
        yield Finding(gettext("L’article n’a pas de texte."), BODY)
    if not article.bylines.exists():
        yield Finding(gettext("L’article n’est pas signé : ajoutez un auteur."), "bylines")


def _what_it_lacks(article: Any) -> Iterable[Finding]:
    if len(article.title) > LONGEST_TITLE:
        words = {"length": len(article.title), "longest": LONGEST_TITLE}
        text = gettext(
            "Le titre compte %(length)d signes : au-delà de %(longest)d, les pages de résultats le coupent ; mettez l’essentiel au début."
        )
        yield Finding(text % words, "title", blocks=False)
    if not article.description:
        text = gettext("Il n’y a pas de description : les moteurs de recherche montreront le chapô.")
        yield Finding(text, "description", blocks=False)
    if not article.citations.exists():
        yield Finding(gettext("Aucune source n’est citée : sur quoi repose l’article ?"), "citations", blocks=False)
    if not article.tags.exists():
        text = gettext("L’article n’a pas de mot-dièse : il ne sera dans aucun de leurs flux.")
        yield Finding(text, "tags", blocks=False)


# -- Pictures ----------------------------------------------------------------------------------------------------------


def _cover(article: Any) -> Iterable[Finding]:
    if article.cover:
        yield from (Finding(sentence, "cover") for sentence in _wanting(article.cover))


def _pictures(reader: "Reader") -> Iterable[Finding]:
    ids = {one for one in reader.pictures if one.isascii() and one.isdigit()}
    known = {str(one.pk): one for one in Picture.objects.filter(pk__in=ids)} if ids else {}
    for number, one in enumerate(reader.pictures, 1):
        if one not in known:
            text = gettext("L’image %(number)d du texte n’est plus dans la photothèque : retirez-la ou remplacez-la.")
            yield Finding(text % {"number": number}, BODY)
            continue
        for sentence in _wanting(known[one]):
            words = {"number": number, "sentence": sentence}
            yield Finding(gettext("Image %(number)d du texte. %(sentence)s") % words, BODY)


def _embeds(body: str) -> Iterable[Finding]:
    for address in sorted(embeds_of(body)):
        if frame_of(address) is None:
            text = gettext("Le texte affiche une page d’un fournisseur inconnu : %s. Remplacez-la par un lien.")
            yield Finding(text % address[:200], BODY)


def _wanting(picture: Picture) -> list[str]:
    try:
        require_texts(picture)
    except ValidationError as error:
        return error.messages
    return []


# -- References and links ----------------------------------------------------------------------------------------------


def _references(reader: "Reader") -> Iterable[Finding]:
    known = Cluster.objects.filter(public_id__in=reader.references).values_list("public_id", flat=True)
    unknown = sorted(reader.references - set(known)) if reader.references else []
    if unknown:
        text = gettext("Le texte renvoie à une fiche qui n’existe pas : %s.")
        yield Finding(text % ", ".join(unknown), BODY)


def _links(article: Any, reader: "Reader") -> Iterable[Finding]:
    by_id = {links.found_by_id(target): text for target, text in reader.targets}
    page = links.page_of(article)
    by_address = {one: text for href, text in reader.hrefs if (one := links.found_at(href, page))}
    targets = links.targets_of([*by_id, *by_address])
    for one, target in targets.items():
        if links.is_lost(one, target):
            words = {"text": by_id.get(one) or by_address.get(one) or one.key, "where": one.key[:200]}
            sentence = gettext("Le lien « %(text)s » mène à %(where)s, une page du site qui n’existe pas.")
            yield Finding(sentence % words, BODY)
    # One by id to what is hidden is printed as plain words until it may be seen: two articles may wait to appear together.
    for one in links.hidden_among({one: targets[one] for one in by_address}):
        words = {"text": by_address[one] or one.key, "where": one.key[:200]}
        sentence = gettext("Le lien « %(text)s » mène à %(where)s, une page que les lecteurs ne voient pas.")
        yield Finding(sentence % words, BODY, blocks=False)
    mute = [text for _href, text in (*reader.hrefs, *reader.targets) if _bare(text) in MUTE_LINKS]
    for text in dict.fromkeys(mute):
        sentence = gettext("Le lien « %s » ne dit pas où il mène : faites porter le lien sur les mots qui le disent.")
        yield Finding(sentence % text, BODY, blocks=False)


def _bare(text: str) -> str:
    return " ".join(text.lower().replace("'", "’").strip(" .,;:!?…»«").split())


# -- Headings and words ------------------------------------------------------------------------------------------------


def _headings(reader: "Reader") -> Iterable[Finding]:
    level = 1  # the title
    for deeper, text in reader.headings:
        if deeper > level + 1:
            sentence = gettext(
                "L’intertitre « %s » saute un niveau : mettez au-dessus de lui un intertitre de premier niveau."
            )
            yield Finding(sentence % text, BODY)
        level = deeper


def _words(article: Any, reader: "Reader") -> Iterable[Finding]:
    ease = reading_ease(reader.paragraphs) if article.language == "fr" else None
    if ease is not None and ease < HARD_TO_READ:
        sentence = gettext(
            "Le texte est difficile à lire (%d sur 100, indice de Kandel et Moles) : coupez les phrases les plus longues."
        )
        yield Finding(sentence % max(0, round(ease)), BODY, blocks=False)


_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_VOWELS = re.compile(r"[éèêëï]|[aeiouyàâäîôöùûüœæ]+")


def reading_ease(paragraphs: Iterable[str]) -> float | None:
    """How easy a French text is to read, from 100 (very) down; None if it is too short to tell.

    Flesch's formula as it was set for French by L. Kandel and A. Moles, « Application de l’indice de Flesch à la langue
    française », Cahiers d’études de radio-télévision 19, 1958: 207 - 1.015 × words a sentence - 73.6 × syllables a word.
    """
    words, sentences = [], 0
    for paragraph in paragraphs:
        for sentence in re.split(r"[.!?…]+(?:\s|$)", paragraph):
            said = _WORD.findall(sentence)
            words += said
            sentences += bool(said)
    if len(words) < FEWEST_WORDS:
        return None
    return 207 - 1.015 * len(words) / sentences - 73.6 * sum(map(syllables, words)) / len(words)


def syllables(word: str) -> int:
    """Syllables of a French word as it is read: groups of vowels, without the mute e at its end."""
    text = word.lower().replace("qu", "q").replace("gu", "g")
    heard = len(_VOWELS.findall(text))
    return max(1, heard - bool(re.search(r"[^aeiouyàâäéèêëîïôöùûü]es?$", text)))


# -- The body ----------------------------------------------------------------------------------------------------------


class Reader(HTMLParser):
    """What of a stored body is looked at.

    Attributes:
        headings: (level, text), without those of boxes, which stand beside the text.
        pictures: ids, in order.
        references: public ids of clusters.
        targets: (`article/12`, words) of the links by id.
        hrefs: (address, words) of the others.
        paragraphs: its prose, without tables.
    """

    def __init__(self, body: str) -> None:
        super().__init__(convert_charrefs=True)
        self.headings: list[tuple[int, str]] = []
        self.pictures: list[str] = []
        self.references: set[str] = set()
        self.targets: list[tuple[str, str]] = []
        self.hrefs: list[tuple[str, str]] = []
        self.paragraphs: list[str] = []
        self._aside = self._table = 0
        self._open: dict[str, list[str]] = {}
        self._link: tuple[list[tuple[str, str]], str] | None = None
        self.feed(body)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._aside += tag == "aside"
        self._table += tag == "table"
        if tag in ("h2", "h3", "p"):
            self._open[tag] = []
        elif tag == "figure" and "data-picture" in values:
            self.pictures.append(values["data-picture"])
        elif tag == "span" and values.get(REFERENCE):
            self.references.add(values[REFERENCE])
        elif tag == "a" and ("data-to" in values or "href" in values):
            self._link = (self.targets, values["data-to"]) if "data-to" in values else (self.hrefs, values["href"])
            self._open["a"] = []

    def handle_endtag(self, tag: str) -> None:
        self._aside -= tag == "aside"
        self._table -= tag == "table"
        if tag not in self._open:
            return
        text = " ".join("".join(self._open.pop(tag)).split())
        if tag == "a" and self._link:
            kept, address = self._link
            kept.append((address, text))
        elif tag == "p" and text and not self._table:
            self.paragraphs.append(text)
        elif tag in ("h2", "h3") and not self._aside:
            self.headings.append((int(tag[1]), text))

    def handle_data(self, data: str) -> None:
        for text in self._open.values():
            text.append(data)
