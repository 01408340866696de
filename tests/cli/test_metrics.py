"""harmonia metrics: scores of files, and of folders of them."""

import csv
import json
from pathlib import Path

import harmonia
import image_files
import numpy as np
import pytest
from harmonia import cli
from images import as_dtype, scene

NAMES = ("one", "three", "two")


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """outs/, reals/ and masks/ of three pictures, the last one of them equal to its real one."""
    monkeypatch.chdir(tmp_path)
    found = {}
    for name in ("outs", "reals", "masks"):
        Path(name).mkdir()
    for seed, name in enumerate(NAMES):
        real, mask = (as_dtype(array, "uint8") for array in scene(40, 56, seed=seed))
        out = real if name == "two" else np.ascontiguousarray(real[:, ::-1])
        harmonia.io.write(f"outs/{name}.png", out)
        harmonia.io.write(f"reals/{name}.png", real)
        harmonia.io.write(f"masks/{name}.png", np.stack([mask] * 3, axis=-1))
        found[name] = (out, real, mask)
    return found


def files_of(name):
    return [f"outs/{name}.png", f"reals/{name}.png", f"masks/{name}.png"]


def of(*arguments):
    return ["metrics", *arguments]


def test_one_output_has_the_scores_of_evaluate(folders, capsys):
    assert cli.main(of(*files_of("one"), "--json")) == 0
    found = json.loads(capsys.readouterr().out)
    wanted = harmonia.evaluate(*folders["one"])
    assert found == {
        "protocol": "harmonia",
        "foreground_ratio": wanted.foreground_ratio,
        "scores": dict(wanted),
        "warnings": [],
    }


def test_a_line_is_a_metric(folders, capsys):
    assert cli.main(of(*files_of("one"), "--metrics", "mse,fmse")) == 0
    wanted = harmonia.evaluate(*folders["one"], ["mse", "fmse"])
    shown = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [name for name, _ in shown] == ["mse", "fmse"]
    for name, value in shown:
        assert float(value) == pytest.approx(wanted[name], rel=1e-4)


def test_other_colours_are_told_of_and_converted_where_that_is_asked_for(folders, capsys):
    out, real, mask = folders["one"]
    wide = harmonia.io.Picture(out, "PNG", image_files.display_p3())
    harmonia.io.write("outs/one.png", out, like=wide, overwrite=True)
    assert cli.main(of(*files_of("one"), "--json")) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["scores"] == dict(harmonia.evaluate(out, real, mask))
    assert "(--to-srgb converts them)" in found["warnings"][0]

    assert cli.main(of(*files_of("one"), "--json", "--to-srgb")) == 0
    found = json.loads(capsys.readouterr().out)
    converted = harmonia.io.to_srgb(wide).pixels
    assert found["scores"] == dict(harmonia.evaluate(converted, real, mask))
    assert found["warnings"] == []


def test_without_a_mask_metrics_are_of_the_whole_picture(folders, capsys):
    assert cli.main(of(*files_of("one")[:2], "--json")) == 0
    found = json.loads(capsys.readouterr().out)
    out, real, _ = folders["one"]
    assert found["scores"] == dict(harmonia.evaluate(out, real, None, ["mse", "psnr", "ssim"]))
    assert "foreground_ratio" not in found


def test_a_protocol_is_the_papers_way(folders, capsys):
    assert cli.main(of(*files_of("one"), "--protocol", "idih", "--json")) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["protocol"] == "idih"
    assert found["scores"] == dict(harmonia.evaluate(*folders["one"], protocol="idih"))


def test_folders_have_the_means_of_summarize(folders, capsys):
    assert cli.main(of("outs", "reals", "masks", "--json", "--per-file")) == 0
    found = json.loads(capsys.readouterr().out)
    scores = [harmonia.evaluate(*folders[name]) for name in NAMES]
    summary = harmonia.metrics.summarize(scores)
    assert found["images"] == 3
    for name, mean in summary["All"].items():
        assert found["means"]["All"][name] == mean._asdict()
    assert found["means"]["All"]["psnr"]["infinite"] == 1
    assert [row["file"] for row in found["files"]] == [f"{name}.png" for name in NAMES]
    assert [row["fmse"] for row in found["files"]] == [one["fmse"] for one in scores]


def test_folders_are_shown_as_tables(folders, capsys):
    assert cli.main(of("outs", "reals", "masks", "--per-file", "--bins")) == 0
    shown = capsys.readouterr().out
    assert "two.png" in shown
    assert "3 images, protocol harmonia" in shown
    assert shown.splitlines()[-1].startswith("All")
    assert "15-100%" in shown


def test_a_csv_has_every_digit_of_every_file(folders):
    assert cli.main(of("outs", "reals", "masks", "--csv", "scores.csv")) == 0
    with Path("scores.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["file"] for row in rows] == [f"{name}.png" for name in NAMES]
    for row, name in zip(rows, NAMES, strict=True):
        wanted = harmonia.evaluate(*folders[name])
        assert float(row["foreground_ratio"]) == wanted.foreground_ratio
        assert {metric: float(row[metric]) for metric in wanted} == dict(wanted)


def test_a_csv_that_is_there_stays_without_overwrite(folders, capsys):
    Path("scores.csv").write_text("mine")
    arguments = of("outs", "reals", "masks", "--csv", "scores.csv")
    assert cli.main(arguments) == 1
    assert Path("scores.csv").read_text() == "mine"
    assert "pass --overwrite" in capsys.readouterr().err
    assert cli.main([*arguments, "--overwrite"]) == 0
    assert Path("scores.csv").read_text().startswith("file,protocol")


def test_missing_partners_are_listed_on_every_side(folders, capsys):
    Path("masks/one.png").unlink()
    Path("outs/two.png").unlink()
    assert cli.main(of("outs", "reals", "masks")) == 1
    said = capsys.readouterr().err
    assert "MASK: masks has no file of the same stem for 1 of 2 in outs: one.png" in said
    assert "OUT: outs has no file of the same stem for 1 of 3 in reals: two.png" in said
    assert said.count("\n") == 1


def test_a_subset_is_scored_where_asked_for(folders, capsys):
    Path("outs/two.png").unlink()
    assert cli.main(of("outs", "reals", "masks")) == 1
    assert "--subset takes the files of OUT alone" in capsys.readouterr().err
    assert cli.main(of("outs", "reals", "masks", "--subset", "--json")) == 0
    assert json.loads(capsys.readouterr().out)["images"] == 2
    Path("reals/one.png").unlink()
    assert cli.main(of("outs", "reals", "masks", "--subset")) == 1


def test_two_files_of_one_stem_are_refused(folders, capsys):
    Path("outs/one.jpg").write_bytes(Path("outs/one.png").read_bytes())
    assert cli.main(of("outs", "reals", "masks")) == 1
    assert "one.jpg and one.png in outs have one stem" in capsys.readouterr().err


def test_one_bad_file_is_named_and_there_are_no_means(folders, capsys):
    Path("reals/three.png").write_bytes(b"no picture")
    assert cli.main(of("outs", "reals", "masks")) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("harmonia metrics: three.png: reals/three.png: must be PNG")


def test_a_lossy_output_gives_a_warning(folders, capsys):
    harmonia.io.write("out.jpg", folders["one"][0])
    assert cli.main(of("out.jpg", *files_of("one")[1:])) == 0
    said = capsys.readouterr().err
    assert said.startswith("harmonia metrics: warning: out.jpg: JPEG is lossy")
    assert cli.main(of(*files_of("one"))) == 0
    assert capsys.readouterr().err == ""


def test_scores_as_a_jpeg_are_those_of_the_file(folders, capsys):
    out, real, mask = folders["one"]
    harmonia.io.write("out.jpg", out, quality=80)
    cli.main(of("out.jpg", *files_of("one")[1:], "--json"))
    of_file = json.loads(capsys.readouterr().out)
    assert "JPEG is lossy" in of_file["warnings"].pop()
    assert cli.main(of(*files_of("one"), "--as-jpeg", "80", "--json")) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out) == of_file
    assert of_file["scores"]["mse"] != harmonia.evaluate(out, real, mask)["mse"]
    assert shown.err == ""


def test_alpha_does_not_hinder_a_jpeg(folders, capsys):
    out, *_ = folders["one"]
    harmonia.io.write("out.png", np.dstack([out, out[..., 0]]))
    assert cli.main(of("out.png", *files_of("one")[1:], "--as-jpeg", "80")) == 0


def test_masks_are_inverted_where_asked_for(folders, capsys):
    out, real, mask = folders["one"]
    assert cli.main(of(*files_of("one"), "--invert-mask", "--json")) == 0
    found = json.loads(capsys.readouterr().out)["scores"]
    assert found == dict(harmonia.evaluate(out, real, 255 - mask))


def test_metrics_and_protocols_are_listed(capsys):
    assert cli.main(of("--list", "--json")) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in found["metrics"]] == harmonia.list_metrics()
    listed = [one["name"] for one in found["protocols"]]
    assert listed == harmonia.metrics.list_protocols()
    assert cli.main(of("--list")) == 0
    shown = capsys.readouterr().out
    for name in [*harmonia.list_metrics(), *listed]:
        assert f"\n{name} " in shown


@pytest.mark.parametrize(
    ("arguments", "status", "reason"),
    [
        ([], 2, "needs OUT and REAL"),
        (["outs"], 2, "needs OUT and REAL"),
        (["outs", "reals/one.png"], 2, "three files or three folders"),
        (["outs", "reals", "--bins"], 2, "--bins needs a MASK"),
        (["outs", "reals", "--invert-mask"], 2, "--invert-mask needs a MASK"),
        (["outs", "reals", "--as-jpeg", "0"], 2, "--as-jpeg must be a whole number from 1 to 100"),
        (["outs", "reals", "--protocol", "idhi"], 1, "unknown protocol 'idhi'"),
        (["outs", "reals", "--metrics", ","], 2, "--metrics must name at least one"),
        (["outs", "reals", "--metrics", "msee"], 1, "unknown metric 'msee'; did you mean 'mse'?"),
        (["outs", "reals", "--metrics", "fmse"], 1, "mask is missing"),
        (["outs/one.png", "missing.png"], 1, "missing.png: there is no such file"),
        (["outs/one.png", "small.png"], 1, "one.png: target must have the output's height"),
        (["empty", "reals"], 1, "OUT: no picture is in empty"),
    ],
)
def test_what_goes_wrong_is_one_sentence(folders, capsys, arguments, status, reason):
    Path("empty").mkdir()
    harmonia.io.write("small.png", np.zeros((4, 4, 3), np.uint8))
    assert cli.main(of(*arguments)) == status
    shown = capsys.readouterr()
    assert shown.out == ""
    assert reason in shown.err
    assert shown.err.count("\n") == 1
