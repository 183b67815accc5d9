"""French typography: the spaces and the apostrophe that a French reader expects.

In one place because titles, bodies, labels and comments of the newsroom must agree, and because doing it twice must change nothing.
"""

import re
from typing import Any

FRENCH = "fr"
NARROW = "\N{NARROW NO-BREAK SPACE}"
FIXED = "\N{NO-BREAK SPACE}"
_SPACES = rf"[ \t{FIXED}{NARROW}]"

# The one of a person from the beginning of a word only: tried at each of its letters, a long word takes seconds.
_ADDRESSES = re.compile(
    r"(\b(?:https?://|www\.|mailto:)\S+|(?<!\S)\S+@\S+|(?<![\w.@-])[\w-]{1,60}(?:\.[\w-]{1,60}){0,4}\.[a-z]{2,10}[/?]\S+)"
)
_UNITS = "[%‰€$£]|[kM]€|Md€|°C?|[kcm]?m[²³]?|km/h|ha|[kmµ]?g|[kMGT]?W(?:h|c)?|[kMGT]o|[cmh]?[lL]|[kM]?t|tep|h|min|M?DH|MAD|DZD|TND|EUR|USD"
"""What stands after a number and must not be parted from it."""
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=[^\W\d_])'(?=[^\W_]|«)"), "’"),
    (re.compile(rf"(?<=[^\s{FIXED}{NARROW}«]){_SPACES}+(?=[;!?»](?![^\s.,;:!?»)\]’\"]))(?!;-?[)(])"), NARROW),
    (re.compile(r"(?<=[\w)\]»])(?=[;!?](?:[\s»]|$))"), NARROW),
    (re.compile(rf"«{_SPACES}*(?=\S)"), f"«{NARROW}"),
    (re.compile(rf"(?<=[^\s{FIXED}{NARROW}])»"), f"{NARROW}»"),
    (re.compile(rf"(?<=\w|[)»’]){_SPACES}+:(?=\s|$)"), f"{FIXED}:"),
    (re.compile(r"(?<=[^\W\d_]|[)»]):(?=\s|$)"), f"{FIXED}:"),
    (re.compile(r"(?<!\d)(\d{1,3})[ \u00a0](?=\d{3}(?!\d))"), rf"\1{NARROW}"),
    (re.compile(rf"(?<=\d) (?=(?:{_UNITS})(?![^\W_]|[’'-]\w))"), FIXED),
)


def typeset(text: str) -> str:
    """Set a French text: ’ for the apostrophe, narrow no-break space before ; ! ? and inside « », no-break before :.

    Idempotent. Addresses are left alone, since their signs are not between words.
    """
    parts = _ADDRESSES.split(text)
    for index in range(0, len(parts), 2):
        for pattern, replacement in _RULES:
            parts[index] = pattern.sub(replacement, parts[index])
    return "".join(parts)


def language_of(row: Any) -> str:
    """The language that a row says its text is in, by its column `language`; French where it says none."""
    return getattr(row, "language", FRENCH)
