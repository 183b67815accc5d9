"""The registry's admin: publishing by its rules, figures added and never changed, and no save that overwrites another's."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from clusters.admin import ClusterAdmin
from clusters.models import Cluster, ClusterSector, Observation, Programme, Source
from tests import factories as make

pytestmark = pytest.mark.django_db
LIST = "/admin/clusters/cluster/"
ADD = "/admin/clusters/cluster/add/"
FORMSETS = ("sector_links", "status_changes", "names", "participations", "identifiers", "observation_links")


def change(cluster):
    return reverse("admin:clusters_cluster_change", args=[cluster.pk])


def lines(**formsets):
    """The management forms of the page, with the rows given for some: `sector_links=[{...}]`."""
    data = {}
    for prefix in FORMSETS:
        rows = formsets.get(prefix, [])
        data |= {
            f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": sum("id" in row for row in rows),
            f"{prefix}-MIN_NUM_FORMS": 0, f"{prefix}-MAX_NUM_FORMS": 1000,
        }  # fmt: skip
        data |= {f"{prefix}-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}
    return data


def form_of(cluster, **values):
    """What the form of a cluster sends when nothing is changed, with changes."""
    links = [
        {"id": link.pk, "cluster": cluster.pk, "sector": link.sector_id}
        | ({"is_primary": "on"} if link.is_primary else {})
        for link in cluster.sector_links.order_by("pk")
    ]
    fields = ("name", "acronym", "kind", "summary", "city", "region", "description", "website", "legal_form", "status", "publication",
              "slug", "location_precision", "location_note")  # fmt: skip
    data = {name: getattr(cluster, name) for name in fields} | {
        "country": cluster.country.code,
        "version": cluster.version,
    }
    formsets = {"sector_links": links, **{name: values.pop(name) for name in FORMSETS if name in values}}
    return data | lines(**formsets) | values


def errors(response):
    assert response.status_code == 200, "the form is shown again"
    return response.content.decode()


def figure(indicator, said_by, **values):
    defaults = {"indicator": indicator.pk, "source": said_by.pk, "value": "80", "precision": "exact", "rank": "normal"}
    return {**defaults, **values}


# -- Publishing ------------------------------------------------------------------------------------------------------

NEW = {"name": "Cluster solaire", "kind": "organisation", "slug": "cluster-solaire", "publication": "published"}


def test_a_cluster_with_its_lines_is_published_in_one_save(client, as_role):
    editor = as_role("editor")
    source, sector = make.make_source(), make.make_sector()
    rows = lines(
        sector_links=[{"sector": sector.pk}],
        status_changes=[{"status": "active", "since": "2014", "source": source.pk}],
    )
    response = client.post(ADD, NEW | {"country": "MA"} | rows)
    assert response.status_code == 302
    cluster = Cluster.objects.visible().get()
    assert (cluster.status, cluster.modified_by) == ("active", editor)
    assert cluster.sector_links.get().is_primary, "the only sector is the primary one"


def test_what_is_missing_is_said_in_sentences_and_nothing_is_kept(client, as_role):
    as_role("editor")
    page = errors(client.post(ADD, NEW | lines()))
    assert "Indiquez le pays" in page
    assert "Choisissez une situation" in page
    assert "Rangez la fiche dans au moins un secteur" in page
    assert 'value="Cluster solaire"' in page
    assert not Cluster.objects.exists()


def test_a_published_record_cannot_lose_its_last_sector(client, as_role):
    as_role("editor")
    cluster = make.make_cluster()
    link = cluster.sector_links.get()
    rows = [{"id": link.pk, "cluster": cluster.pk, "sector": link.sector_id, "DELETE": "on"}]
    page = errors(client.post(change(cluster), form_of(cluster, sector_links=rows)))
    assert "Rangez la fiche dans au moins un secteur" in page
    cluster.refresh_from_db()
    assert cluster.is_published
    assert cluster.sector_links.exists()
    assert cluster.version == 1, "what was undone has no version of its own"


def test_an_expected_cluster_takes_no_members_not_even_in_the_same_save(client, as_role):
    as_role("editor")
    cluster = make.make_cluster(status="expected")
    members, source = make.make_indicator(code="members"), make.make_source()
    rows = [figure(members, source)]
    page = errors(client.post(change(cluster), form_of(cluster, observation_links=rows)))
    assert "n’a ni adhérents ni salariés" in page
    assert not Observation.objects.exists()


def test_the_primary_sector_can_be_swapped(client, as_role):
    as_role("editor")
    cluster = make.make_cluster()
    other = ClusterSector.objects.create(cluster=cluster, sector=make.make_sector())
    first = cluster.sector_links.get(is_primary=True)
    rows = [
        {"id": first.pk, "cluster": cluster.pk, "sector": first.sector_id},
        {"id": other.pk, "cluster": cluster.pk, "sector": other.sector_id, "is_primary": "on"},
    ]
    for swapped in (rows, [rows[1] | {"is_primary": ""}, rows[0] | {"is_primary": "on"}]):
        cluster.refresh_from_db()
        assert client.post(change(cluster), form_of(cluster, sector_links=swapped)).status_code == 302
    assert cluster.sector_links.get(is_primary=True) == first


def test_two_primary_sectors_or_none_are_refused(client, as_role):
    as_role("editor")
    cluster = make.make_cluster()
    link = cluster.sector_links.get()
    row = {"id": link.pk, "cluster": cluster.pk, "sector": link.sector_id}
    for mark in ({"is_primary": "on"}, {}):
        rows = [row | mark, {"sector": make.make_sector().pk} | mark]
        assert "Cochez un secteur comme principal" in errors(
            client.post(change(cluster), form_of(cluster, sector_links=rows))
        )


def test_a_period_that_ends_before_it_begins_is_refused_with_a_sentence(client, as_role):
    as_role("editor")
    cluster = make.make_cluster()
    rows = [{"value": "Ancien nom", "kind": "former", "language": "fr", "valid_from": "2020", "valid_to": "2012"}]
    assert "La fin précède le début." in errors(client.post(change(cluster), form_of(cluster, names=rows)))


# -- Two people ------------------------------------------------------------------------------------------------------


def test_a_stale_save_is_refused_and_keeps_everything_typed(client, as_role):
    as_role("editor")
    cluster = make.make_cluster()
    stale = form_of(cluster, summary="Le mien", names=[{"value": "Mon alias", "kind": "alias", "language": "fr"}])
    assert client.post(change(cluster), form_of(cluster, summary="Le sien")).status_code == 302
    page = errors(client.post(change(cluster), stale))
    assert "Quelqu’un a enregistré cette fiche" in page
    assert "Le mien" in page
    assert "Mon alias" in page
    assert "Le sien" in re.sub(r"<[^>]+>", "", page)
    cluster.refresh_from_db()
    assert (cluster.summary, cluster.version) == ("Le sien", 2)

    assert client.post(change(cluster), stale | {"replaces": 2}).status_code == 302
    cluster.refresh_from_db()
    assert (cluster.summary, cluster.version) == ("Le mien", 3)


def test_replacing_is_of_the_version_that_was_shown(client, as_role):
    as_role("editor")
    cluster = make.make_cluster()
    Cluster.objects.filter(pk=cluster.pk).claim(1)
    Cluster.objects.filter(pk=cluster.pk).claim(2)
    assert "Quelqu’un a enregistré" in errors(client.post(change(cluster), form_of(cluster) | {"replaces": 2}))


def test_a_save_without_a_version_is_stale(client, as_role):
    as_role("editor")
    cluster = make.make_cluster()
    assert "Quelqu’un a enregistré" in errors(client.post(change(cluster), form_of(cluster) | {"version": ""}))


def test_a_save_that_loses_the_race_after_the_form_was_checked_is_refused_too(client, as_role, monkeypatch):
    as_role("editor")
    cluster = make.make_cluster()
    save = ClusterAdmin.save_model
    raced = []

    def slow(self, request, obj, form, is_change):
        if not raced:
            raced.append(1)
            # A colleague's save lands between the check of the form and the write. In a transaction of its own in life;
            # here it is written after the roll-back, so that the second look finds it.
            monkeypatch.setattr(type(Cluster.objects.all()), "claim", lambda rows, version: False)
        return save(self, request, obj, form, is_change)

    monkeypatch.setattr(ClusterAdmin, "save_model", slow)
    original = Cluster.objects.get(pk=cluster.pk)
    data = form_of(original, summary="Le mien")
    get_object = ClusterAdmin.get_object

    def fresh(self, request, object_id, from_field=None):
        found = get_object(self, request, object_id, from_field)
        if raced:
            found.version += 1
        return found

    monkeypatch.setattr(ClusterAdmin, "get_object", fresh)
    page = errors(client.post(change(cluster), data))
    assert "Quelqu’un a enregistré" in page
    assert "Le mien" in page
    cluster.refresh_from_db()
    assert cluster.summary == "Un cluster."


@pytest.mark.parametrize("record", [make.make_source, make.make_programme])
def test_sources_and_programmes_are_guarded_too(client, as_role, record):
    as_role("editor")
    row = record()
    page = reverse(f"admin:clusters_{row._meta.model_name}_change", args=[row.pk])
    data = {"slug": row.slug, "kind": row.kind, "publication": "published", "language": "fr", "version": row.version}
    assert client.post(page, data | {"title": "Un", "name": "Un"}).status_code == 302
    assert "Quelqu’un a enregistré" in errors(client.post(page, data | {"title": "Deux", "name": "Deux"}))
    row.refresh_from_db()
    assert "Un" in str(row)


def test_a_partial_date_of_a_source_keeps_its_days(client, as_role):
    as_role("editor")
    source = make.make_source(published="2019")
    page = reverse("admin:clusters_source_change", args=[source.pk])
    data = {
        "title": "T",
        "slug": source.slug,
        "kind": "study",
        "publication": "published",
        "language": "fr",
        "version": 1,
    }
    assert client.post(page, data | {"published": "2020-03"}).status_code == 302
    source.refresh_from_db()
    assert str(source.published_last) == "2020-03-31"


# -- Actions ---------------------------------------------------------------------------------------------------------


def act(client, action, *rows):
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    response = client.post(LIST, data, follow=True)
    return [str(message) for message in response.context["messages"]]


def test_publishing_several_reports_each_that_refused(client, as_role):
    as_role("editor")
    ready = make.make_cluster(publication="draft")
    bare = Cluster.objects.create(name="Nu", slug="nu")
    told = act(client, "publish", ready, bare)
    assert "1 fiche publiée." in told
    assert any(one.startswith("Nu\u00a0: Indiquez le pays") for one in told), told
    ready.refresh_from_db()
    bare.refresh_from_db()
    assert ready.is_published
    assert ready.version == 2, "an open form of it is stale now"
    assert not bare.is_published
    assert bare.version == 1


def test_withdrawing_and_verifying(client, as_role):
    editor = as_role("editor")
    cluster, draft = make.make_cluster(), make.make_cluster(publication="draft")
    assert act(client, "verify", cluster) == ["1 fiche notée comme vérifiée."]
    cluster.refresh_from_db()
    assert cluster.verified_by == editor
    told = act(client, "withdraw", cluster, draft)
    assert "1 fiche retirée du site." in told
    assert any("n’est pas publiée" in one for one in told)
    assert not Cluster.objects.visible().exists()


def test_a_merged_record_is_not_withdrawn(client, as_role):
    as_role("editor")
    survivor = make.make_cluster(name="Gardée")
    loser = make.make_cluster(name="Fondue", merged_into=survivor)
    (told,) = act(client, "withdraw", loser)
    assert "fusionnée dans « Gardée » et ne se modifie plus" in told.replace("\u00a0", " ")
    loser.refresh_from_db()
    assert loser.is_published


@pytest.mark.parametrize("role", ["author", "moderator"])
def test_lower_roles_do_not_act_on_the_registry(client, as_role, role):
    as_role(role)
    cluster = make.make_cluster(publication="draft")
    client.post(LIST, {"action": "publish", "_selected_action": [cluster.pk]})
    assert client.post(change(cluster), form_of(cluster, publication="published")).status_code == 403
    assert client.post(ADD, NEW | lines()).status_code == 403
    cluster.refresh_from_db()
    assert not cluster.is_published


@pytest.mark.parametrize("role", ["editor", "admin"])
def test_a_cluster_is_not_deleted(client, as_role, role):
    as_role(role)
    cluster = make.make_cluster()
    assert client.post(reverse("admin:clusters_cluster_delete", args=[cluster.pk]), {"post": "yes"}).status_code == 403
    client.post(LIST, {"action": "delete_selected", "_selected_action": [cluster.pk], "post": "yes"})
    assert Cluster.objects.filter(pk=cluster.pk).exists()


# -- Lists, uses, chooser --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("manque=verifier", {"plain"}),
        ("manque=resume", {"mute"}),
        ("manque=chiffres", {"plain", "mute"}),
        ("publication__exact=draft", {"mute"}),
        ("pays=TN", {"mute"}),
        ("q=ancien", {"plain"}),
        ("q=muet", {"mute"}),
    ],
)
def test_the_list_is_narrowed_to_what_is_to_be_done(client, as_role, query, expected):
    editor = as_role("editor")
    plain = make.make_cluster(slug="plain", name="Ordinaire")
    make.make_name(plain, value="L’ancien nom", kind="former")
    make.make_cluster(slug="mute", name="Le muet", summary="", publication="draft", country="TN")
    full = make.make_cluster(slug="full")
    full.verify(editor, timezone.localdate())
    make.make_observation(full)
    rows = client.get(f"{LIST}?{query}").context["cl"].queryset
    assert {row.slug for row in rows} == expected


def test_a_source_shows_where_it_is_used(client, as_role):
    as_role("editor")
    source, cluster = make.make_source(), make.make_cluster(name="Cluster cité")
    make.make_name(cluster, source=source)
    make.make_observation(cluster, source=source)
    make.make_article(title="Un papier qui la cite", sources=[source])
    page = client.get(reverse("admin:clusters_source_change", args=[source.pk])).content.decode()
    assert all(words in page for words in ("Cluster cité", "80\u00a0adhérents", "Un papier qui la cite"))


def test_uses_do_not_show_a_lower_role_what_it_may_not_see(client, as_role):
    as_role("author")
    source = make.make_source()
    make.make_draft(title="Le brouillon d’un autre", sources=[source])
    page = client.get(reverse("admin:clusters_source_change", args=[source.pk])).content.decode()
    assert "Le brouillon d’un autre" not in page


def test_the_chooser_finds_any_name_and_says_what_is_not_public(client, as_role):
    as_role("author")
    cluster = make.make_cluster(name="Cluster EnR", acronym="CEnR", publication="draft")
    make.make_name(cluster, value="Cluster Solaire", kind="former")
    for query in ("enr", "SOLAIRE", "cluster sol", cluster.public_id):
        (found,) = client.get("/admin/clusters/cluster/choices/", {"q": query}).json()["results"]
        assert found == {
            "id": cluster.public_id, "name": "Cluster EnR", "acronym": "CEnR", "place": "Casablanca, Maroc", "note": "Brouillon",
        }  # fmt: skip


def test_the_chooser_gives_twenty_at_most(client, as_role):
    as_role("editor")
    for _n in range(22):
        make.make_cluster()
    assert len(client.get("/admin/clusters/cluster/choices/").json()["results"]) == 20


def test_the_chooser_is_for_those_who_may_see_the_registry(client, as_role):
    as_role("moderator")
    assert client.get("/admin/clusters/cluster/choices/").status_code == 403


def test_a_logo_that_is_none_is_refused_at_its_field(client, as_role):
    as_role("editor")
    cluster = make.make_cluster()
    upload = make.picture_file()
    assert client.post(change(cluster), form_of(cluster) | {"logo_file": upload}).status_code == 302
    cluster.refresh_from_db()
    assert cluster.logo
    upload.seek(0)
    upload.truncate(20)
    upload.seek(0)
    assert "n’est pas une image" in errors(client.post(change(cluster), form_of(cluster) | {"logo_file": upload}))


def test_records_of_other_kinds_publish_by_action(client, as_role):
    as_role("editor")
    source, programme = make.make_source(publication="draft"), make.make_programme(publication="draft")
    for row in (source, programme):
        client.post(f"/admin/clusters/{row._meta.model_name}/", {"action": "publish", "_selected_action": [row.pk]})
    assert Source.objects.visible().exists()
    assert Programme.objects.visible().exists()
