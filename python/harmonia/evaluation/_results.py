"""What a folder of results holds, as it lies there."""

import csv
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

from harmonia import _atomic
from harmonia.evaluation import _parts
from harmonia.evaluation._plan import Row, Size, shards_of
from harmonia.evaluation._shards import Failure
from harmonia.metrics import Scores, find_protocol


class Results:
    """The rows of an evaluation, finished or not.

    Attributes
    ----------
    folder
        Where they are.
    failures
        What the last run could not measure; those shards are missing.
    dataset, samples, protocol, metrics, size
        What was measured: names, and how many samples it has in all.
    choice
        How those were chosen of the dataset.
    labels
        Of the candidates, in the order of their names.
    """

    def __init__(self, folder: str | PathLike[str], failures: tuple[Failure, ...] = ()) -> None:
        self.folder = Path(folder)
        self.failures = failures
        said = _parts.said_of_run(self.folder)
        self.dataset: str = said["dataset"]
        self.samples: int = said["samples"]
        self.protocol: str = said["protocol"]
        self._protocol_says: str = said["protocol_says"]
        self.metrics: tuple[str, ...] = tuple(said["metrics"])
        self.size: Size = said["size"]
        self.choice: dict[str, Any] = said.get("choice", {})
        self._shards = shards_of(self.samples, said["shard_size"])
        self.labels = _parts.labels(self.folder)

    def __repr__(self) -> str:
        return (
            f"<harmonia.evaluation.Results {self.folder}: {', '.join(self.labels)} on "
            f"{self.samples} samples of {self.dataset} by {self.protocol}>"
        )

    def rows(self, label: str) -> list[Row]:
        """Those of a candidate, in the order of the dataset."""
        return list(self.each_row(label))

    def each_row(self, label: str, shards: "frozenset[int] | None" = None) -> Iterator[Row]:
        """The same one by one, of all shards or of some."""
        if label not in self.labels:
            raise KeyError(f"{self.folder} has no {label!r}, only {', '.join(self.labels)}")
        for shard in range(self._shards):
            if shards is None or shard in shards:
                yield from _parts.read(self.folder, label, shard, self.metrics)

    def scores(self, label: str) -> list[Scores]:
        """The same as `harmonia.metrics.summarize` takes them."""
        return [
            Scores(
                zip(self.metrics, row.values, strict=True),
                protocol=self.protocol,
                foreground_ratio=row.foreground,
            )
            for row in self.each_row(label)
        ]

    def shards(self, label: str) -> frozenset[int]:
        """Those that a candidate has rows of."""
        lacking = _parts.missing(self.folder, [label], self._shards)
        return frozenset(shard for shard in range(self._shards) if shard not in lacking)

    @property
    def has_named_protocol(self) -> bool:
        """Whether its protocol is the one that is found by that name, and not one of a user."""
        try:
            return repr(find_protocol(self.protocol)) == self._protocol_says
        except ValueError:
            return False

    @property
    def is_whole(self) -> bool:
        """Whether every sample of every candidate has been measured."""
        return not _parts.missing(self.folder, self.labels, self._shards)

    def to_csv(self, path: str | PathLike[str]) -> None:
        """All rows in one file, with the label of their candidate before them."""
        with (
            _atomic.fresh_file(Path(path)) as fresh,
            fresh.open("w", newline="", encoding="utf-8") as file,
        ):
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["label", *_parts.FIXED, *self.metrics])
            for label in self.labels:
                for row in self.each_row(label):
                    fixed = (row.number, row.name, row.subset, repr(row.foreground))
                    writer.writerow([label, *fixed, *map(repr, row.values)])

    def to_parquet(self, path: str | PathLike[str]) -> None:
        """The same as a Parquet file, a row group for each shard; needs `harmonia[parquet]`."""
        from harmonia.evaluation._parquet import Writer

        with _atomic.fresh_file(Path(path)) as fresh, Writer(fresh, self.metrics) as writer:
            for label in self.labels:
                for shard in range(self._shards):
                    rows = list(self.each_row(label, frozenset([shard])))
                    if rows:
                        writer.add(label, rows)
