"""Imports point down: config → comments → articles → clusters → Django, absolute, at the top of the module."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ["clusters", "articles", "comments", "config"]
"""From the lowest; each may import itself and those before it."""
COMPOSERS = {
    # What puts two rooms together on purpose: (file, what it imports).
    ("articles/apps.py", "articles.comments.models"),
}
INSIDE = {
    # Imports inside a function, each with its reason.
}
OF_THE_COMMENTS = ("articles.comments", "articles.templatetags.comments")
ABOVE = re.compile(r"(?<![a-z])articles?(?![a-z])", re.IGNORECASE)


def room_of(module):
    """The room of a dotted module name; None for what is not ours."""
    if module.startswith(OF_THE_COMMENTS):
        return "comments"
    top = module.partition(".")[0]
    return top if top in ROOMS else "tests" if top == "tests" else None


def imports(tree):
    """(line, module, is it inside a function, is it relative) of every import, import_module("…") included."""
    found = []

    def walk(node, inside):
        for child in ast.iter_child_nodes(node):
            within = inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            if isinstance(child, ast.Import):
                found.extend((child.lineno, name.name, inside, False) for name in child.names)
            elif isinstance(child, ast.ImportFrom):
                base = child.module or ""
                # `from articles import comments` reaches the module articles.comments.
                found.extend((child.lineno, f"{base}.{name.name}", inside, child.level > 0) for name in child.names)
            elif isinstance(child, ast.Call) and getattr(child.func, "id", getattr(child.func, "attr", "")) in (
                "import_module", "__import__",
            ):  # fmt: skip
                named = child.args[0] if child.args else None
                # One whose name is made up when it runs could reach anywhere.
                module = named.value if isinstance(named, ast.Constant) else "(computed)"
                found.append((child.lineno, str(module), False, False))
            walk(child, within)

    walk(tree, False)
    return found


def faults_of_arrows(root):
    """Every import of the tree that points upward, is relative, or hides in a function; a line for each."""
    faults = []
    for path in sorted(file for room in ("clusters", "articles", "config") for file in (root / room).rglob("*.py")):
        file = path.relative_to(root).as_posix()
        own = room_of(file.removesuffix(".py").replace("/", "."))
        for line, module, inside, relative in imports(ast.parse(path.read_text(encoding="utf-8"))):
            target = room_of(module)
            if relative:
                faults.append(f"{file}:{line}: a relative import")
            elif module == "(computed)" or target == "tests":
                faults.append(f"{file}:{line}: imports {module}")
            elif target and ROOMS.index(target) > ROOMS.index(own) and (file, module) not in COMPOSERS:
                faults.append(f"{file}:{line}: {own} imports {module}, upward")
            if inside and (file, module) not in INSIDE:
                faults.append(f"{file}:{line}: imports {module} inside a function")
    return faults


def faults_of_words(root):
    """Every place in clusters/ and its templates that speaks of articles; the registry knows nobody."""
    files = [*sorted((root / "clusters").rglob("*.py")), *sorted((root / "templates/clusters").rglob("*.html"))]
    return [
        f"{path.relative_to(root)}:{number}: {line.strip()[:100]}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if ABOVE.search(line.replace("articles_about", "") if path.suffix == ".html" else line)
    ]


def test_imports_point_down():
    assert faults_of_arrows(ROOT) == []


def test_the_registry_does_not_speak_of_articles():
    assert faults_of_words(ROOT) == []


def test_every_exception_is_still_needed():
    exceptions = COMPOSERS | set(INSIDE)
    used = {
        (file, module)
        for file in {file for file, _module in exceptions}
        for _line, module, _inside, _relative in imports(ast.parse((ROOT / file).read_text(encoding="utf-8")))
    }
    assert exceptions <= used


def plant(root, file, text):
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_planted_arrows_are_found(tmp_path):
    planted = {
        "clusters/views.py": "from articles.models import Article\n",
        "clusters/deep/maps.py": "import config.settings\n",
        "clusters/late.py": "from importlib import import_module\nimport_module('articles.models')\n",
        "clusters/unknown.py": "import importlib\nimportlib.import_module(name)\n",
        "clusters/near.py": "from .models import Cluster\n",
        "articles/views.py": "from articles.comments.models import Comment\n",
        "articles/urls.py": "from articles import comments\n",
        "articles/hidden.py": "def read():\n    from clusters.models import Cluster\n    return Cluster\n",
        "articles/test.py": "from tests.factories import make_article\n",
        "articles/comments/models.py": "from config.roles import ROLES\n",
    }
    for file, text in planted.items():
        plant(tmp_path, file, text)
    found = {fault.partition(":")[0] for fault in faults_of_arrows(tmp_path)}
    assert found == set(planted)


def test_arrows_that_point_down_are_let_through(tmp_path):
    plant(tmp_path, "config/views.py", "from articles.comments.models import Comment\nfrom clusters import markup\n")
    plant(tmp_path, "articles/templatetags/comments.py", "from articles.comments.forms import form_token\n")
    plant(tmp_path, "articles/comments/views.py", "from django import forms\nfrom articles.models import Article\n")
    plant(
        tmp_path, "articles/apps.py", "from importlib import import_module\nimport_module('articles.comments.models')\n"
    )
    assert faults_of_arrows(tmp_path) == []


def test_planted_words_are_found(tmp_path):
    plant(
        tmp_path, "clusters/views.py", "# as in an Article\ncluster.articles.all()\narticle_count = 1\nparticle = 1\n"
    )
    plant(tmp_path, "templates/clusters/detail.html", "{% articles_about cluster %}\n<article>\n")
    assert len(faults_of_words(tmp_path)) == 4
