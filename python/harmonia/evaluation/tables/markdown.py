"""Tables as Markdown."""

import re

from harmonia.evaluation.tables._model import INTERVALS, Cell, Line, Table

STYLES = {0: "{}", 1: "**{}**", 2: "_{}_"}


def markdown(table: Table, *, intervals: bool = True) -> str:
    """The table as Markdown: a column head holds its group, the best are bold, the second best in
    italics.

    >>> table = harmonia.evaluation.table(results)
    >>> "| composite |" in harmonia.evaluation.tables.markdown(table)
    True
    """
    intervals = intervals and table.has_intervals
    heads = ["", *(_head(table, at) for at in range(len(table.columns)))]
    rows = [heads, ["---", *("---:" for _ in table.columns)]]
    for line in table.lines:
        rows.append([_label(line), *(_cell(cell, intervals) for cell in line.cells)])
    parts = [escape(table.title), "\n".join(f"| {' | '.join(row)} |" for row in rows)]
    below = [f"<sup>{note.mark}</sup> {escape(note.text)}" for note in table.notes]
    if table.has_ranks:
        below.append("**best**, _second best_")
    if intervals:
        below.append(f"In brackets: {INTERVALS}.")
    below += map(escape, table.remarks)
    return "\n\n".join(parts + below)


def escape(text: str) -> str:
    """Text in which nothing means anything to Markdown, nor to the HTML in it."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]|#~$])", r"\\\1", text).replace("\n", " ")


def _head(table: Table, at: int) -> str:
    column = table.columns[at]
    images = f" ({column.images:,})" if column.images else ""
    group = f"{escape(column.group)}{images}<br>" if column.group else ""
    return f"{group}{escape(column.head)}{column.arrow}"


def _label(line: Line) -> str:
    label = escape(line.label)
    return (f"{label}, published" if line.published else label) + _marks(line.marks)


def _cell(cell: Cell, intervals: bool) -> str:
    said = STYLES[cell.rank].format(cell.text) if cell.text else "-"
    said += _marks(cell.marks)
    return f"{said} \\[{cell.interval}\\]" if intervals and cell.interval else said


def _marks(marks: tuple[str, ...]) -> str:
    return f"<sup>{','.join(marks)}</sup>" if marks else ""
