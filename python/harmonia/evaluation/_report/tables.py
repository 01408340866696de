"""The tables of a report: everything, by sub-dataset and by foreground, as HTML."""

from collections.abc import Iterator
from dataclasses import replace
from html import escape

from harmonia.comparison.panels import spelled
from harmonia.evaluation._report.numbers import Numbers
from harmonia.evaluation.tables import Table, html, table

MANY = 5  # columns, beyond which intervals find room below the means
GROUPED = {"subsets": "By sub-dataset", "foreground": "By share of the foreground"}


def tables(numbers: Numbers, judged: str) -> str:
    """One of all samples with published rows; then one a metric, so that intervals find room."""
    whole = table(numbers.results, layout="all", published=True)
    parts = ["<h3>All samples</h3>", _fragment(whole, "Every metric, over all samples")]
    metrics = sorted(numbers.metrics, key=lambda metric: metric != judged)
    for layout, title in GROUPED.items():
        if layout == "subsets" and len({known.subset for known in numbers.samples}) < 2:
            continue
        parts.append(f"<h3>{escape(title)}</h3>")
        first, *others = _of_each(numbers, layout, title, metrics)
        parts.append(first)
        if others:
            more = ", ".join(map(spelled, metrics[1:]))
            parts.append(f"<details><summary>{escape(more)}</summary>{''.join(others)}</details>")
    return "\n".join(parts)


def _of_each(numbers: Numbers, layout: str, title: str, metrics: list[str]) -> Iterator[str]:
    for metric in metrics:
        made = table(numbers.results, layout=layout, metrics=[metric])
        yield _fragment(made, f"{spelled(metric)}, {title[0].lower()}{title[1:]}")


def _fragment(made: Table, title: str) -> str:
    """The table under a name of its own: what it is of stands at the head of the report."""
    said = html(replace(made, title=title))
    kind = ' class="wide"' if len(made.columns) > MANY else ""
    return f'<div{kind} tabindex="0" role="region" aria-label="{escape(title)}">{said}</div>'
