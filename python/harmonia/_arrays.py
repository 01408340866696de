"""Images in and out: the only file that tells NumPy, PIL and torch apart.

Every kernel sees a *frame*: one image as an (H, W, C) array, a NumPy view on the CPU or a torch
view on CUDA. Opening a frame copies nothing where strides allow; kernels take any strides.
"""

import functools
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from harmonia._kernels import kernels_of

Kind = Literal["numpy", "pil", "torch"]
Frame = Any  # numpy.ndarray on the CPU, torch.Tensor on CUDA

IMAGE_DTYPES = ("uint8", "uint16", "float16", "float32")


def kind_of(value: object) -> Kind | None:
    """Which family an object is of. A torch tensor cannot exist unless torch was imported."""
    if isinstance(value, np.ndarray):
        return "numpy"
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        return "torch"
    pil = sys.modules.get("PIL.Image")
    if pil is not None and isinstance(value, pil.Image):
        return "pil"
    return None


def device_of(value: object) -> str:
    """Where an image is, before anything else is known of it."""
    return str(getattr(value, "device", "cpu")) if kind_of(value) == "torch" else "cpu"


def place_of(image: object, *, where: str) -> str:
    """Where an image is, which is the CPU or a CUDA device."""
    if kind_of(image) == "torch":
        _check_place(image, where)
    return device_of(image)


@dataclass(frozen=True)
class Images:
    """One image or a batch of images as the caller gave them, and as frames."""

    native: Any
    kind: Kind
    frames: tuple[Frame, ...]
    batched: bool

    @property
    def device(self) -> str:
        return str(self.native.device) if self.kind == "torch" else "cpu"

    @property
    def size(self) -> tuple[int, int]:
        height, width = self.frames[0].shape[:2]
        return int(height), int(width)

    @property
    def batch(self) -> Frame:
        """All frames of a torch batch as one view, (N, H, W, C)."""
        return self.native.detach().permute(0, 2, 3, 1)

    def like(self, dtype: str | None = None) -> "Images":
        """Uninitialised images of the same kind, shape and device, to be written by a kernel."""
        if self.kind == "torch":
            chosen = self.native.dtype if dtype is None else getattr(_torch(), dtype)
            return _open_torch(_torch().empty_like(self.native.detach(), dtype=chosen), where="")
        frame = np.empty(self.frames[0].shape, dtype or self.frames[0].dtype)
        return Images(frame, "numpy", (frame,), batched=False)

    def planes(self) -> tuple[Any, tuple[Frame, ...]]:
        """Uninitialised float32 numbers, one a pixel: (H, W) or (N, H, W) where the images are,
        and as frames."""
        shape = (len(self.frames), *self.size)
        if self.kind != "torch":
            array = np.empty(shape, np.float32)
            return array[0], tuple(array)
        tensor = self.native.detach().new_empty(shape, dtype=_torch().float32)
        frames = tensor if self.device != "cpu" else tensor.numpy()
        return tensor if self.batched else tensor[0], tuple(frames)

    def restore(self, written: "Images") -> Any:
        """What `like` gave, as the caller's kind of image."""
        if self.kind != "pil":
            return written.native
        image = sys.modules["PIL.Image"].fromarray(written.native)
        image.info = dict(self.native.info)  # the colour profile belongs to the pixels
        return image


def as_batch(frames: Sequence[Frame]) -> Frame:
    """Frames on a CUDA device, of one size, as one tensor with an axis in front."""
    first = frames[0]
    if all(frame is first for frame in frames):
        return first[None].expand(len(frames), *first.shape)
    return _torch().stack(list(frames))


def on_cpu(frame: Frame) -> "np.ndarray[Any, Any]":
    """A frame as an array, copied from a device where it is on one."""
    array: np.ndarray[Any, Any] = frame if isinstance(frame, np.ndarray) else frame.cpu().numpy()
    return array


def wait_for(frame: Frame) -> None:
    """Return once the device that computes a frame has finished it."""
    if not isinstance(frame, np.ndarray):
        frame[0, 0, 0].item()


def open_images(value: Any, *, where: str, unit: bool = True, values: bool = True) -> Images:
    """Check an image (or a torch batch) and open it as frames.

    Floats are finite, and within 0..1 unless `unit` is false. Without `values` the kernel checks
    them on the CPU, in the one pass that it makes anyway.
    """
    kind = kind_of(value)
    if kind == "numpy":
        images = _open_numpy(value, where)
    elif kind == "pil":
        images = _open_pil(value, where)
    elif kind == "torch":
        images = _open_torch(value, where)
    else:
        raise TypeError(
            f"{where} must be a NumPy array, a PIL image or a torch tensor, "
            f"got {type(value).__name__}; convert with numpy.asarray(...)"
        )
    if values or images.device != "cpu":
        for frame in images.frames:
            _check_values(frame, where, unit)
    return images


def open_image(value: Any, *, where: str) -> Images:
    """As `open_images`, for a single image."""
    images = open_images(value, where=where)
    if images.batched:
        raise ValueError(
            f"{where} must be one image, got a batch of shape {tuple(value.shape)}; "
            f"pass one of its images"
        )
    return images


def open_out(value: Any, images: Images, *, where: str) -> Images:
    """Check what a caller wants written: like the image, writable, and apart from it in memory."""
    kind = kind_of(value)
    if kind != images.kind or kind == "pil":
        wanted = "a NumPy array" if images.kind == "pil" else f"of the image's kind ({images.kind})"
        raise TypeError(f"{where} must be {wanted}, got {type(value).__name__}; leave it out")
    opened = _open_numpy(value, where) if kind == "numpy" else _open_torch(value, where)
    native = images.native
    if value.shape != native.shape or value.dtype != native.dtype or opened.device != images.device:
        raise ValueError(
            f"{where} must be like the image, {tuple(native.shape)} of {dtype_name(native)} on "
            f"{images.device}, got {tuple(value.shape)} of {dtype_name(value)} on {opened.device}"
        )
    for frame, source in zip(opened.frames, images.frames, strict=True):
        if isinstance(frame, np.ndarray):
            if not frame.flags.writeable or (kind == "numpy" and frame is not value):
                raise ValueError(
                    f"{where} must be writable and aligned; pass numpy.empty_like(image)"
                )
            shared = np.may_share_memory(frame, source)
        else:
            shared = frame.data_ptr() == source.data_ptr()
        if shared:
            raise ValueError(f"{where} must not share memory with image; pass another array")
    return opened


@dataclass(frozen=True)
class Mask:
    """The weight of every pixel, and whether it reaches nobody or everybody."""

    frame: Frame | None
    empty: bool = False
    full: bool = True


EVERYWHERE = Mask(None)


def open_masks(value: Any, images: Images, *, where: str) -> Sequence[Mask]:
    """Check masks against the images they belong to: one mask an image, or one for all."""
    kind = kind_of(value)
    if kind is None:
        raise TypeError(
            f"{where} must be a NumPy array, a PIL image or a torch tensor, "
            f"got {type(value).__name__}; convert with numpy.asarray(...)"
        )
    if kind == "torch":
        frames = _torch_mask_frames(value, images, where)
    elif images.device != "cpu":
        raise TypeError(
            f"{where} must be a torch tensor on {images.device} like the image, "
            f"got a {'PIL image' if kind == 'pil' else 'NumPy array'}; "
            f"pass torch.as_tensor(numpy.asarray({_argument(where)}), device={images.device!r})"
        )
    else:
        array = _mask_from_pil(value, where) if kind == "pil" else value
        frames = [_numpy_mask_frame(array, where)]
    for frame in frames:
        if tuple(frame.shape) != images.size:
            raise ValueError(
                f"{where} must have the image's height and width {images.size}, "
                f"got shape {tuple(frame.shape)}"
            )
    if len(frames) not in (1, len(images.frames)):
        raise ValueError(
            f"{where} must be one mask or one for each of {len(images.frames)} images, "
            f"got {len(frames)}"
        )
    masks = [_checked_mask(frame, where) for frame in frames]
    return masks * len(images.frames) if len(masks) == 1 else masks


def open_guides(value: Any, images: Images, *, where: str) -> list[Frame]:
    """Check planes of floats 0..1 against the images that they guide: one each, or one for all."""
    dtype = "a PIL image" if kind_of(value) == "pil" else dtype_name(value)
    if kind_of(value) is not None and not dtype.startswith(("float", "bfloat")):
        raise TypeError(
            f"{where} must be floats 0..1, got {dtype}; "
            f"divide whole numbers by the one that means 1"
        )
    return [mask.frame for mask in open_masks(value, images, where=where)]


def open_values(value: Any, *, where: str, besides: str = "") -> "np.ndarray[Any, Any]":
    """Numbers that a caller holds in an array or in a tensor on the CPU, whatever they mean."""
    kind = kind_of(value)
    if kind == "torch":
        _check_tensor(value, where)
        if value.device.type != "cpu":
            raise TypeError(
                f"{where} must be in the CPU's memory, got {value.device}; "
                f"pass {_argument(where)}.cpu()"
            )
        dtype = dtype_name(value)
        array: np.ndarray[Any, Any] = (
            value.detach().to(_torch().float32 if dtype == "bfloat16" else value.dtype).numpy()
        )
        return array
    if not isinstance(value, np.ndarray):
        raise TypeError(
            f"{where} must be {besides + ', ' if besides else ''}a NumPy array or a torch tensor, "
            f"got {type(value).__name__}; convert with numpy.asarray(...)"
        )
    return value


def open_any_masks(value: Any, images: Images, *, where: str) -> Sequence[Mask]:
    """As `open_masks`, where no mask means everywhere."""
    if value is None:
        return [EVERYWHERE] * len(images.frames)
    return open_masks(value, images, where=where)


def _open_numpy(array: "np.ndarray[Any, Any]", where: str) -> Images:
    _check_plain(array, where)
    _check_byte_order(array, where)
    _check_dtype(dtype_name(array), where, f"{_argument(where)}.astype('float32')")
    if array.ndim != 3 or array.shape[2] not in (3, 4):
        raise ValueError(
            f"{where} must have shape (H, W, 3) or (H, W, 4), got {array.shape}{_shape_cure(array)}"
        )
    _check_size(array.shape, where)
    return Images(array, "numpy", (_aligned(array),), batched=False)


def _open_pil(image: Any, where: str) -> Images:
    if image.mode not in ("RGB", "RGBA"):
        raise TypeError(
            f"{where} must be a PIL image of mode RGB or RGBA, got {image.mode}; "
            f"convert with {_argument(where)}.convert('RGB')"
        )
    frame = np.asarray(image)
    _check_size(frame.shape, where)
    return Images(image, "pil", (frame,), batched=False)


def _open_torch(tensor: Any, where: str) -> Images:
    _check_dtype(dtype_name(tensor), where, f"{_argument(where)}.float()")
    batched = tensor.ndim == 4
    if tensor.ndim not in (3, 4) or tensor.shape[-3] not in (3, 4):
        last = tensor.ndim in (3, 4) and tensor.shape[-1] in (3, 4)
        cure = f"; move the channels first with {_argument(where)}.movedim(-1, -3)" if last else ""
        raise ValueError(
            f"{where} must have shape (3, H, W) or (N, 3, H, W), got {tuple(tensor.shape)}{cure}"
        )
    _check_size(tensor.shape, where)
    _check_tensor(tensor, where)
    batch = tensor.detach() if batched else tensor.detach()[None]
    frames = batch.permute(0, 2, 3, 1)
    frames = frames if tensor.device.type == "cuda" else _aligned(frames.numpy())
    return Images(tensor, "torch", tuple(frames), batched)


def _check_place(tensor: Any, where: str) -> None:
    if tensor.device.type not in ("cpu", "cuda"):
        raise TypeError(
            f"{where} must be on the CPU or a CUDA device, got {tensor.device}; move it with .cpu()"
        )


def _check_tensor(tensor: Any, where: str) -> None:
    torch = _torch()
    _check_place(tensor, where)
    if tensor.layout != torch.strided:
        raise TypeError(f"{where} must be a dense tensor, got {tensor.layout}; use .to_dense()")
    if tensor.requires_grad and torch.is_grad_enabled():
        raise ValueError(
            f"{where} requires a gradient, and there is none through this call; "
            f"pass {_argument(where)}.detach()"
        )


def _aligned(array: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """Kernels read whole scalars; an array cut out of a byte buffer may not allow that."""
    return array if array.flags.aligned else np.array(array)


def _check_plain(array: "np.ndarray[Any, Any]", where: str) -> None:
    if isinstance(array, np.ma.MaskedArray):
        raise TypeError(
            f"{where} must be a plain array, got a masked array; "
            f"pass {_argument(where)}.filled() or {_argument(where)}.data"
        )


def _check_byte_order(array: "np.ndarray[Any, Any]", where: str) -> None:
    if not array.dtype.isnative:
        name = _argument(where)
        raise TypeError(
            f"{where} must be in native byte order, got {array.dtype.str}; "
            f"convert with {name}.astype({name}.dtype.newbyteorder('='))"
        )


def _check_dtype(dtype: str, where: str, cure: str) -> None:
    if dtype in IMAGE_DTYPES:
        return
    if dtype == "float64":
        hint = f"convert with {cure}"
    elif dtype == "bfloat16":
        hint = f"convert with {cure}, it has only 8 bits of precision"
    else:
        hint = "8-bit values belong in uint8, values 0..1 in float32"
    raise TypeError(f"{where} must be uint8, uint16, float16 or float32, got {dtype}; {hint}")


def _shape_cure(array: "np.ndarray[Any, Any]") -> str:
    if array.ndim == 2:
        return "; repeat a grey image with numpy.stack([image] * 3, axis=-1)"
    if array.ndim == 3 and array.shape[0] in (3, 4):
        return "; move the channels last with numpy.moveaxis(image, 0, -1)"
    if array.ndim == 4:
        return "; pass the images of a batch one by one"
    return ""


def _check_size(shape: Sequence[int], where: str) -> None:
    if math.prod(shape) == 0:
        raise ValueError(f"{where} must hold at least one pixel, got shape {tuple(shape)}")


def _check_values(frame: Frame, where: str, unit: bool) -> None:
    """Integers need no check: every code is a colour."""
    if not dtype_name(frame).startswith("float"):
        return
    low, high, finite = kernels_of(frame).image_range(frame)
    if not finite:
        raise ValueError(f"{where} must be finite, got NaN or infinity; use numpy.nan_to_num(...)")
    if unit and (low < 0.0 or high > 1.0):
        cure = "divide by 255" if high > 2.0 else "clip it to 0..1"
        raise ValueError(
            f"{where} of type {dtype_name(frame)} must be within 0..1, "
            f"got {low:.9g}..{high:.9g}; {cure}"
        )


def _mask_from_pil(mask: Any, where: str) -> "np.ndarray[Any, Any]":
    if mask.mode not in ("L", "1"):
        raise TypeError(
            f"{where} must be a PIL image of mode L or 1, got {mask.mode}; "
            f"convert with mask.convert('L')"
        )
    return np.asarray(mask)


def _numpy_mask_frame(mask: "np.ndarray[Any, Any]", where: str) -> Frame:
    _check_plain(mask, where)
    _check_byte_order(mask, where)
    dtype = dtype_name(mask)
    if dtype in ("float16", "float64"):
        with np.errstate(over="ignore"):  # beyond float32 is beyond 0..1, which is checked below
            mask = mask.astype(np.float32)
    elif dtype not in ("bool", "uint8", "float32"):
        raise TypeError(f"{where} must be {_MASK_DTYPES}, got {dtype}; {_mask_cure(dtype)}")
    if mask.ndim != 2:
        cure = "; take one channel with mask[..., 0]" if mask.ndim == 3 else ""
        raise ValueError(f"{where} must have shape (H, W), got {mask.shape}{cure}")
    return _aligned(mask)


def _torch_mask_frames(mask: Any, images: Images, where: str) -> list[Frame]:
    torch = _torch()
    if str(mask.device) != images.device:
        raise TypeError(
            f"{where} must be on {images.device} like the image, got {mask.device}; "
            f"move it with mask.to({images.device!r})"
        )
    dtype = dtype_name(mask)
    if dtype in ("float16", "float64", "bfloat16"):
        mask = mask.to(torch.float32)
    elif dtype not in ("bool", "uint8", "float32"):
        raise TypeError(f"{where} must be {_MASK_DTYPES}, got {dtype}; {_mask_cure(dtype)}")
    if mask.ndim == 4 and mask.shape[1] == 1:
        mask = mask[:, 0]
    if mask.ndim not in (2, 3):
        raise ValueError(
            f"{where} must have shape (H, W), (N, H, W) or (N, 1, H, W), got {tuple(mask.shape)}"
        )
    _check_tensor(mask, where)
    stack = mask.detach() if mask.ndim == 3 else mask.detach()[None]
    return list(stack if mask.device.type == "cuda" else _aligned(stack.numpy()))


_MASK_DTYPES = "bool, uint8 0..255 or float 0..1"


def _mask_cure(dtype: str) -> str:
    if dtype == "uint16":
        return "scale with (mask / 65535).astype('float32')"
    return "a mask of zeros and ones becomes one with mask.astype(bool)"


def _checked_mask(frame: Frame, where: str) -> Mask:
    low, high, finite = kernels_of(frame).mask_range(frame)
    dtype = dtype_name(frame)
    if not finite:
        raise ValueError(f"{where} must be finite, got NaN or infinity; use numpy.nan_to_num(...)")
    if dtype == "float32" and (low < 0.0 or high > 1.0):
        raise ValueError(
            f"{where} of floats must be within 0..1, got {low:.9g}..{high:.9g}; "
            f"{'divide by 255' if high > 2.0 else 'clip it to 0..1'}"
        )
    if dtype == "uint8" and high == 1.0:
        raise ValueError(
            f"{where} of type uint8 is 0..255, this one holds only 0 and 1; "
            f"use mask.astype(bool) or mask * 255"
        )
    if dtype == "bool" and high > 1.0:
        # Bytes that were only called bool, as those of PIL's mode 1 are: 255 is true.
        byte = np.uint8 if isinstance(frame, np.ndarray) else _torch().uint8
        frame = frame.view(byte) != 0
    return Mask(frame, empty=high <= 0.0, full=low >= (255.0 if dtype == "uint8" else 1.0))


def _argument(where: str) -> str:
    """The argument's own name in "harmonize: image"."""
    return where.rpartition(" ")[2]


def dtype_name(array: Any) -> str:
    """What NumPy and torch both call it: "float32"."""
    return _name_of(array.dtype)


@functools.cache  # NumPy takes longer to spell a dtype than a kernel for a small picture
def _name_of(dtype: Any) -> str:
    return str(dtype).removeprefix("torch.")


def _torch() -> Any:
    return sys.modules["torch"]
