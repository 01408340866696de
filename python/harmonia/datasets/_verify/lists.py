"""Lists: how they are written, and what they name twice, wrongly or in two splits."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from harmonia.datasets._dataset import Dataset
from harmonia.datasets._lists import WrongFolder, WrongLine
from harmonia.datasets._sample import Entry
from harmonia.datasets._verify.files import Digests, Used, digest, is_in, relative
from harmonia.datasets._verify.report import Finding

MARK = b"\xef\xbb\xbf"


def written(path: Path, name: str) -> Iterator[Finding]:
    """What a list's bytes are like."""
    data = path.read_bytes()
    if data.startswith(MARK):
        yield Finding("list-mark", name, "begins with a byte-order mark")
    if b"\r" in data:
        lines = data.count(b"\r")
        yield Finding("list-line-ends", name, f"{_lines(lines)} of Windows")
    text = data.removeprefix(MARK).replace(b"\r\n", b"\n")
    lines_ = text.split(b"\n")
    if lines_[-1] == b"":
        lines_.pop()
    blank = sum(line.strip() != line or not line for line in lines_)
    if blank:
        yield Finding("list-blanks", name, f"blanks in {_lines(blank)}")


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"


@dataclass
class Listed:
    """What the lists of one split name."""

    split: str
    file: str
    dataset: Dataset
    counts: Counter[str] = field(default_factory=Counter)
    good: "array[int]" = field(default_factory=lambda: array("Q"))  # places in the dataset
    names: "array[int]" = field(default_factory=lambda: array("Q"))  # digests
    reals: "array[int]" = field(default_factory=lambda: array("Q"))

    def entries(self) -> Iterator[Entry]:
        return map(self.dataset.entry, self.good)


def listed(
    split: str, file: str, dataset: Dataset, used: Used, root: str
) -> tuple[Listed, list[Finding]]:
    """Go through the entries of a split."""
    found, findings = Listed(split, file, dataset), list[Finding]()
    for place in range(len(dataset)):
        line = dataset.lines[place]
        try:
            entry = dataset.entry(place)
        except ValueError as error:
            said = " ".join(str(error).split())
            findings.append(Finding("bad-name", file, f"line {_shown(line)}: {said}"))
            continue
        found.good.append(place)
        found.counts[entry.subset] += 1
        found.names.append(digest(relative(entry.composite, root)))
        if entry.real is not None:
            found.reals.append(digest(relative(entry.real, root)))
        used.add(entry)
    return found, findings


def wrong_lines(wrong: Iterable[WrongLine], root: str) -> Iterator[Finding]:
    """What a reader has said of them, and read on."""
    for one in wrong:
        kind = "wrong-folder" if isinstance(one.error, WrongFolder) else "bad-name"
        said = " ".join(str(one.error).split())
        yield Finding(kind, relative(one.path, root), f"line {one.number}: {said}")


def _shown(line: str) -> str:
    return line if len(line) < 200 else f"{line[:200]}..."


def repeated(of: Listed, root: str) -> Iterator[Finding]:
    """Composites that one split names more than once."""
    names, counts = np.unique(np.frombuffer(of.names, np.uint64), return_counts=True)
    twice = names[counts > 1]
    if len(twice):
        for entry in of.entries():
            name = relative(entry.composite, root)
            if is_in(digest(name), twice):
                times = int(counts[np.searchsorted(names, np.uint64(digest(name)))])
                yield Finding("duplicate", name, f"{times} times in {of.file or 'the list'}")


def shared(one: Listed, two: Listed, root: str) -> Iterator[Finding]:
    """Composites in both of two splits, and reals whose composites are."""
    both = np.intersect1d(_array(one.names), _array(two.names))
    reals = np.intersect1d(_array(one.reals), _array(two.reals))
    if not len(both) and not len(reals):
        return
    for entry in one.entries():
        name = relative(entry.composite, root)
        splits = f"{one.split} and {two.split}"
        if is_in(digest(name), both):
            yield Finding("both-splits", name, f"in {splits}")
        elif entry.real is not None:
            real = relative(entry.real, root)
            if is_in(digest(real), reals):
                yield Finding("shared-real", real, f"has composites in {splits}")


def _array(digests: "array[int]") -> Digests:
    return np.frombuffer(digests, np.uint64) if len(digests) else np.empty(0, np.uint64)


def counted(
    split: str, file: str, counts: Mapping[str, int], expected: Mapping[str, int]
) -> Iterator[Finding]:
    """Sub-datasets whose number is another one than it should be."""
    for subset in [*expected, *(name for name in counts if name not in expected)]:
        wanted, came = expected.get(subset, 0), counts.get(subset, 0)
        if wanted != came:
            where = "/".join(part for part in (split, subset) if part) or "the dataset"
            yield Finding("count", where, f"the list names {came:,}, published are {wanted:,}")
