"""Templates decide nothing, style nothing and are all used; style sheets take colours from the tokens and know no left."""

import ast
import re
from pathlib import Path

import pytest
from django.contrib import admin

ROOT = Path(__file__).parents[2]
MARKUP = "clusters/markup.py"
ERROR_PAGES = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}
MAX_LINES = 400
TOKEN_BLOCKS = ("tokens.css", "admin.css", "print.css")
"""Sheets that may give the tokens other values: for Django's own admin pages, and for paper."""

TAGS = re.compile(r"\{[{%].*?[}%]\}", re.DOTALL)
COMMENTS = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?endcomment\s*%\}", re.DOTALL)
IN_TAGS = {
    ".all": re.compile(r"\.all\b"),
    # A number that a view has counted already is data: of an archive's line, a facet's choice, a page.
    ".count": re.compile(r"(?<!\byear)(?<!\bmonth)(?<!\bchoice)(?<!\bpaginator)\.count\b"),
    "|safe": re.compile(r"\|\s*safe(?:seq)?\b"),
    "autoescape off": re.compile(r"autoescape\s+off"),
    "json_script": re.compile(r"\|\s*json_script\b"),
}
IN_TEXT = {
    "inline style": re.compile(r"<[^>]*\sstyle\s*=|<style\b", re.IGNORECASE),
    "inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "script without src": re.compile(r"<script\b(?![^>]*\ssrc\s*=)", re.IGNORECASE),
    "javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "hard-coded path": re.compile(r"""\s(?:href|action|src|formaction)\s*=\s*["']?/(?!/)""", re.IGNORECASE),
}
INCLUDE = re.compile(r"\{%\s*include\s+(.*?)%\}", re.DOTALL)
REFERENCE = re.compile(r"""\{%\s*(?:include|extends)\s+["']([^"']+)["']""")

COLOUR = re.compile(
    r"#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(|"
    r"\b(?:white|black|red|green|blue|gr[ae]y|silver|yellow|orange|purple|teal|navy|maroon|olive|beige|pink|brown)\b",
    re.IGNORECASE,
)
PHYSICAL = re.compile(
    r"(?:^|[;{\s])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)[a-z-]*|left|right)\s*:|"
    r"(?:text-align|float|clear)\s*:\s*(?:left|right)\b",
    re.IGNORECASE,
)


def templates_of(root):
    return {path.relative_to(root / "templates").as_posix(): path.read_text(encoding="utf-8")
            for path in sorted((root / "templates").rglob("*")) if path.is_file()}  # fmt: skip


def line_of(text, place):
    return text.count("\n", 0, place) + 1


def blank(match):
    """The same number of lines with nothing on them, so that line numbers stay true."""
    return "\n" * match.group().count("\n")


def faults_of_template(name, text):
    """What a template does that it must not, a line for each."""
    bare = COMMENTS.sub(blank, text)
    html = TAGS.sub(blank, bare)
    faults = [
        f"{name}:{line_of(bare, tag.start())}: {rule}"
        for tag in TAGS.finditer(bare)
        for rule, pattern in IN_TAGS.items()
        if pattern.search(tag.group())
    ]
    # A handler or a path may stand around a tag (`href="/x/{{ slug }}"`): tags are blanked, not their surroundings.
    faults += [
        f"{name}:{line_of(html, found.start())}: {rule}"
        for rule, pattern in IN_TEXT.items()
        for found in pattern.finditer(html)
    ]
    if name.startswith("components/") and not text.startswith("{#"):
        faults.append(f"{name}:1: a component opens with a comment that says what it takes")
    faults += [
        f"{name}:{line_of(bare, found.start())}: a component is included without `only`"
        for found in INCLUDE.finditer(bare)
        if "components/" in found[1] and not found[1].rstrip().endswith(" only")
    ]
    return faults


def names_in_code(root):
    """Every string in the code that may name a template."""
    names = set()
    for path in (file for room in ("clusters", "articles", "config") for file in (root / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node.value.endswith((".html", ".txt", ".xml"))
            ):
                names.add(node.value)
    return names


def unused(root, overridden=frozenset()):
    """Templates that nothing renders: named by no code, and included or extended by no template that is used."""
    texts = templates_of(root)
    used, waiting = set(), set(texts) & (names_in_code(root) | ERROR_PAGES | overridden)
    while waiting:
        name = waiting.pop()
        used.add(name)
        waiting |= {other for other in REFERENCE.findall(COMMENTS.sub(blank, texts[name])) if other in texts} - used
    return sorted(set(texts) - used)


def overridden_of_libraries():
    """Templates of the libraries that one of ours takes the place of."""
    import django_prose_editor

    places = [Path(admin.__file__).parent / "templates", Path(admin.__file__).parents[2] / "forms/templates",
              Path(django_prose_editor.__file__).parent / "templates"]  # fmt: skip
    return frozenset(
        path.relative_to(place).as_posix() for place in places if place.exists() for path in place.rglob("*.html")
    )


def faults_of_css(name, text):
    """Colours outside the tokens, directions that Arabic would turn round, and too many lines."""
    bare = re.sub(r"/\*.*?\*/", blank, text, flags=re.DOTALL)
    bare = re.sub(r"url\([^)]*\)", "", bare)
    faults = [f"{name}: {len(text.splitlines())} lines"] if len(text.splitlines()) > MAX_LINES else []
    for number, line in enumerate(bare.splitlines(), 1):
        if PHYSICAL.search(line):
            faults.append(f"{name}:{number}: {line.strip()} (inline-start and inline-end turn with the language)")
        if name.endswith("tokens.css"):
            continue
        for value in re.findall(r"[\w-]+\s*:\s*[^;{}]+", line):
            is_token = value.startswith("--") and name.endswith(TOKEN_BLOCKS)
            if COLOUR.search(re.sub(r"--[\w-]+", "", value.partition(":")[2])) and not is_token:
                faults.append(f"{name}:{number}: {value.strip()} (colours come from tokens.css)")
    return faults


def marks_safe(root):
    """Modules that mark a text as safe, other than the one that may."""
    return sorted(
        file
        for path in (file for room in ("clusters", "articles", "config") for file in (root / room).rglob("*.py"))
        for file in [path.relative_to(root).as_posix()]
        if file != MARKUP
        and any(
            (isinstance(node, ast.Name | ast.alias) and getattr(node, "id", getattr(node, "name", "")) == "mark_safe")
            or (isinstance(node, ast.Attribute) and node.attr in ("mark_safe", "__html__"))
            or (isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("SafeString", "SafeText"))
            or (isinstance(node, ast.keyword) and node.arg == "is_safe" and getattr(node.value, "value", False))
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        )
    )


TEMPLATES = templates_of(ROOT)
SHEETS = {path.relative_to(ROOT).as_posix(): path for path in sorted((ROOT / "static/css").rglob("*.css"))}


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_decide_and_style_nothing(name):
    assert faults_of_template(name, TEMPLATES[name]) == []


@pytest.mark.parametrize("name", SHEETS)
def test_style_sheets(name):
    assert faults_of_css(name, SHEETS[name].read_text(encoding="utf-8")) == []


def test_every_template_is_used():
    assert unused(ROOT, overridden_of_libraries()) == []


def test_every_style_sheet_and_script_is_used():
    """Named by a template, by another sheet or script, or by the code that adds it to a form."""
    texts = [*TEMPLATES.values(), *(path.read_text(encoding="utf-8") for path in (ROOT / "static").rglob("*.[cj]s*"))]
    texts += [
        path.read_text(encoding="utf-8")
        for room in ("clusters", "articles", "config")
        for path in (ROOT / room).rglob("*.py")
    ]
    every = "\n".join(texts)
    files = [
        path.relative_to(ROOT / "static") for path in (ROOT / "static").rglob("*") if path.suffix in (".css", ".js")
    ]
    assert [file.as_posix() for file in files if file.as_posix() not in every and f"/{file.name}" not in every] == []


def test_one_module_marks_content_as_safe():
    assert marks_safe(ROOT) == []


@pytest.mark.parametrize(
    "text",
    [
        "{% for row in cluster.names.all %}{% endfor %}",
        "{{ articles.count }}",
        "{{ choices.count }}",
        "{{ body|safe }}",
        "{{ body | safe }}",
        "{% autoescape off %}{{ body }}{% endautoescape %}",
        '<p style="color: red">',
        "<style>p {}</style>",
        '<button type="button"\n onclick="go()">',
        "<script>go()</script>",
        '<a href="/clusters/{{ cluster.slug }}/">',
        '<form method="get" action=/search/>',
        '<a href="javascript:go()">',
        '{% include "components/teaser.html" with article=article %}',
    ],
)
def test_planted_faults_are_found(text):
    assert faults_of_template("home.html", text)


def test_a_component_without_its_comment_is_found():
    assert faults_of_template("components/tags.html", "<ul>")


@pytest.mark.parametrize(
    "text",
    [
        '{# never .all, .count or |safe #}<a href="{% url "home" %}">{{ account.counted }}</a>',
        '<script src="{% static "js/menu.js" %}" type="module"></script>',
        '{% include "components/teaser.html" with article=article only %}',
        '<a href="#content" data-only="x">{{ page.paginator.count_words }}</a>',
    ],
)  # fmt: skip
def test_what_is_allowed_is_let_through(text):
    assert faults_of_template("home.html", text) == []


def test_a_planted_unused_template_is_found(tmp_path):
    for name, text in {
        "templates/home.html": '{% extends "base.html" %}{% include "components/a.html" only %}',
        "templates/base.html": "",
        "templates/components/a.html": '{# takes nothing #}{# {% include "components/b.html" %} #}',
        "templates/components/b.html": '{# takes nothing #}{% include "components/c.html" only %}',
        "templates/components/c.html": "{# takes nothing #}",
        "config/views.py": 'render(request, "home.html")',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert unused(tmp_path) == ["components/b.html", "components/c.html"]


@pytest.mark.parametrize(
    "text",
    [
        "a { color: #fff }",
        "a { color: rgb(0 0 0) }",
        "a { background: white }",
        "a { margin-left: 1em }",
        "a { padding-right: 1em }",
        "a { border-left: 1px solid }",
        "a { text-align: left }",
        "a { float: right }",
        "a {\n  left: 0;\n}",
        "a {}\n" * 401,
    ],
)
def test_planted_faults_of_style_are_found(text):
    assert faults_of_css("static/css/components/teaser.css", text)


def test_style_that_is_allowed_is_let_through():
    assert faults_of_css("static/css/tokens.css", ":root { --ink: #123456 }") == []
    assert faults_of_css("static/css/admin.css", ":root { --primary: #123456 }") == []
    assert (
        faults_of_css("static/css/base.css", "a:hover { margin-inline: 1em; color: var(--red-ink) } #fad b { top: 0 }")
        == []
    )


@pytest.mark.parametrize(
    "text",
    [
        "from django.utils.safestring import mark_safe",
        "from django.utils import safestring\nsafestring.mark_safe(x)",
        "SafeString(x)",
        "@register.filter(is_safe=True)\ndef f(x): return x",
    ],
)
def test_planted_safe_marks_are_found(tmp_path, text):
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles/views.py").write_text(text)
    (tmp_path / "clusters").mkdir()
    (tmp_path / MARKUP).write_text(text)
    assert marks_safe(tmp_path) == ["articles/views.py"]
