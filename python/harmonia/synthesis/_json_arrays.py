"""The elements of arrays in a large JSON file, one after the other, and where they stand in it."""

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

WINDOW = 1 << 24  # bytes that are read at a time
_BLANK = " \t\n\r"
_BOM = "\xef\xbb\xbf"


class Element(NamedTuple):
    """An element of one of the arrays, and the bytes of the file that it is."""

    array: str
    value: Any
    start: int
    stop: int


def elements(path: Path, arrays: Collection[str]) -> Iterator[Element]:
    """What the arrays under these names of a JSON object hold; the rest is read over.

    Memory holds one window of the file and one element. ValueError says what is no JSON, and where.
    """
    with path.open("rb") as file:
        window = _Window(file)
        if window.text.startswith(_BOM):
            window.at = len(_BOM)
        if window.next() != "{":
            raise ValueError("is no JSON object")
        window.at += 1
        mark = window.next()
        while mark != "}":
            name = window.key()
            if name in arrays and window.next() == "[":
                yield from _array(window, name)
            else:
                window.value()
            mark = window.separator("}")


def _array(window: "_Window", name: str) -> Iterator[Element]:
    window.at += 1
    if window.next() == "]":
        window.at += 1
        return
    while True:
        value, start, stop = window.value()
        yield Element(name, value, start, stop)
        if window.separator("]") == "]":
            window.at += 1
            return


class _Window:
    """Some of a file as text, a character a byte, and how far it has been read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decoder = json.JSONDecoder()
        self._before = 0  # bytes of the file before the text
        self.text = file.read(WINDOW).decode("latin-1")
        self.at = 0

    def _more(self) -> bool:
        """Let go what has been read, and read on."""
        read = self._file.read(WINDOW)
        self._before += self.at
        self.text, self.at = self.text[self.at :] + read.decode("latin-1"), 0
        return bool(read)

    def next(self) -> str:
        """The next character that is not blank, which stays."""
        while True:
            while self.at < len(self.text):
                if self.text[self.at] not in _BLANK:
                    return self.text[self.at]
                self.at += 1
            if not self._more():
                raise ValueError(f"ends at byte {self._before}, within its JSON")

    def separator(self, end: str) -> str:
        """Past a comma to what follows it, or to the end, which stays."""
        found = self.next()
        if found == ",":
            self.at += 1
            found = self.next()
            return found if found != end else self._wrong("a value")
        return found if found == end else self._wrong(f"a comma or {end}")

    def key(self) -> str:
        if self.next() != '"':
            self._wrong("a name in quotes")
        name: str = self._decoded()[0]
        if self.next() != ":":
            self._wrong("a colon")
        self.at += 1
        self.next()
        return name

    def value(self) -> tuple[Any, int, int]:
        self.next()
        value, start, stop = self._decoded()
        if not self.text.isascii() and not (part := self.text[start:stop]).isascii():
            value = json.loads(part.encode("latin-1"))
        return value, self._before + start, self._before + stop

    def _decoded(self) -> tuple[Any, int, int]:
        """A value and where it stands in the text, to which more of the file is added as needed."""
        while True:
            try:
                value, stop = self._decoder.raw_decode(self.text, self.at)
            except json.JSONDecodeError as error:
                # What is cut off fails at the end, or at the beginning of its last text.
                cut_off = len(self.text) - error.pos < 16 or error.msg.startswith("Unterminated")
                place = self._before + error.pos
                if not (cut_off and self._more()):
                    raise ValueError(f"is no JSON: {error.msg} at byte {place}") from None
                continue
            except RecursionError:
                place = self._before + self.at
                raise ValueError(f"is nested too deeply at byte {place}") from None
            if stop == len(self.text) and self._more():  # a number may go on
                continue
            start, self.at = self.at, stop
            return value, start, stop

    def _wrong(self, wanted: str) -> str:
        raise ValueError(f"is no JSON: there must be {wanted} at byte {self._before + self.at}")
