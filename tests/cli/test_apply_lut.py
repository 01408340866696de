"""harmonia apply-lut: colours of a file through a LUT file."""

import io
import json

import harmonia
import image_files
import numpy as np
import pytest
from harmonia import cli
from harmonia.cli import apply_lut
from harmonia.lut.apply import INTERPOLATIONS, OUT_OF_RANGE


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with the example and a look in it."""
    monkeypatch.chdir(tmp_path)
    image, mask = harmonia.example()
    harmonia.io.write("in.png", image)
    harmonia.io.write("mask.png", np.stack([mask] * 3, axis=-1))
    look = harmonia.fit(image, mask, "reinhard").to_lut(17)
    look.save("look.cube")
    return image, mask, look


def test_choices_are_those_of_the_library():
    assert apply_lut.INTERPOLATIONS == INTERPOLATIONS
    assert apply_lut.OUT_OF_RANGE == OUT_OF_RANGE


def test_all_of_the_picture_goes_through_it(here):
    image, _, look = here
    assert cli.main(["apply-lut", "in.png", "look.cube", "-o", "out.png"]) == 0
    np.testing.assert_array_equal(harmonia.io.read("out.png").pixels, look.apply(image))


def test_with_a_mask_the_background_keeps_its_bytes(here):
    image, mask, look = here
    arguments = ["--mask", "mask.png", "--interpolation", "tetrahedral", "--strength", "0.5"]
    assert cli.main(["apply-lut", "in.png", "look.cube", "-o", "out.png", *arguments]) == 0
    out = harmonia.io.read("out.png").pixels
    wanted = harmonia.lut.apply_lut3d(image, look, mask, interpolation="tetrahedral", strength=0.5)
    np.testing.assert_array_equal(out, wanted)
    np.testing.assert_array_equal(out[mask == 0], image[mask == 0])


def test_colours_are_converted_where_that_is_asked_for(here):
    image, _, look = here
    wide = harmonia.io.Picture(image, "PNG", image_files.display_p3())
    harmonia.io.write("wide.png", image, like=wide)
    words = ["apply-lut", "wide.png", "look.cube", "-o", "out.png"]
    assert cli.main([*words, "--to-srgb"]) == 0
    out, converted = harmonia.io.read("out.png"), harmonia.io.to_srgb(wide)
    np.testing.assert_array_equal(out.pixels, look.apply(converted.pixels))
    assert out.icc == converted.icc


def test_sixteen_bits_and_alpha_stay(here):
    image, _, look = here
    deep = np.dstack(
        [
            image.astype(np.uint16) * 257,
            np.arange(image[..., 0].size).reshape(image.shape[:2]).astype(np.uint16),
        ]
    )
    harmonia.io.write("deep.png", deep)
    assert cli.main(["apply-lut", "deep.png", "look.cube", "-o", "out.png"]) == 0
    out = harmonia.io.read("out.png").pixels
    np.testing.assert_array_equal(out, look.apply(deep))
    np.testing.assert_array_equal(out[..., 3], deep[..., 3])


def test_what_lut_writes_apply_lut_repeats(here):
    image, mask, _ = here
    assert cli.main(["lut", "in.png", "mask.png", "-o", "own.cube", "-m", "mkl"]) == 0
    arguments = ["in.png", "own.cube", "-o", "out.png", "--mask", "mask.png"]
    assert cli.main(["apply-lut", *arguments]) == 0
    wanted = harmonia.fit(image, mask, "mkl").to_lut(33).apply(image, mask)
    np.testing.assert_array_equal(harmonia.io.read("out.png").pixels, wanted)


def test_it_pipes(here, monkeypatch, capsysbinary):
    from pathlib import Path

    image, _, look = here
    stream = io.TextIOWrapper(io.BytesIO(Path("in.png").read_bytes()))
    monkeypatch.setattr("sys.stdin", stream)
    assert cli.main(["apply-lut", "-", "look.cube", "-o", "-"]) == 0
    piped = harmonia.io.read(capsysbinary.readouterr().out)
    assert piped.format == "PNG"
    np.testing.assert_array_equal(piped.pixels, look.apply(image))


def test_json_says_what_was_done(here, capsys):
    assert cli.main(["apply-lut", "in.png", "look.cube", "-o", "out.png", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["output"], found["width"], found["height"]) == ("out.png", 480, 320)
    assert found["size"] == [17, 17, 17]


@pytest.mark.parametrize(
    ("arguments", "status", "reason"),
    [
        (["in.png", "missing.cube", "-o", "out.png"], 1, "missing.cube: no such file"),
        (["in.png", "mask.png", "-o", "out.png"], 1, "mask.png: expected a square of L**3"),
        (["look.cube", "in.png", "-o", "out.png"], 1, "in.png: expected a square of L**3"),
        (["in.png", "look.cube", "-o", "in.png"], 1, "pass --overwrite to replace it"),
        (
            ["in.png", "look.cube", "-o", "out.png", "--resize-mask"],
            2,
            "--resize-mask needs a --mask",
        ),
        (["in.png", "look.cube", "-o", "-", "--json"], 2, "cannot both go to standard output"),
        (["in.png", "look.cube", "-o", "out.png", "--strength", "2"], 2, "--strength must be"),
        (["in.png", "narrow.cube", "-o", "out.png", "--out-of-range", "error"], 1, "domain"),
    ],
)
def test_what_goes_wrong_is_one_line_and_leaves_no_file(here, capsys, arguments, status, reason):
    from pathlib import Path

    nodes = harmonia.lut.identity(3).nodes
    harmonia.lut.Lut(nodes, ((0.4, 0.4, 0.4), (0.6, 0.6, 0.6))).save("narrow.cube")
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    assert cli.main(["apply-lut", *arguments]) == status
    said = capsys.readouterr().err
    assert reason in said
    assert said.count("\n") == 1
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before
