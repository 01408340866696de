"""What people see: results on standard output, all else on standard error.

Chatter is for terminals: where standard error is none, or with --quiet, `say` is silent. Warnings
and errors always show; `caution` also remembers what it says, for --json.
"""

import contextlib
import json
import os
import sys
import threading
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

# Set by `main`, once for a run.
_QUIET = False
_PROG = "harmonia"
_CAUTIONS: list[str] = []

_LINE = threading.Lock()  # warnings come from any thread
_LIVE = False  # whether a line of `live` stands there

# What else an error may be is a defect.
EXPECTED = (ImportError, MemoryError, OSError, RuntimeError, TypeError, ValueError)

CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}


def set_up(*, quiet: bool, prog: str = "harmonia") -> None:
    global _QUIET, _PROG
    _QUIET, _PROG = quiet, prog
    _CAUTIONS.clear()


def chatty() -> bool:
    """Whether a person watches, so that progress and remarks are worth showing."""
    return not _QUIET and sys.stderr.isatty()


def say(text: str) -> None:
    """A remark for the person at a terminal."""
    if chatty():
        _print(text)


def live(text: str) -> None:
    """One line at a terminal that the next such line takes the place of; "" takes it away."""
    global _LIVE
    if not chatty() or os.environ.get("TERM") == "dumb":
        return
    with _LINE:
        if text or _LIVE:
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
        _LIVE = bool(text)


def warn(text: str) -> None:
    """What a person should know, wherever standard error goes."""
    _print(styled(text, "yellow", sys.stderr))


def caution(text: str) -> None:
    """A warning by the command that runs."""
    _CAUTIONS.append(text)
    warn(f"{_PROG}: warning: {text}")


def cautions() -> list[str]:
    """What `caution` has said in this run, Python's warnings among it."""
    return list(_CAUTIONS)


def error(text: str) -> None:
    _print(styled(text, "red", sys.stderr))


def _print(text: str) -> None:
    """To standard error, in the place of a line of `live`."""
    global _LIVE
    with _LINE:
        print(f"\r\x1b[K{text}" if _LIVE else text, file=sys.stderr, flush=True)
        _LIVE = False


def show(text: str) -> None:
    """A result."""
    print(text)


def show_json(data: Mapping[str, Any] | list[Any]) -> None:
    """A result for machines: one line of JSON; NaN and infinity, which it lacks, are null."""
    print(json.dumps(_finite(data), ensure_ascii=False, allow_nan=False))


def styled(text: str, style: str, stream: Any = None) -> str:
    """Text in a style, where the stream is a terminal that wants colours."""
    stream = sys.stdout if stream is None else stream
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return text
    return f"\x1b[{CODES[style]}m{text}\x1b[0m"


def sentence(error: Exception) -> str:
    """What an error says, in one line; an `OSError` of the system without its number."""
    said = " ".join(str(error).split())
    if isinstance(error, OSError) and error.strerror:
        reason = f"{error.strerror[:1].lower()}{error.strerror[1:]}"
        return reason if error.filename is None else f"{error.filename}: {reason}"
    if isinstance(error, MemoryError):
        return f"there is not enough memory{f': {said}' if said else ''}"
    if not isinstance(error, EXPECTED):
        kind = type(error).__name__
        return f"{kind}: {said}; this is a defect of harmonia, --debug shows where"
    return said or type(error).__name__


@contextlib.contextmanager
def warnings_as_notes() -> Iterator[None]:
    """Python's warnings as one line each, without a place in the code."""
    from harmonia.cli._arguments import in_words_of_flags

    def show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
        caution(in_words_of_flags(str(message)))

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = show_warning
        yield


def flush() -> None:
    """Meet a closed pipe here and not at exit."""
    sys.stdout.flush()


def forget_output() -> None:
    """After a closed pipe, keep Python from writing the rest when it ends."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _finite(data: Any) -> Any:
    if isinstance(data, float):
        return data if abs(data) < float("inf") else None
    if isinstance(data, Mapping):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_finite(value) for value in data]
    return data
