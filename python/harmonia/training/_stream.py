"""The samples of a run in their order, each a function of the seed and its place alone.

So it does not matter who reads a sample, nor how many processes share the work, and a run that goes
on at a step sees what it would have seen.
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from torch.utils import data

from harmonia.datasets import Sample
from harmonia.training._batch import Batch
from harmonia.training._crops import Crops
from harmonia.training._tensors import Tensors, in_worker_on_one_thread

IN_ADVANCE = 4  # batches for each worker


class Stream(data.Dataset[dict[str, Any]]):
    """Samples without end: epoch after epoch, each in an order of its own.

    Composites that are made by chance are others in each epoch: a dataset with `again(epoch)` says
    which.

    Parameters
    ----------
    number
        That of the source among those of a run, so that each has an order of its own.
    """

    def __init__(
        self,
        dataset: Sequence[Sample],
        items: Tensors,
        crops: Crops,
        seed: int,
        number: int = 0,
    ) -> None:
        self._dataset = dataset
        self._items = items
        self._crops = crops
        self._seed = seed
        self._number = number

    def __getitem__(self, place: int) -> dict[str, Any]:
        in_worker_on_one_thread()
        count = len(self._dataset)
        epoch, rank = divmod(place, count)
        index = int(_order(self._seed, self._number, epoch, count)[rank])
        chance = np.random.default_rng([self._seed, self._number, place])
        return self._items.item(self._crops(self._sample(epoch, index), chance))

    def _sample(self, epoch: int, index: int) -> Sample:
        again = getattr(self._dataset, "again", None)
        dataset: Sequence[Sample] = self._dataset if again is None else again(epoch)
        sample = dataset[index]
        if sample.real is None:
            raise ValueError(
                f"train: data: {sample.name} has no real, from which nothing can be learned; leave "
                "such samples out"
            )
        size = sample.mask.shape
        for name, pixels in (("composite", sample.composite), ("real", sample.real)):
            if pixels.shape != (*size, 3):
                raise ValueError(
                    f"train: data: {sample.name} must have a {name} of its mask's size and three "
                    f"channels, {(*size, 3)}, got {pixels.shape}"
                )
        return sample


@functools.lru_cache(maxsize=8)
def _order(seed: int, number: int, epoch: int, count: int) -> "np.ndarray[Any, np.dtype[np.int64]]":
    return np.random.default_rng([seed, number, epoch, 1]).permutation(count)


class Places:
    """The places of this process's batches from a step on: rank 1 of 2 has the second half of each.

    Attributes
    ----------
    batch
        Samples a step, of all processes together.
    """

    def __init__(self, first: int, steps: int, batch: int, rank: int, ranks: int) -> None:
        self._steps = range(first, steps)
        self._batch = batch
        self._own = range(rank * batch // ranks, (rank + 1) * batch // ranks)

    def __len__(self) -> int:
        return len(self._steps)

    def __iter__(self) -> Iterator[list[int]]:
        for step in self._steps:
            yield [step * self._batch + own for own in self._own]


def loader(
    stream: Stream, places: Places, extras: tuple[str, ...], *, workers: int, pinned: bool
) -> "data.DataLoader[Batch]":
    """Batches in order, made by `workers` processes, or by this one where there are none."""
    return data.DataLoader(
        stream,  # type: ignore[arg-type]
        batch_sampler=places,
        collate_fn=functools.partial(Batch.of, extras=extras),
        num_workers=workers,
        prefetch_factor=IN_ADVANCE if workers else None,
        persistent_workers=workers > 0,
        pin_memory=pinned,
    )


def together(loaders: Mapping[str, Any]) -> Iterator[dict[str, Batch]]:
    """A batch of each source at a time."""
    for batches in zip(*loaders.values(), strict=True):
        yield dict(zip(loaders, batches, strict=True))
