"""What of an article, and of what articles are made of, their history keeps, and what going back to an earlier state leaves alone.

Found by the apps at their start, as the admin is; the history itself stands in the room below and knows no article.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from articles import merging
from articles.models import Article, Author, Picture, Series, State, Tag
from articles.models.links import RECORDS, links_in, targets_of
from articles.models.pictures import file_in_words, pictures_of
from clusters import history
from clusters.history import Lines


def leads(states: Sequence[Mapping[str, Any]]) -> list[dict[Any, set[int]]]:
    """What the text of each state leads to or holds: records by their links, pictures in its body."""
    texts = [Article(body=fields.get("body") or "", slug=fields.get("slug") or "") for fields in states]
    links = [links_in(text) for text in texts]
    targets = targets_of({one for found in links for one in found})
    listed = []
    for text, found in zip(texts, links, strict=True):
        led_to: dict[Any, set[int]] = {Picture: pictures_of(text.body)}
        for one in found:
            if (pk := targets[one]) is not None:
                led_to.setdefault(apps.get_model(RECORDS[one.kind]), set()).add(pk)
        listed.append(led_to)
    return listed


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
    settle=merging.follow,
    leads=leads,
    # When it leaves the site is what readers are promised, and waits with the text.
    beside=("assigned_to", "due_on"),
)
for gathering in (Author, Series):
    history.register(gathering, stays=("slug",))
history.register(Tag, also=("merged_into",), stays=("slug", "merged_into"))


def _have_its_file(picture: Picture) -> None:
    """A picture that has gone back to an earlier file, or focal point, has all the renditions that its addresses name."""
    picture.make_ready()
    picture.save(update_fields=["width", "height", "is_complete"])


history.register(Picture, also=("digest",), shown={"digest": file_in_words}, settle=_have_its_file)
