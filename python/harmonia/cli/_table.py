"""Tables as plain text, and text that fits the terminal."""

import shutil
import sys
import textwrap
from collections.abc import Sequence

NARROWEST = 20  # columns that a last one keeps, however narrow the terminal


def table(rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), indent: str = "") -> str:
    """Rows with their columns below each other; the columns `right` end together.

    On a terminal the last column is wrapped to its width, elsewhere each row is one line.
    """
    if not rows:
        return ""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    first = len(indent) + sum(width + 2 for width in widths[:-1])
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        head = indent + "".join(f"{cell}  " for cell in cells[:-1])
        last = cells[-1] if len(row) - 1 in right else row[-1]
        room = _columns() - first
        wrapped = textwrap.wrap(last, max(room, NARROWEST)) if sys.stdout.isatty() else [last]
        lines.append((head + (wrapped[0] if wrapped else "")).rstrip())
        lines.extend(" " * first + line for line in wrapped[1:])
    return "\n".join(lines)


def number(value: float) -> str:
    """A score or an error, in five digits at least."""
    return f"{value:.4f}" if abs(value) < 100 else f"{value:.2f}"


def width() -> int | None:
    """Columns of the terminal; None where output goes elsewhere."""
    return _columns() if sys.stdout.isatty() else None


def _columns() -> int:
    return shutil.get_terminal_size().columns
