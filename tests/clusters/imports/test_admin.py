"""The pages of an import: who may, what is kept between preview and confirmation, and what is written in whose name."""

import os
import time

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from clusters.imports import keeping, samples
from clusters.models import Cluster, Observation, Source
from tests import factories as make
from tests.clusters.imports.tables import NEW, TWO, plain, table, workbook

pytestmark = pytest.mark.django_db
PAGES = {kind: f"/admin/clusters/{kind}/import/" for kind in ("cluster", "observation", "source")}
CLUSTERS = PAGES["cluster"]


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path / "imports"


def upload(client, content, page=CLUSTERS, name="clusters.csv", **values):
    return client.post(page, {"file": SimpleUploadedFile(name, content), **values})


def token_of(response):
    return response.context["token"]


def confirm(client, token, page=CLUSTERS, **values):
    return client.post(page, {"token": token, **values}, follow=True)


def said(response):
    return [plain(message) for message in response.context["messages"]]


@pytest.mark.parametrize("page", PAGES.values())
@pytest.mark.parametrize(("role", "status"), [("editor", 200), ("admin", 200), ("author", 403), ("moderator", 403)])
def test_who_may(client, as_role, page, role, status):
    as_role(role)
    assert client.get(page).status_code == status
    assert client.get(f"{page}modele.csv").status_code == status
    assert client.get(f"{page}modele.xlsx").status_code == status
    assert upload(client, table(TWO), page).status_code == status
    token = keeping.Kept("clusters", keeping.put(table(TWO)), "x.csv", "auto", "x", 0).signed()
    assert client.post(page, {"token": token}).status_code == (403 if status == 403 else 302)
    assert Cluster.objects.count() == 0


@pytest.mark.parametrize("kind", PAGES)
def test_the_list_has_a_button_for_those_who_may(client, as_role, kind):
    as_role("author")
    assert PAGES[kind] not in client.get(f"/admin/clusters/{kind}/").content.decode()
    as_role("editor")
    assert f'href="{PAGES[kind]}"' in client.get(f"/admin/clusters/{kind}/").content.decode()


@pytest.mark.parametrize("kind", PAGES)
def test_the_page_says_how_and_gives_model_files(client, as_role, kind):
    as_role("editor")
    page = client.get(PAGES[kind])
    for column in page.context["columns"]:
        assert column.name in page.content.decode()
    for extension, (content_type, _make) in samples.SAMPLES.items():
        response = client.get(f"{PAGES[kind]}modele.{extension}")
        assert response["Content-Type"] == content_type
        assert f'.{extension}"' in response["Content-Disposition"]


def test_preview_then_confirm(client, as_role):
    editor = as_role("editor")
    changed = make.make_cluster(slug="ce3m", city="X")
    rows = [*TWO, {"adresse de la fiche": "ce3m", "ville": "Rabat"}]
    shown = upload(client, table(rows))
    page = plain(shown.content.decode())
    assert "Importer 3 lignes" in page
    assert "Rabat" in page
    assert Cluster.objects.count() == 1
    done = confirm(client, token_of(shown))
    assert done.redirect_chain[-1][0] == "/admin/clusters/cluster/"
    assert said(done)[0].startswith(
        "Import de « clusters.csv » : 2 créations, 1 modification, 0 ligne ignorée. <a href="
    )
    assert Cluster.objects.get(slug="alpha").modified_by == editor
    entries = LogEntry.objects.filter(user=editor).order_by("pk")
    assert [(one.action_flag, plain(one.change_message)) for one in entries] == [
        (1, "Import de « clusters.csv »")
    ] * 2 + [(2, "Import de « clusters.csv »")]
    assert entries.last().object_id == str(changed.pk)
    listed = client.get(
        f"/admin/clusters/cluster/?id__in={','.join(str(pk) for pk in Cluster.objects.values_list('pk', flat=True))}"
    )
    assert listed.status_code == 200
    assert len(listed.context["cl"].result_list) == 3


def test_confirming_twice_shows_that_nothing_is_left(client, as_role):
    as_role("editor")
    token = token_of(upload(client, table(TWO)))
    confirm(client, token)
    again = confirm(client, token)
    assert "Rien à importer" in again.content.decode()
    assert 'name="encoding"' in again.content.decode()
    assert Cluster.objects.count() == 2


def test_faults_are_shown_with_row_and_column_and_no_button(client, as_role):
    as_role("editor")
    shown = upload(client, table([*TWO, {**NEW, "adresse de la fiche": "gamma", "pays": "<b>Zubrowka</b>"}]))
    page = plain(shown.content.decode())
    assert "Ligne 4, colonne « pays » : « &lt;b&gt;Zubrowka&lt;/b&gt; » est inconnu." in page
    assert "import-confirm" not in page
    refused = confirm(client, token_of(shown))
    assert "import-confirm" not in refused.content.decode()
    assert Cluster.objects.count() == 0


def test_what_changed_in_between_is_shown_again(client, as_role):
    as_role("editor")
    cluster = make.make_cluster(slug="ce3m", city="X")
    token = token_of(upload(client, table([{"adresse": "ce3m", "ville": "Rabat"}])))
    Cluster.objects.filter(pk=cluster.pk).update(version=2, city="Fès")
    again = confirm(client, token)
    assert "le registre a changé depuis l’aperçu" in plain(again.content.decode())
    assert "Fès" in again.content.decode()
    cluster.refresh_from_db()
    assert cluster.city == "Fès"
    confirm(client, token_of(again))
    cluster.refresh_from_db()
    assert cluster.city == "Rabat"


# -- What comes back from the browser ------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "W10:1aaaaa:sig", "\u202e"])
def test_a_forged_confirmation(client, as_role, token):
    as_role("editor")
    answer = confirm(client, token)
    assert said(answer) == ["Cet aperçu n’est plus valable : rien n’a été importé. Choisissez le fichier de nouveau."]
    assert answer.redirect_chain[-1][0] == CLUSTERS


def test_a_confirmation_of_somebody_else_or_of_another_kind(client, as_role):
    as_role("editor")
    token = token_of(upload(client, table(TWO)))
    assert "plus valable" in said(confirm(client, token, PAGES["source"]))[0]
    as_role("editor")
    assert "plus valable" in said(confirm(client, token))[0]
    assert Cluster.objects.count() == 0


def test_a_confirmation_too_late(client, as_role, own_folder, monkeypatch):
    as_role("editor")
    token = token_of(upload(client, table(TWO)))
    monkeypatch.setattr(keeping, "KEPT_FOR", -1)
    assert "plus valable" in said(confirm(client, token))[0]


def test_a_file_that_is_gone_or_has_been_changed(client, as_role, own_folder):
    as_role("editor")
    for spoil in (lambda path: path.write_bytes(b"adresse;nom\r\nx;X"), lambda path: path.unlink()):
        token = token_of(upload(client, table(TWO)))
        (path,) = own_folder.iterdir()
        spoil(path)
        assert "plus valable" in said(confirm(client, token))[0]
    assert Cluster.objects.count() == 0


def test_files_are_kept_for_a_day_and_nobody_else_reads_them(client, as_role, own_folder):
    as_role("editor")
    upload(client, table(TWO))
    (path,) = own_folder.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    os.utime(path, (time.time() - keeping.KEPT_FOR - 10,) * 2)
    upload(client, workbook(TWO), name="clusters.xlsx")
    assert path not in list(own_folder.iterdir())
    assert len(list(own_folder.iterdir())) == 1


def test_no_path_leads_out_of_the_folder(own_folder):
    keeping.put(b"x")
    (own_folder.parent / "secret").write_bytes(b"y")
    assert keeping.get("../secret") is None
    assert keeping.get("") is None


def test_a_post_without_its_csrf_token(as_role, client):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(as_role("editor"))
    assert upload(strict, table(TWO)).status_code == 403


# -- Uploads -----------------------------------------------------------------------------------------------------------


def test_no_file(client, as_role):
    as_role("editor")
    answer = client.post(CLUSTERS, {"encoding": "auto"})
    assert "Choisissez un fichier." in answer.content.decode()
    assert answer.status_code == 200


def test_an_empty_file_and_one_that_is_too_large(client, as_role):
    as_role("editor")
    assert "Ce fichier est vide." in upload(client, b"").content.decode()
    assert "dépasse 10" in upload(client, b"x" * (10 * 2**20 + 1)).content.decode()


def test_a_file_name_of_any_kind(client, as_role):
    as_role("editor")
    shown = upload(client, table(TWO), name="<script>é\u202e.csv")
    assert "<script>é" not in shown.content.decode()
    assert confirm(client, token_of(shown)).status_code == 200
    assert "trop long" in upload(client, table(TWO), name=f"{'x' * 220}.csv").content.decode()


def test_reading_again_in_another_encoding(client, as_role):
    as_role("editor")
    shown = upload(client, table([{**NEW, "nom": "تجمع"}], encoding="cp1256"))
    assert "تجمع" not in shown.content.decode()
    again = confirm(client, token_of(shown), encoding="cp1256")
    assert "تجمع" in again.content.decode()
    confirm(client, token_of(again))
    assert Cluster.objects.get().name == "تجمع"
    assert confirm(client, token_of(shown), encoding="klingon").status_code == 200


def test_sources_then_figures(client, as_role):
    editor = as_role("editor")
    cluster = make.make_cluster(slug="ce3m")
    make.make_indicator(code="members")
    sources = table([{"identifiant": "etude", "titre": "Étude", "nature": "Étude"}])
    confirm(client, token_of(upload(client, sources, PAGES["source"])), PAGES["source"])
    assert Source.objects.get().modified_by == editor
    figures = table(
        [{"identifiants des clusters": cluster.public_id, "indicateur": "members", "valeur": "80", "source": "etude"}]
    )
    shown = upload(client, figures, PAGES["observation"])
    assert "80" in shown.content.decode()
    done = confirm(client, token_of(shown), PAGES["observation"])
    assert "1 création" in said(done)[0]
    assert Observation.objects.get().recorded_by == editor
    assert LogEntry.objects.filter(content_type__model="observation").count() == 1
