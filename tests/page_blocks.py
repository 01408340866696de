"""The fenced blocks of a page, and how they are run: Python by a namespace, commands as written.

Several pages name a folder of photographs, which is made here too.
"""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
from harmonia._video_files import program
from images import as_dtype, scene
from PIL import Image

DOCS = Path(__file__).parents[1] / "docs"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECTION = re.compile(r"^#{1,3} (.+)\n((?:(?!^#{1,3} ).*\n)*)", re.MULTILINE)
PROGRAMS = {
    "ffmpeg": lambda: [program.find("test")],
    "harmonia": lambda: [sys.executable, "-m", "harmonia"],
    "python": lambda: [sys.executable],
}


class Block(NamedTuple):
    """The word behind the fence, and the text within."""

    language: str
    text: str


def blocks(path):
    """Of a page, in their order."""
    return _blocks(path.read_text("utf-8"))


def sections(path):
    """The blocks below each heading. A line of code that starts with # is none."""
    text = BLOCK.sub(
        lambda block: re.sub("^#", "\0", block[0], flags=re.MULTILINE), path.read_text("utf-8")
    )
    return {title: _blocks(body.replace("\0", "#")) for title, body in SECTION.findall(text)}


def _blocks(text):
    return [Block(*found) for found in BLOCK.findall(text)]


def links(path):
    """Files that a page leads to, without what is after a #."""
    found = re.findall(r"\]\(([^)#\s]+)", BLOCK.sub("", path.read_text("utf-8")))
    return [link for link in found if "://" not in link]


def commands(text):
    """Every line of a block as words; a backslash at its end goes on in the next."""
    lines = text.replace("\\\n", " ").splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def run_command(words):
    command = [*PROGRAMS[words[0]](), *words[1:]]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")


def run_python(text, page, names):
    exec(compile(text, page, "exec"), names)


def write_photos(folder):
    """Six photographs beside their masks: 0.jpg and 0_mask.png, and so on."""
    folder.mkdir()
    for seed in range(6):
        photo, disc = (as_dtype(array, np.uint8) for array in scene(96, 128, seed))
        Image.fromarray(photo).save(folder / f"{seed}.jpg", quality=95)
        Image.fromarray(disc).save(folder / f"{seed}_mask.png")
