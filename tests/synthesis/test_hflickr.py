"""hflickr: masks and numbers of a photograph, and whose colours its foreground gets."""

import harmonia
import numpy as np
import pytest
from harmonia import io
from harmonia.synthesis import Unusable, hflickr, prepare
from harmonia.synthesis._transfers import METHODS
from recipe_sources import hflickr as source_of
from recipe_sources.pictures import disc, photograph, save


@pytest.fixture
def source(tmp_path):
    return source_of.make(tmp_path)


def rng(seed=0):
    return np.random.default_rng(seed)


def test_names_count_photographs_masks_and_composites(source):
    names = [task.name for task in prepare("hflickr", source).tasks]
    photos = ["f1_1", "f1_2", "f2_1", "f3_1", "f4_1", "f5_1"]
    assert names == [f"{photo}_{k}" for photo in photos for k in (1, 2)]


def test_masks_and_composites_are_so_many_at_most(source):
    names = [task.name for task in prepare("hflickr", source, masks=1, composites=3).tasks]
    assert names == [f"f{photo}_1_{k}" for photo in range(1, 6) for k in (1, 2, 3)]


def test_a_group_lends_itself_no_colours(source):
    recipe = prepare("hflickr", source)
    beach = {source.parent / "images" / name for name in ("a.jpg", "b.jpg")}
    for seed in range(12):
        for task in recipe.tasks[:6]:  # f1, which has two masks, and f2
            facts = recipe.make(task, rng(seed)).facts
            assert facts["photo"] in beach
            assert facts["reference"] not in beach


def test_the_manifest_says_enough_to_repeat_it(source):
    recipe = prepare("hflickr", source, compat=True)
    for seed, task in enumerate(recipe.tasks):
        made = recipe.make(task, rng(seed))
        facts = made.facts
        again = harmonia.harmonize(
            io.read(facts["photo"]).pixels,
            io.read_mask(facts["photo_mask"]).mask,
            facts["method"],
            reference=io.read(facts["reference"]).pixels,
            reference_mask=io.read_mask(facts["reference_mask"]).mask,
            **facts["options"],
        )
        assert (again == made.composite).all()
        assert facts["method"] in METHODS
        assert facts["distance"] >= 4


def test_a_photograph_that_cannot_be_read_lends_no_colours(source):
    (source.parent / "images" / "c.jpg").write_bytes(b"no picture")
    recipe = prepare("hflickr", source)
    for seed in range(8):
        assert recipe.make(recipe.tasks[0], rng(seed)).facts["reference"].name in ("d.jpg", "e.png")
    with pytest.raises(Unusable, match=r"^c\.jpg: must be PNG, JPEG"):
        recipe.make(next(task for task in recipe.tasks if task.name == "f3_1_1"), rng())


def test_equal_photographs_give_no_composite(tmp_path):
    for name in "abc":
        save(tmp_path / f"{name}.png", photograph(0))
        save(tmp_path / f"{name}_mask.png", disc())
    recipe = prepare("hflickr", tmp_path)
    with pytest.raises(Unusable, match="of 2 other foregrounds drawn, none is 4 to 30 Delta E"):
        recipe.make(recipe.tasks[0], rng())


def test_one_group_is_refused(tmp_path):
    save(tmp_path / "a.png", photograph(0))
    save(tmp_path / "a_mask.png", disc())
    with pytest.raises(ValueError, match=r"hflickr: .* holds one group of photographs"):
        prepare("hflickr", tmp_path)


@pytest.mark.parametrize("name", ["masks", "composites", "draws"])
@pytest.mark.parametrize("count", [0, -1, 1.5, True, "2", 1001])
def test_counts_are_whole_numbers(source, name, count):
    with pytest.raises(ValueError, match=f"hflickr: {name} must be a whole number from 1 to"):
        hflickr.prepare(source, seed=0, **{name: count})


@pytest.mark.parametrize("farthest", [4, -1, "30", True, float("nan")])
def test_the_farthest_is_a_number_above_the_nearest(source, farthest):
    with pytest.raises(ValueError, match="hflickr: farthest must be a number above 4, in Delta E"):
        prepare("hflickr", source, farthest=farthest)


def test_what_is_too_far_away_lends_nothing(source):
    recipe = prepare("hflickr", source, farthest=4.001)
    with pytest.raises(Unusable, match=r"none is 4 to 4\.001 Delta E away"):
        recipe.make(recipe.tasks[0], rng())


def test_photographs_that_are_no_jpeg_of_8_bits(tmp_path):
    save(tmp_path / "deep.png", photograph(0).astype(np.uint16) * 257)
    save(tmp_path / "alpha.png", np.dstack([photograph(1), disc()]))
    save(tmp_path / "plain.png", photograph(2))
    for name in ("deep", "alpha", "plain"):
        save(tmp_path / f"{name}_mask.png", disc())
    recipe = prepare("hflickr", tmp_path, composites=1)
    found = [recipe.make(task, rng()) for task in recipe.tasks]
    notes = [made.facts.get("real_notes", []) for made in found]
    assert notes == [["alpha left out"], ["16 bits rounded to 8"], []]
    for made, seed in zip(found, (1, 0, 2), strict=True):
        assert (made.real == photograph(seed)).all()
        assert made.original is None
