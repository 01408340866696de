"""docs/guide/extending.md holds: its files and changes are made in a copy of the package, and its
commands run there.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import harmonia
import numpy as np
import page_blocks
import pytest
from harmonia import _core
from kinds import torch
from PIL import Image

PAGE = page_blocks.DOCS / "guide" / "extending.md"
if not PAGE.is_file():
    pytest.skip("there is no docs folder beside the tests", allow_module_level=True)

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(
    r"^```(?:\{code-block\} )?(\w*)\n(?::caption: ([^\n]+)\n\n)?(.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
SECTION = re.compile(r"^## (.+)\n((?:(?!^## ).*\n)*)", re.MULTILINE)
WITHOUT_REDIRECTION = """import sys

sys.meta_path[:] = [one for one in sys.meta_path if "Redirecting" not in type(one).__name__]
"""


class Block(NamedTuple):
    """What it is, the file that it is of, and the text."""

    language: str
    file: str
    text: str


def blocks(title):
    sections = dict(SECTION.findall(PAGE.read_text("utf-8")))
    return [Block(*found) for found in BLOCK.findall(sections[title])]


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A folder like the checkout: the package with its compiled module, and the tests."""
    folder = tmp_path_factory.mktemp("checkout")
    ignored = shutil.ignore_patterns("*.so", "*.pyd", "__pycache__")
    package = folder / "python" / "harmonia"
    shutil.copytree(Path(harmonia.__file__).parent, package, ignore=ignored)
    shutil.copy(_core.__file__, package)
    shutil.copytree(ROOT / "tests", folder / "tests", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    # Editable installs answer for the package before PYTHONPATH does.
    (folder / "python" / "sitecustomize.py").write_text(WITHOUT_REDIRECTION)
    image, mask = harmonia.example()
    for name, array in (("out", image), ("real", image[:, ::-1]), ("mask", mask)):
        Image.fromarray(np.ascontiguousarray(array)).save(folder / f"{name}.png")
    return folder


def run(copy, *arguments):
    environment = os.environ | {"PYTHONPATH": str(copy / "python")}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def follow(copy, title):
    """The blocks of a section in their order; what the commands print."""
    printed = []
    for language, file, text in blocks(title):
        if language == "diff":
            change(copy / file, text)
        elif file:
            assert not (copy / file).exists()
            (copy / file).write_text(text, encoding="utf-8")
        elif language == "python":
            printed.append(run(copy, "-c", text))
        else:
            for line in text.splitlines():
                name, *arguments = shlex.split(line)
                assert name in ("pytest", "harmonia")
                quiet = ["-q", "-p", "no:cacheprovider"] if name == "pytest" else []
                printed.append(run(copy, "-m", name, *quiet, *arguments))
    return printed


def change(path, diff):
    """Lines with a + go behind the line before them, of which the file has one."""
    lines = path.read_text("utf-8").splitlines()
    at = None
    for line in diff.splitlines():
        mark, text = line[0], line[1:]
        if mark == " ":
            assert lines.count(text) == 1, f"{path.name}: {text}"
            at = lines.index(text)
        else:
            at += 1
            lines.insert(at, text)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def passed(printed):
    return [int(found[1]) for text in printed if (found := re.search(r"(\d+) passed", text))]


def test_the_copy_is_what_runs(copy):
    where = run(copy, "-c", "import harmonia; print(harmonia.__file__)").strip()
    assert Path(where).parent == copy / "python" / "harmonia"


def test_a_method(copy):
    printed = follow(copy, "A method")
    own, promised = passed(printed)
    assert own == 1
    assert promised > 100
    assert (copy / "contrast.png").is_file()


def test_a_metric(copy):
    printed = follow(copy, "A metric")
    assert passed(printed)[0] > 10
    assert "rmse" in printed[-1]


@pytest.mark.skipif(torch is None, reason="torch is not installed")
def test_a_network(copy):
    pytest.importorskip("safetensors")
    assert passed(follow(copy, "A network"))[0] > 0


def test_every_section_with_blocks_is_followed_here():
    sections = dict(SECTION.findall(PAGE.read_text("utf-8")))
    assert [title for title, text in sections.items() if "```" in text] == [
        "A method",
        "A metric",
        "A network",
    ]
