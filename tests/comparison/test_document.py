"""The frame of all pages: one head and one theme, and parts that are put in once."""

import re
from importlib.resources import files

import pytest
from harmonia.comparison.document import document

PAGES = [
    "harmonia.comparison",
    "harmonia.evaluation._report",
    "harmonia.evaluation._study",
    "harmonia.synthesis._review",
    "harmonia._ui",
]


def places(package):
    return re.findall(r"\{\{(\w+)\}\}", (files(package) / "page.html").read_text("utf-8"))


@pytest.mark.parametrize("package", PAGES)
def test_every_page_stands_in_the_same_frame(package):
    text = document(package, dict.fromkeys(places(package), ""), title="A title", by="command")
    for name in ("page.css", "page.js"):
        assert (files(package) / name).read_text("utf-8") in text
    assert "<title>A title</title>" in text
    assert 'content="harmonia command"' in text
    assert "img-src data:;" in text
    assert text.count("--paper: #17171a") == 1  # the colours by night
    assert [text.count(f"<{tag}>") for tag in ("head", "style", "body", "script")] == [1, 1, 1, 1]
    assert "{{" not in text


@pytest.mark.parametrize("package", PAGES)
def test_what_is_put_in_is_not_looked_at_again(package):
    parts = {name: f"[{name} {{{{style}}}}{{{{title}}}}]" for name in places(package)}
    text = document(package, parts, title="{{body}}", by="command", sources="'self'")
    assert "<title>{{body}}</title>" in text
    assert all(part in text for part in parts.values())
