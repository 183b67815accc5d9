"""What is pasted: forty-four clipboards as Word, Google Docs, LibreOffice and others fill them, and any input at all."""

import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.markup import sanitise
from clusters.pasting import LONGEST, cleaned
from clusters.pasting.runs import address
from tests.clusters.test_markup import assert_clean

PASTES = Path(__file__).parent / "pastes"
NAMES = sorted(path.stem for path in PASTES.glob("*.html") if not path.stem.endswith(".expected"))
MARKS = re.compile(r"[·o§•–-]|\(?(?:\d{1,2}|[a-z]|[ivx]+)[.)]?|\[\w{1,3}\]|\d\.\d", re.IGNORECASE)
"""Numbers, bullets and calls: they are of the program, and the page makes its own."""
GONE = {
    # Words that are meant to stay behind.
    "word-tracked-changes": "soixante environ Un paragraphe retiré",
    "word-comments": "SB1 À vérifier avant de publier",
    "word-contents": "Table des matières Une politique Ses débuts",
    "word-smart-tags": "à Texte masqué",
    "docs-footnotes": "À vérifier",
    "libreoffice-headings": "Table des matières À terre Page",
    "web-page": "alert sans script Envoyer dessin",
}


def fixture(name):
    return (PASTES / f"{name}.html").read_text(encoding="utf-8")


_INLINE = {"b", "i", "em", "strong", "span", "sup", "sub", "a", "font", "u"}


class _Visible(HTMLParser):
    """The words of a page, without what no browser shows."""

    def __init__(self, source):
        super().__init__()
        self.words, self._hidden = [], 0
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self._hidden += tag in ("style", "script", "title", "head")
        # The number of a note stands at its call, its text in the place of it.
        is_within = tag in _INLINE and not {"data-note", "name"} & {name for name, _value in attrs}
        self.words.append("" if is_within else " ")

    def handle_endtag(self, tag):
        self._hidden -= tag in ("style", "script", "title", "head")

    def handle_data(self, data):
        if not self._hidden:
            self.words.append(data)


def words_of(source):
    return "".join(_Visible(source).words).replace("\u00ad", "").split()


def letters(text):
    return re.findall(r"\w+", text)


def test_there_are_forty():
    assert len(NAMES) >= 40
    programs = {name.partition("-")[0] for name in NAMES}
    assert {"word", "mac", "online", "docs", "libreoffice"} <= programs


@pytest.mark.parametrize("name", NAMES)
def test_a_clipboard_becomes_the_houses_own_html(name):
    expected = (PASTES / f"{name}.expected.html").read_text(encoding="utf-8").replace("\n", "")
    assert cleaned(fixture(name)).html == expected


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_the_program_is_left_and_saving_it_changes_it_no_more(name):
    body = cleaned(fixture(name)).html
    assert_clean(body)
    markup = "".join(re.findall(r"<[^>]*>", body))
    assert not re.search(
        r"style|script|class|mso|o:p|docs-internal|<!|<font|<\?|file:|google\.com/url", markup, re.IGNORECASE
    )
    assert sanitise(body, language="") == body
    saved = sanitise(body)
    assert sanitise(saved) == saved
    assert cleaned(body).html == body


@pytest.mark.parametrize("name", NAMES)
def test_every_word_is_kept_but_those_that_are_meant_to_go(name):
    kept = letters(" ".join(words_of(cleaned(fixture(name)).html)))
    pool = kept + letters(GONE.get(name, ""))
    for word in words_of(fixture(name)):
        for part in letters(word):
            assert part in pool or MARKS.fullmatch(part), (word, pool)


# -- What is told ----------------------------------------------------------------------------------------------------


def test_pictures_are_refused_by_name():
    pasted = cleaned(fixture("libreoffice-pictures"))
    assert pasted.refused == ["Carte des pôles", ""]
    assert pasted.told == [
        "2 images n’ont pas été collées («\u202fCarte des pôles\u202f»)\u00a0: ajoutez-les par la bibliothèque d’images, avec leur texte de "
        "remplacement et leur crédit."
    ]


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("word-pictures", "Une image n’a pas été collée («\u202fLe port d’Agadir\u202f»)"),
        ("word-tracked-changes", "Les passages supprimés"),
        ("word-comments", "Les commentaires en marge"),
        ("word-contents", "La table des matières"),
        ("word-note-without-its-text", "Une note est appelée"),
    ],
)
def test_what_stays_behind_is_told(name, begins):
    (sentence,) = cleaned(fixture(name)).told
    assert sentence.startswith(begins)


def test_nothing_is_told_of_a_plain_text():
    assert cleaned(fixture("word-paragraphs")).told == []


# -- Single rules ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "body"),
    [
        ("Une ligne\nune autre\r\n\r\nEt la fin", "<p>Une ligne</p><p>une autre</p><p>Et la fin</p>"),
        ("Un texte\nsans balise : 3 < 4 & 5 > 2", "<p>Un texte</p><p>sans balise : 3 &lt; 4 &amp; 5 &gt; 2</p>"),
        ("<p>a <b>gras </b>et<i> maigre</i></p>", "<p>a <strong>gras</strong> et <em>maigre</em></p>"),
        ("<b>un</b><b> deux</b>", "<p><strong>un deux</strong></p>"),
        ('<a href="https://a.example/">x<b>y</b></a>', '<p><a href="https://a.example/">x<strong>y</strong></a></p>'),
        ("<p>a<br><br>b<br></p>", "<p>a</p><p>b</p>"),
        ("<h4>a</h4><p>b</p><h6>c</h6>", "<h2>a</h2><p>b</p><h3>c</h3>"),
        ("<h1>a</h1><h2>b</h2><h2>c</h2>", "<h2>a</h2><h2>b</h2><h2>c</h2>"),
        ("<h1>a</h1><h2>b</h2><h1>c</h1>", "<h2>a</h2><h3>b</h3><h2>c</h2>"),
        ("<li>a<li>b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        ("<ul><ul><li>a</ul></ul>", "<ul><li><p>a</p></li></ul>"),
        ('<ol start="7"><li>a</ol>', '<ol start="7"><li><p>a</p></li></ol>'),
        ("<table><tr><td>a<table><tr><td>b<td>c</table></table>", "<p>a</p><p>b</p><p>c</p>"),
        ("<table><tr><td colspan=9999>a<td rowspan=99>b<tr></table>",
         '<table><tbody><tr><td colspan="40"><p>a</p></td><td><p>b</p></td></tr></tbody></table>'),
        ('<span data-cluster="GRP-0001">Le pôle</span>', '<p><span data-cluster="GRP-0001">Le pôle</span></p>'),
        ("<p>12\u00a0km, p.\u00a0ex.\u00a0\u00a0oui\u00a0?</p>", "<p>12\u00a0km, p. ex. oui\u00a0?</p>"),
        ("<p>co\u00adopé\u00adra\u200btive</p>", "<p>coopérative</p>"),
        ("<p style='font-weight:1e9;margin-left:9999999999pt'>a</p>", "<p>a</p>"),
        ("<p>a</p><!-- b", "<p>a</p>"),
        ("a<b", "<p>a</p>"),
    ],
)  # fmt: skip
def test_a_rule(source, body):
    assert cleaned(source).html == body


@pytest.mark.parametrize(
    ("href", "kept"),
    [
        ("https://example.org/a?b=1&utm_source=x&fbclid=y#c", "https://example.org/a?b=1#c"),
        ("https://example.org/a?b=é&c", "https://example.org/a?b=é&c"),
        ("https://www.google.com/url?q=https://example.org/&sa=D", "https://example.org/"),
        ("https://www.google.com/url?q=javascript:alert(1)", "https://www.google.com/url?q=javascript:alert(1)"),
        (
            "https://www.google.com/search?q=https://example.org/",
            "https://www.google.com/search?q=https://example.org/",
        ),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("mailto:", ""),
        ("file:///C:/a.doc", ""),
        ("/relatif", ""),
        ("#bas", ""),
        ("java\nscript:alert(1)", ""),
        ("https://[", ""),
        ("data:text/html,x", ""),
        ("tel:+212", ""),
    ],
)
def test_addresses(href, kept):
    assert address(href) == kept


# -- Any input -------------------------------------------------------------------------------------------------------

_PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<b>", "</b>", "<i style='font-weight:bold'>", "</i>", "<h1>", "</h1>", "<h5>", "<ul>", "</ul>", "<ol start=3>",
        "</ol>", "<li>", "</li>", "<li value=x>", "<table>", "</table>", "<tr>", "</tr>", "<td rowspan=3>", "<th>", "</td>", "<thead>",
        "<blockquote>", "</blockquote>", "<br>", "<hr>", "<div>", "</div>", "<pre>", "</pre>", "<q>", "</q>", "<del>", "</del>", "<o:p>",
        "</o:p>", "<a href=https://a.example>", "<a href='#_ftn1' name=_ftnref1>", "<a href='#_ftnref1' name=_ftn1>", "</a>",
        "<p style='mso-list:l0 level2 lfo1'>", "<span style='mso-list:Ignore'>1.", "</span>", "<p class=MsoListParagraph>", "<img>",
        "<p class=MsoQuote>", "<p style='margin-left:40pt'>", "<!--", "-->", "<![if x]>", "<script>", "</script>", "<style>", "<svg>",
        "mot", "é", " ", "\u00a0", "\n", "&nbsp;", "&lt;", "<", ">", "&", "'", '"', "\x00", "\u00ad", "1.", "<sup>", "<p a='", "</", "<",
    ]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=25).map("".join))
def test_any_markup_becomes_a_body_that_stays_as_it_is(source):
    body = cleaned(source).html
    assert_clean(body)
    assert sanitise(body, language="") == body
    assert cleaned(body).html == body


@given(st.text(max_size=120))
def test_any_text_becomes_a_body(text):
    assert_clean(cleaned(text).html)


@pytest.mark.parametrize(
    "source",
    [
        "<div>" * 10_000 + "fond" + "</div>" * 10_000,
        "<b><i>" * 10_000 + "fond",
        "<table><tr><td>" * 10_000 + "fond",
        "<ul><li>" * 10_000 + "fond",
        "<blockquote>" * 10_000 + "<p>fond",
        "<span style='mso-list:l0 level9'>" * 10_000 + "fond",
    ],
    ids=["div", "marks", "tables", "lists", "quotations", "spans"],
)
def test_what_is_nested_without_end_is_read_all_the_same(source):
    began = time.perf_counter()
    body = cleaned(source).html
    assert "fond" in body
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    "source",
    ["<p " * 700_000, "<!--" * 500_000, "</a" * 700_000, "</" + "a" * 2_000_000, '<p a="' * 330_000, "<" * 2_000_000, "&" * 2_000_000,
     "<p" + " " * 2_000_000, "<p style='" + "a" * 2_000_000, "<div>" * 400_000, "<p>a" * 500_000, "mot " * 500_000],
    ids=["open", "comments", "ends", "long end", "quotes", "less", "and", "spaces", "style", "nested", "paragraphs", "words"],
)  # fmt: skip
def test_two_million_signs_take_seconds_and_not_minutes(source):
    began = time.perf_counter()
    body = cleaned(source).html
    assert len(body) <= LONGEST * 2
    # What takes the square of its length takes an hour of these; a slow machine that does other things, ten seconds.
    assert time.perf_counter() - began < 40


def test_too_long_a_text_is_told():
    assert cleaned("<p>" + "mot " * 600_000).told[-1].startswith("Le texte collé est trop long")
