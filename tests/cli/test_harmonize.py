"""The main job: a picture and its mask, or a cut-out and its background, to a picture."""

import io
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import harmonia
import numpy as np
import pytest
from harmonia import cli
from harmonia.composite import paste
from images import as_dtype, bits, scene

IMAGE, MASK = (as_dtype(part, "uint8") for part in scene(40, 56))
CUTOUT = np.dstack([IMAGE, MASK])[4:36, 8:48]
ROOM = IMAGE[::-1].copy()


def grey(values):
    return np.repeat(values[..., None], 3, axis=2)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Somewhere with pictures, and the working folder."""
    monkeypatch.chdir(tmp_path)
    harmonia.io.write("photo.png", IMAGE)
    harmonia.io.write("mask.png", grey(MASK))
    harmonia.io.write("cutout.png", CUTOUT)
    harmonia.io.write("room.png", ROOM)
    return tmp_path


def pixels(name):
    return harmonia.io.read(name).pixels


def result(capsys):
    """The one line of JSON that there is."""
    (line,) = capsys.readouterr().out.splitlines()
    return json.loads(line)


def refused(capsys, *words, status=1):
    """The one sentence about it; nothing else is written."""
    before = sorted(Path().iterdir())
    assert cli.main(list(words)) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert sorted(Path().iterdir()) == before
    return err


def test_the_foreground_changes_and_the_background_keeps_every_bit(folder, capsys):
    assert cli.main(["photo.png", "mask.png", "-o", "out.png"]) == 0
    assert capsys.readouterr() == ("", "")
    np.testing.assert_array_equal(pixels("out.png"), harmonia.harmonize(IMAGE, MASK))
    np.testing.assert_array_equal(pixels("out.png")[MASK == 0], IMAGE[MASK == 0])


def test_method_strength_and_options_are_those_of_the_library(folder):
    words = ["-m", "reinhard", "-s", "0.5", "--set", "space=lab"]
    assert cli.main(["-o", "out.png", "photo.png", *words, "mask.png"]) == 0
    expected = harmonia.harmonize(IMAGE, MASK, "reinhard", strength=0.5, space="lab")
    np.testing.assert_array_equal(pixels("out.png"), expected)


def test_a_reference_and_its_mask_take_the_place_of_the_background(folder):
    there = np.zeros((20, 30), np.uint8)
    there[:, :10] = 255
    target = as_dtype(scene(20, 30, seed=5)[0], "uint16")
    harmonia.io.write("target.png", target)
    harmonia.io.write("there.png", grey(there))
    words = ["photo.png", "mask.png", "--method", "mkl", "--reference", "target.png"]
    assert cli.main([*words, "-o", "whole.png"]) == 0
    assert cli.main([*words, "--reference-mask", "there.png", "-o", "part.png"]) == 0
    whole = harmonia.harmonize(IMAGE, MASK, "mkl", reference=target)
    part = harmonia.harmonize(IMAGE, MASK, "mkl", reference=target, reference_mask=there)
    np.testing.assert_array_equal(pixels("whole.png"), whole)
    np.testing.assert_array_equal(pixels("part.png"), part)
    # --invert-mask is for the picture's own mask.
    harmonia.io.write("inverted.png", grey(255 - MASK))
    words[1:2] = ["inverted.png", "--invert-mask", "--reference-mask", "there.png"]
    assert cli.main([*words, "-o", "inverse.png"]) == 0
    np.testing.assert_array_equal(pixels("inverse.png"), part)


def test_a_full_reference_mask_is_not_complained_of(folder, capsys):
    harmonia.io.write("full.png", np.full_like(IMAGE, 255))
    words = ["--reference", "room.png", "--reference-mask", "full.png"]
    assert cli.main(["photo.png", "mask.png", "-o", "out.png", *words]) == 0
    assert capsys.readouterr().err == ""


def test_a_reference_mask_needs_a_reference(folder, capsys):
    words = ["photo.png", "mask.png", "-o", "out.png", "--reference-mask", "mask.png"]
    assert "--reference-mask needs a --reference" in refused(capsys, *words, status=2)


def test_masks_are_inverted_and_resized_when_asked(folder, capsys):
    harmonia.io.write("inverted.png", grey(255 - MASK))
    assert cli.main(["photo.png", "inverted.png", "--invert-mask", "-o", "inverse.png"]) == 0
    np.testing.assert_array_equal(pixels("inverse.png"), harmonia.harmonize(IMAGE, MASK))
    harmonia.io.write("small.png", grey(MASK[::2, ::2]))
    said = refused(capsys, "photo.png", "small.png", "-o", "out.png")
    assert "must be 56 x 40 pixels as the picture, is 28 x 20; pass --resize-mask" in said
    assert cli.main(["photo.png", "small.png", "--resize-mask", "-o", "resized.png"]) == 0
    assert pixels("resized.png").shape == IMAGE.shape


def test_json_says_what_was_done(folder, capsys):
    assert cli.main(["photo.png", "mask.png", "-o", "out.png", "--json"]) == 0
    told = result(capsys)
    assert told.pop("seconds") > 0
    assert told.pop("foreground") == pytest.approx(MASK.mean() / 255, abs=1e-12)
    assert told == {
        "output": "out.png",
        "format": "PNG",
        "lossless": True,
        "method": "harmonia",
        "strength": 1.0,
        "pasted": False,
        "width": 56,
        "height": 40,
        "dtype": "uint8",
        "notes": [],
        "warnings": [],
    }


def test_what_reading_loses_is_a_warning_and_the_rest_a_note(folder, capsys):
    from PIL import Image

    _inks("inks.jpg")
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(IMAGE[..., 0]).rotate(90, expand=True).save("turned.jpg", exif=exif)
    assert cli.main(["turned.jpg", "mask.png", "-o", "turned.png", "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    told = json.loads(out)
    assert told["notes"] == ["turned.jpg: grey to RGB", "turned.jpg: orientation 6 applied"]
    assert told["warnings"] == []

    assert cli.main(["inks.jpg", "mask.png", "-o", "inks.png", "--json"]) == 0
    out, err = capsys.readouterr()
    lost = "inks.jpg: CMYK to RGB by the plain formula"
    assert err == f"harmonia: warning: {lost}\n"
    assert (json.loads(out)["notes"], json.loads(out)["warnings"]) == ([lost], [lost])


def test_what_stands_beside_the_pixels_matters_only_where_it_would_be_written(folder, capsys):
    from PIL import Image

    for name in ("photo", "mask", "room"):
        with Image.open(f"{name}.png") as picture:
            picture.save(f"{name}.jpg", comment=b"by hand", quality=100, subsampling=0)
    lost = "its comment left out"
    words = ["photo.jpg", "mask.jpg", "--reference", "room.jpg", "-o", "out.png", "--json"]
    assert cli.main(words) == 0
    told = result(capsys)
    assert told["warnings"] == [f"photo.jpg: {lost}"]
    assert f"mask.jpg: {lost}" in told["notes"]
    assert f"room.jpg: {lost}" in told["notes"]
    assert cli.main(["cutout.png", "room.jpg", "-o", "pasted.png", "--json"]) == 0
    assert result(capsys)["warnings"] == [f"room.jpg: {lost}"]


def test_a_doubtful_mask_is_a_warning_in_words_of_flags(folder, capsys):
    wide = np.full_like(MASK, 255)
    wide[36:] = 0
    harmonia.io.write("wide.png", grey(wide))
    assert cli.main(["photo.png", "wide.png", "-o", "out.png", "--json"]) == 0
    out, err = capsys.readouterr()
    assert "wide.png: 90 % of the mask is foreground" in err
    assert "pass --invert-mask" in err
    assert "pass --invert-mask" in json.loads(out)["warnings"][0]


def test_a_person_at_a_terminal_hears_what_was_done(folder, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert cli.main(["cutout.png", "room.png", "-o", "out.jpg", "--at", "2,3"]) == 0
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "cutout.png pasted onto room.png at 2,3, 40 x 32 pixels"
    assert told[1].startswith("out.jpg: 56 x 40 JPEG of 8 bits, ")
    assert "changed by harmonia" in told[1]
    assert told[2] == (
        "JPEG encodes the background anew as well; write a .png to keep every bit of it"
    )
    inks = _inks("inks.jpg")
    assert cli.main([inks, "mask.png", "-o", "inks.png"]) == 0
    told = capsys.readouterr().err
    assert told.count("CMYK to RGB") == 1  # a warning, and not a remark as well
    assert cli.main(["cutout.png", "room.png", "-o", "out.png", "-q"]) == 0
    assert capsys.readouterr().err == ""


def _inks(name):
    from PIL import Image

    Image.fromarray(IMAGE).convert("CMYK").save(name)
    return name


@pytest.mark.parametrize(
    ("words", "at", "scale"),
    [
        ([], None, 1),
        (["--at", "3,-5"], (3, -5), 1),
        (["--at", "-10,-5", "--scale", "0.7"], (-10, -5), 0.7),
        (["--paste", "--scale", "2"], None, 2),
    ],
)
def test_a_cut_out_is_pasted_and_harmonized(words, at, scale, folder):
    parts = ["--save-composite", "pasted.png", "--save-mask", "where.png"]
    assert cli.main(["cutout.png", "room.png", "-o", "out.png", *words, *parts]) == 0
    pasted, mask = paste(CUTOUT, ROOM, at=at, scale=scale)
    np.testing.assert_array_equal(pixels("out.png"), harmonia.harmonize(pasted, mask))
    np.testing.assert_array_equal(pixels("pasted.png"), pasted)
    np.testing.assert_array_equal(pixels("where.png"), grey(mask))


def test_a_pasted_picture_is_one_of_the_backgrounds_with_its_metadata(folder):
    from PIL import Image, ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.fromarray(ROOM).save("room.tiff", icc_profile=profile)
    assert cli.main(["cutout.png", "room.tiff", "-o", "out.png"]) == 0
    assert harmonia.io.read("out.png").icc == profile


@pytest.mark.parametrize("deep", ["cutout.png", "room.png"])
def test_8_bits_beside_16_are_widened_exactly(deep, folder, capsys):
    harmonia.io.write(deep, pixels(deep).astype(np.uint16) * 257, overwrite=True)
    assert cli.main(["cutout.png", "room.png", "-o", "out.png", "--json"]) == 0
    wide = [picture.astype(np.uint16) * np.uint16(257) for picture in (CUTOUT, ROOM)]
    pasted, mask = paste(*wide)
    np.testing.assert_array_equal(pixels("out.png"), harmonia.harmonize(pasted, mask))
    other = "room.png" if deep == "cutout.png" else "cutout.png"
    told = result(capsys)
    assert told["notes"] == [f"{other}: 8 bits widened to 16"]
    assert (told["dtype"], told["pasted"]) == ("uint16", True)


def test_a_deep_mask_is_saved_to_the_bit(folder):
    cutout = CUTOUT.astype(np.uint16) * 257
    cutout[..., 3] -= (CUTOUT[..., 3] > 0) * np.uint16(3)  # values that 8 bits do not have
    harmonia.io.write("cutout.png", cutout, overwrite=True)
    words = ["--at", "0,0", "--save-mask", "where.png"]
    assert cli.main(["cutout.png", "room.png", "-o", "out.png", *words]) == 0
    np.testing.assert_array_equal(pixels("where.png")[:32, :40], grey(cutout[..., 3]))


def test_a_mask_of_zeros_and_ones_needs_a_flag(folder, capsys):
    harmonia.io.write("ones.png", grey(MASK // 255))
    hard = MASK // 255 * np.uint8(255)
    said = refused(capsys, "photo.png", "ones.png", "-o", "out.png")
    assert "ones.png: white must be 255, the mask holds only 0 and 1; pass --ones-mask to" in said
    assert cli.main(["photo.png", "ones.png", "-o", "out.png", "--ones-mask", "-m", "mkl"]) == 0
    assert "warning" not in capsys.readouterr().err
    np.testing.assert_array_equal(pixels("out.png"), harmonia.harmonize(IMAGE, hard, "mkl"))
    said = refused(capsys, "photo.png", "mask.png", "-o", "out.png", "--overwrite", "--ones-mask")
    assert "mask.png: must hold only 0 and 1 where 1 is to be white, holds 255" in said


def test_cropping_and_differing_profiles_are_warned_of(folder, capsys):
    from PIL import Image

    Image.fromarray(ROOM).save("room.png", icc_profile=_display_p3())
    assert cli.main(["cutout.png", "room.png", "-o", "out.png", "--at", "30,0"]) == 0
    err = capsys.readouterr().err
    assert "cutout.png, 40 x 32 at 30,0, is cropped by the background, 56 x 40" in err
    assert "cutout.png and room.png have different colour profiles" in err
    assert "(--to-srgb converts them)" in err


def _display_p3():
    """Not a whole profile, but one that says it is of RGB: nothing else is looked at."""
    head = bytearray(128)
    head[0:4] = (132).to_bytes(4, "big")
    head[16:20], head[36:40] = b"RGB ", b"acsp"
    return bytes(head) + bytes(4)


class TestWhichOfTheTwoIsMeant:
    def test_a_grey_second_picture_is_the_mask_of_one_with_alpha(self, folder):
        picture = np.dstack([IMAGE, MASK])
        harmonia.io.write("alpha.png", picture)
        assert cli.main(["alpha.png", "mask.png", "-o", "out.png"]) == 0
        np.testing.assert_array_equal(pixels("out.png"), harmonia.harmonize(picture, MASK))

    def test_a_picture_given_twice_is_masked_by_its_alpha(self, folder):
        assert cli.main(["cutout.png", "cutout.png", "-o", "out.png"]) == 0
        expected = harmonia.harmonize(CUTOUT, CUTOUT[..., 3])
        np.testing.assert_array_equal(pixels("out.png"), expected)

    def test_paste_takes_a_grey_picture_for_the_background(self, folder):
        harmonia.io.write("grey.png", grey(ROOM[..., 0]))
        assert cli.main(["cutout.png", "grey.png", "-o", "out.png", "--paste"]) == 0
        pasted, mask = paste(CUTOUT, grey(ROOM[..., 0]))
        np.testing.assert_array_equal(pixels("out.png"), harmonia.harmonize(pasted, mask))

    def test_a_mask_of_another_size_may_have_been_meant_as_background(self, folder, capsys):
        said = refused(capsys, "cutout.png", "mask.png", "-o", "out.png")
        assert "pass --resize-mask" in said
        assert "--paste takes it for the background" in said

    def test_a_picture_without_transparency_cannot_be_pasted(self, folder, capsys):
        harmonia.io.write("opaque.png", np.dstack([IMAGE, np.full_like(MASK, 255)]))
        for name in ("photo.png", "opaque.png"):
            said = refused(capsys, name, "room.png", "-o", "out.png", "--at", "0,0")
            assert f"{name} cannot be pasted, as no part of it is transparent" in said
            said = refused(capsys, name, "room.png", "-o", "out.png")
            assert "save the cut-out with a transparent background" in said

    def test_swapped_names_are_recognized(self, folder, capsys):
        said = refused(capsys, "mask.png", "photo.png", "-o", "out.png")
        assert "The mask comes second" in said

    @pytest.mark.parametrize("flag", ["--invert-mask", "--resize-mask", "--ones-mask"])
    def test_flags_of_masks_need_a_mask(self, flag, folder, capsys):
        said = refused(capsys, "cutout.png", "room.png", "-o", "out.png", flag, status=2)
        assert f"{flag} needs a mask" in said

    def test_floats_beside_integers_are_refused(self, folder, capsys):
        pytest.importorskip("OpenEXR", reason="EXR needs the extra exr")
        harmonia.io.write("room.exr", ROOM / np.float32(255))
        said = refused(capsys, "cutout.png", "room.exr", "-o", "out.png")
        assert "save both with the same depth" in said


class TestOutput:
    def test_a_folder_takes_the_name_of_the_picture(self, folder, capsys):
        (folder / "done").mkdir()
        assert cli.main(["photo.png", "mask.png", "-o", "done", "--json"]) == 0
        assert result(capsys)["output"] == str(Path("done", "photo.png"))
        np.testing.assert_array_equal(pixels("done/photo.png"), harmonia.harmonize(IMAGE, MASK))

    def test_a_file_is_replaced_only_when_asked(self, folder, capsys):
        said = refused(capsys, "photo.png", "mask.png", "-o", "photo.png")
        assert "photo.png is there already; pass --overwrite to replace it" in said
        np.testing.assert_array_equal(pixels("photo.png"), IMAGE)
        assert cli.main(["photo.png", "mask.png", "-o", "photo.png", "--overwrite"]) == 0
        np.testing.assert_array_equal(pixels("photo.png"), harmonia.harmonize(IMAGE, MASK))

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("missing/out.png", "there is no folder missing to write out.png to; make it first"),
            ("missing/", "there is no folder missing/; make it first"),
            ("out.gif", "out.gif: the name must end in one of .png"),
            ("out", "got 'no suffix'; --format says it too"),
            ("photo.png", "photo.png is there already; pass --overwrite"),
        ],
    )
    def test_a_bad_name_is_refused_before_anything_is_read(self, name, said, folder, capsys):
        assert said in refused(capsys, "missing.png", "mask.png", "-o", name)

    def test_a_format_stands_in_for_a_suffix_and_must_not_contradict_it(self, folder, capsys):
        assert cli.main(["photo.png", "mask.png", "-o", "out", "--format", "png"]) == 0
        np.testing.assert_array_equal(pixels("out"), harmonia.harmonize(IMAGE, MASK))
        words = ["photo.png", "mask.png", "-o", "out.png", "--format", "jpg"]
        said = refused(capsys, *words, status=2)
        assert "--format jpeg does not fit the name out.png" in said

    def test_lossy_formats_say_so(self, folder, capsys):
        for words, lossless in (
            (["out.jpg"], False),
            (["out.webp"], False),
            (["exact.webp", "--quality", "100"], True),
            (["out.png"], True),
        ):
            assert cli.main(["photo.png", "mask.png", "--json", "-o", *words]) == 0
            assert result(capsys)["lossless"] is lossless
        expected = harmonia.harmonize(IMAGE, MASK)
        np.testing.assert_array_equal(pixels("exact.webp"), expected)

    def test_a_format_that_would_lose_bits_is_refused_in_words_of_the_command_line(
        self, folder, capsys
    ):
        harmonia.io.write("deep.png", IMAGE.astype(np.uint16) * 257)
        said = refused(capsys, "deep.png", "mask.png", "-o", "out.jpg")
        assert said.endswith("the pixels are uint16; write a .tiff or a .png\n")

    def test_16_bits_stay_16_bits(self, folder):
        deep = IMAGE.astype(np.uint16) * 257 + 1
        harmonia.io.write("deep.png", deep)
        assert cli.main(["deep.png", "mask.png", "-o", "out.png"]) == 0
        np.testing.assert_array_equal(pixels("out.png"), harmonia.harmonize(deep, MASK))
        np.testing.assert_array_equal(bits(pixels("out.png"))[MASK == 0], bits(deep)[MASK == 0])

    def test_three_outputs_need_three_names(self, folder, capsys):
        words = ["cutout.png", "room.png", "-o", "out.png", "--save-mask", "out.png"]
        assert "need different names" in refused(capsys, *words, status=2)


class TestInput:
    def test_a_missing_file_is_named(self, folder, capsys):
        said = refused(capsys, "photo.png", "mask_.png", "-o", "out.png")
        assert said == "harmonia: mask_.png: there is no such file\n"

    def test_a_folder_is_for_batch(self, folder, capsys):
        (folder / "pictures").mkdir()
        said = refused(capsys, "pictures", "mask.png", "-o", "out.png")
        assert "pictures is a folder; harmonia batch" in said

    def test_names_may_hold_any_letters_and_spaces(self, folder):
        Path("photo.png").rename("mein Bild – ü 写真.png")
        assert cli.main(["mein Bild – ü 写真.png", "mask.png", "-o", "aus gabe ü.png"]) == 0
        np.testing.assert_array_equal(pixels("aus gabe ü.png"), harmonia.harmonize(IMAGE, MASK))

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["-m", "reinhart"], "unknown method 'reinhart'; did you mean 'reinhard'?"),
            (["-m", "mkl", "--set", "spce=lab"], "method 'mkl' has no option 'spce'"),
        ],
    )
    def test_a_method_is_looked_up_before_anything_is_read(self, words, said, folder, capsys):
        assert f"harmonia: {said}" in refused(
            capsys, "missing.png", "mask.png", "-o", "out.png", *words
        )


class TestPipes:
    """- is standard input and standard output."""

    def piped(self, words, data):
        return subprocess.run(
            [sys.executable, "-m", "harmonia", *words],
            input=data,
            capture_output=True,
            timeout=60,
        )

    def test_a_picture_goes_through_and_nothing_else_does(self, folder):
        done = self.piped(["-", "mask.png", "-o", "-"], (folder / "photo.png").read_bytes())
        assert (done.returncode, done.stderr) == (0, b"")
        cli.main(["photo.png", "mask.png", "-o", "file.png"])
        assert done.stdout == (folder / "file.png").read_bytes()

    @pytest.mark.parametrize(
        ("words", "first", "format"),
        [
            ([], "JPEG", "PNG"),  # nothing is lost unless it is asked for
            (["--format", "jpeg"], "JPEG", "JPEG"),
            ([], "PNG", "PNG"),
            (["--format", "webp"], "PNG", "WEBP"),
        ],
    )
    def test_the_format_loses_nothing_unless_it_is_said(
        self, words, first, format, folder, stdio, monkeypatch
    ):
        harmonia.io.write("first", IMAGE, format=first)
        monkeypatch.setattr(sys, "stdin", stdio((folder / "first").read_bytes()))
        monkeypatch.setattr(sys, "stdout", out := stdio())
        assert cli.main(["-", "mask.png", "-o", "-", *words]) == 0
        assert harmonia.io.read(out.buffer.getvalue()).format == format

    def test_the_second_picture_may_come_from_there_too(self, folder, stdio, monkeypatch):
        for name, first in (("mask.png", "photo.png"), ("room.png", "cutout.png")):
            monkeypatch.setattr(sys, "stdin", stdio((folder / name).read_bytes()))
            assert cli.main([first, "-", "-o", f"piped_{name}"]) == 0
            assert cli.main([first, name, "-o", f"file_{name}"]) == 0
            np.testing.assert_array_equal(pixels(f"piped_{name}"), pixels(f"file_{name}"))
        picture = np.dstack([IMAGE, MASK])  # where the second must be looked at twice
        harmonia.io.write("alpha.png", picture)
        monkeypatch.setattr(sys, "stdin", stdio((folder / "mask.png").read_bytes()))
        assert cli.main(["alpha.png", "-", "-o", "out.png"]) == 0
        np.testing.assert_array_equal(pixels("out.png"), harmonia.harmonize(picture, MASK))

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["-", "-", "-o", "out.png"], "- can be only one of the pictures"),
            (["-", "mask.png", "--reference", "-", "-o", "x.png"], "- can be only one of"),
            (["photo.png", "mask.png", "-o", "-", "--json"], "--json and a picture cannot share"),
            (["cutout.png", "room.png", "-o", "-", "--save-mask", "-"], "--save-mask needs the"),
            (["-", "mask.png", "-o", "."], "standard input has no name"),
        ],
    )
    def test_what_cannot_be_is_refused(self, words, said, folder, capsys):
        assert said in refused(capsys, *words, status=2)

    def test_a_terminal_is_no_picture_and_shows_none(self, folder, capsys, monkeypatch):
        terminal = SimpleNamespace(isatty=lambda: True)
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stdin", terminal)
            said = refused(capsys, "-", "mask.png", "-o", "out.png", status=2)
        assert "standard input, which is the terminal here" in said
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        said = refused(capsys, "photo.png", "mask.png", "-o", "-", status=2)
        assert "would fill the terminal" in said

    def test_no_picture_at_all_is_one_sentence(self, folder):
        done = self.piped(["-", "mask.png", "-o", "-"], b"")
        assert (done.returncode, done.stdout) == (1, b"")
        assert done.stderr == b"harmonia: <stdin>: the file is empty\n"


@pytest.fixture
def stdio():
    """Standard input or output that is no terminal, over bytes."""
    return lambda data=b"": io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")
