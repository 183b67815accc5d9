"""The comment form: what a reader may send, and sentences that say what to do about the rest.

It carries a signed token instead of a CSRF cookie, because a reader is given no cookie.
"""

import re
import secrets
import unicodedata
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from articles.comments.limits import network_of
from articles.comments.models import Comment
from articles.comments.transitions import Signal
from articles.models import Article
from clusters.markup import plain

MAX_NAME, MAX_EMAIL, MIN_BODY, MAX_BODY, MAX_LINKS, MAX_MARKS = 80, 254, 2, 5000, 10, 3
MAX_AGE = 24 * 3600
"""Seconds for which a form may stay open."""
TOO_FAST = 2
"""Nobody reads, writes and sends in fewer seconds."""

_signer = signing.TimestampSigner(salt="articles.comments.form")
_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
# Letters and symbols by their category that nevertheless print nothing: Hangul fillers, the braille blank.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_JOINERS = frozenset("\u200c\u200d")  # Persian spelling and compound emoji need them


def form_token(article: Article) -> str:
    """A token that lets one form of this article be posted; the nonce makes each one another."""
    return _signer.sign(f"{article.pk}.{secrets.token_urlsafe(8)}")


def is_too_fast(token: str, article: Article) -> bool:
    """Whether a token has only just been given out.

    Raises:
        signing.SignatureExpired: it is older than MAX_AGE.
        signing.BadSignature: it is forged, or of another article.
    """
    value = _signer.unsign(token, max_age=MAX_AGE)
    if value.partition(".")[0] != str(article.pk):
        raise signing.BadSignature
    try:
        _signer.unsign(token, max_age=TOO_FAST)
    except signing.SignatureExpired:
        return False
    return True


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


class BodyField(TidyField):
    """The text of a comment."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Commentaire"),
            longest=MAX_BODY,
            shortest=MIN_BODY,
            too_long=_(
                "Votre commentaire fait %(length)d signes, et %(longest)d au plus sont permis : raccourcissez-le."
            ),
            lines=True,
            widget=forms.Textarea({"rows": 8, "dir": "auto"}),
            error_messages={"required": _("Écrivez votre commentaire, deux signes au moins.")},
            **kwargs,
        )

    def validate(self, value: str) -> None:
        super().validate(value)
        if count_links(value) > MAX_LINKS:
            raise ValidationError(
                ngettext_lazy(
                    "Un commentaire contient %(most)d lien au plus : enlevez-en.",
                    "Un commentaire contient %(most)d liens au plus : enlevez-en.",
                    MAX_LINKS,
                ),
                code="links",
                params={"most": MAX_LINKS},
            )


class EmailField(forms.EmailField):
    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value)).lower()


def count_links(text: str) -> int:
    return len(_LINK.findall(text))


class CommentForm(forms.Form):
    """A reader's comment on one article."""

    name = TidyField(
        label=_("Nom"),
        longest=MAX_NAME,
        too_long=_("Votre nom fait %(length)d signes, et %(longest)d au plus sont permis : raccourcissez-le."),
        widget=forms.TextInput({"autocomplete": "name", "dir": "auto"}),
        error_messages={"required": _("Écrivez votre nom ou un pseudonyme.")},
    )
    email = EmailField(
        label=_("Adresse électronique"),
        max_length=MAX_EMAIL,
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={
            "required": _("Écrivez votre adresse électronique. Elle ne sera pas publiée."),
            "invalid": _("Écrivez une adresse complète, par exemple prenom@exemple.org."),
            "max_length": _("Cette adresse est trop longue : vérifiez-la."),
        },
    )
    body = BodyField(
        help_text=_("5 000 signes au plus. Les retours à la ligne sont gardés, le HTML s’affiche tel quel.")
    )
    parent = forms.ModelChoiceField(
        Comment.objects.none(),
        required=False,
        widget=forms.HiddenInput,
        error_messages={
            "invalid_choice": _(
                "Le commentaire auquel vous répondez ne peut pas, ou ne peut plus, recevoir de réponse. "
                "Votre texte est gardé : vous pouvez l’envoyer comme un nouveau commentaire."
            )
        },
    )
    website = TidyField(required=False, widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}))
    token = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, article: Article, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="comment-%s", **kwargs)
        self.article = article
        self.signals: list[str] = []
        self.fields["parent"].queryset = Comment.objects.open_to_replies(article)
        # As for TidyField: nothing pasted is cut silently.
        self.fields["email"].widget.attrs.pop("maxlength", None)

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        """What a reader fills in."""
        return [self["name"], self["email"], self["body"]]

    @property
    def answered(self) -> Comment | None:
        """The comment that a posted form answers, if it may be answered."""
        if not self.is_bound:
            return None
        self.is_valid()  # runs the checks; what they found of this one field is what matters
        return self.cleaned_data.get("parent")

    @property
    def problems(self) -> list[tuple[str, str]]:
        """(id of the field or "", sentence) of every error, in the order of the page."""
        if not self.is_bound:
            return []
        general = [*self.non_field_errors(), *self["parent"].errors]
        return [("", sentence) for sentence in general] + [
            (field.auto_id, sentence) for field in self.shown_fields for sentence in field.errors
        ]

    def refuse(self, sentence: Any) -> None:
        """Refuse what was posted as a whole, whatever its fields hold."""
        self.errors.clear()
        self.add_error(None, sentence)

    def clean_website(self) -> str:
        if self.cleaned_data["website"].strip():
            self.signals.append(Signal.HONEYPOT)
        return ""

    def clean_body(self) -> str:
        body = self.cleaned_data["body"]
        if count_links(body):
            self.signals.append(Signal.LINKS)
        return body

    def clean(self) -> None:
        try:
            if is_too_fast(self.cleaned_data.get("token", ""), self.article):
                self.signals.append(Signal.TOO_FAST)
        except signing.SignatureExpired:
            self.add_error(
                None, _("La page est restée ouverte plus d’un jour. Votre texte est gardé : envoyez-le de nouveau.")
            )
        except signing.BadSignature:
            self.add_error(
                None,
                _(
                    "Le formulaire n’a pas pu être vérifié. Votre texte est gardé : relisez-le et envoyez-le de nouveau."
                ),
            )

    def send(self, address: str) -> tuple[Comment, bool]:
        """Hand a valid form's comment in.

        Args:
            address: where the request came from.
        Raises:
            limits.TooMany
        """
        data = self.cleaned_data
        return Comment.objects.submit(
            article=self.article, name=data["name"], email=data["email"], body=data["body"], parent=data["parent"],
            network=network_of(address), signals=self.signals,
        )  # fmt: skip
