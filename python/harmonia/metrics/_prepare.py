"""What a protocol does to output, target and mask before anything is measured."""

from typing import Any

import numpy as np

from harmonia._arrays import Frame
from harmonia._resize import antialiased_resize, cv2_resize, pil_dither, pil_resize
from harmonia.metrics._protocols import Codes, Filter, Protocol

Array = np.ndarray[Any, Any]
_TOP = {"uint8": np.float32(255), "uint16": np.float32(65535)}  # floats are 0..1


def leaves_alone(protocol: Protocol) -> bool:
    """Whether frames are measured as they come, on whatever device they are."""
    return (protocol.size, protocol.codes, protocol.mask, protocol.pasted) == (
        None,
        "kept",
        "soft",
        False,
    )


def prepare(
    output: Frame, target: Frame, mask: Frame | None, protocol: Protocol
) -> tuple[Frame, Frame, Frame | None]:
    """The frames that a protocol measures, and the mask."""
    target, mask = prepare_target(target, mask, protocol)
    return prepare_output(output, target, mask, protocol), target, mask


def prepare_target(
    target: Frame, mask: Frame | None, protocol: Protocol
) -> tuple[Frame, Frame | None]:
    """The part of `prepare` that outputs of one target share."""
    if leaves_alone(protocol):
        return target, mask
    return _image(target[..., :3], protocol), None if mask is None else _mask(mask, protocol)


def prepare_output(output: Frame, target: Frame, mask: Frame | None, protocol: Protocol) -> Frame:
    """The rest, for a target and a mask that are prepared."""
    if leaves_alone(protocol):
        return output
    output = _image(output[..., :3], protocol)
    return paste(output, target, mask) if protocol.pasted and mask is not None else output


def at_its_size(image: Array, protocol: Protocol) -> Array:
    """An image as the protocol's authors give it to their network: resized, its codes kept."""
    size = protocol.size
    if size is None or image.shape[:2] == (size, size):
        return image
    return _resized(image, size, protocol.filter)


def mask_at_its_size(mask: Array, protocol: Protocol) -> Array:
    """The mask that goes with such images; read once more by the protocol, it stays as it is."""
    return _mask(mask, protocol)


def paste(output: Array, target: Array, mask: Array) -> Array:
    """The output inside the mask and the target outside."""
    weight = _unit(mask)[..., None]
    if output.dtype == target.dtype and np.isin(weight, (0, 1)).all():
        return np.where(weight > 0, output, target)
    old = _unit(target)
    blend: Array = old + weight * (_unit(output) - old)
    return blend


def _image(frame: Array, protocol: Protocol) -> Array:
    if protocol.codes in ("rounded", "truncated"):
        frame = _as_codes(frame, protocol.codes)
    frame = at_its_size(frame, protocol)
    return _through_tensor(frame) if protocol.codes == "tensor" else frame


def _mask(mask: Array, protocol: Protocol) -> Array:
    size = protocol.size
    if protocol.mask == "dithered":
        bits = pil_dither(_as_codes(mask, "rounded"))
        return bits if size is None else pil_resize(bits, (size, size), "nearest")
    if size is None or mask.shape == (size, size):
        return mask
    weights = mask if protocol.filter == "antialiased" else _unit(mask)
    return _resized(weights, size, protocol.filter)


def _resized(frame: Array, size: int, filter: Filter) -> Array:
    """8 bits stay 8 bits in the libraries' filters; anything else becomes floats 0..1."""
    square = (size, size)
    if filter == "antialiased":
        return np.clip(antialiased_resize(frame, square), 0, 1)  # bicubic overshoots
    if frame.dtype != np.uint8:
        frame = _unit(frame)
    if filter == "opencv_linear":
        return cv2_resize(frame, square, "linear")
    scaled = pil_resize(frame, square, "bicubic" if filter == "pil_bicubic" else "bilinear")
    return scaled if scaled.dtype == np.uint8 else np.clip(scaled, 0, 1)


def _unit(frame: Array) -> Array:
    """float32 0..1."""
    top = _TOP.get(frame.dtype.name)
    values = frame.astype(np.float32)
    return values if top is None else values / top


def _as_codes(frame: Array, codes: Codes) -> Array:
    """8 bits, as a file is saved."""
    if frame.dtype == np.uint8:
        return frame
    values = _unit(frame) * np.float32(255)
    return (np.rint(values) if codes == "rounded" else values).astype(np.uint8)


def _through_tensor(frame: Array) -> Array:
    """To -1..1 and back in float32, then cut off: the codes 1 to 63 lose one."""
    if frame.dtype == np.uint8:
        return frame - ((frame >= 1) & (frame <= 63)).astype(np.uint8)
    half, one = np.float32(0.5), np.float32(1)
    tensor = (_unit(frame) - half) / half
    back: Array = ((tensor + one) / np.float32(2) * np.float32(255)).astype(np.uint8)
    return back
