"""One change of one file, and how it is named where a survivor is explained."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple


class Name(NamedTuple):
    """What stays of a mutant when lines move: its place by function and line, and both texts."""

    path: str
    function: str
    before: str
    after: str
    turn: int  # of those that are alike in all this, from 1 on


@dataclass(frozen=True)
class Mutant:
    """`source[start:end]` becomes `new`."""

    path: str
    function: str
    start: int
    end: int
    new: str

    def applied(self, source: str) -> str:
        """The source with the change in it."""
        return source[: self.start] + self.new + source[self.end :]

    def line(self, source: str) -> int:
        """Where it begins, counted from 1."""
        return source.count("\n", 0, self.start) + 1

    def before_and_after(self, source: str) -> tuple[str, str]:
        """The lines that it touches, each way as one line."""
        first = source.rfind("\n", 0, self.start) + 1
        last = source.find("\n", self.end)
        last = len(source) if last < 0 else last
        after = source[first : self.start] + self.new + source[self.end : last]
        return " ".join(source[first:last].split()), " ".join(after.split())


def named(mutants: Iterable[Mutant], source: str) -> Iterator[tuple[Name, Mutant]]:
    """Mutants of one file, in its order, with their names."""
    seen: Counter[tuple[str, ...]] = Counter()
    for mutant in sorted(mutants, key=lambda mutant: (mutant.start, mutant.end, mutant.new)):
        key = (mutant.path, mutant.function, *mutant.before_and_after(source))
        seen[key] += 1
        yield Name(*key, seen[key]), mutant
