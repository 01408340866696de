"""Tables as LaTeX, for the package booktabs."""

from harmonia.evaluation.tables._model import INTERVALS, Cell, Column, Line, Table

STYLES = {0: "{}", 1: r"\textbf{{{}}}", 2: r"\underline{{{}}}"}
SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\char`\"{}",
    "\n": " ",
    "\N{DOWNWARDS ARROW}": r"$\downarrow$",
    "\N{UPWARDS ARROW}": r"$\uparrow$",
}


def latex(table: Table, *, intervals: bool = True) -> str:
    """The table as a float for pdflatex, no wider than the page; its first line says what packages
    it needs.

    >>> table = harmonia.evaluation.table(results)
    >>> "\\\\toprule" in harmonia.evaluation.tables.latex(table)
    True
    """
    intervals = intervals and table.has_intervals
    out = [
        r"% \usepackage{booktabs,graphicx}",
        r"\begin{table*}",
        r"\centering",
        rf"\caption{{{escape(table.title)}}}",
        r"\small",
        r"\setlength{\tabcolsep}{4pt}",
        r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%",
        rf"\begin{{tabular}}{{l{'r' * len(table.columns)}}}",
        r"\toprule",
        *_heads(table),
        r"\midrule",
    ]
    was_published = False
    for line in table.lines:
        if line.published and not was_published and line is not table.lines[0]:
            out.append(r"\midrule")
        was_published = line.published
        out.append(_row(_label(line), [_cell(cell) for cell in line.cells]))
        if intervals and any(cell.interval for cell in line.cells):
            out.append(_row("", [_interval(cell) for cell in line.cells]))
    out += [r"\bottomrule", r"\end{tabular}}"]
    below = [rf"\textsuperscript{{{note.mark}}} {escape(note.text)}" for note in table.notes]
    if table.has_ranks:
        below.append(r"\textbf{best}, \underline{second best}")
    if intervals:
        below.append(f"in brackets: {escape(INTERVALS)}")
    below += map(escape, table.remarks)
    if below:
        said = r" \\".join(f"\n{each}" for each in below)
        out.append(rf"\par\smallskip\footnotesize{said}")
    out.append(r"\end{table*}")
    return "\n".join(out)


def escape(text: str) -> str:
    """Text in which nothing is a command."""
    return "".join(SPECIAL.get(character, character) for character in text)


def _heads(table: Table) -> list[str]:
    """The groups with a rule below each, and the columns."""
    lines = []
    if any(name for name, _, _ in table.groups):
        cells, rules = [""], []
        for name, start, end in table.groups:
            images = table.columns[start].images
            said = f"{escape(name)} ({images:,})" if images else escape(name)
            cells.append(rf"\multicolumn{{{end - start}}}{{c}}{{{said}}}")
            if name:
                rules.append(rf"\cmidrule(lr){{{start + 2}-{end + 1}}}")
        lines = [" & ".join(cells) + r" \\", "".join(rules)]
    heads = [_head(column) for column in table.columns]
    return [*lines, _row("", heads)]


def _head(column: Column) -> str:
    return escape(column.head + column.arrow)


def _row(label: str, cells: list[str]) -> str:
    return " & ".join([label, *cells]) + r" \\"


def _label(line: Line) -> str:
    return escape(line.label) + _marks(line.marks)


def _cell(cell: Cell) -> str:
    said = _signed(STYLES[cell.rank].format(cell.text)) if cell.text else "--"
    return said + _marks(cell.marks)


def _interval(cell: Cell) -> str:
    if not cell.interval:
        return ""
    return rf"{{\scriptsize [{_signed(cell.interval)}]}}"


def _signed(numbers: str) -> str:
    """With a minus, not a hyphen."""
    return numbers.replace("-", "$-$")


def _marks(marks: tuple[str, ...]) -> str:
    return rf"\textsuperscript{{{','.join(marks)}}}" if marks else ""
