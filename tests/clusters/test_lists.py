"""The admin's lists on a narrow screen: what a cell is called, and which filters are on."""

import pytest
from django.utils.html import format_html

from clusters.templatetags.lists import labelled
from tests import factories as make


def test_a_cell_carries_the_name_of_its_column_as_text():
    cells = [
        format_html('<td class="action-checkbox">{}</td>', "x"),
        format_html('<th class="field-title">{}</th>', "Titre"),
        format_html('<td class="field-note">{}</td>', "a > b"),
        format_html('<td class="field-date">{}</td>', "–"),
    ]
    headers = [{"text": "x"}, {"text": "titre"}, {"text": 'note "<b>'}, {"text": "date"}]
    assert list(labelled(cells, headers)) == [
        cells[0],
        cells[1],
        '<td class="field-note" data-label="Note &quot;&lt;b&gt;">a &gt; b</td>',
        '<td class="field-date" data-label="">–</td>',
    ]


@pytest.mark.django_db
def test_a_filter_that_is_on_is_named_and_can_be_taken_off_alone(client):
    make.make_draft(title="Un brouillon")
    client.force_login(make.make_user("editor"))
    page = client.get("/admin/articles/article/?etat=draft&mes=1").content.decode()
    assert page.count("ôter ce filtre") == 2
    assert 'href="?mes=1"' in page
    assert 'href="?etat=draft"' in page
    assert "ôter ce filtre" not in client.get("/admin/articles/article/").content.decode()
