"""Tables as fragments of HTML, to be styled by the page that takes them."""

from html import escape

from harmonia.evaluation.tables._model import INTERVALS, Cell, Line, Table

DASH = "\N{EN DASH}"
PLACES = {0: "", 1: "best", 2: "second"}


def html(table: Table, *, intervals: bool = True) -> str:
    """A `<div class="scores">` with the table and what stands below it, and no style of its own.

    Classes: `published` of the rows' body, `best` and `second` of cells, `mean` and `interval`
    within them, `images` in heads, `notes` of the list below. The div is what scrolls where a page
    is narrow.

    >>> table = harmonia.evaluation.table(results)
    >>> "<table" in harmonia.evaluation.tables.html(table)
    True
    """
    intervals = intervals and table.has_intervals
    out = [
        '<div class="scores">',
        "<table>",
        f"<caption>{escape(table.title)}</caption>",
        "<thead>",
    ]
    out += _heads(table)
    out += ["</thead>", "<tbody>"]
    was_published = False
    for line in table.lines:
        if line.published and not was_published:
            out += ["</tbody>", '<tbody class="published">']
            was_published = True
        cells = "".join(_cell(cell, intervals) for cell in line.cells)
        out.append(f'<tr><th scope="row">{_label(line)}</th>{cells}</tr>')
    out += ["</tbody>", "</table>"]
    below = [f"<sup>{note.mark}</sup> {escape(note.text)}" for note in table.notes]
    if table.has_ranks:
        below.append(
            '<span class="best"><span class="mean">best</span></span>, '
            '<span class="second"><span class="mean">second best</span></span>'
        )
    if intervals:
        below.append(f"in brackets: {escape(INTERVALS)}")
    below += map(escape, table.remarks)
    if below:
        out += ['<ul class="notes">', *(f"<li>{each}</li>" for each in below), "</ul>"]
    out.append("</div>")
    return "\n".join(out)


def _heads(table: Table) -> list[str]:
    rows = []
    named = any(name for name, _, _ in table.groups)
    if named:
        cells = []
        for name, start, end in table.groups:
            images = table.columns[start].images
            count = f' <span class="images">{images:,}</span>' if images else ""
            cells.append(f'<th colspan="{end - start}" scope="colgroup">{escape(name)}{count}</th>')
        rows.append(f'<tr><td rowspan="2"></td>{"".join(cells)}</tr>')
    heads = "".join(
        f'<th scope="col">{escape(column.head)}{column.arrow}</th>' for column in table.columns
    )
    rows.append(f"<tr>{'' if named else '<td></td>'}{heads}</tr>")
    return rows


def _label(line: Line) -> str:
    return escape(line.label) + _marks(line.marks)


def _cell(cell: Cell, intervals: bool) -> str:
    place = f' class="{PLACES[cell.rank]}"' if cell.rank else ""
    said = f'<span class="mean">{cell.text or DASH}</span>{_marks(cell.marks)}'
    if intervals and cell.interval:
        said += f' <span class="interval">[{cell.interval}]</span>'
    return f"<td{place}>{said}</td>"


def _marks(marks: tuple[str, ...]) -> str:
    return f"<sup>{','.join(marks)}</sup>" if marks else ""
