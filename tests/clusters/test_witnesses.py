"""Sources that draw on one another: the root they go back to, and origins that cannot be."""

import pytest
from django.core.exceptions import ValidationError

from clusters.models import Source
from clusters.models.sources import MAX_STEPS, root_of
from tests.factories import make_source

pytestmark = pytest.mark.django_db


def chain(length):
    """Sources each of which draws on the one before; the first is the root."""
    made = [make_source()]
    for _n in range(length):
        made.append(make_source(derived_from=made[-1]))
    return made


def test_every_source_of_a_chain_goes_back_to_its_first():
    made, alone = chain(MAX_STEPS), make_source()
    assert {one.root for one in made} == {made[0]}
    assert alone.root == alone
    roots = dict(Source.objects.annotate(root_number=root_of()).values_list("pk", "root_number"))
    assert roots == {**{one.pk: made[0].pk for one in made}, alone.pk: alone.pk}
    assert made[-1].origins == made[-2::-1]


def test_a_source_is_not_drawn_from_what_is_drawn_from_it():
    first, second, third = chain(2)
    for origin in (second, third):
        first.derived_from = origin
        with pytest.raises(ValidationError, match="pas l’inverse") as error:
            first.full_clean()
        assert list(error.value.message_dict) == ["derived_from"]
    first.derived_from = first
    with pytest.raises(ValidationError):
        first.full_clean()


def test_a_chain_has_an_end_that_can_be_reached():
    made = chain(MAX_STEPS)
    with pytest.raises(ValidationError, match="l’étude d’origine"):
        Source(derived_from=made[-1], kind="study", title="x", slug="x").full_clean()
    made[0].derived_from = make_source()
    with pytest.raises(ValidationError, match="l’étude d’origine"):
        made[0].full_clean()
    made[1].derived_from = make_source()
    made[1].full_clean()


def test_a_cycle_that_is_there_all_the_same_is_walked_once():
    first, second = chain(1)
    Source.objects.filter(pk=first.pk).update(derived_from=second)
    first.refresh_from_db()
    assert len(first.origins) == 2
    assert Source.objects.annotate(root_number=root_of()).count() == 2
