"""docs/datasets.md is what the facts of the datasets give."""

from pathlib import Path

import pytest
from harmonia import datasets

PAGE = Path(__file__).parents[2] / "docs" / "datasets.md"


def test_the_page_is_what_the_facts_give():
    if not PAGE.parent.is_dir():
        pytest.skip("there is no docs folder beside the tests")
    written = PAGE.read_text(encoding="utf-8")
    assert written == datasets.page(), "run harmonia data page > docs/datasets.md"


def test_the_readme_counts_the_kinds_of_findings():
    readme = PAGE.parents[1] / "README.md"
    if not readme.is_file():
        pytest.skip("there is no README.md above the tests")
    assert f" {len(datasets.KINDS)} kinds of defects" in readme.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", datasets.list_datasets())
def test_every_dataset_says_what_it_is_and_what_it_looks_like(name):
    facts = datasets.facts(name)
    section = datasets.page().partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    assert facts.licence in section
    for path in facts.layout:
        assert path in section
    for split, parts in facts.counts.items():
        assert split in section
        for number in parts.values():
            assert f"{number:,}" in section
    for sentence in facts.history:
        assert sentence in section
