"""Rich text: nothing outside the allow-list survives, and what a page adds to what does."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.markup import Surroundings, plain, references, render, sanitise, script_json, text_of

ALLOWED = {
    "p": set(), "br": set(), "hr": set(), "strong": set(), "em": set(), "sup": set(), "sub": set(), "h2": set(), "h3": set(),
    "ul": set(), "ol": {"start", "type"}, "li": set(), "blockquote": set(), "a": {"href", "title", "data-to"}, "span": {"data-cluster", "data-note"},
    "figure": {"data-picture", "data-embed"}, "figcaption": set(), "aside": {"data-box"},
    "table": set(), "tbody": set(), "tr": set(), "td": {"rowspan", "colspan"}, "th": {"rowspan", "colspan", "scope"},
    "thead": set(), "tfoot": set(), "caption": set(), "colgroup": set(), "col": set(),
}  # fmt: skip


class _Seen(HTMLParser):
    """Every element, attribute and address of a text; a comment or a declaration counts as an element of that name."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.attributes, self.addresses = [], [], []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name) for name, _value in attrs]
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "action", "formaction")]

    def handle_comment(self, data):
        self.tags.append("<!--")

    def handle_decl(self, decl):
        self.tags.append("<!")

    def handle_pi(self, data):
        self.tags.append("<?")


def assert_clean(source):
    seen = _Seen(source)
    assert set(seen.tags) <= set(ALLOWED), seen.tags
    for tag, name in seen.attributes:
        assert name in ALLOWED[tag], (tag, name)
    for address in seen.addresses:
        scheme, colon, _rest = address.partition(":")
        assert (
            not colon
            or "/" in scheme
            or "?" in scheme
            or "#" in scheme
            or scheme.strip().lower()
            in {
                "http",
                "https",
                "mailto",
            }
        ), address


@pytest.mark.parametrize(
    "kept",
    [
        "<p>Un <strong>texte</strong> <em>simple</em><sup>1</sup><sub>2</sub><br>suite</p>",
        "<h2>Titre</h2><h3>Sous-titre</h3>",
        "<ul><li><p>un</p></li></ul><ol><li><p>deux</p></li></ol>",
        "<blockquote><p>cité</p></blockquote><hr>",
        '<p><a href="https://exemple.org/?a=1&amp;b=2">lien</a> <a href="mailto:a@exemple.org">nom</a> <a href="/clusters/">ici</a></p>',
        '<table><tbody><tr><th colspan="2" scope="col"><p>a</p></th></tr><tr><td><p>b</p></td><td rowspan="2"><p>c</p></td></tr></tbody></table>',
        '<p><span data-cluster="GRP-0001">Cluster solaire</span></p>',
    ],
)
def test_what_the_editor_offers_is_kept_as_it_is(kept):
    assert sanitise(kept) == kept


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("<p>a<script>alert(1)</script>b</p>", "<p>ab</p>"),
        ("<p>a<style>p{color:red}</style>b</p>", "<p>ab</p>"),
        ("<p onclick='x()' onerror=x style='color:red' class=x id=y>a</p>", "<p>a</p>"),
        ("<p>a<img src=x onerror=alert(1)>b</p>", "<p>ab</p>"),
        ("<p>a<img src='https://pisteur.example/p.gif'>b</p>", "<p>ab</p>"),
        ("<p>a</p><iframe src='https://exemple.org'></iframe>", "<p>a</p>"),
        ("<p>a</p><object data=x></object><embed src=x>", "<p>a</p>"),
        ("<p>a<svg onload=alert(1)><g/></svg>b</p>", "<p>ab</p>"),
        ("<p>a<svg><script>alert(1)</script></svg>b</p>", "<p>ab</p>"),
        ("<p>a<math href='javascript:x'><mi>m</mi></math></p>", "<p>a</p>"),
        ("<p><a href='javascript:alert(1)'>a</a></p>", "<p><a>a</a></p>"),
        ("<p><a href='JaVaScRiPt&#58;alert(1)'>a</a></p>", "<p><a>a</a></p>"),
        ("<p><a href=' java\tscript:alert(1)'>a</a></p>", "<p><a>a</a></p>"),
        ("<p><a href='java\x00script:alert(1)'>a</a></p>", "<p><a>a</a></p>"),
        ("<p><a href='data:text/html,<script>x</script>'>a</a></p>", "<p><a>a</a></p>"),
        ("<p><a href='vbscript:x' target=_blank>a</a></p>", "<p><a>a</a></p>"),
        ("<p><a href='https://exemple.org' target=_blank onclick=x>a</a></p>", '<p><a href="https://exemple.org">a</a></p>'),
        ("<form action=/x><input name=a><button>b</button></form><p>a</p>", "b<p>a</p>"),
        ("<!-- secret --><p>a</p><?php x ?>", "<p>a</p>"),
        ("<p>a</p><base href='https://exemple.org'><meta http-equiv=refresh content=0><link rel=stylesheet href=x>", "<p>a</p>"),
        ("<h1>a</h1><h4>b</h4>", "ab"),
        ("<p><span class=x data-x=y>a</span></p>", "<p>a</p>"),
        ("<p>a\u202eb\u0000c\u2066d</p>", "<p>abcd</p>"),
    ],
)  # fmt: skip
def test_what_it_does_not_offer_is_dropped(source, left):
    assert sanitise(source) == left
    assert_clean(sanitise(source))


@pytest.mark.parametrize(
    "source",
    ["", " ", "<p></p>", "<p> </p><h2><br></h2>", "<p>\u00a0</p>", "<p><strong></strong></p>", "<script>x</script>"],
)
def test_a_text_that_says_nothing_is_empty(source):
    assert sanitise(source) == ""


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("<p>a</p><p></p><p><br></p><p>b</p>", "<p>a</p><p>b</p>"),
        ("<p>a</p><blockquote><p></p></blockquote><p>b</p>", "<p>a</p><p>b</p>"),
        ("<p>a</p><hr><p></p>", "<p>a</p><hr>"),
    ],
)
def test_empty_paragraphs_go_away(source, left):
    assert sanitise(source) == left


def test_the_text_is_set_in_french_and_its_attributes_are_not():
    source = "<p>L'eau : « oui ».</p><p><a href=\"https://exemple.org/l'eau?a;b\">l'eau</a></p>"
    assert sanitise(source) == (
        '<p>L’eau\u00a0: «\u202foui\u202f».</p><p><a href="https://exemple.org/l&#x27;eau?a;b">l’eau</a></p>'
    )


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("<p>l'<em>eau</em></p>", "<p>l’<em>eau</em></p>"),
        ("<p><strong>Objectif</strong> : croître</p>", "<p><strong>Objectif</strong>\u00a0: croître</p>"),
        ("<p>« <em>eau</em> »</p>", "<p>«\u202f<em>eau</em>\u202f»</p>"),
        ("<p><strong>Pourquoi</strong> ?</p>", "<p><strong>Pourquoi</strong>\u202f?</p>"),
        ('<p>d\'<span data-cluster="GRP-0001">EnR</span>.</p>', '<p>d’<span data-cluster="GRP-0001">EnR</span>.</p>'),
    ],
)
def test_a_mark_does_not_hide_a_word_from_its_punctuation(source, left):
    assert sanitise(source) == left
    assert sanitise(left) == left


_PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<h2>", "</h2>", "<h3>", "<strong>", "</strong>", "<em>", "</em>", "<ul>", "<li>", "</li>", "</ul>",
        "<ol start=3>", "</ol>", "<blockquote>", "</blockquote>", "<table>", "<tbody>", "<tr>", "<td colspan=2>", "</td>", "</tr>",
        "</table>", "<br>", "<hr>", '<a href="https://exemple.org/?a=1&b=2">', '<a href="javascript:x">', "<a href=data:x>", "</a>",
        '<span data-cluster="GRP-0001">', "<span onclick=x>", "</span>", "<script>", "</script>", "<style>", "</style>", "<svg>",
        "</svg>", "<math>", "<iframe src=x>", "</iframe>", "<img src=x onerror=y>", "<!--", "-->", "<![CDATA[", "]]>", "<title>",
        "<textarea>", "<noscript>", "</noscript>", "<template>", "<xmp>", "<plaintext>", "<p style=x class=y>", "<div>", "</div>",
        "a", "l'", "é", " ", "« ", " »", " :", "?", "?»", "1 000", "&amp;", "&lt;script&gt;", "&nbsp;", "\n", "\x00", "\u202e", "<", ">",
        '"', "'", "&",
    ]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=14).map("".join))
def test_nothing_outside_the_allow_list_survives(source):
    clean = sanitise(source)
    assert_clean(clean)
    assert not set(clean) & set("\x00\u202e")


@given(st.text(max_size=80))
def test_no_text_at_all_gets_through_as_markup(source):
    assert_clean(sanitise(source))


_INLINE = st.recursive(
    st.sampled_from(
        ["mot", "l'eau", "« cité »", "Oui ?", "?»", "Non: ", " ", "1 000 €", "a@b.fr", "&amp;", "&lt;b&gt;", "<br>"]
    ),
    lambda inner: st.tuples(
        st.sampled_from(["strong", "em", "sup", 'a href="https://exemple.org"', 'span data-cluster="GRP-0001"']),
        st.lists(inner, max_size=3).map("".join),
    ).map(lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0].split()[0]}>"),
    max_leaves=6,
)
_BLOCKS = st.tuples(st.sampled_from(["p", "h2", "h3", "blockquote"]), st.lists(_INLINE, max_size=4).map("".join)).map(
    lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>"
)


@given(st.lists(_BLOCKS, max_size=5).map("".join))
def test_sanitising_twice_changes_nothing(source):
    once = sanitise(source)
    assert sanitise(once) == once


@pytest.mark.parametrize(
    "source",
    ["?<h2></p>", "a<blockquote><p></p></blockquote>", "<p>a</p><blockquote><h2></h2><p></p></blockquote>", "é?»"],
)
def test_sanitising_settles_at_once(source):
    assert sanitise(sanitise(source)) == sanitise(source)


# -- On the page -----------------------------------------------------------------------------------------------------


def test_a_reference_is_a_link_only_where_its_cluster_may_be_seen():
    source = '<p>Le <span data-cluster="GRP-0001">CE3M</span> et le <span data-cluster="GRP-0002">secret</span>.</p>'
    assert references(source) == {"GRP-0001", "GRP-0002"}
    page = render(source, Surroundings({"cluster/GRP-0001": "/clusters/ce3m/"})).html
    assert page == '<p>Le <a class="cluster-ref" href="/clusters/ce3m/">CE3M</a> et le secret.</p>'
    assert "GRP" not in render(source, Surroundings()).html


def test_headings_get_anchors_that_differ():
    body = render(
        "<h2>Le pôle</h2><h2>Le pôle</h2><h3>Le pôle</h3><h2>الطاقة</h2><h2>الماء</h2><h2>A &amp; <em>B</em></h2>"
    )
    anchors = [anchor for anchor, _text in body.headings]
    assert anchors == ["le-pole", "le-pole-2", "partie", "partie-2", "a-b"]
    assert [text for _anchor, text in body.headings] == ["Le pôle", "Le pôle", "الطاقة", "الماء", "A & B"]
    assert '<h2 id="le-pole-2">Le pôle</h2>' in body.html
    assert "<h3>Le pôle</h3>" in body.html
    assert "<em>B</em></h2>" in body.html


@given(st.lists(st.text(alphabet="aà2- ", max_size=4), max_size=6))
def test_anchors_never_repeat(titles):
    headings = render("".join(f"<h2>{title}</h2>" for title in titles)).headings
    anchors = [anchor for anchor, _text in headings]
    assert len(anchors) == len(titles)
    assert len(set(anchors)) == len(anchors)
    assert all(anchors)


def test_a_table_scrolls_in_a_named_box_that_the_keyboard_reaches():
    table = "<table><tbody><tr><td><p>a</p></td></tr></tbody></table>"
    html = render(table * 2).html
    assert html.count('<div class="table-box" tabindex="0" role="region" aria-label="Tableau 1"><table>') == 1
    assert html.count('aria-label="Tableau 2"') == 1
    assert html.count("</table></div>") == 2


def test_only_outside_links_are_marked_as_such():
    html = render(
        '<p><a href="https://exemple.org/">a</a><a href="/clusters/">b</a><a href="mailto:a@b.fr">c</a></p>'
    ).html
    assert '<a href="https://exemple.org/" rel="external noopener">a</a>' in html
    assert '<a href="/clusters/">b</a>' in html
    assert html.count("rel=") == 1


def test_what_looks_like_markup_in_the_words_stays_words():
    source = sanitise("<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;x</p>")
    assert render(source).html == "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;x</p>"
    assert text_of(source) == "<script>alert(1)</script> &lt;x"


def test_words_are_counted_and_blocks_do_not_run_together():
    source = "<h2>Un titre</h2><p>deux<br>trois</p><ul><li><p>quatre</p></li></ul>"
    assert text_of(source) == "Un titre\ndeux\ntrois\nquatre"
    assert render(source).words == 5
    assert render("").html == ""
    assert render("").words == 0


def test_plain_keeps_line_breaks_and_takes_disguises_away():
    assert plain("a\tb\nc\u202ed\u2067\ufeff\x07") == "a\tb\ncd"


@pytest.mark.parametrize("evil", ["</script><script>alert(1)", "<!--", "]]>", "&lt;", "\u2028\u2029", "</SCRIPT >"])
def test_data_cannot_close_the_script_that_holds_it(evil):
    import json

    printed = script_json({"name": evil}, "application/ld+json")
    inside = printed.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert not set(inside) & set("<>&\u2028\u2029")
    assert json.loads(inside) == {"name": evil}


def test_headings_do_not_take_the_anchors_of_the_page_itself():
    body = render("<h2>Sources</h2><h2>Discussion</h2><h2>Content</h2>")
    assert [anchor for anchor, _text in body.headings] == ["sources-partie", "discussion-partie", "content-partie"]


def test_links_are_whole_where_the_text_is_read_elsewhere():
    source = '<p><a href="/clusters/">a</a><a href="#bas">b</a><a href="autre/">c</a><a href="mailto:a@b.fr">d</a><a href="//[">e</a><a>f</a></p>'
    html = render(source, address="https://grappe.example/articles/x/").html
    assert html == (
        '<p><a href="https://grappe.example/clusters/">a</a><a href="https://grappe.example/articles/x/#bas">b</a>'
        '<a href="https://grappe.example/articles/x/autre/">c</a><a href="mailto:a@b.fr">d</a><a href="//[">e</a><a>f</a></p>'
    )
    assert '<a href="/clusters/">a</a>' in render(source).html


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("example.org/page", "https://example.org/page"),
        ("www.example.org", "https://www.example.org"),
        ("https://example.org", "https://example.org"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("/clusters/ce3m/", "/clusters/ce3m/"),
        ("#sources", "#sources"),
    ],
)
def test_an_address_typed_without_its_scheme_is_one_of_the_web(typed, kept):
    assert f'href="{kept}"' in sanitise(f'<p><a href="{typed}">là</a></p>')
