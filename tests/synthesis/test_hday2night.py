"""hday2night: scenes and captures by their names, and which captures lend their foregrounds."""

import shutil

import numpy as np
import pytest
from harmonia import io
from harmonia.synthesis import Unusable, prepare
from recipe_sources import hday2night as source_of
from recipe_sources.pictures import disc, edition, photograph, save


@pytest.fixture
def source(tmp_path):
    return source_of.make(tmp_path / "source")


def names(source, **options):
    return [task.name for task in prepare("hday2night", source, **options).tasks]


def rename(source, scene, other):
    (source / scene).rename(source / other)


def test_names_have_both_forms_of_the_dataset(source):
    reals = ["d1048-20120628-200951", "d90000004-18", "d90000004-21"]
    assert names(source) == [f"{real}_1_{k}" for real in reals for k in (1, 2, 3)]


def test_scenes_that_are_no_numbers_count(source):
    rename(source, "1048", "bridge")
    assert {name.partition("-")[0] for name in names(source)} == {"d1", "d2"}


def test_captures_whose_names_say_no_time_count(source):
    (source / "90000004" / "2.jpg").rename(source / "90000004" / "dawn.jpg")
    assert {name.partition("_")[0] for name in names(source)} == {
        "d1048-20120628-200951",
        "d90000004-1",  # 18, 21, 7, dawn: in the order of their names
        "d90000004-2",
    }


def test_zeros_before_numbers_are_dropped_unless_names_would_be_one(source):
    rename(source, "1048", "00001048")
    assert names(source)[0].startswith("d1048-")
    shutil.copytree(source / "00001048", source / "1048")
    assert {name.partition("-")[0] for name in names(source)} == {"d1", "d2", "d3"}


def test_the_foreground_is_another_captures(source):
    recipe = prepare("hday2night", source)
    inside = disc() == 255
    lent = {}
    for task in recipe.tasks:
        made = recipe.make(task, np.random.default_rng(0))
        other = made.facts["reference"]
        assert (made.composite[inside] == io.read(other).pixels[inside]).all()
        assert other != made.facts["photo"]
        assert other.parent == made.facts["photo"].parent
        lent.setdefault(made.facts["photo"], set()).add(other)
    assert [len(others) for others in lent.values()] == [3, 3, 3]  # each another one


@pytest.mark.parametrize("composites", [1, 2, 3, 4])
def test_no_two_composites_of_a_real_are_of_one_capture(source, composites):
    tasks = prepare("hday2night", source, composites=composites).tasks
    assert len(tasks) == 3 * min(composites, 3)
    for start in range(0, len(tasks), min(composites, 3)):
        others = [one for task in tasks[start : start + composites] for one in task.content.others]
        assert len(others[:3]) == len(set(others[:3])) == 3


def test_another_attempt_may_draw_another_capture(source):
    recipe = prepare("hday2night", source, composites=1)
    drawn = {
        recipe.make(recipe.tasks[0], np.random.default_rng(seed)).facts["reference"].stem
        for seed in range(30)
    }
    assert drawn == {"20120628_062013", "20120628_121004", "20121224_120000"}


def test_images_and_masks_may_lie_apart(source, tmp_path):
    for path in source.rglob("*"):
        if path.is_file():
            kind = "masks" if "_mask" in path.name else "images"
            target = tmp_path / "apart" / kind / path.parent.name
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target / path.name.replace("_mask", ""))
    assert names(tmp_path / "apart") == names(source)


def test_a_capture_of_another_size_is_refused(source):
    for capture in ("20120628_062013", "20120628_121004", "20121224_120000"):
        save(source / "1048" / f"{capture}.jpg", photograph(0, (60, 80)), overwrite=True)
    recipe = prepare("hday2night", source)
    said = r"^capture \d+_\d+\.jpg is 80 x 60, the real, 20120628_200951\.jpg, 84 x 60$"
    with pytest.raises(Unusable, match=said):
        recipe.make(recipe.tasks[0], np.random.default_rng(0))


def with_a_loose_capture(source):
    save(source / "noon.jpg", photograph(0))


def with_a_lonely_capture(source):
    save(source / "3" / "1.jpg", edition(photograph(0), 1))


def with_a_mask_of_nothing(source):
    save(source / "1048" / "noon_mask.png", disc())


def without_masks(source):
    for path in source.rglob("*_mask.png"):
        path.unlink()


@pytest.mark.parametrize(
    ("spoil", "error", "said"),
    [
        (with_a_loose_capture, ValueError, "noon.jpg must lie in a folder of its scene"),
        (with_a_lonely_capture, FileNotFoundError, "scene 3 of .* has one capture"),
        (with_a_mask_of_nothing, FileNotFoundError, "1 masks are of no capture, .*noon_mask"),
        (without_masks, FileNotFoundError, "and no mask for any"),
    ],
)
def test_a_wrong_source_says_what_is_missing(source, spoil, error, said):
    spoil(source)
    with pytest.raises(error, match=said):
        prepare("hday2night", source)


def test_a_file_is_no_source(tmp_path):
    path = save(tmp_path / "photo.png", photograph(0))
    for recipe in ("hday2night", "hadobe5k"):
        with pytest.raises((NotADirectoryError, FileNotFoundError), match=f"^{recipe}: "):
            prepare(recipe, path)
