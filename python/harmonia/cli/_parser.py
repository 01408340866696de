"""Arguments from words, as argparse does it, and one sentence where they make no sense."""

import argparse
import re
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from harmonia.cli._arguments import Misused

# What argparse says, and what we say instead.
SENTENCES = (
    (r"argument (\S+?/)?(\S+): expected one argument", r"\2 needs a value"),
    (r"argument (\S+?/)?(\S+): expected at least one argument", r"\2 needs a value"),
    (r"argument (\S+?/)?(\S+): ignored explicit argument (.*)", r"\2 takes no value, got \3"),
    (r"argument (\S+?/)?(\S+): invalid int value: (.*)", r"\2 must be a whole number, got \3"),
    (r"argument (\S+?/)?(\S+): invalid float value: (.*)", r"\2 must be a number, got \3"),
    (
        r"argument (\S+?/)?(\S+): invalid choice: (\S+) \(choose from (.*)\)",
        r"\2 must be one of \4, got \3",
    ),
    (r"argument (\S+?/)?(\S+): not allowed with argument (.*)", r"\2 does not go with \3"),
    (r"argument (\S+?/)?(\S+): (.*)", r"\2 \3"),
)
REQUIRED = "the following arguments are required: "
UNRECOGNIZED = "unrecognized arguments: "
POINT = re.compile(r"-[\d.]+,")  # -20,30 is a value, though argparse takes it for a flag


class Parser(argparse.ArgumentParser):
    """`argparse.ArgumentParser` whose errors are `Misused`.

    `missing` may say what to do about a required argument, by the name that the help shows; `about`
    is asked for what the help ends with, where that takes long to find out.
    """

    missing: dict[str, str]
    about: Callable[[], str] | None

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.missing = {}
        self.about = None

    def format_help(self) -> str:
        if self.about is not None:
            self.epilog = self.about()
        return super().format_help()

    def parse_args(self, words: Sequence[str], namespace: Any = None) -> Any:  # type: ignore[override]
        joined = self._join_points(list(words))
        self._refuse_unknown_flags(joined)
        return super().parse_args(joined, namespace)

    def error(self, message: str) -> NoReturn:
        raise Misused(self._reworded(" ".join(message.split())))

    def _reworded(self, said: str) -> str:
        if said.startswith(REQUIRED):
            name = said.removeprefix(REQUIRED).split(", ")[0].split("/")[0]
            cure = self.missing.get(name)
            return f"{name} is missing" + (f"; {cure}" if cure else "")
        if said.startswith(UNRECOGNIZED):
            more = said.removeprefix(UNRECOGNIZED)
            if more.startswith("-"):
                return f"there is no option {more.split()[0]}"
            return f"{more!r} is too much; a name with spaces in it needs quotes"
        for pattern, sentence in SENTENCES:
            if re.fullmatch(pattern, said):
                return re.sub(pattern, sentence, said)
        return said

    def _flags(self) -> dict[str, argparse.Action]:
        return dict(self._option_string_actions)

    def _join_points(self, words: list[str]) -> list[str]:
        flags, joined = self._flags(), list[str]()
        for word in words:
            before = joined[-1] if joined else ""
            if POINT.match(word) and before.startswith("--") and before in flags:
                joined[-1] = f"{before}={word}"
            else:
                joined.append(word)
        return joined

    def _refuse_unknown_flags(self, words: list[str]) -> None:
        """Before argparse, which would first complain of what is missing."""
        flags = self._flags()
        for word in words:
            flag = word.partition("=")[0]
            if flag == "--":
                return
            if flag.startswith("--") and flag not in flags:
                import difflib

                near = difflib.get_close_matches(flag, flags, n=1, cutoff=0.6)
                longer = [known for known in flags if known.startswith(flag)]
                hint = f"; did you mean {[*longer, *near][0]}?" if longer or near else ""
                raise Misused(f"there is no option {flag}{hint}")
