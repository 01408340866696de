"""A set of composites: in its layout, and the same to the byte however it was made."""

import dataclasses
import re

import coloured
import harmonia
import numpy as np
import pytest
from harmonia.synthesis import Score, Unusable, list_recipes, prepare
from harmonia.synthesis._making import rng_of
from harmonia.synthesis._set_files import grey_png
from sets import altered, contents, lines, make, psnr


@pytest.fixture
def source(tmp_path):
    return coloured.fill(tmp_path / "in")


def composites(out):
    return sorted(path.stem for path in out.rglob("composite_images/*"))


def test_the_set_reads_as_iharmony4(source, tmp_path):
    report = make(source, tmp_path / "out")
    assert (report.tasks, report.composites, report.written, report.missing) == (16, 16, 16, 0)
    splits = {
        split: harmonia.datasets.load("iharmony4", tmp_path / "out", split=split)
        for split in ("train", "test")
    }
    assert [len(splits[split]) for split in ("train", "test")] == [12, 4]
    first = splits["test"][0]
    assert (first.name, first.subset, first.notes) == ("f1_1_1", "HFlickr", ())
    assert first.composite.shape == first.real.shape == (40, 56, 3)
    assert first.mask.dtype == np.uint8
    assert np.array_equal(first.mask, harmonia.io.read_mask(source / "000_mask.png").mask)


def test_only_what_the_layout_has_is_there(source, tmp_path):
    make(source, tmp_path / "out", each=1, sheet=1)
    folders = {
        "composite_images": {f"f{n}_1_1.jpg" for n in range(1, 9)},
        "masks": {f"f{n}_1.png" for n in range(1, 9)},
        "real_images": {f"f{n}.jpg" for n in range(1, 9)},
    }
    wanted = {f"HFlickr/{folder}/{name}" for folder, names in folders.items() for name in names}
    wanted |= {f"HFlickr/HFlickr_{split}.txt" for split in ("train", "test")}
    wanted |= {"IHD_train.txt", "IHD_test.txt", "manifest.jsonl", "left_out.jsonl", "sheet.jpg"}
    assert contents(tmp_path / "out").keys() == wanted | {".harmonia-synthesis.jsonl"}


def test_composites_and_reals_are_jpeg_of_the_pixels_made(source, tmp_path):
    seen = {}

    def watch(make, task, rng):
        seen[task.name] = make(task, rng)
        return seen[task.name]

    make(source, tmp_path / "out", altered(watch), quality=90)
    for name, made in seen.items():
        for folder, stem, pixels in (
            ("composite_images", name, made.composite),
            ("real_images", name.split("_")[0], made.real),
        ):
            assert np.array_equal(made.composite[made.mask == 0], made.real[made.mask == 0])
            harmonia.io.write(tmp_path / "own.jpg", pixels, quality=90, overwrite=True)
            written = tmp_path / "out" / "HFlickr" / folder / f"{stem}.jpg"
            assert written.read_bytes() == (tmp_path / "own.jpg").read_bytes()


def test_a_jpeg_that_can_stand_is_copied_to_the_byte(tmp_path):
    source = coloured.fill(tmp_path / "in", suffix=".jpg")
    make(source, tmp_path / "out")
    for n in range(8):
        copied = tmp_path / "out" / "HFlickr" / "real_images" / f"f{n + 1}.jpg"
        assert copied.read_bytes() == (source / f"{n:03}.jpg").read_bytes()


def test_masks_are_grey_png_of_eight_bits(tmp_path):
    rng = np.random.default_rng(0)
    for size in ((1, 1), (1, 9), (7, 1), (33, 65)):
        mask = rng.integers(0, 256, size, np.uint8)
        data = grey_png(mask)
        assert data[24:26] == b"\x08\x00"  # bits and colour type
        (tmp_path / "mask.png").write_bytes(data)
        assert np.array_equal(harmonia.io.read(tmp_path / "mask.png").pixels[..., 1], mask)


def test_what_composites_share_is_written_once(source, tmp_path, monkeypatch):
    from harmonia import _atomic

    written, write = [], _atomic.write

    def watch(path, data, **options):
        written.append(path.name)
        write(path, data, **options)

    monkeypatch.setattr(_atomic, "write", watch)
    make(source, tmp_path / "out", each=5, workers=4)
    assert written.count("f1.jpg") == written.count("f1_1.png") == 1
    assert sum(name.endswith(".jpg") for name in written) == 8 + 40


def test_a_row_of_the_manifest_says_how_a_composite_was_made(source, tmp_path):
    seen = {}

    def watch(make, task, rng):
        made = make(task, rng)
        seen[task.name] = dataclasses.replace(
            made, facts={**made.facts, "nan": np.float32("nan"), "of": np.int64(3), "far": tmp_path}
        )
        return seen[task.name]

    score = Score(lambda composite, mask, real: 0.25, 0.2)
    make(source, tmp_path / "out", altered(watch), seed=5, filters={"mine": score})
    rows = lines(tmp_path / "out" / "manifest.jsonl")
    assert [row["name"] for row in rows] == [f"f{n}_1_1" for n in range(1, 9)]
    for n, row in enumerate(rows):
        made = seen[row["name"]]
        squared = np.square(made.composite.astype(float) - made.real)
        share = made.mask[..., None] / 255
        fmse = (share * squared).sum() / (3 * share.sum())
        numbers = (row.pop("mse"), row.pop("fmse"), row.pop("psnr"), row.pop("foreground"))
        expected = (squared.mean(), fmse, psnr(squared.mean()), share.mean())
        # Rounded to four digits behind the point, and the last to six.
        assert np.abs(np.subtract(numbers, expected)).max() <= 0.5001e-4
        assert row == {
            "name": f"f{n + 1}_1_1",
            "subset": "HFlickr",
            "split": "test" if n < 2 else "train",
            "composite": f"HFlickr/composite_images/f{n + 1}_1_1.jpg",
            "mask": f"HFlickr/masks/f{n + 1}_1.png",
            "real": f"HFlickr/real_images/f{n + 1}.jpg",
            "recipe": "sets.altered.<locals>.prepare",
            "seed": 5,
            "version": harmonia.__version__,
            "attempt": 0,
            "scores": {"mine": 0.25},
            "method": "gains",
            "reference": f"{n:03}.png",
            "gains": made.facts["gains"].tolist(),
            "nan": None,
            "of": 3,
            "far": tmp_path.name,
        }


def test_the_sheet_says_nothing_of_masks_that_the_recipe_chose(source, tmp_path):
    def tiny(make, task, rng):
        made = make(task, rng)
        mask = np.zeros_like(made.mask)
        mask[2, 3] = 255
        composite = made.real.copy()
        composite[2, 3] ^= 255
        return dataclasses.replace(made, composite=composite, mask=mask)

    report = make(source, tmp_path / "out", altered(tiny), count=2, sheet=2)  # warnings are errors
    assert report.composites == 2
    assert (tmp_path / "out" / "sheet.jpg").is_file()


@pytest.mark.parametrize("options", [{}, {"refused": 0.7, "count": 9, "seed": 3, "sheet": 3}])
def test_bytes_do_not_depend_on_the_workers(source, tmp_path, options):
    for workers in (1, 2, 4):
        make(source, tmp_path / "out", workers=workers, **options)
        (tmp_path / "out").rename(tmp_path / str(workers))
    assert contents(tmp_path / "1") == contents(tmp_path / "2") == contents(tmp_path / "4")


def test_the_seed_and_the_name_alone_are_chance(source, tmp_path):
    for name, options in (("all", {}), ("some", {"count": 5}), ("other", {"seed": 1})):
        make(source, tmp_path / name, **options)
    whole, some, other = (contents(tmp_path / name) for name in ("all", "some", "other"))
    pictures = [name for name in some if "composite_images" in name]
    assert len(pictures) == 5
    for name in pictures:
        assert some[name] == whole[name] != other[name]


def test_attempts_and_tasks_draw_from_streams_of_their_own(source):
    tasks = prepare(coloured.prepare, source).tasks[:2]
    drawn = {
        tuple(rng_of(seed, attempt, task).integers(0, 1 << 62, 4))
        for seed in (0, 1, 2**64 - 1)
        for attempt in (0, 1)
        for task in tasks
    }
    assert len(drawn) == 12
    again = rng_of(2**64 - 1, 1, tasks[1]).integers(0, 1 << 62, 4)
    assert tuple(again) in drawn


def test_a_count_is_drawn_from_all_sources_and_grows(source, tmp_path):
    sets = []
    for count in (4, 8, 12):
        make(source, tmp_path / "out", count=count)
        make(source, tmp_path / f"fresh{count}", count=count)
        assert contents(tmp_path / "out") == contents(tmp_path / f"fresh{count}")
        sets.append(set(composites(tmp_path / "out")))
        assert len(sets[-1]) == count
    assert sets[0] < sets[1] < sets[2]
    assert sets[0] != {"f1_1_1", "f1_1_2", "f2_1_1", "f2_1_2"}
    make(source, tmp_path / "out", count=4)
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh4")


def test_left_out_tasks_are_made_up_for(source, tmp_path):
    report = make(source, tmp_path / "out", refused=0.9, count=8)
    rows = lines(tmp_path / "out" / "left_out.jsonl")
    assert report.composites == 8
    assert report.left_out == {"the draw is refused": len(rows)}
    assert len(rows) > 0
    assert all(row["reasons"] == ["the draw is refused"] * 8 for row in rows)
    assert not {row["name"] for row in rows} & set(composites(tmp_path / "out"))


def test_sources_that_give_too_few_are_said(source, tmp_path):
    report = make(source, tmp_path / "out", count=20)
    assert (report.wanted, report.composites, report.missing) == (20, 16, 4)
    make(source, tmp_path / "all")
    assert contents(tmp_path / "out") == contents(tmp_path / "all")


def test_a_filter_takes_another_attempt(source, tmp_path):
    def bright(composite, mask, real):
        return float(composite[mask > 0].mean()) - float(real[mask > 0].mean())

    make(source, tmp_path / "out", filters={"bright": Score(bright, 0.0)})
    rows = lines(tmp_path / "out" / "manifest.jsonl")
    assert all(row["scores"]["bright"] >= 0 for row in rows)
    assert {row["attempt"] for row in rows} >= {0, 1}
    make(source, tmp_path / "none", filters={"never": Score(lambda *_: float("nan"), -1.0)})
    assert lines(tmp_path / "none" / "manifest.jsonl") == []
    reasons = {tuple(row["reasons"]) for row in lines(tmp_path / "none" / "left_out.jsonl")}
    assert reasons == {("filter never",) * 8}


def test_what_is_not_left_to_chance_is_tried_once(source, tmp_path):
    calls = []

    def never(make, task, rng):
        calls.append(task.name)
        raise Unusable("the mask is too small")

    report = make(source, tmp_path / "out", altered(never))
    assert (report.composites, report.left_out) == (0, {"the mask is too small": 8})
    assert len(calls) == 8


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda made: {"composite": made.real}, "the composite is equal to its real"),
        (lambda made: {"mask": np.zeros_like(made.mask)}, "the mask is empty"),
    ],
)
def test_composites_that_teach_nothing_are_left_out(source, tmp_path, change, said):
    def alter(make, task, rng):
        made = make(task, rng)
        return dataclasses.replace(made, **change(made))

    assert make(source, tmp_path / "out", altered(alter)).left_out == {said: 8}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda made: {"composite": 255 - made.real}, "changed pixels where the mask is 0"),
        (
            lambda made: {"composite": made.real[:-1]},
            "composite must be uint8 of shape (40, 56, 3)",
        ),
        (lambda made: {"mask": made.mask / 255}, "mask must be uint8 of shape (40, 56)"),
        (lambda made: {"facts": {"mse": 1}}, "gives the fact 'mse'"),
        (lambda made: {"facts": {"what": object()}}, "object is not JSON serializable"),
    ],
)
def test_defects_of_a_recipe_are_named(source, tmp_path, change, said):
    def alter(make, task, rng):
        made = make(task, rng)
        return dataclasses.replace(made, **change(made)) if task.name == "f3_1_1" else made

    report = make(source, tmp_path / "out", altered(alter))
    assert [failure.name for failure in report.failures] == ["f3_1_1"]
    assert said in report.failures[0].error
    assert report.composites == 7


def test_reals_that_differ_between_composites_are_no_set(source, tmp_path):
    def alter(make, task, rng):
        made = make(task, rng)
        return (
            dataclasses.replace(
                made, real=made.real[::-1], composite=made.composite[::-1], mask=made.mask[::-1]
            )
            if task.name == "f3_1_2"
            else made
        )

    report = make(source, tmp_path / "out", altered(alter), each=2, workers=1)
    assert [failure.name for failure in report.failures] == ["f3_1_2"]
    assert "f3.jpg is there with other pixels" in report.failures[0].error


def test_one_bad_source_does_not_stop_the_rest(source, tmp_path):
    whole = (source / "002.png").read_bytes()
    (source / "002.png").write_bytes(whole[:300])
    report = make(source, tmp_path / "out")
    assert [failure.name for failure in report.failures] == ["f3_1_1", "f3_1_2"]
    assert str(source / "002.png") in report.failures[0].error
    assert report.composites == 14
    (source / "002.png").write_bytes(whole)
    report = make(source, tmp_path / "out")  # and is tried again
    assert (report.written, report.composites, report.failures) == (2, 16, ())
    make(source, tmp_path / "fresh")
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")


@pytest.mark.parametrize(
    "lost", [FileNotFoundError(2, "gone"), harmonia.io.ImageFileError("a", "b")]
)
def test_what_is_unusable_for_a_file_that_cannot_be_read_is_tried_again(source, tmp_path, lost):
    """A reference may be such a file: then another attempt has another."""
    bad = {"f2_1_1": 8, "f4_1_1": 1}

    def alter(make, task, rng):
        made = make(task, rng)
        if bad.get(task.name, 0) > 0:
            bad[task.name] -= 1
            raise Unusable("its reference cannot be read") from lost
        return made

    report = make(source, tmp_path / "out", altered(alter), workers=1)
    assert [tuple(one) for one in report.failures] == [("f2_1_1", "its reference cannot be read")]
    attempts = {row["name"]: row["attempt"] for row in lines(tmp_path / "out" / "manifest.jsonl")}
    assert (attempts["f4_1_1"], attempts["f1_1_1"]) == (1, 0)
    assert make(source, tmp_path / "out", altered(alter)).written == 1


def test_the_number_of_threads_is_put_back(source, tmp_path):
    before = harmonia.get_num_threads()
    harmonia.set_num_threads(3)
    try:
        make(source, tmp_path / "out", workers=2)
        assert harmonia.get_num_threads() == 3
    finally:
        harmonia.set_num_threads(before)


def test_progress_is_told(source, tmp_path):
    told = []
    make(source, tmp_path / "out", count=6, refused=0.8, progress=told.append)
    assert told[-1].done == told[-1].total == told[-1].written == 6
    assert told[-1].left_out > 0
    told.clear()
    make(source, tmp_path / "out", count=7, refused=0.8, progress=told.append)
    assert (told[-1].done, told[-1].total, told[-1].written) == (7, 7, 1)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"seed": -1}, "synthesize: seed must be a whole number from 0 to"),
        ({"seed": 2**64}, "synthesize: seed must be a whole number from 0 to"),
        ({"count": 0}, "synthesize: count must be a whole number of 1 or more, got 0"),
        ({"workers": 1.5}, "synthesize: workers must be a whole number of 1 or more, got 1.5"),
        ({"quality": 101}, "synthesize: quality must be a whole number from 1 to 100, got 101"),
        ({"sheet": True}, "synthesize: sheet must be a whole number of 0 or more, got True"),
        ({"filters": ["nice"]}, "synthesize: filters: unknown score 'nice'; choose one of"),
    ],
)
def test_wrong_arguments_are_named_before_anything_is_written(source, tmp_path, options, said):
    with pytest.raises(ValueError, match=f"^{re.escape(said)}"):
        make(source, tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_unknown_recipes_and_options_are_named(source, tmp_path):
    with pytest.raises(ValueError, match="unknown recipe 'hcocoa'"):
        make(source, tmp_path / "out", "hcocoa")
    with pytest.raises(TypeError, match="has no option 'eech'; did you mean 'each'"):
        make(source, tmp_path / "out", eech=2)
    with pytest.raises(FileNotFoundError, match="source: there is no file or folder"):
        make(tmp_path / "nowhere", tmp_path / "out")
    with pytest.raises(ValueError, match="lies in the source"):
        make(source, source / "out")
    assert not (tmp_path / "out").exists()
    assert all(not name.startswith("_") and name != "scores" for name in list_recipes())


@pytest.mark.parametrize("names", [("a/b",), ("..",), ("f1_1_1", "f1_1_1"), ("",)])
def test_names_that_are_none_or_twice_are_refused(source, tmp_path, names):
    def prepare(source, *, seed):
        recipe = coloured.prepare(source, seed=seed)
        recipe.tasks = [
            dataclasses.replace(task, name=name)
            for task, name in zip(recipe.tasks, names, strict=False)
        ]
        return recipe

    with pytest.raises(ValueError, match=r"the recipe('s task| gives two tasks)"):
        make(source, tmp_path / "out", prepare)
    assert not (tmp_path / "out").exists()
