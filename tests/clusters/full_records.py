"""One record of each kind that has a history, with every kind of line that it can have; and any text that can be typed."""

import datetime as dt

from hypothesis import strategies as st

from clusters.models import ClusterIdentifier, MapSettings
from tests import factories as make

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=60)


def full_cluster(**values):
    """A cluster with every kind of line."""
    source = make.make_source(title="Étude mère")
    cluster = make.make_cluster(location_source=source, **values)
    make.make_name(cluster, value="Ancien nom", kind="former", valid_to="2012", source=source)
    make.make_status(cluster, since="2014", source=source)
    make.make_participation(cluster, make.make_programme(name="Maroc Innovation"), level="argent", source=source)
    make.make_observation(cluster, source=source, indicator=make.make_indicator(label="Adhérents"), dated="2020")
    ClusterIdentifier.objects.create(cluster=cluster, registry="wikidata", value="Q42")
    return cluster


def full_programme():
    programme = make.make_programme(countries="MA,TN", start="2014", end="2020", parent=make.make_programme())
    programme.sources.set([make.make_source(), make.make_source()])
    make.make_observation(programme=programme)
    return programme


def full_source():
    return make.make_source(
        derived_from=make.make_source(),
        accessed_on=dt.date(2024, 2, 29),
        published="2020-03",
        url="https://example.org",
    )


def full_article():
    article = make.make_draft(
        tags=[make.make_tag()], clusters=[make.make_cluster()], sources=[make.make_source()], cover=make.make_picture(),
        series=make.make_series(), series_position=1,
    )  # fmt: skip
    make.make_reading(article)
    make.make_reading(article, make.make_article(), position=2)
    article.corrections.create(nature="Un nom était mal écrit.")
    return article


FULL = {
    "cluster": full_cluster,
    "programme": full_programme,
    "source": full_source,
    "sector": lambda: make.make_sector(label_en="Textile", number=3),
    "indicator": lambda: make.make_indicator(counts="Qui cotise.", freshness_days=400),
    "mapsettings": lambda: MapSettings.objects.create(pk=1, note="Une note."),
    "article": full_article,
    "author": lambda: make.make_author(bio="Une présentation.", user=make.make_user("author")),
    "tag": make.make_tag,
    "series": lambda: make.make_series(standfirst="Un chapô."),
    "picture": lambda: make.make_picture(caption="Une légende"),
}
