"""A synthesis that ends early, however that is: the next goes on, and nothing is half there."""

import errno
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import coloured
import harmonia
import pytest
from harmonia import _atomic, _folder_lock
from harmonia.synthesis import _synthesize
from sets import altered, contents, lines, make

HERE = Path(__file__).parent
JOURNAL = ".harmonia-synthesis.jsonl"
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture
def source(tmp_path):
    return coloured.fill(tmp_path / "in", 4)


def written(folder):
    return {
        path.name: path.stat().st_mtime_ns
        for path in folder.rglob("*/*/*")
        if path.suffix in (".jpg", ".png")
    }


def died(what, room, *more):
    """How many runs died, each of which ended as if undisturbed."""
    folders = [HERE, HERE.parent, Path(harmonia.__file__).parents[1]]
    done = subprocess.run(
        [sys.executable, HERE / "dying.py", what, room, *more],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, folders))},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@needs_fork
def test_runs_that_die_at_any_step_of_writing_end_as_if_undisturbed(tmp_path):
    """A fresh set, one that shrinks, one that grows, and one that takes the place of another."""
    assert min(died("steps", tmp_path, "11")) >= 2


@needs_fork
def test_runs_that_are_killed_at_any_moment_end_as_if_undisturbed(tmp_path):
    assert died("moments", tmp_path) > 0


def test_what_is_there_is_not_made_again(source, tmp_path):
    out = tmp_path / "out"
    assert make(source, out).written == 8
    whole, before = contents(out), written(out)
    report = make(source, out)
    assert (report.written, report.composites) == (0, 8)
    assert contents(out) == whole
    assert written(out) == before


@pytest.mark.parametrize(
    ("name", "again"),
    [("composite_images/f2_1_1.jpg", 1), ("masks/f2_1.png", 2), ("real_images/f2.jpg", 2)],
)
@pytest.mark.parametrize("cut", [None, 100])
def test_files_that_are_gone_or_cut_short_are_made_again(source, tmp_path, name, again, cut):
    """As after a power cut, when a file may have its name and not its bytes."""
    out = tmp_path / "out"
    make(source, out)
    whole = contents(out)
    path = out / "HFlickr" / name
    if cut is None:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:cut])
    assert make(source, out).written == again
    assert contents(out) == whole


def test_a_journal_that_is_torn_loses_its_last_line_alone(source, tmp_path):
    out = tmp_path / "out"
    make(source, out)
    whole = contents(out)
    journal = whole[JOURNAL].splitlines(keepends=True)
    assert len(journal) == 1 + 8 + 1  # the settings, the composites, the lists
    for cut in (-2, -len(journal[-1]) - 3, -len(journal[-1])):
        (out / JOURNAL).write_bytes(whole[JOURNAL][:cut])
        assert make(source, out).written == (1 if cut == -len(journal[-1]) - 3 else 0)
        assert contents(out) == whole
    (out / JOURNAL).write_bytes(b"".join(journal[:5]) + b"\0" * 4096)  # blocks never written
    assert make(source, out).written == 4
    assert contents(out) == whole


def test_lines_after_a_torn_one_count(source, tmp_path):
    def stop(progress):
        if progress.written == 2:
            raise KeyboardInterrupt

    out = tmp_path / "out"
    make(source, out)
    journal = (out / JOURNAL).read_bytes().splitlines(keepends=True)
    (out / JOURNAL).write_bytes(b"".join(journal[:3]) + journal[3][:50])
    with pytest.raises(KeyboardInterrupt):
        make(source, out, progress=stop, workers=1)
    assert len(lines(out / JOURNAL)) == 3 + 2  # and each is JSON
    assert make(source, out).written == 8 - 2 - 2


def test_a_journal_that_is_none_is_refused(source, tmp_path):
    out = tmp_path / "out"
    make(source, out)
    (out / JOURNAL).write_text('{"settings": ')
    with pytest.raises(ValueError, match="is no journal of a synthesis; choose another folder"):
        make(source, out)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"seed": 1}, "was made with seed 0 and not 1"),
        ({"quality": 90}, "was made with quality 95 and not 90"),
        ({"refused": 0.5}, "was made with option refused 0.0 and not 0.5"),
        ({"each": 1}, "was made with option each 2 and not 1"),
        ({"filters": ["plausible_hue"]}, "was made with filter plausible_hue None and not"),
    ],
)
def test_other_settings_are_refused_unless_the_set_may_go(source, tmp_path, options, said):
    out = tmp_path / "out"
    make(source, out)
    before = contents(out)
    with pytest.raises(ValueError, match=f"{said}.*; choose another folder, or pass overwrite="):
        make(source, out, **options)
    assert contents(out) == before
    make(source, out, **options, overwrite=True)
    make(source, tmp_path / "fresh", **options)
    assert contents(out) == contents(tmp_path / "fresh") != before
    assert make(source, out, **options, overwrite=True).written == 0  # it is that set already


def test_another_recipe_version_or_source_is_refused(source, tmp_path, monkeypatch):
    out = tmp_path / "out"
    make(source, out)
    with pytest.raises(ValueError, match=r"made with recipe 'coloured\.prepare' and not 'sets"):
        make(source, out, altered(lambda make, *one: make(*one)))
    with monkeypatch.context() as patch:
        patch.setattr(_synthesize._core, "version", lambda: "99.0")
        with pytest.raises(ValueError, match=r"made with harmonia '.*' and not '99\.0'"):
            make(source, out)
    for name in ("new.png", "new_mask.png"):
        (source / name).write_bytes((source / name.replace("new", "001")).read_bytes())
    with pytest.raises(ValueError, match="was made of other sources than there are now"):
        make(source, out)


def test_a_real_that_changed_meanwhile_is_reported(source, tmp_path):
    """Its composites would have two different ones."""
    out = tmp_path / "out"
    make(source, out)
    (source / "001.png").write_bytes((source / "002.png").read_bytes())
    (out / "HFlickr/composite_images/f2_1_1.jpg").unlink()
    report = make(source, out)
    assert [failure.name for failure in report.failures] == ["f2_1_1"]
    assert "f2.jpg is there with other pixels: its source has changed" in report.failures[0].error


def test_files_that_no_synthesis_made_are_not_touched(source, tmp_path):
    out = tmp_path / "out"
    (out / "HFlickr").mkdir(parents=True)
    (out / "HFlickr" / "mine.jpg").write_bytes(b"mine")
    with pytest.raises(FileExistsError, match="holds HFlickr, which no synthesis made"):
        make(source, out, overwrite=True)
    assert contents(out) == {"HFlickr/mine.jpg": b"mine"}


def test_what_killed_runs_left_is_swept(source, tmp_path):
    out = tmp_path / "out"
    make(source, out)
    whole = contents(out)
    for name in ("f1_1_1.jpg", "f1.jpg"):
        folder = "real_images" if name == "f1.jpg" else "composite_images"
        (out / "HFlickr" / folder / f".{name}.0123456789abcdef").write_bytes(b"half")
    (out / ".manifest.jsonl.0123456789abcdef").write_bytes(b"half")
    make(source, out)
    assert contents(out) == whole


def test_one_process_at_a_time(source, tmp_path):
    (tmp_path / "out").mkdir()
    with (
        _folder_lock.locked(tmp_path / "out" / ".harmonia-synthesis.lock"),
        pytest.raises(BlockingIOError, match="out is in use by another process"),
    ):
        make(source, tmp_path / "out")


def test_ctrl_c_goes_through_and_the_next_run_goes_on(source, tmp_path):
    def stop(progress):
        if progress.done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(source, tmp_path / "out", progress=stop, workers=2)
    assert not (tmp_path / "out" / "manifest.jsonl").exists()
    assert not (tmp_path / "out" / ".harmonia-synthesis.lock").exists()
    assert 0 < make(source, tmp_path / "out").written <= 5
    make(source, tmp_path / "fresh")
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")


def test_ctrl_c_does_not_wait_for_all_attempts(source, tmp_path):
    tried = []

    def slow(make, task, rng):
        tried.append(task.name)
        time.sleep(0.05)
        raise harmonia.synthesis.Unusable(f"for {rng.uniform():.0f}")

    def stop(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(source, tmp_path / "out", altered(slow), progress=stop, workers=1)
    assert len(tried) <= 9  # eight of the first task, and one of the next


@pytest.mark.parametrize("at", [1, 4, 9, 17, 21])
def test_a_full_disk_ends_the_run_and_the_next_goes_on(source, tmp_path, monkeypatch, at):
    write, count = _atomic.write, [0]

    def full(path, data, **options):
        count[0] += 1
        if count[0] >= at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        write(path, data, **options)

    with monkeypatch.context() as patch:
        patch.setattr(_atomic, "write", full)
        with pytest.raises(OSError, match="No space left"):
            make(source, tmp_path / "out", workers=2)
    assert make(source, tmp_path / "out").failures == ()
    make(source, tmp_path / "fresh")
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")


def test_the_disk_has_the_pictures_before_the_lists(source, tmp_path, monkeypatch):
    if not hasattr(os, "sync"):
        pytest.skip("the system has no sync")
    told = []
    out = tmp_path / "out"
    monkeypatch.setattr(
        os, "sync", lambda: told.append((len(written(out)), len(list(out.iterdir()))))
    )
    make(source, out)
    assert told == [(8 + 4 + 4, 3)]  # HFlickr, the journal and the lock
    make(source, tmp_path / "out")  # nothing is written
    assert len(told) == 1


def test_lists_that_a_smaller_set_lacks_go(source, tmp_path):
    out = tmp_path / "out"
    make(source, out, test_share=0.25)
    assert lines(out / "manifest.jsonl")[0]["split"] == "test"
    assert (out / "IHD_test.txt").is_file()
    make(source, out, test_share=0.25, count=1)
    (row,) = lines(out / "manifest.jsonl")
    there = {path.name for path in out.glob("*.txt")}
    assert there == {f"IHD_{row['split']}.txt"}
