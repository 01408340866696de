"""Networks as ONNX models, which run without torch."""

import importlib.util
import os
import warnings
from os import PathLike
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from harmonia import _atomic
from harmonia._core import version
from harmonia.nets._canvas import Canvas
from harmonia.nets._network import Network
from harmonia.nets._session import Session

LARGEST_SIDE = 1 << 16


class _Whole(nn.Module):
    """A picture of any size through a network, as one graph."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        canvas = Canvas.of(image, mask)
        seen = self.network.look(canvas)
        return self.network.render(seen, canvas, 0, canvas.size[0])


def check_exportable(network: Network, method: str, *, where: str) -> None:
    """Whether a network has an ONNX, and the packages to write it are there."""
    if network.no_onnx is not None:
        raise ValueError(f"{where}: {method} has no ONNX: {network.no_onnx}")
    for name in ("onnx", "onnxscript"):
        if importlib.util.find_spec(name) is None:
            raise ModuleNotFoundError(
                f"{where}: to write ONNX takes {name}; pip install onnx onnxscript"
            )


def export_onnx(session: Session, path: str | PathLike[str], *, overwrite: bool = False) -> None:
    """Write a loaded network as an ONNX model for pictures of any size.

    Its inputs are `image` (1, 3, height, width) and `mask` (1, 1, height, width), floats 0..1; its
    `output` is the network's raw output at the image's size. Run it by
    `harmonia.load(method, weights=path, backend="onnx")`, which needs onnxruntime and no torch, or
    by any other runtime. To write it takes the packages onnx and onnxscript.
    """
    check_exportable(session.network, session.method, where="export_onnx")
    target = Path(path)
    if target.exists() and not overwrite:
        raise FileExistsError(f"{target} is there already; pass overwrite=True to replace it")
    height = torch.export.Dim("height", min=2, max=LARGEST_SIDE)
    width = torch.export.Dim("width", min=2, max=LARGEST_SIDE)
    sides = {2: height, 3: width}
    # Sides that equal no side within a network, so that none of these passes for the picture's.
    example = (torch.rand(1, 3, 331, 419), torch.rand(1, 1, 331, 419))
    whole = _Whole(session.network.float().cpu()).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's, of its own parts
        program: Any = torch.onnx.export(
            whole,
            example,
            dynamo=True,
            dynamic_shapes={"image": sides, "mask": sides},
            input_names=["image", "mask"],
            output_names=["output"],
            verbose=False,
        )
    model = program.model_proto
    for key, value in (("architecture", session.method), ("harmonia", version())):
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    _atomic.write(Path(os.fspath(path)), model.SerializeToString(), overwrite=overwrite)
