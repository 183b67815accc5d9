"""Loads the demonstration newsroom: people, articles with their covers, and threads of comments.

Idempotent: an article, author or comment that is there is left as an editor may have changed it.
"""

import datetime as dt
import io
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone

from articles.models import Article, Author, Byline, Citation, FurtherReading, Picture, Remark, Series, ShareLink, Tag
from clusters import history
from clusters.history import Revision, copies
from clusters.markup import sanitise
from clusters.nodes import LINK, PICTURE, REFERENCE
from clusters.pictures import CENTRE
from clusters.typography import typeset
from config.demo import covers
from config.demo.registry import Registry

HERE = Path(__file__).parent
LOGINS = {
    "admin": ("Naïma", "Zerrad-Costa"),
    "editor": ("Elissa", "Marzouk-Ferri"),
    "author": ("Leïla", "Tamzarti"),
    "moderator": ("Iyad", "Benhamza-Roux"),
}
"""Demonstration logins, each in the group of its name, with an invented person's name."""
AUTHOR_LOGIN = "leila-tamzarti"
SCHEDULED_IN = 30  # days
Row = dict[str, Any]


def make_people(password: str) -> dict[str, Any]:
    """The demonstration logins; the password is set on those that are new."""
    users = {}
    for login, (first, last) in LOGINS.items():
        user, new = get_user_model().objects.get_or_create(
            username=login,
            defaults={"first_name": first, "last_name": last, "is_staff": True, "email": f"{login}@example.org"},
        )
        if new:
            user.set_password(password)
            user.save(update_fields=["password"])
            user.groups.set([Group.objects.get(name=login)])
        users[login] = user
    return users


class Newsroom:
    """The articles' files, and how they become articles."""

    def __init__(self, registry: Registry, users: dict[str, Any]) -> None:
        self.registry, self.users = registry, users
        self.data: dict[str, list[Row]] = tomllib.loads((HERE / "newsroom.toml").read_text(encoding="utf-8"))
        self.articles: dict[str, Article] = {}

    def load(self) -> None:
        """Write all of it, in the caller's transaction."""
        gatherings: list[Any] = []
        for row in self.data["authors"]:
            user = self.users["author"] if row["slug"] == AUTHOR_LOGIN else None
            defaults = {"name": row["name"], "bio": row["bio"], "user": user}
            gatherings.append(Author.objects.get_or_create(slug=row["slug"], defaults=defaults)[0])
        for row in self.data["tags"]:
            gatherings.append(Tag.objects.get_or_create(slug=row["slug"], defaults={"name": row["name"]})[0])
        for row in self.data["series"]:
            defaults = {"title": row["title"], "standfirst": row["standfirst"]}
            gatherings.append(Series.objects.get_or_create(slug=row["slug"], defaults=defaults)[0])
        fresh = [row for row in self.data["articles"] if self._article(row)]
        for row in fresh:
            self._further_reading(row)
            self._to_its_state(row)
            self._remarks(row)
        pictures = [article.cover for article in self.articles.values() if article.cover]
        pictures += [picture_of(row) for row in self.data["pictures"]]
        records = [*gatherings, *pictures, *self.articles.values()]
        history.keep_new(records, by=self.users["editor"], why="démonstration")
        for row in fresh:
            if "copy" in row:
                self._copy(self.articles[row["slug"]], row["copy"])

    def _article(self, row: Row) -> bool:
        series = Series.objects.get(slug=row["series"]) if "series" in row else None
        article = Article.objects.filter(slug=row["slug"]).first()
        if article is not None:
            self.articles[row["slug"]] = article
            return False
        article = Article(
            slug=row["slug"],
            title=row["title"],
            standfirst=row["standfirst"],
            description=row["description"],
            language=row["language"],
            body=self._body(row["slug"]),
            series=series,
            series_position=row.get("part"),
            created_by=self.users["author" if AUTHOR_LOGIN in row["authors"] else "editor"],
            cover=picture_of(row["cover"]) if "cover" in row else None,
            assigned_to=self.users.get(row.get("assigned_to")),
            due_on=timezone.localdate() + dt.timedelta(days=row["due_in"]) if "due_in" in row else None,
            ends_at=in_days(row["ends_in"]) if "ends_in" in row else None,
        )
        article.full_clean()
        article.save()
        self.articles[row["slug"]] = article
        for position, slug in enumerate(row["authors"], 1):
            Byline.objects.create(article=article, author=Author.objects.get(slug=slug), position=position)
        article.tags.set(Tag.objects.filter(slug__in=row["tags"]))
        article.clusters.set(self.registry.clusters[name] for name in row["clusters"])
        for position, name in enumerate(row["sources"], 1):
            Citation.objects.create(article=article, source=self.registry.sources[name], position=position)
        return True

    def _body(self, slug: str) -> str:
        """The text, its references turned from the names of files and of the facts file into ids."""
        text = (HERE / "articles" / f"{slug}.html").read_text(encoding="utf-8")
        text = re.sub(
            rf'{REFERENCE}="([^"]+)"', lambda found: f'{REFERENCE}="{self.registry.clusters[found[1]].public_id}"', text
        )
        text = re.sub(rf'{PICTURE}="([^"]+)"', lambda found: f'{PICTURE}="{self._cover(found[1]).pk}"', text)
        return re.sub(rf'{LINK}="([^"/]+)/([^"]+)"', self._link, text)

    def _link(self, found: re.Match[str]) -> str:
        """A link by id, to a programme or to an article that stands before it in the file."""
        kind, name = found.groups()
        return f'{LINK}="{kind}/{(self.articles if kind == "article" else self.registry.programmes)[name].pk}"'

    def _cover(self, slug: str) -> Picture:
        """The picture that an article opens with."""
        return picture_of(next(row["cover"] for row in self.data["articles"] if row["slug"] == slug))

    def _further_reading(self, row: Row) -> None:
        for position, page in enumerate(row.get("reading", ()), 1):
            reading = FurtherReading(article=self.articles[row["slug"]], position=position)
            if "article" in page:
                reading.target = self.articles[page["article"]]
            else:
                reading.label, reading.url, reading.publisher = page["title"], page["url"], page.get("publisher", "")
            reading.full_clean()
            reading.save()

    def _copy(self, article: Article, row: Row) -> None:
        """Versions with a name, and a working copy: what the editors write over a published article."""
        article = Article.objects.get(pk=article.pk)
        revisions, editor = Revision.objects.of(article), self.users["editor"]
        published = revisions.first()
        if "name" in row:
            revisions.filter(pk=published.pk).set_name(row["name"])
        state = published.snapshot
        for step in row.get("steps", ()):
            state = replace(
                state, fields={**state.fields, "body": sanitise(f"{published.snapshot.fields['body']}{step}")}
            )
            copies.draft(article, state, by=editor, act=history.Act.AUTOSAVED)
        state = replace(state, fields={**state.fields, "standfirst": typeset(row["standfirst"])})
        copies.draft(article, state, by=editor, why="chapô repris")
        if "named_copy" in row:
            revisions.filter(number=article.working_copy).set_name(row["named_copy"])
        if "read_by" in row:  # who is to read it
            with history.changing(article, by=editor, act=history.Act.CHANGED, why="relecture confiée"):
                article.assigned_to = self.users[row["read_by"]]
                article.save(update_fields=["assigned_to"])
            copies.ask_to_read(Article.objects.get(pk=article.pk), True)
        if "due_in" in row:
            copies.schedule(Article.objects.get(pk=article.pk), in_days(row["due_in"]), by=editor)

    def _to_its_state(self, row: Row) -> None:
        article, state, editor = self.articles[row["slug"]], row["state"], self.users["editor"]
        if state == "draft":
            return
        article.change_state("submit", article.created_by)
        if state == "in_review":
            ShareLink.objects.share(article, editor, "Mme Haddad, relecture des chiffres")
            return
        if state == "ready":
            article.change_state("approve", editor)
            return
        article.published_at = local(row["published_at"]) if "published_at" in row else in_days(SCHEDULED_IN)
        article.change_state("publish", editor)
        if "updated_at" in row:
            article.mark_updated(row["update_note"], local(row["updated_at"]))
        for correction in row.get("corrections", ()):
            article.correct(correction["nature"], local(correction["at"]))
        if state == "withdrawn":
            article.change_state("withdraw", editor)

    def _remarks(self, row: Row) -> None:
        """What colleagues say of it, in the order of saying, an hour apart."""
        for number, said in enumerate(reversed(row.get("remarks", ())), 1):
            at = timezone.now() - dt.timedelta(hours=number)
            settled = {"settled_by": self.users[said["settled_by"]], "settled_at": at} if "settled_by" in said else {}
            Remark.objects.create(
                article=self.articles[row["slug"]], by=self.users[said["by"]], to=self.users.get(said.get("to")),
                body=said["body"], created_at=at, **settled,
            )  # fmt: skip


def picture_of(row: Row) -> Picture:
    """A picture of the library, drawn by the project itself."""
    drawn = io.BytesIO()
    covers.draw(row["motif"], row["seed"]).save(drawn, "PNG", compress_level=1)
    drawn.name = f"{row['motif']}-{row['seed']}.png"
    focus_x, focus_y = row.get("focus", CENTRE)
    texts = {name: row[name] for name in ("alt", "caption", "credit")}
    picture, _new = Picture.objects.take_in(drawn, focus_x=focus_x, focus_y=focus_y, **texts)
    return picture


def local(moment: dt.datetime) -> dt.datetime:
    """A time of the files, which is of the site's zone."""
    return timezone.make_aware(moment)


def in_days(days: int) -> dt.datetime:
    """Eight o'clock, so many days from now."""
    return (timezone.localtime() + dt.timedelta(days=days)).replace(hour=8, minute=0, second=0, microsecond=0)
