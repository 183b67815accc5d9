"""What a clipboard holds that is not the text: comments, deletions kept for the record, contents, pictures; and its notes.

Taken out before any paragraph is made, since all of it is marked in ways of each program's own, and may lie anywhere.
"""

import re
from dataclasses import dataclass, field
from itertools import islice

from clusters.pasting.trees import GONE, RAW, Node

LARGEST_NOTE = 300
"""Elements in a note; what holds more is the text around it."""
NOTE = "note"
"""The element that stands for a note at the place of its call."""
_NOT_TEXT = RAW | {
    "head", "meta", "link", "base", "xml", "object", "embed", "applet", "audio", "video", "canvas", "svg", "math", "map",
    "select", "button", "template", "noscript",
}  # fmt: skip
_PICTURES = frozenset({"img", "picture", "v:shape", "v:imagedata"})
_CALL = re.compile(r"_(?:ftn|edn)\d+|sd(?:foot|end)note\d+sym|ftnt\d+", re.IGNORECASE)
"""How Word, LibreOffice and Google Docs name the notes that a call leads to."""
_COMMENT = re.compile(r"_msocom_|cmnt", re.IGNORECASE)
_COMMENTED = re.compile(r"cmnt_ref\d+")
_CONTENTS = re.compile(r"\bmsotoc(?!heading)\w*\b|\bmsotocheading\b")
_PIXEL = frozenset({"0", "1", "0px", "1px"})


@dataclass
class SetApart:
    """What was taken out, for a person to be told.

    Attributes:
        pictures: what each picture was called; "" where it had no name.
        calls: calls of notes that were not copied with them.
    """

    pictures: list[str] = field(default_factory=list)
    deletions: int = 0
    comments: bool = False
    contents: bool = False
    notes: int = 0
    calls: int = 0


def set_apart(root: Node) -> SetApart:
    """Take out of a tree what is not its text, and put each note where it is called."""
    found = SetApart()
    for node in root.nodes():
        _take_out(node, found)
    _lift_notes(root, found)
    return found


def _take_out(node: Node, found: SetApart) -> None:
    style, classes = node.style, node.classes
    if node.tag == "span" and "data-note" in node.attrs:
        node.tag = NOTE  # ours, copied from a page and not from the editor
    elif node.tag in _PICTURES:
        is_drawn = node.tag == "img" and not _is_sign(node)
        if is_drawn:
            found.pictures.append(" ".join(node.attrs.get("alt", "").split())[:60])
        node.remove()
    elif node.tag == "del" or "msodel" in classes.split():
        found.deletions += bool(node.text().strip())
        node.remove()
    elif _is_comment(node):
        found.comments = True
        node.remove()
    elif _CONTENTS.search(classes) or node.attrs.get("id", "").startswith("Table of Contents"):
        found.contents = True
        node.remove()
    elif (
        node.tag in _NOT_TEXT
        or style.get("display") == "none"
        or style.get("mso-hide") == "all"
        or style.get("mso-element") in ("header", "footer")
        or (node.tag == "div" and node.attrs.get("title") in ("header", "footer"))
        or (node.tag == "input")
    ):
        node.remove()


def _is_sign(picture: Node) -> bool:
    """Whether a picture is a bullet, a box to tick or a counting pixel, and says nothing."""
    is_pixel = picture.attrs.get("width") in _PIXEL or picture.attrs.get("height") in _PIXEL
    around, depth = picture.parent, 0
    while around is not None and depth < 4:
        if around.attrs.get("role") == "checkbox" or around.style.get("mso-list") == "ignore":
            return True
        around, depth = around.parent, depth + 1
    return is_pixel


def _is_comment(node: Node) -> bool:
    style = node.style
    if style.get("mso-element", "").startswith("comment") or "mso-comment-author" in style:
        return True
    if "msocomanchor" in node.classes or "msocomtxt" in node.classes or "msocommentreference" in node.classes:
        return True
    if node.tag in ("p", "div") and any(_COMMENTED.fullmatch(_fragment(one)) for one in _first_links(node)):
        return True  # Google's, below the text
    # Word wraps what is commented in a link of its own, which is kept; Google's calls are « [a] ».
    return node.tag == "a" and bool(_COMMENT.match(_fragment(node)))


def _first_links(block: Node) -> list[Node]:
    """The link with which a block begins, if it does."""
    first = next((one for one in block.children if not isinstance(one, str) or one.strip()), None)
    return [first] if isinstance(first, Node) and first.tag == "a" else []


def _fragment(link: Node) -> str:
    """The place within the page that a link leads to; "" for one that leads elsewhere."""
    page, hash_sign, fragment = link.attrs.get("href", "").partition("#")
    is_here = not page or page.lower().startswith(("file:", "about:", "blob:"))
    return fragment if hash_sign and is_here else ""


def _names(link: Node) -> set[str]:
    """What a link is called, by itself or by the mark that it is in."""
    around = [
        link,
        *([link.parent] if link.parent is not None and link.parent.tag in {"sup", "span", "li", "p"} else []),
    ]
    return {node.attrs[key] for node in around for key in ("name", "id") if node.attrs.get(key)}


def _lift_notes(root: Node, found: SetApart) -> None:
    """A call and its note lead to each other; of any two links that do, the later one is the note's."""
    links = [node for node in root.nodes() if node.tag == "a" and _fragment(node)]
    by_name: dict[str, Node] = {}
    for link in links:
        for name in _names(link):
            by_name.setdefault(name, link)
    places = {id(link): place for place, link in enumerate(links)}
    called: list[tuple[Node, Node]] = []
    bodies: set[int] = set()
    for link in links:
        body = by_name.get(_fragment(link))
        if body is None or places[id(body)] <= places[id(link)] or by_name.get(_fragment(body)) is not link:
            continue
        called.append((link, body))
        bodies.add(id(body))
    for call, body in called:
        container = _container(body, bodies)
        if container is None or _is_within(call, container):
            continue
        body.remove()  # its number, or what stands for it
        words = list(container.children)
        container.remove()
        call.become(NOTE, words)
        found.notes += 1
    for link in links:
        if link.tag == "a" and _CALL.fullmatch(_fragment(link)):
            found.calls += 1
            link.become("sup", list(link.children))
    if found.notes:
        _remove_rule_of_notes(root)


def _container(body: Node, bodies: set[int]) -> Node | None:
    """The block that is the whole note of which a link is the number: its division, or else its paragraph."""
    block, node = None, body.parent
    while node is not None and node.tag:
        if node.tag in {"p", "li", "div", "dd", "td"}:
            inner = list(islice(node.nodes(), LARGEST_NOTE + 1))
            if len(inner) > LARGEST_NOTE or sum(id(one) in bodies for one in inner) != 1:
                break
            block = node
            if node.tag in {"li", "td", "div"}:
                break
        node = node.parent
    return block


def _is_within(node: Node | None, container: Node) -> bool:
    while node is not None:
        if node is container:
            return True
        node = node.parent
    return False


def _remove_rule_of_notes(root: Node) -> None:
    """The rule between a text and its notes, once they are gone from below it."""
    last, below = None, False
    for node in root.nodes():
        if node.tag == "hr":
            last, below = node, False
        elif node.tag != GONE and any(isinstance(one, str) and one.strip() for one in node.children):
            below = True
    if last is not None and not below:
        last.remove()
