"""The front page of the admin: what waits for one person, what happens next, what went out; each number with its list."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.comments.models import Comment
from articles.models import Article, Correction, Remark
from articles.models.articles import COMING
from config.desk import EVENTS, ROWS, age_in_words, desk_of
from tests import factories as make
from tests.house.world import make_comment

pytestmark = pytest.mark.django_db
ROLES = ("author", "editor", "moderator", "admin")
LOST = '<p>Voir <a data-to="article/999999">ceci</a>.</p>'
DAY = dt.timedelta(days=1)


def numbers(user):
    desk = desk_of(user)
    return {task.label: task.number for task in (*desk.tasks, *desk.upkeep)}


def lists(user):
    desk = desk_of(user)
    return {one.title: [row.title for row in one.rows] for one in (*desk.waiting, *desk.going)}


def task(user, label):
    desk = desk_of(user)
    return next(one for one in (*desk.tasks, *desk.upkeep) if one.label == label)


def aged(rows, **values):
    """Write what a save would not."""
    type(rows)._base_manager.filter(pk=rows.pk).update(**values)


def with_copy(article, **values):
    aged(article, working_copy=article.version, **values)
    return article


def comment(article, **values):
    return make_comment(article, f"c{make.number()}", **{"state": "pending", **values})


def day_of(user):
    """A newsroom in which each thing is there twice over: for this person, and for somebody else."""
    other, today, now = make.make_user("author"), timezone.localdate(), timezone.now()
    editor = make.make_user("editor")
    for owner in (user, other):
        make.make_draft(created_by=owner, body=LOST)
        make.make_draft(assigned_to=owner, due_on=today - DAY)
        make.make_draft(assigned_to=owner, due_on=today + DAY)
        make.make_article(state="in_review", published_at=None, created_by=owner)
        make.make_article(state="ready", published_at=None, created_by=owner)
        make.make_scheduled(created_by=owner)
        make.make_article(created_by=owner, ends_at=now + DAY)
        out = make.make_article(created_by=owner, body=LOST)
        with_copy(out, copy_in_review=True)
        with_copy(make.make_article(created_by=owner), copy_due=1, copy_due_at=now + DAY, copy_due_by=editor)
        aged(make.make_article(created_by=owner), copy_refused="L’adresse est prise.")
        Remark.objects.create(article=out, by=editor, body="À vous")
        Remark.objects.create(article=out, by=editor, body="Et encore")
        Remark.objects.create(article=make.make_draft(created_by=owner), by=editor, to=owner, body="Ceci ?")
        Remark.objects.create(article=make.make_draft(created_by=owner), by=editor, to=owner, body="Réglé")
        comment(out)
        comment(out, state="published")
    Remark.objects.filter(body="Réglé").settle(editor)
    Comment.objects.recount(Article.objects.values_list("pk", flat=True))
    make.make_suggestion(make.make_cluster())
    make.make_suggestion(make.make_cluster()).reject(editor, "Non.")
    make.make_cluster(publication="draft")
    make.make_picture(credit="")
    cache.clear()


def counted(client, href):
    """How many rows the list behind a link has."""
    response = client.get(href)
    assert response.status_code == 200, href
    if "cl" in response.context:
        return response.context["cl"].result_count
    return response.context["page"].paginator.count


def full_desk(client, role):
    """The front page of somebody in the client, on a day on which all of it happens."""
    user = make.make_user(role)
    client.force_login(user)
    day_of(user)
    return desk_of(user)


# -- Every number leads to exactly what it counts --------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_each_number_leads_to_a_list_of_as_many(client, role):
    desk = full_desk(client, role)
    found = {one.label: (one.number, counted(client, one.href)) for one in (*desk.tasks, *desk.upkeep)}
    assert {label: number for label, (number, _rows) in found.items()} == {
        label: rows for label, (_number, rows) in found.items()
    }
    expected = {"author": 4, "editor": 12, "moderator": 1, "admin": 13}
    assert len(found) == expected[role], found


@pytest.mark.parametrize("role", ROLES)
def test_each_list_is_the_beginning_of_the_one_that_it_leads_to(client, role):
    desk = full_desk(client, role)
    asked = 0
    for one in (*desk.waiting, *desk.going):
        shown = {row.href for row in one.rows}
        assert shown, one.title
        table = "/".join(next(iter(shown)).split("/")[:4])
        every = {f"{table}/{row.pk}/change/" for row in client.get(one.more).context["cl"].queryset}
        assert shown <= every, one.title
        assert len(shown) == min(len(every), ROWS) or one.title == "Ce qui vient", one.title
        for row in one.rows:
            for words, href in row.links:
                assert int(words.split()[0]) == counted(client, href)
                asked += 1
    assert bool(asked) is (role != "author"), "authors read no comments in the admin"


# -- Who is told what ------------------------------------------------------------------------------------------------


def test_an_editors_day():
    editor = make.make_user("editor")
    mine = make.make_draft(created_by=editor)
    make.make_draft(title="D’un autre", created_by=make.make_user("author"))
    review, coming, out = (
        make.make_article(state="in_review", published_at=None),
        make.make_scheduled(),
        make.make_article(),
    )
    make.make_cluster()
    make.make_picture(credit="")
    comment(out)
    cache.clear()
    assert numbers(editor) == {
        "brouillon à finir": 1, "texte à relire": 1, "fiche publiée à soigner": 1, "image sans texte ou sans crédit": 1,
    }  # fmt: skip
    assert lists(editor) == {
        "Mes brouillons": [mine.title], "À relire": [review.title], "Ce qui vient": [coming.title], "Parus dernièrement": [out.title],
    }  # fmt: skip


def test_an_authors_day_holds_nobody_elses_work():
    author, other, now = make.make_user("author"), make.make_user("author"), timezone.now()
    mine = make.make_draft(created_by=author)
    make.make_draft(created_by=other)
    make.make_article(state="in_review", published_at=None, created_by=other)
    make.make_scheduled(created_by=other)
    out = with_copy(make.make_article(created_by=other, ends_at=now + DAY), copy_in_review=True)
    Remark.objects.create(article=mine, by=author, body="Note à moi")
    Remark.objects.create(article=out, by=other, to=author, body="Un article qui n’est pas à elle")
    assert numbers(author) == {"brouillon à finir": 1}
    assert lists(author) == {
        "Mes brouillons": [mine.title],
        "En relecture": [],
        "Ce qui vient": [],
        "Parus dernièrement": [out.title],
    }


def test_a_moderators_day_is_the_comments_with_the_age_of_the_oldest():
    moderator = make.make_user("moderator")
    article = make.make_article()
    for days in (0, 3, 1):
        comment(article, body=f"Il y a {days}", created_at=timezone.now() - dt.timedelta(days=days, minutes=5))
    comment(article, state="published")
    desk = desk_of(moderator)
    (one,) = desk.tasks
    assert (one.number, one.label) == (3, "commentaires à lire")
    assert one.note == "le plus ancien attend depuis 3 jours"
    assert desk.actions == desk.upkeep == []
    assert lists(moderator)["Commentaires à lire"] == ["Il y a 3", "Il y a 1", "Il y a 0"]
    assert set(lists(moderator)) == {"Commentaires à lire", "Parus dernièrement"}


def test_what_is_late_or_refused_stands_first_and_says_since_when():
    editor, today = make.make_user("editor"), timezone.localdate()
    make.make_draft(created_by=editor)
    make.make_article(state="ready", published_at=None, due_on=today)
    make.make_draft(assigned_to=editor, due_on=dt.date(2020, 3, 1))
    make.make_article(assigned_to=editor, due_on=today - DAY)
    aged(make.make_article(), copy_refused="L’adresse est prise.")
    tasks = desk_of(editor).tasks
    assert [one.is_urgent for one in tasks] == [True, True, False, False, False]
    assert [one.label for one in tasks[:2]] == ["article en retard", "modification programmée refusée"]
    assert tasks[0].note == "le premier était à rendre le 1er mars 2020"
    author = make.make_user("author")
    assert numbers(author) == {}, "another's is not hers to be late with"
    make.make_draft(created_by=author, due_on=today - DAY)
    assert numbers(author)["article en retard"] == 1


def test_what_waits_for_review_says_for_how_long_and_whose_it_is():
    editor, now = make.make_user("editor"), timezone.now()
    old = make.make_article(state="in_review", published_at=None, authors=[make.make_author(name="Rim")])
    aged(old, modified_at=now - dt.timedelta(days=5, hours=1))
    copy = with_copy(make.make_article(), copy_in_review=True)
    assert task(editor, "textes à relire").note == "le plus ancien n’a pas changé depuis 5 jours"
    first, second = desk_of(editor).waiting[0].rows
    assert (first.title, first.age, first.said) == (old.title, "modifié il y a 5 jours", ["Rim"])
    assert (second.title, second.badge) == (copy.title, ("in_review", "Copie de travail"))


def test_remarks_wait_for_those_to_whom_they_are_said():
    author, editor, boss = make.make_user("author"), make.make_user("editor"), make.make_user("editor")
    article = make.make_draft(created_by=author)
    label = "article où une remarque vous attend"
    to_all = Remark.objects.create(article=article, by=editor, body="Le chiffre ?", created_at=timezone.now() - 3 * DAY)
    assert numbers(author)[label] == 1
    assert task(author, label).note == "la plus ancienne attend depuis 3 jours"
    assert label not in numbers(editor), "she said it herself"
    assert label not in numbers(boss), "said to whose article it is"
    Remark.objects.create(article=article, by=author, to=boss, body="Lequel ?")
    assert numbers(boss)[label] == 1
    Remark.objects.filter(pk=to_all.pk).settle(author)
    assert label not in numbers(author)
    boss.groups.clear()
    assert not Remark.objects.waiting_for(User.objects.get(pk=boss.pk)), "a role that is gone reads nothing"


def test_links_that_lead_nowhere_are_counted_where_readers_see_them():
    editor = make.make_user("editor")
    make.make_draft(body=LOST)
    assert numbers(editor) == {}
    make.make_article(body=LOST)
    assert numbers(editor) == {"lien à réparer dans ce qui est paru": 1}


# -- What happens next, what went out --------------------------------------------------------------------------------


def test_what_happens_by_itself_is_told_in_the_order_of_its_time():
    editor, now = make.make_user("editor"), timezone.now()
    brief = make.make_article(title="Bref", published_at=now + 2 * DAY, ends_at=now + 4 * DAY)
    changing = with_copy(make.make_article(title="Changé"), copy_due=1, copy_due_at=now + 3 * DAY, copy_due_by=editor)
    make.make_article(title="Fini", ends_at=now - dt.timedelta(seconds=1), published_at=now - DAY)
    make.make_draft(title="Daté", published_at=now + DAY)
    (coming, _out) = desk_of(editor).going
    assert [(row.title, str(row.badge[1])) for row in coming.rows] == [
        ("Bref", "Paraît"),
        ("Changé", "Modifications"),
        ("Bref", "Quitte le site"),
    ]
    assert [row.at for row in coming.rows] == [now + 2 * DAY, now + 3 * DAY, now + 4 * DAY]
    assert set(Article.objects.coming(now)) == {brief, changing}
    assert tuple(EVENTS) == COMING


def test_what_went_out_says_what_has_come_of_it():
    editor, now = make.make_user("editor"), timezone.now()
    article = make.make_article()
    for n in range(2):
        Correction.objects.create(article=article, nature=f"Un chiffre {n}", corrected_at=now)
    for state in ("published", "published", "pending"):
        comment(article, state=state)
    Comment.objects.recount([article.pk])
    (row,) = desk_of(editor).going[1].rows
    assert row.said == ["2 corrections"]
    assert [words for words, _href in row.links] == ["2 commentaires"]


# -- The page --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_an_empty_newsroom_says_where_to_begin(client, role):
    cache.clear()
    client.force_login(make.make_user(role))
    response = client.get("/admin/")
    steps = response.context["desk"].first_steps
    assert "Tout commence ici" in response.content.decode()
    assert len(steps) == {"author": 1, "editor": 2, "moderator": 0, "admin": 3}[role]
    for _label, href in steps:
        assert client.get(href).status_code == 200, href
    make.make_article()
    assert "Tout commence ici" not in client.get("/admin/").content.decode()


def test_staff_without_a_role_are_told_what_to_do(client):
    client.force_login(User.objects.create_user("nobody", password=make.PASSWORD, is_staff=True))
    assert "demandez un rôle" in client.get("/admin/").content.decode()


def test_what_is_to_be_done_comes_before_what_is_looked_at(client):
    """In the order of the page, which is that of the keyboard."""
    user = make.make_user("admin")
    client.force_login(user)
    day_of(user)
    headings = re.findall(r"<h2[^>]*>([^<]+)</h2>", client.get("/admin/").content.decode())
    assert headings == [
        "Ce qui vous attend", "Commentaires à lire", "À relire", "Mes brouillons", "Ce qui vient", "Parus dernièrement", "Tout le contenu",
    ]  # fmt: skip


QUERIES = 20
"""Five of them find out who it is and whether a change is due; the desk asks one for each list and each table that it counts.

Sixteen before remarks, broken links, and the comments and the authors of the lists stood on it.
"""


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("size", [0, 1, 6])
def test_the_day_takes_twenty_queries_at_most(client, role, size):
    user = make.make_user(role)
    for _n in range(size):
        day_of(user)
    client.force_login(user)
    client.get("/admin/")  # the first of a day keeps house besides
    cache.delete(f"care:{timezone.localdate()}")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/admin/").status_code == 200
    assert len(queries) <= QUERIES, [query["sql"][:90] for query in queries]


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (dt.timedelta(minutes=20), "moins d’une heure"),
        (dt.timedelta(hours=1), "1 heure"),
        (dt.timedelta(hours=30), "30 heures"),
        (dt.timedelta(days=9), "9 jours"),
    ],
)
def test_ages_are_said_in_words(age, words):
    assert age_in_words(age) == words
