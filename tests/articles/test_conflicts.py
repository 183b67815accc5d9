"""Two people with one article open: its text and its lines are merged as a cluster's are, and hide what they must."""

import pytest

from articles.models import Article
from clusters import history
from clusters.blocks import split
from clusters.history import Act
from tests import factories as make
from tests.clusters.test_conflicts import again, contested, desk, mine, opened, save, send, theirs, told
from tests.house.test_history import sent_by, typed

pytestmark = pytest.mark.django_db
__all__ = ["desk", "mine", "theirs"]


@pytest.fixture
def article(editor):
    article = make.make_draft(title="Titre", body="<p>Avant.</p>\n<p>Suite.</p>", sources=[make.make_source()])
    history.keep(article, by=editor, act=Act.CREATED)
    return article


def row(sent, kind, pk):
    (key,) = [
        key for key, value in sent.items() if key.startswith(f"{kind}-") and key.endswith("-id") and str(value) == str(pk)
    ]  # fmt: skip
    return key.removesuffix("id")


def test_the_text_and_the_title_are_merged(article, mine, theirs):
    sent = opened(mine, article)
    save(theirs, article, opened(theirs, article) | {"body": "<p>Après.</p>", "tags": [make.make_tag().pk]})
    response = save(mine, article, sent | {"title": "Autre titre"})
    assert any("Enregistré entre-temps par Elissa Marzouk" in one and "texte" in one for one in told(mine, response))
    article.refresh_from_db()
    assert (article.title, article.body, article.tags.count()) == ("Autre titre", "<p>Après.</p>", 1)


def test_the_same_text_is_chosen_side_by_side(article, mine, theirs):
    sent = opened(mine, article)
    save(theirs, article, opened(theirs, article) | {"body": "<p>Le sien.</p>", "standfirst": "Chapô."})
    response = send(mine, article, sent | {"body": "<p>Le mien.</p>"})
    ((label, own, stored),) = contested(response)
    assert (label, own, stored) == ("Texte, 1er paragraphe", "Le mien.", "Le sien.")
    save(mine, article, again(response))
    article.refresh_from_db()
    assert (article.body, article.standfirst) == ("<p>Le mien.</p>", "Chapô.")


BODY = "<p>Un cluster au nord.</p>\n<p>Un cluster au sud.</p>\n<p>Vingt entreprises adhérentes.</p>"


@pytest.fixture
def long(editor):
    article = make.make_draft(title="Titre", body=BODY)
    history.keep(article, by=editor, act=Act.CREATED)
    return article


def body(article):
    article.refresh_from_db()
    return [one.text for one in split(article.body)]


def clash(article, mine, theirs):
    """Both change the second paragraph, and each another one: the page that asks."""
    sent = opened(mine, article)
    save(
        theirs,
        article,
        opened(theirs, article) | {"body": BODY.replace("au sud", "de Tanger").replace("Vingt", "Trente")},
    )
    return send(mine, article, sent | {"body": BODY.replace("au sud", "d’Agadir").replace("au nord", "du nord")})


def take(response, choice, **values):
    """What the page of a conflict sends once something is chosen of each that it asks."""
    asked = response.context["adminform"].form.conflict.contested
    new = {}  # lines that are not on record, which stand in the form as well
    for inline in response.context["inline_admin_formsets"]:
        forms = inline.formset.forms
        new |= {key: value for form in forms for key, value in typed(form).items() if value is not None}
        new[f"{inline.formset.prefix}-TOTAL_FORMS"] = len(forms)
    return sent_by(response) | new | {one.choice: choice for one in asked} | values


def test_different_blocks_of_a_text_are_merged_and_told(long, mine, theirs):
    sent = opened(mine, long)
    save(theirs, long, opened(theirs, long) | {"body": BODY.replace("Vingt", "Trente")})
    response = save(mine, long, sent | {"body": BODY.replace("au nord", "du nord")})
    assert "Enregistré entre-temps par Elissa Marzouk : texte (3e paragraphe)." in told(mine, response)
    assert body(long) == ["Un cluster du nord.", "Un cluster au sud.", "Trente entreprises adhérentes."]


def test_the_same_block_is_asked_and_the_others_are_merged(long, mine, theirs):
    response = clash(long, mine, theirs)
    assert contested(response) == [("Texte, 2e paragraphe", "Un cluster d’Agadir.", "Un cluster de Tanger.")]
    assert [one.text for one in split(sent_by(response)["body"])] == [
        "Un cluster du nord.", "Un cluster de Tanger.", "Un cluster d’Agadir.", "Trente entreprises adhérentes.",
    ]  # fmt: skip
    page = response.content.decode()
    assert "<mark>d’Agadir.</mark>" in page
    assert "<mark>de Tanger.</mark>" in page
    assert body(long)[1] == "Un cluster de Tanger."


@pytest.mark.parametrize(
    ("choice", "stays"),
    [
        ("mine", ["Un cluster d’Agadir."]),
        ("theirs", ["Un cluster de Tanger."]),
        ("both", ["Un cluster de Tanger.", "Un cluster d’Agadir."]),
    ],
)
def test_a_block_is_chosen(choice, stays, long, mine, theirs):
    save(mine, long, take(clash(long, mine, theirs), choice))
    assert body(long) == ["Un cluster du nord.", *stays, "Trente entreprises adhérentes."]


TWICE = "<p>Un.</p>\n<p>Chiffre à vérifier.</p>\n<p>Deux.</p>\n<p>Chiffre à vérifier.</p>\n<p>Trois.</p>"


@pytest.fixture
def asked_twice(long, mine, theirs):
    """Both change the same sentence, which stands in two places, to the same two others."""
    save(mine, long, opened(mine, long) | {"body": TWICE})
    sent = opened(mine, long)
    save(theirs, long, opened(theirs, long) | {"body": TWICE.replace("à vérifier", "vérifié")})
    return send(mine, long, sent | {"body": TWICE.replace("à vérifier", "faux")})


def test_two_clashes_that_are_the_same_are_each_asked(asked_twice, long, mine):
    assert [label for label, _own, _other in contested(asked_twice)] == ["Texte, 2e paragraphe", "Texte, 4e paragraphe"]
    first, second = asked_twice.context["adminform"].form.conflict.contested
    assert first.choice != second.choice
    save(mine, long, take(asked_twice, "") | {first.choice: "theirs", second.choice: "mine"})
    assert body(long) == ["Un.", "Chiffre vérifié.", "Deux.", "Chiffre faux.", "Trois."]


def test_one_of_two_that_are_the_same_is_asked_again_until_it_is_chosen(asked_twice, long, mine):
    first, _second = asked_twice.context["adminform"].form.conflict.contested
    response = send(mine, long, take(asked_twice, "") | {first.choice: "theirs"})
    ((label, own, other),) = contested(response)
    assert (label, own, other) == ("Texte, 4e paragraphe", "Chiffre faux.", "Chiffre vérifié.")
    (left,) = response.context["adminform"].form.conflict.contested
    save(mine, long, sent_by(response) | {left.choice: "both"})
    assert body(long) == ["Un.", "Chiffre vérifié.", "Deux.", "Chiffre vérifié.", "Chiffre faux.", "Trois."]


def test_of_two_that_are_the_same_one_made_one_by_hand_leaves_the_other_to_be_asked(asked_twice, long, mine):
    sent = take(asked_twice, "mine")
    texts = sent["body"].split("\n")
    by_hand = "\n".join([texts[0], "<p>Chiffre vérifié, et faux.</p>", *texts[3:]])
    response = send(mine, long, sent | {"body": by_hand})
    ((label, _own, _other),) = contested(response)
    assert label == "Texte, 4e paragraphe"
    (left,) = response.context["adminform"].form.conflict.contested
    save(mine, long, sent_by(response) | {left.choice: "mine"})
    assert body(long) == ["Un.", "Chiffre vérifié, et faux.", "Deux.", "Chiffre faux.", "Trois."]


def test_my_text_replaces_the_stored_one_where_nothing_is_chosen(long, mine, theirs):
    save(mine, long, again(clash(long, mine, theirs)))
    assert body(long) == ["Un cluster du nord.", "Un cluster d’Agadir.", "Trente entreprises adhérentes."]


def test_two_blocks_that_were_made_one_by_hand_are_chosen(long, mine, theirs):
    response = clash(long, mine, theirs)
    sent = sent_by(response)
    assert len(contested(send(mine, long, sent))) == 1, "asked until it is chosen"
    made = sent["body"].replace("<p>Un cluster de Tanger.</p>", "").replace("d’Agadir", "de Tanger et d’Agadir")
    save(mine, long, sent | {"body": made})
    assert body(long)[1:2] == ["Un cluster de Tanger et d’Agadir."]


@pytest.mark.parametrize(("choice", "number"), [("mine", 2), ("theirs", 3)])
def test_a_block_that_one_deleted_and_the_other_changed_is_chosen(choice, number, long, mine, theirs):
    sent = opened(mine, long)
    save(theirs, long, opened(theirs, long) | {"body": BODY.replace("au sud", "de Tanger")})
    response = send(mine, long, sent | {"body": BODY.replace("<p>Un cluster au sud.</p>\n", "")})
    assert contested(response) == [("Texte, 2e paragraphe", "passage supprimé", "Un cluster de Tanger.")]
    save(mine, long, take(response, choice))
    assert len(body(long)) == number


def test_a_third_who_saves_meanwhile_is_merged_into_what_is_asked(long, mine, theirs, desk):
    response, third = clash(long, mine, theirs), desk()
    current = opened(third, long)
    save(third, long, current | {"body": current["body"].replace("Trente", "Quarante")})
    response = send(mine, long, take(response, "mine"))
    assert [label for label, _own, _other in contested(response)] == ["Texte, 2e paragraphe"], "of what is stored now"
    save(mine, long, take(response, "mine"))
    assert body(long) == ["Un cluster du nord.", "Un cluster d’Agadir.", "Quarante entreprises adhérentes."]


def test_only_the_looks_of_a_block_differ(long, mine, theirs):
    sent = opened(mine, long)
    save(theirs, long, opened(theirs, long) | {"body": BODY.replace("sud", "<strong>sud</strong>")})
    response = send(mine, long, sent | {"body": BODY.replace("sud", "<em>sud</em>")})
    assert len(contested(response)) == 1
    assert "mise en forme" in response.content.decode()


@pytest.mark.parametrize(("choice", "title"), [("mine", "Le mien"), ("theirs", "Le sien")])
def test_a_field_is_chosen(choice, title, long, mine, theirs):
    sent = opened(mine, long)
    save(theirs, long, opened(theirs, long) | {"title": "Le sien"})
    save(mine, long, take(send(mine, long, sent | {"title": "Le mien"}), choice))
    assert Article.objects.get(pk=long.pk).title == title


@pytest.mark.parametrize(("choice", "note"), [("mine", "p. 2"), ("theirs", "p. 1")])
def test_a_line_is_chosen(choice, note, article, mine, theirs):
    citation = article.citations.get()
    sent, other = opened(mine, article), opened(theirs, article)
    save(theirs, article, other | {f"{row(other, 'citations', citation.pk)}note": "p. 1"})
    response = send(mine, article, sent | {f"{row(sent, 'citations', citation.pk)}note": "p. 2"})
    save(mine, article, take(response, choice))
    assert article.citations.get().note == note


@pytest.mark.parametrize(("choice", "number"), [("mine", 1), ("theirs", 0)])
def test_a_line_that_the_other_deleted_is_chosen(choice, number, article, mine, theirs):
    citation = article.citations.get()
    sent, other = opened(mine, article), opened(theirs, article)
    save(theirs, article, other | {f"{row(other, 'citations', citation.pk)}DELETE": "on"})
    response = send(mine, article, sent | {f"{row(sent, 'citations', citation.pk)}note": "p. 2"})
    save(mine, article, take(response, choice))
    assert article.citations.count() == number


@pytest.mark.parametrize("choice", ["", "x", "mine", "both"])
def test_a_choice_that_was_not_asked_changes_nothing(choice, long, mine):
    sent = opened(mine, long)
    save(
        mine,
        long,
        sent | {"take-title": choice, "take-body:x:y": choice, "contested": "body:x:y body:", "title": "Un autre"},
    )
    assert Article.objects.get(pk=long.pk).title == "Un autre"
    assert body(long) == [one.text for one in split(BODY)]


def test_what_is_chosen_of_several_is_one_choice(article, mine, theirs):
    first, second = make.make_tag(), make.make_tag()
    sent = opened(mine, article)
    save(theirs, article, opened(theirs, article) | {"tags": [first.pk]})
    response = send(mine, article, sent | {"tags": [second.pk]})
    assert contested(response) == [("Mots-dièse", str(second), str(first))]
    save(mine, article, again(response))
    assert list(article.tags.all()) == [second]


def test_signatures_and_sources_are_merged(article, mine, theirs):
    citation, other_source = article.citations.get(), make.make_source()
    sent, other = opened(mine, article), opened(theirs, article)
    save(theirs, article, other | {f"{row(other, 'citations', citation.pk)}note": "p. 12"})
    place = f"bylines-{sent['bylines-TOTAL_FORMS']}-"
    added = {
        "bylines-TOTAL_FORMS": int(sent["bylines-TOTAL_FORMS"]) + 1, f"{place}article": article.pk,
        f"{place}author": make.make_author().pk, f"{place}position": 9,
    }  # fmt: skip
    save(mine, article, sent | added)
    citation.refresh_from_db()
    assert (citation.note, article.bylines.count()) == ("p. 12", int(added["bylines-TOTAL_FORMS"]))
    sent, other = opened(mine, article), opened(theirs, article)
    save(theirs, article, other | {f"{row(other, 'citations', citation.pk)}source": other_source.pk})
    response = send(mine, article, sent | {f"{row(sent, 'citations', citation.pk)}note": "p. 13"})
    ((_label, own, stored),) = contested(response)
    assert "p. 13" in own
    assert str(other_source) in stored


def test_a_publication_meanwhile_is_told(article, mine, theirs):
    make.make_author()
    sent = opened(mine, article)
    assert send(theirs, article, opened(theirs, article) | {"_state": "publish"}).status_code == 302
    response = save(mine, article, sent | {"title": "Autre titre"})
    assert any("état" in one and "Elissa Marzouk" in one for one in told(mine, response))
    stored = Article.objects.get(pk=article.pk)
    assert (stored.title, stored.state) == ("Titre", "published"), "what is out changes by an act of its own"
    assert opened(mine, article)["title"] == "Autre titre"
