"""What the admin's forms and lists answer to ids that are none and to rows that are not this person's: a sentence, never an error.

A form that is refused keeps the rest of what was typed; a row that a person may not see is no row to them.
"""

import pytest
from django.contrib import admin
from django.urls import reverse

from articles.models import Article, FurtherReading
from clusters.models import Observation
from tests import factories as make
from tests.articles import test_admin as articles

pytestmark = pytest.mark.django_db
LONG = "9" * 5000
BEYOND = "9" * 30
"""More than a database's integer holds, less than what Python refuses to read."""
WRONG = ["a,b", "-1", BEYOND, LONG]
ARTICLE, OBSERVATION = "/admin/articles/article/add/", "/admin/clusters/observation/add/"
COMMENT, CLUSTER = "/admin/articles/comment/add/", "/admin/clusters/cluster/"


@pytest.fixture(autouse=True)
def superuser(client):
    user = make.make_user("admin", is_superuser=True)
    client.force_login(user)
    return user


# -- Addresses ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "name"),
    [
        *((ARTICLE, name) for name in ("tags", "clusters", "cover", "series")),
        *((OBSERVATION, name) for name in ("indicator", "source", "programme", "about", "supersedes")),
        *((COMMENT, name) for name in ("article", "parent")),
        ("/admin/clusters/source/add/", "derived_from"),
        ("/admin/clusters/programme/add/", "sources"),
        ("/admin/clusters/cluster/add/", "location_source"),
    ],
)
def test_a_form_opens_empty_where_its_address_names_no_row(client, address, name):
    for value in WRONG:
        response = client.get(address, {name: value})
        assert response.status_code == 200
        assert name not in response.context["adminform"].form.initial


def test_what_the_field_takes_is_filled_in(client):
    tag, cover = make.make_tag(), make.make_picture()
    query = {"tags": str(tag.pk), "cover": str(cover.pk), "title": "Un titre", "published_at": "02/03/2020 08:40"}
    page = client.get(ARTICLE, query).content.decode()
    assert f'<option value="{tag.pk}" selected>' in page
    assert f'<option value="{cover.pk}" selected>' in page
    assert 'value="Un titre"' in page
    assert 'value="08:40:00"' in page


@pytest.mark.parametrize("value", ["zz", "zz zz", "99/99/2020 08:40", "1"])
def test_a_date_that_is_none_is_dropped(client, value):
    assert client.get(ARTICLE, {"published_at": value}).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        f"{CLUSTER}?name__regex=(",
        f"{CLUSTER}?name__iregex=(",
        f"{CLUSTER}?sectors__id__exact={BEYOND}",
        f"{CLUSTER}?sectors__id__exact={LONG}",
        f"{CLUSTER}?id__in=1,{BEYOND}",
        f"{CLUSTER}?verified_on__year=999999",
        f"/admin/articles/comment/?article={BEYOND}",
        f"/admin/articles/comment/?article={LONG}",
        f"/admin/articles/article/?tags__id__exact={BEYOND}",
    ],
)
def test_a_list_refuses_what_the_database_cannot_be_asked(client, address):
    response = client.get(address)
    assert response.status_code == 400
    assert "n’a pas été comprise" in response.content.decode()


def test_a_list_still_takes_its_own_filters(client):
    cluster = make.make_cluster()
    sector = cluster.sector_links.get().sector_id
    for query in (f"sectors__id__exact={sector}", "publication__exact=published", "status__exact=active"):
        response = client.get(f"{CLUSTER}?{query}")
        assert response.status_code == 200
        assert [row.pk for row in response.context["cl"].result_list] == [cluster.pk]
    article = make.make_article()
    assert client.get(f"/admin/articles/comment/?article={article.pk}").status_code == 200


# -- What is sent ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize("name", ["cover", "series", "clusters", "tags"])
def test_an_article_with_an_id_that_is_none_is_shown_again(client, name, value):
    article = make.make_draft()
    response = client.post(articles.change(article), articles.form_of(article, title="Titre tapé", **{name: value}))
    assert response.status_code == 200
    form = response.context["adminform"].form
    assert form.errors[name]
    assert 'value="Titre tapé"' in response.content.decode()


@pytest.mark.parametrize("value", [*WRONG, "x", "1\0"])
@pytest.mark.parametrize("model", [model for model, options in admin.site._registry.items() if options.actions])
def test_a_row_that_is_ticked_and_is_none_is_left_alone(client, model, value):
    options = admin.site._registry[model]
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    action = next(one if isinstance(one, str) else one.__name__ for one in options.actions)
    sent = {"action": action, "_selected_action": [value], "seen": [f"{value}:1"], "index": "0"}
    response = client.post(address, sent, follow=True)
    assert response.status_code == 200
    assert [str(one) for one in response.context["messages"]]


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize("name", ["indicator", "source", "programme", "about", "supersedes"])
def test_a_figure_with_an_id_that_is_none_is_shown_again(client, name, value):
    data = {"scope": "cluster", "value": "80", "note": "Note tapée", "precision": "exact", "rank": "normal"}
    response = client.post(OBSERVATION, data | {name: value})
    assert response.status_code == 200
    assert response.context["adminform"].form.errors[name]
    assert "Note tapée" in response.content.decode()
    assert not Observation.objects.exists()


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize("name", ["article", "parent"])
def test_an_answer_with_an_id_that_is_none_is_shown_again(client, name, value):
    response = client.post(COMMENT, {"article": make.make_article().pk, "body": "Texte tapé", name: value})
    assert response.status_code == 200
    assert response.context["adminform"].form.errors[name]
    assert "Texte tapé" in response.content.decode()


@pytest.mark.parametrize("value", WRONG)
def test_a_line_with_an_id_that_is_none_is_shown_again(client, value):
    article = make.make_draft()
    lines = {"further_reading": [{"article": article.pk, "target": value, "position": 1}]}
    response = client.post(articles.change(article), articles.form_of(article, lines, title="Titre tapé"))
    assert response.status_code == 200
    assert 'value="Titre tapé"' in response.content.decode()
    assert not FurtherReading.objects.exists()


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize("name", ["indicator", "source", "supersedes"])
def test_a_new_figure_of_a_cluster_with_an_id_that_is_none_is_shown_again(client, name, value):
    from tests.clusters import test_admin as clusters

    cluster = make.make_cluster()
    line = {"cluster": cluster.pk, "value": "80", "precision": "exact", "rank": "normal", name: value}
    response = client.post(
        clusters.change(cluster), clusters.form_of(cluster, observation_links=[line], summary="Résumé tapé")
    )
    assert response.status_code == 200
    assert "Résumé tapé" in response.content.decode()
    assert not Observation.objects.exists()


# -- Rows that are not this person's -----------------------------------------------------------------------------------


def test_an_author_cannot_name_a_hidden_article_as_further_reading(client, as_role):
    user = as_role("author")
    hidden = make.make_draft(title="Secret de la rédaction", created_by=make.make_user("editor"))
    own = make.make_draft(created_by=user, authors=[make.make_author(user=user)])
    lines = {"further_reading": [{"article": own.pk, "target": hidden.pk, "position": 1}]}
    response = client.post(articles.change(own), articles.form_of(own, lines))
    assert response.status_code == 200
    assert "Secret" not in response.content.decode()
    assert not FurtherReading.objects.exists()
    # One that the author may read is taken.
    lines["further_reading"][0]["target"] = make.make_article().pk
    assert client.post(articles.change(own), articles.form_of(own, lines)).status_code == 302
    assert FurtherReading.objects.filter(article=own).exists()


def test_a_hidden_article_chosen_by_an_editor_is_not_named_to_the_author(client, as_role):
    user = as_role("author")
    hidden = make.make_draft(title="Secret de la rédaction", created_by=make.make_user("editor"))
    own = make.make_draft(created_by=user, authors=[make.make_author(user=user)])
    FurtherReading.objects.create(article=own, target=hidden, position=1)
    assert "Secret" not in client.get(articles.change(own)).content.decode()


# -- Who did it --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["publish", "verify", "withdraw"])
def test_a_bulk_action_is_signed(client, superuser, action):
    before = make.make_user("editor")
    state = "draft" if action == "publish" else "published"
    cluster = make.make_cluster(publication=state, modified_by=before)
    client.post(CLUSTER, {"action": action, "_selected_action": [cluster.pk]})
    cluster.refresh_from_db()
    assert cluster.version == 2
    assert cluster.modified_by == superuser


@pytest.mark.parametrize("kind", ["source", "programme"])
def test_a_bulk_action_on_what_clusters_cite_is_signed(client, superuser, kind):
    record = getattr(make, f"make_{kind}")(modified_by=make.make_user("editor"))
    client.post(reverse(f"admin:clusters_{kind}_changelist"), {"action": "withdraw", "_selected_action": [record.pk]})
    record.refresh_from_db()
    assert (record.publication, record.modified_by) == ("withdrawn", superuser)


# -- Too much ----------------------------------------------------------------------------------------------------------


def test_a_form_that_is_too_large_is_told_so(client):
    response = client.post(ARTICLE, {"title": "Long", "body": "x" * 2_700_000})
    page = response.content.decode()
    assert response.status_code == 413
    assert "Le formulaire envoyé est trop volumineux" in page
    assert "L’adresse contient" not in page
    assert not Article.objects.exists()


def test_a_form_with_too_many_fields_is_told_so(client, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5
    response = client.post(ARTICLE, {f"f{number}": "" for number in range(9)})
    assert response.status_code == 413
    assert "trop volumineux" in response.content.decode()


def test_errors_carry_the_name_of_the_site(client, settings):
    settings.SITE_NAME = "Le Régime"
    page = client.get(f"{CLUSTER}?name__regex=(").content.decode()
    assert "Le Régime" in page
    assert "Grappe" not in page
