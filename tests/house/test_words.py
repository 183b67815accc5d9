"""Names and openings: migrations say what they do, modules say why they exist, long files say why they are long."""

import ast
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAX_LINES = 400
JUSTIFIED = re.compile(r"\b400 lines\b")
"""How a long file says why it is long: « Past 400 lines: … », in its opening."""
WRITTEN_BY_HAND = {".py", ".css", ".js", ".html"}
AUTO = re.compile(r"_auto_|_alter_|_and_more|_rename_\w+_\w+_|_remove_\w+_add|^\d{4}_[a-z]+_[a-z0-9]+_[a-z0-9_]+_and_")
# Put together here, so that this file does not hold what it looks for.
ELSEWHERE = {
    "a package registry": re.compile("|".join([r"pypi\." + "org", "python" + "hosted", r"npm" + r"js\.(?:org|com)", "arti" + "factory",
                                               r"(?:extra-)?index-url\s*=?\s*https?:", r"registry\." + "yarnpkg"])),
    "a path of one machine": re.compile("|".join(["/wo" + r"rk/(?:main|shared)", r"/ho" + r"me/\w+/", r"/Us" + r"ers/\w+/", r"/ro" + r"ot/",
                                                  r"\bC:\\\\Us" + "ers"])),
}  # fmt: skip
PROSE_AND_DATA = {".woff2", ".png", ".webp", ".jpg", ".ico"}


def tracked(root):
    """The files under version control; where there is none (an unpacked archive), those of the tree."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return [file for name in listed.stdout.split("\0") if name and (file := root / name).is_file()]
    skipped = {".venv", "var", ".git", "node_modules", "__pycache__"}
    return [file for file in root.rglob("*") if file.is_file() and not skipped & set(file.relative_to(root).parts)]


def automatic_migrations(root):
    """Migrations that Django named by itself, or that do not say what for."""
    faults = []
    for path in sorted(root.glob("*/migrations/[0-9]*.py")):
        if AUTO.search(path.stem) or re.fullmatch(r"\d{4}_?", path.stem):
            faults.append(f"{path.relative_to(root)}: an automatic name")
        elif not path.stem.endswith("_initial") and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))):
            faults.append(f"{path.relative_to(root)}: does not say what for")
    return faults


def without_an_opening(root, files):
    """Modules that hold code and do not begin by saying what they hide."""
    return [
        path.relative_to(root).as_posix()
        for path in files
        if path.suffix == ".py" and not re.match(r"\d{4}_initial", path.name)
        for tree in [ast.parse(path.read_text(encoding="utf-8"))]
        if tree.body and not ast.get_docstring(tree)
    ]


def long_without_a_reason(root, files):
    faults = []
    for path in files:
        if path.suffix not in WRITTEN_BY_HAND or "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        if len(lines) > MAX_LINES and not JUSTIFIED.search("\n".join(lines[:30])):
            faults.append(f"{path.relative_to(root).as_posix()}: {len(lines)} lines")
    return faults


def of_elsewhere(root, files):
    """Lines that hold only on one machine, or with one registry."""
    return [
        f"{path.relative_to(root).as_posix()}:{number}: {what}: {line.strip()[:100]}"
        for path in files
        if path.suffix not in PROSE_AND_DATA
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        for what, pattern in ELSEWHERE.items()
        if pattern.search(line)
    ]


FILES = tracked(ROOT)


def test_migrations_are_named_and_say_what_for():
    assert automatic_migrations(ROOT) == []


def test_modules_say_what_they_hide():
    assert without_an_opening(ROOT, FILES) == []


def test_long_files_say_why():
    assert long_without_a_reason(ROOT, FILES) == []


def test_nothing_holds_on_one_machine_only():
    assert of_elsewhere(ROOT, FILES) == []


def test_the_tree_is_looked_at():
    names = {path.relative_to(ROOT).as_posix() for path in FILES}
    assert {
        "config/settings.py",
        "clusters/models/clusters.py",
        "tests/house/test_words.py",
        "requirements.txt",
    } <= names


def test_planted_faults_are_found(tmp_path):
    planted = {
        "clusters/migrations/0002_auto_20260101_0000.py": '"""Why."""\n',
        "clusters/migrations/0003_alter_cluster_name.py": '"""Why."""\n',
        "clusters/migrations/0004_cluster_name_and_more.py": '"""Why."""\n',
        "clusters/migrations/0005_logo.py": "x = 1\n",
        "clusters/open.py": "x = 1\n",
        "clusters/long.py": '"""Opening."""\n' + "x = 1\n" * 400,
        "clusters/path.py": '"""Opening."""\nx = "/ho' + 'me/anna/grappe"\n',
        "requirements.txt": "--index-" + "url https://example.org/simple\n",
        "clusters/fine.py": '"""Opening. Past 400 lines: one table."""\n' + "x = 1\n" * 400,
        "clusters/__init__.py": "",
    }
    for name, text in planted.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    files = tracked(tmp_path)
    assert len(files) == len(planted)
    assert len(automatic_migrations(tmp_path)) == 4
    assert set(without_an_opening(tmp_path, files)) == {"clusters/open.py", "clusters/migrations/0005_logo.py"}
    assert long_without_a_reason(tmp_path, files) == ["clusters/long.py: 401 lines"]
    assert [line.partition(":")[0] for line in sorted(of_elsewhere(tmp_path, files))] == [
        "clusters/path.py",
        "requirements.txt",
    ]
