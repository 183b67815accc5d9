"""The comment form: what a reader may send, and sentences that say what to do about the rest.

It carries a signed token instead of a CSRF cookie, because a reader is given no cookie.
"""

import re
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
from clusters.intake.posts import FormTokens, forged_sentence, stale_sentence
from clusters.intake.texts import EmailField, TidyField, honeypot

MAX_NAME, MAX_EMAIL, MIN_BODY, MAX_BODY, MAX_LINKS = 80, 254, 2, 5000, 10

_tokens = FormTokens("articles.comments.form")
_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)


def form_token(article: Article) -> str:
    """A token that lets one form of this article be posted; the nonce makes each one another."""
    return _tokens.make(str(article.pk))


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
    website = honeypot()
    token = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, article: Article, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="comment-%s", **kwargs)
        self.article = article
        self.signals: list[str] = []
        self.fields["parent"].queryset = Comment.objects.open_to_replies(article)

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
            if _tokens.is_too_fast(self.cleaned_data.get("token", ""), str(self.article.pk)):
                self.signals.append(Signal.TOO_FAST)
        except signing.SignatureExpired:
            self.add_error(None, stale_sentence())
        except signing.BadSignature:
            self.add_error(None, forged_sentence())

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
