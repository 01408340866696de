"""Tables for terminals: columns below each other, groups below each other where they do not fit."""

from collections.abc import Sequence

from harmonia.evaluation.tables._model import INTERVALS, Cell, Line, Table

BEST = {0: "", 1: "*", 2: "+"}
GAP = "  "


def text(table: Table, *, intervals: bool = True, width: int | None = None) -> str:
    """The table as lines of text.

    Parameters
    ----------
    table
        From `harmonia.evaluation.table`.
    intervals
        Put the intervals below the means, where the table has them.
    width
        Columns of the terminal: groups that do not fit beside each other stand below each other.

    >>> table = harmonia.evaluation.table(results)
    >>> print(harmonia.evaluation.tables.text(table).splitlines()[0])
    folder, native size, protocol harmonia
    """
    intervals = intervals and table.has_intervals
    blocks = _blocks(table, intervals, width)
    parts = [table.title, *("\n".join(_block(table, places, intervals)) for places in blocks)]
    below = [f"({note.mark}) {note.text}" for note in table.notes]
    if table.has_ranks:
        below.append("* best, + second best")
    if intervals:
        below.append(f"[ ] {INTERVALS}")
    below += table.remarks
    if below:
        parts.append("\n".join(below))
    return "\n\n".join(parts)


def _blocks(table: Table, intervals: bool, width: int | None) -> list[list[int]]:
    """The columns of each block: whole groups, as many as fit."""
    blocks: list[list[int]] = []
    for _, start, end in table.groups:
        places = list(range(start, end))
        if blocks and (
            width is None or max(map(len, _block(table, blocks[-1] + places, intervals))) <= width
        ):
            blocks[-1] += places
        else:
            blocks.append(places)
    return blocks


def _block(table: Table, places: Sequence[int], intervals: bool) -> list[str]:
    heads = [f"{table.columns[at].head}{table.columns[at].arrow}" for at in places]
    bodies = [_means([line.cells[at] for line in table.lines]) for at in places]
    spans = [_intervals([line.cells[at] for line in table.lines]) for at in places]
    shown = [[heads[n], *bodies[n], *(spans[n] if intervals else [])] for n in range(len(places))]
    widths = [max(map(len, column)) for column in shown]
    labels = [_label(line) for line in table.lines]
    first = max(map(len, [*labels, ""]))
    groups = _group_line(table, places, widths)
    lines = [" " * first + GAP + groups] if groups.strip() else []
    lines.append(_row("", heads, first, widths))
    was_published = False
    for number, line in enumerate(table.lines):
        if line.published and not was_published:
            lines += ["", "published"]
            was_published = True
        lines.append(_row(labels[number], [body[number] for body in bodies], first, widths))
        below = [span[number] for span in spans]
        if intervals and any(below):
            lines.append(_row("", below, first, widths))
    return [line.rstrip() for line in lines]


def _row(label: str, cells: Sequence[str], first: int, widths: list[int]) -> str:
    right = [cell.rjust(width) for cell, width in zip(cells, widths, strict=True)]
    return GAP.join([label.ljust(first), *right])


def _group_line(table: Table, places: Sequence[int], widths: list[int]) -> str:
    """Names of groups, each from where its first column begins; widens the last where needed."""
    said = ""
    for name, start, end in table.groups:
        mine = [number for number, at in enumerate(places) if start <= at < end]
        if not mine:
            continue
        images = table.columns[start].images
        label = f"{name} ({images:,})" if images else name
        room = sum(widths[number] for number in mine) + len(GAP) * (len(mine) - 1)
        widths[mine[-1]] += max(0, len(label) - room)
        said += label.center(max(room, len(label))) + GAP
    return said


def _means(cells: Sequence[Cell]) -> list[str]:
    """Those of a column, their digits below each other whatever follows them."""
    behind = [BEST[cell.rank] + _marked(cell.marks) for cell in cells]
    room = max(map(len, behind))
    return [(cell.text or "-") + each.ljust(room) for cell, each in zip(cells, behind, strict=True)]


def _intervals(cells: Sequence[Cell]) -> list[str]:
    return [f"[{cell.interval}]" if cell.interval else "" for cell in cells]


def _marked(marks: Sequence[str]) -> str:
    return f"({','.join(marks)})" if marks else ""


def _label(line: Line) -> str:
    return f"{line.label} {_marked(line.marks)}".rstrip()
