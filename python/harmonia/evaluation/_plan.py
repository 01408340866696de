"""What an evaluation is of: samples, candidates, and how they are scored."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

import numpy as np

from harmonia import _core
from harmonia._resize import pil_resize
from harmonia._window import forget_frames
from harmonia.api import scorer
from harmonia.datasets import Dataset, Sample
from harmonia.evaluation._candidates import Candidate, Compute
from harmonia.metrics import Protocol, Scores
from harmonia.metrics._prepare import at_its_size, mask_at_its_size

SHARD = 512
PARTS = 16  # that a small dataset has at least, so that a sample which fails holds few others back

Size = int | Literal["native"]


class Row(NamedTuple):
    """What one candidate reached on one sample."""

    number: int  # of the sample within the dataset
    name: str
    subset: str
    foreground: float
    values: tuple[float, ...]  # in the order of the plan's metrics


@dataclass(frozen=True)
class Plan:
    """All that the numbers depend on. It goes through pickle, to other processes and machines.

    Attributes
    ----------
    dataset
        The samples; each needs its real.
    candidates
        What is compared.
    protocol
        How each number comes out of a pair of images.
    metrics
        Their names.
    size
        The square to which composite, mask and real are brought before the methods see them, by the
        protocol's own filter; the protocol is then of that size too. Or "native".
    shard_size
        How many samples one part file holds.
    choice
        How the samples were chosen of the dataset, for a reader of the results: its split and what
        else was asked for.
    """

    dataset: Dataset
    candidates: tuple[Candidate, ...]
    protocol: Protocol
    metrics: tuple[str, ...]
    size: Size
    shard_size: int = SHARD
    choice: Mapping[str, Any] = field(default_factory=dict)

    @property
    def shards(self) -> int:
        return shards_of(len(self.dataset), self.shard_size)

    def indices(self, shard: int) -> range:
        """The samples of a shard."""
        start = shard * self.shard_size
        return range(start, min(start + self.shard_size, len(self.dataset)))

    def identity(self) -> dict[str, Any]:
        """What tells its rows apart from those of another plan, in values that JSON has."""
        lines = hashlib.sha256()
        for line in self.dataset.lines:
            lines.update(f"{line}\n".encode())
        return {
            "harmonia": _core.version(),
            "dataset": self.dataset.name,
            "samples": len(self.dataset),
            "list": lines.hexdigest(),
            "protocol": self.protocol.name,
            "protocol_says": repr(self.protocol),
            "metrics": list(self.metrics),
            "size": self.size,
            "shard_size": self.shard_size,
            "choice": dict(self.choice),
        }


def shards_of(samples: int, shard_size: int) -> int:
    return -(-samples // shard_size)


def usual_shard_size(samples: int) -> int:
    return max(1, min(SHARD, -(-samples // PARTS)))


def measure(
    plan: Plan,
    index: int,
    computes: Mapping[int, Compute],
    go_on: Callable[[], None] = lambda: None,
) -> dict[int, Row | Exception]:
    """Read one sample, and score what each candidate makes of it; or say why that failed.

    A sample that cannot be read is an error. `go_on` is called before each candidate, and may
    raise what ends it all.
    """
    sample = at_size(plan.dataset[index], plan.size, plan.protocol)
    if sample.real is None:
        raise ValueError("there is no real picture to compare with")
    score = scorer(sample.real, sample.mask, plan.metrics, plan.protocol)
    rows: dict[int, Row | Exception] = {}
    for number, compute in computes.items():
        go_on()
        rows[number] = _attempt(_row, plan, index, sample, compute, score)
    return rows


def at_size(sample: Sample, size: Size, protocol: Protocol) -> Sample:
    """The sample as a protocol's authors give it to their network."""
    if size == "native":
        return sample
    return replace(
        sample,
        composite=at_its_size(sample.composite, protocol),
        mask=mask_at_its_size(sample.mask, protocol),
        real=None if sample.real is None else at_its_size(sample.real, protocol),
    )


def _row(
    plan: Plan, index: int, sample: Sample, compute: Compute, score: Callable[[Any], Scores]
) -> Row:
    scores = score(like(compute(sample), sample.composite, plan.protocol))
    values = tuple(scores[name] for name in plan.metrics)
    return Row(index, sample.name, sample.subset, scores.foreground_ratio, values)


def _attempt(function: Callable[..., Row], *arguments: Any) -> Row | Exception:
    try:
        return function(*arguments)
    except Exception as error:
        forget_frames(error)
        # Of the frames this one is left, and it holds the arguments.
        return error.with_traceback(error.__traceback__ and error.__traceback__.tb_next)


def like(output: Any, composite: Any, protocol: Protocol) -> Any:
    """A finished picture of another size is brought to that of the composite."""
    height, width = composite.shape[:2]
    if output.shape[:2] == (height, width):
        return output
    if height == width == protocol.size:
        return at_its_size(output, protocol)
    if output.dtype != np.uint8:
        top = np.iinfo(output.dtype).max if output.dtype.kind == "u" else 1
        output = output.astype(np.float32) / np.float32(top)
    resized = pil_resize(np.ascontiguousarray(output), (height, width), "bicubic")
    return resized if resized.dtype == np.uint8 else np.clip(resized, 0, 1)
