"""What the database itself refuses of articles, whoever writes: each constraint is violated once, past every form."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from articles.models import (
    Article,
    Author,
    BodyPicture,
    Byline,
    Citation,
    Correction,
    FurtherReading,
    Link,
    OutsideAddress,
    Picture,
    PictureUpload,
    Remark,
    Series,
    ShareLink,
    Tag,
    TagMerge,
)
from tests.factories import (
    make_article,
    make_author,
    make_cluster,
    make_draft,
    make_picture,
    make_reading,
    make_series,
    make_source,
    make_tag,
    make_user,
)

pytestmark = pytest.mark.django_db
OURS = (
    Article,
    Author,
    BodyPicture,
    Byline,
    Citation,
    Correction,
    FurtherReading,
    Picture,
    PictureUpload,
    Remark,
    Series,
    ShareLink,
    Tag,
    Link,
    OutsideAddress,
    TagMerge,
)


LATER = timezone.now() + dt.timedelta(days=3)


def refused(name, write):
    """The write fails on the constraint of this name (SQLite names a unique one by its columns)."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        write()
    text = str(error.value)
    assert name in text or (connection.vendor == "sqlite" and text.startswith("UNIQUE constraint failed")), text


def update(row, **values):
    return lambda: type(row)._base_manager.filter(pk=row.pk).update(**values)


def again(row, **values):
    """A copy of the row, written past save()."""

    def write():
        fields = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
        type(row)._base_manager.bulk_create([type(row)(**{**fields, **values})])

    return write


def due(**values):
    return {"working_copy": 1, "copy_due": 1, "copy_due_at": timezone.now(), "copy_due_by": make_user(), **values}


def tag_merge():
    return TagMerge.objects.create(loser=make_tag(), survivor=make_tag(), merged_by=make_user())


def inner_link():
    return Link.objects.create(article=make_article(), kind="page", key="/clusters/")


def outside():
    return make_reading(make_article())


def remark(**values):
    return Remark.objects.create(article=make_draft(), by=make_user(), body="À revoir.", **values)


def inside():
    return make_reading(make_article(), target=make_article())


def shared():
    return ShareLink.objects.share(make_draft(), make_user())


def in_body(picture):
    return BodyPicture.objects.create(article=make_article(), picture=picture)


def upload_of(picture):
    return PictureUpload.objects.get(digest=picture.digest)


VIOLATIONS = [
    ("tag_not_merged_into_itself", lambda: update(tag := make_tag(), merged_into=tag)),
    ("tag_merge_of_two", lambda: update(done := tag_merge(), survivor=done.loser)),
    ("tag_merge_undone_who_and_when", lambda: update(tag_merge(), undone_at=timezone.now())),
    ("tag_merge_in_force_once", lambda: again(tag_merge())),
    ("link_once", lambda: again(inner_link())),
    ("link_outside_or_within", lambda: update(inner_link(), kind="outside")),
    (
        "link_outside_or_within",
        lambda: update(inner_link(), outside=OutsideAddress.objects.create(url="https://example.org/")),
    ),
    (
        "outside_verdict_has_date",
        lambda: update(OutsideAddress.objects.create(url="https://example.org/"), verdict="ok"),
    ),
    (
        "outside_verdict_has_date",
        lambda: update(OutsideAddress.objects.create(url="https://example.org/"), checked_at=timezone.now()),
    ),
    (
        "outside_failures_are_of_a_failed_one",
        lambda: update(OutsideAddress.objects.create(url="https://example.org/"), failures=1),
    ),
    ("article_published_has_date_and_title", lambda: update(make_article(), published_at=None)),
    ("article_published_has_date_and_title", lambda: update(make_article(), title="")),
    ("article_published_has_date_and_title", lambda: update(make_draft(), state="published")),
    ("article_series_and_position", lambda: update(make_article(), series=make_series())),
    ("article_series_and_position", lambda: update(make_article(), series_position=1)),
    (
        "article_series_position_once",
        lambda: again(make_article(series=make_series(), series_position=1), slug="autre"),
    ),
    ("article_ends_after_published", lambda: update(make_article(), ends_at=models.F("published_at"))),
    ("article_ends_after_published", lambda: update(make_article(ends_at=LATER), published_at=LATER)),
    ("article_copy_is_a_version", lambda: update(make_article(), working_copy=2)),
    ("article_copy_is_a_version", lambda: update(make_article(), copy_in_review=True)),
    ("article_copy_is_a_version", lambda: update(make_article(), **due(working_copy=None))),
    ("article_copy_due_has_time_and_person", lambda: update(make_article(), **due(copy_due_at=None))),
    ("article_copy_due_has_time_and_person", lambda: update(make_article(), **due(copy_due_by=None))),
    ("article_copy_due_has_time_and_person", lambda: update(make_article(), **due(copy_due=None))),
    ("article_update_note_has_date", lambda: update(make_article(), update_note="Chiffres corrigés")),
    ("byline_once", lambda: again(make_article().bylines.get())),
    ("citation_once", lambda: again(make_article(sources=[make_source()]).citations.get())),
    ("further_reading_inside_or_outside", lambda: update(outside(), url="")),
    ("further_reading_inside_or_outside", lambda: update(outside(), label="")),
    ("further_reading_inside_or_outside", lambda: update(inside(), url="https://exemple.org")),
    ("further_reading_inside_or_outside", lambda: update(inside(), target=None)),
    ("further_reading_elsewhere", lambda: (lambda row: update(row, target=row.article))(inside())),
    ("share_link_expires_after_creation", lambda: update(link := shared(), expires_at=link.created_at)),
    ("share_link_revoked_by_and_at", lambda: update(shared(), revoked_at=timezone.now())),
    ("share_link_revoked_by_and_at", lambda: update(shared(), revoked_by=make_user())),
    (
        "correction_says_what",
        lambda: again(Correction.objects.create(article=make_article(), nature="Un nom."), nature=""),
    ),
    ("remark_says_something", lambda: update(remark(), body="")),
    ("remark_settled_by_somebody", lambda: update(remark(), settled_at=timezone.now())),
    ("remark_settled_by_somebody", lambda: update(remark(), settled_by=make_user())),
    ("picture_decorative_or_described", lambda: update(make_picture(), is_decorative=True)),
    ("picture_focus_inside", lambda: update(make_picture(), focus_x=101)),
    ("picture_focus_inside", lambda: update(make_picture(), focus_y=101)),
    ("body_picture_once", lambda: again(in_body(make_picture()))),
    ("tag_one_word", lambda: update(make_tag(), name="deux mots")),
    ("tag_one_word", lambda: update(make_tag(), name="#Mot")),
    ("tag_one_word", lambda: update(make_tag(), name="")),
]


@pytest.mark.parametrize(
    ("name", "violation"), VIOLATIONS, ids=[f"{name}-{n}" for n, (name, _v) in enumerate(VIOLATIONS)]
)
def test_the_database_refuses(name, violation):
    refused(name, violation())


def test_every_constraint_of_the_articles_is_among_them():
    declared = {constraint.name for model in OURS for constraint in model._meta.constraints}
    assert declared == {name for name, _violation in VIOLATIONS}


def test_every_model_but_the_comments_is_among_them():
    models_here = {
        model for model in apps.get_app_config("articles").get_models() if "comments" not in model.__module__
    }
    assert models_here == set(OURS)


@pytest.mark.parametrize(
    ("field", "make"),
    [
        ("slug", make_article),
        ("slug", make_author),
        ("slug", make_tag),
        ("slug", make_series),
        ("name", make_tag),
        ("digest", make_picture),
        ("origin", lambda: upload_of(make_picture())),
    ],
)
def test_two_rows_never_share_an_address_or_a_name(field, make):
    row = make()
    others = {name: "autre" for name in {"slug", "name"} - {field} if hasattr(row, name)}
    refused(field, again(row, **others))


def test_one_account_is_one_author():
    user = make_user("author")
    make_author(user=user)
    refused("user", update(make_author(), user=user))


@pytest.mark.parametrize(
    ("make", "rely"),
    [
        (make_author, lambda author: make_article(authors=[author])),
        (make_series, lambda series: make_article(series=series, series_position=1)),
        (make_picture, lambda picture: make_article(cover=picture)),
        (make_picture, in_body),
        (make_source, lambda source: make_article(sources=[source])),
        (make_article, lambda article: make_reading(make_article(), target=article)),
        (make_user, lambda user: make_article(created_by=user)),
        (make_user, lambda user: Remark.objects.create(article=make_draft(), by=user, body="À revoir.")),
        (make_user, lambda user: remark(settled_at=timezone.now(), settled_by=user)),
    ],
)
def test_what_others_rest_on_cannot_be_deleted(make, rely):
    row = make()
    rely(row)
    with pytest.raises(models.ProtectedError):
        row.delete()


def test_deleting_an_account_keeps_what_was_entrusted_to_it():
    user = make_user("author")
    article = make_draft(assigned_to=user)
    user.delete()
    article.refresh_from_db()
    assert article.assigned_to is None


def test_deleting_an_account_keeps_the_signature():
    user = make_user("author")
    author = make_author(user=user)
    user.delete()
    author.refresh_from_db()
    assert author.user is None


def test_deleting_an_article_takes_only_its_own_lines_along():
    tag, cluster, source = make_tag(), make_cluster(), make_source()
    article = make_article(tags=[tag], clusters=[cluster], sources=[source])
    make_reading(article)
    article.correct("Un nom était mal écrit.")
    Remark.objects.create(article=article, by=make_user(), body="À revoir.")
    article.delete()
    assert not any(model.objects.exists() for model in (Byline, Citation, Correction, FurtherReading, Remark))
    for row in (tag, cluster, source):
        row.refresh_from_db()
    assert Author.objects.count() == 1


def test_what_is_allowed_is_written():
    series = make_series()
    make_article(series=series, series_position=1)
    make_article(series=series, series_position=2, update_note="Corrigé", updated_at=timezone.now())
    make_draft(title="", ends_at=LATER)
    make_article(ends_at=LATER)
    make_picture(alt="", is_decorative=True)
    assert Article.objects.count() == 4
