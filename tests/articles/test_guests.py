"""Several authors in order, among them guests who have no login: marked in their list, with a page, added from the form."""

import pytest

from articles.models import Author
from tests import factories as make
from tests.articles.test_admin import ADD, change, form_of, page_of

pytestmark = pytest.mark.django_db


def test_guests_are_marked_in_the_list_and_can_be_picked_out(client, as_role):
    user = as_role("editor")
    make.make_author(name="Sans compte")
    make.make_author(name="Avec compte", user=user)
    page = page_of(client.get("/admin/articles/author/"))
    assert page.count("badge-guest") == 1
    assert "Avec compte" not in page_of(client.get("/admin/articles/author/?user__isempty=1"))


def test_a_guest_has_a_page_and_a_feed(client):
    guest = make.make_author(name="Une invitée", bio="Elle enseigne l’économie.")
    article = make.make_article(authors=[make.make_author(name="Autrice"), guest])
    page = client.get(f"/authors/{guest.slug}/").content.decode()
    assert "Elle enseigne" in page
    assert article.title in page
    assert article.title in client.get(f"/authors/{guest.slug}/feed/").content.decode()


def test_the_order_of_the_numbers_is_the_order_of_the_signatures(client, as_role):
    as_role("editor")
    first, second, guest = make.make_author(name="Alpha"), make.make_author(name="Beta"), make.make_author(name="Gamma")
    article = make.make_article(authors=[first, second, guest])
    lines = [
        {"id": line.pk, "article": article.pk, "author": line.author_id, "position": place}
        for line, place in zip(article.bylines.order_by("position"), (2, 3, 1), strict=True)
    ]
    assert client.post(change(article), form_of(article, {"bylines": lines}, _copy="publish")).status_code == 302
    page = client.get(f"/articles/{article.slug}/").content.decode()
    assert page.index("Gamma") < page.index("Alpha") < page.index("Beta")


def test_an_editor_adds_a_guest_from_the_form_of_an_article(client, as_role):
    as_role("editor")
    assert "/admin/articles/author/add/?_to_field=id&amp;_popup=1" in page_of(client.get(ADD))
    data = {"name": "Tout Neuf", "slug": "tout-neuf", "bio": "", "user": "", "_popup": "1", "_to_field": "id"}
    response = client.post("/admin/articles/author/add/?_popup=1", data)
    assert response.status_code == 200
    assert str(Author.objects.get(slug="tout-neuf", user=None).pk) in response.content.decode()


def test_an_author_is_not_offered_what_is_not_hers_to_add(client, as_role):
    as_role("author")
    page = page_of(client.get(ADD))
    assert "/admin/articles/author/add/" not in page
    assert 'data-create-url="/admin/articles/tag/create/"' in page
