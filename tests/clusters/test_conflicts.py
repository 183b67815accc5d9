"""Two people with one form open: what they changed apart is merged and told, what both changed is chosen by a person.

Past 400 lines: what one person and another can do to a field or a line, each pair once.
"""

import itertools

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusters import history
from clusters.admin import ClusterAdmin
from clusters.history import Act, Revision, snapshots
from clusters.models import Cluster, ClusterName
from tests import factories as make
from tests.clusters.full_records import FULL
from tests.clusters.test_admin import ADD, errors, form_of
from tests.clusters.test_history_restoring import empty
from tests.house.test_history import sent_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def cluster(editor):
    cluster = make.make_cluster(city="Rabat", region="Nord", summary="Avant.")
    make.make_name(cluster, value="Ancien nom", kind="former")
    history.keep(cluster, by=editor, act=Act.CREATED)
    return cluster


@pytest.fixture
def desk():
    """Another person at a desk of their own."""

    def sit(role="editor", **names):
        user = make.make_user(role)
        for name, value in names.items():
            setattr(user, name, value)
        user.save()
        client = Client()
        client.force_login(user)
        client.user = user
        return client

    return sit


@pytest.fixture
def mine(desk):
    return desk()


@pytest.fixture
def theirs(desk):
    return desk(first_name="Elissa", last_name="Marzouk")


def opened(client, record):
    """What the form sends when nothing is changed."""
    name = f"admin:{record._meta.app_label}_{record._meta.model_name}_change"
    return sent_by(client.get(reverse(name, args=[record.pk])))


def send(client, record, sent):
    name = f"admin:{record._meta.app_label}_{record._meta.model_name}_change"
    return client.post(reverse(name, args=[record.pk]), sent | {"_continue": "1"})


def save(client, record, sent):
    response = send(client, record, sent)
    assert response.status_code == 302, response.context["errors"]
    return response


def told(client, response):
    return [str(message) for message in client.get(response.url).context["messages"]]


def contested(response):
    """(label, mine, theirs) of whatever the page asks to choose."""
    assert response.status_code == 200
    conflict = response.context["adminform"].form.conflict
    assert conflict is not None, response.context["errors"]
    return [(one.label, one.mine, one.theirs) for one in conflict.contested]


def again(response, **values):
    """What the page of a conflict sends once « Remplacer » is ticked."""
    return sent_by(response) | {"replaces": response.context["adminform"].form.conflict.version} | values


def line(sent, row):
    """The prefix of a line in what is sent."""
    kind = {"ClusterName": "names", "StatusChange": "status_changes", "ClusterSector": "sector_links"}[
        type(row).__name__
    ]
    (key,) = [
        key for key, value in sent.items() if key.startswith(f"{kind}-") and key.endswith("-id") and str(value) == str(row.pk)
    ]  # fmt: skip
    return key.removesuffix("id")


def with_new_name(sent, record, value):
    number = int(sent["names-TOTAL_FORMS"])
    place = f"names-{number}-"
    return sent | {
        "names-TOTAL_FORMS": number + 1, f"{place}cluster": record.pk, f"{place}value": value, f"{place}kind": "alias",
        f"{place}language": "fr",
    }  # fmt: skip


def names(record):
    return sorted(record.names.values_list("value", flat=True))


# -- Fields ----------------------------------------------------------------------------------------------------------


def test_different_fields_are_merged_and_told(cluster, mine, theirs):
    sent = opened(mine, cluster)
    save(theirs, cluster, opened(theirs, cluster) | {"region": "Sud", "summary": "Après."})
    response = save(mine, cluster, sent | {"city": "Salé"})
    messages = told(mine, response)
    assert any("Enregistré entre-temps par Elissa Marzouk" in one and "région" in one for one in messages), messages
    cluster.refresh_from_db()
    assert (cluster.city, cluster.region, cluster.summary, cluster.version) == ("Salé", "Sud", "Après.", 3)
    assert [one.by for one in Revision.objects.of(cluster)][:2] == [mine.user, theirs.user]


def test_the_same_field_is_chosen_with_both_texts_and_nothing_else(cluster, mine, theirs):
    sent = opened(mine, cluster)
    save(theirs, cluster, opened(theirs, cluster) | {"city": "Fès", "region": "Sud"})
    response = send(mine, cluster, sent | {"city": "Salé", "summary": "Le mien."})
    assert contested(response) == [("Ville", "Salé", "Fès")]
    form = again(response)
    assert (form["city"], form["region"], form["summary"]) == ("Salé", "Sud", "Le mien.")
    assert Cluster.objects.get().city == "Fès"
    save(mine, cluster, form)
    cluster.refresh_from_db()
    assert (cluster.city, cluster.region, cluster.summary) == ("Salé", "Sud", "Le mien.")


def test_it_is_asked_again_until_it_is_chosen(cluster, mine, theirs):
    sent = opened(mine, cluster)
    save(theirs, cluster, opened(theirs, cluster) | {"city": "Fès"})
    response = send(mine, cluster, sent | {"city": "Salé"})
    assert contested(send(mine, cluster, sent_by(response))) == [("Ville", "Salé", "Fès")]
    save(mine, cluster, sent_by(response) | {"city": "Fès", "region": "Sud"})
    cluster.refresh_from_db()
    assert (cluster.city, cluster.region) == ("Fès", "Sud")


def test_what_was_taken_in_can_be_changed_back_on_purpose(cluster, mine, theirs):
    sent = opened(mine, cluster)
    save(theirs, cluster, opened(theirs, cluster) | {"city": "Fès", "region": "Sud"})
    response = send(mine, cluster, sent | {"city": "Salé"})
    save(mine, cluster, again(response, region="Nord"))
    cluster.refresh_from_db()
    assert (cluster.city, cluster.region) == ("Salé", "Nord")


def test_both_wrote_the_same(cluster, mine, theirs):
    sent = opened(mine, cluster)
    save(theirs, cluster, opened(theirs, cluster) | {"city": "Fès"})
    save(mine, cluster, sent | {"city": "Fès", "region": "Sud"})
    assert Cluster.objects.get().region == "Sud"


def test_a_choice_is_of_the_version_that_was_shown(cluster, mine, theirs):
    sent = opened(mine, cluster)
    save(theirs, cluster, opened(theirs, cluster) | {"city": "Fès"})
    form = again(send(mine, cluster, sent | {"city": "Salé"}))
    save(theirs, cluster, opened(theirs, cluster) | {"city": "Tanger", "region": "Sud"})
    response = send(mine, cluster, form)
    assert contested(response) == [("Ville", "Salé", "Tanger")]
    save(mine, cluster, again(response))
    cluster.refresh_from_db()
    assert (cluster.city, cluster.region) == ("Salé", "Sud")


def test_a_save_that_changed_nothing_has_no_state_but_is_no_conflict(cluster, mine, theirs):
    save(theirs, cluster, opened(theirs, cluster))
    sent = opened(mine, cluster)
    assert not Revision.objects.filter(number=sent["version"]).exists()
    save(theirs, cluster, opened(theirs, cluster) | {"region": "Sud"})
    save(mine, cluster, sent | {"city": "Salé"})
    cluster.refresh_from_db()
    assert (cluster.city, cluster.region) == ("Salé", "Sud")


def test_a_wrong_value_keeps_what_was_taken_in(cluster, mine, theirs):
    sent = opened(mine, cluster)
    save(theirs, cluster, opened(theirs, cluster) | {"region": "Sud"})
    response = send(mine, cluster, sent | {"website": "pas une adresse"})
    assert response.context["adminform"].form.conflict is None
    assert "Enregistré entre-temps par Elissa Marzouk" in response.content.decode()
    save(mine, cluster, sent_by(response) | {"website": ""})
    assert Cluster.objects.get().region == "Sud"


def test_without_the_state_that_was_read_everything_that_differs_is_asked(mine, theirs):
    cluster = make.make_cluster(city="Rabat", region="Nord")
    name = make.make_name(cluster, value="Ancien nom")
    sent = opened(mine, cluster)
    save(theirs, cluster, opened(theirs, cluster) | {"region": "Sud"})
    Revision.objects.all().delete()
    ClusterName.objects.filter(pk=name.pk).update(value="Le sien")
    asked = contested(send(mine, cluster, sent | {"city": "Salé"}))
    assert [label for label, _mine, _theirs in asked] == ["Ville", "Région", "Autre nom"]
    assert ("Région", "Nord", "Sud") in asked
    assert "Le sien" in asked[2][2]


@pytest.mark.parametrize("kind", FULL)
@pytest.mark.parametrize("is_emptied", [False, True])
def test_whoever_changed_nothing_takes_over_everything(kind, is_emptied, mine, theirs):
    """Every kind of field and line: what is shown of a state is known again as that state when it is sent."""
    record = FULL[kind]()
    if kind == "cluster":
        Cluster.objects.filter(pk=record.pk).update(publication="draft")
        record.refresh_from_db()
    history.keep(record, by=theirs.user, act=Act.CREATED)
    sent = opened(mine, record)
    with history.changing(record, by=theirs.user, act=Act.VERIFIED):
        if is_emptied:
            empty(record)
    left = snapshots.current(record)
    save(mine, record, sent)
    assert snapshots.current(record).is_same_state(left)


def test_a_file_that_both_have_chosen_is_asked(cluster, mine, theirs):
    sent = opened(mine, cluster)
    save(theirs, cluster, opened(theirs, cluster) | {"logo_file": make.picture_file(colour="red")})
    stored = Cluster.objects.get().logo
    response = send(mine, cluster, sent | {"logo_file": make.picture_file(colour="blue")})
    ((label, own, _stored),) = contested(response)
    assert (label, "picture.png" in own) == ("Logo", True)
    assert Cluster.objects.get().logo == stored
    save(mine, cluster, again(response, logo_file=make.picture_file(colour="blue")))
    assert Cluster.objects.get().logo != stored


# -- What is not in the form -----------------------------------------------------------------------------------------


def test_a_verification_is_no_conflict(cluster, mine, theirs):
    sent = opened(mine, cluster)
    assert theirs.post(reverse("admin:clusters_cluster_verify", args=[cluster.pk])).status_code == 302
    response = save(mine, cluster, sent | {"summary": "Nouveau."})
    assert any("Enregistré entre-temps par Elissa Marzouk" in one for one in told(mine, response))
    cluster.refresh_from_db()
    assert (cluster.summary, cluster.verified_by) == ("Nouveau.", theirs.user)


def test_a_figure_and_a_line_of_the_situation_are_no_conflict(cluster, mine, theirs):
    sent = opened(mine, cluster)
    with history.adding_to([cluster], by=theirs.user, act=Act.CHANGED):
        make.make_observation(cluster)
        make.make_status(cluster, status="dormant", since="2024")
    response = save(mine, cluster, sent | {"city": "Salé"})
    assert any("chiffres" in one for one in told(mine, response))
    assert (cluster.observations.count(), cluster.status_changes.count()) == (1, 1)
    assert Cluster.objects.get().city == "Salé"


def test_a_situation_that_has_become_a_history_meanwhile_is_told(mine, theirs, editor):
    cluster = make.make_cluster(status="active")
    history.keep(cluster, by=editor, act=Act.CREATED)
    sent = opened(mine, cluster)
    assert sent["status"] == "active"
    with history.changing(Cluster.objects.get(), by=theirs.user, act=Act.CHANGED) as stored:
        make.make_status(stored, status="closed", since="2024")
        stored.follow_status()
    assert contested(send(mine, cluster, sent | {"status": "dormant"}))[0][1:] == ("En sommeil", "Fermé")
    save(mine, cluster, sent | {"city": "Salé"})
    assert Cluster.objects.get().status == "closed"


# -- Lines -----------------------------------------------------------------------------------------------------------


def test_a_line_that_only_the_other_changed_is_kept(cluster, mine, theirs):
    name = cluster.names.get()
    sent, other = opened(mine, cluster), opened(theirs, cluster)
    save(theirs, cluster, other | {f"{line(other, name)}value": "Nom corrigé"})
    save(mine, cluster, sent | {"city": "Salé"})
    assert names(cluster) == ["Nom corrigé"]


def test_lines_of_both_are_kept(cluster, mine, theirs):
    name, second = cluster.names.get(), make.make_name(cluster, value="Second nom")
    history.keep(cluster, by=None, act=Act.CHANGED)
    sent, other = opened(mine, cluster), opened(theirs, cluster)
    other = with_new_name(other | {f"{line(other, name)}value": "Nom corrigé"}, cluster, "Le sien")
    save(theirs, cluster, other)
    save(mine, cluster, with_new_name(sent | {f"{line(sent, second)}value": "Second corrigé"}, cluster, "Le mien"))
    assert names(cluster) == ["Le mien", "Le sien", "Nom corrigé", "Second corrigé"]


def test_a_line_that_both_changed_is_chosen(cluster, mine, theirs):
    name = cluster.names.get()
    sent, other = opened(mine, cluster), opened(theirs, cluster)
    save(theirs, cluster, other | {f"{line(other, name)}value": "Le sien"})
    response = send(mine, cluster, sent | {f"{line(sent, name)}value": "Le mien"})
    ((label, own, stored),) = contested(response)
    assert label == "Autre nom"
    assert own.startswith("Le mien")
    assert stored.startswith("Le sien")
    assert names(cluster) == ["Le sien"]
    assert len(contested(send(mine, cluster, sent_by(response)))) == 1, "asked until it is chosen"
    save(mine, cluster, again(response))
    assert names(cluster) == ["Le mien"]


def test_new_lines_that_are_only_ever_added_are_kept_too(cluster, mine, theirs):
    source, indicator = make.make_source(), make.make_indicator()
    sent = opened(mine, cluster)
    save(theirs, cluster, opened(theirs, cluster) | {"region": "Sud"})
    figure = {"indicator": indicator.pk, "source": source.pk, "value": "80", "precision": "exact", "rank": "normal"}
    status = {"status": "active", "since": "2014", "source": source.pk, "cluster": cluster.pk}
    sent |= {f"observation_links-0-{name}": value for name, value in figure.items()}
    sent |= {f"status_changes-0-{name}": value for name, value in status.items()}
    save(mine, cluster, sent | {"observation_links-TOTAL_FORMS": 1, "status_changes-TOTAL_FORMS": 1})
    assert (cluster.observations.count(), cluster.status_changes.count()) == (1, 1)
    assert Cluster.objects.get().region == "Sud"


def test_a_line_that_both_added_is_there_once(cluster, mine, theirs):
    sent = with_new_name(opened(mine, cluster), cluster, "Le même")
    save(theirs, cluster, with_new_name(opened(theirs, cluster), cluster, "Le même"))
    save(mine, cluster, sent | {"city": "Salé"})
    assert names(cluster) == ["Ancien nom", "Le même"]


def test_a_line_deleted_meanwhile_is_gone_if_it_was_not_changed(cluster, mine, theirs):
    name = cluster.names.get()
    sent, other = opened(mine, cluster), opened(theirs, cluster)
    save(theirs, cluster, other | {f"{line(other, name)}DELETE": "on"})
    response = save(mine, cluster, sent | {"city": "Salé"})
    assert any("1 suppression" in one for one in told(mine, response))
    assert names(cluster) == []


def test_a_line_deleted_meanwhile_that_was_changed_is_named_and_becomes_a_new_one(cluster, mine, theirs):
    name = cluster.names.get()
    sent, other = opened(mine, cluster), opened(theirs, cluster)
    save(theirs, cluster, other | {f"{line(other, name)}DELETE": "on"})
    response = send(mine, cluster, sent | {f"{line(sent, name)}value": "Le mien"})
    ((label, own, stored),) = contested(response)
    assert (label, own.split("\u202f")[0], stored) == ("Autre nom", "Le mien", "ligne supprimée")
    form = again(response) | {
        key: value
        for key, value in sent.items()
        if key.startswith(line(sent, name)) and not key.endswith("-id")
    }  # fmt: skip
    form |= {f"{line(sent, name)}value": "Le mien", "names-TOTAL_FORMS": 1, "names-INITIAL_FORMS": 0}
    assert 'value="Le mien"' in response.content.decode(), "it stands in the form as a new line"
    save(mine, cluster, form)
    assert names(cluster) == ["Le mien"]
    assert cluster.names.get().pk != name.pk


def test_a_line_that_i_delete_and_the_other_changed_is_chosen(cluster, mine, theirs):
    name = cluster.names.get()
    sent, other = opened(mine, cluster), opened(theirs, cluster)
    save(theirs, cluster, other | {f"{line(other, name)}value": "Le sien"})
    response = send(mine, cluster, sent | {f"{line(sent, name)}DELETE": "on"})
    ((_label, own, stored),) = contested(response)
    assert own == "ligne supprimée"
    assert stored.startswith("Le sien")
    save(mine, cluster, again(response, **{f"{line(sent, name)}DELETE": "on"}))
    assert names(cluster) == []


def test_a_line_that_both_deleted_is_gone(cluster, mine, theirs):
    name = cluster.names.get()
    sent, other = opened(mine, cluster), opened(theirs, cluster)
    save(theirs, cluster, other | {f"{line(other, name)}DELETE": "on"})
    save(mine, cluster, sent | {f"{line(sent, name)}DELETE": "on", "city": "Salé"})
    assert names(cluster) == []


def test_a_line_of_the_situation_deleted_meanwhile_traps_nobody(cluster, mine, desk):
    row = make.make_status(cluster, status="active", since="2014")
    history.keep(cluster, by=None, act=Act.CHANGED)
    sent = opened(mine, cluster)
    with history.changing(Cluster.objects.get(), by=desk("admin").user, act=Act.CHANGED):
        row.delete()
    save(mine, cluster, sent | {"city": "Salé"})
    assert not cluster.status_changes.exists()


def test_a_sector_added_by_the_other_counts_when_there_must_be_one(cluster, mine, theirs):
    sent = opened(mine, cluster)
    other, sector = opened(theirs, cluster), make.make_sector()
    first = cluster.sector_links.get()
    del other[f"{line(other, first)}is_primary"]
    other |= {
        "sector_links-TOTAL_FORMS": 2, "sector_links-1-cluster": cluster.pk, "sector_links-1-sector": sector.pk,
        "sector_links-1-is_primary": "on",
    }  # fmt: skip
    save(theirs, cluster, other)
    save(mine, cluster, sent | {"city": "Salé"})
    assert cluster.sector_links.get(is_primary=True).sector == sector
    assert cluster.sector_links.count() == 2


def test_a_form_that_no_browser_sends_is_refused_as_ever(cluster, mine, theirs):
    sent = opened(mine, cluster)
    save(theirs, cluster, opened(theirs, cluster) | {"region": "Sud"})
    for wrong in (
        {"names-TOTAL_FORMS": "x"}, {"names-TOTAL_FORMS": "9" * 30}, {"names-0-id": "9" * 30}, {"version": "9" * 30},
        {"version": "99"}, {"contested": "nothing names-99 names-x"}, {"replaces": "x", "city": "Z", "version": ""},
    ):  # fmt: skip
        assert send(mine, cluster, sent | wrong).status_code in (200, 302), wrong


def test_adding_a_record_asks_nothing_of_this(client, as_role):
    as_role("editor")
    assert errors(client.post(ADD, form_of(make.make_cluster()) | {"version": "7", "contested": "city"}))


def test_a_first_save_has_a_state_to_be_laid_over(mine, theirs):
    """The history of a record begins with its first save; what was read before that is kept with it."""
    cluster = make.make_cluster(city="Rabat", region="Nord")
    sent = opened(mine, cluster)
    save(theirs, cluster, opened(theirs, cluster) | {"region": "Sud"})
    save(mine, cluster, sent | {"city": "Salé"})
    cluster.refresh_from_db()
    assert (cluster.city, cluster.region) == ("Salé", "Sud")


def test_a_save_that_loses_the_race_takes_in_what_was_faster(cluster, mine, theirs, monkeypatch):
    """A colleague's save lands between the check of the form and the write."""
    sent, other = opened(mine, cluster), opened(theirs, cluster)
    take_in, raced = ClusterAdmin._catch_up, []

    def faster(self, request, *args):
        take_in(self, request, *args)
        if not raced:
            raced.append(True)
            save(theirs, cluster, other | {"region": "Sud"})

    monkeypatch.setattr(ClusterAdmin, "_catch_up", faster)
    save(mine, cluster, sent | {"city": "Salé"})
    cluster.refresh_from_db()
    assert (cluster.city, cluster.region) == ("Salé", "Sud")


def test_a_race_that_is_always_lost_ends_with_a_sentence(cluster, mine, monkeypatch):
    monkeypatch.setattr(type(Cluster.objects.all()), "claim", lambda rows, version: False)
    page = errors(send(mine, cluster, opened(mine, cluster) | {"city": "Salé"}))
    assert "Quelqu’un vient de l’enregistrer" in page
    assert 'value="Salé"' in page


# -- Nobody's word is lost -------------------------------------------------------------------------------------------

FIELDS = ("city", "region", "acronym", "legal_form")
EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("field"), st.sampled_from(FIELDS)),
        st.tuples(st.sampled_from(["change", "delete"]), st.integers(0, 2)),
        st.tuples(st.just("add"), st.just(0)),
    ),
    max_size=5,
)
WORDS = itertools.count(1)


def edited(sent, record, rows, edits):
    """What is sent once these edits are made; the words typed, and the lines deleted."""
    typed, gone, changed = {}, set(), {}
    for act, what in edits:
        word = f"mot{next(WORDS)}"
        if act == "field":
            typed[what] = sent[what] = word
        elif act == "add":
            sent = with_new_name(sent, record, word)
            typed[word] = word
        elif act == "change":
            changed[rows[what].pk] = sent[f"{line(sent, rows[what])}value"] = word
        else:
            gone.add(rows[what].pk)
            sent[f"{line(sent, rows[what])}DELETE"] = "on"
    words = set(typed.values()) | {word for pk, word in changed.items() if pk not in gone}
    return sent, words, gone, set(changed) - gone


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(first=EDITS, second=EDITS)
def test_nobodys_word_is_lost(mine, theirs, first, second):
    cluster = make.make_cluster(city="Rabat", region="Nord")
    rows = [make.make_name(cluster, value=f"Nom {number}") for number in range(3)]
    sent, own, deleted_here, changed_here = edited(opened(mine, cluster), cluster, rows, second)
    other, their, deleted_there, changed_there = edited(opened(theirs, cluster), cluster, rows, first)
    save(theirs, cluster, other)
    response, shown = send(mine, cluster, sent), ""
    if response.status_code == 200:
        asked = contested(response)
        shown = " ".join(text for _label, _mine, stored in asked for text in stored.split())
        assert all(any(word in one for _label, one, _theirs in asked) or word in str(response.content) for word in own)
        save(mine, cluster, whole(response))
    cluster.refresh_from_db()
    stored = {getattr(cluster, name) for name in FIELDS} | set(names(cluster))
    assert own <= stored
    assert all(word in stored or word in shown for word in their)
    there = set(cluster.names.values_list("pk", flat=True))
    for row in rows:
        if row.pk in deleted_here | deleted_there:
            assert row.pk not in there
        elif row.pk not in changed_here | changed_there:
            assert row.value in stored


def whole(response):
    """What the page of a conflict sends with its new lines too, « Remplacer » ticked and nothing else touched."""
    sent = again(response)
    for inline in response.context["inline_admin_formsets"]:
        formset = inline.formset
        sent[f"{formset.prefix}-TOTAL_FORMS"] = formset.total_form_count()
        for form in formset.forms:
            sent |= {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False)}
    return sent
