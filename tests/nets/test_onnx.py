"""Exported networks: the same numbers without torch, at any size."""

import functools
import importlib.util
import subprocess
import sys

import harmonia
import numpy as np
import pytest
from images import as_dtype, scene
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)
if not all(map(importlib.util.find_spec, ("onnx", "onnxscript", "onnxruntime"))):
    pytest.skip("needs onnx, onnxscript and onnxruntime", allow_module_level=True)

from harmonia.nets import export_onnx
from harmonia.nets._session import Session
from harmonia.nets._weights import architecture_of

pytestmark = pytest.mark.filterwarnings("ignore")  # torch's exporter, of its own parts

FIRST = [
    f"{name}.{next(iter(architecture_of(name).variants))}" for name in harmonia.list_networks()
]


@functools.lru_cache(maxsize=1)
def both(name, folder):
    """A network by torch, and by onnxruntime."""
    torch.manual_seed(0)
    method, _, variant = name.partition(".")
    session = Session(architecture_of(method).variants[variant]().eval(), name)
    if session.network.no_onnx is not None:
        with pytest.raises(ValueError, match="has no ONNX"):
            export_onnx(session, folder / "never.onnx")
        pytest.skip(f"no ONNX: {session.network.no_onnx}")
    path = folder / f"{name}.onnx"
    if not path.exists():
        export_onnx(session, path)
    return session, harmonia.load(method, weights=path, backend="onnx", threads=1), path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("onnx")


@pytest.mark.parametrize("size", [(333, 517), (256, 256), (128, 90)])
@pytest.mark.parametrize("name", FIRST)
def test_onnx_equals_torch(name, size, folder):
    session, model, _ = both(name, folder)
    image, mask = scene(*size)
    image, mask = image.astype(np.float32), mask.astype(np.float32)
    ours, theirs = model.raw(image, mask), session.raw(image, mask)
    assert ours.shape == theirs.shape == image.shape
    np.testing.assert_allclose(ours, theirs, atol=1e-4 * max(1.0, float(np.ptp(theirs))))


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float16", "float32"])
def test_what_harmonize_promises_holds(dtype, folder):
    _, model, _ = both("issam.256", folder)
    image, mask = scene(100, 140)
    image, mask = as_dtype(image, dtype), mask.astype(np.float32)
    out = model(image, mask)
    assert (out.shape, out.dtype) == (image.shape, image.dtype)
    np.testing.assert_array_equal(out[mask == 0], image[mask == 0])
    assert (out[mask > 0] != image[mask > 0]).any()


def test_it_runs_without_torch(folder):
    _, _, path = both("issam.256", folder)
    code = (
        "import sys, harmonia\n"
        "image, mask = harmonia.example()\n"
        f"harmonia.harmonize(image, mask, 'issam', weights={str(path)!r}, backend='onnx')\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.returncode) == ("False\n", 0), done.stderr


def test_what_is_wrong_is_said(folder, tmp_path):
    _, _, path = both("issam.256", folder)
    with pytest.raises(ValueError, match=r"is issam\.256 and not issam\.512"):
        harmonia.load("issam.512", weights=path, backend="onnx")
    (tmp_path / "bad.onnx").write_bytes(b"no model")
    with pytest.raises(ValueError, match=r"bad\.onnx: cannot be read as an ONNX model"):
        harmonia.load("issam", weights=tmp_path / "bad.onnx", backend="onnx")
    with pytest.raises(ValueError, match="runs on the CPU, got device='cuda'"):
        harmonia.load("issam", weights=path, backend="onnx", device="cuda")
    with pytest.raises(ValueError, match="backend must be 'torch' or 'onnx', got 'tf'"):
        harmonia.load("issam", weights=path, backend="tf")
    with pytest.raises(
        TypeError, match="network 'issam' has no option 'weights_'; did you mean 'weights'"
    ):
        harmonia.load("issam", weights_=path)


def test_a_table_by_onnx_is_that_by_torch(folder):
    session, model, path = both("harmonia.quadratic", folder)
    image, mask = scene(133, 217)
    mask = mask.astype(np.float32)
    for dtype in ("uint8", "uint16", "float32"):
        frame = as_dtype(image, dtype)
        ours, theirs = model.fit(frame, mask), session.fit(frame, mask)
        np.testing.assert_allclose(ours.nodes, theirs.nodes, atol=1e-4)
        np.testing.assert_array_equal(ours.apply(frame, mask), model(frame, mask))
        look = harmonia.fit(frame, mask, "harmonia", weights=path, backend="onnx")
        np.testing.assert_array_equal(look.nodes, ours.nodes)
    look = type(look)(look.nodes + 0.5)
    assert look.nodes.max() > 1
    assert look.apply(frame, mask).max() == 1
    with pytest.raises(ValueError, match="mask is empty"):
        model.fit(frame, np.zeros(mask.shape, bool))


def test_a_painting_by_onnx_is_no_transform(folder):
    _, model, _ = both("issam.256", folder)
    image, mask = scene(64, 80)
    with pytest.raises(TypeError, match=r"issam\.256.* depends on the place"):
        model.fit(as_dtype(image, "uint8"), mask)
