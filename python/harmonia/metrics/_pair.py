"""An output and its target, measured once for however many metrics are asked."""

import math
from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

from harmonia._arrays import Frame
from harmonia._kernels import kernels_of
from harmonia.metrics._prepare import paste
from harmonia.metrics._protocols import Protocol
from harmonia.metrics._structure import (
    Structure,
    structure_at_scales,
    structure_of,
    structures_of,
)
from harmonia.metrics._sums import ColorSums, ErrorSums

T = TypeVar("T")


class kept(Generic[T]):
    """A property that is computed once. Up to Python 3.11 that of `functools` holds a lock that
    all instances share, so that no two threads could measure at a time."""

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> "kept[T]": ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> "kept[T] | T":
        if instance is None:
            return self
        # Found before this descriptor from now on, which has no __set__.
        value = instance.__dict__[self._name] = self._compute(instance)
        return value


class Batch:
    """The pairs of one call on a CUDA device: a kernel is launched once for all of them."""

    def __init__(
        self, outputs: Frame, targets: Frame, masks: Frame | None, protocol: Protocol
    ) -> None:
        self.outputs, self.targets, self.masks = outputs, targets, masks
        self.protocol = protocol

    @kept
    def errors(self) -> list[ErrorSums]:
        """Those of every pair."""
        kernels = kernels_of(self.outputs)
        found = kernels.error_sums_of_batch(self.outputs, self.targets, self.masks)
        return [ErrorSums._make(sums) for sums in found]

    @kept
    def structures(self) -> list[Structure]:
        """Those of every pair, under a protocol whose span no pair decides."""
        ssim = self.protocol.ssim
        return structures_of(self.outputs, self.targets, self.masks, ssim, float(ssim.span))


class Pair:
    """Frames as a protocol prepared them. What a kernel measures is kept for the other metrics."""

    def __init__(
        self,
        output: Frame,
        target: Frame,
        mask: Frame | None,
        protocol: Protocol,
        batch: Batch | None = None,
        number: int = 0,
    ) -> None:
        self.output, self.target, self.mask = output, target, mask
        self.protocol = protocol
        self._batch, self._number_in_batch = batch, number

    @kept
    def errors(self) -> ErrorSums:
        """The sums behind all metrics of single pixels."""
        if self._batch is not None:
            return self._batch.errors[self._number_in_batch]
        sums = kernels_of(self.output).error_sums(self.output, self.target, self.mask)
        return ErrorSums._make(sums)

    @kept
    def structure(self) -> Structure:
        """The means of the SSIM map."""
        ssim = self.protocol.ssim
        if self._batch is not None and not isinstance(ssim.span, str):
            return self._batch.structures[self._number_in_batch]
        return structure_of(*self._seen_by_ssim, ssim, self._number(ssim.span))

    def structure_at_scales(self, count: int) -> list[Structure]:
        """The same for the image and its halves, a quarter of it and so on."""
        ssim = self.protocol.ssim
        output, target, _ = self._seen_by_ssim
        return structure_at_scales(output, target, ssim, self._number(ssim.span), count)

    @kept
    def color_differences(self) -> ColorSums:
        """The sums of CIEDE2000."""
        return ColorSums._make(kernels_of(self.output).delta_e(self.output, self.target, self.mask))

    @property
    def foreground_ratio(self) -> float:
        """What the mask weighs, as a share of the image."""
        return float(self.errors.weight / self.errors.pixels)

    def decibels(self, mean_squared_error: float, epsilon: float) -> float:
        """10 log10(peak^2 / error), infinite without an error."""
        error, peak = mean_squared_error + epsilon, self._number(self.protocol.peak)
        if error == 0.0:
            return math.inf if peak else math.nan
        return 10.0 * math.log10(peak * peak / error) if peak else -math.inf

    @kept
    def _seen_by_ssim(self) -> tuple[Frame, Frame, Frame | None]:
        output = self.output
        if self.protocol.ssim.pasted and self.mask is not None:
            output = paste(output, self.target, self.mask)
        return output, self.target, self.mask

    def _number(self, span: float | str) -> float:
        if span == "output_range":
            return float(self.errors.output_max - self.errors.output_min)
        if span == "target_maximum":
            return float(self.errors.target_max)
        return float(span)
