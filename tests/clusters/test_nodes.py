"""The body's own nodes: stored in one form, printed as a reader needs them, and kept where nobody knows them."""

import time
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.embeds import frame_of
from clusters.markup import (
    Surroundings,
    embeds_of,
    links_of,
    pictures_of,
    references,
    render,
    sanitise,
    text_of,
)

PICTURE = SimpleNamespace(
    src="/media/a/960.webp", srcset="/media/a/480.webp 480w", width=800, height=600, alt="Un « quai »", caption="Le port.",
    credit="M. Photo", is_decorative=False, avif_srcset="", focus_classes="",
)  # fmt: skip
YOUTUBE = "https://www.youtube.com/watch?v=abcdefghijk"
EVERY = (
    '<p>Un <a data-to="article/12">article</a>, un <span data-cluster="GRP-0001">pôle</span><span data-note="">Voir '
    '<em>ceci</em> et <a href="https://exemple.org">cela</a>.</span>.</p>'
    '<figure data-picture="3"><figcaption>Le <em>quai</em></figcaption></figure>'
    '<figure data-picture="4"><figcaption></figcaption></figure>'
    '<aside data-box="quote"><p>Une phrase.</p></aside><aside data-box="note"><h3>Repère</h3><p>Un fait.</p></aside>'
    f'<figure data-embed="{YOUTUBE}"><figcaption>Un film</figcaption></figure>'
    '<table><caption>Deux ans</caption><tbody><tr><th scope="col"><p>An</p></th><th colspan="2" scope="col"><p>b</p></th></tr>'
    '<tr><th rowspan="2" scope="row"><p>c</p></th><td><p>d</p></td><td><p>e</p></td></tr></tbody></table>'
    '<div data-gallery="4 5"><p>l\'avenir</p></div><p>Et <span data-gloss="x">un mot</span>.</p>'
)


def test_a_body_of_every_node_is_stored_as_it_is():
    assert sanitise(EVERY) == EVERY


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ('<figure data-picture="3"><figcaption><p>a</p><p>b</p></figcaption></figure>', '<figure data-picture="3"><figcaption>a b</figcaption></figure>'),
        ('<figure data-picture="3">a</figure>', '<figure data-picture="3"><figcaption>a</figcaption></figure>'),
        ('<figure data-picture="3 onerror=x"><figcaption>a</figcaption></figure>', "a"),
        ('<figure data-embed="javascript:alert(1)"><figcaption>a</figcaption></figure>', "a"),
        ('<figure data-embed="http://exemple.org/"><figcaption>a</figcaption></figure>', "a"),
        ("<figure><img src=x><figcaption>a</figcaption></figure>", "a"),
        ('<p>a<span data-note="">b<span data-note="">c</span></span></p>', '<p>a<span data-note="">bc</span></p>'),
        ('<p>a<span data-note=""> </span></p>', "<p>a</p>"),
        ('<aside data-box="note"><p></p></aside><p>a</p>', "<p>a</p>"),
        ('<aside data-box="other"><p>a</p></aside>', "<p>a</p>"),
        ('<p><a data-to="article/1" href="https://exemple.org">a</a></p>', '<p><a data-to="article/1">a</a></p>'),
        ('<p><a data-to="../../x">a</a></p>', "<p><a>a</a></p>"),
        ('<p data-cluster="GRP-0001" data-future="x">a</p>', "<p>a</p>"),
        ("<table><tbody><tr><td><p>a</p></td></tr><tr><th><p>b</p></th></tr></tbody></table>", '<table><tbody><tr><td><p>a</p></td></tr><tr><th scope="row"><p>b</p></th></tr></tbody></table>'),
    ],
)  # fmt: skip
def test_nodes_are_reduced_to_their_one_form(source, left):
    assert sanitise(source) == left
    assert sanitise(left) == left


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ('<div data-gallery="1" onclick="x()" class="y"><p style="color:red">a<script>alert(1)</script></p></div>', '<div data-gallery="1"><p>a</p></div>'),
        ('<div data-gallery="javascript:alert(1)" data-b="2">a</div>', '<div data-gallery="" data-b="2">a</div>'),
        ('<p>a <span data-gloss="<img src=x onerror=y>">b</span></p>', '<p>a <span data-gloss="">b</span></p>'),
        ('<div data-gallery="1"><img src=x onerror=alert(1)><a href="javascript:x">b</a></div>', '<div data-gallery="1"><a>b</a></div>'),
    ],
)  # fmt: skip
def test_what_nobody_knows_is_kept_without_what_could_harm(source, left):
    assert sanitise(source) == left
    assert sanitise(left) == left


def test_the_words_of_what_nobody_knows_are_not_set_and_are_all_that_a_page_prints():
    body = sanitise(
        '<div data-gallery="1"><h2>l\'un</h2><p>l\'autre <a href="https://exemple.org">x</a></p></div><p>l\'eau</p>'
    )
    assert "l'un" in body
    assert "l’eau" in body
    assert render(body).html == "<p>l'un l'autre x</p><p>l’eau</p>"
    assert render('<p>Et <span data-gloss="x">un <em>mot</em></span>.</p>').html == "<p>Et un mot.</p>"
    assert render(body).headings == []


def test_what_a_text_names_can_be_counted():
    assert references(EVERY) == {"GRP-0001"}
    assert links_of(EVERY) == {("article", "12")}
    assert pictures_of(EVERY) == {3, 4}
    assert embeds_of(EVERY) == {YOUTUBE}
    assert embeds_of(sanitise('<figure data-embed="https://vimeo.com/1?a=1&amp;b=2"></figure>')) == {
        "https://vimeo.com/1?a=1&b=2"
    }


# -- On the page -----------------------------------------------------------------------------------------------------


def test_a_picture_has_its_own_caption_or_the_librarys_and_always_its_credit():
    page = render(
        '<figure data-picture="3"><figcaption>Le <em>quai</em></figcaption></figure>', Surroundings({}, {3: PICTURE})
    ).html
    assert 'alt="Un « quai »"' in page
    assert 'width="800" height="600"' in page
    assert 'srcset="/media/a/480.webp 480w"' in page
    assert 'loading="lazy"' in page
    assert '<figcaption>Le <em>quai</em> <span class="credit">M. Photo</span></figcaption>' in page
    page = render('<figure data-picture="3"><figcaption></figcaption></figure>', Surroundings({}, {3: PICTURE})).html
    assert '<figcaption>Le port. <span class="credit">M. Photo</span></figcaption>' in page


def test_a_picture_that_is_gone_prints_nothing():
    assert (
        render('<p>a</p><figure data-picture="3"><figcaption>b</figcaption></figure>', Surroundings()).html
        == "<p>a</p>"
    )


def test_a_picture_is_whole_where_the_text_is_read_elsewhere():
    body = '<figure data-picture="3"><figcaption></figcaption></figure>'
    page = render(body, Surroundings({}, {3: PICTURE}), "https://grappe.example/articles/x/").html
    assert 'src="https://grappe.example/media/a/960.webp"' in page
    assert "srcset" not in page


def test_notes_are_numbered_and_lead_there_and_back():
    body = '<h2>Un titre<span data-note="">a</span></h2><p>mot<span data-note=""><em>b</em></span></p><h2>Note 1</h2>'
    page = render(body, Surroundings())
    assert page.headings == [("un-titre", "Un titre"), ("note-1-partie", "Note 1")]
    assert '<sup class="note-call" id="note-call-2"><a href="#note-2" aria-label="Note 2">2</a></sup>' in page.html
    assert (
        '<li id="note-2"><em>b</em> <a class="note-back" href="#note-call-2" aria-label="Retour à l’appel de la note 2">'
        in page.html
    )
    assert page.html.endswith("</ol></section>")
    elsewhere = render(body, Surroundings(), "https://grappe.example/articles/x/").html
    assert 'href="https://grappe.example/articles/x/#note-2"' in elsewhere


def test_a_note_does_not_come_between_a_word_and_its_punctuation():
    assert sanitise('<p>Pourquoi<span data-note="">L\'étude: oui.</span> ?</p>') == (
        '<p>Pourquoi<span data-note="">L’étude\u00a0: oui.</span>\u202f?</p>'
    )


def test_a_link_by_id_is_plain_words_where_nobody_may_go():
    body = '<p><a data-to="article/1">a</a> <a data-to="article/2">b</a></p>'
    assert render(body, Surroundings({"article/1": "/articles/x/"})).html == '<p><a href="/articles/x/">a</a> b</p>'


def test_boxes_need_no_script_and_no_landmark():
    html = render('<aside data-box="quote"><p>a</p></aside><aside data-box="note"><p>b</p></aside>').html
    assert html == '<blockquote class="pull-quote"><p>a</p></blockquote><div class="boxed" role="note"><p>b</p></div>'


def test_an_embed_is_a_link_until_a_reader_asks():
    page = render(f'<figure data-embed="{YOUTUBE}"><figcaption>Un film</figcaption></figure>')
    assert page.origins == ("https://www.youtube-nocookie.com",)
    assert f'<a href="{YOUTUBE}" rel="external noopener">Un film</a>' in page.html
    assert "<iframe" not in page.html
    strange = render('<figure data-embed="https://exemple.org/x"><figcaption>Un film</figcaption></figure>')
    assert strange.origins == ()
    assert strange.html == '<p><a href="https://exemple.org/x" rel="external noopener">Un film</a></p>'


@pytest.mark.parametrize(
    ("address", "src"),
    [
        (YOUTUBE, "https://www.youtube-nocookie.com/embed/abcdefghijk"),
        ("https://www.youtube.com/watch?app=x&v=abcdefghijk&t=3", "https://www.youtube-nocookie.com/embed/abcdefghijk"),
        ("https://youtu.be/abcdefghijk?si=1", "https://www.youtube-nocookie.com/embed/abcdefghijk"),
        ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?dnt=1"),
        ("https://datawrapper.dwcdn.net/AbC12/3/", "https://datawrapper.dwcdn.net/AbC12/"),
        ("https://youtube.com.exemple.org/watch?v=abcdefghijk", None),
        ("https://exemple.org/?https://youtu.be/abcdefghijk", None),
        ("http://youtu.be/abcdefghijk", None),
        ("https://www.youtube.com/watch?v=abcdefghijkl", None),
        ("https://vimeo.com/user\u0661", None),
    ],
)
def test_only_known_providers_have_a_frame(address, src):
    frame = frame_of(address)
    assert (frame and frame.src) == src


def test_what_is_no_word_is_told_to_whoever_compares():
    told = text_of(EVERY, is_told=True)
    assert "[Image n° 3] Le quai" in told
    assert f"[Contenu de {YOUTUBE}] Un film" in told
    assert "pôle (Voir ceci et cela.)." in told
    assert "Image n°" not in text_of(EVERY)
    assert sanitise('<figure data-picture="3"></figure>')  # a picture alone says something


# -- Bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "piece",
    [
        "<table><tr><td>",
        "<ul><li>",
        "<div>",
        '<aside data-box="note">',
        "<blockquote>",
        '<div data-gallery="1">',
        "<b>",
        "<p><span>",
    ],
)
def test_a_nest_of_two_megabytes_neither_hangs_nor_breaks(piece):
    source = piece * (2_000_000 // len(piece)) + "au fond"
    since = time.process_time()
    clean = sanitise(source)
    assert time.process_time() - since < 20
    assert "au fond" in text_of(clean)
    assert sanitise(clean) == clean
    assert "au fond" in render(clean).html


def test_a_long_text_is_cleaned_and_printed_in_time():
    source = '<p>Une phrase : « rien »<span data-note="">Une note.</span>.</p>' * 30_000
    since = time.process_time()
    clean = sanitise(source)
    assert render(clean).html.count("<li id=") == 30_000
    assert time.process_time() - since < 30


_WORDS = st.sampled_from(["mot", "l'eau", "« cité »", "Oui ?", " : ", " ", "\n", "1 000 €", "&amp;", "&lt;i&gt;"])
_INLINE = st.recursive(
    _WORDS,
    lambda inner: st.tuples(
        st.sampled_from(
            ["strong", "em", "sup", 'a href="https://exemple.org"', 'a data-to="article/1"', 'span data-cluster="GRP-0001"',
             'span data-note=""', 'span data-gloss="x"']
        ),
        st.lists(inner, max_size=3).map("".join),
    ).map(lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0].split()[0]}>"),
    max_leaves=6,
)  # fmt: skip
_LINE = st.lists(_INLINE, max_size=4).map("".join)
_BLOCK = st.recursive(
    st.one_of(
        st.tuples(st.sampled_from(["p", "h2", "h3"]), _LINE).map(lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>"),
        _LINE.map(lambda line: f'<figure data-picture="3"><figcaption>{line}</figcaption></figure>'),
        _LINE.map(lambda line: f'<figure data-embed="{YOUTUBE}"><figcaption>{line}</figcaption></figure>'),
        _LINE.map(lambda line: f"<table><tbody><tr><th><p>{line}</p></th></tr></tbody></table>"),
    ),
    lambda inner: st.tuples(
        st.sampled_from(
            ['aside data-box="note"', 'aside data-box="quote"', "blockquote", 'div data-gallery="4"', "ul><li", "div"]
        ),
        st.lists(inner, max_size=3).map("".join),
    ).map(lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0].split('>')[-1].split()[0]}>"),
    max_leaves=5,
)


@given(st.lists(_BLOCK, max_size=4).map("".join))
def test_sanitising_a_body_of_nodes_twice_changes_nothing(source):
    once = sanitise(source)
    assert sanitise(once) == once
    render(once, Surroundings({}, {3: PICTURE}))
