"""Lists of a split: text files with a name a line."""

from pathlib import Path


def read_lines(path: Path) -> list[str]:
    """The lines of a list without blanks around them, and without empty ones."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: a list must be UTF-8 text ({error.reason})") from None
    return [line for line in map(str.strip, text.splitlines()) if line]
