"""The articles as their authors and editors see them, and what they are made of: pictures, authors, tags, series."""

from articles.admin.articles import ArticleAdmin
from articles.admin.gatherings import AuthorAdmin, SeriesAdmin, TagAdmin
from articles.admin.pictures import PictureAdmin

__all__ = ["ArticleAdmin", "AuthorAdmin", "PictureAdmin", "SeriesAdmin", "TagAdmin"]
