"""What the site is made of: promises name tests that are there, the gallery uses public names,
and every public name is in the reference.
"""

import ast
import importlib
import re
import subprocess
import sys

import harmonia
import page_blocks
import pytest
import test_api_surface
from public_api import HAS_TORCH, MODULES, OF_TORCH, public_names

DOCS = page_blocks.DOCS
if not DOCS.is_dir():
    pytest.skip("there is no docs folder beside the tests", allow_module_level=True)

ROOT = DOCS.parent
EXAMPLES = sorted((DOCS / "examples").glob("plot_*.py"))
PROMISES = sorted((DOCS / "promises").glob("*.md"))
TEST = re.compile(r"tests/[\w/.]*\.py(?:::\w+)?")


@pytest.fixture
def scripts(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS))


@pytest.mark.parametrize("page", PROMISES, ids=[page.stem for page in PROMISES])
def test_the_tests_of_a_promise_are_there(page):
    text = page.read_text("utf-8")
    named = TEST.findall(text)
    for one in named:
        file, _, name = one.partition("::")
        assert (ROOT / file).is_file(), one
        assert not name or f"\ndef {name}(" in (ROOT / file).read_text("utf-8"), one
    assert named
    assert page.stem == "index" or "\n## How it is tested\n" in text


@pytest.mark.parametrize("page", PROMISES, ids=[page.stem for page in PROMISES])
def test_what_a_promise_shows_is_true(page):
    """In a process of its own, since one page says what is not loaded."""
    for block in page_blocks.blocks(page):
        if block.language == "python":
            done = subprocess.run(
                [sys.executable, "-c", block.text], capture_output=True, text=True, timeout=300
            )
            assert done.returncode == 0, done.stderr


def test_the_seven_promises_are_on_the_front_page():
    front = (DOCS / "index.md").read_text("utf-8")
    for page in PROMISES:
        assert f"(promises/{page.name})" in front


def test_the_gallery_is_in_order(scripts):
    order = importlib.import_module("gallery_order").NAMES
    assert sorted(order) == [path.stem.removeprefix("plot_") for path in EXAMPLES]
    assert len(order) >= 12


def dotted(node):
    """harmonia.lut.read_lut as a text, or nothing for what is no plain name."""
    if isinstance(node, ast.Attribute):
        inside = dotted(node.value)
        return inside and f"{inside}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def is_public(name):
    module, _, last = name.rpartition(".")
    if not module:
        return name == "harmonia"
    found = importlib.import_module(module)
    return last in public_names(found) or name in MODULES


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_an_example_uses_public_names(path):
    """Whatever it takes from harmonia, by import or by a dotted name."""
    tree = ast.parse(path.read_text("utf-8"))
    heres = {"harmonia": "harmonia"}
    used = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("harmonia"):
            for alias in node.names:
                heres[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                used.add(f"{node.module}.{alias.name}")
    for node in ast.walk(tree):
        name = dotted(node)
        first, _, rest = name.partition(".")
        if rest and first in heres:
            used.add(f"{heres[first]}.{rest}")
    assert used
    if not HAS_TORCH:
        used = {name for name in used if not name.startswith(OF_TORCH)}
    assert [name for name in sorted(used) if not is_public(name)] == []


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_an_example_says_what_it_shows_and_draws(path):
    tree = ast.parse(path.read_text("utf-8"))
    title, line, *_ = ast.get_docstring(tree).splitlines()
    assert line == "=" * len(title)
    assert "figure" in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


@pytest.mark.skipif(not HAS_TORCH, reason="torch is not installed")
def test_every_public_name_is_in_the_reference(scripts):
    make_api = importlib.import_module("make_api")
    for module, names in test_api_surface.surface().items():
        page = make_api.module_page(module, "")
        for name in names:
            named = re.search(rf":(?:doc)?:? ?`?{module}.{name}\b", page)
            assert named, f"{module}.{name}"


@pytest.mark.skipif(not HAS_TORCH, reason="torch is not installed")
def test_every_method_is_in_the_reference(scripts):
    page = importlib.import_module("make_api").methods_page()
    for name in [*harmonia.list_methods(), *harmonia.list_networks()]:
        assert f".. _method-{name}:" in page
