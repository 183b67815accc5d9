"""The steps of an article's life in the admin: the page that asks first, the list's actions, signing, and a new one's address.

Each step × each way in (the form's button, the page, the action, a forged request) × who may; once, however often pressed.
"""

import datetime as dt

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles import flow
from articles.admin.flow import ASKED_FIRST, DONE_WORDS
from articles.models import Article, Author, Remark
from clusters import history
from tests import factories as make
from tests.articles.test_admin import ADD, LIST, change, form_of, lines, page_of, told

pytestmark = pytest.mark.django_db
NOW = timezone.now()
STATES = ("draft", "in_review", "ready", "published", "withdrawn")
STEPS = {
    ("submit", "draft"), ("publish", "draft"), ("publish", "in_review"), ("publish", "ready"), ("publish", "withdrawn"),
    ("send_back", "in_review"), ("send_back", "ready"), ("withdraw", "published"),
}  # fmt: skip
TARGET = {"submit": "in_review", "publish": "published", "send_back": "draft", "withdraw": "withdrawn"}


def in_state(state, **values):
    date = NOW - dt.timedelta(days=1) if state in ("published", "withdrawn") else None
    return make.make_article(**{"state": state, "published_at": date, **values})


def step(article, action):
    return f"/admin/articles/article/{article.pk}/{action.replace('_', '-')}/"


def choose(client, action, *articles):
    data = {"action": action, ACTION_CHECKBOX_NAME: [one.pk for one in articles], "index": 0}
    return client.post(LIST, data, follow=True)


def state_of(article):
    return Article.objects.get(pk=article.pk).state


# -- The page that asks ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["author", "editor", "admin", "moderator", None])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ASKED_FIRST)
def test_the_page_of_a_step_takes_it_for_whom_it_is_and_for_nobody_else(client, as_role, role, state, action):
    user = as_role(role) if role else make.make_user(None)
    if not role:
        client.force_login(user)
    article = in_state(state, created_by=user)
    may = role in ("editor", "admin") or (role == "author" and action == "submit")
    shown = client.get(step(article, action))
    assert shown.status_code == (200 if may else 403 if role else 302)
    is_possible = may and (action, state) in STEPS
    if may:
        assert ('class="button default"' in shown.content.decode()) is is_possible
    sent = client.post(step(article, action), {"version": article.version, "words": "Un mot"})
    assert sent.status_code == (303 if may else 403 if role else 302)
    assert state_of(article) == (TARGET[action] if is_possible else state)


def test_anothers_draft_is_not_found_and_not_handed_in(client, as_role):
    as_role("author")
    draft = make.make_draft()
    assert client.get(step(draft, "submit")).status_code == 404
    assert client.post(step(draft, "submit"), {"version": 1}).status_code == 404
    assert state_of(draft) == "draft"


@pytest.mark.parametrize("key", ["0", "x", "99999999999999999999", "_5f"])
def test_an_article_that_is_not_there_is_not_found(client, as_role, key):
    as_role("editor")
    assert client.get(f"/admin/articles/article/{key}/publish/").status_code == 404


def test_the_form_saves_what_is_typed_and_the_page_asks(client, as_role):
    as_role("editor")
    article = make.make_draft()
    response = client.post(change(article), form_of(article, title="Relu", _ask="publish"))
    assert response.headers["Location"] == step(article, "publish")
    article.refresh_from_db()
    assert (article.title, article.state) == ("Relu", "draft")
    page = page_of(client.get(step(article, "publish")))
    assert "Il se lira aussitôt" in page
    assert page.count("autofocus") == 1
    assert "À voir" in page, "warnings are shown before, and do not stand in the way"
    assert f'href="{change(article)}#id_description"' in page
    response = client.post(step(article, "publish"), {"version": article.version}, follow=True)
    assert "est publié" in told(response)
    assert Article.objects.visible().get() == article


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"published_at": NOW + dt.timedelta(days=2)}, "Il paraîtra le"),
        ({"published_at": NOW - dt.timedelta(days=2)}, "Il est daté du"),
        ({"ends_at": NOW + dt.timedelta(days=2)}, "Il quittera le site le"),
    ],
)
def test_the_page_says_when_it_will_be_read(client, as_role, values, sentence):
    as_role("editor")
    assert sentence in page_of(client.get(step(make.make_draft(**values), "publish")))


def test_what_blocks_is_listed_and_the_button_is_not_there_nor_does_a_forged_one_work(client, as_role):
    as_role("editor")
    article = make.make_draft(body="")
    page = page_of(client.get(step(article, "publish")))
    assert "L’article n’a pas de texte." in page
    assert 'class="button default"' not in page
    response = client.post(step(article, "publish"), {"version": article.version}, follow=True)
    assert "n’a pas de texte" in told(response)
    assert state_of(article) == "draft"


def test_a_step_is_a_version_with_who_took_it(client, as_role):
    editor = as_role("editor")
    article = make.make_draft()
    history.keep_new([article], by=None)
    client.post(step(article, "publish"), {"version": article.version})
    article.refresh_from_db()
    last = history.Revision.objects.of(article).first()
    assert (last.act, last.by, last.number, last.snapshot.fields["state"]) == (
        "published",
        editor,
        article.version,
        "published",
    )


def test_words_to_whom_it_goes_back_stay_as_a_remark(client, as_role):
    editor = as_role("editor")
    article = in_state("ready")
    client.post(
        step(article, "send_back"), {"version": article.version, "words": "Le deuxième chiffre n'a pas de source"}
    )
    remark = Remark.objects.get()
    assert (remark.article, remark.by) == (article, editor)
    assert remark.body == "Le deuxième chiffre n’a pas de source"
    assert history.Revision.objects.of(article).first().why.startswith("Le deuxième chiffre")


# -- Once ------------------------------------------------------------------------------------------------------------


def test_a_second_press_changes_nothing_and_is_told(client, as_role):
    """Two tabs, a double click, the back button: the same request again."""
    as_role("editor")
    article = make.make_draft()
    sent = {"version": article.version}
    assert "est publié" in told(client.post(step(article, "publish"), sent, follow=True))
    first = Article.objects.get(pk=article.pk)
    again = client.post(step(article, "publish"), sent, follow=True)
    assert "L’article est déjà «\u202fPublié\u202f»" in told(again)
    article.refresh_from_db()
    assert (article.published_at, article.version) == (first.published_at, first.version)
    assert history.Revision.objects.of(article).filter(act="published").count() == 1
    assert "il n’y a plus rien à faire ici" in page_of(client.get(step(article, "publish")))


def test_the_forms_own_button_pressed_again_is_told_too(client, as_role):
    as_role("editor")
    article = make.make_draft()
    sent = form_of(article, _state="publish")
    client.post(change(article), sent)
    before = Article.objects.get(pk=article.pk)
    again = client.post(change(article), sent, follow=True)
    assert again.status_code == 200
    after = Article.objects.get(pk=article.pk)
    assert (after.state, after.published_at) == ("published", before.published_at)
    assert history.Revision.objects.of(article).filter(act="published").count() == 1


def test_what_was_saved_since_is_read_again_before_it_goes_out(client, as_role):
    as_role("editor")
    article = make.make_draft()
    seen = article.version
    with history.changing(article, by=make.make_user("editor"), act="changed"):
        article.title = "Autre titre"
        article.save()
    page = page_of(client.post(step(article, "publish"), {"version": seen}))
    assert "relisez, puis recommencez" in page
    assert "Autre titre" in page
    assert state_of(article) == "draft"
    assert f'name="version" value="{article.version}"' in page


@pytest.mark.parametrize("version", ["", "x", "99999999999999999999999"])
def test_a_strange_version_is_refused_without_an_error(client, as_role, version):
    as_role("editor")
    article = make.make_draft()
    assert client.post(step(article, "publish"), {"version": version}).status_code == 200
    assert state_of(article) == "draft"


# -- Several at once -------------------------------------------------------------------------------------------------


def test_several_are_published_each_with_its_version_and_each_refusal_is_told(client, as_role):
    as_role("editor")
    good, other = make.make_draft(title="La bonne"), in_state("ready", title="La prête")
    empty, out = make.make_draft(title="La vide", body=""), in_state("published", title="La parue")
    text = told(choose(client, "publish_several", good, other, empty, out))
    for article in (good, other):
        assert DONE_WORDS["publish"] % article.title in text
        assert history.Revision.objects.of(article).first().act == "published"
    assert "La vide\u00a0: L’article n’a pas de texte." in text
    assert "La parue\u00a0: L’article est déjà" in text
    assert [state_of(one) for one in (good, other, empty, out)] == ["published", "published", "draft", "published"]


def test_several_are_submitted(client, as_role):
    as_role("editor")
    drafts = [make.make_draft(), make.make_draft()]
    choose(client, "submit_several", *drafts)
    assert [state_of(one) for one in drafts] == ["in_review", "in_review"]


@pytest.mark.parametrize("role", ["author", "moderator"])
@pytest.mark.parametrize("action", ["publish_several", "submit_several"])
def test_a_lower_role_has_no_action_and_a_forged_one_does_nothing(client, as_role, role, action):
    draft = make.make_draft(created_by=as_role(role))
    assert action not in client.get(LIST).content.decode()
    choose(client, action, draft)
    assert state_of(draft) == "draft"


def test_more_than_a_page_of_them_is_refused(client, as_role, monkeypatch):
    as_role("editor")
    monkeypatch.setattr("articles.admin.articles.ArticleAdmin.list_per_page", 1)
    drafts = [make.make_draft(), make.make_draft()]
    assert "Choisissez 1 articles au plus" in told(choose(client, "publish_several", *drafts))
    assert [state_of(one) for one in drafts] == ["draft", "draft"]


# -- Signing ---------------------------------------------------------------------------------------------------------


def test_an_editor_without_a_signature_signs_in_one_step_on_the_way(client, as_role):
    editor = as_role("editor")
    editor.first_name, editor.last_name = "Élissa", "Marzouk-Ferri"
    editor.save()
    article = make.make_draft(authors=[])
    page = page_of(client.get(step(article, "publish")))
    assert "Signer «\u202fÉlissa Marzouk-Ferri\u202f»" in page
    assert page.count("autofocus") == 1
    response = client.post(step(article, "publish"), {"version": article.version, "sign": "1"}, follow=True)
    assert 'class="button default" autofocus>Publier' in response.content.decode()
    author = Author.objects.get()
    assert (author.name, author.slug, author.user) == ("Élissa Marzouk-Ferri", "elissa-marzouk-ferri", editor)
    assert article.bylines.get().author == author
    assert history.Revision.objects.of(author).exists()
    article.refresh_from_db()
    assert history.Revision.objects.of(article).first().number == article.version


def test_the_form_signs_too_and_saves_what_is_typed(client, as_role):
    author = as_role("author")
    signature = make.make_author(user=author, name="Leïla")
    article = make.make_draft(authors=[], created_by=author)
    assert 'value="sign"' in page_of(client.get(change(article)))
    client.post(change(article), form_of(article, title="Relu", _state="sign"))
    article.refresh_from_db()
    assert (article.title, article.bylines.get().author) == ("Relu", signature)
    assert 'value="sign"' not in page_of(client.get(change(article)))


def test_who_has_no_name_is_told_what_to_do(client, as_role):
    as_role("editor")
    article = make.make_draft(authors=[])
    assert 'name="sign"' not in page_of(client.get(step(article, "publish")))
    response = client.post(step(article, "publish"), {"sign": "1"}, follow=True)
    assert "ni prénom ni nom" in told(response)
    assert not Author.objects.exists()


def test_a_signature_of_that_name_is_taken_but_not_given_to_the_account():
    editor = make.make_user("editor", first_name="Léa", last_name="Lamy")
    free, others = make.make_author(name="Léa Lamy"), make.make_author(name="Léa Lamy", user=make.make_user("author"))
    article = make.make_draft(authors=[])
    flow.sign(article, by=editor)
    assert article.bylines.get().author == free
    free.refresh_from_db()
    assert free.user is None
    assert others.bylines.count() == 0


def test_nobody_signs_anothers_article(client, as_role):
    user = as_role("author")
    make.make_author(user=user)
    article = make.make_draft(authors=[])
    with pytest.raises(ValidationError, match="à vous de signer"):
        flow.sign(article, by=user)
    out = in_state("published", authors=[], created_by=user)
    assert client.post(step(out, "submit"), {"sign": "1"}, follow=True).status_code == 200
    assert not out.bylines.exists()


# -- A new article's address -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "slugs"),
    [
        ("L’eau d’Agadir", ["l-eau-d-agadir", "l-eau-d-agadir-2", "l-eau-d-agadir-3"]),
        ("Feed", ["feed-article", "feed-article-2"]),
        ("عناقيد", ["article", "article-2"]),
        ("x" * 160, ["x" * 155, "x" * 155 + "-2"]),
    ],
)
def test_an_address_is_made_of_the_title_where_none_is_given(client, as_role, title, slugs):
    as_role("editor")
    for slug in slugs:
        data = {"title": title, "body": "<p>Un texte.</p>", "language": "fr", "slug": ""}
        response = client.post(ADD, data | lines(), follow=True)
        assert Article.objects.filter(slug=slug).exists(), response.content.decode()[:300]


def test_an_address_that_is_there_stays_when_the_field_is_emptied(client, as_role):
    as_role("editor")
    article = make.make_article(slug="la-premiere")
    client.post(change(article), form_of(article, slug="", title="Un autre titre", _copy="publish"))
    article.refresh_from_db()
    assert (article.slug, article.title) == ("la-premiere", "Un autre titre")


def test_a_title_taken_at_the_same_moment_gets_another_address(client, as_role, monkeypatch):
    """Somebody else's article of that title is stored between the check and the save."""
    as_role("editor")
    given = iter(["meme-titre", "meme-titre-2"])
    make.make_draft(slug="meme-titre")
    monkeypatch.setattr("articles.admin.articles.free_slug", lambda model, text, otherwise: next(given))
    monkeypatch.setattr(Article, "validate_unique", lambda self, exclude=None: None)
    response = client.post(
        ADD, {"title": "Même titre", "body": "<p>Un texte.</p>", "language": "fr", "slug": ""} | lines()
    )
    assert response.status_code == 302
    assert set(Article.objects.values_list("slug", flat=True)) == {"meme-titre", "meme-titre-2"}
