"""The analyses: articles, who wrote them, what they are about and what they rest on."""

from articles.models.articles import Article
from articles.models.corrections import Correction
from articles.models.lines import Byline, Citation, FurtherReading
from articles.models.links import Link, OutsideAddress
from articles.models.merges import TagMerge
from articles.models.people import Author, Series, Tag
from articles.models.pictures import BodyPicture, Picture, PictureUpload
from articles.models.remarks import Remark
from articles.models.sharing import ShareLink
from articles.models.states import State

__all__ = [
    "Article",
    "Author",
    "BodyPicture",
    "Byline",
    "Citation",
    "Correction",
    "FurtherReading",
    "Link",
    "OutsideAddress",
    "Picture",
    "PictureUpload",
    "Remark",
    "Series",
    "ShareLink",
    "State",
    "Tag",
    "TagMerge",
]
