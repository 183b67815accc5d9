"""The search: one question, asked of articles and clusters alike."""

from dataclasses import dataclass, field

from articles.models import Article
from clusters import fulltext
from clusters.models import Cluster

MAX_LENGTH = 200
ARTICLES, CLUSTERS = 20, 10


@dataclass
class Found:
    """What a query found, of what anybody may see; best first.

    Attributes:
        has_words: False if nothing in the query can be searched for.
        article_total, cluster_total: how many there are; the lists hold the first.
    """

    has_words: bool = False
    articles: list[Article] = field(default_factory=list)
    clusters: list[Cluster] = field(default_factory=list)
    article_total: int = 0
    cluster_total: int = 0


def run(query: str) -> Found:
    """Search titles, texts, names and summaries."""
    if not fulltext.query_terms(query):
        return Found()
    articles = Article.objects.visible().matching(query)
    clusters = Cluster.objects.visible().matching(query)
    return Found(
        has_words=True,
        articles=list(articles.with_teaser()[:ARTICLES]),
        clusters=list(clusters.with_sectors()[:CLUSTERS]),
        article_total=articles.count(),
        cluster_total=clusters.count(),
    )
