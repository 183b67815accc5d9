"""The order of a series from its page: whole or not at all, a colleague's work told and kept, without script or mouse."""

import pytest

from articles import ordering
from articles.models import Article
from clusters.history import Revision
from tests import factories as make
from tests.articles.test_admin import change, form_of
from tests.clusters.test_history_at_once import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def series(db):
    made = make.make_series(title="Le dossier")
    for n in (1, 2, 5):
        make.make_article(title=f"Partie {n}", series=made, series_position=n)
    return made


def titles(series):
    return [part.title for part in ordering.parts_of(series)]


def numbers(series):
    return [part.series_position for part in ordering.parts_of(series)]


def keys(series):
    return [part.pk for part in ordering.parts_of(series)]


def address(series):
    return f"/admin/articles/series/{series.pk}/parts/"


def sent(series, order=None, **values):
    """What the page's form sends, with the rows in an order."""
    shown = keys(series)
    rows = order or shown
    numbered = {f"position-{key}": place for place, key in enumerate(rows, 1)}
    return {"seen": " ".join(map(str, shown)), "part": rows, **numbered, **values}


def test_an_order_is_one_act_with_a_version_of_each_article_that_moved(client, as_role, series):
    user = as_role("editor")
    one, two, three = keys(series)
    assert client.post(address(series), sent(series, [three, one, two])).status_code == 302
    assert titles(series) == ["Partie 5", "Partie 1", "Partie 2"]
    assert numbers(series) == [1, 2, 3]
    for key in (one, two, three):
        last = Revision.objects.of(Article.objects.get(pk=key)).first()
        assert (last.by, last.why) == (user, "ordre du dossier «\u202fLe dossier\u202f»")
        assert last.snapshot.fields["series_position"] == Article.objects.get(pk=key).series_position
        assert last.number == Article.objects.get(pk=key).version == 2
    response = client.post(address(series), sent(series), follow=True)
    assert "déjà celui-là" in response.content.decode()
    assert Revision.objects.of(Article.objects.get(pk=one)).count() == 2


@pytest.mark.parametrize(
    ("place", "step", "expected"),
    [
        (0, "down", ["2", "1", "5"]),
        (2, "up", ["1", "5", "2"]),
        (0, "up", ["1", "2", "5"]),
        (2, "down", ["1", "2", "5"]),
    ],
)
def test_without_script_a_button_moves_a_part(client, as_role, series, place, step, expected):
    as_role("editor")
    page = client.get(address(series)).content.decode()
    key = keys(series)[place]
    assert f'value="{step}:{key}"' in page
    assert client.post(address(series), sent(series, move=f"{step}:{key}")).status_code == 302
    assert titles(series) == [f"Partie {n}" for n in expected]


def test_without_script_numbers_may_be_typed(client, as_role, series):
    as_role("editor")
    one, two, three = keys(series)
    data = sent(series) | {f"position-{one}": 9, f"position-{two}": 1, f"position-{three}": 1}
    client.post(address(series), data)
    assert titles(series) == ["Partie 2", "Partie 5", "Partie 1"]
    assert numbers(series) == [1, 2, 3]


def test_what_a_colleague_added_meanwhile_is_told_and_nothing_is_lost(client, as_role, series):
    as_role("editor")
    one, two, three = keys(series)
    data = sent(series, [three, two, one])
    added = make.make_article(title="Venue entre-temps", series=series, series_position=3)
    response = client.post(address(series), data)
    assert response.status_code == 409
    assert titles(series) == ["Partie 1", "Partie 2", "Venue entre-temps", "Partie 5"]
    shown = [part.pk for part in response.context["parts"]]
    assert shown == [three, two, added.pk, one]
    assert "pendant que vous le rangiez" in response.content.decode()
    # What is shown is what is sent next.
    assert client.post(address(series), sent(series, shown)).status_code == 302
    assert titles(series) == ["Partie 5", "Partie 2", "Venue entre-temps", "Partie 1"]


def test_what_a_colleague_moved_or_took_out_meanwhile_is_told(client, as_role, series):
    user = as_role("editor")
    one, two, three = keys(series)
    data = sent(series, [three, two, one])
    ordering.reorder(series, [one, two, three], [two, one, three], by=user)
    assert client.post(address(series), data).status_code == 409
    assert titles(series) == ["Partie 2", "Partie 1", "Partie 5"]
    ordering.remove(series, two, by=user)
    response = client.post(address(series), data)
    assert [part.pk for part in response.context["parts"]] == [three, one]


@pytest.mark.parametrize(
    "change",
    [
        {"part": []}, {"seen": "x"}, {"seen": ""}, {"part": ["1", "1"]}, {"part": ["9" * 30]}, {"move": "up:zz"}, {"move": "zz:1"},
        {"remove": "zz"}, {"remove": "987654"}, {"add": "1"}, {"add": "1", "article": "zz"}, {"add": "1", "article": "987654"},
    ],
)  # fmt: skip
def test_bad_input_changes_nothing_and_says_so(client, as_role, series, change):
    as_role("editor")
    response = client.post(address(series), sent(series) | change)
    assert response.status_code in (302, 409, 422)
    assert titles(series) == ["Partie 1", "Partie 2", "Partie 5"]


def test_a_typed_place_that_is_no_number_is_told(client, as_role, series):
    as_role("editor")
    response = client.post(address(series), sent(series) | {f"position-{keys(series)[0]}": "premier"})
    assert response.status_code == 422
    assert "Un rang est un nombre" in response.content.decode()


def test_an_article_is_added_at_the_end_and_taken_out_again(client, as_role, series):
    as_role("editor")
    article = make.make_draft(title="La suite")
    client.post(address(series), {"add": "1", "article": article.pk})
    assert titles(series)[-1] == "La suite"
    assert "ajouté au dossier" in Revision.objects.of(article).first().why
    other = make.make_series()
    response = client.post(address(other), {"add": "1", "article": article.pk})
    assert "est déjà dans le dossier" in response.content.decode()
    client.post(address(series), {"remove": article.pk})
    article.refresh_from_db()
    assert (article.series_id, article.series_position, article.title) == (None, None, "La suite")
    assert "ôté du dossier" in Revision.objects.of(article).first().why


def test_the_first_of_an_empty_series(client, as_role):
    as_role("editor")
    empty, article = make.make_series(), make.make_article()
    assert "pas encore d’article" in client.get(address(empty)).content.decode()
    client.post(address(empty), {"add": "1", "article": article.pk})
    assert keys(empty) == [article.pk]


@pytest.mark.parametrize("role", ["author", "moderator"])
def test_others_may_not(client, as_role, series, role):
    as_role(role)
    assert client.get(address(series)).status_code == 403
    assert client.post(address(series), sent(series, list(reversed(keys(series))))).status_code == 403
    assert titles(series) == ["Partie 1", "Partie 2", "Partie 5"]


def test_a_form_of_an_article_that_was_open_meanwhile_keeps_the_new_place(client, as_role, series):
    user = as_role("editor")
    one, two, three = keys(series)
    article = Article.objects.get(pk=one)
    data = form_of(article, title="Titre changé") | {"series": series.pk, "series_position": 1, "_copy": "publish"}
    ordering.reorder(series, [one, two, three], [two, one, three], by=user)
    assert client.post(change(article), data).status_code == 302
    article.refresh_from_db()
    assert (article.title, article.series_position) == ("Titre changé", 2)


@pytest.mark.django_db(transaction=True)
def test_two_who_order_at_once_come_one_after_the_other():
    made = make.make_series()
    one, two, three = (make.make_article(series=made, series_position=n).pk for n in (1, 2, 3))
    seen, editor = [one, two, three], make.make_user()
    results = at_once(
        lambda: ordering.reorder(made, seen, [three, two, one], by=editor),
        lambda: ordering.reorder(made, seen, [two, three, one], by=editor),
    )
    assert sorted(type(result).__name__ for result in results) == ["Overtaken", "int"]
    assert numbers(made) == [1, 2, 3]
    assert keys(made) in ([three, two, one], [two, three, one])
