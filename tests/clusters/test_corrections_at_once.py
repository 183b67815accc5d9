"""Two editors, or one reader twice, at the same instant: threads with connections of their own."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from clusters import corrections
from clusters.models import Observation, Source, Suggestion
from tests.articles.comments.test_concurrency import at_once
from tests.factories import make_cluster, make_observation, make_suggestion, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def accepting(key, editor, number):
    """What one editor's press of the button does."""
    suggestion = Suggestion.objects.get(pk=key)
    source = Source(
        slug=f"preuve-{number}", title="Preuve", kind="press", url="https://example.org/preuve", publication="published"
    )
    values = {"source": source, "reply": "", "value": Decimal(90), "upper": None, "precision": "exact", "dated": ""}
    return lambda: corrections.accept(suggestion, editor, values)


def test_of_two_who_accept_at_once_one_is_told_and_one_figure_is_made():
    figure = make_observation(make_cluster())
    suggestion = make_suggestion(figure.clusters.get(), field="figure", observation=figure, proposed="90")
    calls = [accepting(suggestion.pk, make_user(), number) for number in range(3)]
    results = at_once(*calls)
    told = [result for result in results if result is not None]
    assert [type(result) for result in told] == [ValidationError] * 2
    assert all("déjà décidée" in result.messages[0] for result in told)
    suggestion.refresh_from_db()
    assert suggestion.made == Observation.objects.get(supersedes=figure)
    assert Source.objects.filter(url="https://example.org/preuve").count() == 1


def test_of_two_corrections_of_one_figure_at_once_one_is_left_open():
    figure = make_observation(make_cluster())
    cluster, editor = figure.clusters.get(), make_user()
    keys = [make_suggestion(cluster, field="figure", observation=figure, proposed="90").pk for _number in range(2)]
    results = at_once(*(accepting(key, editor, number) for number, key in enumerate(keys)))
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "ValidationError"]
    assert Observation.objects.filter(supersedes=figure).count() == 1
    assert sorted(Suggestion.objects.values_list("state", flat=True)) == ["accepted", "new"]


def test_a_button_pressed_twice_at_once_makes_one_correction():
    cluster = make_cluster()

    def send():
        typed = {"field": "city", "proposed": "Rabat", "evidence": "https://example.org/x", "network": "a" * 64}
        return Suggestion.objects.submit(Suggestion(cluster=cluster, **typed))[0].pk

    assert len(set(at_once(send, send, send))) == 1
    assert Suggestion.objects.count() == 1


def test_of_two_that_are_marked_as_duplicates_of_each_other_one_is_left_open():
    cluster, editor = make_cluster(), make_user()
    first, second = make_suggestion(cluster), make_suggestion(cluster)
    pairs = [
        (Suggestion.objects.get(pk=one.pk), Suggestion.objects.get(pk=other.pk))
        for one, other in ((first, second), (second, first))
    ]
    results = at_once(
        *(lambda one=one, other=other: corrections.mark_duplicate(one, editor, other) for one, other in pairs)
    )
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "ValidationError"]
    assert sorted(Suggestion.objects.values_list("state", flat=True)) == ["duplicate", "new"]
