"""What a folder of results holds, as it lies there."""

import json
from pathlib import Path
from typing import Any

from harmonia.evaluation import _parts
from harmonia.evaluation._plan import Row, Size, shards_of
from harmonia.evaluation._run import Failure
from harmonia.metrics import Scores, find_protocol


class Results:
    """The rows of an evaluation, finished or not.

    Attributes
    ----------
    folder
        Where they are.
    failures
        The samples that the last run could not measure; their shards are missing.
    dataset, samples, protocol, metrics, size
        What was measured: names, and how many samples it has in all.
    labels
        Of the candidates, in the order of their names.
    """

    def __init__(self, folder: Path, failures: tuple[Failure, ...] = ()) -> None:
        self.folder = folder
        self.failures = failures
        try:
            said: dict[str, Any] = json.loads((folder / _parts.RUN).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise FileNotFoundError(
                f"{folder} holds no evaluation: there is no {_parts.RUN} in it"
            ) from None
        self.dataset: str = said["dataset"]
        self.samples: int = said["samples"]
        self.protocol: str = said["protocol"]
        self._protocol_says: str = said["protocol_says"]
        self.metrics: tuple[str, ...] = tuple(said["metrics"])
        self.size: Size = said["size"]
        self._shards = shards_of(self.samples, said["shard_size"])
        self.labels = tuple(sorted(path.stem for path in (folder / "rows").glob("*.json")))

    def rows(self, label: str) -> list[Row]:
        """Those of a candidate, in the order of the dataset."""
        if label not in self.labels:
            raise KeyError(f"{self.folder} has no {label!r}, only {', '.join(self.labels)}")
        return list(_parts.read(self.folder, label, self.metrics))

    def scores(self, label: str) -> list[Scores]:
        """The same as `harmonia.metrics.summarize` takes them."""
        return [
            Scores(
                zip(self.metrics, row.values, strict=True),
                protocol=self.protocol,
                foreground_ratio=row.foreground,
            )
            for row in self.rows(label)
        ]

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
