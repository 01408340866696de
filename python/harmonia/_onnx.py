"""Networks that were exported to ONNX, run by onnxruntime. torch is not needed.

A model gives the picture (`output`), or looks at a small one of it and gives a table of colours
(`table`), which the library's own kernels apply.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from harmonia._arrays import Frame, Images, Mask
from harmonia._registry import check_known
from harmonia._resize import pil_resize
from harmonia._session import LoadedNetwork, NetworkLut
from harmonia.transform import Change

Floats = np.ndarray[Any, np.dtype[np.float32]]

_LARGEST = {"uint8": 255.0, "uint16": 65535.0}


class OnnxSession(LoadedNetwork):
    """A network that onnxruntime runs."""

    def __init__(self, method: str, path: Path, threads: int | None) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        if threads is not None:
            options.intra_op_num_threads = threads
        options.log_severity_level = 3
        try:
            self._model = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's own kinds have no common name in Python
            said = " ".join(str(error).split())[:200]
            raise ValueError(f"{path}: cannot be read as an ONNX model: {said}") from error
        held = self._model.get_modelmeta().custom_metadata_map.get("architecture", "")
        inputs = {one.name: one.shape for one in self._model.get_inputs()}
        outputs = [one.name for one in self._model.get_outputs()]
        if set(inputs) != {"image", "mask"} or outputs not in (["output"], ["table"]) or not held:
            raise ValueError(f"{path}: is no model that harmonia.nets.export_onnx wrote")
        if method not in (held, held.partition(".")[0]):
            raise ValueError(f"{path}: is {held} and not {method}")
        self.method = held
        self._side: int | None = inputs["image"][2] if outputs == ["table"] else None

    def raw(self, image: Any, mask: Any) -> Any:
        """What the network itself gives, float32 (H, W, 3) on the scale 0..1: not pasted.

        An array of NumPy whatever the image is, (N, H, W, 3) for a batch.
        """
        images, masks = self._opened(image, mask, self.method)
        outs = [
            self._found(frame, one).whole(frame)
            for frame, one in zip(images.frames, masks, strict=True)
        ]
        return outs[0] if not images.batched else np.stack(outs)

    @property
    def _makes_tables(self) -> bool:
        return self._side is not None

    def _check_device(self, images: Images, where: str) -> None:
        if images.device != "cpu":
            raise TypeError(
                f"{where}: image must be on the CPU for ONNX, got {images.device}; "
                "pass image.cpu() and mask.cpu()"
            )

    def _paint(self, images: Images, masks: Sequence[Mask], strength: float, out: Images) -> None:
        for frame, one, to in zip(images.frames, masks, out.frames, strict=True):
            if one.empty:
                to[...] = frame
            else:
                self._found(frame, one).write(frame, one, strength, to)

    def _change(self, images: Images, masks: Sequence[Mask]) -> Change:
        return self._found(images.frames[0], masks[0])

    def _found(self, frame: Frame, mask: Mask) -> "_Painting | _Table":
        weights: Frame = mask.frame
        if self._side is None:
            raw = self._run(_unit(frame[..., :3]), _unit(weights))
            return _Painting(raw[0].transpose(1, 2, 0))
        image, small = (_shrunk(one, self._side) for one in (frame[..., :3], weights))
        return _Table(self._run(image, small)[0])

    def _run(self, image: Floats, mask: Floats) -> Floats:
        feeds = {
            "image": np.ascontiguousarray(image.transpose(2, 0, 1)[None]),
            "mask": np.ascontiguousarray(mask[None, None]),
        }
        (out,) = self._model.run(None, feeds)
        raw: Floats = np.asarray(out)
        if not np.isfinite(raw).all():
            raise ValueError(f"{self.method}: the network gave NaN or infinity; check its weights")
        return raw


def open_onnx(
    method: str,
    *,
    weights: str | PathLike[str] | None = None,
    device: Any = None,
    threads: int | None = None,
    where: str = "load",
    **others: Any,
) -> OnnxSession:
    """Open a model that `harmonia.nets.export_onnx` wrote; see `harmonia.load`."""
    known = ["weights", "device", "threads", "backend"]
    check_known(others, known, f"network {method!r} by ONNX", where=where)
    if weights is None:
        raise ValueError(f'{where}: backend="onnx" needs weights=, a model of export_onnx')
    if str(device or "cpu") != "cpu":
        raise ValueError(f'{where}: backend="onnx" runs on the CPU, got device={device!r}')
    path = Path(weights)
    if not path.is_file():
        raise FileNotFoundError(f"{where}: there is no model {path}")
    try:
        return OnnxSession(method, path, threads)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{where}: {method} by ONNX needs onnxruntime: pip install onnxruntime",
            name=error.name,
        ) from error


def _unit(values: Frame) -> Floats:
    largest = _LARGEST.get(str(values.dtype))
    floats = np.asarray(values).astype(np.float32)
    if largest is not None:
        floats /= np.float32(largest)
    return floats


@dataclass(frozen=True)
class _Painting(Change):
    """The picture itself, (H, W, 3) on the scale 0..1."""

    colours: Floats

    def write(self, frame: Frame, mask: Mask, strength: float, out: Frame) -> None:
        """`m * new + (1 - m) * old`, and old bits where m is 0."""
        out[...] = frame
        weight = (_unit(mask.frame) * np.float32(strength))[..., None]
        after = weight * np.clip(self.colours, 0, 1) + (1 - weight) * _unit(frame[..., :3])
        if out.dtype.kind == "u":
            after = np.rint(after * np.iinfo(out.dtype).max)
        np.copyto(out[..., :3], after.astype(out.dtype), where=weight > 0)

    def whole(self, frame: Frame) -> Floats:
        return self.colours


class _Table(NetworkLut):
    def whole(self, frame: Frame) -> Floats:
        changed: Floats = self.apply(_unit(frame[..., :3]))
        return changed


def _shrunk(values: Frame, side: int) -> Floats:
    """At (side, side), as the network in torch has it."""
    codes = np.asarray(values)
    if codes.dtype != np.uint8:
        codes = _unit(codes)
    return _unit(pil_resize(np.ascontiguousarray(codes), (side, side), "bilinear"))
