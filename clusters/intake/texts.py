"""What a reader types, as it is stored: without invisible signs, and never cut without a word."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clusters.markup import plain

MAX_MARKS = 3
# Letters and symbols by their category that nevertheless print nothing: Hangul fillers, the braille blank.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_JOINERS = frozenset("\u200c\u200d")  # Persian spelling and compound emoji need them


def tidy(text: str, lines: bool = False) -> str:
    """Text as it is stored: composed (NFC), without invisible characters and piled-up accents.

    Args:
        lines: keep line breaks, at most one blank line in a row.
    """
    text = plain(unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))
    kept: list[str] = []
    marks = 0
    for sign in text:
        category = unicodedata.category(sign)
        marks = marks + 1 if category.startswith("M") else 0
        # Cf: direction marks, soft hyphens, tag characters; Co, Cs, Cn: no character that anybody could read.
        if marks > MAX_MARKS or (category in {"Cf", "Co", "Cs", "Cn"} and sign not in _JOINERS):
            continue
        kept.append(" " if category in {"Zl", "Zp"} else sign)
    text = "".join(kept)
    if not lines:
        return " ".join(text.split())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip()


def visible_length(text: str) -> int:
    """How many characters of a text leave ink."""
    return sum(unicodedata.category(sign)[0] in "LNPS" and sign not in _BLANK for sign in text)


class TidyField(forms.CharField):
    """Text that is tidied before it is checked. No maxlength on the widget: a browser would cut a pasted text silently."""

    def __init__(
        self, *, longest: int = 0, too_long: Any = "", shortest: int = 1, lines: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.longest, self.too_long, self.shortest, self.lines = longest, too_long, shortest, lines

    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value), self.lines)

    def validate(self, value: str) -> None:
        if self.required and visible_length(value) < self.shortest:
            raise ValidationError(self.error_messages["required"], code="required")
        if self.longest and len(value) > self.longest:
            raise ValidationError(
                self.too_long, code="too_long", params={"length": len(value), "longest": self.longest}
            )


class EmailField(forms.EmailField):
    """An e-mail address; not cut silently either."""

    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value)).lower()

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


def honeypot() -> TidyField:
    """A field that people do not see, and that programs fill in."""
    return TidyField(required=False, widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}))
