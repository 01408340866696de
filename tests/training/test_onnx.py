"""The ONNX file that a run leaves; `nox -s onnx` has the packages that it takes."""

import importlib.util

import harmonia
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")
if not all(map(importlib.util.find_spec, ("onnx", "onnxscript", "onnxruntime"))):
    pytest.skip("needs onnx, onnxscript and onnxruntime", allow_module_level=True)

from harmonia.training import train  # noqa: E402 (needs torch)
from tiny import samples  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # torch's exporter, of its own parts
TINY = {"steps": 4, "size": 32, "batch": 2, "workers": 0, "width": 8, "base": 32}


@pytest.mark.parametrize(("tried", "name"), [(samples(32, 1), "best"), (None, "last")])
def test_a_run_leaves_its_network_as_onnx(tried, name, tmp_path):
    run = tmp_path / "run"
    train("issam", samples(32, 4), run, validation=tried, onnx=True, validate_every=1, **TINY)
    assert [path.name for path in run.glob("*.onnx")] == [f"{name}.onnx"]
    by_onnx = harmonia.load("issam", weights=run / f"{name}.onnx", backend="onnx", threads=1)
    by_torch = harmonia.load("issam", weights=run / f"{name}.safetensors")
    for sample in samples(48, 2):
        image, mask = (np.float32(one) / 255 for one in (sample.composite, sample.mask))
        ours, theirs = (one.raw(image, mask) for one in (by_onnx, by_torch))
        np.testing.assert_allclose(ours, theirs, atol=1e-4)
        assert np.abs(ours - image).max() > 1e-2  # and not the picture as it was
