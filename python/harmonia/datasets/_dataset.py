"""A dataset: names in order, from which entries are made and samples are read when asked for."""

from collections.abc import Callable, Iterator, Sequence
from typing import overload

from harmonia.datasets._sample import Entry, Sample, read_sample


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
    """

    def __init__(
        self,
        name: str,
        lines: Sequence[str],
        entry_of: Callable[[str], Entry],
        read: Callable[[Entry], Sample] = read_sample,
    ) -> None:
        self.name = name
        self.lines = lines
        self._entry_of = entry_of
        self._read = read

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
            return self._of(self.lines[index])
        return self._read(self.entry(index))

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
        return self._of([line for line in self.lines if wanted(self._entry_of(line))])

    def _of(self, lines: Sequence[str]) -> "Dataset":
        return Dataset(self.name, lines, self._entry_of, self._read)
