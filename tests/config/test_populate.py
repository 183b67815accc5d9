"""Synthetic content: as much as was asked, the same every time, and in line with what the rules would have written."""

import pytest
from django.core.management import CommandError, call_command

from articles.comments.models import Comment
from articles.models import Article
from clusters.markup import references
from clusters.models import (
    Cluster,
    ClusterName,
    ClusterSector,
    Observation,
    ObservationSubject,
    Participation,
    Programme,
    SearchEntry,
    Source,
    StatusChange,
)
from clusters.models.names import sort_key

pytestmark = pytest.mark.django_db


def populate(capsys, **numbers):
    call_command("populate", **numbers)
    return capsys.readouterr().out


def texts():
    return [list(Article.objects.order_by("slug").values_list("slug", "title", "body")),
            list(Comment.objects.order_by("pk").values_list("name", "email", "body", "state"))]  # fmt: skip


def test_as_much_as_was_asked_and_a_second_run_adds(capsys):
    assert "3 articles, 12 clusters and 27 comments" in populate(capsys, articles=3, clusters=12, comments=9)
    populate(capsys, articles=2, clusters=1)
    assert (Article.objects.count(), Cluster.objects.count(), Comment.objects.count()) == (5, 13, 27)


def test_the_same_every_time(capsys):
    populate(capsys, articles=3, clusters=4, comments=9)
    first = texts()
    Comment.objects.filter(parent__isnull=False).delete()
    Comment.objects.all().delete()
    Article.objects.all().delete()
    populate(capsys, articles=3, comments=9)
    assert texts() == first


def test_what_the_rules_would_have_written(capsys, client):
    populate(capsys, articles=3, clusters=12, comments=30)
    before = list(Article.objects.order_by("pk").values_list("comment_count", flat=True))
    assert all(before)
    Comment.objects.recount(Article.objects.values_list("pk", flat=True))
    assert list(Article.objects.order_by("pk").values_list("comment_count", flat=True)) == before
    for article in Article.objects.all():
        assert article in Article.objects.matching(article.title.partition("(")[0])
        assert 650 < len(article.body.split()) < 1_100
        assert references(article.body) <= set(Cluster.objects.visible().values_list("public_id", flat=True))
    for comment in Comment.objects.prefetch_related("decisions"):
        assert comment.decisions.last().to_state == comment.state
        assert comment.decisions.last().version == comment.version
    cluster = Cluster.objects.visible().first()
    assert cluster in Cluster.objects.matching(cluster.name)
    assert cluster in Cluster.objects.matching(cluster.sectors.first().label)


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ({"articles": -1}, "cannot be negative"),
        ({"comments": -1, "articles": 1}, "cannot be negative"),
        ({"clusters": 10**9}, "at most 10000"),
        ({"articles": 100_000, "comments": 1_000}, "more than 5000000 comments"),
        ({"comments": 5}, "Nothing to add"),
    ],
)
def test_absurd_numbers_are_refused_with_a_sentence(numbers, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("populate", **numbers)
    assert not Article.objects.exists()
    assert not Cluster.objects.exists()


# -- The synthetic registry -----------------------------------------------------------------------------------------------

REGISTRY = (Cluster, ClusterName, ClusterSector, StatusChange, Participation, Observation, Programme, Source)


def rows_of(model):
    """Every row of a model by its own words, whatever the key that the database gave it."""
    told = {
        field.name
        for field in model._meta.concrete_fields
        if not field.is_relation and field.name not in {"id", "public_id", "created_at", "modified_at", "recorded_at"}
    }
    return sorted(map(str, model.objects.values_list(*sorted(told))))


def test_a_registry_holds_a_row_of_every_kind_and_each_could_have_been_typed(capsys):
    populate(capsys, clusters=120)
    assert Cluster.objects.filter(publication="published").count() == 108
    assert set(Cluster.objects.values_list("publication", flat=True)) == {"published", "draft", "withdrawn"}
    assert 4 <= Observation.objects.count() / 120 <= 6
    figures = Observation.objects.all()
    for kind in (
        figures.filter(scope="joint"), figures.filter(rank="deprecated"), figures.exclude(supersedes=None),
        figures.filter(dated=""), figures.exclude(precision="exact"), Source.objects.exclude(derived_from=None),
        Source.objects.filter(publication="draft"), ClusterName.objects.filter(language="ar"),
        Participation.objects.exclude(valid_to=""), Cluster.objects.filter(latitude=None), Cluster.objects.exclude(verified_on=None),
    ):  # fmt: skip
        assert kind.exists(), kind.query
    for model in REGISTRY:
        for row in model.objects.order_by("-pk")[:50]:
            row.full_clean()


def test_what_bulk_writing_passes_by_is_there_all_the_same(capsys):
    populate(capsys, clusters=40)
    for cluster in Cluster.objects.all():
        assert cluster.public_id == f"GRP-{cluster.pk:04d}"
        assert cluster.sort_name == sort_key(cluster.name)
        before = SearchEntry.objects.get(kind="clusters.cluster", object_id=cluster.pk)
        cluster.index()
        after = SearchEntry.objects.get(kind="clusters.cluster", object_id=cluster.pk)
        assert (after.heavy, set(after.light.split())) == (before.heavy, set(before.light.split()))
        latest = cluster.status_changes.latest_first().first()
        assert latest.status == cluster.status
    for figure in Observation.objects.exclude(dated="").select_related("source"):
        assert figure.dated_first <= (figure.source.published_last or figure.dated_first)


def test_a_registry_is_the_same_every_time_and_a_second_run_leaves_the_first_alone(capsys):
    populate(capsys, clusters=30)
    once = {model: rows_of(model) for model in REGISTRY}
    populate(capsys, clusters=10)
    twice = {model: rows_of(model) for model in REGISTRY}
    assert all(set(once[model]) <= set(twice[model]) for model in REGISTRY)
    assert len(twice[Cluster]) == 40
    ObservationSubject.objects.all().delete()
    for model in (Observation, Participation, StatusChange, ClusterName, ClusterSector, Cluster, Programme, Source):
        if model in (Programme, Source):
            field = "parent" if model is Programme else "derived_from"
            model.objects.update(**{field: None})
        if model is Observation:
            model.objects.exclude(supersedes=None).delete()
        model.objects.all().delete()
    populate(capsys, clusters=40)
    assert {model: rows_of(model) for model in REGISTRY} == twice
