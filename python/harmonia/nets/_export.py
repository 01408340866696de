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


class _Table(nn.Module):
    """A small picture to the table that changes its colours; the rest is no work for a network."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        nodes: Tensor = self.network.table(image, mask)
        return nodes


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
    `output` is the network's raw output at the image's size. Of "harmonia" both inputs are of
    128 x 128 and the output is a `table` of colours, (1, red, green, blue, 3). Run it by
    `harmonia.load(method, weights=path, backend="onnx")`, which needs onnxruntime and no torch, or
    by any other runtime. To write it takes the packages onnx and onnxscript.
    """
    check_exportable(session.network, session.method, where="export_onnx")
    target = Path(path)
    if target.exists() and not overwrite:
        raise FileExistsError(f"{target} is there already; pass overwrite=True to replace it")
    network = session.network.float().cpu()
    graph: nn.Module
    if network.table_side is None:
        # Sides that equal no side within a network, so that none of these passes for the picture's.
        graph, output, size = _Whole(network), "output", (331, 419)
        sides = {
            axis + 2: torch.export.Dim(name, min=2, max=LARGEST_SIDE)
            for axis, name in enumerate(("height", "width"))
        }
    else:
        graph, output, sides = _Table(network), "table", {}
        size = (network.table_side, network.table_side)
    example = (torch.rand(1, 3, *size), torch.rand(1, 1, *size))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's, of its own parts
        program: Any = torch.onnx.export(
            graph.eval(),
            example,
            dynamo=True,
            dynamic_shapes={"image": sides, "mask": sides},
            input_names=["image", "mask"],
            output_names=[output],
            verbose=False,
        )
    model = program.model_proto
    for key, value in (("architecture", session.method), ("harmonia", version())):
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    for node in model.graph.node:
        del node.metadata_props[:]  # where the exporter was in the source, longer than the node
    _atomic.write(Path(os.fspath(path)), model.SerializeToString(), overwrite=overwrite)
