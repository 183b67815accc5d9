"""What of an article its history keeps, and what going back to an earlier state leaves alone.

Found by the apps at their start, as the admin is; the history itself stands in the room below and knows no article.
"""

from articles.models import Article
from clusters import history
from clusters.history import Lines

history.register(
    Article,
    lines=(
        Lines("bylines", ("author", "position")),
        Lines("citations", ("source", "note", "position")),
        Lines("further_reading", ("target", "label", "url", "publisher", "position")),
    ),
    also=("state", "updated_at", "update_note"),
    # When and whether it is read is decided by its buttons and its date, not by which text stands in it.
    stays=("slug", "state", "published_at", "updated_at", "update_note"),
)
