"""Structured data of an article, in schema.org's words."""

from typing import Any
from urllib.parse import urljoin

from django.utils import timezone

from articles.models import Article


def news_article(article: Article, base: str, site_name: str, words: int) -> dict[str, Any]:
    """An article as schema.org `NewsArticle`.

    Args:
        article: with its page relations fetched.
        base: the site's address without a slash at its end.
        site_name: the publisher.
        words: of the body.
    """
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": f"{base}{article.get_absolute_url()}",
        "headline": article.title,
        "description": article.seo_description,
        "inLanguage": article.language,
        "wordCount": words,
        "commentCount": article.comment_count,
        "author": [
            {"@type": "Person", "name": byline.author.name, "url": f"{base}{byline.author.get_absolute_url()}"}
            for byline in article.shown_bylines
        ],
        "publisher": {"@type": "Organization", "name": site_name, "url": base},
        "keywords": [tag.name for tag in article.shown_tags],
        "about": [
            {"@type": "Organization", "name": cluster.name, "url": f"{base}{cluster.get_absolute_url()}"}
            for cluster in article.shown_clusters
        ],
        "citation": [citation.source.title for citation in article.shown_citations],
    }
    if article.published_at:
        changed = article.updated_at or article.published_at
        data["datePublished"] = timezone.localtime(article.published_at).isoformat(timespec="seconds")
        data["dateModified"] = timezone.localtime(changed).isoformat(timespec="seconds")
    if article.shown_corrections:
        data["correction"] = [
            {
                "@type": "CorrectionComment",
                "text": correction.nature,
                "datePublished": timezone.localtime(correction.corrected_at).isoformat(timespec="seconds"),
            }
            for correction in article.shown_corrections
        ]
    if article.cover:
        data["image"] = [urljoin(base, article.cover.card)]
    if article.series:
        data["isPartOf"] = {
            "@type": "CreativeWorkSeries",
            "name": article.series.title,
            "url": f"{base}{article.series.get_absolute_url()}",
        }
    return data
