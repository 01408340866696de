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


def test_auto_is_a_method_that_is_listed():
    assert _registry.DEFAULT in harmonia.list_methods()
    image, mask = scene()
    image = as_dtype(image, "uint8")
    np.testing.assert_array_equal(
        harmonia.harmonize(image, mask), harmonia.harmonize(image, mask, _registry.DEFAULT)
    )


def test_auto_on_a_device_is_a_method_that_runs_there():
    found = _registry.find_method("auto", where="harmonize", device="cuda:0")
    assert found.__name__ == f"harmonia.methods.{_registry.DEFAULT_ON_CUDA}"
