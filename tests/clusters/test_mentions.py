"""Names of clusters that stand as plain words: which are found, which are left alone, and what they become."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clusters.markup import references, sanitise, text_of
from clusters.mentions import Name, Names, known_names, linked, unlinked
from tests.factories import make_cluster, make_name, make_source

NAMES = Names(
    [
        Name("GRP-0001", "Agadir Haliopôle", ("agadir", "haliopole")),
        Name("GRP-0001", "Agadir Haliopôle", ("Haliopole",)),
        Name("GRP-0002", "Agadir", ("Agadir",)),
        Name("GRP-0003", "CE3M", ("CE3M",)),
        Name("GRP-0004", "Pôle de l’eau", ("pole", "de", "l", "eau")),
    ]
)


def found(body):
    return [(mention.name.public_id, mention.text) for mention in unlinked(body, NAMES)]


@pytest.mark.parametrize(
    ("body", "mentions"),
    [
        ("<p>Le pôle Agadir Haliopôle.</p>", [("GRP-0001", "Agadir Haliopôle")]),
        ("<p>Le pôle AGADIR HALIOPOLE.</p>", [("GRP-0001", "AGADIR HALIOPOLE")]),
        ("<p>Agadir-haliopôle, agadir haliopôle</p>", [("GRP-0001", "Agadir-haliopôle")]),
        ("<p>À Agadir, le CE3M.</p>", [("GRP-0002", "Agadir"), ("GRP-0003", "CE3M")]),
        ("<p>le pôle de l’Eau, le Pôle de l'eau, un pôle de l’eau</p>", [("GRP-0004", "pôle de l’Eau"), ("GRP-0004", "Pôle de l'eau")]),
        ("<p>d’<em>Agadir</em></p>", [("GRP-0002", "Agadir")]),
        ("<ul><li><p>CE3M</p></li></ul><table><tbody><tr><td><p>CE3M</p></td></tr></tbody></table>", [("GRP-0003", "CE3M")] * 2),
        ("<p>R&amp;D du CE3M &lt;b&gt;</p>", [("GRP-0003", "CE3M")]),
        ("<p>agadir</p><p>ce3m</p><p>haliopôle</p>", []),  # one word alone is a name in its capitals only
        ("<p>CE3MX, XCE3M, CE3M2, Agadiri</p>", []),
        ("<p><em>X</em>CE3M</p><p>CE3M<em>s</em></p>", []),
        ("<p>Agadir <em>Haliopôle</em></p>", []),  # a reference holds no marks: what is half in one is left alone
        ("<p>Agadir. Un mot. Haliopole</p>", [("GRP-0002", "Agadir"), ("GRP-0001", "Haliopole")]),
        ('<p><a href="https://example.org/">CE3M</a></p>', []),
        ("<h2>Le CE3M</h2><h3>Agadir</h3>", []),
        ('<p><span data-note="">Voir CE3M.</span></p>', []),
        ('<p>Le <span data-cluster="GRP-0003">centre</span>, dit CE3M, à Agadir.</p>', [("GRP-0002", "Agadir")]),
        ("", []),
    ],
)  # fmt: skip
def test_what_is_a_mention(body, mentions):
    assert found(body) == mentions


def test_a_mention_is_shown_in_its_sentence():
    words = "mot " * 40
    (mention,) = unlinked(f"<p>{words}le <em>CE3M</em> et {words}</p>", NAMES)
    assert mention.before.startswith("… mot")
    assert mention.before.endswith("mot le ")
    assert mention.after.startswith(" et mot")
    assert mention.after.endswith("mot …")


def test_the_first_mention_becomes_a_reference():
    body = "<p>À Agadir, R&amp;D : le CE3M.</p><p>Le CE3M.</p>"
    once, count = linked(body, NAMES, {"GRP-0003"})
    assert once == '<p>À Agadir, R&amp;D : le <span data-cluster="GRP-0003">CE3M</span>.</p><p>Le CE3M.</p>'
    assert count == 1
    assert linked(once, NAMES, {"GRP-0003"}) == (once, 0)
    every, count = linked(body, NAMES, {"GRP-0003", "GRP-0002"}, every=True)
    assert every == (
        '<p>À <span data-cluster="GRP-0002">Agadir</span>, R&amp;D : le <span data-cluster="GRP-0003">CE3M</span>.</p>'
        '<p>Le <span data-cluster="GRP-0003">CE3M</span>.</p>'
    )
    assert count == 3


_PIECES = st.sampled_from(
    ["<p>", "</p>", "<em>", "</em>", "<h2>", "</h2>", '<a href="https://example.org/?a=1&b=>">', "</a>", "CE3M", "Agadir", "Haliopôle",
     " ", ", ", "&amp;", "&lt;", "é", "Pôle de l’eau", '<span data-cluster="GRP-0003">', "</span>", "<ul>", "<li>", "</li>", "</ul>", "<br>"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=20).map("".join), st.booleans())
def test_linking_changes_no_word_and_leaves_a_body_as_it_is_stored(source, every):
    body = sanitise(source)
    assume(sanitise(body) == body)  # what is nested beyond HTML may settle only when it is saved again
    wanted = {"GRP-0001", "GRP-0002", "GRP-0003", "GRP-0004"}
    mentioned = {mention.name.public_id for mention in unlinked(body, NAMES)}
    done, count = linked(body, NAMES, wanted, every=every)
    assert text_of(done) == text_of(body)
    assert sanitise(done) == done
    assert references(done) == references(body) | mentioned
    assert count == (len(unlinked(body, NAMES)) if every else len(mentioned))
    assert unlinked(done, NAMES) == []


# -- Which names -----------------------------------------------------------------------------------------------------


def words():
    return {(name.public_id, " ".join(name.words)) for name in known_names().names}


@pytest.mark.django_db
def test_names_are_those_of_clusters_that_anybody_may_see():
    cluster = make_cluster(name="Agadir Haliopôle", acronym="AHP")
    make_name(cluster, value="Pôle halieutique", kind="former")
    make_name(cluster, value="Nom secret", source=make_source(publication="draft"))
    make_cluster(name="Brouillon complet", publication="draft")
    survivor = make_cluster(name="Cluster solaire")
    make_cluster(name="Cluster ancien", merged_into=survivor, status="merged")
    assert words() == {
        (cluster.public_id, "agadir haliopole"),
        (cluster.public_id, "AHP"),
        (cluster.public_id, "pole halieutique"),
        (survivor.public_id, "cluster solaire"),
    }


@pytest.mark.django_db
def test_what_may_be_two_records_is_no_name():
    first = make_cluster(name="Pôle A du Nord", acronym="AMIC")
    second = make_cluster(name="Pôle B du Nord", acronym="AMIC")
    make_cluster(name="Pôle C du Nord", acronym="XYZT")
    make_cluster(name="Pôle D du Nord", acronym="XYZT", publication="draft")
    found = words()
    assert {(first.public_id, "pole a du nord"), (second.public_id, "pole b du nord")} <= found
    assert not {word for _id, word in found} & {"AMIC", "XYZT"}


@pytest.mark.django_db
def test_what_is_too_short_or_a_plain_word_is_no_name():
    make_cluster(name="Eau", acronym="EA")
    make_cluster(name="2010", acronym="")
    make_cluster(name="énergie", acronym="")
    assert words() == set()


@pytest.mark.django_db
def test_names_take_as_many_queries_for_many_clusters(django_assert_num_queries):
    for _n in range(3):
        make_name(make_cluster())
    with django_assert_num_queries(3):
        assert len(known_names().names) == 6
