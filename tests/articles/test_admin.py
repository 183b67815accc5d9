"""The articles' admin: every button × role × way in, a text that is never lost, pictures that readers can perceive."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.admin.flow import ASKED_FIRST
from articles.models import Article
from tests import factories as make

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
ADD = "/admin/articles/article/add/"
STATES = ("draft", "in_review", "ready", "published", "withdrawn")


def change(article):
    return reverse("admin:articles_article_change", args=[article.pk])


def lines(**formsets):
    data = {}
    for prefix in ("bylines", "citations", "further_reading"):
        rows = formsets.get(prefix, [])
        data |= {
            f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": sum("id" in row for row in rows),
            f"{prefix}-MIN_NUM_FORMS": 0, f"{prefix}-MAX_NUM_FORMS": 1000,
        }  # fmt: skip
        data |= {f"{prefix}-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}
    return data


def form_of(article, formsets=None, **values):
    """What the form of an article sends when nothing is changed, with changes."""
    data = {
        name: getattr(article, name)
        for name in ("title", "slug", "standfirst", "body", "description", "language", "comments_policy")
    }
    local = timezone.localtime(article.published_at) if article.published_at else None
    data |= {
        "tags": [tag.pk for tag in article.tags.all()], "clusters": [one.pk for one in article.clusters.all()],
        "published_at_0": f"{local:%d/%m/%Y}" if local else "", "published_at_1": f"{local:%H:%M:%S}" if local else "",
        "cover": article.cover_id or "", "version": article.version,
        "assigned_to": article.assigned_to_id or "", "due_on": f"{article.due_on:%d/%m/%Y}" if article.due_on else "",
    }  # fmt: skip
    signed = [
        {"id": line.pk, "article": article.pk, "author": line.author_id, "position": line.position}
        for line in article.bylines.all()
    ]
    return data | lines(**({"bylines": signed} | (formsets or {}))) | values


def told(response):
    return " ".join(str(message) for message in response.context["messages"])


def page_of(response):
    assert response.status_code == 200
    return response.content.decode()


# -- States: button, action, address, forged POST --------------------------------------------------------------------

MAY = {
    # (role, state of one's own article): the buttons shown
    ("author", "draft"): {"submit"},
    ("editor", "draft"): {"submit", "publish"},
    ("editor", "in_review"): {"approve", "publish", "send_back"},
    ("editor", "ready"): {"publish", "send_back"},
    ("editor", "published"): {"withdraw", "mark_updated"},
    ("editor", "withdrawn"): {"publish"},
}
TARGET = {
    "submit": "in_review",
    "approve": "ready",
    "publish": "published",
    "send_back": "draft",
    "withdraw": "withdrawn",
}


@pytest.mark.parametrize("role", ["author", "editor", "moderator", "admin"])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", [*TARGET, "mark_updated"])
def test_a_button_is_shown_to_whom_it_works_for_and_a_forged_one_is_refused(client, as_role, role, state, action):
    user = as_role(role)
    date = timezone.now() - dt.timedelta(days=1) if state in ("published", "withdrawn") else None
    article = make.make_article(state=state, published_at=date, created_by=user)
    allowed = action in MAY.get(("editor" if role == "admin" else role, state), set())
    shown = client.get(change(article))
    assert shown.status_code == 200, "one's own article is there to be read in any state"
    name = "_ask" if action in ASKED_FIRST else "_state"
    assert (f'name="{name}" value="{action}"' in shown.content.decode()) == allowed

    response = client.post(
        change(article), form_of(article, _state=action, what_changed="Un chiffre corrigé"), follow=True
    )
    article.refresh_from_db()
    if allowed:
        assert article.state == TARGET.get(action, state)
        assert (article.update_note == "Un chiffre corrigé") == (action == "mark_updated")
    else:
        assert article.state == state
        assert article.updated_at is None
        assert response.status_code in (200, 403)


@pytest.mark.parametrize("state", STATES)
def test_an_author_does_not_reach_anothers_article(client, as_role, state):
    as_role("author")
    date = timezone.now() if state in ("published", "withdrawn") else None
    article = make.make_article(
        title="À quelqu’un d’autre", state=state, published_at=date, created_by=make.make_user("author")
    )
    seen = client.get(change(article))
    if state == "published":
        assert seen.status_code == 200, "as anybody may"
        assert 'name="_save"' not in seen.content.decode()
    else:
        assert seen.status_code == 302
        assert "À quelqu’un d’autre" not in client.get(LIST).content.decode()
    response = client.post(change(article), form_of(article, title="Le mien"))
    assert response.status_code in (302, 403)
    article.refresh_from_db()
    assert article.title == "À quelqu’un d’autre"


def test_an_author_writes_in_drafts_only(client, as_role):
    author = as_role("author")
    article = make.make_article(state="in_review", published_at=None, created_by=author)
    assert 'name="_save"' not in page_of(client.get(change(article)))
    assert client.post(change(article), form_of(article, title="Autre")).status_code == 403


def test_an_author_does_not_set_the_date_of_publication(client, as_role):
    author = as_role("author")
    article = make.make_draft(created_by=author)
    decided = {
        "published_at_0": "01/01/2020", "published_at_1": "08:00:00", "comments_policy": "off", "ends_at_0": "01/01/2030",
        "ends_at_1": "08:00", "assigned_to": author.pk, "due_on": "01/01/2030",
    }  # fmt: skip
    assert client.post(change(article), form_of(article, **decided)).status_code == 302
    article.refresh_from_db()
    assert (article.published_at, article.ends_at, article.assigned_to, article.due_on) == (None, None, None, None)
    assert article.comments_policy == ""


def test_a_signature_makes_it_ones_own(client, as_role):
    author = as_role("author")
    article = make.make_draft(authors=[make.make_author(user=author)], created_by=make.make_user("editor"))
    assert client.post(change(article), form_of(article, title="Relu")).status_code == 302


@pytest.mark.parametrize("role", ["author", "moderator"])
def test_a_lower_role_deletes_nothing(client, as_role, role):
    article = make.make_draft(created_by=as_role(role))
    assert client.post(reverse("admin:articles_article_delete", args=[article.pk]), {"post": "yes"}).status_code == 403


def test_an_editor_deletes_only_what_was_never_public(client, as_role):
    as_role("editor")
    draft, out = make.make_draft(), make.make_article()
    once = make.make_article(state="draft")
    for article, left in ((draft, False), (out, True), (once, True)):
        client.post(reverse("admin:articles_article_delete", args=[article.pk]), {"post": "yes"})
        assert Article.objects.filter(pk=article.pk).exists() == left


# -- Writing ---------------------------------------------------------------------------------------------------------


def test_a_new_article_belongs_to_who_began_it_and_is_signed_beforehand(client, as_role):
    author = as_role("author")
    signature = make.make_author(user=author)
    assert f'<option value="{signature.pk}" selected' in page_of(client.get(ADD))
    data = {"title": "L'essai", "slug": "l-essai", "body": "<p>Un texte.</p>", "language": "fr"}
    rows = lines(bylines=[{"author": signature.pk, "position": 1}])
    response = client.post(ADD, data | rows | {"_continue": "1"})
    article = Article.objects.get()
    assert response.headers["Location"] == change(article)
    assert (article.title, article.state, article.created_by) == ("L’essai", "draft", author)
    assert article.bylines.get().author == signature


def test_an_article_is_written_and_published_in_one_press(client, as_role):
    as_role("editor")
    data = {"title": "Titre", "slug": "titre", "body": "<p>Un texte.</p>", "language": "fr", "_state": "publish"}
    response = client.post(ADD, data | lines(bylines=[{"author": make.make_author().pk, "position": 1}]), follow=True)
    assert "est publié" in told(response)
    assert Article.objects.visible().exists()


def test_if_it_cannot_be_published_the_text_is_saved_and_the_message_says_what_is_missing(client, as_role):
    as_role("editor")
    article = make.make_draft(authors=[])
    response = client.post(
        change(article), form_of(article, body="<p>Mon long texte.</p>", _state="publish"), follow=True
    )
    assert "Le texte est enregistré" in told(response)
    assert "ajoutez un auteur" in told(response)
    article.refresh_from_db()
    assert (article.body, article.state) == ("<p>Mon long texte.</p>", "draft")


def test_what_stands_against_publishing_is_listed_before(client, as_role):
    as_role("editor")
    page = page_of(client.get(change(make.make_draft(authors=[], body=""))))
    assert "Avant de publier" in page
    assert "L’article n’a pas de texte." in page


def test_a_date_to_come_schedules(client, as_role):
    as_role("editor")
    article = make.make_draft()
    day = timezone.localdate() + dt.timedelta(days=3)
    data = form_of(article, published_at_0=f"{day:%d/%m/%Y}", published_at_1="08:00:00", _state="publish")
    response = client.post(change(article), data, follow=True)
    assert "est programmé" in told(response)
    assert "08:00" in told(response)
    assert Article.objects.scheduled().get() == article
    assert not Article.objects.visible().exists()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"slug": "pris"}, "Cette adresse est déjà prise"),
        ({"slug": "Pas Une Adresse"}, "Des lettres minuscules sans accent"),
        ({"slug": "feed"}, "est réservé aux adresses du site"),
        ({"title": ""}, "obligatoire"),
        ({"published_at_0": "31/02/2026", "published_at_1": "08:00"}, "date"),
        ({"published_at_0": "", "published_at_1": ""}, "Un article publié a une date de publication."),
        ({"ends_at_0": "01/01/2020", "ends_at_1": "08:00"}, "ne peut pas quitter le site avant"),
        ({"assigned_to": "999999"}, "Sélectionnez un choix valide"),
        ({"assigned_to": "x"}, "Sélectionnez un choix valide"),
        ({"due_on": "31/02/2026"}, "date valide"),
        ({"series_position": "2"}, "hors dossier, il n’en a pas"),
    ],
)
def test_what_is_wrong_is_said_in_french_and_what_was_typed_stays(client, as_role, values, sentence):
    as_role("editor")
    make.make_draft(slug="pris")
    article = make.make_article()
    page = page_of(client.post(change(article), form_of(article, standfirst="Mon chapô", **values)))
    assert sentence in page
    assert "Mon chapô" in page
    article.refresh_from_db()
    assert article.standfirst == "Un chapô."


def test_the_same_author_twice_is_refused_with_a_sentence(client, as_role):
    as_role("editor")
    article = make.make_draft()
    row = {"author": article.bylines.get().author_id, "position": 2}
    signed = {"id": article.bylines.get().pk, "article": article.pk, "author": row["author"], "position": 1}
    response = client.post(change(article), form_of(article, {"bylines": [signed, row]}))
    assert "Corrigez" in page_of(response)


def test_a_link_to_read_next_is_inside_or_outside(client, as_role):
    as_role("editor")
    article = make.make_draft()
    rows = {"further_reading": [{"url": "https://example.org/", "position": 1}]}
    assert "donnez l’adresse et l’intitulé" in page_of(client.post(change(article), form_of(article, rows)))


# -- Two people ------------------------------------------------------------------------------------------------------


def test_a_stale_save_keeps_everything_typed_and_overwrites_nothing(client, as_role):
    as_role("editor")
    article = make.make_draft()
    mine = form_of(article, body="<p>Ma phrase.</p>", title="Mon titre")
    assert client.post(change(article), form_of(article, body="<p>Sa phrase.</p>")).status_code == 302
    page = page_of(client.post(change(article), mine))
    assert "Quelqu’un a enregistré cette fiche" in page
    assert "Ma phrase." in page
    assert 'value="Mon titre"' in page
    assert "Sa phrase." in re.sub(r"<[^>]+>", "", page)
    article.refresh_from_db()
    assert article.body == "<p>Sa phrase.</p>"
    assert client.post(change(article), mine | {"replaces": article.version}).status_code == 302
    article.refresh_from_db()
    assert article.body == "<p>Ma phrase.</p>"


def test_a_save_made_before_a_change_of_state_is_stale(client, as_role):
    as_role("editor")
    article = make.make_draft()
    stale = form_of(article, title="Trop tard")
    article.change_state("publish", make.make_user("editor"))
    assert "Quelqu’un a enregistré" in page_of(client.post(change(article), stale | {"_state": "submit"}))
    article.refresh_from_db()
    assert article.state == "published"


def test_a_save_does_not_touch_what_it_does_not_show(client, as_role):
    as_role("editor")
    article = make.make_article(state="withdrawn")
    data = form_of(article, title="Autre titre")
    article.mark_updated("Un chiffre corrigé")
    client.post(change(article), data)
    article.refresh_from_db()
    assert (article.title, article.update_note) == ("Autre titre", "Un chiffre corrigé")


# -- Lists -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("etat=draft", {"brouillon"}),
        ("etat=in_review", {"relecture"}),
        ("etat=ready", {"pret"}),
        ("etat=scheduled", {"programme"}),
        ("etat=ended", {"echu"}),
        ("confie=moi", {"pret"}),
        ("confie=personne", {"brouillon", "relecture"}),
        ("echeance=retard", {"pret"}),
        ("echeance=semaine", {"relecture"}),
        ("echeance=nothing", {"brouillon", "relecture", "pret", "programme", "paru", "echu"}),
        ("etat=published", {"paru"}),
        ("mes=1", {"brouillon", "pret", "echu"}),
        ("manque=source", {"brouillon", "relecture", "pret", "programme", "echu"}),
        ("manque=mot-diese", {"brouillon", "relecture", "pret", "programme", "echu"}),
        ("q=solaire", {"relecture"}),
    ],
)
def test_the_list_is_narrowed_to_what_is_to_be_done(client, as_role, query, expected):
    editor = as_role("editor")
    make.make_draft(slug="brouillon", created_by=editor)
    today = timezone.localdate()
    make.make_article(
        slug="relecture",
        state="in_review",
        published_at=None,
        body="<p>Le cluster solaires.</p>",
        due_on=today + dt.timedelta(days=7),
    )
    make.make_article(
        slug="pret", state="ready", published_at=None, assigned_to=editor, due_on=today - dt.timedelta(days=1)
    )
    make.make_article(
        slug="echu",
        ends_at=timezone.now() - dt.timedelta(minutes=1),
        assigned_to=editor,
        due_on=today - dt.timedelta(days=1),
    )
    make.make_scheduled(slug="programme")
    make.make_article(slug="paru", tags=[make.make_tag()], sources=[make.make_source()])
    assert {row.slug for row in client.get(f"{LIST}?{query}").context["cl"].queryset} == expected


def test_the_list_says_what_is_missing_in_words(client, as_role):
    as_role("editor")
    make.make_draft(authors=[])
    page = page_of(client.get(LIST))
    assert all(
        f">{word}</span>" in page
        for word in ("Brouillon", "sans signature", "image", "source", "mot-dièse", "description")
    )


def test_a_series_lists_its_parts_in_order(client, as_role):
    as_role("editor")
    series = make.make_series()
    make.make_article(title="La suite", series=series, series_position=2)
    make.make_draft(title="Le début", series=series, series_position=1)
    page = page_of(client.get(reverse("admin:articles_series_change", args=[series.pk])))
    assert page.index("Le début") < page.index("La suite")
