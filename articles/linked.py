"""The articles' pages that texts may link to by id, and the library whose pictures they may show.

Found by the apps at their start, as the admin is; what prints the texts stands in the room below and knows no article.
"""

from articles.models import Article, Picture, Series
from clusters.destinations import DESTINATIONS, Destination

DESTINATIONS.register(
    Destination("article", Article, "articles:detail"), Destination("series", Series, "articles:series")
)
DESTINATIONS.pictures, DESTINATIONS.picture_chooser = Picture, "admin:articles_picture_choices"
