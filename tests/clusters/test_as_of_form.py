"""The field that asks for the registry of a day: what was typed stays, and the sentence about it is tied to it."""

import re

import pytest

from tests.factories import make_cluster

pytestmark = pytest.mark.django_db
FIELD = re.compile(r'<input id="as-of[^>]*>')
PAGES = [("/clusters/", 2), ("/clusters/map/", 2), ("/clusters/a/", 1)]


def fields(html):
    return FIELD.findall(html)


@pytest.mark.parametrize(("address", "count"), PAGES)
@pytest.mark.parametrize(("typed", "shown"), [("hier", "hier"), ("2999", "2999"), ('"><b>', "&quot;&gt;&lt;b&gt;")])
def test_what_is_no_day_stays_in_the_field_with_the_sentence_about_it(client, address, count, typed, shown):
    make_cluster(slug="a")
    html = client.get(address, {"as_of": typed, "place": "ailleurs"}).content.decode()
    assert len(fields(html)) == count
    for field in fields(html):
        assert f'value="{shown}"' in field
        assert 'aria-invalid="true"' in field
        described = re.search(r'aria-describedby="([^"]*)"', field)[1].split()
        assert described[-1] == "as-of-wrong"
        assert all(html.count(f'id="{one}"') == 1 for one in described)
    (sentence,) = re.findall(r'<p id="as-of-wrong">(.*?)</p>', html)
    assert shown in sentence


@pytest.mark.parametrize(("address", "count"), PAGES)
@pytest.mark.parametrize("query", [{}, {"as_of": "2018-12"}, {"place": "ailleurs"}])
def test_a_field_without_a_fault_says_nothing_of_one(client, address, count, query):
    make_cluster(slug="a")
    html = client.get(address, query).content.decode()
    assert len(fields(html)) == count
    for field in fields(html):
        assert f'value="{query.get("as_of", "")}"' in field
        assert "aria-invalid" not in field
        # A telephone's keys for numbers have no hyphen, without which no month can be typed.
        assert "inputmode" not in field
    assert "as-of-wrong" not in html
