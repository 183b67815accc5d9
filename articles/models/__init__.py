"""The analyses: articles, who wrote them, what they are about and what they rest on."""

from articles.models.articles import Article, Byline, Citation, FurtherReading, State
from articles.models.corrections import Correction
from articles.models.people import Author, Series, Tag
from articles.models.pictures import Picture
from articles.models.remarks import Remark
from articles.models.sharing import ShareLink

__all__ = [
    "Article",
    "Author",
    "Byline",
    "Citation",
    "Correction",
    "FurtherReading",
    "Picture",
    "Remark",
    "Series",
    "ShareLink",
    "State",
    "Tag",
]
