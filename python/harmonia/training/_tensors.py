"""Datasets as torch wants them: a dictionary of tensors a sample."""

import functools
import os
from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args

import numpy as np
import torch
from torch import Tensor
from torch.utils import data

from harmonia import _core
from harmonia._resize import cv2_resize, pil_resize
from harmonia.datasets import Sample

Moments = tuple[Sequence[float], Sequence[float]]
Transform = Callable[[Sample, np.random.Generator], Sample]
Resize = Literal["cv2", "pil"]

IMAGENET: Moments = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))

OWN = ("composite", "mask", "real", "name", "subset")
_LARGEST = {"uint8": 255, "uint16": 65535}


def tensors(
    dataset: Sequence[Sample],
    *,
    size: int | tuple[int, int] | None = None,
    normalise: Literal["imagenet"] | Moments | None = None,
    extras: Sequence[str] = (),
    transform: Transform | None = None,
    resize: Resize = "cv2",
) -> "Tensors":
    """A dataset for `torch.utils.data.DataLoader`.

    An item holds `composite` and `real`, (3, H, W), and `mask`, (1, H, W), all float32 in 0..1, the
    mask as soft as its file; and `name` and `subset`. There is no `real` where nobody knows it.
    Torch's own collation makes batches of those of one size that all have a real, or all have none.

    Parameters
    ----------
    dataset
        One of `harmonia.datasets.load`, or any sequence of samples.
    size
        (height, width), or the side of a square, whatever the shape was before; as in the file
        otherwise.
    normalise
        (mean, standard deviation) of the channels that are taken from pictures, or "imagenet".
        Networks of `harmonia.nets` want none, they do so themselves.
    extras
        Which of the samples' extras items have besides, such as ("styles", "style") of RdHarmony;
        rows of numbers become tensors.
    transform
        A function of a sample and a `numpy.random.Generator` that gives another sample, for crops
        and other changes before the resize. Its chance follows `torch.manual_seed` and the seeds
        that `DataLoader` gives its workers.
    resize
        "cv2" resizes pictures as codes and masks as floats by OpenCV's linear filter, to its bits,
        without antialiasing: so iDIH and those after it trained and scored. "pil" resizes pictures
        by PIL's bilinear one and takes a mask's nearest values: so DoveNet and RainNet did.

    With workers, the dataset reaches each once, by fork or by pickle. A worker runs the kernels of
    harmonia on one thread, as torch does with its own.

    >>> from harmonia.datasets import Sample
    >>> from harmonia.training import tensors
    >>> items = tensors([Sample(image, mask, None, "example")], size=256)
    >>> items[0]["composite"].shape, "real" in items[0]
    (torch.Size([3, 256, 256]), False)
    """
    return Tensors(
        dataset, _sides(size), _moments(normalise), _names(extras), transform, _resizes(resize)
    )


class Tensors(data.Dataset[dict[str, Any]]):
    """What `tensors` gives."""

    def __init__(
        self,
        dataset: Sequence[Sample],
        size: tuple[int, int] | None,
        moments: tuple[Tensor, Tensor] | None,
        extras: tuple[str, ...],
        transform: Transform | None,
        resize: Resize,
    ) -> None:
        self.dataset = dataset
        self._size = size
        self._moments = moments
        self._extras = extras
        self._transform = transform
        self._resize: Resize = resize

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int) -> dict[str, Any]:
        in_worker_on_one_thread()
        sample = self.dataset[index]
        return self.item(
            sample if self._transform is None else self._transform(sample, _generator())
        )

    def item(self, sample: Sample) -> dict[str, Any]:
        """One sample as tensors, of this dataset or of another."""
        item = {"composite": self._picture(sample.composite), "mask": self._mask(sample.mask)}
        if sample.real is not None:
            item["real"] = self._picture(sample.real)
        return {**item, "name": sample.name, "subset": sample.subset, **self._of_extras(sample)}

    def _picture(self, pixels: "np.ndarray[Any, Any]") -> Tensor:
        """8-bit codes are resized as such, which rounds as OpenCV does."""
        values = pixels if pixels.dtype == np.uint8 else _unit(pixels)
        if self._size is not None and values.shape[:2] != self._size:
            values = (
                cv2_resize(values, self._size, "linear")
                if self._resize == "cv2"
                else pil_resize(values, self._size, "bilinear")
            )
        planes = _tensor(values).permute(2, 0, 1).contiguous().float()
        if values.dtype == np.uint8:
            planes /= 255
        if self._moments is not None:
            mean, deviation = self._moments
            planes.sub_(mean).div_(deviation)
        return planes

    def _of_extras(self, sample: Sample) -> dict[str, Any]:
        missing = [name for name in self._extras if name not in sample.extras]
        if missing:
            raise KeyError(
                f"tensors: extras: {sample.name} has no {missing[0]!r}, it has "
                f"{', '.join(sample.extras) or 'none'}"
            )
        return {name: _plain(sample.extras[name]) for name in self._extras}

    def _mask(self, mask: "np.ndarray[Any, Any]") -> Tensor:
        values = _unit(mask)
        if self._size is not None and values.shape != self._size:
            values = (
                cv2_resize(values, self._size, "linear")
                if self._resize == "cv2"
                else pil_resize(values, self._size, "nearest")
            )
        return _tensor(values)[None]


def _unit(pixels: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """A copy as float32 in 0..1."""
    if pixels.dtype == bool:
        return pixels.astype(np.float32)
    values = pixels.astype(np.float32)
    largest = _LARGEST.get(str(pixels.dtype))
    return values if largest is None else values / np.float32(largest)


def _tensor(values: "np.ndarray[Any, Any]") -> Tensor:
    """On the memory of an array that torch can take; on that of a copy else."""
    return torch.from_numpy(np.require(values, requirements=["C", "W"]))


def _plain(value: Any) -> Any:
    """Rows of numbers as a tensor: a batch of them is a matrix then, and no list of columns."""
    row = isinstance(value, (tuple, list)) and value
    if row and all(isinstance(one, (int, float)) for one in value):
        return torch.tensor(value, dtype=torch.float32)
    return value


def _generator() -> np.random.Generator:
    return np.random.default_rng(int(torch.randint(2**63 - 1, ())))


def in_worker_on_one_thread() -> None:
    """A worker of `DataLoader` runs our kernels as torch runs its own there."""
    if data.get_worker_info() is not None:
        _run_on_one_thread(os.getpid())


@functools.cache
def _run_on_one_thread(process: int) -> None:
    _core.set_num_threads(1)


def _names(extras: Any) -> tuple[str, ...]:
    if isinstance(extras, str) or not all(isinstance(name, str) for name in extras):
        raise TypeError(f"tensors: extras must be a list of names, got {extras!r}")
    for name in extras:
        if name in OWN:
            raise ValueError(f"tensors: extras: {name!r} is what every item has already")
    return tuple(extras)


def _sides(size: Any) -> tuple[int, int] | None:
    if size is None:
        return None
    sides = (size, size) if isinstance(size, int) else size
    whole = isinstance(sides, (tuple, list)) and all(isinstance(side, int) for side in sides)
    if not whole or len(sides) != 2 or min(sides) < 1:
        raise ValueError(f"tensors: size must be a side or (height, width) in pixels, got {size!r}")
    return sides[0], sides[1]


def _resizes(resize: Any) -> Resize:
    if resize not in get_args(Resize):
        raise ValueError(f"tensors: resize must be 'cv2' or 'pil', got {resize!r}")
    found: Resize = resize
    return found


def _moments(normalise: Any) -> tuple[Tensor, Tensor] | None:
    if normalise is None:
        return None
    given = IMAGENET if isinstance(normalise, str) and normalise == "imagenet" else normalise
    try:
        mean, deviation = (torch.tensor(one, dtype=torch.float32) for one in given)
    except (TypeError, ValueError):
        mean = deviation = torch.empty(0)
    if mean.shape != (3,) or deviation.shape != (3,) or not bool((deviation > 0).all()):
        raise ValueError(
            'tensors: normalise must be "imagenet", or a mean and a deviation above 0 for each of '
            f"three channels, ((r, g, b), (r, g, b)); got {normalise!r}"
        )
    return mean[:, None, None], deviation[:, None, None]
