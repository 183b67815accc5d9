"""The life of an article: who may take which step from which state, and what stands against it."""

import datetime as dt
import itertools

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles import checks
from articles.models import Article, State
from articles.models.states import TRANSITIONS
from tests.factories import make_article, make_author, make_cluster, make_draft, make_picture, make_user

pytestmark = pytest.mark.django_db

STEPS = {
    ("submit", "draft"): "in_review",
    ("approve", "in_review"): "ready",
    ("send_back", "in_review"): "draft",
    ("send_back", "ready"): "draft",
    ("publish", "draft"): "published",
    ("publish", "in_review"): "published",
    ("publish", "ready"): "published",
    ("publish", "withdrawn"): "published",
    ("withdraw", "published"): "withdrawn",
}
ROLES = {
    "author": {"submit"},
    "editor": {"submit", "approve", "send_back", "publish", "withdraw"},
    "admin": {"submit", "approve", "send_back", "publish", "withdraw"},
    "moderator": set(),
    None: set(),
}
MOMENT = dt.datetime(2020, 3, 2, 8, 40, tzinfo=dt.UTC)


def in_state(state, **values):
    return make_article(
        **{"state": state, "published_at": MOMENT if state in ("published", "withdrawn") else None, **values}
    )


def codes(error):
    return {one.code for one in error.value.error_list}


@pytest.mark.parametrize(("action", "state"), list(itertools.product(TRANSITIONS, State.values)))
@pytest.mark.parametrize("role", ROLES)
def test_each_step_from_each_state_by_each_role(action, state, role):
    article, user = in_state(state), make_user(role)
    article.created_by = user  # one's own: somebody else's draft has its own test
    article.save(update_fields=["created_by"])
    version = article.version
    allowed = action in ROLES[role] and (action, state) in STEPS
    assert article.may(action, user) is allowed
    if allowed:
        article.change_state(action, user)
        assert article.state == STEPS[action, state]
        stored = Article.objects.get(pk=article.pk)
        assert (stored.state, stored.version) == (article.state, version + 1)
    else:
        with pytest.raises(ValidationError) as error:
            article.change_state(action, user)
        assert codes(error) == ({"permission"} if action not in ROLES[role] else {"state"})
        stored = Article.objects.get(pk=article.pk)
        assert (stored.state, stored.version) == (state, version)


@pytest.mark.parametrize("action", TRANSITIONS)
def test_nobody_acts_without_being_logged_in_or_after_having_left(action):
    gone = make_user("editor", is_active=False)
    for user in (AnonymousUser(), gone):
        article = in_state(
            "draft" if action in ("submit", "publish") else "published" if action == "withdraw" else "in_review"
        )
        assert article.may(action, user) is False
        with pytest.raises(ValidationError) as error:
            article.change_state(action, user)
        assert codes(error) == {"permission"}


def test_of_two_people_who_act_at_once_one_is_told():
    article, editor = in_state("in_review"), make_user("editor")
    first, second = Article.objects.get(pk=article.pk), Article.objects.get(pk=article.pk)
    first.change_state("publish", editor)
    with pytest.raises(ValidationError) as error:
        second.change_state("send_back", editor)
    assert codes(error) == {"state"}
    assert Article.objects.get(pk=article.pk).state == "published"


def test_what_goes_out_is_the_text_that_was_checked():
    """Somebody empties the text between the check and the act."""
    article, editor = make_draft(), make_user("editor")
    read = Article.objects.get(pk=article.pk)
    Article.objects.filter(pk=article.pk).claim(article.version)
    with pytest.raises(ValidationError) as error:
        read.change_state("publish", editor)
    assert codes(error) == {"state"}
    assert not Article.objects.visible().exists()


def test_an_article_does_not_leave_before_it_comes():
    editor, now = make_user("editor"), timezone.now()
    for published_at, ends_at in (
        (None, now - dt.timedelta(hours=1)),
        (now - dt.timedelta(days=2), now - dt.timedelta(days=1)),
    ):
        article = make_draft(published_at=published_at, ends_at=ends_at)
        with pytest.raises(ValidationError) as error:
            article.change_state("publish", editor)
        assert codes(error) == {"problem"}
        assert "Visible jusqu’au" in error.value.messages[0]
    article = make_draft(ends_at=now + dt.timedelta(days=1))
    article.change_state("publish", editor)
    assert article.is_visible


def test_publishing_dates_an_article_that_has_no_date_and_keeps_one_that_has():
    editor = make_user("editor")
    undated, dated = make_draft(), make_draft(published_at=MOMENT)
    undated.change_state("publish", editor, at=MOMENT + dt.timedelta(days=1))
    dated.change_state("publish", editor)
    assert (undated.published_at, dated.published_at) == (MOMENT + dt.timedelta(days=1), MOMENT)


def test_an_article_is_visible_in_the_same_second_it_is_published():
    article = make_draft()
    article.change_state("publish", make_user("editor"))
    assert article.is_visible
    assert not article.is_scheduled


def test_what_is_published_with_a_date_to_come_is_scheduled():
    article = make_draft(published_at=timezone.now() + dt.timedelta(days=1))
    article.change_state("publish", make_user("editor"))
    assert article.is_scheduled
    assert not article.is_visible


def test_a_withdrawn_article_comes_back_with_its_first_date():
    article, editor = in_state("published"), make_user("editor")
    article.change_state("withdraw", editor)
    assert not article.is_visible
    article.change_state("publish", editor)
    assert article.published_at == MOMENT


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda article: setattr(article, "body", ""), "pas de texte"),
        (lambda article: article.bylines.all().delete(), "pas signé"),
        (lambda article: setattr(article, "cover", make_picture(alt="")), "texte de remplacement"),
        (lambda article: setattr(article, "cover", make_picture(credit="")), "crédit"),
        (lambda article: setattr(article, "body", '<p>Le <span data-cluster="GRP-9999">C</span></p>'), "GRP-9999"),
        (lambda article: setattr(article, "title", ""), "titre"),
    ],
)
@pytest.mark.parametrize("action", ["submit", "approve", "publish"])
def test_an_article_that_is_not_ready_says_why_and_stays(spoil, sentence, action):
    article = make_draft(state="in_review" if action == "approve" else "draft")
    stands = article.state
    spoil(article)
    article.save()
    with pytest.raises(ValidationError) as error:
        article.change_state(action, make_user("editor"))
    assert len(error.value.messages) == 1
    assert sentence in error.value.messages[0]
    assert error.value.messages[0].endswith(".")
    assert Article.objects.get(pk=article.pk).state == stands


def test_what_does_not_stand_against_publishing():
    hidden = make_cluster(publication="draft")
    decorative = make_picture(alt="", is_decorative=True)
    body = f'<p>Le <span data-cluster="{hidden.public_id}">secret</span></p>'
    assert checks.blocks(make_draft(body=body, cover=decorative, standfirst="")) == []


def test_who_may_write_in_an_article():
    author, other, editor, moderator = (make_user(role) for role in ("author", "author", "editor", "moderator"))
    begun = make_draft(created_by=author)
    signed = make_draft(authors=[make_author(user=author)])
    for article in (begun, signed):
        assert article.may_be_edited_by(author)
        assert article.may_be_edited_by(editor)
        assert not article.may_be_edited_by(other)
        assert not article.may_be_edited_by(moderator)
        assert not article.may_be_edited_by(AnonymousUser())
        for state in ("in_review", "ready"):
            Article.objects.filter(pk=article.pk).update(state=state)
            article.refresh_from_db()
            assert not article.may_be_edited_by(author)
            assert article.may_be_edited_by(editor)


def test_what_is_entrusted_to_an_author_is_hers_to_write():
    author, draft = make_user("author"), make_draft()
    assert not draft.may_be_edited_by(author)
    draft.assigned_to = author
    draft.save(update_fields=["assigned_to"])
    assert draft.may_be_edited_by(author)
    draft.change_state("submit", author)
    assert not draft.may_be_edited_by(author)


def test_late_is_what_is_unfinished_after_its_day():
    today = timezone.localdate()
    late = {
        make_article(state=state, published_at=None, due_on=today - dt.timedelta(days=1))
        for state in ("draft", "in_review", "ready")
    }
    make_article(due_on=today - dt.timedelta(days=1))
    make_draft(due_on=today)
    make_draft()
    assert set(Article.objects.overdue()) == late
    assert all(article.is_overdue for article in late)
    assert set(Article.objects.overdue(today - dt.timedelta(days=1))) == set()
    assert sum(article.is_overdue for article in Article.objects.all()) == 3


def test_marking_an_update_is_an_editors_statement_about_a_published_text():
    article, draft = make_article(), make_draft()
    editor, author = make_user("editor"), make_user("author")
    assert article.may_be_marked_updated_by(editor)
    assert not article.may_be_marked_updated_by(author)
    assert not draft.may_be_marked_updated_by(editor)
    article.mark_updated("  Chiffres de l'emploi : corrigés ", at=MOMENT)
    stored = Article.objects.get(pk=article.pk)
    assert (stored.updated_at, stored.update_note) == (MOMENT, "Chiffres de l’emploi\u00a0: corrigés")


def test_an_ordinary_save_does_not_say_that_the_text_was_updated():
    article = make_article()
    article.body = "<p>Une faute corrigée.</p>"
    article.save()
    assert Article.objects.get(pk=article.pk).updated_at is None


def test_titles_are_set_in_french_when_they_are_cleaned():
    article = make_draft(title="  L'avenir : quel pôle? ", standfirst="« Oui »", description="d'ici")
    article.clean()
    assert (article.title, article.standfirst, article.description) == (
        "L’avenir\u00a0: quel pôle\u202f?",
        "«\u202fOui\u202f»",
        "d’ici",
    )


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (100, 1), (329, 1), (331, 2), (2200, 10)])
def test_the_reading_time_is_that_of_its_words(words, minutes):
    assert Article(body=f"<p>{'mot ' * words}</p>").reading_minutes == minutes


def test_an_author_cannot_hand_in_somebody_elses_draft(db):
    author, draft = make_user("author"), make_draft()
    assert not draft.may("submit", author)
    with pytest.raises(ValidationError) as refused:
        draft.change_state("submit", author)
    assert refused.value.code == "permission"
    own = make_draft(created_by=author)
    own.change_state("submit", author)
    assert own.state == "in_review"
