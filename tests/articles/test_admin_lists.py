"""The list of articles in the admin: what narrows it, what it shows to whom, and how often it asks the database."""

import pytest
from django.contrib.auth.models import User

from tests.factories import make_article, make_author, make_draft, make_series, make_tag
from tests.house.test_queries import queries

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/article/"
MOST = 12


def titles(client, query):
    response = client.get(f"{LIST}{query}")
    assert response.status_code == 200
    return {article.title for article in response.context["cl"].result_list}


@pytest.fixture
def related():
    """An article of each relation that narrows the list, and one without."""
    tag, series, author = make_tag(), make_series(), make_author()
    make_article(title="Taguée", tags=[tag])
    make_article(title="En dossier", series=series, series_position=1)
    make_article(title="Signée", authors=[author])
    make_article(title="Sans rien")
    return {"tags": tag, "series": series, "authors": author}


@pytest.mark.parametrize(("name", "title"), [("tags", "Taguée"), ("series", "En dossier"), ("authors", "Signée")])
def test_the_list_is_narrowed_by_a_chosen_row(client, as_role, related, name, title):
    as_role("editor")
    chosen = f"?{name}__id__exact={related[name].pk}"
    assert titles(client, chosen) == {title}
    page = client.get(f"{LIST}{chosen}&q=e&etat=published").content.decode()
    assert f'<option value="{related[name].pk}" selected>{related[name]}</option>' in page
    assert '<input type="hidden" name="etat" value="published">' in page
    assert '<li><a href="?etat=published&amp;q=e">' in page, "the way to be without it"


def test_choosing_another_row_begins_at_the_first_page_and_can_be_cleared(client, as_role, related):
    as_role("editor")
    page = client.get(f"{LIST}?p=1").content.decode()
    assert 'name="p"' not in page
    assert titles(client, "?tags__id__exact=") == {"Taguée", "En dossier", "Signée", "Sans rien"}


@pytest.mark.parametrize(
    "query", ["?tags__id__exact=x", "?series__id__exact=-1%00", "?authors__id__exact=9e99", "?e=1"]
)
def test_what_was_never_a_row_is_no_error_of_the_server(client, as_role, related, query):
    as_role("editor")
    assert client.get(f"{LIST}{query}", follow=True).status_code in (200, 400)


def test_the_filters_name_no_row_before_one_is_chosen(client, as_role, related):
    as_role("author")
    page = client.get(LIST).content.decode()
    filters = page.partition('id="changelist-filter"')[2].partition("</nav>")[0]
    assert filters.count("<select name=") == 3
    assert not [row for row in related.values() if str(row) in filters]


@pytest.mark.parametrize("role", ["editor", "author"])
@pytest.mark.parametrize("query", ["", "?q=titre", "?etat=published", "?manque=source", "?tags__id__exact={tag}"])
def test_at_most_twelve_queries_however_many_there_are(client, as_role, related, role, query):
    user = as_role(role)
    for n in range(30):
        make_article(title=f"Titre {n}", authors=[make_author()], tags=[make_tag(), related["tags"]])
        make_draft(title=f"Projet {n}", created_by=User.objects.get(pk=user.pk))
    assert queries(client, f"{LIST}{query.format(tag=related['tags'].pk)}") <= MOST


def test_a_row_of_a_table_that_one_may_not_see_is_neither_named_nor_chosen(client, as_role):
    hidden = make_series(title="Dossier caché")
    as_role("moderator")
    page = client.get(f"{LIST}?series__id__exact={hidden.pk}", follow=True).content.decode()
    assert "Dossier caché" not in page
    assert "filter-series" not in page
