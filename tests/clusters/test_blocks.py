"""Two people's changes to one text: merged by block, and nothing of either is lost."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.blocks import merge, place_of, split, spots, where, without
from clusters.markup import sanitise

BASE = (
    "<p>Un cluster au nord.</p>\n<p>Un cluster au sud.</p>\n<h2>Les membres</h2>\n<p>Vingt entreprises adhérentes.</p>"
)
KINDS = ("<p>{}</p>", "<h2>{}</h2>", "<ul><li>{}</li></ul>", "<blockquote><p>{}</p></blockquote>", "<table><tr><td>{}</td></tr></table>")  # fmt: skip

words = st.text("abcdeé", min_size=1, max_size=4)
phrases = st.lists(words, min_size=1, max_size=5).map(" ".join)
made_blocks = st.tuples(st.sampled_from(KINDS), phrases).map(lambda made: made[0].format(made[1]))
bodies = st.lists(made_blocks | st.just("<hr>"), max_size=7).map("\n".join).map(sanitise)


def keys(source):
    return [block.key for block in split(source)]


def changed(*pairs, of=BASE):
    for old, new in pairs:
        assert old in of
        of = of.replace(old, new)
    return of


# -- Splitting -------------------------------------------------------------------------------------------------------


def test_every_sort_of_block_stands_alone():
    parts = [
        "<p>Un <strong>mot</strong><br>deux</p>", "<h2>Titre</h2>", "<ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul>", "<hr>",
        "<table><tbody><tr><th>a</th><td><p>b</p></td></tr></tbody></table>", "<blockquote><p>c</p><p>d</p></blockquote>",
        '<figure data-picture="1"><figcaption></figcaption></figure>',
    ]  # fmt: skip
    assert [block.html for block in split("".join(parts))] == parts
    assert [block.html for block in split("\n".join(parts))] == parts


def test_words_in_no_block_are_a_paragraph():
    assert [block.html for block in split("avant <em>le</em> mot<p>un</p>\n<br>après")] == [
        "<p>avant <em>le</em> mot</p>", "<p>un</p>", "<p><br>après</p>",
    ]  # fmt: skip
    assert split("") == split(" \n") == []


def test_a_block_is_the_same_as_a_browser_writes_it_out():
    stored = "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<table>\n<tr><td>c</td></tr></table>"
    written = '<ul><li><p>a</p></li><li><p>b</p></li></ul><table><tbody><tr><td rowspan="1" colspan="1"><p>c</p></td></tr></tbody></table>'
    assert keys(stored) == keys(written)
    assert keys("<p>a\u202f;</p>") != keys("<p>a ;</p>")


@given(bodies)
def test_a_text_is_made_of_its_blocks(body):
    assert "".join(f"{one.html}{one.tail}" for one in split(body)).strip() == body.strip()


# -- Merging: one example of each sort -------------------------------------------------------------------------------


def test_different_blocks():
    mine, theirs = changed(("au nord", "du nord")), changed(("Vingt", "Trente"))
    merged = merge(BASE, mine, theirs)
    assert merged.clashes == []
    assert merged.html == changed(("au nord", "du nord"), ("Vingt", "Trente"))


def test_blocks_beside_each_other():
    merged = merge(BASE, changed(("au nord", "du nord")), changed(("au sud", "du sud")))
    assert (merged.clashes, merged.html) == ([], changed(("au nord", "du nord"), ("au sud", "du sud")))


def test_the_same_block_holds_both_with_the_other_merged():
    mine = changed(("au sud", "du grand sud"), ("Vingt", "Trente"))
    merged = merge(BASE, mine, changed(("au sud", "de Tanger"), ("au nord", "du nord")))
    ((place, own, other),) = [(one.place, one.mine.html, one.theirs.html) for one in merged.clashes]
    assert (place, own, other) == ("2e paragraphe", "<p>Un cluster du grand sud.</p>", "<p>Un cluster de Tanger.</p>")
    assert [one.html for one in split(merged.html)] == [
        "<p>Un cluster du nord.</p>", other, own, "<h2>Les membres</h2>", "<p>Trente entreprises adhérentes.</p>",
    ]  # fmt: skip


def test_a_block_wholly_rewritten_by_both_is_the_same_block():
    merged = merge("<p>Avant.</p>\n<p>Suite.</p>", "<p>Le mien.</p>", "<p>Le sien.</p>")
    assert [(one.mine.text, one.theirs.text) for one in merged.clashes] == [("Le mien.", "Le sien.")]


@pytest.mark.parametrize("is_mine", [True, False])
def test_what_one_deleted_and_the_other_changed_is_there_and_told(is_mine):
    gone, other = changed(("<p>Un cluster au sud.</p>\n", "")), changed(("au sud", "du sud"))
    (clash,) = (found := merge(BASE, *((gone, other) if is_mine else (other, gone)))).clashes
    assert (clash.mine is None, clash.theirs is None) == (is_mine, not is_mine)
    assert found.html == other


def test_what_one_deleted_and_the_other_left_is_gone():
    gone = changed(("<p>Un cluster au sud.</p>\n", ""))
    assert merge(BASE, gone, changed(("au nord", "du nord"))).html == gone.replace("au nord", "du nord")


def test_what_both_put_in_the_same_place_is_there_theirs_first():
    mine, theirs = (changed(("<h2>", f"<p>{new}</p>\n<h2>")) for new in ("Le mien.", "Le sien."))
    merged = merge(BASE, mine, theirs)
    assert (merged.clashes, merged.html) == ([], changed(("<h2>", "<p>Le sien.</p>\n<p>Le mien.</p>\n<h2>")))


def test_what_both_put_alike_is_there_once():
    both = changed(("<h2>", "<p>Le même.</p>\n<h2>"))
    merged = merge(BASE, f"{both}\n<p>Fin.</p>", f"<p>Début.</p>\n{both}")
    assert keys(merged.html) == ["<p>Début.</p>", *keys(both), "<p>Fin.</p>"]


def test_a_block_moved_by_one_and_changed_by_the_other_is_told():
    mine = changed(("<p>Un cluster au nord.</p>\n", "")) + "\n<p>Un cluster au nord.</p>"
    merged = merge(BASE, mine, changed(("au nord", "du nord")))
    assert [(one.mine, one.theirs.text) for one in merged.clashes] == [(None, "Un cluster du nord.")]
    assert {"<p>Un cluster du nord.</p>", "<p>Un cluster au nord.</p>"} <= set(keys(merged.html))


def test_a_move_beside_a_change_elsewhere():
    mine = changed(("<p>Un cluster au nord.</p>\n", "")) + "\n<p>Un cluster au nord.</p>"
    merged = merge(BASE, mine, changed(("Vingt", "Trente")))
    assert merged.clashes == []
    assert keys(merged.html) == keys(mine.replace("Vingt", "Trente"))


def test_nothing_is_left():
    assert merge(BASE, "", BASE).html == ""
    assert len(merge(BASE, "", changed(("Vingt", "Trente"))).clashes) == 1


# -- Merging: whatever they write ------------------------------------------------------------------------------------


@given(bodies, bodies)
def test_what_only_one_changed_is_theirs(base, other):
    assert merge(base, other, base) == merge(base, base, other) == merge(base, other, other)
    assert merge(base, other, base).html == other
    assert merge(base, other, base).clashes == []


@given(bodies, bodies, bodies)
@settings(max_examples=300)
def test_nothing_of_either_is_lost_and_nobody_is_asked_for_nothing(base, mine, theirs):
    merged = merge(base, mine, theirs)
    there, before = keys(merged.html), set(keys(base))
    for block in {*keys(mine), *keys(theirs)} - before:
        assert block in there
    for clash in merged.clashes:
        assert [one.key for one in (clash.mine, clash.theirs) if one and one.key not in there] == []
    for block in before & set(keys(mine)) & set(keys(theirs)):
        counts = [source.count(block) for source in (keys(base), keys(mine), keys(theirs), there)]
        assert len(set(counts[:3])) > 1 or counts[3] >= 1
    assert sanitise(merged.html) == merged.html
    assert merge(mine, merged.html, mine).html == merged.html


@given(bodies, bodies, bodies)
def test_whichever_saves_first_they_clash_at_the_same_places(base, mine, theirs):
    one, other = merge(base, mine, theirs), merge(base, theirs, mine)
    assert [(clash.mine, clash.theirs) for clash in one.clashes] == [
        (clash.theirs, clash.mine) for clash in other.clashes
    ]
    assert set(keys(one.html)) == set(keys(other.html))


PARAGRAPHS = [f"Le {number}e paragraphe parle de {word}." for number, word in enumerate(
    ("Rabat", "Tanger", "Oujda", "Agadir", "Fès", "Settat", "Nador", "Safi"), 1)]  # fmt: skip
edits = st.lists(st.sampled_from(["none", "mine changes", "theirs changes", "mine deletes", "theirs deletes", "mine adds", "theirs adds"]),
                 min_size=8, max_size=8)  # fmt: skip


@given(edits)
@settings(max_examples=300)
def test_changes_of_different_blocks_come_together_in_either_order(plan):
    def made_by(*who):
        written = []
        for (place, said), edit in zip(enumerate(PARAGRAPHS), plan, strict=True):
            actor, _space, act = edit.partition(" ")
            new = f"<p>Ajout de {actor} au rang {place}, en toutes lettres.</p>"
            done = act if actor in who else ""
            written += [] if done == "deletes" else [f"<p>{said}{' Corrigé.' if done == 'changes' else ''}</p>"]
            written += [new] if done == "adds" else []
        return "\n".join(written)

    base, mine, theirs = made_by(), made_by("mine"), made_by("theirs")
    # A new paragraph in the place of one that is gone is read as what became of it: then both may have changed that one.
    beside = any(
        {"deletes", "adds"} <= {one.partition(" ")[2], two.partition(" ")[2]} for one, two in itertools.pairwise(plan)
    )
    merged = merge(base, mine, theirs)
    assert merged.clashes == []
    assert sorted(keys(merged.html)) == sorted(keys(made_by("mine", "theirs")))
    assert sorted(keys(merge(base, theirs, mine).html)) == sorted(keys(merged.html))
    if not beside:
        assert keys(merged.html) == keys(merge(base, theirs, mine).html) == keys(made_by("mine", "theirs"))


def test_a_text_of_a_thousand_blocks_is_merged_at_once():
    base = [f"<p>Paragraphe {number} de la même longueur que les autres.</p>" for number in range(1000)]
    mine, theirs = list(base), list(base)
    mine[10], theirs[900] = "<p>Le mien.</p>", "<p>Le sien.</p>"
    merged = merge("\n".join(base), "\n".join(mine), "\n".join(theirs))
    assert merged.clashes == []
    assert [split(merged.html)[place].text for place in (10, 900)] == ["Le mien.", "Le sien."]


# -- What a person is told -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (changed(("au sud", "du sud")), "2e paragraphe"),
        (changed(("Les membres", "Ses membres"), ("au nord", "du nord")), "1er paragraphe, 1er intertitre"),
        (changed(("<h2>", "<ul><li>a</li></ul><h2>")), "1re liste"),
        (changed(("<p>Un cluster au nord.</p>\n", "")), "1er paragraphe supprimé"),
        ("<p>Un</p><p>Deux</p><p>Trois</p><p>Quatre</p>", "4 passages"),
        (BASE, ""),
    ],
)
def test_where_a_text_changed(new, told):
    assert where(BASE, new) == told


def test_a_block_is_known_by_its_mark():
    second = split(BASE)[1]
    assert place_of(split(BASE), second.mark) == "2e paragraphe"
    assert place_of(split(BASE), "0") == ""
    twice = BASE.replace("nord", "sud")
    assert place_of(split(twice), second.mark, 1) == "2e paragraphe"
    assert place_of(split(twice), second.mark, 2) == ""
    assert without(BASE, [1, None]) == changed(("<p>Un cluster au sud.</p>\n", ""))


def test_two_clashes_of_the_same_blocks_are_told_apart():
    base = "<p>Un.</p>\n<p>X.</p>\n<p>Deux.</p>\n<p>X.</p>"
    merged = merge(base, base.replace("X", "Moi"), base.replace("X", "Elle"))
    assert [one.place for one in merged.clashes] == ["2e paragraphe", "4e paragraphe"]
    assert len({one.name for one in merged.clashes}) == 2
    assert [one.at for one in merged.clashes] == [(1, 2), (4, 5)]
    assert [(one.among, one.total) for one in merged.clashes] == [(0, 2), (1, 2)]


def test_where_both_blocks_of_a_clash_stand():
    blocks = split("<p>Moi.</p><p>Elle.</p><p>Moi.</p><p>Fin.</p>")
    mine, theirs = blocks[0].mark, blocks[1].mark
    assert spots(blocks, mine, theirs) == [(1, 2)], "the first of mine is no part of it"
    assert spots(blocks, mine, "") == [(None, 0), (None, 2)]
    assert spots(blocks, "", theirs) == [(1, None)]
    assert spots(split("<p>Moi.</p><p>Fin.</p><p>Elle.</p>"), mine, theirs) == [(2, 0)], "moved away from each other"
    assert spots(split("<p>Elle.</p>"), mine, theirs) == []
