"""Words with their marks: bold, italic, raised, lowered, linked; and how they are written.

Programs say a mark by an element, by a style, or by an element whose style takes it back; what a paragraph holds in the
end is one list of runs, from which all of that is gone.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from clusters.pasting.trees import Node
from clusters.typography import FIXED, NARROW

BREAK = "\n"
"""The text of a run that is a line break."""
_TAGS = {
    "b": ("bold", True), "strong": ("bold", True), "i": ("italic", True), "em": ("italic", True), "cite": ("italic", True),
    "dfn": ("italic", True), "var": ("italic", True), "sup": ("raised", 1), "sub": ("raised", -1),
}  # fmt: skip
_RAISED = {"super": 1, "sub": -1, "baseline": 0}
_DROPPED = re.compile("[\u00ad\u200b\u2060\ufeff]")
_SPACES = re.compile(rf"[ \t\r\n\f\v{FIXED}{NARROW}\u2000-\u200a\u2028\u2029\u3000]+")
_KEEPS_FIXED = re.compile(
    rf"(?<=\d)[{FIXED}{NARROW}](?=\S)|(?<=\S)[{FIXED}{NARROW}](?=[:;!?»%€$°])|(?<=«)[{FIXED}{NARROW}](?=\S)"
)
"""Where a fixed space is one that somebody meant: elsewhere programs write them to keep two spaces apart."""
_REDIRECTS = {"www.google.com/url": ("q", "url"), "google.com/url": ("q", "url")}
_SAFELINKS = ".safelinks.protection.outlook.com"
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|msclkid|mc_[ce]id", re.IGNORECASE)
_WINGDINGS = str.maketrans(
    {"à": "→", "ß": "←", "á": "↑", "â": "↓", "ó": "↔", "è": "➔", "ü": "✓", "J": "☺", "L": "☹", "§": "▪"}
)
"""What Word writes as a letter of its font of signs (an arrow typed as « --> » comes as « à »)."""
_PRIVATE = re.compile("[\ue000-\uf8ff]")


@dataclass(frozen=True)
class Marks:
    """How words are set. `raised` is 1 for superscript and -1 for subscript."""

    bold: bool = False
    italic: bool = False
    raised: int = 0
    href: str = ""
    cluster: str = ""
    keeps_lines: bool = False
    signs: bool = False


@dataclass(frozen=True)
class Run:
    """Words with one and the same marks; or a line break; or a note, which holds runs of its own."""

    text: str
    marks: Marks = Marks()
    note: tuple["Run", ...] = ()


def marks_of(node: Node, outer: Marks) -> Marks:
    """The marks of what stands in an element, given those around it."""
    changed: dict[str, object] = {}
    if node.tag in _TAGS:
        name, value = _TAGS[node.tag]
        changed[name] = value
    style = node.style
    weight = style.get("font-weight", "")
    if weight in ("bold", "bolder", "normal", "lighter") or (weight.isascii() and weight.isdecimal()):
        changed["bold"] = weight.startswith("bold") or (weight[:1].isdecimal() and int(weight[:4]) >= 600)
    if (slope := style.get("font-style")) in ("italic", "oblique", "normal"):
        changed["italic"] = slope != "normal"
    if (vertical := style.get("vertical-align")) in _RAISED:
        changed["raised"] = _RAISED[vertical]
    if node.tag == "pre":
        changed["keeps_lines"] = True
    if "wingdings" in style.get("font-family", "") or style.get("mso-symbol-font-family", "").startswith("wingdings"):
        changed["signs"] = True
    if node.tag == "a" and (href := address(node.attrs.get("href", ""))):
        changed["href"] = href
    if node.tag == "span" and re.fullmatch(r"GRP-\d{1,9}", node.attrs.get("data-cluster", "")):
        changed["cluster"] = node.attrs["data-cluster"]
    return replace(outer, **changed) if changed else outer


def address(href: str) -> str:
    """The address that a link leads to for everybody: whole, without a way round over a counter; "" if there is none.

    What counts clicks (utm_…) is taken off: it leads nowhere else without, and would count our readers for others.
    """
    for _way in range(3):
        href = "".join(href.split())
        try:
            parts = urlsplit(href)
            query = parse_qsl(parts.query, keep_blank_values=True)
        except ValueError:
            return ""
        if parts.scheme == "mailto":
            return href if "@" in parts.path else ""
        if parts.scheme not in ("http", "https") or not parts.netloc:
            return ""
        names = _REDIRECTS.get(
            f"{parts.netloc.lower()}{parts.path}", ("url",) if parts.netloc.lower().endswith(_SAFELINKS) else ()
        )
        inner = next((value for name in names for key, value in query if key == name), "")
        if not inner.startswith(("http://", "https://")):
            break
        href = inner
    if any(_TRACKING.fullmatch(name) for name, _value in query):
        kept = [(name, value) for name, value in query if not _TRACKING.fullmatch(name)]
        return urlunsplit(parts._replace(query=urlencode(kept)))
    return href


def words(text: str, marks: Marks) -> list[Run]:
    """The runs of a text as it stands in the markup."""
    text = _DROPPED.sub("", text)
    text = _PRIVATE.sub("", text.translate(_WINGDINGS) if marks.signs else text)
    if not marks.keeps_lines:
        return [Run(text.replace("\r", " ").replace("\n", " "), marks)] if text else []
    runs: list[Run] = []
    for number, line in enumerate(text.split("\n")):
        runs += [Run(BREAK)] if number else []
        runs += [Run(line, marks)] if line else []
    return runs


def tidy(runs: Iterable[Run], *, bold: bool = True) -> list[Run]:
    """The runs of a whole paragraph: one space between words, none at its ends, marks around words and not around spaces.

    Args:
        bold: False where everything is bold anyway, as in a heading.
    """
    joined = _joined(_without_marks_on_spaces(runs, bold))
    out: list[Run] = []
    is_after_space = True
    for run in joined:
        if run.note:
            out.append(run)
            is_after_space = False
            continue
        if run.text == BREAK:
            _strip_end(out)
            if out:
                out.append(run)
            is_after_space = True
            continue
        text = run.text
        if is_after_space:
            text = text.lstrip(" ")
        if text:
            out.append(replace(run, text=text))
            is_after_space = text.endswith(" ")
    while out and (out[-1].text == BREAK or not out[-1].text.strip(" ")) and not out[-1].note:
        out.pop()
    _strip_end(out)
    return _joined(out)


def _without_marks_on_spaces(runs: Iterable[Run], bold: bool) -> list[Run]:
    out: list[Run] = []
    for run in runs:
        if run.note or run.text == BREAK:
            out.append(run)
            continue
        marks = replace(run.marks, keeps_lines=False, signs=False, bold=run.marks.bold and bold)
        text = _one_space(run.text)
        inner = text.strip(" ")
        if text.startswith(" ") and not (out and out[-1].text == " "):
            out.append(Run(" ", marks))
        if inner:
            out.append(Run(inner, marks))
            out += [Run(" ", marks)] if text.endswith(" ") else []
    # A space between two words of the same marks has them too.
    for place, run in enumerate(out):
        if run.text == " " and not run.note:
            beside = [
                near.marks
                for near in (out[place - 1 : place] + out[place + 1 : place + 2])
                if near.text.strip() and not near.note
            ]
            is_within = len(beside) == 2 and beside[0] == beside[1]
            out[place] = Run(" ", beside[0] if is_within else _shared(beside))
    return out


def _shared(marks: list[Marks]) -> Marks:
    """The marks that both words have between which a space stands; a link only if it is the same."""
    if len(marks) < 2:
        return Marks()
    one, other = marks
    return Marks(
        bold=one.bold and other.bold,
        italic=one.italic and other.italic,
        href=one.href if one.href == other.href else "",
    )


def _one_space(text: str) -> str:
    parts, place = [], 0
    for found in _SPACES.finditer(text):
        parts.append(text[place : found.start()])
        is_meant = len(found[0]) == 1 and _KEEPS_FIXED.match(text, found.start())
        parts.append(found[0] if is_meant else " ")
        place = found.end()
    return "".join(parts) + text[place:]


def _strip_end(runs: list[Run]) -> None:
    while runs and not runs[-1].note and runs[-1].text != BREAK:
        last = runs.pop()
        if text := last.text.rstrip(" "):
            runs.append(replace(last, text=text))
            return


def _joined(runs: Iterable[Run]) -> list[Run]:
    out: list[Run] = []
    texts: list[str] = []

    def close() -> None:
        if len(texts) > 1:
            out[-1] = replace(out[-1], text="".join(texts))
        texts.clear()

    for run in runs:
        if out and texts and not run.note and run.text != BREAK and run.marks == out[-1].marks:
            texts.append(run.text)
            continue
        close()
        out.append(run)
        if not run.note and run.text != BREAK:
            texts.append(run.text)
    close()
    return out


def written(runs: Iterable[Run]) -> str:
    """Runs as the house's HTML, links around marks; one element for neighbours that share it."""
    out: list[str] = []
    opened: list[str] = []
    for run in runs:
        wanted = [] if run.note else _elements(run.marks)
        shared = 0
        while shared < min(len(opened), len(wanted)) and opened[shared] == wanted[shared]:
            shared += 1
        if run.text == BREAK:
            wanted, shared = opened, len(opened)  # a line may break within marks
        out += [_end(one) for one in reversed(opened[shared:])]
        out += wanted[shared:]
        opened = wanted
        if run.note:
            out.append(f'<span data-note="">{written(run.note)}</span>')
        elif run.text == BREAK:
            out.append("<br>")
        else:
            out.append(html.escape(run.text, quote=False))
    out += [_end(one) for one in reversed(opened)]
    return "".join(out)


def _elements(marks: Marks) -> list[str]:
    """The elements that say these marks, the outermost first."""
    if marks.cluster:
        return [f'<span data-cluster="{marks.cluster}">']
    found = [f'<a href="{html.escape(marks.href)}">'] if marks.href else []
    found += ["<strong>"] if marks.bold else []
    found += ["<em>"] if marks.italic else []
    return found + {1: ["<sup>"], -1: ["<sub>"]}.get(marks.raised, [])


def _end(element: str) -> str:
    return f"</{element[1:-1].partition(' ')[0]}>"
