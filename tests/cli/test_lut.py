"""harmonia lut: the look of a method, or of any result, as a file."""

import json

import harmonia
import image_files
import numpy as np
import pytest
from harmonia import cli
from harmonia.lut import read_lut

CUBE_ROUNDING = 1e-6  # .cube holds float32 to the bit; 1 - strength rounds once


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with the example in it."""
    monkeypatch.chdir(tmp_path)
    image, mask = harmonia.example()
    harmonia.io.write("in.png", image)
    harmonia.io.write("mask.png", np.stack([mask] * 3, axis=-1))
    return image, mask


def test_the_look_of_a_method_is_its_table(here):
    assert cli.main(["lut", "in.png", "mask.png", "-o", "look.cube", "-m", "reinhard"]) == 0
    assert read_lut("look.cube") == harmonia.fit(*here, "reinhard").to_lut(33)


def test_json_names_the_method_that_auto_stands_for(here, capsys):
    assert cli.main(["lut", "in.png", "mask.png", "-o", "look.cube", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    wanted = {"output": "look.cube", "size": 33, "from": "harmonia", "fit_error": None}
    assert found == wanted | {"warnings": []}


def test_options_reach_the_method(here):
    wanted = harmonia.fit(*here, "reinhard", space="lab").to_lut(9)
    arguments = ["-m", "reinhard", "--set", "space=lab", "--size", "9"]
    assert cli.main(["lut", "in.png", "mask.png", "-o", "look.cube", *arguments]) == 0
    assert read_lut("look.cube") == wanted


def test_a_reference_gives_the_colours(here):
    image, mask = here
    reference = np.ascontiguousarray(image[::-1] // 2)
    harmonia.io.write("reference.png", reference)
    wanted = harmonia.fit(image, mask, "mkl", reference=reference, reference_mask=mask)
    arguments = ["-m", "mkl", "--reference", "reference.png", "--reference-mask", "mask.png"]
    assert cli.main(["lut", "in.png", "mask.png", "-o", "look.cube", *arguments]) == 0
    assert read_lut("look.cube") == wanted.to_lut(33)


def test_colours_are_converted_where_that_is_asked_for(here, capsys):
    image, mask = here
    wide = harmonia.io.Picture(image, "PNG", image_files.display_p3())
    graded = np.ascontiguousarray(image // 2)
    harmonia.io.write("in.png", image, like=wide, overwrite=True)
    harmonia.io.write("after.png", graded)
    words = ["lut", "in.png", "mask.png", "-o", "look.cube", "--after", "after.png"]
    assert cli.main(words) == 0
    assert "(--to-srgb converts them)" in capsys.readouterr().err
    assert cli.main([*words, "--to-srgb", "--overwrite"]) == 0
    assert "profiles" not in capsys.readouterr().err
    wanted = harmonia.lut.fit_lut(harmonia.io.to_srgb(wide).pixels, graded, mask == 255)
    assert read_lut("look.cube") == wanted


def test_what_reading_lost_is_told_of_every_picture(here, capsys):
    from PIL import Image

    image, _ = here
    Image.fromarray(image).convert("CMYK").save("after.jpg")
    words = ["lut", "in.png", "mask.png", "-o", "look.cube", "--after", "after.jpg"]
    assert cli.main(words) == 0
    assert "warning: after.jpg: CMYK to RGB by the plain formula" in capsys.readouterr().err


def test_strength_lies_between_nothing_and_all(here):
    arguments = ["-m", "mkl", "--strength", "0.25", "--size", "5"]
    assert cli.main(["lut", "in.png", "mask.png", "-o", "look.cube", *arguments]) == 0
    full, none = harmonia.fit(*here, "mkl").to_lut(5), harmonia.lut.identity(5)
    wanted = 0.25 * full.nodes + 0.75 * none.nodes
    np.testing.assert_allclose(read_lut("look.cube").nodes, wanted, atol=CUBE_ROUNDING)


@pytest.mark.parametrize(("name", "size"), [("look.3dl", 33), ("look.png", 64)])
def test_other_formats_have_their_own_size(here, name, size):
    arguments = ["-m", "mean_shift", "--strength", "0", "-q"]
    assert cli.main(["lut", "in.png", "mask.png", "-o", name, *arguments]) == 0
    assert read_lut(name).size == (size,) * 3


def test_values_that_integers_cannot_hold_are_cut_and_told_of(here, capsys):
    image, mask = here
    brighter = np.clip(image * 1.5, 0, 255).astype(np.uint8)
    harmonia.io.write("after.png", brighter)
    arguments = ["--after", "after.png"]
    assert cli.main(["lut", "in.png", "mask.png", "-o", "look.3dl", *arguments]) == 0
    beyond = harmonia.lut.fit_lut(image, brighter, mask == 255).nodes
    assert (beyond > 1).any()
    assert "are cut to 0..1" in capsys.readouterr().err
    nodes = read_lut("look.3dl").nodes
    np.testing.assert_allclose(nodes, beyond.clip(0, 1), atol=0.5 / 4095 + CUBE_ROUNDING)


def test_what_is_no_change_of_colours_is_fitted_and_its_error_said(here, capsys):
    image, mask = here
    arguments = ["-m", "poisson", "--json"]
    assert cli.main(["lut", "in.png", "mask.png", "-o", "look.cube", *arguments]) == 0
    shown = capsys.readouterr()
    found = json.loads(shown.out)
    after = harmonia.harmonize(image, mask, "poisson")
    error = harmonia.lut.fit_error(read_lut("look.cube"), image, after, mask == 255)
    assert found["fit_error"] == {"mean": error.mean, "worst": error.worst}
    assert f"off by {error.mean:.2f} levels of 255 on average" in shown.err
    assert "poisson is no change of colours alone" in shown.err


def test_a_result_of_any_program_gives_its_look(here, capsys):
    image, mask = here
    after = harmonia.harmonize(image, mask, "reinhard")
    harmonia.io.write("after.png", after)
    arguments = ["--after", "after.png", "--title", "warm", "--json"]
    assert cli.main(["lut", "in.png", "mask.png", "-o", "look.cube", *arguments]) == 0
    shown = capsys.readouterr()
    found = read_lut("look.cube")
    assert found.title == "warm"
    assert found == harmonia.lut.Lut(
        harmonia.lut.fit_lut(image, after, mask == 255).nodes, title="warm"
    )
    assert json.loads(shown.out)["fit_error"]["mean"] < 0.5
    assert shown.err == ""


def test_a_mask_that_is_soft_all_over_weighs(here, capsys):
    image, mask = here
    soft = np.minimum(mask, 200)
    harmonia.io.write("soft.png", np.stack([soft] * 3, axis=-1))
    harmonia.io.write("after.png", 255 - image)
    assert cli.main(["lut", "in.png", "soft.png", "-o", "look.cube", "--after", "after.png"]) == 0
    assert read_lut("look.cube") == harmonia.lut.fit_lut(image, 255 - image, soft)


def test_a_file_that_is_there_stays_without_overwrite(here, tmp_path, capsys):
    (tmp_path / "look.cube").write_bytes(b"mine")
    arguments = ["lut", "in.png", "mask.png", "-o", "look.cube", "-m", "mkl"]
    assert cli.main(arguments) == 1
    assert (tmp_path / "look.cube").read_bytes() == b"mine"
    said = capsys.readouterr().err
    assert said == "harmonia lut: look.cube is there already; pass --overwrite to replace it\n"
    assert cli.main([*arguments, "--overwrite"]) == 0
    assert read_lut("look.cube").size == (33, 33, 33)


@pytest.mark.parametrize(
    ("arguments", "status", "reason"),
    [
        (["-o", "look.txt"], 1, "--output must end in .cube, .3dl, .png"),
        (["-o", "missing/look.cube"], 1, "there is no folder missing to write look.cube to"),
        (["-o", "look.png", "--size", "33"], 1, "--size of a Hald image must be one of 4, 9, 16"),
        (["-o", "look.cube", "--size", "1"], 2, "--size must be a whole number from 2 to 129"),
        (["-o", "look.cube", "--bits", "8"], 1, "--bits is for files of integers"),
        (["-o", "look.cube", "--after", "in.png", "-m", "mkl"], 2, "leave out --method"),
        (["-o", "look.cube", "--reference-mask", "mask.png"], 2, "needs a --reference"),
        (["-o", "look.cube", "--smoothness", "5", "-m", "mkl"], 2, "--smoothness is for tables"),
        (["-o", "look.cube", "--after", "small.png"], 1, "--after: small.png is 4 x 4, in.png is"),
        (["-o", "look.cube", "-m", "nonsense"], 1, "unknown method 'nonsense'"),
        (["-o", "look.cube", "--set", "zones=learned"], 1, "has no option 'zones'"),
    ],
)
def test_what_goes_wrong_is_one_line_and_leaves_no_file(here, capsys, arguments, status, reason):
    harmonia.io.write("small.png", np.zeros((4, 4, 3), np.uint8))
    assert cli.main(["lut", "in.png", "mask.png", *arguments]) == status
    said = capsys.readouterr().err
    assert reason in said
    assert said.count("\n") == 1
    from pathlib import Path

    assert sorted(path.name for path in Path().iterdir()) == ["in.png", "mask.png", "small.png"]
