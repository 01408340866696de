"""harmonia compare: sheets from files."""

import json
from pathlib import Path

import harmonia
import numpy as np
import pytest
from harmonia import cli
from harmonia._registry import list_ready
from harmonia.cli.compare import USUAL
from harmonia.comparison import comparing
from PIL import Image


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with the example in it."""
    monkeypatch.chdir(tmp_path)
    image, mask = harmonia.example()
    harmonia.io.write("in.png", image)
    harmonia.io.write("mask.png", np.stack([mask] * 3, axis=-1))
    harmonia.io.write("real.png", np.ascontiguousarray(image[::-1]))
    return image, mask


def run(*words):
    return cli.main(["compare", "in.png", "mask.png", *words])


def read(path):
    with Image.open(path) as picture:
        return np.array(picture)


def test_the_help_names_the_usual_methods():
    assert tuple(USUAL.split(",")) == comparing.USUAL


def test_png_is_the_sheet_of_the_library(here, capsys):
    arguments = ["-m", "mkl", "--zoom", "100,50,80,60", "--panel", "200", "--title", "cup"]
    assert run("-o", "sheet.png", *arguments) == 0
    assert capsys.readouterr() == ("", "")
    wanted = harmonia.compare(*here, ["mkl"], boxes=[(100, 50, 80, 60)], title="cup")
    found, wanted = read("sheet.png"), wanted.to_picture(panel=200)
    assert found.shape == wanted.shape
    # All but the time, which is in the caption of the second panel.
    np.testing.assert_array_equal(found[:, :240], wanted[:, :240])
    np.testing.assert_array_equal(found[90:], wanted[90:])


def test_html_is_titled_by_the_file(here):
    assert run("-o", "sheet.html", "--methods", "mkl,xiao") == 0
    text = Path("sheet.html").read_text(encoding="utf-8")
    assert "<title>in.png</title>" in text
    assert text.count('class="panel made"') == 2


def test_json_tells_numbers_times_and_boxes(here, capsys):
    image, mask = here
    words = ["-m", "mkl,mean_shift", "--real", "real.png", "--boxes", "3", "--json"]
    assert run("-o", "sheet.png", *words) == 0
    found = json.loads(capsys.readouterr().out)
    real = np.ascontiguousarray(image[::-1])
    wanted = harmonia.evaluate(harmonia.harmonize(image, mask, "mkl"), real, mask)
    assert found["methods"][0]["scores"] == pytest.approx(dict(wanted))
    assert found["composite"] == pytest.approx(dict(harmonia.evaluate(image, real, mask)))
    assert [entry["method"] for entry in found["methods"]] == ["mkl", "mean_shift"]
    assert all(entry["seconds"] > 0 and entry["error"] is None for entry in found["methods"])
    assert len(found["boxes"]) == 3
    assert found["output"] == "sheet.png"


def test_all_are_all(here, capsys):
    assert run("-o", "sheet.png", "-m", "all", "--json") == 0
    found = json.loads(capsys.readouterr().out)["methods"]
    assert [entry["method"] for entry in found] == list_ready()


def test_options_reach_their_method(here, capsys):
    words = ["-m", "reinhard:space=lab,mkl,again=mkl", "--real", "real.png", "--json"]
    assert run("-o", "sheet.png", *words) == 0
    image, mask = here
    wanted = harmonia.harmonize(image, mask, "reinhard", space="lab")
    scores = harmonia.evaluate(wanted, np.ascontiguousarray(image[::-1]), mask)
    found = json.loads(capsys.readouterr().out)["methods"]
    assert [entry["method"] for entry in found] == ["reinhard-space-lab", "mkl", "again"]
    assert found[0]["scores"] == pytest.approx(dict(scores))
    assert found[1]["scores"] == found[2]["scores"]


def test_a_method_that_fails_is_told_of_and_the_rest_is_shown(here, capsys, monkeypatch):
    def load(method, **options):
        if method == "xiao":
            raise RuntimeError("xiao: no room")
        return harmonia.load(method, **options)

    monkeypatch.setattr(comparing, "load", load)
    assert run("-o", "sheet.html", "-m", "xiao,mkl", "--json") == 1
    shown = capsys.readouterr()
    assert "xiao failed: xiao: no room" in shown.err
    found = json.loads(shown.out)["methods"]
    assert [entry["error"] for entry in found] == ["xiao: no room", None]
    assert "xiao: no room" in Path("sheet.html").read_text(encoding="utf-8")


def test_a_network_without_weights_says_how_to_give_them(here, capsys, monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.setenv("HARMONIA_WEIGHTS", "nowhere")
    assert run("-o", "sheet.png", "-m", "mkl,issam.256") == 1
    assert "--methods issam.256=FILE" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["-o", "sheet.pdf"], 2, "-o must end in .html or .png"),
        (["-o", "in.png"], 1, "pass --overwrite to replace it"),
        (["-o", "missing/sheet.png"], 1, "make it first"),
        (["-o", "s.png", "-m", ","], 2, "--methods must name at least one"),
        (["-o", "s.png", "-m", "all,mkl"], 2, "must be all or names"),
        (["-o", "s.png", "-m", "mkll"], 1, "did you mean 'mkl'?"),
        (["-o", "s.png", "--zoom", "1,2,3"], 2, "--zoom must be X,Y,W,H"),
        (["-o", "s.png", "--zoom", "0,0,9,9", "--boxes", "3"], 2, "--boxes has no say"),
        (["-o", "s.png", "--zoom", "0,0,999,9"], 1, "must lie inside of the picture"),
        (["-o", "s.png", "-m", "xiao:a=1"], 1, "method 'xiao' has no option 'a'"),
        (["-o", "s.png", "-m", "xiao,xiao"], 2, "--methods has xiao twice; write LABEL=METHOD"),
        (["-o", "s.png", "-m", "mkl,made=."], 2, "are for harmonia evaluate"),
        (["-o", "s.png", "--protocol", "idih"], 2, "--protocol needs a --real"),
        (["-o", "s.png", "--real", "missing.png"], 1, "there is no such file"),
        ([], 2, "-o is missing"),
    ],
)
def test_what_goes_wrong_is_one_line_and_leaves_no_file(here, words, status, said, capsys):
    before = read("in.png")
    assert run(*words) == status
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    np.testing.assert_array_equal(read("in.png"), before)


def test_a_real_picture_of_another_size_is_refused(here, capsys):
    harmonia.io.write("real.png", here[0][:100], overwrite=True)
    assert run("-o", "s.png", "--real", "real.png") == 1
    assert "--real is 480 x 100 pixels and IMG 480 x 320" in capsys.readouterr().err
