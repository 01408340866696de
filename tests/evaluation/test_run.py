"""An evaluation gives the numbers of `harmonia.evaluate`, however it is cut up or cut short."""

import csv
import json
import math
import os
import subprocess
import sys
import threading
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import harmonia
import numpy as np
import pytest
from harmonia import datasets
from harmonia.datasets import Dataset
from harmonia.evaluation import Results, Share, _shards, evaluate_dataset, plan
from harmonia.evaluation import _run as running
from harmonia.evaluation._plan import at_size
from harmonia.metrics import list_protocols
from miniatures import write_picture
from PIL import Image

HERE = Path(__file__).parent
METHODS = ["composite", "mean_shift", "lalonde_efros"]
OF_OPENCV = {"idih", "cdtnet"}
RELATIVE, SIMILARITY = 1e-9, 1e-6  # as tests/metrics/test_protocols.py
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture
def dataset(root):
    return datasets.load("iharmony4", root)


@pytest.fixture(scope="module")
def reference(root, tmp_path_factory):
    """All rows of an undisturbed run in one shard on one thread."""
    asked = plan(datasets.load("iharmony4", root), METHODS, protocol="ihd_script", shard_size=100)
    return rows_of(evaluate_dataset(asked, tmp_path_factory.mktemp("reference"), workers=1))


def rows_of(results):
    return {label: results.rows(label) for label in results.labels}


def written(folder):
    """When each part file was written."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mtime_ns
        for path in (folder / "rows").rglob("*.csv")
    }


def damaged(dataset, number):
    """The dataset with a composite that is no picture, and what brings the picture back."""
    path = dataset.entry(number).composite
    whole = path.read_bytes()
    path.write_bytes(b"no picture")
    return lambda: path.write_bytes(whole)


@pytest.mark.parametrize("protocol", ["harmonia", "dovenet", "harmonia-64"])
def test_rows_are_what_evaluate_gives_one_by_one(dataset, tmp_path, protocol):
    results = evaluate_dataset(plan(dataset, METHODS, protocol=protocol), tmp_path)
    assert results.labels == tuple(sorted(METHODS))
    for method in METHODS:
        for sample, row in zip(dataset, results.rows(method), strict=True):
            pictures = sample.composite, sample.mask, sample.real
            if protocol == "dovenet":
                pictures = [at_256(picture) for picture in pictures]
            if protocol == "harmonia-64":
                asked = harmonia.metrics.find_protocol(protocol)
                small = at_size(sample, 64, asked)
                pictures = small.composite, small.mask, small.real
            composite, mask, real = pictures
            output = composite if method == "composite" else None
            if output is None:
                output = harmonia.harmonize(composite, mask, method)
            scores = harmonia.evaluate(output, real, mask, protocol=protocol)
            assert row.values == tuple(scores.values())
            assert row.foreground == scores.foreground_ratio
            assert (row.name, row.subset) == (sample.name, sample.subset)


def at_256(picture):
    """By PIL, the mask as floats."""
    if picture.ndim == 3:
        return np.array(Image.fromarray(picture).resize((256, 256), Image.Resampling.BILINEAR))
    weights = picture.astype(np.float32) / np.float32(255)
    return np.array(Image.fromarray(weights).resize((256, 256), Image.Resampling.BILINEAR))


@pytest.mark.parametrize("name", list_protocols())
def test_the_composite_row_equals_the_transcription_on_the_files(root, dataset, tmp_path, name):
    if name in OF_OPENCV:
        pytest.importorskip("cv2", reason="the transcription resizes with OpenCV")
    if name == "harmonizer":
        pytest.importorskip("skimage", reason="the transcription measures with scikit-image")
    size = 128 if name == "cdtnet" else None  # the default of 1024 takes seconds
    results = evaluate_dataset(plan(dataset, ["composite"], protocol=name, size=size), tmp_path)
    transcription = getattr(import_module(f"reference.protocols.{name}"), name)
    rows = results.rows("composite")
    lines = (root / "IHD_test.txt").read_text().split()
    assert [row.name for row in rows] == [Path(line).stem for line in lines]
    for line, row in zip(lines, rows, strict=True):
        folder, stem = root / Path(line).parts[0], Path(line).stem
        of_mask = stem.rpartition("_")[0]
        composite, real = folder / "composite_images" / f"{stem}.jpg", of_mask.rpartition("_")[0]
        pictures = (
            np.array(Image.open(composite)),
            np.array(Image.open(folder / "real_images" / f"{real}.jpg")),
            np.array(Image.open(folder / "masks" / f"{of_mask}.png").convert("L")),
        )
        options = {} if size is None else {"size": (size, size)}
        wanted = transcription(*pictures, **options)
        for metric, value in zip(results.metrics, row.values, strict=True):
            tolerance = {"abs": SIMILARITY} if "ssim" in metric else {"rel": RELATIVE}
            assert value == pytest.approx(wanted[metric], **tolerance), (name, stem, metric)


@pytest.mark.parametrize("shard_size", [1, 2, 4, 9])
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_rows_depend_on_neither_shards_nor_workers(
    dataset, tmp_path, reference, shard_size, workers
):
    asked = plan(dataset, METHODS, protocol="ihd_script", shard_size=shard_size)
    results = evaluate_dataset(asked, tmp_path, workers=workers)
    assert rows_of(results) == reference
    assert results.is_whole
    assert len(written(tmp_path)) == len(METHODS) * math.ceil(9 / shard_size)


@pytest.mark.parametrize("of", [1, 2, 7])
def test_shares_make_the_files_of_one_run(dataset, tmp_path, of):
    asked = plan(dataset, METHODS, protocol="ihd_script", shard_size=2)
    evaluate_dataset(asked, tmp_path / "one", workers=1)
    done = []
    for number in range(of, 0, -1):
        seen = []
        share = Share(number, of)
        results = evaluate_dataset(asked, tmp_path / "shared", share=share, step=seen.append)
        assert results.is_whole == (number == 1)
        done.append(seen[-1].done)
        assert seen[-1].done == seen[-1].total
    assert sum(done) == 9
    one, shared = (
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
        for name in ("one", "shared")
    )
    assert one == shared


def test_what_is_there_is_not_measured_again(dataset, tmp_path, reference):
    asked = plan(dataset, METHODS, protocol="ihd_script", shard_size=2)
    evaluate_dataset(asked, tmp_path)
    before = written(tmp_path)
    (tmp_path / "rows/mean_shift/00001.csv").unlink()
    seen = []
    results = evaluate_dataset(asked, tmp_path, step=seen.append)
    after = written(tmp_path)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"rows/mean_shift/00001.csv"}
    assert (seen[0].done, seen[-1].done, seen[0].total) == (7, 9, 9)
    assert rows_of(results) == reference


def test_methods_added_later_are_measured_alone(dataset, tmp_path, reference, monkeypatch):
    options = {"protocol": "ihd_script", "shard_size": 2}
    evaluate_dataset(plan(dataset, METHODS[:2], **options), tmp_path)
    before = written(tmp_path)
    results = evaluate_dataset(plan(dataset, METHODS, **options), tmp_path)
    assert {name: written(tmp_path)[name] for name in before} == before
    assert rows_of(results) == reference
    evaluate_dataset(plan(dataset, [METHODS[2]], **options), tmp_path)  # with fewer, none goes
    assert rows_of(Results(tmp_path)) == reference


def test_each_sample_is_decoded_once_for_all_candidates(dataset, tmp_path):
    read, lock = [], threading.Lock()

    def counted(entry):
        with lock:
            read.append(entry.name)
        return dataset.read(entry)

    counting = Dataset("iharmony4", dataset.lines, dataset._entry_of, counted)
    evaluate_dataset(plan(counting, METHODS, shard_size=2), tmp_path)
    assert sorted(read) == sorted(entry.name for entry in dataset.entries())


def test_a_sample_that_fails_keeps_its_shard_out_and_is_tried_again(root, tmp_path, reference):
    dataset = datasets.load("iharmony4", root)
    mend = damaged(dataset, 3)
    asked = plan(dataset, METHODS, protocol="ihd_script", shard_size=2)
    try:
        results = evaluate_dataset(asked, tmp_path)
    finally:
        mend()
    assert [(one.name, one.label) for one in results.failures] == [("a0002_1_1", "")]
    assert not results.is_whole
    for label in METHODS:
        assert [row.number for row in results.rows(label)] == [0, 1, 4, 5, 6, 7, 8]
        assert results.shards(label) == {0, 2, 3, 4}
    summary = harmonia.metrics.summarize(results.scores("composite"))  # of what there is
    assert summary["All"]["mse"].images == 7
    again = evaluate_dataset(asked, tmp_path)
    assert again.failures == ()
    assert rows_of(again) == reference


def test_a_run_that_is_stopped_leaves_whole_shards_and_goes_on(dataset, tmp_path, reference):
    asked = plan(dataset, METHODS, protocol="ihd_script", shard_size=2)

    def stop(step):
        if step.done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate_dataset(asked, tmp_path, workers=1, step=stop)
    assert [row.number for row in Results(tmp_path).rows("composite")] == [0, 1, 2, 3]
    assert rows_of(evaluate_dataset(asked, tmp_path)) == reference


def test_only_the_rows_of_unfinished_shards_are_held(dataset, tmp_path, monkeypatch):
    held, most = set(), []
    finish = _shards.Shard.write

    def watched(self, folder, asked):
        finish(self, folder, asked)
        held.discard(self)

    def step(_):
        most.append(sum(len(rows) for shard in held for rows in shard.rows.values()))

    make = running._items

    def items(asked, todo):
        for shard, index in make(asked, todo):
            held.add(shard)
            yield shard, index

    monkeypatch.setattr(_shards.Shard, "write", watched)
    monkeypatch.setattr(running, "_items", items)
    evaluate_dataset(plan(dataset, METHODS, shard_size=1), tmp_path, workers=2, step=step)
    assert not held
    assert max(most) <= 4 * len(METHODS)  # of the samples under way: two a thread


def test_large_composites_wait_for_each_other(tmp_path, monkeypatch):
    """Of pictures that together are more than the budget one is decoded at a time."""
    root = tmp_path / "in"
    rng = np.random.default_rng(0)
    for number in range(4):
        picture = rng.integers(0, 256, (60, 80, 3), np.uint8)
        for folder in ("composites", "reals"):
            write_picture(root / folder / f"{number}.png", picture)
        mask = np.full((60, 80, 3), 255, np.uint8)
        write_picture(root / "masks" / f"{number}.png", mask)
    dataset = datasets.load("folder", root)
    lock, under_way, most = threading.Lock(), [0], []

    def read(entry):
        with lock:
            under_way[0] += 1
            most.append(under_way[0])
        sample = dataset.read(entry)
        with lock:
            under_way[0] -= 1
        return sample

    slow = Dataset("slow", dataset.lines, dataset._entry_of, read)
    monkeypatch.setattr(running, "PIXELS_EACH", 60 * 80 // 4)
    evaluate_dataset(plan(slow, ["composite"]), tmp_path / "out", workers=3)
    assert max(most) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"protocol": "dovenet"}, "protocol 'ihd_script', not 'dovenet'"),
        ({"metrics": ["mse"]}, r"metrics \['mse', 'fmse', 'psnr'\], not \['mse'\]"),
        ({"size": "native"}, "size 256, not 'native'"),
        ({"shard_size": 3}, "shard size 2, not 3"),
    ],
)
def test_results_of_another_plan_are_refused(dataset, tmp_path, change, said):
    options = {"protocol": "ihd_script", "shard_size": 2}
    evaluate_dataset(plan(dataset, ["composite"], **options), tmp_path)
    before = written(tmp_path)
    with pytest.raises(ValueError, match=f"{said}; choose another output folder"):
        evaluate_dataset(plan(dataset, ["composite"], **options | change), tmp_path)
    assert written(tmp_path) == before


def test_results_of_other_samples_or_another_version_are_refused(dataset, tmp_path):
    evaluate_dataset(plan(dataset, ["composite"], shard_size=2), tmp_path)
    others = dataset.where(lambda entry: entry.subset != "HFlickr")
    with pytest.raises(ValueError, match="of samples 9, not 8"):
        evaluate_dataset(plan(others, ["composite"], shard_size=2), tmp_path)
    turned = Dataset("iharmony4", dataset.lines[::-1], dataset._entry_of)
    with pytest.raises(ValueError, match="of other samples of the dataset; choose another"):
        evaluate_dataset(plan(turned, ["composite"], shard_size=2), tmp_path)
    said = json.loads((tmp_path / "run.json").read_text())
    (tmp_path / "run.json").write_text(json.dumps(said | {"harmonia": "0.0"}))
    with pytest.raises(ValueError, match=r"of harmonia '0\.0', not"):
        evaluate_dataset(plan(dataset, ["composite"], shard_size=2), tmp_path)


def test_a_label_stands_for_one_candidate(dataset, tmp_path):
    evaluate_dataset(plan(dataset, ["a=idt:iterations=1"]), tmp_path)
    evaluate_dataset(plan(dataset, ["a=idt:iterations=1", "b=mkl"]), tmp_path)
    for text, said in [
        ("a=mkl", "method 'idt', not 'mkl'"),
        ("a=idt:iterations=2", "other options or weights"),
    ]:
        with pytest.raises(ValueError, match=f"results of 'a' of {said}; give it another label"):
            evaluate_dataset(plan(dataset, [text]), tmp_path)


def test_a_plan_without_rows_yet_may_be_another(dataset, tmp_path):
    """What failed before the first row, such as missing weights, is mended and run again."""

    def stop(step):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate_dataset(plan(dataset, ["a=mkl"], protocol="dovenet"), tmp_path, step=stop)
    results = evaluate_dataset(plan(dataset, ["a=reinhard"]), tmp_path)
    assert (results.protocol, results.is_whole) == ("harmonia", True)


@pytest.mark.parametrize("left", ["{", "[]", "null"])
def test_a_damaged_description_is_refused(dataset, tmp_path, left):
    evaluate_dataset(plan(dataset, ["composite"]), tmp_path)
    (tmp_path / "run.json").write_text(left)
    with pytest.raises(ValueError, match="choose another output folder"):
        evaluate_dataset(plan(dataset, ["composite"]), tmp_path)


@pytest.mark.parametrize("line", ["0,a", "x,a,,0.1,1,2,3,4,5,6", "0,a,,0.1,1,2,3,4,5,nothing"])
def test_damaged_rows_are_named(dataset, tmp_path, line):
    results = evaluate_dataset(plan(dataset, ["composite"], shard_size=9), tmp_path)
    path = tmp_path / "rows/composite/00000.csv"
    path.write_text("\n".join([*path.read_text().splitlines()[:-1], line]))
    with pytest.raises(ValueError, match=r"00000\.csv is damaged .* remove it, and run again"):
        results.rows("composite")
    path.write_text("other,columns\n")
    with pytest.raises(ValueError, match="has the columns other, columns; remove it"):
        results.rows("composite")


def test_two_runs_in_one_folder_at_a_time_are_refused(dataset, tmp_path):
    asked = plan(dataset, ["composite"], shard_size=2)
    for mine, theirs, refused in [
        (Share(), Share(), True),
        (Share(1, 2), Share(1, 2), True),
        (Share(1, 2), Share(2, 2), False),
        (Share(1, 2), Share(), True),
        (Share(), Share(2, 3), True),
    ]:
        with _shards.begun(asked, tmp_path, mine):
            if not refused:
                with _shards.begun(asked, tmp_path, theirs):
                    continue
            with (
                pytest.raises(BlockingIOError, match="in use by another process"),
                _shards.begun(asked, tmp_path, theirs),
            ):
                pass
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_folder_without_results_says_so(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"holds no evaluation: it has no run\.json"):
        Results(tmp_path)


def test_numbers_read_back_to_the_bit(dataset, tmp_path):
    """Also infinite ones: the PSNR of a real that is its own composite."""
    same = Dataset(
        "same",
        dataset.lines,
        dataset._entry_of,
        lambda entry: equal(dataset.read(entry)),
    )
    results = evaluate_dataset(plan(same, ["composite"]), tmp_path)
    for row in results.rows("composite"):
        values = dict(zip(results.metrics, row.values, strict=True))
        assert values["mse"] == 0
        assert values["psnr"] == math.inf
    results.to_csv(tmp_path / "all.csv")
    with (tmp_path / "all.csv").open(newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["label", "number", "name", "subset", "foreground", *results.metrics]
    read = [tuple(map(float, line[5:])) for line in lines[1:]]
    assert read == [row.values for row in results.rows("composite")]


def equal(sample):
    return replace(sample, composite=sample.real)


def test_rows_as_parquet_are_those_of_the_files(dataset, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    results = evaluate_dataset(plan(dataset, METHODS, shard_size=2), tmp_path)
    results.to_parquet(tmp_path / "rows.parquet")
    table = parquet.read_table(tmp_path / "rows.parquet").to_pylist()
    assert [row["label"] for row in table] == [label for label in results.labels for _ in range(9)]
    rows = [row for label in results.labels for row in results.rows(label)]
    assert [(one["number"], one["name"], one["subset"], one["foreground"]) for one in table] == [
        row[:4] for row in rows
    ]
    assert [tuple(one[name] for name in results.metrics) for one in table] == [
        row.values for row in rows
    ]


def test_parquet_and_csv_hold_the_same_bits_after_a_run_that_went_on(dataset, tmp_path):
    """Also of numbers that are none, and with a method that came later."""
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    same = Dataset(
        "same",
        dataset.lines,
        dataset._entry_of,
        lambda entry: equal(dataset.read(entry)),
    )

    def stop(step):
        if step.done == 5:
            raise KeyboardInterrupt

    options = {"metrics": ["psnr", "mse"], "protocol": "ihd_script", "shard_size": 2}
    with pytest.raises(KeyboardInterrupt):
        evaluate_dataset(plan(same, ["composite"], **options), tmp_path, workers=1, step=stop)
    Results(tmp_path).to_parquet(tmp_path / "rows.parquet")  # of what there is
    assert parquet.read_metadata(tmp_path / "rows.parquet").num_rows == 4
    results = evaluate_dataset(plan(same, ["composite", "mkl"], **options), tmp_path)
    results.to_parquet(tmp_path / "rows.parquet")
    results.to_csv(tmp_path / "rows.csv")
    found = parquet.read_table(tmp_path / "rows.parquet")
    assert parquet.read_metadata(tmp_path / "rows.parquet").num_row_groups == 2 * 5
    with (tmp_path / "rows.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert found.column_names == list(lines[0])
    numbers = found.column_names[4:]
    for name in found.column_names:
        column, wanted = found[name].to_pylist(), [line[name] for line in lines]
        if name in numbers:
            assert np.array(column).tobytes() == np.array(list(map(float, wanted))).tobytes()
        else:
            assert list(map(str, column)) == wanted
    assert math.inf in found["psnr"].to_pylist()


def test_without_pyarrow_there_is_a_sentence(dataset, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    results = evaluate_dataset(plan(dataset, ["composite"]), tmp_path)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'harmonia\[parquet\]'"):
        results.to_parquet(tmp_path / "rows.parquet")
    assert not (tmp_path / "rows.parquet").exists()


def died(what, room):
    """How many runs died, all of which ended as if undisturbed."""
    folders = [HERE, HERE.parent, HERE.parent / "synthesis", HERE.parent / "datasets"]
    folders.append(Path(harmonia.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, HERE / "dying_runs.py", what, room],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, folders))},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@needs_fork
def test_runs_that_die_at_any_step_of_writing_end_as_if_undisturbed(tmp_path):
    fresh, added = died("steps", tmp_path)
    assert fresh >= 20  # run.json, three labels and nine part files take their names
    assert added >= 6


@needs_fork
def test_runs_that_are_killed_at_any_moment_end_as_if_undisturbed(tmp_path):
    assert died("moments", tmp_path) > 0


@needs_fork
def test_two_shares_at_the_same_time_end_as_one_run(tmp_path):
    assert died("together", tmp_path) > 0
