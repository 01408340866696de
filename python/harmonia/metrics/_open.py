"""What a caller hands over, checked and prepared as the protocol says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harmonia._arrays import Images, Mask, as_batch, open_any_masks, open_image, open_images
from harmonia.metrics._metric import Metric
from harmonia.metrics._pair import Batch, Pair
from harmonia.metrics._prepare import leaves_alone, prepare, prepare_output, prepare_target
from harmonia.metrics._protocols import Protocol, find_protocol


@dataclass(frozen=True)
class Pairs:
    """The pairs of one call: one of an image, several of a batch."""

    pairs: list[Pair]
    batched: bool
    protocol: Protocol


def open_pairs(
    output: Any,
    target: Any,
    mask: Any,
    protocol: str | Protocol,
    metrics: Sequence[Metric],
    *,
    where: str,
) -> Pairs:
    """Check output, target and mask against each other, the metrics and the protocol."""
    chosen = find_protocol(protocol, where=where)
    for metric in metrics:
        _check_defined(metric, mask is not None, chosen, where)
    outputs = open_images(output, where=f"{where}: output")
    targets = open_images(target, where=f"{where}: target")
    _check_alike(outputs, targets, where)
    masks = open_any_masks(mask, outputs, where=f"{where}: mask")
    _check_device(outputs, chosen, where)
    for metric in metrics:
        _check_size(metric, outputs, chosen, where)
    batch = _on_device(outputs, targets, masks, chosen) if outputs.device != "cpu" else None
    frames = zip(outputs.frames, targets.frames, masks, strict=True)
    pairs = [
        Pair(*prepare(a, b, m.frame, chosen), chosen, batch, number)
        for number, (a, b, m) in enumerate(frames)
    ]
    return Pairs(pairs, outputs.batched, chosen)


class Target:
    """An image and a mask, checked and prepared once for several outputs."""

    def __init__(
        self, target: Any, mask: Any, protocol: Protocol, metrics: Sequence[Metric], *, where: str
    ) -> None:
        self._where, self._protocol = where, protocol
        self._images = open_image(target, where=f"{where}: target")
        (opened,) = open_any_masks(mask, self._images, where=f"{where}: mask")
        for metric in metrics:
            _check_defined(metric, mask is not None, protocol, where)
            _check_size(metric, self._images, protocol, where)
        _check_device(self._images, protocol, where)
        (frame,) = self._images.frames
        self._prepared = prepare_target(frame, opened.frame, protocol)

    def pair(self, output: Any) -> Pair:
        """As `open_pairs` of this output."""
        opened = open_image(output, where=f"{self._where}: output")
        _check_alike(opened, self._images, self._where)
        (frame,) = opened.frames
        frame = prepare_output(frame, *self._prepared, self._protocol)
        return Pair(frame, *self._prepared, self._protocol)


def _on_device(
    outputs: Images, targets: Images, masks: Sequence[Mask], protocol: Protocol
) -> Batch | None:
    if len(outputs.frames) == 1:
        return None
    weights = [mask.frame for mask in masks]
    stacked = None if weights[0] is None else as_batch(weights)
    return Batch(outputs.batch, targets.batch, stacked, protocol)


def _check_defined(metric: Metric, masked: bool, protocol: Protocol, where: str) -> None:
    if metric.name not in protocol.defines:
        raise ValueError(
            f"{where}: protocol {protocol.name!r} does not define {metric.name!r}, only "
            f"{', '.join(protocol.defines)}; protocol 'harmonia' defines every metric"
        )
    if not masked and (metric.needs_mask or protocol.reads_mask(metric.name)):
        raise ValueError(
            f"{where}: mask is missing, and {metric.name!r} needs one under protocol "
            f"{protocol.name!r}; pass the foreground's mask (H, W)"
        )


def _check_alike(outputs: Images, targets: Images, where: str) -> None:
    if targets.device != outputs.device:
        raise TypeError(
            f"{where}: target must be on {outputs.device} like the output, got {targets.device}; "
            f"move it with target.to({outputs.device!r})"
        )
    if targets.size != outputs.size:
        raise ValueError(
            f"{where}: target must have the output's height and width {outputs.size}, "
            f"got {targets.size}; scores compare pixels of the same place"
        )
    if (len(targets.frames), targets.batched) != (len(outputs.frames), outputs.batched):
        raise ValueError(
            f"{where}: target must be {_count(outputs)} like the output, got {_count(targets)}"
        )


def _check_device(outputs: Images, protocol: Protocol, where: str) -> None:
    if outputs.device != "cpu" and not (leaves_alone(protocol) and not protocol.ssim.pasted):
        raise TypeError(
            f"{where}: protocol {protocol.name!r} prepares images on the CPU, and output is on "
            f"{outputs.device}; pass output.cpu(), target.cpu() and mask.cpu()"
        )


def _check_size(metric: Metric, outputs: Images, protocol: Protocol, where: str) -> None:
    sides = outputs.size if protocol.size is None else (protocol.size, protocol.size)
    smallest = metric.smallest(protocol)
    if min(sides) < smallest:
        raise ValueError(
            f"{where}: output must be at least {smallest} pixels high and wide for "
            f"{metric.name!r}, got {sides}"
        )


def _count(images: Images) -> str:
    return f"a batch of {len(images.frames)}" if images.batched else "one image"
