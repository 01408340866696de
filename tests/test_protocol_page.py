"""docs/protocols.md is what its script writes."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "docs" / "make_protocols.py"


def test_the_page_is_what_the_code_gives():
    if not SCRIPT.is_file():
        pytest.skip("there is no docs folder beside the tests")
    spec = importlib.util.spec_from_file_location("make_protocols", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    written, wanted = script.PAGE.read_text(encoding="utf-8"), script.page()
    assert written == wanted, "run python docs/make_protocols.py"
