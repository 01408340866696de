"""A file in `methods/` is a method: found by its name, listed without being imported."""

import subprocess
import sys

import harmonia
import numpy as np
import pytest
from harmonia import _registry, methods
from images import as_dtype, scene

DARKEN = '''"""Halve every colour.

`by` says by how much.
"""

from harmonia._scene import Scene
from harmonia.transform import AffineTransform


def fit(scene: Scene, *, by: float = 0.5) -> AffineTransform:
    return AffineTransform("rgb", (by, 0, 0, 0, by, 0, 0, 0, by), (0, 0, 0))
'''


@pytest.fixture
def darken(tmp_path, monkeypatch):
    """A new method, as somebody would add it."""
    (tmp_path / "darken.py").write_text(DARKEN)
    (tmp_path / "_private.py").write_text("")
    monkeypatch.setattr(methods, "__path__", [*methods.__path__, str(tmp_path)])
    yield "darken"
    sys.modules.pop("harmonia.methods.darken", None)
    vars(methods).pop("darken", None)


def test_a_new_file_is_a_new_method(darken):
    assert darken in harmonia.list_methods()
    assert "_private" not in harmonia.list_methods()
    assert harmonia.list_methods() == sorted(harmonia.list_methods())
    image, mask = scene()
    image = as_dtype(image, "float32")
    out = harmonia.harmonize(image, mask > 0.5, darken, by=0.25)
    np.testing.assert_array_equal(out[mask > 0.5], image[mask > 0.5] * np.float32(0.25))


def test_a_new_method_has_its_options_and_summary(darken):
    assert _registry.summary(darken) == "Halve every colour."
    with pytest.raises(TypeError, match=r"no option 'bye'; did you mean 'by'\? choose one of by$"):
        harmonia.load(darken, bye=1)


def test_listing_and_summaries_import_no_method():
    code = (
        "import sys, harmonia; from harmonia._registry import summary; "
        "print([summary(name) for name in harmonia.list_methods()]); "
        "print([name for name in sys.modules if name.startswith('harmonia.methods.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    summaries, imported = done.stdout.splitlines()
    assert "Reinhard et al. 2001" in summaries
    assert imported == "[]"


def test_auto_with_a_reference_is_a_method_that_runs_there():
    for device, name in (("cpu", _registry.CLASSICAL), ("cuda:0", _registry.CLASSICAL_ON_CUDA)):
        assert name in harmonia.list_methods()
        found = _registry.method_name("auto", where="test", device=device, reference=True)
        assert found == name
