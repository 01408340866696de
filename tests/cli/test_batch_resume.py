"""A run that ends early, however that is: the next goes on, and nothing is mixed or half there."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import harmonia
import numpy as np
import pytest
from harmonia import _atomic, cli
from images import as_dtype, scene

RECORD = ".harmonia-batch.json"
COUNT = 60


@pytest.fixture
def source(tmp_path):
    return fill(tmp_path / "in", 6)


def fill(folder, count, size=(24, 30)):
    folder.mkdir()
    for n in range(count):
        image, mask = scene(*size, n)
        harmonia.io.write(folder / f"{n:03}.png", as_dtype(image, np.uint8))
        mask = np.stack([as_dtype(mask, np.uint8)] * 3, axis=-1)
        harmonia.io.write(folder / f"{n:03}_mask.png", mask)
    return folder


def batch(*words):
    return cli.main(["batch", *map(str, words)])


def result(capsys, *words):
    """What --json says of a run."""
    capsys.readouterr()
    batch(*words, "--json")
    return json.loads(capsys.readouterr().out)


def states(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("*.png")}


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_is_there_is_not_made_again(source, tmp_path, capsys):
    out = tmp_path / "out"
    assert result(capsys, source, "-o", out)["written"] == 6
    whole, before = contents(out), states(out)
    (out / "002.png").unlink()
    del before["002.png"]
    again = result(capsys, source, "-o", out)
    assert (again["written"], again["skipped"]) == (1, 5)
    assert contents(out) == whole
    assert {name: when for name, when in states(out).items() if name in before} == before


def test_pictures_that_failed_are_tried_again(source, tmp_path, capsys):
    out, bad = tmp_path / "out", source / "003.png"
    whole = bad.read_bytes()
    bad.write_bytes(b"no picture")
    assert len(result(capsys, source, "-o", out)["failed"]) == 1
    bad.write_bytes(whole)
    again = result(capsys, source, "-o", out)
    assert (again["written"], again["skipped"], again["failed"]) == (1, 5, [])


def test_new_pictures_join_the_old(source, tmp_path, capsys):
    out = tmp_path / "out"
    batch(source, "-o", out)
    for end in (".png", "_mask.png"):
        (source / f"more{end}").write_bytes((source / f"001{end}").read_bytes())
    assert result(capsys, source, "-o", out)["written"] == 1
    assert (out / "more.png").read_bytes() == (out / "001.png").read_bytes()


@pytest.mark.parametrize("name", ["001.png", "001_mask.png"])
def test_a_picture_or_mask_that_changed_is_done_again(source, tmp_path, capsys, name):
    out = tmp_path / "out"
    batch(source, "-o", out)
    later = time.time_ns() + 10**9
    os.utime(source / name, ns=(later, later))
    assert result(capsys, source, "-o", out)["written"] == 1


@pytest.mark.parametrize(
    "words",
    [
        ("-m", "reinhard"),
        ("-m", "mkl", "-s", "0.5"),
        ("-m", "mkl", "--fit", "0"),
        ("-m", "mkl", "--invert-mask"),
        ("-m", "mkl", "--reference", "IN/000.png"),
    ],
)
def test_other_settings_are_refused_unless_all_is_made_anew(source, tmp_path, capsys, words):
    words = [word.replace("IN", str(source)) for word in words]
    out = tmp_path / "out"
    assert batch(source, "-o", out, "-m", "mkl") == 0
    before = contents(out)
    assert batch(source, "-o", out, *words) == 1
    said = capsys.readouterr().err
    assert "was made with" in said
    assert "another folder with -o, or pass --overwrite" in said
    assert contents(out) == before
    assert result(capsys, source, "-o", out, *words, "--overwrite")["written"] == 6
    after = contents(out)
    assert after != before
    batch(source, "-o", tmp_path / "fresh", *words)
    assert contents(tmp_path / "fresh") == after


def test_the_version_is_a_setting(source, tmp_path, capsys, monkeypatch):
    batch(source, "-o", tmp_path / "out")
    monkeypatch.setattr(harmonia, "__version__", "99.0")
    assert batch(source, "-o", tmp_path / "out") == 1
    assert "was made with harmonia" in capsys.readouterr().err


def test_other_files_of_the_same_names_are_refused(source, tmp_path, capsys):
    batch(source, "-o", tmp_path / "out")
    other = source.rename(tmp_path / "other")
    assert batch(other, "-o", tmp_path / "out") == 1
    assert "was made of other files or settings" in capsys.readouterr().err


def test_files_that_no_batch_made_are_not_touched(source, tmp_path, capsys):
    out = tmp_path / "out"
    out.mkdir()
    (out / "004.png").write_bytes(b"mine")
    assert batch(source, "-o", out) == 1
    assert "004.png is there already, and no batch made it" in capsys.readouterr().err
    assert contents(out) == {"004.png": b"mine"}


def test_a_record_that_is_none_is_refused(source, tmp_path, capsys):
    out = tmp_path / "out"
    batch(source, "-o", out)
    (out / RECORD).write_text('{"settings": ')
    assert batch(source, "-o", out) == 1
    assert "is no record of a batch" in capsys.readouterr().err


def test_overwriting_that_is_killed_leaves_no_old_output_for_new(source, tmp_path, monkeypatch):
    """Old outputs go before the first new one comes, so a run that goes on mixes nothing."""
    from harmonia.cli._batch import work

    out = tmp_path / "out"
    batch(source, "-o", out, "-m", "mkl")

    def die(*_):
        raise KeyboardInterrupt  # as soon as the first picture begins

    with monkeypatch.context() as patch:
        patch.setattr(work.Work, "prepared", die)
        assert batch(source, "-o", out, "-m", "reinhard", "--overwrite") == 130
    assert not states(out)
    assert batch(source, "-o", out, "-m", "reinhard") == 0
    batch(source, "-o", tmp_path / "fresh", "-m", "reinhard")
    assert contents(out) == contents(tmp_path / "fresh")


def test_what_killed_runs_left_is_swept(source, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    rest = out / ".001.png.0123456789abcdef"
    others = out / ".other.0123456789abcdef"
    for path in (rest, others):
        path.write_bytes(b"half")
    assert batch(source, "-o", out) == 0
    assert not rest.exists()
    assert others.exists()  # it is not of this run


def test_long_names_are_swept_as_well(tmp_path):
    name = "n" * 60 + ".png"
    (tmp_path / f".{name[:40]}.0123456789abcdef").write_bytes(b"half")
    _atomic.remove_unfinished(tmp_path, {name})
    _atomic.remove_unfinished(tmp_path / "nowhere", {name})
    assert list(tmp_path.iterdir()) == []


def command(source, out):
    return [sys.executable, "-m", "harmonia", "batch", str(source), "-o", str(out), "-m", "mkl"]


def test_runs_that_are_killed_at_any_moment_end_as_if_undisturbed(tmp_path):
    source = fill(tmp_path / "in", COUNT, (120, 160))
    started = time.monotonic()
    subprocess.run(command(source, tmp_path / "whole"), check=True)
    whole, seconds = contents(tmp_path / "whole"), time.monotonic() - started
    out, killed, rng = tmp_path / "out", 0, random.Random(1)
    for _ in range(5):
        process = subprocess.Popen(command(source, out))
        time.sleep(rng.uniform(0.2, 0.9) * seconds)
        process.kill()
        killed += process.wait() == -signal.SIGKILL
        if out.is_dir():
            there = {name: data for name, data in contents(out).items() if name in whole}
            assert there.items() <= whole.items()  # none half-written
    assert killed
    subprocess.run(command(source, out), check=True)
    assert contents(out) == whole


@pytest.mark.skipif(os.name != "posix", reason="needs SIGINT for one process")
def test_ctrl_c_ends_soon_and_leaves_nothing_half_there(tmp_path):
    source = fill(tmp_path / "in", COUNT, (120, 160))
    process = subprocess.Popen(
        [*command(source, tmp_path / "out"), "--workers", "2"], stderr=subprocess.PIPE, text=True
    )
    while not list((tmp_path / "out").glob("*.png")) and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said == "harmonia batch: stopped\n"
    left = {path.name for path in (tmp_path / "out").iterdir()} - {RECORD}
    assert 0 < len(left) < COUNT
    assert all(not name.startswith(".") for name in left)
    for name in left:
        harmonia.io.read(tmp_path / "out" / name)
