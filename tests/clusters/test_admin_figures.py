"""Figures in the admin: refused with a sentence, corrected by a new one, joint ones whole, and never changed; nor what they count."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from clusters import history
from clusters.models import Indicator, Observation
from tests import factories as make
from tests.clusters.test_admin import change, errors, figure, form_of

pytestmark = pytest.mark.django_db


def test_a_figure_is_added_on_the_page_of_its_cluster(client, as_role):
    editor = as_role("editor")
    cluster, indicator, source = make.make_cluster(), make.make_indicator(), make.make_source()
    rows = [figure(indicator, source, value="29000", precision="about", dated="2020-03")]
    assert client.post(change(cluster), form_of(cluster, observation_links=rows)).status_code == 302
    (found,) = Observation.objects.about(cluster)
    assert (found.value, found.scope, found.recorded_by) == (29000, "cluster", editor)
    page = client.get(change(cluster)).content.decode()
    assert "environ 29\u202f000\u00a0adhérents" in page
    assert f"?supersedes={found.pk}" in page


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"dated": "2999"}, "Cette date est à venir"),
        ({"dated": "2021"}, "Cette date suit la parution de la source"),
        ({"value": "-3"}, "La valeur ne peut pas être négative"),
        ({"upper": "3"}, "Le haut de la fourchette dépasse la valeur"),
        ({"rank": "deprecated"}, "Dites pourquoi ce chiffre est écarté"),
        ({"dated": "hier"}, "n’est pas une date"),
        ({"source": ""}, "obligatoire"),
    ],
)
def test_a_figure_that_cannot_be_is_refused_with_a_sentence(client, as_role, values, sentence):
    as_role("editor")
    cluster, indicator, source = make.make_cluster(), make.make_indicator(), make.make_source(published="2020")
    rows = [figure(indicator, source, **values)]
    assert sentence in errors(client.post(change(cluster), form_of(cluster, observation_links=rows)))
    assert not Observation.objects.exists()


def test_a_correction_is_a_new_figure_and_the_old_one_stays(client, as_role):
    as_role("editor")
    cluster = make.make_cluster()
    old = make.make_observation(cluster)
    page = client.get(f"/admin/clusters/observation/add/?supersedes={old.pk}").content.decode()
    assert 'value="80' in page
    data = figure(old.indicator, old.source, value="90", scope="cluster", about=[cluster.pk], supersedes=old.pk)
    assert client.post("/admin/clusters/observation/add/", data).status_code == 302
    new = Observation.objects.latest("pk")
    assert (new.supersedes, new.value) == (old, 90)
    assert old.clusters.get() == cluster
    assert "a déjà été corrigé" in errors(client.post("/admin/clusters/observation/add/", data)), "only once"


@pytest.mark.parametrize(
    ("scope", "how_many", "sentence"),
    [("joint", 1, "au moins deux clusters"), ("cluster", 2, "Choisissez un cluster, et un seul"), ("country", 1, "ne nomme pas de cluster")],
)  # fmt: skip
def test_a_figure_says_whom_it_is_about(client, as_role, scope, how_many, sentence):
    as_role("editor")
    about = [make.make_cluster().pk for _n in range(how_many)]
    data = figure(
        make.make_indicator(), make.make_source(), scope=scope, about=about, country="MA" if scope == "country" else ""
    )
    assert sentence in errors(client.post("/admin/clusters/observation/add/", data))


def test_a_joint_figure_stays_whole(client, as_role):
    as_role("editor")
    pair = [make.make_cluster(), make.make_cluster()]
    data = figure(make.make_indicator(), make.make_source(), scope="joint", about=[one.pk for one in pair])
    assert client.post("/admin/clusters/observation/add/", data).status_code == 302
    assert set(Observation.objects.get().clusters.all()) == set(pair)


@pytest.mark.parametrize("role", ["author", "editor", "admin"])
def test_nobody_changes_or_deletes_a_figure(client, as_role, role):
    as_role(role)
    old = make.make_observation(make.make_cluster())
    page = reverse("admin:clusters_observation_change", args=[old.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"value": "1"}).status_code == 403
    assert client.post(reverse("admin:clusters_observation_delete", args=[old.pk]), {"post": "yes"}).status_code == 403


# -- What is counted ----------------------------------------------------------------------------------------------------


def indicator_page(indicator):
    return reverse("admin:clusters_indicator_change", args=[indicator.pk])


def typed_of(indicator, **values):
    return {
        "version": indicator.version, "label": indicator.label, "code": indicator.code, "unit": indicator.unit,
        "measure": indicator.measure, "behaviour": indicator.behaviour, "position": indicator.position, **values,
    }  # fmt: skip


OTHER_MEANINGS = [{"code": "adherents"}, {"unit": "salariés"}, {"measure": "year"}]


@pytest.mark.parametrize("values", OTHER_MEANINGS)
def test_an_indicator_without_figures_may_mean_something_else(client, as_role, values):
    as_role("editor")
    indicator = make.make_indicator()
    assert "ne changent plus" not in client.get(indicator_page(indicator)).content.decode()
    assert client.post(indicator_page(indicator), typed_of(indicator, **values)).status_code == 302
    assert Indicator.objects.filter(pk=indicator.pk, **values).exists()


@pytest.mark.parametrize("values", OTHER_MEANINGS)
def test_what_the_figures_of_an_indicator_mean_stays(client, as_role, values):
    as_role("editor")
    indicator = make.make_indicator()
    make.make_observation(make.make_cluster(), indicator=indicator)
    page = client.get(indicator_page(indicator))
    assert set(page.context["adminform"].form.fields).isdisjoint(values)
    assert "ne changent plus" in page.content.decode()
    # From a form that was opened before the first figure, or forged.
    refused = client.post(indicator_page(indicator), typed_of(indicator, label="Autre", **values))
    assert "ajoutez un indicateur" in " ".join(refused.context["adminform"].form.non_field_errors())
    with pytest.raises(ValidationError, match="ajoutez un indicateur"):
        Indicator(
            **{field.attname: getattr(indicator, field.attname) for field in Indicator._meta.fields} | values
        ).clean()
    indicator.refresh_from_db()
    assert indicator.version == 1
    assert client.post(indicator_page(indicator), typed_of(indicator, label="Autre")).status_code == 302
    assert Indicator.objects.get(pk=indicator.pk).label == "Autre"


def test_going_back_leaves_what_the_figures_of_an_indicator_mean(client, as_role):
    editor = as_role("editor")
    indicator = make.make_indicator(code="members", label="Adhérents")
    with history.changing(indicator, by=editor, act=history.Act.CHANGED):
        indicator.code, indicator.label = "adherents", "Membres"
        indicator.save()
    make.make_observation(make.make_cluster(), indicator=indicator)
    address = reverse("admin:clusters_indicator_history_restore", args=[indicator.pk, 1])
    assert client.post(address, {"version": 2}).status_code == 302
    indicator.refresh_from_db()
    assert (indicator.code, indicator.label, indicator.version) == ("adherents", "Adhérents", 3)
