"""What hflickr, hadobe5k and hday2night have in common: names, splits, equal bytes, soft masks."""

import importlib
import json

import harmonia
import numpy as np
import pytest
from harmonia import io
from harmonia.datasets import _iharmony4_names
from harmonia.synthesis import prepare, synthesize
from isas import threads
from recipe_sources.pictures import disc, save

RECIPES = {"hflickr": "HFlickr", "hadobe5k": "HAdobe5k", "hday2night": "Hday2night"}
each = pytest.mark.parametrize("recipe", RECIPES)


def source_of(recipe, folder):
    return importlib.import_module(f"recipe_sources.{recipe}").make(folder)


def made(opened, seed=0):
    """Everything that a recipe makes, by name."""
    return {
        task.name: opened.make(task, np.random.default_rng([seed, number]))
        for number, task in enumerate(opened.tasks)
    }


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix in (".jpg", ".png", ".txt", ".jsonl")
    }


@each
def test_names_are_those_of_the_dataset_and_differ(recipe, tmp_path):
    tasks = prepare(recipe, source_of(recipe, tmp_path)).tasks
    assert len({task.name for task in tasks}) == len(tasks) > 0
    for task in tasks:
        assert _iharmony4_names.parse(task.name).subset == task.subset == RECIPES[recipe]


@each
def test_composites_of_one_real_share_a_split(recipe, tmp_path):
    source = source_of(recipe, tmp_path)
    seen = set()
    for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        splits = {}
        for task in prepare(recipe, source, test_share=share).tasks:
            splits.setdefault(_iharmony4_names.parse(task.name).real, set()).add(task.split)
        assert all(len(split) == 1 for split in splits.values())
        seen.add(frozenset(set.union(*splits.values())))
    assert {frozenset(["train"]), frozenset(["test"]), frozenset(["train", "test"])} == seen


@each
def test_the_composite_is_the_real_outside_the_mask(recipe, tmp_path):
    for one in made(prepare(recipe, source_of(recipe, tmp_path))).values():
        assert one.composite.dtype == one.real.dtype == one.mask.dtype == np.uint8
        assert (one.composite[one.mask == 0] == one.real[one.mask == 0]).all()
        assert (one.composite[one.mask == 255] != one.real[one.mask == 255]).any()


@each
def test_masks_stay_soft_unless_hard_is_asked_for(recipe, tmp_path):
    source = source_of(recipe, tmp_path)
    soft, hard = (made(prepare(recipe, source, hard=hard)) for hard in (False, True))
    for name in soft:
        assert len(np.unique(soft[name].mask)) > 2
        assert (hard[name].mask == np.where(soft[name].mask >= 128, 255, 0)).all()


@each
def test_the_real_is_the_file_where_that_can_stand(recipe, tmp_path):
    for one in made(prepare(recipe, source_of(recipe, tmp_path))).values():
        jpeg = one.facts["photo"].suffix == ".jpg"
        assert one.original == (one.facts["photo"] if jpeg else None)
        assert (one.real == io.read(one.facts["photo"]).pixels).all()


@each
def test_a_seed_gives_the_same_set_whatever_the_threads(recipe, tmp_path):
    source = source_of(recipe, tmp_path / "source")
    sets = []
    for number, (workers, count) in enumerate([(1, 1), (1, 2), (4, 1)]):
        with threads(count):
            synthesize(recipe, source, tmp_path / f"{number}", workers=workers, filters={}, sheet=0)
        sets.append(contents(tmp_path / f"{number}"))
    assert sets[0] == sets[1] == sets[2]


@each
def test_another_seed_gives_another_set(recipe, tmp_path):
    source = source_of(recipe, tmp_path)
    sets = []
    for seed in (0, 1):
        several = made(prepare(recipe, source, seed=seed), seed)
        sets.append({name: one.composite.tobytes() for name, one in several.items()})
    assert sets[0] != sets[1]


@each
def test_the_set_reads_as_iharmony4(recipe, tmp_path):
    source = source_of(recipe, tmp_path / "source")
    root = tmp_path / "set"
    report = synthesize(recipe, source, root, filters={}, test_share=0.5)
    assert report.written == len(prepare(recipe, source).tasks)
    rows = [json.loads(line) for line in (root / "manifest.jsonl").read_text().splitlines()]
    assert len(rows) == report.written
    for split in ("train", "test"):
        names = [row["name"] for row in rows if row["split"] == split]
        samples = harmonia.datasets.load("iharmony4", root, split=split) if names else []
        assert sorted(sample.name for sample in samples) == sorted(names)
        for sample in samples:
            assert sample.real.shape == sample.composite.shape
            assert sample.mask.shape == sample.composite.shape[:2]
            assert sample.notes == ()
    for row in rows:  # paths within the source, which may lie elsewhere tomorrow
        for name in ("photo", "photo_mask", "reference"):
            assert (tmp_path / "source" / row[name]).is_file()


@each
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"test_share": 2}, "test_share must be a number from 0 to 1, got 2"),
        ({"least": 0.9, "most": 0.8}, "least and most must be shares .* got 0.9 and 0.8"),
        ({"least": "1%"}, "least and most must be numbers, got '1%'"),
        ({"most": 80}, "least and most must be shares .* got 0.001 and 80"),
    ],
)
def test_options_that_make_no_sense_are_refused(recipe, options, said, tmp_path):
    with pytest.raises(ValueError, match=f"^{recipe}: {said}"):
        prepare(recipe, source_of(recipe, tmp_path), **options)


@each
def test_areas_outside_the_bounds_are_left_out_with_the_reason(recipe, tmp_path):
    source = source_of(recipe, tmp_path / "source")
    report = synthesize(recipe, source, tmp_path / "set", filters={}, most=0.05)
    assert report.written == 0
    assert all("the foreground is" in reason for reason in report.left_out)


@pytest.mark.parametrize("recipe", ["hadobe5k", "hday2night"])  # a transfer measures by its mask
def test_a_soft_mask_blends(recipe, tmp_path):
    """Where it is grey the composite lies between its real and what a full mask would give."""
    source = source_of(recipe, tmp_path)
    soft = made(prepare(recipe, source))
    for path in tmp_path.rglob("*.png"):
        if "mask" in path.name or path.parent.name == "masks":
            save(path, np.where(disc() > 0, 255, 0).astype(np.uint8), overwrite=True)
    for name, full in made(prepare(recipe, source)).items():
        one = soft[name]
        share = one.mask[..., None] / 255
        expected = share * full.composite + (1 - share) * one.real
        inside = one.mask > 0
        # Half a code of rounding, and float32 within.
        assert np.abs(one.composite[inside] - expected[inside]).max() < 0.51
