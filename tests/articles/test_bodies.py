"""What a text of an article names: links that follow, what is hidden, what is gone, and who may ask for it."""

import pytest

from articles import checks
from tests.factories import make_article, make_draft, make_picture, make_programme

pytestmark = pytest.mark.django_db
YOUTUBE = "https://www.youtube.com/watch?v=abcdefghijk"


def test_a_link_follows_its_article_and_never_tells_a_hidden_one(client):
    there, hidden = make_article(), make_draft(title="Secret", slug="zq-secret")
    body = f'<p><a data-to="article/{there.pk}">là</a> <a data-to="article/{hidden.pk}">ici</a></p>'
    page = make_article(body=body)
    there.slug = "nouvelle-adresse"
    there.save()
    for address in (page.get_absolute_url(), "/feed/"):
        shown = client.get(address).content.decode()
        assert "/articles/nouvelle-adresse/" in shown
        assert "zq-secret" not in shown


def test_what_the_text_lacks_stands_against_publishing():
    silent = make_picture(alt="", credit="")
    body = (
        f'<figure data-picture="{silent.pk}"><figcaption></figcaption></figure><figure data-picture="9999"></figure>'
        '<p><a data-to="article/9999">a</a></p><figure data-embed="https://exemple.org/x"></figure>'
    )
    told = " ".join(one.sentence for one in checks.blocks(make_draft(body=body)))
    for words in (
        "texte de remplacement",
        "crédit",
        "plus dans la photothèque",
        "article/9999",
        "https://exemple.org/x",
    ):
        assert words in told
    fine = (
        f'<figure data-picture="{make_picture().pk}"></figure><p><a data-to="programme/{make_programme().pk}">a</a></p>'
    )
    assert checks.blocks(make_article(body=fine)) == []


def test_frames_are_allowed_only_where_a_text_has_one(client):
    embed = make_article(body=f'<figure data-embed="{YOUTUBE}"><figcaption>Un film</figcaption></figure>')
    policy = client.get(embed.get_absolute_url()).headers["Content-Security-Policy"]
    assert "frame-src https://www.youtube-nocookie.com;" in f"{policy};"
    other = client.get(make_article().get_absolute_url())
    assert "frame-src 'none'" in other.headers["Content-Security-Policy"]
    assert b"embed.js" not in other.content


def test_the_link_dialog_finds_what_its_asker_may_see(client, as_role):
    article, draft = make_article(title="Le port"), make_draft(title="Le port en secret")
    address = "/admin/clusters/cluster/links/"
    assert client.get(address, {"q": "port"}).status_code == 302
    as_role("editor")
    found = client.get(address, {"q": "le port"}).json()["results"]
    assert {one["id"] for one in found} == {f"article/{article.pk}", f"article/{draft.pk}"}
    as_role("author")
    assert [one["id"] for one in client.get(address, {"q": "le port"}).json()["results"]] == [f"article/{article.pk}"]


@pytest.mark.parametrize(
    "address",
    ["https://exemple.org/articles/x/", "//[", "/nulle-part/", "/articles/absent/", "/articles/x/?a=1", "x" * 900],
)
def test_an_address_that_is_not_ours_finds_nothing(client, as_role, address):
    as_role("editor")
    assert client.get("/admin/clusters/cluster/links/", {"address": address}).json() == {"results": []}


def test_pictures_are_found_by_words_and_by_number(client, as_role):
    as_role("editor")
    wanted, _other = make_picture(caption="Le quai"), make_picture()
    address = "/admin/articles/picture/choices/"
    assert [one["id"] for one in client.get(address, {"q": "quai"}).json()["pictures"]] == [wanted.pk]
    assert [one["id"] for one in client.get(address, {"id": wanted.pk}).json()["pictures"]] == [wanted.pk]
    assert client.get(address, {"id": "x"}).json()["pictures"] == []
