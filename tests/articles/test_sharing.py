"""Links for people without an account: what they open, for how long, and what they do not give away."""

import datetime as dt
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles import flow
from articles.models import ShareLink
from clusters import history
from clusters.history import copies, snapshots
from tests.factories import make_article, make_author, make_cluster, make_draft, make_picture, make_source, make_user

pytestmark = pytest.mark.django_db


def share(article, **values):
    return ShareLink.objects.share(article, make_user("editor"), **values)


def address_of(page, article, *args):
    return reverse(f"admin:articles_article_{page}", args=[article.pk, *args])


@pytest.fixture
def draft():
    return make_draft(title="Le port sec de Fès", body="<p>Un brouillon à lire.</p>", cover=make_picture())


def test_a_link_opens_the_article_without_an_account_and_without_a_trace(client, draft):
    response = client.get(share(draft).get_absolute_url())
    html = response.content.decode()
    assert response.status_code == 200
    assert "Le port sec de Fès" in html
    assert "Un brouillon à lire." in html
    assert "Version de travail." in html
    assert '<meta name="robots" content="noindex">' in html
    assert "no-store" in response.headers["Cache-Control"]
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert not response.cookies


def test_a_link_opens_that_article_only(client, draft):
    other = make_draft(title="Un autre brouillon")
    client.get(share(draft).get_absolute_url())
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert client.get(other.get_absolute_url()).status_code == 404
    assert client.get(share(other).get_absolute_url()).content.decode().count("Le port sec de Fès") == 0


def test_a_shared_page_hides_what_hidden_records_say(client, draft):
    hidden, open_cluster = make_cluster(publication="draft", name="Cluster caché"), make_cluster(name="Cluster montré")
    draft.clusters.set([hidden, open_cluster])
    draft.citations.create(source=make_source(publication="draft", title="Étude cachée"))
    html = client.get(share(draft).get_absolute_url()).content.decode()
    assert "Cluster montré" in html
    assert "Cluster caché" not in html
    assert "Étude cachée" not in html


def test_every_altered_address_is_refused(client, draft):
    address = share(draft).get_absolute_url()
    token = address.removeprefix("/relecture/").removesuffix("/")
    for place, letter in enumerate(token):
        if letter == ".":
            continue
        other = "A" if letter != "A" else "B"
        altered = f"{token[:place]}{other}{token[place + 1 :]}"
        response = client.get(f"/relecture/{altered}/")
        # Letter by letter, the last one too: its spare bits would not matter to whoever decoded the signature.
        assert response.status_code == 404, altered


def test_an_altered_address_asks_the_database_nothing_of_links(client, draft, django_assert_num_queries):
    token = share(draft).get_absolute_url().split("/")[-2]
    with django_assert_num_queries(0):
        assert ShareLink.objects.of_token(f"{token[:-1]}_") is None
    for stranger in ("", ".", "x" * 500, "ключ", "%00"):
        assert ShareLink.objects.of_token(stranger) is None


def test_a_link_ends_after_seven_days_to_the_second(draft):
    start = timezone.now()
    link = share(draft, at=start)
    assert link.is_working(start + dt.timedelta(days=7, seconds=-1))
    assert not link.is_working(start + dt.timedelta(days=7))
    assert not ShareLink.objects.working(start + dt.timedelta(days=7)).exists()


def test_an_ended_link_says_so(client, draft):
    link = share(draft, at=timezone.now() - dt.timedelta(days=8))
    response = client.get(link.get_absolute_url())
    assert response.status_code == 410
    assert "Le port sec de Fès" not in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    assert "noindex" in response.headers["X-Robots-Tag"]


def test_a_revoked_link_opens_nothing_and_the_first_who_ended_it_is_on_record(client, draft):
    link, first, second = share(draft), make_user("editor"), make_user("editor")
    assert ShareLink.objects.filter(pk=link.pk).revoke(first) == 1
    assert ShareLink.objects.filter(pk=link.pk).revoke(second) == 0
    link.refresh_from_db()
    assert link.revoked_by == first
    assert client.get(link.get_absolute_url()).status_code == 410


def test_what_is_withdrawn_is_read_by_no_link_either(client, editor):
    article = make_article()
    link = share(article)
    flow.take(article, "withdraw", by=editor, tell=lambda *said: None)
    link.refresh_from_db()
    assert link.revoked_by == editor
    assert client.get(link.get_absolute_url()).status_code == 410


def test_a_link_goes_with_its_article(client, draft):
    address = share(draft).get_absolute_url()
    draft.delete()
    assert client.get(address).status_code == 404


def test_a_link_is_read_and_nothing_is_sent_to_it(client, draft):
    assert client.post(share(draft).get_absolute_url()).status_code == 405


def test_a_link_shows_what_is_written_in_the_working_copy_and_readers_do_not_see(client, editor):
    article = make_article(title="Le titre que tous lisent")
    history.keep(article, by=editor, act=history.Act.CREATED)
    state = snapshots.current(article)
    copies.draft(article, replace(state, fields={**state.fields, "title": "Le titre de demain"}), by=editor)
    link = share(article)
    html = client.get(link.get_absolute_url()).content.decode()
    assert "Le titre de demain" in html
    assert "Le titre que tous lisent" not in html
    assert '<meta name="robots" content="noindex">' in html
    public = client.get(article.get_absolute_url()).content.decode()
    assert "Le titre que tous lisent" in public
    assert "Le titre de demain" not in public
    client.force_login(editor)
    assert "Le titre de demain" in client.get(address_of("framed", article)).content.decode()


# -- at the desk


def test_an_editor_makes_a_link_and_ends_it(as_role, client, draft):
    as_role("editor")
    page = client.get(address_of("share", draft)).content.decode()
    assert "Aucun lien" in page
    answer = client.post(address_of("share", draft), {"label": "Mme Haddad"}, follow=True).content.decode()
    link = ShareLink.objects.get()
    assert link.label == "Mme Haddad"
    assert link.article == draft
    assert f"http://testserver{link.get_absolute_url()}" in answer
    assert Client().get(link.get_absolute_url()).status_code == 200
    answer = client.post(address_of("revoke", draft, link.pk), follow=True).content.decode()
    assert "Révoqué par" in answer
    assert link.get_absolute_url() not in answer
    assert Client().get(link.get_absolute_url()).status_code == 410
    again = client.post(address_of("revoke", draft, link.pk), follow=True).content.decode()
    assert "n’ouvrait déjà plus" in again


def test_too_long_a_name_is_refused_and_kept(as_role, client, draft):
    as_role("editor")
    response = client.post(address_of("share", draft), {"label": "x" * 121})
    assert "x" * 121 in response.content.decode()
    assert not ShareLink.objects.exists()


@pytest.mark.parametrize("role", ["author", "moderator", None])
def test_whoever_may_not_write_in_it_shares_nothing(as_role, client, draft, role):
    link = share(draft)
    as_role(role)
    assert client.get(address_of("share", draft)).status_code in (302, 403, 404)
    assert client.post(address_of("share", draft), {"label": ""}).status_code in (302, 403, 404)
    assert client.post(address_of("revoke", draft, link.pk)).status_code in (302, 403, 404)
    link.refresh_from_db()
    assert link.is_working()
    assert ShareLink.objects.count() == 1


def test_an_author_shares_her_own_draft_and_no_longer_once_it_is_handed_in(as_role, client):
    user = as_role("author")
    draft = make_draft(authors=[make_author(user=user)])
    assert client.post(address_of("share", draft), {"label": ""}).status_code == 302
    draft.state = "in_review"
    draft.save(update_fields=["state"])
    assert client.get(address_of("share", draft)).status_code == 403


def test_a_link_of_another_article_is_not_ended_from_here(as_role, client, draft):
    as_role("editor")
    link = share(make_draft())
    assert client.post(address_of("revoke", draft, link.pk)).status_code == 404
    assert client.get(address_of("revoke", draft, share(draft).pk)).status_code == 405


# -- beside the form


def test_the_page_is_seen_in_a_frame_of_our_own_only(as_role, client, draft):
    as_role("editor")
    pane = client.get(address_of("preview", draft), {"width": "768"})
    assert "frame-src 'self'" in pane.headers["Content-Security-Policy"]
    assert 'class="preview-frame preview-768"' in pane.content.decode()
    page = client.get(address_of("framed", draft))
    assert "Un brouillon à lire." in page.content.decode()
    assert '<base target="_blank">' in page.content.decode()
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert "no-store" in page.headers["Cache-Control"]
    public = client.get(make_article().get_absolute_url())
    assert public.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in public.headers["Content-Security-Policy"]


@pytest.mark.parametrize("width", ["", "12", "1280", "99999999999999999999", "x"])
def test_a_width_that_is_none_is_the_widest(as_role, client, draft, width):
    as_role("editor")
    assert (
        'class="preview-frame preview-1280"'
        in client.get(address_of("preview", draft), {"width": width}).content.decode()
    )


@pytest.mark.parametrize("page", ["preview", "framed"])
def test_anothers_draft_is_not_previewed(as_role, client, draft, page):
    as_role("author")
    assert client.get(address_of(page, draft)).status_code == 404


def test_the_form_leads_to_both(as_role, client, draft):
    as_role("editor")
    html = client.get(address_of("change", draft)).content.decode()
    assert address_of("preview", draft) in html
    assert address_of("share", draft) in html
