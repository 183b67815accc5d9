"""The whole of an import: all or nothing, twice the same, what changed in between, and what was exported."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusters.history import Revision
from clusters.imports import reading, samples
from clusters.imports.clusters import ClusterImporter
from clusters.imports.figures import FigureImporter
from clusters.imports.review import carry_out, review
from clusters.imports.sources import SourceImporter
from clusters.models import Cluster, Indicator
from tests import factories as make
from tests.clusters.imports.tables import NEW, TWO, counts, figure, import_, table, told, warned, workbook

pytestmark = pytest.mark.django_db


# -- All or nothing -----------------------------------------------------------------------------------------------------


def test_nothing_is_written_while_one_row_is_wrong():
    content = table([*TWO, {**NEW, "adresse de la fiche": "gamma", "pays": "Zubrowka"}])
    shown = review(ClusterImporter, content)
    done = carry_out(ClusterImporter, content, "auto", shown.digest, make.make_user("editor"), "x.csv")
    assert not done.is_written
    assert Cluster.objects.count() == 0


def test_a_review_writes_nothing(told_by):
    with connection.execute_wrapper(refuse_writes):
        assert counts(review(ClusterImporter, table(TWO))) == (2, 0, 0)
        assert counts(review(FigureImporter, table([figure(told_by)]))) == (1, 0, 0)


def refuse_writes(execute, sql, params, many, context):
    assert sql.startswith(("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT", "WITH")), sql
    return execute(sql, params, many, context)


def test_what_changed_since_the_preview_is_shown_instead():
    cluster, editor = make.make_cluster(slug="ce3m", city="X"), make.make_user("editor")
    content = table([{"adresse": "ce3m", "ville": "Rabat"}])
    shown = review(ClusterImporter, content)
    Cluster.objects.filter(pk=cluster.pk).update(version=2, region="Oriental")
    done = carry_out(ClusterImporter, content, "auto", shown.digest, editor, "x.csv")
    assert (done.is_written, done.can_be_written) == (False, True)
    cluster.refresh_from_db()
    assert cluster.city == "X"
    assert carry_out(ClusterImporter, content, "auto", done.digest, editor, "x.csv").is_written


def test_a_row_that_became_wrong_since_the_preview():
    content, editor = table(TWO), make.make_user("editor")
    shown = review(ClusterImporter, content)
    make.make_cluster(slug="beta")
    done = carry_out(ClusterImporter, content, "auto", shown.digest, editor, "x.csv")
    assert not done.is_written
    assert counts(done) == (1, 1, 0)
    assert not Cluster.objects.filter(slug="alpha").exists()


def test_an_error_of_the_database_half_way_undoes_all(monkeypatch):
    content, editor = table(TWO), make.make_user("editor")
    shown = review(ClusterImporter, content)
    write_lines = ClusterImporter.write_lines

    def overtaken(self, draft):
        write_lines(self, draft)
        if draft.record.slug == "alpha":
            Cluster.objects.create(slug="beta", name="Bêta d’une autre")

    monkeypatch.setattr(ClusterImporter, "write_lines", overtaken)
    done = carry_out(ClusterImporter, content, "auto", shown.digest, editor, "x.csv")
    assert not done.is_written
    assert "Rien n’a été importé" in warned(done)[-1]
    assert Cluster.objects.count() == 0


def test_confirming_twice_changes_nothing_more():
    content, editor = table(TWO), make.make_user("editor")
    shown = review(ClusterImporter, content)
    assert carry_out(ClusterImporter, content, "auto", shown.digest, editor, "x.csv").is_written
    again = carry_out(ClusterImporter, content, "auto", shown.digest, editor, "x.csv")
    assert (again.is_written, counts(again)) == (False, (0, 0, 2))
    assert Revision.objects.count() == 2


# -- Model files and random tables --------------------------------------------------------------------------------------


@pytest.mark.parametrize("extension", samples.SAMPLES)
def test_model_files_can_be_imported(extension):
    make.make_indicator(code="members")
    make.make_cluster(slug="x")
    Cluster.objects.update(public_id="GRP-0001")
    for kind in (SourceImporter, ClusterImporter, FigureImporter):
        content = samples.SAMPLES[extension][1](kind)
        assert counts(import_(kind, content)) == (1, 0, 0), kind


CELL = st.one_of(
    st.none(), st.text(max_size=12), st.integers(-(10**18), 10**18), st.floats(), st.booleans(),
    st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(9999, 1, 1)), st.sampled_from(["MA", "alpha", "(vide)", "2008", "1,5", "=1+1", "Actif", "a;b", "GRP-0001", "etude"]),
)  # fmt: skip
KINDS = st.sampled_from([ClusterImporter, FigureImporter, SourceImporter])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=KINDS, data=st.data())
def test_no_small_table_raises_anything(kind, data):
    names = data.draw(
        st.lists(st.sampled_from([column.name for column in kind.columns]), min_size=1, max_size=8, unique=True)
    )
    rows = data.draw(st.lists(st.lists(CELL, min_size=len(names), max_size=len(names)), max_size=4))
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows([names, *rows])
    assert review(kind, out.getvalue().encode("utf-8", "replace")).digest


@settings(max_examples=60, deadline=None)
@given(kind=KINDS, content=st.binary(max_size=300), encoding=st.sampled_from(list(reading.ENCODINGS)))
def test_no_bytes_raise_anything(kind, content, encoding):
    assert not review(kind, content, encoding).can_be_written
    assert not review(kind, b"PK\x03\x04" + content, encoding).can_be_written


GOOD = workbook(TWO)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_damaged_workbook_raises_anything(data):
    content = bytearray(GOOD)
    for _round in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert review(ClusterImporter, bytes(content)).digest


# -- What was exported --------------------------------------------------------------------------------------------------


@pytest.fixture
def registry(told_by):
    """Clusters and figures as awkward as the registry's own."""
    source = make.make_source(
        slug="rapport", title="=Rapport, « annuel »", url="https://example.org/r?a=1", published="2024-05"
    )
    textile, energy = make.make_sector(label="Textile"), make.make_sector(label="Énergie")
    full = make.make_cluster(
        textile, name="+Alpha l’Oriental", acronym="AL", summary="Un résumé ;\nen deux lignes.", latitude="33.58831", longitude="-7.61138",
        location_precision="city", location_source=source, website="https://example.org/", legal_form="-",
    )  # fmt: skip
    full.sector_links.create(sector=energy)
    members = Indicator.objects.get(code="members")
    area = make.make_indicator(code="area", label="Superficie", unit="hectares", measure="area")
    make.make_observation(
        full, indicator=members, source=source, value=29000, precision="about", dated="2020-03", note="-1 à vérifier"
    )
    make.make_observation(full, told_by, indicator=members, source=source, value=100, upper=200)
    old = make.make_observation(full, indicator=area, source=source, value=Decimal("1.125"), unit="acres")
    make.make_observation(full, indicator=area, source=source, value=Decimal("2.5"), supersedes=old)
    make.make_observation(
        full,
        indicator=area,
        source=source,
        value=50,
        rank="deprecated",
        rank_reason="Faute de copie",
        period_note="au plus tard mars 2020",
    )
    return full


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/clusters/export.csv", ClusterImporter), ("/clusters/export.csv?rows=figures", FigureImporter), ("/clusters/export.xlsx", ClusterImporter),
        ("/clusters/export.xlsx", FigureImporter), ("/clusters/export.xlsx", SourceImporter),
    ],
)  # fmt: skip
def test_what_was_exported_is_imported_without_a_change(client, registry, address, kind):
    response = client.get(address)
    assert response.status_code == 200
    found = review(kind, response.getvalue())
    assert told(found) == []
    assert counts(found)[:2] == (0, 0)
    assert counts(found)[2] > 0
    assert found.left_out == []


def test_an_export_of_another_day_is_refused(client, registry):
    content = client.get("/clusters/export.csv?as_of=2030-01-01").getvalue()
    if b"2030-01-01" in content:
        assert "un autre jour" in told(review(ClusterImporter, content))[0]
