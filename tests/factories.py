"""Rows for the tests: functions that make one valid row, with what a test cares about as keywords."""

import datetime as dt
import io
import itertools
from decimal import Decimal

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone
from PIL import Image

from articles.models import Article, Author, Byline, Citation, FurtherReading, Picture, Series, Tag
from clusters.models import (
    Cluster,
    ClusterName,
    ClusterSector,
    Indicator,
    Observation,
    ObservationSubject,
    Participation,
    Programme,
    Sector,
    Source,
    StatusChange,
    Suggestion,
)
from config import roles

_numbers = itertools.count(1)
PASSWORD = "a-long-enough-password"


def number():
    return next(_numbers)


def make_user(role="editor", **values):
    """A member of staff in the group of a role (author, editor, moderator, admin); None for no role."""
    roles.sync()
    values.setdefault("username", f"{role or 'nobody'}-{number()}")
    user = get_user_model().objects.create_user(password=PASSWORD, is_staff=role is not None, **values)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user


def make_source(**values):
    n = number()
    defaults = {
        "slug": f"source-{n}",
        "kind": "study",
        "title": f"Étude {n}",
        "publisher": "Institut",
        "publication": "published",
    }
    return Source.objects.create(**{**defaults, **values})


def make_sector(**values):
    n = number()
    return Sector.objects.create(**{"code": f"secteur-{n}", "label": f"Secteur {n}", "scheme": "grappe", **values})


def make_cluster(sector=None, **values):
    """A published cluster in one sector."""
    n = number()
    defaults = {
        "slug": f"cluster-{n}", "name": f"Cluster numéro {n}", "country": "MA", "city": "Casablanca", "status": "active",
        "summary": "Un cluster.", "publication": "published",
    }  # fmt: skip
    cluster = Cluster.objects.create(**{**defaults, **values})
    ClusterSector.objects.create(cluster=cluster, sector=sector or make_sector(), is_primary=True)
    return cluster


def make_name(cluster, **values):
    return ClusterName.objects.create(
        **{"cluster": cluster, "value": f"Autre nom {number()}", "kind": "alias", **values}
    )


def make_status(cluster, **values):
    return StatusChange.objects.create(
        **{"cluster": cluster, "status": "active", "source": values.pop("source", None) or make_source(), **values}
    )


def make_programme(**values):
    n = number()
    defaults = {"slug": f"programme-{n}", "name": f"Programme {n}", "kind": "strategy", "publication": "published"}
    return Programme.objects.create(**{**defaults, **values})


def make_participation(cluster, programme, **values):
    return Participation.objects.create(cluster=cluster, programme=programme, **values)


def make_indicator(**values):
    n = number()
    return Indicator.objects.create(
        **{"code": f"indicator-{n}", "label": f"Indicateur {n}", "unit": "adhérents", **values}
    )


def make_observation(*clusters, **values):
    """A figure about one cluster, or about several jointly; or about `programme=` or `country=`."""
    scope = (
        "programme"
        if values.get("programme")
        else "country"
        if values.get("country")
        else "joint"
        if len(clusters) > 1
        else "cluster"
    )
    values.setdefault("indicator", None)
    values["indicator"] = values["indicator"] or make_indicator()
    values["source"] = values.get("source") or make_source()
    observation = Observation.objects.create(**{"value": Decimal(80), "scope": scope, **values})
    ObservationSubject.objects.bulk_create(
        ObservationSubject(observation=observation, cluster=cluster) for cluster in clusters
    )
    return observation


def make_suggestion(record, **values):
    """A correction that waits, to a record of any kind."""
    defaults = {"field": "city", "current": "Casablanca", "proposed": "Rabat", "evidence": "https://example.org/preuve"}
    return Suggestion.objects.create(**{record._meta.model_name: record, **defaults, **values})


def make_author(**values):
    n = number()
    return Author.objects.create(**{"name": f"Autrice {n}", "slug": f"autrice-{n}", **values})


def make_tag(**values):
    n = number()
    return Tag.objects.create(**{"name": f"Mot{n}", "slug": f"mot-{n}", **values})


def make_series(**values):
    n = number()
    return Series.objects.create(**{"title": f"Dossier {n}", "slug": f"dossier-{n}", **values})


def make_article(authors=None, tags=(), clusters=(), sources=(), **values):
    """A published article, signed, an hour old."""
    n = number()
    defaults = {
        "title": f"Analyse numéro {n}", "slug": f"analyse-{n}", "standfirst": "Un chapô.", "body": "<p>Un texte assez long.</p>",
        "state": "published", "published_at": timezone.now() - dt.timedelta(hours=1),
    }  # fmt: skip
    article = Article.objects.create(**{**defaults, **values})
    for position, author in enumerate([make_author()] if authors is None else authors, 1):
        Byline.objects.create(article=article, author=author, position=position)
    for position, source in enumerate(sources, 1):
        Citation.objects.create(article=article, source=source, position=position)
    article.tags.set(tags)
    article.clusters.set(clusters)
    return article


def make_reading(article, target=None, **values):
    outside = {} if target else {"url": "https://example.org/page", "label": "Une page"}
    return FurtherReading.objects.create(article=article, target=target, **{**outside, **values})


def make_draft(**values):
    return make_article(**{"state": "draft", "published_at": None, **values})


def make_scheduled(**values):
    return make_article(**{"published_at": timezone.now() + dt.timedelta(days=2), **values})


def picture_file(size=(64, 36), colour="teal", file_format="PNG"):
    """The bytes of a small picture, as an open file with a name."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, file_format)
    out.seek(0)
    out.name = f"picture.{file_format.lower()}"
    return out


def make_picture(**values):
    n = number()
    picture, _new = Picture.objects.take_in(
        picture_file((64 + n % 400, 36), (n * 67 % 256, n * 151 % 256, n * 29 % 256)),
        **{"alt": "Une illustration", "credit": "Grappe", **values},
    )
    return picture
