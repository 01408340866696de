"""Pages of docs/ as what they tell to run: blocks of Python and of commands, by section."""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).parents[1] / "docs"
HEADING = re.compile(r"^#{1,3} (.+)\n((?:(?!^#{1,3} ).*\n)*)", re.MULTILINE)
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """The word behind the fence, and the text within."""

    language: str
    text: str


def blocks(page: Path) -> list[Block]:
    return [Block(*found) for found in BLOCK.findall(page.read_text("utf-8"))]


def sections(page: Path) -> dict[str, list[Block]]:
    """By heading. A line of code that starts with # is none."""
    text = page.read_text("utf-8")
    hidden = FENCED.sub(lambda found: re.sub("^#", "\0", found[0], flags=re.MULTILINE), text)
    return {
        title: [Block(*one) for one in BLOCK.findall(body.replace("\0", "#"))]
        for title, body in HEADING.findall(hidden)
    }


def run_python(text: str, names: dict, where: str) -> None:
    exec(compile(text, where, "exec"), names)


def run_command(text: str) -> None:
    """Every line of a block; a backslash at its end goes on in the next."""
    for line in text.replace("\\\n", " ").splitlines():
        name, *arguments = shlex.split(line)
        command = [*PROGRAMS[name](), *arguments]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")


def _ffmpeg() -> list[str]:
    from harmonia._video_files import program

    return [program.find("test")]


PROGRAMS = {"ffmpeg": _ffmpeg, "harmonia": lambda: [sys.executable, "-m", "harmonia"]}
