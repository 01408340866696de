"""Several datasets as one: the samples of the first, then those of the next."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, fields

from harmonia.datasets._dataset import Dataset
from harmonia.datasets._sample import Entry, Sample

# Between the number of a dataset and the line of its own list.
_APART = " "


@dataclass(frozen=True, slots=True)
class _Numbered(Entry):
    """An entry, and the place of its dataset among those that were joined."""

    part: int = 0


class Joined(Dataset):
    """What `join` gives.

    Attributes
    ----------
    parts
        The datasets, each as it was given; `lines` says which of their samples are here.
    """

    def __init__(self, parts: tuple[Dataset, ...], lines: Sequence[str]) -> None:
        name = " + ".join(part.name for part in parts)
        super().__init__(
            name, lines, functools.partial(_entry, parts), functools.partial(_read, parts)
        )
        self.parts = parts

    def of(self, lines: Sequence[str]) -> "Joined":
        return Joined(self.parts, lines)


def join(*datasets: Dataset) -> Joined:
    """The samples of several datasets, one dataset after the other: the union of them.

    What takes a dataset takes it too: training, `evaluation.plan`, `where`, `groups` and `sample`.
    Samples keep their names, subsets and extras; two of one name an evaluation refuses.

    >>> import pathlib, tempfile
    >>> from harmonia import datasets
    >>> with tempfile.TemporaryDirectory() as root:
    ...     for name in ("cat", "dog"):
    ...         folder = pathlib.Path(root, f"{name}s")
    ...         folder.mkdir()
    ...         harmonia.io.write(folder / f"{name}.png", image)
    ...         harmonia.io.write(folder / f"{name}_mask.png", np.stack([mask] * 3, axis=-1))
    ...     cats, dogs = (datasets.load("folder", f"{root}/{name}") for name in ("cats", "dogs"))
    ...     both = datasets.join(cats, dogs)
    ...     both.name, [sample.name for sample in both]
    ('folder + folder', ['cat', 'dog'])
    """
    where = "datasets.join"
    if not datasets:
        raise TypeError(f"{where}: give one or several datasets")
    parts: list[Dataset] = []
    lines: list[str] = []
    for number, dataset in enumerate(datasets):
        if not isinstance(dataset, Dataset):
            raise TypeError(
                f"{where}: each must be a dataset, as datasets.load gives it, number {number} is "
                f"{type(dataset).__name__}"
            )
        if isinstance(dataset, Joined):  # its parts beside the others, none within another
            lines += [_line(len(parts) + part, own) for part, own in map(_split, dataset.lines)]
            parts += dataset.parts
        else:
            lines += [_line(len(parts), own) for own in dataset.lines]
            parts.append(dataset)
    return Joined(tuple(parts), lines)


def _line(part: int, own: str) -> str:
    return f"{part}{_APART}{own}"


def _split(line: str) -> tuple[int, str]:
    part, _, own = line.partition(_APART)
    return int(part), own


def _entry(parts: tuple[Dataset, ...], line: str) -> Entry:
    part, own = _split(line)
    (entry,) = parts[part].of([own]).entries()
    own_fields = {field.name: getattr(entry, field.name) for field in fields(Entry)}
    return _Numbered(**own_fields, part=part)


def _read(parts: tuple[Dataset, ...], entry: Entry) -> Sample:
    if not isinstance(entry, _Numbered):
        raise TypeError(f"datasets.join: {entry.name} is no entry of the joined datasets")
    return parts[entry.part].read(entry)
