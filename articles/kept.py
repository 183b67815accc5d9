"""What of an article, and of what articles are made of, their history keeps, and what going back to an earlier state leaves alone.

Found by the apps at their start, as the admin is; the history itself stands in the room below and knows no article.
"""

from django.utils.translation import gettext_lazy as _

from articles.models import Article, Author, Picture, Series, State, Tag
from clusters import history
from clusters.history import Lines

history.register(
    Article,
    lines=(
        Lines("bylines", ("author", "position")),
        Lines("citations", ("source", "note", "position")),
        Lines("further_reading", ("target", "label", "url", "publisher", "position")),
        # Only ever added: going back to an older text does not unsay what was said of it.
        Lines("corrections", said=str, label=_("corrections")),
    ),
    also=("state", "updated_at", "update_note"),
    # When and whether it is read is decided by its buttons and its dates, and whose it is by editors: not by which text
    # stands in it.
    stays=("slug", "state", "published_at", "ends_at", "updated_at", "update_note", "assigned_to", "due_on"),
    # What readers see, or will at its hour, changes by an act of its own; a draft is what its writers have written last.
    copied=lambda article: article.state == State.PUBLISHED,
)
for gathering in (Author, Tag, Series):
    history.register(gathering, stays=("slug",))
history.register(Picture)  # its texts: the picture itself is never another
