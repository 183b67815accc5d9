"""The analyses: articles, who wrote them, what they are about and what they rest on."""

from articles.models.articles import Article, Byline, Citation, FurtherReading, State
from articles.models.people import Author, Series, Tag
from articles.models.pictures import Picture
from articles.models.sharing import ShareLink

__all__ = [
    "Article",
    "Author",
    "Byline",
    "Citation",
    "FurtherReading",
    "Picture",
    "Series",
    "ShareLink",
    "State",
    "Tag",
]
