"""The history of an article with copies and automatic saves: what was published and named stands out, the rest is folded."""

import pytest
from django.urls import reverse

from clusters.history import Act, Revision, copies
from tests.articles.test_working_copy import article, desk, mine, opened, press, save, stored
from tests.house.test_history import page

pytestmark = pytest.mark.django_db
__all__ = ["article", "desk", "mine"]


def of(article, name="", *numbers):
    return reverse(f"admin:articles_article_history{name}", args=[article.pk, *numbers])


def autosaved(article, by, title):
    state = Revision.objects.of(article).first().snapshot
    changed = type(state)(**{**vars(state), "fields": {**state.fields, "title": title}})
    return copies.draft(stored(article), changed, by=by, act=Act.AUTOSAVED)


def test_automatic_saves_are_folded_and_the_rest_stands_out(article, mine, editor):
    for number in range(3):
        autosaved(article, editor, f"Un {number}")
    save(mine, article, opened(mine, article) | {"title": "Gardé"})
    autosaved(article, editor, "Deux")
    shown = mine.get(of(article)).content.decode()
    assert "3 enregistrements automatiques" in shown
    assert shown.count("<details") == 1, "the newest of all is not folded away"
    assert shown.count("Pas en ligne") == 1
    assert shown.count(">En ligne<") == 1
    assert shown.count("État actuel") == 0
    groups = mine.get(of(article)).context["groups"]
    assert [(bool(folded), len(group)) for folded, group in groups] == [(False, 2), (True, 3), (False, 1)]
    chosen = mine.get(f"{of(article)}?from=3&to=1").content.decode()
    assert "<details open" in chosen, "what is ticked is in sight"


def test_a_version_is_named_and_stays_in_sight(article, mine, editor):
    autosaved(article, editor, "Un")
    autosaved(article, editor, "Deux")
    assert "Nommer cette version" in mine.get(of(article, "_state", 2)).content.decode()
    response = mine.post(of(article, "_name", 2), {"name": "  Avant la   relecture ! "}, follow=True)
    assert "«\u202fAvant la relecture\u202f!\u202f»" in response.content.decode()
    assert Revision.objects.of(article).get(number=2).name == "Avant la relecture\u202f!"
    shown = mine.get(of(article)).content.decode()
    assert "Avant la relecture" in shown
    assert "<details" not in shown
    assert mine.post(of(article, "_name", 2), {"name": "x" * 500}).status_code == 302
    assert len(Revision.objects.of(article).get(number=2).name) == 80
    mine.post(of(article, "_name", 2), {"name": ""})
    assert "<details" in mine.get(of(article)).content.decode()


def test_a_name_is_given_by_whoever_may_write(article, mine, desk):
    assert mine.get(of(article, "_name", 1)).status_code == 405
    assert mine.post(of(article, "_name", 99), {"name": "x"}).status_code == 404
    for role in ("author", "moderator"):
        assert desk(role).post(of(article, "_name", 1), {"name": "Forgé"}).status_code == 403
    assert Revision.objects.of(article).get(number=1).name == ""


def test_a_copy_is_compared_with_what_is_online_and_any_state_comes_back(article, mine, editor):
    autosaved(article, editor, "Un titre de copie")
    shown = mine.get(f"{of(article, '_compare')}?from=1&to=2").content.decode()
    assert "copie" in shown
    assert "<ins>" in shown
    assert press(mine, article, opened(mine, article), "drop").status_code == 302
    state = mine.get(of(article, "_state", 2)).content.decode()
    assert "n’a pas été mis en ligne" in state
    assert mine.post(of(article, "_restore", 2), {"version": stored(article).version}).status_code == 302
    assert opened(mine, article)["title"] == "Un titre de copie"
    assert stored(article).title == "Le titre en ligne"
    assert page(type(article), "change", article.pk) in mine.get(of(article)).content.decode()
