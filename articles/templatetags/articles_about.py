"""How a page of the registry lists the articles about it, without the registry knowing that there are articles."""

from typing import Any

from django import template

from articles.models import Article
from clusters.models import Cluster, Programme, Source

register = template.Library()
SHOWN = 12


@register.inclusion_tag("articles/_about.html")
def articles_about(subject: Cluster | Programme | Source) -> dict[str, Any]:
    """The latest articles about a cluster or a programme, or that cite a source, and how many there are."""
    articles = Article.objects.visible().about(subject)
    return {"articles": list(articles.newest_first().with_teaser()[:SHOWN]), "total": articles.count()}
