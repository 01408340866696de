"""Lists of a split: text files with a name a line."""

from pathlib import Path
from typing import NamedTuple


class WrongFolder(ValueError):
    """A line whose folder is not that which its name belongs to."""


class WrongLine(NamedTuple):
    """A line that names no sample, and why."""

    path: Path
    number: int
    error: ValueError


WrongLines = list[WrongLine]


def read_lines(path: Path) -> list[str]:
    """The lines of a list without blanks around them, and without empty ones."""
    return [line for _, line in numbered_lines(path)]


def numbered_lines(path: Path) -> list[tuple[int, str]]:
    """The same, each with its number in the file, from 1."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: a list must be UTF-8 text ({error.reason})") from None
    lines = enumerate(map(str.strip, text.splitlines()), 1)
    return [(number, line) for number, line in lines if line]
