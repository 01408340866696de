"""What is known of every dataset as a page: sources, sizes, splits, counts, licences, layouts."""

from collections.abc import Mapping, Sequence

from harmonia.datasets import _load
from harmonia.datasets._facts import Facts

INTRODUCTION = """# Datasets

`harmonia.datasets` reads these where they lie; nothing is downloaded. They are to be had from their
pages, under the terms of their owners.

```python
test = harmonia.datasets.load("iharmony4", "iHarmony4", split="test", subset="HFlickr")
sample = test[0]                                   # composite, mask and real, read when asked for
from harmonia.training import tensors              # for torch's DataLoader
items = tensors(test, size=256)
```

```
harmonia data list                                 # what can be read, its counts, where it is had
harmonia data verify iharmony4 iHarmony4           # is it whole?
harmonia data spread iHarmony4 --plot spread.svg   # its composites, beside the published means
```

`harmonia.datasets.verify` is the second from Python; `harmonia.datasets.join` makes one of several.
This page is what `harmonia data page` prints.
"""


def page() -> str:
    """Markdown, with a table of all datasets and a section for each.

    >>> harmonia.datasets.page().splitlines()[0]
    '# Datasets'
    """
    names = _load.list_datasets()
    parts = [INTRODUCTION, grid(overview()), *(_section(name) for name in names)]
    return "\n".join(parts)


def overview() -> list[list[str]]:
    """A row for each dataset, below a head."""
    rows = [["dataset", "composites", "sizes", "licence", "page"]]
    for name in _load.list_datasets():
        facts = _load.facts(name)
        rows.append([name, _totals(facts), facts.sizes, facts.licence, facts.page])
    return rows


def summary(name: str) -> str:
    """The first line of its module's docstring."""
    said = _load.reader(name, where="datasets").__doc__ or ""
    return said.partition("\n")[0]


def grid(rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """A table in Markdown; the columns `right` end together."""
    rule = ["---:" if column in right else "---" for column in range(len(rows[0]))]
    lines = [rows[0], rule, *rows[1:]]
    return "".join(
        "".join(f"| {cell} " if cell else "| " for cell in line) + "|\n" for line in lines
    )


def _totals(facts: Facts) -> str:
    """65,742 train, 7,404 test"""
    return ", ".join(
        f"{sum(parts.values()):,}" + (f" {split}" if split != "all" else "")
        for split, parts in facts.counts.items()
    )


def _section(name: str) -> str:
    facts = _load.facts(name)
    parts = [f"## {name}\n", f"{summary(name)}\n"]
    said = {
        "Paper": facts.paper,
        "Page": facts.page,
        "Licence": facts.licence,
        "Sizes": facts.sizes,
    }
    parts.append("".join(f"- {what}: {value}\n" for what, value in said.items() if value))
    if facts.counts:
        parts.append(grid(_counts(facts.counts), right=range(1, 100)))
    parts += [f"{sentence}\n" for sentence in facts.history]
    if facts.layout:
        width = max(map(len, facts.layout))
        lines = "\n".join(f"{path:<{width}}  {what}" for path, what in facts.layout.items())
        parts.append(f"```\n{lines}\n```\n")
    return "\n".join(parts)


def _counts(counts: Mapping[str, Mapping[str, int]]) -> list[list[str]]:
    splits = list(counts)
    subsets = list(dict.fromkeys(subset for parts in counts.values() for subset in parts))
    rows = [["", *splits]]
    for subset in subsets:
        numbers = [counts[split].get(subset) for split in splits]
        rows.append([subset or "all", *("" if n is None else f"{n:,}" for n in numbers)])
    if len(subsets) > 1:
        rows.append(["all", *(f"{sum(counts[split].values()):,}" for split in splits)])
    return rows
