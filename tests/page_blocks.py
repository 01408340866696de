"""The fenced blocks of a page, and how they are run: Python by a namespace, commands as written."""

import re
import shlex
import subprocess
import sys

from harmonia._video_files import program

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECTION = re.compile(r"^#{2,3} (.+)\n((?:(?!^#{2,3} ).*\n)*)", re.MULTILINE)
PROGRAMS = {
    "ffmpeg": lambda: [program.find("test")],
    "harmonia": lambda: [sys.executable, "-m", "harmonia"],
    "python": lambda: [sys.executable],
}


def blocks(path):
    """Language and text of each block of a page, in their order."""
    return BLOCK.findall(path.read_text("utf-8"))


def sections(path):
    """The blocks below each heading."""
    return {title: BLOCK.findall(text) for title, text in SECTION.findall(path.read_text("utf-8"))}


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
