"""Colour spaces, one function between any two of them, and the difference of colours.

========== =======================================================================================
rgb        sRGB codes, in any of the image dtypes
linear     linear light, the sRGB curve undone
xyz        CIE XYZ, D65: white is (0.95047, 1, 1.08883)
xyy        chromaticity x, y and luminance Y; black has the chromaticity of white
lab        CIELAB, D65: L 0..100, grey at a = b = 0
lab_d50    CIELAB of the ICC profile connection space, D50
log_lms    base-2 logarithms of the cone responses of Reinhard et al. 2001; black is at -1e6
lalphabeta l-alpha-beta of Ruderman as Reinhard et al. use it, base-10 logarithms
ycbcr      BT.601, limited range, in 8-bit codes: Y 16..235, Cb and Cr 16..240, not rounded
hsv        hue, saturation and value, each 0..1
========== =======================================================================================
"""

from typing import Any

import numpy as np

from harmonia import _core
from harmonia._arrays import IMAGE_DTYPES, Frame, Images, dtype_name, open_images
from harmonia._kernels import kernels_of


def spaces() -> list[str]:
    """The names that `convert` takes.

    >>> "lab" in harmonia.color.spaces()
    True
    """
    return _core.spaces()


def convert(image: Any, source: str, target: str, *, dtype: Any = "float32") -> Any:
    """The same colours in another space.

    Parameters
    ----------
    image
        A NumPy array (H, W, 3), a PIL image, or a torch tensor (3, H, W) or (N, 3, H, W). RGB is
        uint8 0..255, uint16 0..65535, float16 or float32, where floats may leave 0..1; the other
        spaces are float32 in units of their own.
    source, target
        Names from `spaces()`.
    dtype
        Of the result. Codes and half floats are for RGB only, and clip colours beyond it.

    Returns
    -------
    A new array, or a tensor for a tensor. Values beyond a million are held there, so that finite
    colours stay finite.

    >>> lab = harmonia.color.convert(image, "rgb", "lab")
    >>> lab.shape == image.shape, str(lab.dtype)
    (True, 'float32')
    >>> back = harmonia.color.convert(lab, "lab", "rgb", dtype="uint8")
    >>> bool((back == image).all())
    True
    """
    images = _open(image)
    _check_space(source, where="convert: source")
    _check_space(target, where="convert: target")
    _check_units(images.frames[0], source)
    out = images.like(_checked_dtype(dtype, target))
    for frame, to in zip(images.frames, out.frames, strict=True):
        _core.convert(frame, source, to, target)
    return out.native


def delta_e(output: Any, target: Any, *, space: str = "rgb") -> Any:
    """How different the colours look at every pixel: CIEDE2000, about 1 where it can just be seen.

    Parameters
    ----------
    output, target
        Images of one size, or batches of as many. They may be of different dtypes, and on the CPU
        of different kinds; a fourth channel does not count. Order does not matter.
    space
        "rgb" for sRGB codes of any dtype, floats within 0..1; "lab" for CIELAB as float32, of
        whatever white.

    Returns
    -------
    A float32 array (H, W), for torch a tensor (H, W) or (N, H, W). Zero where the colours are
    equal.

    The formula jumps where one hue is opposite to the other: of two dark and almost grey colours
    the difference may change by one when a code changes by one.

    >>> change = harmonia.color.delta_e(harmonia.harmonize(image, mask, "reinhard"), image)
    >>> change.shape == mask.shape, str(change.dtype)
    (True, 'float32')
    >>> float(change[mask == 0].max())
    0.0
    """
    if space not in ("rgb", "lab"):
        raise ValueError(f"delta_e: space must be 'rgb' or 'lab', got {space!r}")
    unit = space == "rgb"
    images = open_images(output, where="delta_e: output", unit=unit)
    targets = open_images(target, where="delta_e: target", unit=unit)
    _check_alike(images, targets)
    for opened, name in ((images, "output"), (targets, "target")):
        _check_lab(opened.frames[0], space, f"delta_e: {name}")
    native, planes = images.planes()
    for frame, other, plane in zip(images.frames, targets.frames, planes, strict=True):
        kernels_of(frame).delta_e_map(frame, other, space, plane)
    return native


_WITHOUT_ALPHA = {"numpy": "image[..., :3]", "pil": "image.convert('RGB')"}
_PLANES_WITHOUT_ALPHA = "image[..., :3, :, :]"


def _open(image: Any) -> Images:
    where = "convert: image"
    images = open_images(image, where=where, unit=False)
    if images.device != "cpu":
        raise TypeError(f"{where} must be on the CPU, got {images.device}; move it with .cpu()")
    if images.frames[0].shape[2] != 3:
        raise ValueError(
            f"{where} must have 3 channels, got 4, and alpha is no colour; "
            f"pass {_WITHOUT_ALPHA.get(images.kind, _PLANES_WITHOUT_ALPHA)}"
        )
    return images


def _check_space(name: object, *, where: str) -> None:
    if name not in spaces():
        raise ValueError(f"{where} must be one of {', '.join(spaces())}, got {name!r}")


def _check_alike(images: Images, targets: Images) -> None:
    where = "delta_e: target"
    if targets.device != images.device:
        raise TypeError(
            f"{where} must be on {images.device} like output, got {targets.device}; "
            f"move one of them"
        )
    if targets.size != images.size:
        raise ValueError(
            f"{where} must have output's height and width {images.size}, got {targets.size}"
        )
    if len(targets.frames) != len(images.frames):
        raise ValueError(
            f"{where} must hold as many images as output, {len(images.frames)}, "
            f"got {len(targets.frames)}"
        )


def _check_lab(frame: Frame, space: str, where: str) -> None:
    if space == "lab" and dtype_name(frame) != "float32":
        raise TypeError(
            f"{where} must be float32 for the space 'lab', got {dtype_name(frame)}; "
            "codes are of the space 'rgb'"
        )


def _check_units(frame: Frame, source: str) -> None:
    if source != "rgb" and frame.dtype != np.float32:
        half = frame.dtype == np.float16
        cure = "convert with image.astype('float32')" if half else "codes are of the source 'rgb'"
        raise TypeError(
            f"convert: image must be float32 for the source {source!r}, got {frame.dtype}; {cure}"
        )


def _checked_dtype(dtype: Any, target: str) -> str:
    name = str(getattr(dtype, "__name__", dtype)).removeprefix("torch.")
    if name not in IMAGE_DTYPES:
        raise TypeError(
            f"convert: dtype must be uint8, uint16, float16 or float32, got {dtype!r}; "
            f"use float32 and convert the result"
        )
    if target != "rgb" and name != "float32":
        raise TypeError(
            f"convert: dtype must be float32 for the target {target!r}, got {name}; "
            f"only 'rgb' has codes and half floats"
        )
    return name
