"""What can go wrong with a request, and how the page says it."""

import contextlib
import re
from collections.abc import Iterator

from harmonia.io import ImageFileError

# What else an error may be is a defect.
EXPECTED = (ImportError, MemoryError, OSError, RuntimeError, TypeError, ValueError)

# What people without Python do instead of what the library says.
WORDS = (
    (r"; pass resize=True to bring it to that size", '; tick "Resize the mask"'),
    (r"pass invert=True", 'tick "Invert the mask"'),
    (r"; multiply it by \d+$", '; tick "Take 1 for white"'),
    (r"^(?:harmonize|fit|fit_lut|write): ", ""),
    (
        r"^paste: at must let the foreground, (.*?), lie .* the background, (.*?), got .*",
        r"the cut-out, \1, lies outside of the background, \2; move it back",
    ),
    (r"^paste: foreground\b", "the cut-out"),
    (r"^paste: background\b", "the background"),
    (r"^paste: (\w+)", r"\1"),
)


class Malformed(ValueError):
    """A request that no page of ours makes."""


class Gone(LookupError):
    """What a request speaks of is no longer kept."""


class Problem(Exception):
    """An error with one of the pictures that were given: "picture", "mask", "cutout", ..."""

    def __init__(self, about: str, error: Exception) -> None:
        super().__init__(in_words(error))
        self.about, self.kind = about, type(error).__name__


@contextlib.contextmanager
def about(what: str) -> Iterator[None]:
    try:
        yield
    except EXPECTED as error:
        raise Problem(what, error) from error


def in_words(error: Exception) -> str:
    """What an error says, without the name of a file, which no request has."""
    said = str(error.args[1] if isinstance(error, ImageFileError) else error)
    if isinstance(error, MemoryError):
        said = "there is not enough memory"
    said = " ".join(said.split()) or type(error).__name__
    for pattern, words in WORDS:
        said = re.sub(pattern, words, said)
    return said
