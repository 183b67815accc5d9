"""What the form takes, tidies and refuses, and the sentences it answers with."""

import re
import time
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.comments.forms import CommentForm, form_token
from clusters.intake.texts import tidy, visible_length
from tests.articles.comments.helpers import make_comment
from tests.factories import make_article

pytestmark = pytest.mark.django_db
GOOD = {"name": "Salma B.", "email": "salma@example.org", "body": "Merci pour ce tableau."}


def token_aged(article, seconds):
    with patch("django.core.signing.time.time", return_value=time.time() - seconds):
        return form_token(article)


def form(article=None, **values):
    article = article or make_article()
    values.setdefault("token", token_aged(article, 60))
    return CommentForm({**GOOD, **values}, article=article)


def test_a_good_one():
    sent = form()
    assert sent.is_valid(), sent.errors
    assert sent.signals == []
    assert sent.problems == []


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Écrivez votre nom"),
        ("name", "   ", "Écrivez votre nom"),
        ("name", "\u200b\u202e\u3164", "Écrivez votre nom"),
        ("name", "n" * 81, "81 signes"),
        ("email", "", "Écrivez votre adresse"),
        ("email", "salma", "prenom@exemple.org"),
        ("email", "salma@", "prenom@exemple.org"),
        ("email", "a@b.org\nBcc: c@d.org", "prenom@exemple.org"),
        ("email", f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 20}.org", "trop longue"),
        ("body", "", "deux signes"),
        ("body", "a", "deux signes"),
        ("body", " \n\t ", "deux signes"),
        ("body", "\u2800\u2800\u2800\u200d\u200d", "deux signes"),
        ("body", "a" * 5001, "5001 signes"),
        ("body", "voir https://example.org/ " * 11, "10 liens au plus"),
        ("body", "WWW.example.org " * 11, "10 liens au plus"),
    ],
)
def test_what_is_refused_and_the_sentence(field, value, sentence):
    refused = form(**{field: value})
    assert not refused.is_valid()
    (problem,) = refused.problems
    assert problem[0] == f"comment-{field}"
    assert sentence in problem[1]
    assert refused[field].value() == value  # what was typed is in the form again


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("a\u0301t", "át"),  # NFC
        ("gauche\u202edroite\u202c \u2066x\u2069", "gauchedroite x"),
        ("un\x00deux\x07 \x1b[31mrouge", "undeux [31mrouge"),
        ("Z" + "\u0301\u0302\u0303\u0304\u0305\u0306" + "algo", "Ź" + "\u0302\u0303\u0304" + "algo"),
        ("مُحَمَّد", "مُحَمَّد"),
        ("👩\u200d👧 et می\u200cخواهم", "👩\u200d👧 et می\u200cخواهم"),
        ("<b>gras</b> & <script>alert(1)</script>", "<b>gras</b> & <script>alert(1)</script>"),
        ("un\r\ndeux\rtrois\n\n\n\n\nquatre  \n", "un\ndeux\ntrois\n\nquatre"),
        ("deux\u2028lignes \U000e0041\ufeff\u00ad", "deux lignes"),
        ("dix liens " + "https://e.org " * 10, ("dix liens " + "https://e.org " * 10).strip()),
    ],
)
def test_what_is_stored_of_a_text(value, stored):
    sent = form(body=value)
    assert sent.is_valid(), sent.errors
    assert sent.cleaned_data["body"] == stored


def test_name_and_email_are_of_one_line():
    sent = form(name="  Salma\n  B.\x00 ", email=" Salma@Example.ORG ")
    assert sent.is_valid(), sent.errors
    assert (sent.cleaned_data["name"], sent.cleaned_data["email"]) == ("Salma B.", "salma@example.org")


@given(st.text(max_size=200))
def test_tidying_twice_changes_nothing_and_leaves_nothing_hidden(text):
    for lines in (True, False):
        once = tidy(text, lines)
        assert tidy(once, lines) == once
        assert not re.search(r"[\x00-\x08\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f]", once)
        assert visible_length(once) <= len(once)


def test_null_bytes_in_hidden_fields_are_a_sentence():
    assert form(website="\x00").is_valid()
    for field in ("parent", "token"):
        sent = form(**{field: "1\x00"})
        assert not sent.is_valid()
        assert len(sent.problems) == 1


def test_a_link_is_noticed():
    sent = form(body="Voir https://example.org/page")
    assert sent.is_valid()
    assert sent.signals == ["links"]


def test_a_filled_honeypot_is_noticed_and_not_told():
    sent = form(website="https://spam.example/")
    assert sent.is_valid()
    assert sent.signals == ["honeypot"]


@pytest.mark.parametrize(("age", "signals"), [(0, ["too_fast"]), (1, ["too_fast"]), (4, []), (86_000, [])])
def test_a_form_sent_at_once_is_noticed(age, signals):
    article, now = make_article(), time.time()
    with patch("django.core.signing.time.time", return_value=now - age):
        token = form_token(article)
    with patch("django.core.signing.time.time", return_value=now):  # the clock stands still: a loaded machine is slow
        sent = form(article, token=token)
        assert sent.is_valid()
    assert sent.signals == signals


def test_a_form_that_stayed_open_for_a_day_is_shown_again():
    article = make_article()
    sent = form(article, token=token_aged(article, 24 * 3600 + 5))
    assert not sent.is_valid()
    assert "plus d’un jour" in sent.problems[0][1]
    assert sent["body"].value() == GOOD["body"]


@pytest.mark.parametrize("token", ["", "x", "1.abc:def:ghi", "\x00", "é:1:2", "a:b:" + "c" * 9000])
def test_a_forged_token_is_refused(token):
    sent = form(token=token)
    assert not sent.is_valid()
    assert [(field, "vérifié" in sentence) for field, sentence in sent.problems] == [("", True)]


def test_a_token_is_for_one_article_and_for_this_form():
    mine, other = make_article(), make_article()
    assert not form(mine, token=token_aged(other, 60)).is_valid()
    tampered = token_aged(other, 60).replace(f"{other.pk}.", f"{mine.pk}.", 1)
    assert not form(mine, token=tampered).is_valid()
    assert form_token(mine) != form_token(mine)


def test_a_reply_is_to_a_published_comment_of_the_article():
    article = make_article()
    sent = form(article, parent=str(make_comment(article).pk))
    assert sent.is_valid()
    assert sent.answered is not None


@pytest.mark.parametrize(
    "kind",
    ["pending", "rejected", "spam", "hidden", "deleted", "erased", "reply", "foreign", "none", "huge", "text"],
)
def test_a_reply_to_anything_else_becomes_a_comment_if_its_author_wants(kind):
    article = make_article()
    parents = {
        "reply": lambda: make_comment(article, parent=make_comment(article)).pk,
        "foreign": lambda: make_comment(make_article()).pk,
        "none": lambda: 999_999,
        "huge": lambda: 10**30,
        "text": lambda: "abc",
    }
    parent = parents[kind]() if kind in parents else make_comment(article, kind).pk
    sent = form(article, parent=str(parent))
    assert not sent.is_valid()
    ((place, sentence),) = sent.problems
    assert place == ""
    assert "nouveau commentaire" in sentence
    assert sent.answered is None
