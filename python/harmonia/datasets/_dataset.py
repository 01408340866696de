"""A dataset: names in order, from which entries are made and samples are read when asked for."""

import hashlib
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, overload

from harmonia.datasets._sample import Entry, Sample, read_sample

Key = TypeVar("Key", bound=Hashable)


class Origin(NamedTuple):
    """What `load` was given."""

    name: str
    root: str
    options: Mapping[str, Any]


class Dataset(Sequence[Sample]):
    """Samples in the order of their list; none is read, nor its files looked for, before its turn.

    `dataset[3]` reads a sample, `dataset[10:20]` is a dataset of ten, and `for sample in dataset`
    reads one after the other. It holds one line of text a sample, goes through pickle, and may be
    read from many threads at once; with a transform, torch's `DataLoader` takes it as it is:
    `harmonia.training.tensors(dataset)`.

    Attributes
    ----------
    name
        That of the dataset, such as "iharmony4".
    lines
        What its list says of each sample.
    origin
        What `datasets.load` was given for it; None where it was made otherwise.
    """

    def __init__(
        self,
        name: str,
        lines: Sequence[str],
        entry_of: Callable[[str], Entry],
        read: Callable[[Entry], Sample] = read_sample,
        origin: Origin | None = None,
    ) -> None:
        self.name = name
        self.lines = lines
        self._entry_of = entry_of
        self._read = read
        self.origin = origin

    def __repr__(self) -> str:
        return f"<harmonia.datasets.Dataset {self.name}: {len(self)} samples>"

    def __len__(self) -> int:
        return len(self.lines)

    @overload
    def __getitem__(self, index: int) -> Sample: ...
    @overload
    def __getitem__(self, index: slice) -> "Dataset": ...
    def __getitem__(self, index: int | slice) -> "Sample | Dataset":
        if isinstance(index, slice):
            return self.of(self.lines[index])
        return self._read(self.entry(index))

    def __iter__(self) -> Iterator[Sample]:
        # That of Sequence would take an IndexError out of a damaged file for the end.
        return map(self._read, self.entries())

    def entry(self, index: int) -> Entry:
        """Where a sample's files are, without opening them."""
        return self._entry_of(self.lines[index])

    def entries(self) -> Iterator[Entry]:
        """Where the files of all samples are."""
        return map(self._entry_of, self.lines)

    def read(self, entry: Entry) -> Sample:
        """The sample of an entry of this dataset."""
        return self._read(entry)

    def where(self, wanted: Callable[[Entry], bool]) -> "Dataset":
        """Those whose entry is wanted: `dataset.where(lambda entry: entry.subset == "HCOCO")`."""
        return self.of([line for line in self.lines if wanted(self._entry_of(line))])

    def sample(self, count: int, *, seed: int) -> "Dataset":
        """So many by chance, in the order of the list: what papers call a subset "(sub)".

        They are those of which the SHA-256 of `"<seed> <line>"` is smallest. So neither the order
        of the list nor the version of a library shows in the choice, and a larger one of the same
        seed holds the smaller.

        >>> from harmonia.datasets import Dataset
        >>> whole = Dataset("ten", [f"{n}.jpg" for n in range(10)], None)
        >>> whole.sample(3, seed=1).lines
        ['2.jpg', '4.jpg', '7.jpg']
        """
        if not 0 <= count <= len(self):
            raise ValueError(
                f"sample: count must be 0 to the {len(self)} samples of {self.name}, got {count}"
            )
        order = sorted(range(len(self)), key=lambda index: _digest(seed, self.lines[index]))
        return self.of([self.lines[index] for index in sorted(order[:count])])

    def groups(self, key: Callable[[Entry], Key]) -> "dict[Key, Dataset]":
        """A dataset for each key, in the order in which they come: the composites of one real with
        `dataset.groups(lambda entry: entry.real)`, the frames of a video by its extras.
        """
        lines: dict[Key, list[str]] = {}
        for line in self.lines:
            lines.setdefault(key(self._entry_of(line)), []).append(line)
        return {each: self.of(found) for each, found in lines.items()}

    def of(self, lines: Sequence[str]) -> "Dataset":
        """The samples of some lines of its list, in their order."""
        return Dataset(self.name, lines, self._entry_of, self._read, self.origin)


def _digest(seed: int, line: str) -> bytes:
    return hashlib.sha256(f"{seed} {line}".encode()).digest()
