"""Bulk synthetic content, to see how the site behaves when there is much of it.

Deterministic: the same numbers on the same database make the same rows. What is there stays; a second run adds to it.
"""

import datetime as dt
import io
import random
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from PIL import Image

from articles.comments.models import Comment, Decision, fingerprint
from articles.comments.transitions import Event, Reason, State
from articles.models import Article, Author, Byline, Citation, Picture, Series, Tag
from clusters import fulltext
from clusters.markup import text_of
from clusters.models import Cluster
from clusters.nodes import REFERENCE
from config import housekeeping
from config.synthetic import registry
from config.synthetic.prose import MARK, chance, paragraph, sentence

BATCH = 100
MAX_ARTICLES, MAX_CLUSTERS, MAX_COMMENTS = 100_000, 10_000, 2_000
MAX_ROWS = 5_000_000
"""Comments in all: past this a mistyped number fills the disk before anybody notices."""
FIRST, LAST = dt.datetime(2015, 1, 5, 7, tzinfo=dt.UTC), dt.datetime(2025, 12, 19, 17, tzinfo=dt.UTC)
"""When the articles appeared: fixed days, so that two runs on two days make the same rows."""
RULE = "populate"

TOPICS = (
    "L’eau",
    "Le textile",
    "L’automobile",
    "Le solaire",
    "Le numérique",
    "L’agroalimentaire",
    "La santé",
    "Le port",
)
ANGLES = (
    "change d’échelle",
    "cherche ses chiffres",
    "forme ses cadres",
    "attend son centre technique",
    "compte ses adhérents",
)
NAMES = ("Amina", "Karim", "Lucie", "Youssef", "Inès", "Marc", "Salma", "Omar", "Claire", "Nadia", "Hugo", "Rachid")
SURNAMES = ("Alaoui-Test", "Benali-Test", "Durand-Test", "Fathi-Test", "Girard-Test", "Hamdi-Test", "Idrissi-Test")
CITIES = ("Casablanca", "Rabat", "Tanger", "Sfax", "Tunis", "Oran", "Alger", "Sousse", "Marrakech")
OPINIONS = (
    "Merci pour cette analyse.", "Je travaille dans la branche et je ne reconnais pas ces chiffres.",
    "La source mériterait d’être citée plus tôt.", "On oublie souvent les régions de l’intérieur.",
    "Que deviennent les entreprises après la convention ?", "Très utile pour comprendre la suite du dossier.",
)  # fmt: skip


class Command(BaseCommand):
    help = "Adds synthetic articles, clusters and comments, for benchmarks; the same numbers make the same rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--articles", type=int, default=0, metavar="N", help="articles to add")
        parser.add_argument("--clusters", type=int, default=0, metavar="N", help="clusters to add")
        parser.add_argument("--comments", type=int, default=0, metavar="N", help="comments under each added article")

    def handle(self, *args: Any, **options: Any) -> None:
        articles, clusters, comments = (options[name] for name in ("articles", "clusters", "comments"))
        refuse_absurd(articles, clusters, comments)
        if clusters:
            registry.add_clusters(next_number(Cluster), clusters)
        pool = Pool() if articles else None
        for numbers in batches(next_number(Article), articles):
            with transaction.atomic():
                add_comments(add_articles(numbers, pool), comments)
        housekeeping.know_the_tables()
        self.stdout.write(f"Added {articles} articles, {clusters} clusters and {articles * comments} comments.")


def refuse_absurd(articles: int, clusters: int, comments: int) -> None:
    """Raises CommandError, with a sentence, for numbers that nobody can mean."""
    for name, number, most in (
        ("articles", articles, MAX_ARTICLES), ("clusters", clusters, MAX_CLUSTERS), ("comments", comments, MAX_COMMENTS),
    ):  # fmt: skip
        if number < 0:
            raise CommandError(f"--{name} {number}: a number of rows to add cannot be negative.")
        if number > most:
            raise CommandError(f"--{name} {number}: at most {most} at a time; run the command again for more.")
    if not articles and not clusters:
        raise CommandError("Nothing to add: say how many with --articles N or --clusters N.")
    if articles * comments > MAX_ROWS:
        raise CommandError(f"{articles} articles with {comments} comments each are more than {MAX_ROWS} comments.")


def next_number(model: Any) -> int:
    """One more than the highest number of a synthetic row."""
    last = model.objects.filter(slug__startswith=f"{MARK}-").order_by("-slug").values_list("slug", flat=True).first()
    return int(last.rpartition("-")[2]) + 1 if last else 1


def batches(first: int, count: int) -> Iterator[range]:
    for start in range(first, first + count, BATCH):
        yield range(start, min(start + BATCH, first + count))


class Pool:
    """What the articles share: signatures, hashtags, series, pictures, and the clusters they are about."""

    def __init__(self) -> None:
        self.authors = [self._author(number) for number in range(1, 13)]
        self.tags = [
            Tag.objects.get_or_create(slug=f"essai-{number}", defaults={"name": f"Essai{number}"})[0]
            for number in range(1, 31)
        ]
        self.sources = registry.some_sources()
        self.pictures = [self._picture(number) for number in range(6)]
        self.clusters = list(Cluster.objects.visible().order_by("pk")[:2_000])

    def _author(self, number: int) -> Author:
        name = f"{NAMES[number % len(NAMES)]} {SURNAMES[number % len(SURNAMES)]}"
        return Author.objects.get_or_create(
            slug=f"{MARK}-{number}", defaults={"name": name, "bio": paragraph(chance("bio", number), 2)}
        )[0]

    def _picture(self, number: int) -> Picture:
        drawn = io.BytesIO()
        Image.linear_gradient("L").rotate(60 * number).resize((1600, 900)).convert("RGB").save(drawn, "PNG")
        texts = {"alt": f"Dégradé de gris numéro {number + 1}", "caption": "Image d’essai", "credit": "Grappe"}
        return Picture.objects.take_in(drawn, **texts)[0]

    def series(self, number: int) -> tuple[Series | None, int | None]:
        """Of every ten articles, the first four are a series in its order."""
        if number % 10 >= 4:
            return None, None
        tens = number // 10
        title = f"{TOPICS[tens % len(TOPICS)]}, dossier d’essai {tens}"
        series, _new = Series.objects.get_or_create(
            slug=f"{MARK}-{tens}", defaults={"title": title, "standfirst": sentence(chance("series", tens))}
        )
        return series, number % 10 + 1


def add_articles(numbers: range, pool: Pool) -> list[Article]:
    """Published articles of about 800 words with all their relations, and their place in the search."""
    made = [an_article(number, pool) for number in numbers]
    Article.objects.bulk_create(made)
    bylines, citations, tags, clusters = [], [], [], []
    for number, article in zip(numbers, made, strict=True):
        dice = chance("relations", number)
        people = dice.sample(pool.authors, dice.choice((1, 1, 2)))
        bylines += [Byline(article=article, author=one, position=place) for place, one in enumerate(people, 1)]
        cited = dice.sample(pool.sources, 2)
        citations += [Citation(article=article, source=one, position=place) for place, one in enumerate(cited, 1)]
        tags += [Article.tags.through(article=article, tag=one) for one in dice.sample(pool.tags, 4)]
        clusters += [Article.clusters.through(article=article, cluster=one) for one in clusters_of(number, pool)]
    Byline.objects.bulk_create(bylines)
    Citation.objects.bulk_create(citations)
    Article.tags.through.objects.bulk_create(tags)
    Article.clusters.through.objects.bulk_create(clusters)
    # As Article.index() does for one.
    fulltext.put_many((one, one.title, f"{one.standfirst} {text_of(one.body)}", one.language) for one in made)
    return made


def an_article(number: int, pool: Pool) -> Article:
    dice = chance("article", number)
    series, position = pool.series(number)
    return Article(
        slug=f"{MARK}-{number:06d}",
        title=f"{dice.choice(TOPICS)} {dice.choice(ANGLES)} à {dice.choice(CITIES)} (essai {number})",
        standfirst=paragraph(dice, 2),
        body=a_body(dice, clusters_of(number, pool)),
        cover=dice.choice(pool.pictures) if number % 3 else None,
        series=series,
        series_position=position,
        state="published",
        published_at=FIRST + dice.random() * (LAST - FIRST),
    )


def clusters_of(number: int, pool: Pool) -> list[Cluster]:
    dice = chance("clusters", number)
    return dice.sample(pool.clusters, min(len(pool.clusters), dice.randint(1, 4)))


def a_body(dice: random.Random, clusters: list[Cluster]) -> str:
    """Five parts with a heading each, two paragraphs, a list, and a reference to every cluster: 750 to 950 words."""
    parts = []
    for place in range(5):
        named = clusters[place % len(clusters)] if clusters else None
        reference = (
            f'<p><span {REFERENCE}="{named.public_id}">{named.name}</span> en est un exemple.</p>' if named else ""
        )
        items = "".join(f"<li><p>{sentence(dice)}</p></li>" for _ in range(2))
        parts.append(
            f"<h2>{dice.choice(TOPICS)} {dice.choice(ANGLES)}</h2><p>{paragraph(dice, 5)}</p><p>{paragraph(dice, 5)}</p>"
            f"{reference}<ul>{items}</ul>"
        )
    return "".join(parts)


def add_comments(articles: list[Article], each: int) -> None:
    """Comments in the proportions of a newsroom, a third of them replies, each with its log."""
    comments: list[Comment] = []
    for article in articles:
        dice = chance("comments", int(article.slug.rpartition("-")[2]))
        threads: list[Comment] = []
        for place in range(each):
            above = threads[dice.randrange(len(threads))] if threads and place % 3 == 2 else None
            comment = a_comment(article, above, place, dice)
            comments.append(comment)
            if above is None and comment.state == State.PUBLISHED:
                threads.append(comment)
    # Threads before replies: the database refuses a reply whose parent is not there yet.
    Comment.objects.bulk_create([one for one in comments if one.parent is None], batch_size=500)
    for reply in comments:
        if reply.parent is not None:
            reply.parent = reply.parent  # its key is known only now
            reply.fingerprint = fingerprint(reply.article_id, reply.parent_id, reply.email, reply.body)
    Comment.objects.bulk_create([one for one in comments if one.parent is not None], batch_size=500)
    Decision.objects.bulk_create([line for one in comments for line in log_of(one)], batch_size=500)
    Comment.objects.recount(article.pk for article in articles)


def a_comment(article: Article, above: Comment | None, place: int, dice: random.Random) -> Comment:
    state = dice.choices((State.PUBLISHED, State.PENDING, State.REJECTED, State.SPAM), (85, 5, 5, 5))[0]
    body = f"{dice.choice(OPINIONS)} {paragraph(dice, dice.randint(1, 5))}"
    email = f"{dice.choice(NAMES).lower()}.{place}@example.org".replace("è", "e")
    return Comment(
        article=article,
        parent=above,
        name=f"{dice.choice(NAMES)} {place}",
        email=email,
        body=body,
        state=state,
        version=1 if state == State.PENDING else 2,
        fingerprint=fingerprint(article.pk, None, email, body),
        created_at=article.published_at + dt.timedelta(minutes=place + dice.random()),
    )


def log_of(comment: Comment) -> list[Decision]:
    """What Comment.submit and Comment.apply would have written."""
    at = comment.created_at
    came = Decision(comment=comment, event=Event.SUBMIT, to_state=State.PENDING, version=1, decided_at=at, rule=RULE)
    if comment.state == State.PENDING:
        return [came]
    event = {State.PUBLISHED: Event.APPROVE, State.REJECTED: Event.REJECT, State.SPAM: Event.SPAM}[comment.state]
    decided = Decision(
        comment=comment, event=event, from_state=State.PENDING, to_state=comment.state, version=2, rule=RULE,
        decided_at=at + dt.timedelta(hours=1), reason=Reason.OFF_TOPIC if event == Event.REJECT else "",
    )  # fmt: skip
    return [came, decided]
