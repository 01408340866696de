"""Tables as text, Markdown, LaTeX, CSV and HTML: each says the same."""

import csv
import html as html_lib
import io
import math
import re
import shutil
import subprocess
from html.parser import HTMLParser

import numpy as np
import pytest
from harmonia.evaluation import tables
from harmonia.evaluation.tables import Cell, Column, Line, Note, Table
from harmonia.evaluation.tables.latex import escape
from hypothesis import given
from hypothesis import strategies as st
from made_results import make

FORMATS = (tables.text, tables.markdown, tables.latex, tables.csv, tables.html)
NASTY = r"a_b%&#$\{}^~<i>|*`[x]\"'"


@pytest.fixture
def full(tmp_path):
    """With all that a table can have: published lines, notes, remarks, intervals, ranks."""

    def values(label, number):
        rng = np.random.default_rng([number, len(label)])
        mse, fmse, psnr = rng.gamma(2, 20, 3)
        return [mse, fmse, math.inf if number < 3 else psnr]

    make(tmp_path, {"HFlickr": 828, "HCOCO": 40}, ["composite", "mkl", "my_net"], values=values)
    return tables.table(tmp_path, layout="subsets", published=True)


def nasty():
    """Every text of it means something to some format."""
    return Table(
        NASTY,
        (Column(NASTY, "MSE", "lower", images=3), Column("B|C", NASTY, "higher", digits=4)),
        (
            Line(NASTY, (Cell(-1.5, -2.0, 1.0, rank=1, marks=("a",)), Cell(digits=4))),
            Line("other", (Cell(2.0, rank=2), Cell(0.12345, digits=4)), True, ("a", "b")),
        ),
        (Note("a", NASTY), Note("b", "second")),
        (NASTY,),
    )


def numbers(table):
    return [[one.text for one in each.cells] for each in table.lines]


def test_text_has_every_number_below_its_head(full):
    lines = tables.text(full, intervals=False).splitlines()
    for each, texts in zip(full.lines, numbers(full), strict=True):
        said = next(one for one in lines if one.startswith(each.label))
        found = re.findall(r"(?<![\w(])-(?!\d)|\d+\.\d+", said.replace("(2015)", ""))
        assert found == [text or "-" for text in texts]
    assert "published" in lines


def test_text_has_the_digits_below_each_other(full):
    lines = tables.text(full, intervals=False).splitlines()
    rows = [one for one in lines if re.match(r"composite|mkl|my_net", one)]
    points = [[match.start() for match in re.finditer(r"\.", one)] for one in rows]
    assert [len(each) for each in points] == [9, 9, 9]
    assert points[0] == points[1] == points[2]


@pytest.mark.parametrize("width", [40, 80, 100, 200])
def test_text_is_as_narrow_as_whole_groups_allow(full, width):
    narrow = tables.text(full, width=width)
    rows = [
        one
        for one in narrow.splitlines()[1:]
        if not one.startswith(("(", "*", "[ ]", "published", "no "))
    ]
    group_wide = max(len(one) for one in tables.text(full, width=1).splitlines()[2:22])
    assert max(map(len, rows)) <= max(width, group_wide)
    for texts in numbers(full):
        assert all(text in narrow for text in texts)


def test_text_marks_the_best(full):
    said = tables.text(full, intervals=False)
    for each in full.lines:
        for one in each.cells:
            if one.rank == 1:
                assert f"{one.text}*" in said
            if one.rank == 2:
                assert f"{one.text}+" in said


def markdown_rows(text):
    """The cells of a Markdown table."""
    rows = [row for row in text.splitlines() if row.startswith("|")]
    return [[one.strip() for one in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


@pytest.mark.parametrize("intervals", [True, False])
def test_markdown_has_a_cell_a_column(full, intervals):
    rows = markdown_rows(tables.markdown(full, intervals=intervals))
    assert {len(row) for row in rows} == {len(full.columns) + 1}
    assert len(rows) == 2 + len(full.lines)
    for row, each in zip(rows[2:], full.lines, strict=True):
        assert row[0].startswith(each.label.replace("_", r"\_").replace("&", "&amp;"))
        assert ("published" in row[0]) == each.published
        for said, one in zip(row[1:], each.cells, strict=True):
            plain = {0: one.text or "-", 1: f"**{one.text}**", 2: f"_{one.text}_"}[one.rank]
            assert said.startswith(plain)
            assert (one.interval in said) == (intervals or not one.interval)


def test_markdown_escapes_what_means_something(full):
    rows = markdown_rows(tables.markdown(nasty()))
    assert {len(row) for row in rows} == {3}
    assert "<i>" not in tables.markdown(nasty())


LATEX_SPECIAL = re.compile(r"\\[a-zA-Z]+\*?|\\.|\$-\$|\$\\(?:down|up)arrow\$|[&{}%#$_^~]")


def latex_body(text):
    """The rows of a LaTeX table, each as its cells."""
    inside = text.partition(r"\toprule")[2].partition(r"\bottomrule")[0]
    inside = inside.replace(r"\midrule", "")
    rows = [row for row in inside.split(r"\\") if re.search(r"(?<!\\)&", row)]
    return [re.split(r"(?<!\\)&", row) for row in rows]


@pytest.mark.parametrize("make_table", ["full", "nasty"])
def test_latex_rows_have_a_cell_a_column_and_braces_match(full, make_table):
    table = full if make_table == "full" else nasty()
    text = tables.latex(table)
    wide = len(table.columns) + 1
    rows = latex_body(text)
    for row in rows:
        spans = [int(n) for one in row for n in re.findall(r"\\multicolumn\{(\d+)\}", one)]
        assert len(row) + sum(spans) - len(spans) == wide
    depth = 0
    for found in re.finditer(r"\\.|[{}]", text):
        depth += {"{": 1, "}": -1}.get(found.group(), 0)
        assert depth >= 0
    assert depth == 0
    begun, ended = re.findall(r"\\begin\{(.*?)\}", text), re.findall(r"\\end\{(.*?)\}", text)
    assert begun == ended[::-1] == ["table*", "tabular"]


def test_latex_has_every_number_and_its_mark(full):
    text = tables.latex(full, intervals=False)
    assert "[" not in "".join(one for row in latex_body(text) for one in row)
    for each in full.lines:
        row = next(
            row
            for row in latex_body(text)
            if row[0].strip().startswith(each.label.split(" &")[0].replace("_", r"\_"))
        )
        for said, one in zip(row[1:], each.cells, strict=True):
            styles = {0: "{}", 1: r"\textbf{{{}}}", 2: r"\underline{{{}}}"}
            assert said.strip().startswith(styles[one.rank].format(one.text) if one.text else "--")


def test_latex_can_be_set(full, tmp_path):
    program = shutil.which("pdflatex")
    if program is None:
        pytest.skip("needs pdflatex")
    body = "\n".join(tables.latex(each) for each in (full, nasty()))
    source = (
        "\\documentclass{article}\n\\usepackage{booktabs,graphicx}\n\\begin{document}\n"
        f"{body}\n\\end{{document}}\n"
    )
    (tmp_path / "t.tex").write_text(source, encoding="utf-8")
    done = subprocess.run(
        [program, "-interaction=nonstopmode", "-halt-on-error", "t.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in done.stdout


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S", "Z"])))
def test_latex_text_has_no_bare_special_character(text):
    for found in re.finditer(r"\\char`\\.\{\}|\\text\w+\{\}|\\.|[&{}%#$_^~\\<>|\"]", escape(text)):
        assert len(found.group()) > 1


def test_csv_has_every_value_to_the_bit(full):
    rows = list(csv.DictReader(io.StringIO(tables.csv(full))))
    by_place = {(row["method"], row["group"], row["metric"]): row for row in rows}
    assert len(by_place) == len(rows)
    notes = {note.mark: note.text for note in full.notes}
    for each in full.lines:
        for head, one in zip(full.columns, each.cells, strict=True):
            if one.is_empty:
                continue
            row = by_place[each.label, head.group, head.head]
            assert float(row["mean"]) == one.value
            assert row["published"] == ("yes" if each.published else "no")
            assert row["notes"] == "; ".join(notes[mark] for mark in (*each.marks, *one.marks))
            if not each.published:
                assert (float(row["low"]), float(row["high"])) == (one.low, one.high)
                assert int(row["infinite"]) == one.infinite
    assert next(csv.reader(io.StringIO(tables.csv(nasty()))))[0] == "method"
    assert {row["method"] for row in csv.DictReader(io.StringIO(tables.csv(nasty())))} == {
        NASTY,
        "other",
    }


class Reader(HTMLParser):
    """The cells of each row with their spans, and whether every tag is closed."""

    def __init__(self):
        super().__init__()
        self.rows, self.open, self.tags = [], [], set()

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append([dict(attrs), ""])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1][1] += data


def read_html(text):
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


@pytest.mark.parametrize("make_table", ["full", "nasty"])
def test_html_is_whole_and_has_a_cell_a_column(full, make_table):
    table = full if make_table == "full" else nasty()
    reader = read_html(tables.html(table))
    wide = len(table.columns) + 1
    for number, row in enumerate(reader.rows):
        cells = sum(int(attrs.get("colspan", 1)) for attrs, _ in row)
        assert cells + (number == 1) == wide  # the corner spans both rows of heads
    assert reader.tags <= {
        *("div", "table", "caption", "thead", "tbody", "tr", "th", "td"),
        *("span", "sup", "ul", "li"),
    }


def test_html_marks_the_best_and_what_is_published(full):
    text = tables.html(full)
    reader = read_html(text)
    places = {0: None, 1: "best", 2: "second"}
    for row, each in zip(reader.rows[2:], full.lines, strict=True):
        assert row[0][1].startswith(each.label)
        for (attrs, said), one in zip(row[1:], each.cells, strict=True):
            assert said.startswith(one.text)
            assert attrs.get("class") == places[one.rank]
    published = text.partition('<tbody class="published">')[2]
    for each in full.lines:
        assert (f">{html_lib.escape(each.label)}<" in published) == each.published


def test_html_shows_texts_as_they_are():
    reader = read_html(tables.html(nasty()))
    assert reader.rows[2][0][1] == NASTY
    assert reader.rows[0][1][1] == f"{NASTY} 3"


def test_every_format_says_the_source_of_what_is_published(full):
    source = next(note.text for note in full.notes if note.text.startswith("published"))
    for write in FORMATS:
        assert source.partition("(")[0] in write(full)


@pytest.mark.parametrize("write", FORMATS)
def test_no_format_shows_what_was_published_of_another_size(full, tmp_path, write):
    make(tmp_path / "other", {"HFlickr": 828}, protocol="ihd_script-512")
    other = tables.table(tmp_path / "other", layout="subsets", published=True)
    for each in full.lines:
        if each.published and each.label == "Input composite":
            assert each.label in write(full)
            assert each.label not in write(other)
    assert "bcmi" in write(full)
    assert "bcmi" not in write(other)
