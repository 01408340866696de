"""README.md runs: its Python in one go, and its commands in a folder with the files they name."""

from pathlib import Path

import harmonia
import numpy as np
import page_blocks
import pytest
from miniatures import make_iharmony4
from PIL import Image

PAGE = Path(__file__).parents[1] / "README.md"
if not PAGE.is_file():
    pytest.skip("there is no README.md above the tests", allow_module_level=True)

BLOCKS = page_blocks.blocks(PAGE)
COMMANDS = [
    words for language, text in BLOCKS if not language for words in page_blocks.commands(text)
]
LINKED = dict.fromkeys(link for link in page_blocks.links(PAGE) if link.startswith("docs/"))
PAGES = [PAGE.parent / link for link in LINKED if link.endswith(".md")]
# What compiles, serves, trains or needs a whole data set has tests of its own.
ELSEWHERE = {("pip", "install"), ("harmonia", "ui"), ("harmonia", "train"), ("harmonia", "data")}


def runs_elsewhere(words):
    return tuple(words[:2]) in ELSEWHERE or "--weights" in words


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """The files that the page names, in the current folder."""
    monkeypatch.chdir(tmp_path)
    image, mask = (array[::4, ::4].copy() for array in harmonia.example())
    Image.fromarray(image).save("photo.jpg", quality=95)
    Image.fromarray(image).save("real.png")
    Image.fromarray(mask).save("mask.png")
    Image.fromarray(np.dstack([image, mask])).save("cutout.png")
    Image.fromarray(image[:, ::-1].copy()).save("room.jpg", quality=95)
    page_blocks.write_photos(Path("photos"))
    make_iharmony4(tmp_path / "iHarmony4")
    return tmp_path


def test_the_picture_comes_first_then_a_command_then_three_lines_of_python():
    text = PAGE.read_text("utf-8")
    (_, command), (language, lines) = BLOCKS[:2]
    assert text.index("](docs/images/before_after.png)") < text.index(command)
    assert "pip install . && python -m harmonia example -o before_after.png" in command
    assert (language, len(lines.splitlines())) == ("python", 3)


@pytest.mark.parametrize("page", [PAGE, *PAGES], ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    links = page_blocks.links(page)
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_its_python_runs_from_the_first_line_to_the_last(folder):
    names = {}
    for language, text in BLOCKS:
        if language == "python":
            page_blocks.run_python(text, PAGE.name, names)
    assert (names["result"] != harmonia.example()[0]).any()
    weaker = harmonia.io.read("weaker.png").pixels
    assert np.array_equal(weaker, names["out"])
    assert names["scores"].protocol == "harmonia"


def test_its_commands_run_in_their_order(folder):
    for words in COMMANDS:
        if not runs_elsewhere(words):
            page_blocks.run_command(words)
    for name in ("out.png", "pasted.png", "look.cube", "sheet.html", "sheet.png", "report.html"):
        assert Path(name).stat().st_size > 0
