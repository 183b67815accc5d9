"""From a clipboard to the body, and the sentences that tell what was left behind."""

import html
import re
from dataclasses import dataclass, field

from django.utils.translation import gettext, ngettext

from clusters.markup import plain, sanitise
from clusters.pasting.apart import SetApart, set_apart
from clusters.pasting.lines import lines_of
from clusters.pasting.trees import read
from clusters.pasting.writing import html_of
from clusters.typography import typeset

LONGEST = 2_000_000
"""Signs that are read of a clipboard, and that a body made of it may have."""


_ELEMENT = re.compile(r"<[a-zA-Z/!]")
_LINES = re.compile(r"[\r\n\u2028\u2029]+")


@dataclass(frozen=True)
class Pasted:
    """What a clipboard held.

    Attributes:
        html: a body, sanitised; the typography comes when it is saved.
        told: what was not taken over, each a sentence for whoever pastes.
        refused: what each picture was called that was left out; "" for one without a name.
    """

    html: str
    told: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def cleaned(source: str) -> Pasted:
    """The body that a clipboard's HTML says: any input, in time that grows with its length; never an exception.

    Args:
        source: of any program, read up to LONGEST. Without any element it is plain text, a paragraph to each line.
    """
    text = plain(source[:LONGEST])
    if not _ELEMENT.search(text):
        text = "".join(f"<p>{html.escape(html.unescape(line))}" for line in _LINES.split(text))
    tree, is_whole = read(text)
    apart = set_apart(tree)
    body = html_of(lines_of(tree))
    is_whole = is_whole and max(len(source), len(body)) <= LONGEST
    return Pasted(sanitise(body[:LONGEST], language=""), _told(apart, is_whole), apart.pictures)


def _told(apart: SetApart, is_whole: bool) -> list[str]:
    told = []
    if count := len(apart.pictures):
        names = ", ".join(f"« {name} »" for name in apart.pictures[:3] if name)
        sentence = ngettext("Une image n’a pas été collée", "%d images n’ont pas été collées", count)
        sentence = sentence % count if count > 1 else sentence
        ending = ngettext(
            "ajoutez-la par la bibliothèque d’images, avec son texte de remplacement et son crédit.",
            "ajoutez-les par la bibliothèque d’images, avec leur texte de remplacement et leur crédit.",
            count,
        )
        told.append(f"{sentence}{f' ({names})' if names else ''} : {ending}")
    for count, one, many in (
        (
            apart.calls,
            gettext("Une note est appelée, mais n’a pas été copiée avec le texte : seul son numéro reste."),
            gettext("Des notes sont appelées, mais n’ont pas été copiées avec le texte : seuls leurs numéros restent."),
        ),
        (
            apart.deletions,
            gettext("Un passage supprimé en suivi des modifications n’a pas été collé."),
            gettext("Les passages supprimés en suivi des modifications n’ont pas été collés."),
        ),
    ):
        if count:
            told.append(one if count == 1 else many)
    if apart.comments:
        told.append(gettext("Les commentaires en marge n’ont pas été collés."))
    if apart.contents:
        told.append(
            gettext("La table des matières n’a pas été collée : la page fait la sienne d’après les intertitres.")
        )
    if not is_whole:
        told.append(gettext("Le texte collé est trop long : sa fin a été laissée. Collez-le en plusieurs fois."))
    return [typeset(sentence) for sentence in told]
