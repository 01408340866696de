"""The command `batch`: many pictures, each as `harmonize` makes it."""

import csv
import json

import harmonia
import image_files
import numpy as np
import pytest
from harmonia import cli
from harmonia._folder_lock import locked
from harmonia.cli import _task
from harmonia.cli._batch.jobs import Job
from harmonia.cli._batch.work import Stopped, Work
from images import as_dtype, scene

RECORD = ".harmonia-batch.json"


def picture(seed, dtype=np.uint8):
    image, mask = scene(24, 30, seed)
    return as_dtype(image, dtype), as_dtype(mask, np.uint8)


def save(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    if pixels.ndim == 2:
        pixels = np.stack([pixels] * 3, axis=-1)
    harmonia.io.write(path, pixels, overwrite=True)


def save_pair(folder, name, seed=0, ending="_mask", suffix=".png"):
    image, mask = picture(seed)
    save(folder / f"{name}{suffix}", image)
    save(folder / f"{name}{ending}.png", mask)


def batch(*words):
    return cli.main(["batch", *map(str, words)])


def outputs(folder):
    """Names below a folder that are not the record."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != RECORD)
    return sorted(path.relative_to(folder).as_posix() for path in found)


def pixels(path):
    return harmonia.io.read(path).pixels


@pytest.fixture
def source(tmp_path):
    """Four pictures, one of them in a sub-folder."""
    folder = tmp_path / "in"
    for seed, name in enumerate(("a", "b", "c", "below/d")):
        save_pair(folder, name, seed)
    return folder


def test_every_picture_is_harmonized_as_by_itself(source, tmp_path, capsys):
    assert batch(source, "-o", tmp_path / "out", "-m", "mkl", "-s", 0.5) == 0
    assert outputs(tmp_path / "out") == ["a.png", "b.png", "below/d.png", "c.png"]
    for seed, name in enumerate(("a", "b", "c", "below/d")):
        image, mask = picture(seed)
        expected = harmonia.harmonize(image, mask, "mkl", strength=0.5)
        assert np.array_equal(pixels(tmp_path / "out" / f"{name}.png"), expected)
    assert capsys.readouterr() == ("", "")  # nobody watches


@pytest.mark.parametrize("workers", [1, 3])
def test_bytes_do_not_depend_on_the_workers(source, tmp_path, workers):
    batch(source, "-o", tmp_path / "all")
    batch(source, "-o", tmp_path / "some", "--workers", workers)
    for name in outputs(tmp_path / "all"):
        assert (tmp_path / "all" / name).read_bytes() == (tmp_path / "some" / name).read_bytes()


def test_the_number_of_threads_is_put_back(source, tmp_path):
    before = harmonia.get_num_threads()
    harmonia.set_num_threads(3)
    try:
        batch(source, "-o", tmp_path / "out")
        assert harmonia.get_num_threads() == 3
    finally:
        harmonia.set_num_threads(before)


def test_one_bad_file_stops_nothing_and_is_told_at_the_end(source, tmp_path, capsys):
    (source / "b.png").write_bytes(b"this is no picture")
    save(source / "c_mask.png", np.zeros((9, 9), np.uint8))
    assert batch(source, "-o", tmp_path / "out") == 1
    assert outputs(tmp_path / "out") == ["a.png", "below/d.png"]
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "harmonia batch: 2 of 4 failed:"
    assert said[1].startswith(f"  {source / 'b.png'}: ")
    assert said[2].startswith(f"  {source / 'c_mask.png'}: must be 30 x 24 pixels")
    assert "--resize-mask" in said[2]
    assert len(said) == 3


def test_json_is_one_document_with_every_failure(source, tmp_path, capsys):
    (source / "b.png").write_bytes(b"this is no picture")
    assert batch(source, "-o", tmp_path / "out", "--json") == 1
    out, err = capsys.readouterr()
    assert err == ""
    data = json.loads(out)
    assert (data["total"], data["written"], data["skipped"]) == (4, 3, 0)
    (failed,) = data["failed"]
    assert (failed["image"], failed["output"]) == (str(source / "b.png"), "b.png")
    assert failed["error"]


def test_fail_fast_stops_at_the_first_failure(tmp_path):
    for n in range(40):
        save_pair(tmp_path / "in", f"{n:02}")
    (tmp_path / "in" / "00.png").write_bytes(b"")
    assert batch(tmp_path / "in", "-o", tmp_path / "out", "--fail-fast", "--workers", 1) == 1
    assert len(outputs(tmp_path / "out")) <= 3  # those that were under way


@pytest.mark.parametrize("step", ["before", "while it reads"])
def test_a_picture_goes_no_further_once_the_run_ends(source, tmp_path, monkeypatch, step):
    work = Work(folder=tmp_path / "out")
    job = Job(str(source / "a.png"), str(source / "a_mask.png"), "a.png")
    if step == "before":
        work.stop.set()
    else:
        real = _task.mask_of
        monkeypatch.setattr(_task, "mask_of", lambda *a: (work.stop.set(), real(*a))[1])
    with pytest.raises(Stopped):
        work(job)
    assert not (tmp_path / "out").exists()


def test_warnings_name_their_mask(source, tmp_path, capsys):
    save(source / "b_mask.png", np.full((24, 30), 250, np.uint8))
    assert batch(source, "-o", tmp_path / "out") == 0
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(f"harmonia batch: warning: {source / 'b_mask.png'}: 98.04 %")


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_the_report_has_a_row_for_every_picture(source, tmp_path, suffix):
    (source / "b.png").write_bytes(b"this is no picture")
    report = tmp_path / f"report{suffix}"
    batch(source, "-o", tmp_path / "out", "--report", report)
    text = report.read_text(encoding="utf-8")
    if suffix == ".csv":
        rows = list(csv.DictReader(text.splitlines()))
    else:
        rows = [json.loads(line) for line in text.splitlines()]
    by_name = {row["output"]: row for row in rows}
    assert sorted(by_name) == ["a.png", "b.png", "below/d.png", "c.png"]
    assert by_name["a.png"]["status"] == "written"
    assert float(by_name["a.png"]["seconds"]) > 0
    _, mask = picture(0)
    assert float(by_name["a.png"]["foreground"]) == pytest.approx(mask.mean() / 255, abs=1e-6)
    assert by_name["b.png"]["status"] == "failed"
    assert by_name["b.png"]["error"]
    # The next run replaces it, since it is a report.
    batch(source, "-o", tmp_path / "out", "--report", report)
    assert report.read_text(encoding="utf-8").count("skipped") == 3


def test_a_report_replaces_nothing_else(source, tmp_path, capsys):
    mine = tmp_path / "mine.csv"
    mine.write_text("name,age\n")
    assert batch(source, "-o", tmp_path / "out", "--report", mine) == 1
    assert "is there already, and is no report" in capsys.readouterr().err
    assert mine.read_text() == "name,age\n"


def test_the_suffix_is_the_format_of_all_outputs(source, tmp_path):
    save_pair(source, "photo", suffix=".jpg")
    assert batch(source, "-o", tmp_path / "out", "--suffix", "tiff", "-m", "mkl") == 0
    assert {path.rpartition(".")[2] for path in outputs(tmp_path / "out")} == {"tiff"}
    assert batch(source, "-o", tmp_path / "out2", "-m", "mkl") == 0
    assert harmonia.io.read(tmp_path / "out2" / "photo.jpg").format == "JPEG"


def test_a_reference_serves_all(source, tmp_path):
    image, mask = picture(9)
    save(tmp_path / "ref.png", image)
    save(tmp_path / "ref_mask.png", mask)
    words = ("--reference", tmp_path / "ref.png", "--reference-mask", tmp_path / "ref_mask.png")
    assert batch(source, "-o", tmp_path / "out", "-m", "mkl", *words) == 0
    one, one_mask = picture(1)
    expected = harmonia.harmonize(one, one_mask, "mkl", reference=image, reference_mask=mask)
    assert np.array_equal(pixels(tmp_path / "out" / "b.png"), expected)


def test_colours_are_converted_where_that_is_asked_for(tmp_path):
    image, mask = (part[:40, :60] for part in harmonia.example())
    wide = harmonia.io.Picture(image, "PNG", image_files.display_p3())
    (tmp_path / "in").mkdir()
    harmonia.io.write(tmp_path / "in" / "a.png", image, like=wide)
    harmonia.io.write(tmp_path / "in" / "a_mask.png", np.stack([mask] * 3, axis=-1))
    given = ["batch", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "-m", "mkl"]
    assert cli.main([*given, "--to-srgb"]) == 0
    converted = harmonia.io.to_srgb(wide)
    out = harmonia.io.read(tmp_path / "out" / "a.png")
    assert out.icc == converted.icc
    np.testing.assert_array_equal(out.pixels[mask == 0], converted.pixels[mask == 0])
    assert cli.main(given) == 1  # other settings


def test_a_fitted_frame_gives_one_transform_for_all(tmp_path):
    """Equal colours become equal colours in all frames, though their surroundings change."""
    colours = picture(0)[0]
    frames = tmp_path / "in"
    for n in range(5):
        frame, mask = picture(n)
        frame[8:16, 10:20] = colours[8:16, 10:20]  # inside the disc, where the mask is full
        save(frames / f"{n}.png", frame)
        save(frames / f"{n}_mask.png", mask)
    assert (mask[8:16, 10:20] == 255).all()
    assert batch(frames, "-o", tmp_path / "out", "--fit", 2, "-m", "mkl") == 0
    made = [pixels(tmp_path / "out" / f"{n}.png")[8:16, 10:20] for n in range(5)]
    assert all(np.array_equal(one, made[0]) for one in made)
    frame, mask = pixels(frames / "2.png"), picture(2)[1]
    expected = harmonia.fit(frame, mask, "mkl").apply(frame, mask)
    assert np.array_equal(pixels(tmp_path / "out" / "2.png"), expected)
    # Without it each frame has a transform of its own.
    assert batch(frames, "-o", tmp_path / "own", "-m", "mkl") == 0
    own = [pixels(tmp_path / "own" / f"{n}.png")[8:16, 10:20] for n in range(5)]
    assert not np.array_equal(own[0], own[1])


@pytest.mark.parametrize("frame", ["c.png", "below/d", "d.png", "d", "0"])
def test_a_frame_is_named_by_its_file_or_its_number(source, tmp_path, frame):
    assert batch(source, "-o", tmp_path / "out", "--fit", frame, "-m", "mkl") == 0
    look = harmonia.fit(*picture({"c.png": 2, "0": 0}.get(frame, 3)), "mkl")
    assert np.array_equal(pixels(tmp_path / "out" / "a.png"), look.apply(*picture(0)))


def test_a_frame_that_there_is_not_is_refused(source, tmp_path, capsys):
    save_pair(source / "above", "d", 7)
    for frame in ("4711", "e.png"):
        assert batch(source, "-o", tmp_path / "out", "--fit", frame) == 1
        assert f"--fit {frame}: no picture" in capsys.readouterr().err
    assert batch(source, "-o", tmp_path / "out", "--fit", "d.png") == 1
    assert "both called so" in capsys.readouterr().err


def test_a_method_that_is_no_transform_of_colours_cannot_be_fitted(source, tmp_path, capsys):
    assert batch(source, "-o", tmp_path / "out", "--fit", "a.png", "-m", "poisson") == 1
    assert "leave --fit out" in capsys.readouterr().err
    assert not outputs(tmp_path / "out")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-m", "mlk"], "--method: unknown method 'mlk'; did you mean 'mkl'?"),
        (["-m", "mkl", "--set", "spice=lab"], "no option 'spice'"),
        (["--suffix", ".gif"], "--suffix must be one of .png"),
        (["--reference-mask", "m.png"], "--reference-mask needs --reference"),
        (["--report", "rows.txt"], "must end in .csv or .jsonl"),
    ],
)
def test_what_would_fail_for_all_fails_before_the_first(source, tmp_path, capsys, words, said):
    assert batch(source, "-o", tmp_path / "out", *words) in (1, 2)
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_outputs_do_not_replace_inputs(source, capsys):
    before = {path: path.read_bytes() for path in source.rglob("*.png")}
    assert batch(source, "-o", source, "--overwrite") == 1
    assert "would replace a picture or mask that is read" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in source.rglob("*.png")} == before


def test_the_output_folder_may_lie_within_the_source(source):
    for _ in range(2):
        assert batch(source, "-o", source / "out") == 0
        assert outputs(source / "out") == ["a.png", "b.png", "below/d.png", "c.png"]


def test_two_runs_at_once_in_one_folder_are_refused(source, tmp_path, capsys):
    (tmp_path / "out").mkdir()
    with locked(tmp_path / "out" / ".harmonia-batch.lock"):
        assert batch(source, "-o", tmp_path / "out") == 1
    assert "in use by another process" in capsys.readouterr().err
    assert outputs(tmp_path / "out") == []


def test_a_source_that_is_none_is_refused(tmp_path, capsys):
    assert batch(tmp_path / "nothing", "-o", tmp_path / "out") == 1
    assert "there is no such folder or file" in capsys.readouterr().err
