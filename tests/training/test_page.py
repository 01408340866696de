"""docs/training.md says what the recipes are, and what it shows runs."""

import importlib.util
import re
from pathlib import Path

import harmonia
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

DOCS = Path(__file__).parents[2] / "docs"
pytestmark = pytest.mark.skipif(
    not DOCS.is_dir(), reason="there is no docs folder beside the tests"
)


def test_the_recipes_are_those_of_the_code():
    spec = importlib.util.spec_from_file_location("make_training", DOCS / "make_training.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    written = script.PAGE.read_text(encoding="utf-8")
    assert written == script.page(), "run python docs/make_training.py"


def blocks(heading):
    text = (DOCS / "training.md").read_text(encoding="utf-8")
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"```python\n(.*?)```", section, re.DOTALL)


def test_a_recipe_of_ones_own_trains_as_the_page_shows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"harmonia": harmonia, "__name__": "own"}
    for code in (blocks("A first run")[0], *blocks("A recipe of your own")):
        exec(code, names)
    assert names["run"].steps == 20
    assert names["harmonizer"].method == "issam.256"
    log = Path("own/log.csv").read_text(encoding="utf-8")
    assert log.startswith("step,rate,l1,ssim\n20,")
