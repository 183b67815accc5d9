"""What needs care in the admin: the list with its filters, the box on a record's form, one press, and the page of a merge."""

import pytest
from django.urls import reverse
from django.utils import timezone

from clusters import care, merging
from clusters.history import Act, Revision
from clusters.models import Cluster, Merge
from tests import factories as make
from tests.clusters.test_admin import change, errors, form_of

pytestmark = pytest.mark.django_db
CARE = "/admin/clusters/cluster/care/"


def merge_page(cluster, query=""):
    return f"/admin/clusters/cluster/{cluster.pk}/merge/{query}"


def verify(cluster):
    return f"/admin/clusters/cluster/{cluster.pk}/verify/"


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


# -- The list -----------------------------------------------------------------------------------------------------------


def test_the_list_says_what_is_wrong_with_each_record(client, as_role):
    editor = as_role("editor")
    never = make.make_cluster(name="Jamais vu")
    calm = make.make_cluster(name="Tranquille")
    calm.verify(editor, timezone.localdate())
    make.make_cluster(name="Brouillon", publication="draft")
    make.make_cluster(name="Fusionnée", merged_into=calm)
    page = read(client, CARE)
    assert "Jamais vu" in page
    assert "Personne n’a encore vérifié cette fiche." in page
    assert change(never) in page
    for hidden in ("Tranquille", "Brouillon", "Fusionnée"):
        assert hidden not in page


def test_filters_by_warning_and_country(client, as_role):
    as_role("editor")
    here, there = make.make_cluster(name="Ici"), make.make_cluster(name="Là", country="TN")
    make.make_name(here, value="Sans source")
    source = make.make_source(title="Page sans copie", url="https://example.org/")
    make.make_observation(there, source=source)
    assert "Ici" in (page := read(client, f"{CARE}?avis=sans-source"))
    assert ">Là<" not in page
    assert "Personne n’a encore vérifié" not in page, "only the sentence that was asked for"
    page = read(client, f"{CARE}?pays=TN")
    assert ">Là<" in page
    assert ">Ici<" not in page
    page = read(client, f"{CARE}?avis=copie")
    assert "Page sans copie" in page
    assert reverse("admin:clusters_source_change", args=[source.pk]) in page
    assert "Rien à signaler ici." in read(client, f"{CARE}?avis=label")


@pytest.mark.parametrize("query", ["avis=rien", "pays=ZZ", "pays=%C3%A9", "avis=verifier&avis=label", "x=1"])
def test_filters_that_are_none_are_passed_over(client, as_role, query):
    as_role("editor")
    make.make_cluster(name="Ici")
    assert client.get(f"{CARE}?{query}").status_code == 200


@pytest.mark.parametrize("query", ["page=0", "page=99", "page=x", "page="])
def test_a_page_that_is_not_there_is_none(client, as_role, query):
    as_role("editor")
    assert client.get(f"{CARE}?{query}").status_code == 404


def test_the_list_costs_the_same_for_two_and_twelve(client, as_role, django_assert_max_num_queries):
    as_role("editor")
    costs = []
    for number in (2, 10):
        for _n in range(number):
            cluster = make.make_cluster(name="Le même")
            make.make_name(cluster)
            make.make_observation(cluster)
        client.get(CARE)
        with django_assert_max_num_queries(60) as asked:
            client.get(CARE)
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_the_front_page_counts_them_and_leads_there(client, as_role):
    as_role("editor")
    make.make_cluster()
    page = read(client, "/admin/")
    assert f'href="{CARE}"' in page
    assert "fiche publiée à soigner" in page
    assert care.number(timezone.localdate()) == 1


# -- One press ------------------------------------------------------------------------------------------------------------


def test_verified_with_one_press_where_it_is_read(client, as_role):
    editor, cluster = as_role("editor"), make.make_cluster()
    response = client.post(verify(cluster), {"next": f"{CARE}?pays=MA"})
    assert (response.status_code, response["Location"]) == (302, f"{CARE}?pays=MA")
    cluster.refresh_from_db()
    assert (cluster.verified_by, cluster.verified_on) == (editor, timezone.localdate())
    assert Revision.objects.of(cluster).first().act == Act.VERIFIED
    assert "est notée comme vérifiée" in read(client, CARE)


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org/", "javascript:alert(1)", "", "\x00"])
def test_the_way_back_stays_in_the_house(client, as_role, back):
    as_role("editor")
    assert client.post(verify(make.make_cluster()), {"next": back})["Location"] == CARE


@pytest.mark.parametrize("number", ["0", "999999", "x", "9" * 40])
def test_what_is_no_record_is_not_verified(client, as_role, number):
    as_role("editor")
    assert client.post(f"/admin/clusters/cluster/{number}/verify/").status_code == 404


@pytest.mark.parametrize(("role", "status"), [("author", 403), ("moderator", 403), ("admin", 302)])
def test_only_editors_press_it(client, as_role, role, status):
    as_role(role)
    cluster = make.make_cluster()
    assert client.post(verify(cluster)).status_code == status
    assert client.get(verify(cluster)).status_code == 405
    cluster.refresh_from_db()
    assert bool(cluster.verified_on) is (status == 302)


def test_the_form_saves_and_notes_at_once_and_stays(client, as_role):
    editor, cluster = as_role("editor"), make.make_cluster()
    response = client.post(change(cluster), form_of(cluster, city="Rabat", _verify="1"))
    assert (response.status_code, response["Location"]) == (302, change(cluster))
    cluster.refresh_from_db()
    assert (cluster.city, cluster.verified_by, cluster.verified_on) == ("Rabat", editor, timezone.localdate())
    assert [one.act for one in Revision.objects.of(cluster)][:1] == [Act.VERIFIED]


def test_the_form_tells_what_needs_care(client, as_role):
    as_role("editor")
    cluster = make.make_cluster()
    make.make_name(cluster, value="CS")
    page = read(client, change(cluster))
    assert "Le nom «\u202fCS\u202f» n’a pas de source." in page
    assert 'name="_verify"' in page
    assert "care-box" not in read(client, "/admin/clusters/cluster/add/")


def test_a_merged_record_is_neither_verified_nor_published_nor_changed(client, as_role):
    as_role("editor")
    survivor = make.make_cluster()
    merged = make.make_cluster(merged_into=survivor)
    client.post(verify(merged))
    client.post("/admin/clusters/cluster/", {"action": "publish", "_selected_action": [merged.pk]})
    assert "c’est l’autre qui se vérifie et se publie" in read(client, CARE)
    merged.refresh_from_db()
    assert merged.verified_on is None
    refused = client.post(change(merged), form_of(merged, city="Rabat"))
    assert refused.status_code == 422
    assert "Rabat" in refused.content.decode()  # to be copied, and not saved
    merged.refresh_from_db()
    assert merged.city != "Rabat"


# -- Merging --------------------------------------------------------------------------------------------------------------


def test_the_other_record_is_chosen_from_namesakes_or_by_name(client, as_role):
    as_role("editor")
    cluster, namesake = make.make_cluster(acronym="MCIC"), make.make_cluster(name="Homonyme", acronym="mcic")
    page = read(client, merge_page(cluster))
    assert f'href="?with={namesake.pk}"' in page
    assert "data-autocomplete-light" in page or "admin-autocomplete" in page
    for wrong in ("x", "999999", cluster.pk, ""):
        assert "Comparer les deux fiches" in read(client, merge_page(cluster, f"?with={wrong}"))


def test_both_are_shown_with_what_would_move_and_then_merged(client, as_role):
    editor = as_role("editor")
    loser, survivor = make.make_cluster(name="Cluster EnR"), make.make_cluster(name="Cluster Solaire")
    make.make_name(loser, value="Énergies renouvelables")
    page = read(client, merge_page(loser, f"?with={survivor.pk}"))
    for text in (
        "Énergies renouvelables (autre graphie)",
        "Fusionner Cluster EnR dans Cluster Solaire",
        loser.public_id,
    ):
        assert text in page
    data = {"reason": "renommée", "versions": f"{loser.version}-{survivor.version}"}
    response = client.post(merge_page(loser, f"?with={survivor.pk}"), data)
    assert (response.status_code, response["Location"]) == (302, change(survivor))
    done = Merge.objects.get()
    assert (done.loser, done.survivor, done.reason, done.merged_by) == (loser, survivor, "renommée", editor)


def test_the_other_way_round(client, as_role):
    as_role("editor")
    this, other = make.make_cluster(name="Celle-ci"), make.make_cluster(name="L’autre")
    query = f"?with={other.pk}&garder=celle-ci"
    assert "Fusionner L’autre dans Celle-ci" in read(client, merge_page(this, query))
    client.post(merge_page(this, query), {"reason": "x", "versions": f"{other.version}-{this.version}"})
    assert Merge.objects.get().loser == other


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"reason": ""}, "Dites en une phrase pourquoi"),
        ({"versions": "9-9"}, "Une des deux fiches a changé depuis"),
        ({"reason": "x" * 301}, "300"),
    ],
)
def test_a_confirmation_that_will_not_do_says_why_and_keeps_what_was_typed(client, as_role, values, sentence):
    as_role("editor")
    loser, survivor = make.make_cluster(), make.make_cluster()
    data = {"reason": "même association", "versions": f"{loser.version}-{survivor.version}", **values}
    page = errors(client.post(merge_page(loser, f"?with={survivor.pk}"), data))
    assert sentence in page
    assert data["reason"] in page
    assert not Merge.objects.exists()


def test_what_is_refused_is_told_and_has_no_button(client, as_role):
    as_role("editor")
    loser, survivor = make.make_cluster(), make.make_cluster(publication="draft")
    page = read(client, merge_page(loser, f"?with={survivor.pk}"))
    assert "publiez-la d’abord" in page
    assert 'name="reason"' not in page
    data = {"reason": "x", "versions": f"{loser.version}-{survivor.version}"}
    assert "publiez-la d’abord" in errors(client.post(merge_page(loser, f"?with={survivor.pk}"), data))


def test_the_banner_of_a_merged_record_undoes_it(client, as_role):
    editor = as_role("editor")
    loser, survivor = make.make_cluster(), make.make_cluster(name="Gardée")
    done = merging.merge(loser, survivor, by=editor, reason="renommée")
    page = read(client, change(loser))
    undo = f"/admin/clusters/merge/{done.pk}/undo/"
    assert undo in page
    assert "Raison\u00a0: renommée" in page
    assert 'name="_save"' not in page
    assert "Gardée" in read(client, f"/admin/clusters/merge/{done.pk}/change/")
    assert "Gardée" in read(client, "/admin/clusters/merge/?etat=vigueur")
    assert client.get(undo).status_code == 405
    assert client.post(undo)["Location"] == change(loser)
    loser.refresh_from_db()
    assert loser.merged_into is None
    assert "déjà annulée" in read(client, client.post(undo)["Location"])
    assert "Annulée" in read(client, "/admin/clusters/merge/?etat=annulee")


@pytest.mark.parametrize("role", ["author", "moderator"])
def test_only_editors_merge_and_undo(client, as_role, role):
    editor = make.make_user("editor")
    loser, survivor = make.make_cluster(), make.make_cluster()
    done = merging.merge(loser, survivor, by=editor)
    as_role(role)
    assert client.post(f"/admin/clusters/merge/{done.pk}/undo/").status_code == 403
    assert client.post(merge_page(survivor, f"?with={loser.pk}"), {"reason": "x"}).status_code == 403
    assert Cluster.objects.get(pk=loser.pk).merged_into == survivor


def test_a_merged_record_is_offered_nowhere(client, as_role):
    as_role("editor")
    kept = make.make_cluster(name="Solaire gardé")
    make.make_cluster(name="Solaire fusionné", merged_into=kept)
    query = {"app_label": "clusters", "model_name": "cluster", "field_name": "merged_into", "term": "solaire"}
    found = client.get("/admin/autocomplete/", query).json()["results"]
    assert [one["id"] for one in found] == [str(kept.pk)]


# -- Witnesses ------------------------------------------------------------------------------------------------------------


def test_the_form_of_a_source_shows_its_root_and_what_draws_on_it(client, as_role):
    as_role("editor")
    study = make.make_source(title="Étude première")
    middle = make.make_source(title="Reprise", derived_from=study)
    last = make.make_source(title="Reprise de la reprise", derived_from=middle)
    page = read(client, reverse("admin:clusters_source_change", args=[middle.pk]))
    assert "À l’origine" in page
    assert "Étude première" in page
    assert reverse("admin:clusters_source_change", args=[last.pk]) in page


def test_readers_are_told_that_there_is_one_witness(client):
    study = make.make_source(title="Étude première")
    copied, cluster, other = make.make_source(derived_from=study), make.make_cluster(), make.make_cluster()
    make.make_observation(cluster, source=study)
    make.make_status(cluster, source=copied)
    make.make_observation(other, source=study)
    make.make_status(other)
    sentence = "Tous les faits de cette fiche viennent d’une seule étude"
    page = read(client, cluster.get_absolute_url())
    assert sentence in page
    assert study.get_absolute_url() in page
    assert sentence not in read(client, other.get_absolute_url())
    make.make_name(cluster, source=make.make_source())
    assert sentence not in read(client, cluster.get_absolute_url())
    third = make.make_source(derived_from=copied)
    assert "À l’origine des deux" in read(client, third.get_absolute_url())


def test_a_root_that_may_not_be_seen_is_not_named(client):
    study = make.make_source(title="Étude cachée", publication="draft")
    cluster = make.make_cluster()
    for _n in range(2):
        make.make_observation(cluster, source=make.make_source(derived_from=study))
    page = read(client, cluster.get_absolute_url())
    assert "viennent d’une seule étude" in page
    assert "Étude cachée" not in page
