"""Tables as CSV: a row a cell, for spreadsheets and programs."""

import csv as _csv
import io
import math

from harmonia.evaluation.tables._model import Table

COLUMNS = (
    "method",
    "published",
    "group",
    "metric",
    "mean",
    "low",
    "high",
    "images",
    "undefined",
    "infinite",
    "rank",
    "notes",
)


def csv(table: Table, *, intervals: bool = True) -> str:
    """Every cell that has a value, in a row of its own, numbers to the bit.

    >>> table = harmonia.evaluation.table(results)
    >>> harmonia.evaluation.tables.csv(table).partition(",")[0]
    'method'
    """
    notes = {note.mark: note.text for note in table.notes}
    out = io.StringIO()
    writer = _csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in table.lines:
        for column, cell in zip(table.columns, line.cells, strict=True):
            if cell.is_empty and not cell.marks:
                continue
            low, high = (cell.low, cell.high) if intervals else (math.nan, math.nan)
            counts = ("",) * 3 if line.published else (cell.images, cell.undefined, cell.infinite)
            writer.writerow(
                [
                    line.label,
                    "yes" if line.published else "no",
                    column.group,
                    column.head,
                    *(
                        "" if math.isnan(value) else repr(value)
                        for value in (cell.value, low, high)
                    ),
                    *counts,
                    cell.rank or "",
                    "; ".join(notes[mark] for mark in (*line.marks, *cell.marks)),
                ]
            )
    return out.getvalue().rstrip("\n")
