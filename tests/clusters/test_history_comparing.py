"""Two states of a record in words, and two texts by paragraph and word: nothing that differs is left out."""

import datetime as dt
import html
import time
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusters import history
from clusters.history import Act, Revision, registry, snapshots, texts
from clusters.history.comparing import compare
from clusters.history.texts import blocks_of, compare_plain, compare_rich
from clusters.models import Cluster, Indicator, Programme, Source
from tests import factories as make
from tests.clusters.full_records import FULL, TEXT, full_cluster, full_programme

pytestmark = pytest.mark.django_db


def told(change):
    """« -old +new » of a change."""
    runs = [run for passage in change.passages for run in passage.runs] or list(change.runs)
    return " ".join(f"{'+' if run.kind == 'added' else '-'}{run.text.strip()}" for run in runs if run.kind != "same")


def difference(record, act):
    """What a comparison says of something done to a record."""
    before = snapshots.current(record)
    act()
    return compare(registry.kept_of(type(record)), before, snapshots.current(record))


def test_fields_are_compared_in_words(editor):
    cluster = full_cluster(
        city="Rabat", latitude=Decimal("33.5"), longitude=Decimal("-7.5"), location_precision="city", location_note="x"
    )
    other = make.make_source(title="Autre étude", publisher="")

    def act():
        cluster.city, cluster.country, cluster.kind, cluster.latitude = "", "TN", "pole", Decimal("33.25")
        cluster.location_source = other
        cluster.verified_on, cluster.verified_by = dt.date(2026, 3, 1), editor
        cluster.summary = "Un cluster ancien."
        cluster.save()

    found = {change.label: told(change) for change in difference(cluster, act).fields}
    assert found == {
        "Ville": "-Rabat +–",
        "Pays": "-Maroc +Tunisie",
        "Nature": "-Cluster +Pôle de compétitivité",
        "Latitude": "-33,5 +33,25",
        "Source du lieu": "-Institut, Étude mère +Autre étude",
        "Vérifiée le": "-– +1er mars 2026",
        "Vérifiée par": f"-– +{editor.username}",
        "Résumé": "-cluster. +cluster ancien.",
    }


def test_lines_are_compared_by_name_and_what_they_say():
    cluster = full_cluster()
    name, participation = cluster.names.get(), cluster.participations.get()

    def act():
        name.delete()
        make.make_name(cluster, value="Nouveau nom", language="en")
        participation.level, participation.valid_to = "or", "2030"
        participation.save()
        make.make_status(cluster, status="dormant", since="2024-05")

    found = difference(cluster, act)
    assert found.in_short == (
        "historique de la situation\u00a0: 1 ajout\u202f; autres noms\u00a0: 1 ajout, 1 suppression\u202f; participations\u00a0: 1 modification"
    )
    status, names, participations = found.lines
    assert status.lines[0].name.startswith("En sommeil, mai 2024 (Institut, Étude")
    gone, came = names.lines
    assert (gone.kind, gone.name, came.kind, came.name) == ("removed", "Ancien nom", "added", "Nouveau nom")
    assert ("Source", "Institut, Étude mère") in gone.details
    assert ("Langue", "anglais") in came.details
    (changed,) = participations.lines
    assert changed.name == "Maroc Innovation"
    assert [(one.label, told(one)) for one in changed.changes] == [("Niveau", "-argent +or"), ("Jusqu’à", "-– +2030")]


def test_a_figure_and_its_correction_are_told():
    cluster = full_cluster()
    old = cluster.observations.get()
    found = difference(cluster, lambda: make.make_observation(
        cluster, indicator=old.indicator, source=old.source, value=Decimal(90), precision="about", supersedes=old, dated="2021",
    ))  # fmt: skip
    (line,) = (line for line in found.lines[0].lines if line.kind == "added")
    assert line.name == (
        "Adhérents\u00a0: environ 90\u00a0adhérents, 2021 (Institut, Étude mère), à la place de\u00a0: 80\u00a0adhérents"
    )


def test_rows_that_are_gone_keep_their_name():
    programme = full_programme()
    sources = list(programme.sources.all())
    before = snapshots.current(programme)
    programme.sources.clear()
    for source in sources:
        source.delete()
    after = snapshots.current(programme)
    (change,) = compare(registry.kept_of(Programme), before, after).lines
    assert {line.name for line in change.lines} == {str(source) for source in sources}


def test_a_line_taken_away_and_put_back_is_no_change():
    cluster = full_cluster()
    old = cluster.names.get()

    def act():
        old.delete()
        make.make_name(cluster, value="Ancien nom", kind="former", valid_to="2012", source=old.source)

    assert difference(cluster, act).is_empty


def test_a_column_that_came_later_says_nothing_and_one_that_went_is_told_by_its_name():
    cluster = make.make_cluster()
    state = snapshots.current(cluster)
    kept = registry.kept_of(Cluster)
    fewer = {name: value for name, value in state.fields.items() if name != "city"}
    assert compare(kept, replace(state, fields=fewer), state).is_empty
    old, new = (replace(state, fields={**state.fields, "fax": text}) for text in ("1", "2"))
    (change,) = compare(kept, old, new).fields
    assert (change.label, told(change)) == ("fax", "-1 +2")


# -- Texts -----------------------------------------------------------------------------------------------------------


def passages(old, new):
    return [
        (one.kind, "".join(f"{run.kind[0]}({run.text})" for run in one.runs), one.note)
        for one in compare_rich(old, new)
    ]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("<p>Un mot.</p>", "<p>Un mot.</p>", []),
        ("", "<p>Un mot.</p>", [("added", "a(Un mot.)", "")]),
        ("<p>Un mot de plus.</p>", "<p>Un mot de moins.</p>", [("changed", "s(Un mot de )r(plus.)a(moins.)", "")]),
        ("<p>Un mot.</p>", "<p>Un <strong>mot</strong>.</p>", [("changed", "s(Un mot.)", "mise en forme")]),
        ("<p>Un titre</p>", "<h2>Un titre</h2>", [("changed", "s(Un titre)", "Paragraphe devenu\u00a0: Intertitre")]),
        (
            '<p><a href="https://a.example">ici</a></p>', '<p><a href="https://b.example">ici</a></p>',
            [("changed", "s(ici)", "liens\u00a0: https://a.example → https://b.example")],
        ),
        ("<ul><li><p>un</p></li></ul>", "<ol><li><p>un</p></li></ol>", [("skipped", "", ""), ("changed", "", "mise en forme")]),
        (
            "<table><tbody><tr><td><p>a</p></td><td>b</td></tr></tbody></table>",
            "<table><tbody><tr><td><p>a</p></td><td>c</td></tr></tbody></table>",
            [("changed", "s(a | )r(b)a(c)", "")],
        ),
        ("<p>un deux trois</p><p>x</p>", "<p>x</p>", [("removed", "r(un deux trois)", ""), ("same", "s(x)", "")]),
    ],
)  # fmt: skip
def test_texts_are_compared_by_paragraph_and_word(old, new, found):
    assert passages(old, new) == found


def test_two_long_texts_with_nothing_in_common_are_compared_in_time():
    old, new = ("".join(f"<p>{sign}{n} {sign * 9}{n}</p>" for n in range(400)) for sign in "ab")
    started = time.perf_counter()
    found = compare_rich(old, new)
    assert {one.kind for one in found} == {"removed", "added"}
    compare_rich(f"<p>{'a b ' * 20_000}</p>", f"<p>{'b c ' * 20_000}</p>")
    assert time.perf_counter() - started < 5


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # of the machine, not of the texts
@given(st.lists(TEXT, max_size=5), st.lists(TEXT, max_size=5))
def test_a_comparison_loses_no_word(old, new):
    sources = ["".join(f"<p>{html.escape(text)}</p>" for text in one) for one in (old, new)]
    found = compare_rich(*sources)
    if any(one.kind == "skipped" for one in found):
        return  # what is the same is not told
    for source, gone in zip(sources, ("added", "removed"), strict=True):
        told = " ".join(run.text for one in found for run in one.runs if run.kind != gone)
        if sources[0] != sources[1]:
            assert "".join(told.split()) == "".join("".join(block.text for block in blocks_of(source)).split())


@pytest.mark.parametrize("kind", ["cluster", "programme"])
def test_another_name_of_a_source_or_an_indicator_is_nobodys_change_here(kind, editor):
    """The words of a figure hold names of other records: whoever renames those has not changed this one."""
    record = FULL[kind]()
    first = history.keep(record, by=editor, act=Act.CREATED)
    Source.objects.update(title="Un titre corrigé")
    Indicator.objects.update(label="Un intitulé corrigé")
    assert history.keep(record, by=make.make_user("editor"), act=Act.CHANGED) == first, "nothing of it has changed"
    with history.changing(record, by=editor, act=Act.CHANGED):
        record.name = "Autre nom"
        record.save()
    last = Revision.objects.of(record).first()
    assert "Un titre corrigé" in str(last.snapshot.lines), "a line is read in the words of its moment"
    (change,) = compare(history.kept_of(type(record)), first.snapshot, last.snapshot).fields
    assert change.label == "Nom"
    assert not compare(history.kept_of(type(record)), first.snapshot, last.snapshot).lines


@pytest.fixture
def steps(monkeypatch):
    """What each call of the library costs at worst, in its own steps."""
    taken = []
    library = texts.difflib.SequenceMatcher

    def counting(junk, old, new, **kwargs):
        taken.append(texts._steps(old, new) if old and isinstance(old[0], texts.Block) else 0)
        return library(junk, old, new, **kwargs)

    monkeypatch.setattr(texts.difflib, "SequenceMatcher", counting)
    return taken


def every_second(number, said, same="La même ligne."):
    return "\n".join(same if n % 2 else f"{said} {n}" for n in range(number))


def test_a_thousand_times_the_same_paragraph_takes_no_more_steps_than_allowed(steps):
    first, last, kept = "Le début.", "La fin.", "Une ligne qui reste."
    old, new = ("\n".join([first, every_second(2_000, said), kept, every_second(2_000, said), last]) for said in ("a", "b"))  # fmt: skip
    found = compare_plain(old, new)
    assert sum(steps) <= texts._MOST_STEPS
    said = [(one.kind, one.runs[0].text) for one in found if one.runs]
    assert said[0] == ("same", first)
    assert ("same", kept) in said, "what is there once is found between the others"
    for kind, letter in (("removed", "a"), ("added", "b")):
        assert [text for one, text in said if one == kind and text[0] == letter] == [f"{letter} {n}" for n in range(0, 2_000, 2)] * 2  # fmt: skip


def test_few_steps_are_spent_where_they_suffice(monkeypatch, steps):
    monkeypatch.setattr(texts, "_MOST_STEPS", 300)
    old = "\n".join(["un", "repère", *["même"] * 40])
    new = "\n".join(["deux", "repère", *["même"] * 20, "autre", *["même"] * 20])
    said = [(one.kind, "".join(run.text for run in one.runs)) for one in compare_plain(old, new)]
    assert said[:3] == [("removed", "un"), ("added", "deux"), ("same", "repère")]
    assert ("added", "autre") in said or ("changed", "mêmeautre") in said
    assert sum(steps) <= 300


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(*[st.lists(st.sampled_from(["a b", "b c", "c", "d", "e", "f"]), max_size=12)] * 2, st.integers(0, 100))
def test_a_coarser_comparison_loses_no_paragraph(monkeypatch, old, new, most):
    monkeypatch.setattr(texts, "_MOST_STEPS", most)
    before, after = ([texts.Block("p", text) for text in one] for one in (old, new))
    rebuilt = ([], [])
    for kind, i, j, k, m in texts.opcodes(before, after):
        rebuilt[0].extend(before[i:j])
        rebuilt[1].extend(after[k:m])
        assert kind != "equal" or before[i:j] == after[k:m]
    assert rebuilt == (before, after)
