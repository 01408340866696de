"""`compare`: pictures, times and numbers of several methods, and what a caller may get wrong."""

import harmonia
import numpy as np
import pytest
from harmonia._registry import list_ready
from images import as_dtype, scene, with_alpha
from kinds import CASES
from PIL import Image


def inputs(dtype="uint8"):
    image, mask = scene(60, 80)
    return as_dtype(image, dtype), mask.astype(np.float32)


@pytest.mark.parametrize(("kind", "dtype"), CASES)
def test_pictures_are_what_harmonize_gives(kind, dtype):
    image, mask = inputs(dtype)
    image = with_alpha(image) if kind.channels == 4 else image
    made = kind.make(image)
    if getattr(made, "ndim", 0) == 4:
        with pytest.raises(ValueError, match="compare: image must be one image, got a batch"):
            harmonia.compare(made, mask, ["mkl"])
        return
    comparison = harmonia.compare(made, mask, ["mkl", "reinhard"], real=made)
    assert list(comparison.pictures) == ["mkl", "reinhard"]
    for name, picture in comparison.pictures.items():
        assert type(picture) is type(made)
        wanted = harmonia.harmonize(made, mask, name)
        np.testing.assert_array_equal(kind.back(picture), kind.back(wanted))
        assert comparison.scores[name] == harmonia.evaluate(wanted, made, mask)
        assert comparison.seconds[name] > 0
    assert comparison.to_picture().dtype == np.uint8
    assert "<!DOCTYPE html>" in comparison.to_html()


def test_the_composite_is_scored_too():
    image, mask = inputs()
    real = image[::-1].copy()
    found = harmonia.compare(image, mask, ["mkl"], real=real, metrics=["mse"], protocol="idih-256")
    assert list(found.scores) == ["composite", "mkl"]
    wanted = harmonia.evaluate(image, real, mask, ["mse"], "idih-256")
    assert found.scores["composite"] == wanted
    assert found.scores["composite"].protocol == wanted.protocol


def test_all_is_every_method():
    assert list(harmonia.compare(*inputs(), "all", boxes=0).seconds) == list_ready()


def test_options_and_names_of_ones_own():
    image, mask = inputs()
    methods = {"as published": "reinhard", "in Lab": harmonia.load("reinhard", space="lab")}
    found = harmonia.compare(image, mask, methods)
    wanted = harmonia.compare(image, mask, ["reinhard"], options={"reinhard": {"space": "lab"}})
    np.testing.assert_array_equal(found.pictures["in Lab"], wanted.pictures["reinhard"])
    assert (found.pictures["in Lab"] != found.pictures["as published"]).any()


@pytest.mark.parametrize("error", [ValueError, RuntimeError, TypeError, OSError, ImportError])
def test_a_method_that_fails_stops_no_other(error):
    def fails(image, mask):
        raise error("this one\ncannot")

    image, mask = inputs()
    found = harmonia.compare(image, mask, {"bad": fails, "mkl": "mkl"}, real=image)
    assert found.failures == {"bad": "this one cannot"}
    assert list(found.pictures) == ["mkl"]
    assert list(found.scores) == ["composite", "mkl"]
    assert "this one cannot" in found.to_html()
    assert repr(found) == "Comparison(mkl, failed: bad)"


def test_a_result_of_another_size_is_a_failure():
    found = harmonia.compare(*inputs(), {"small": lambda image, mask: image[:9].copy()})
    assert found.failures["small"].startswith("compare: the result of 'small' has another size")


def test_a_method_that_does_not_stop_for_a_failure_shows_mistakes_in_python():
    def mistaken(image, mask):
        return image.nonsense

    with pytest.raises(AttributeError):
        harmonia.compare(*inputs(), {"mistaken": mistaken})


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"methods": "mkl"}, TypeError, r"use \['mkl'\]"),
        ({"methods": []}, ValueError, "at least one"),
        ({"methods": ["mkl", "mkl"]}, ValueError, "has 'mkl' twice"),
        ({"methods": ["nonsense"]}, ValueError, "unknown method 'nonsense'"),
        ({"methods": {"composite": "mkl"}}, ValueError, "cannot be called 'composite'"),
        ({"methods": {"a": 3}}, TypeError, "must be a name or a function"),
        ({"options": {"xiao": {}}}, ValueError, "options are for 'xiao'"),
        ({"options": {"mkl": {"space": 1}}}, TypeError, "has no option 'space'"),
        ({"boxes": -1}, ValueError, "a number from 0 to 12, got -1"),
        ({"boxes": [(0, 0, 81, 5)]}, ValueError, "0,0,81,5 must lie inside of the picture"),
        ({"boxes": [(0, 0, 5)]}, ValueError, r"must be \(x, y, width, height\)"),
        (
            {"real": np.zeros((5, 5, 3), np.uint8)},
            ValueError,
            "compare: real must have the image's",
        ),
        ({"mask": np.zeros((5, 5), bool)}, ValueError, "compare: mask must have the image's"),
        ({"image": np.zeros((5, 5))}, TypeError, "compare: image must be uint8"),
    ],
)
def test_what_makes_no_sense_is_an_error_before_any_work(arguments, error, said):
    image, mask = inputs()
    arguments = {"image": image, "mask": mask, "methods": ["mkl"]} | arguments
    with pytest.raises(error, match=said):
        harmonia.compare(**arguments)


@pytest.mark.parametrize("name", ["sheet.html", "sheet.htm", "sheet.png"])
def test_sheets_are_written_and_never_over_a_file(name, tmp_path):
    comparison = harmonia.compare(*inputs(), ["mkl"])
    path = tmp_path / name
    comparison.save(path)
    first = path.read_bytes()
    with pytest.raises(FileExistsError, match="overwrite=True"):
        comparison.save(path)
    comparison.save(path, overwrite=True)
    assert path.read_bytes() == first
    if name.endswith(".png"):
        with Image.open(path) as picture:
            np.testing.assert_array_equal(np.array(picture), comparison.to_picture())
    else:
        assert path.read_text(encoding="utf-8") == comparison.to_html()


@pytest.mark.parametrize(
    ("name", "error", "said"),
    [
        ("sheet.pdf", ValueError, r"must end in \.html or \.png"),
        ("missing/sheet.png", FileNotFoundError, "make it first"),
    ],
)
def test_what_cannot_be_written_says_why(name, error, said, tmp_path):
    comparison = harmonia.compare(*inputs(), ["mkl"])
    with pytest.raises(error, match=said):
        comparison.save(tmp_path / name)
    with pytest.raises(ValueError, match="panel must be a whole number from 64"):
        comparison.to_picture(panel=3)


def test_deep_pictures_are_shown_in_8_bits_and_alpha_lets_white_through():
    image, mask = inputs("uint16")
    image = with_alpha(image)
    image[..., 3] = 0
    shown = harmonia.compare(image, mask, ["mkl"], boxes=0)._sheet().panels[0].pixels
    assert (shown == 255).all()
    image[..., 3] = 65535
    shown = harmonia.compare(image, mask, ["mkl"], boxes=0)._sheet().panels[0].pixels
    np.testing.assert_array_equal(shown, np.rint(image[..., :3] / 257))


def test_a_mask_without_foreground_has_a_sheet():
    image, mask = inputs()
    found = harmonia.compare(image, np.zeros_like(mask), ["mkl"], real=image)
    np.testing.assert_array_equal(found.pictures["mkl"], image)
    assert found.to_picture().dtype == np.uint8
    assert "none" in found.to_html()  # the fMSE, which has no value
