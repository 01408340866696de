"""The picture that ships, and the command that shows what becomes of it."""

import subprocess
import sys

import harmonia
import numpy as np
import pytest
from harmonia import cli
from PIL import Image
from reference.color import decode
from variants import MEETS_THE_SEAM


def read(path):
    with Image.open(path) as picture:
        return np.array(picture)


def test_the_example_is_a_composite_and_its_soft_mask():
    image, mask = harmonia.example()
    assert (image.shape, image.dtype) == ((320, 480, 3), np.uint8)
    assert (mask.shape, mask.dtype) == ((320, 480), np.uint8)
    assert mask.min() == 0
    assert mask.max() == 255
    assert ((mask > 0) & (mask < 255)).any()


def test_the_example_is_the_callers_own():
    image, mask = harmonia.example()
    image[:], mask[:] = 0, 0
    again, again_mask = harmonia.example()
    assert again.any()
    assert again_mask.any()


@pytest.mark.parametrize("method", sorted({*harmonia.list_methods()} - MEETS_THE_SEAM))
def test_the_example_gets_the_light_of_its_background(method):
    image, mask = harmonia.example()
    inside, outside = mask == 255, mask == 0

    def light(picture, where):
        return np.log(decode(picture[where] / 255).mean(axis=0))

    wanted = light(image, outside)
    before = np.abs(light(image, inside) - wanted).max()
    after = np.abs(light(harmonia.harmonize(image, mask, method), inside) - wanted).max()
    assert after < 0.5 * before


def test_the_command_writes_before_and_after(tmp_path):
    output = tmp_path / "before_after.png"
    done = subprocess.run(
        [sys.executable, "-m", "harmonia", "example", "-o", str(output)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [path.name for path in tmp_path.iterdir()] == ["before_after.png"]
    picture = read(output)
    image, mask = harmonia.example()
    gap = picture.shape[1] - 2 * image.shape[1]
    np.testing.assert_array_equal(picture[:, :480], image)
    np.testing.assert_array_equal(picture[:, 480 : 480 + gap], 255)
    np.testing.assert_array_equal(picture[:, 480 + gap :], harmonia.harmonize(image, mask))


def test_the_command_takes_a_method(tmp_path):
    output = tmp_path / "reinhard.png"
    assert cli.main(["example", "--output", str(output), "--method", "reinhard"]) == 0
    image, mask = harmonia.example()
    expected = harmonia.harmonize(image, mask, "reinhard")
    np.testing.assert_array_equal(read(output)[:, -480:], expected)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["-o", "picture.nonsense"], "the name must end in one of .png, .jpg"),
        (["-o", "missing/picture.png"], "there is no folder missing to write picture.png to"),
        (["-o", "picture.png", "--method", "nonsense"], "unknown method 'nonsense'"),
        (["-o", "picture.png", "--save-mask", "missing/mask.png"], "there is no folder missing"),
    ],
)
def test_what_goes_wrong_is_one_line_and_leaves_no_file(
    arguments, reason, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["example", *arguments]) == 1
    error = capsys.readouterr().err
    assert error.startswith("harmonia example: ")
    assert reason in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_picture_is_replaced_as_a_whole_and_only_when_asked(tmp_path, capsys):
    output = tmp_path / "picture.png"
    output.write_bytes(b"not a picture")
    assert cli.main(["example", "-o", str(output)]) == 1
    assert "is there already; pass --overwrite to replace it" in capsys.readouterr().err
    assert output.read_bytes() == b"not a picture"
    assert cli.main(["example", "-o", str(output), "--overwrite"]) == 0
    with Image.open(output) as picture:
        assert picture.size[1] == 320


def test_its_parts_are_files_to_go_on_with(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    parts = ["--save-composite", "photo.png", "--save-mask", "mask.png"]
    assert cli.main(["example", "-o", ".", *parts]) == 0
    assert cli.main(["photo.png", "mask.png", "-o", "out.png"]) == 0
    np.testing.assert_array_equal(read("out.png"), read("before_after.png")[:, -480:])
