"""CONTRIBUTING.md says what is there: the parts of the package, the sessions, and what to touch."""

import ast
import re
from pathlib import Path

import page_blocks
import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "CONTRIBUTING.md"
if not PAGE.is_file():
    pytest.skip("there is no CONTRIBUTING.md above the tests", allow_module_level=True)

TEXT = PAGE.read_text("utf-8")
TREE = page_blocks.sections(PAGE)["The tree"][0].text
# But for what every package has: __init__.py, __main__.py, py.typed, and what is compiled.
PARTS = sorted(
    f"{path.name}/" if path.is_dir() else path.name
    for path in (ROOT / "python" / "harmonia").iterdir()
    if not path.name.startswith("__") and (path.is_dir() or path.suffix == ".py")
)
FOLDERS = ("benchmarks", "bindings", "cpp", "docs", "python", "tests")


def test_every_part_of_the_package_is_in_the_tree():
    assert [part for part in PARTS if not re.search(rf"(?<!\w){re.escape(part)}", TREE)] == []


def test_what_the_tree_begins_its_lines_with_is_there():
    below = {"  ": ROOT / "python" / "harmonia", "": ROOT}
    named = re.findall(r"^( {2}|)([\w./]+)", TREE, re.MULTILINE)
    named = [(below[depth], name.split("/")[0]) for depth, name in named if name != "pixel/"]
    assert len(named) > 40
    assert [name for folder, name in named if not (folder / name).exists()] == []


def test_every_session_is_in_the_table():
    tree = ast.parse((ROOT / "noxfile.py").read_text("utf-8"))
    sessions = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and "nox.session" in map(ast.unparse, node.decorator_list)
    ]
    assert len(sessions) > 10
    assert [name for name in sessions if f"| `nox -s {name}" not in TEXT] == []


def test_files_to_touch_are_there():
    table = TEXT.partition("## To add X, touch Y")[2].partition("\n## ")[0]
    named = re.findall(r"`([\w/.]+\.(?:py|hpp|inl|cuh|csv|md|json))`", table)
    files = [path.as_posix() for folder in FOLDERS for path in (ROOT / folder).rglob("*.*")]
    assert len(named) > 20
    assert [name for name in named if not any(file.endswith(f"/{name}") for file in files)] == []
