"""Tables of results as papers print them, and how they are written.

`table` makes one of folders of results; `text`, `markdown`, `latex`, `csv` and `html` write it.
"""

from harmonia.evaluation.tables._layouts import list_layouts
from harmonia.evaluation.tables._means import table
from harmonia.evaluation.tables._model import Cell, Column, Line, Note, Table
from harmonia.evaluation.tables._pairs import Paired, paired, paired_table
from harmonia.evaluation.tables.comma_separated import csv
from harmonia.evaluation.tables.html import html
from harmonia.evaluation.tables.latex import latex
from harmonia.evaluation.tables.markdown import markdown
from harmonia.evaluation.tables.text import text

__all__ = [
    "Cell",
    "Column",
    "Line",
    "Note",
    "Paired",
    "Table",
    "csv",
    "html",
    "latex",
    "list_layouts",
    "markdown",
    "paired",
    "paired_table",
    "table",
    "text",
]
