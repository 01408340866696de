"""The method that CONTRIBUTING.md shows is a whole one."""

import inspect
from pathlib import Path
from types import ModuleType

import numpy as np
import page_blocks
import pytest
from harmonia import color
from harmonia._arrays import open_image, open_masks
from harmonia._scene import Scene
from images import scene

PAGE = Path(__file__).parents[1] / "CONTRIBUTING.md"
if not PAGE.is_file():
    pytest.skip("there is no CONTRIBUTING.md above the tests", allow_module_level=True)

(SOURCE,) = (text for language, text in page_blocks.blocks(PAGE) if language == "python")


@pytest.fixture
def method():
    made = ModuleType("lab_shift")
    exec(compile(SOURCE, PAGE.name, "exec"), made.__dict__)
    return made


def test_it_moves_the_mean_as_far_as_it_says(method):
    rgb, mask = scene()
    rgb, inside = rgb.astype(np.float32), mask == 1
    image = open_image(rgb, where="test")
    (opened,) = open_masks(inside, image, where="test")
    found = Scene(image.frames[0], opened)

    def mean(array, where):
        return color.convert(array, "rgb", "lab")[where].mean(axis=0)

    whole = mean(rgb, ~inside) - mean(rgb, inside)
    assert np.abs(whole).max() > 10
    for share in (0.5, 1.0):
        out = method.fit(found, share=share).apply(rgb, inside)
        np.testing.assert_allclose(mean(out, inside) - mean(rgb, inside), share * whole, atol=0.5)


def test_its_docstring_names_its_options(method):
    _, *options = inspect.signature(method.fit).parameters
    assert options == ["share"]
    assert all(name in (method.__doc__ or "") for name in options)
