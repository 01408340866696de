"""hadobe5k: editions in both forms of a source, which is the real, and what does not fit."""

import shutil

import numpy as np
import pytest
from harmonia import io
from harmonia._resize import pil_resize
from harmonia.synthesis import Unusable, prepare
from recipe_sources import hadobe5k as source_of
from recipe_sources.pictures import disc, edition, photograph, save


@pytest.fixture
def source(tmp_path):
    return source_of.make(tmp_path / "source")


def by_photo(source, target):
    """The same in the other form."""
    for path in source.glob("*/*.jpg"):
        (target / path.stem).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target / path.stem / f"{path.parent.name}.jpg")
    shutil.copytree(source / "masks", target / "masks")
    return target


def made(recipe):
    return {task.name: recipe.make(task, np.random.default_rng(0)) for task in recipe.tasks}


def test_every_other_edition_gives_a_composite(source):
    found = made(prepare("hadobe5k", source, real="expert_b"))
    assert list(found) == [f"a{photo:04}_1_{k}" for photo in (1, 2, 3) for k in (1, 2)]
    editions = [one.facts["edition"] for one in found.values()]
    assert editions == ["expert_a", "plain"] * 3


def test_the_foreground_is_the_other_editions(source):
    inside = disc() == 255
    for one in made(prepare("hadobe5k", source)).values():
        other = io.read(one.facts["reference"]).pixels
        assert (one.composite[inside] == other[inside]).all()
        assert one.facts["edition"] == one.facts["reference"].parent.name
        assert one.facts["real_edition"] == one.facts["photo"].parent.name
        assert one.facts["edition"] != one.facts["real_edition"]


def test_both_forms_give_the_same(source, tmp_path):
    one, two = (
        made(prepare("hadobe5k", root)) for root in (source, by_photo(source, tmp_path / "other"))
    )
    assert list(one) == list(two)
    for name in one:
        assert (one[name].composite == two[name].composite).all()
        assert one[name].facts["edition"] == two[name].facts["edition"]


def test_the_real_is_drawn_for_each_photograph(tmp_path):
    for number in range(30):
        save(tmp_path / "masks" / f"{number}.png", disc())
        for name in source_of.EDITIONS:
            path = tmp_path / name / f"{number}.jpg"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"not opened before its turn")
    reals = {}
    for task in prepare("hadobe5k", tmp_path, seed=3).tasks:
        reals.setdefault(task.name.partition("_")[0], set()).add(task.content.real)
    assert all(len(real) == 1 for real in reals.values())
    assert set.union(*reals.values()) == set(source_of.EDITIONS)


def test_numbers_that_names_begin_with_are_kept(tmp_path):
    for name in ("a0017-jmac", "a0002-dgw"):
        save(tmp_path / "masks" / f"{name}.png", disc())
        for number in (0, 1):
            save(tmp_path / f"{number}" / f"{name}.jpg", edition(photograph(0), number))
    assert [task.name for task in prepare("hadobe5k", tmp_path).tasks] == ["a0002_1_1", "a0017_1_1"]


def test_photographs_without_a_mask_do_not_count(source):
    (source / "masks" / "market.png").unlink()
    names = [task.name for task in prepare("hadobe5k", source).tasks]
    assert names == ["a0001_1_1", "a0001_1_2", "a0002_1_1", "a0002_1_2"]


def test_an_edition_of_another_size_is_refused_and_the_others_are_not(source):
    save(source / "plain" / "lake.jpg", photograph(0, (60, 80)), overwrite=True)
    recipe = prepare("hadobe5k", source, real="expert_a")
    assert recipe.make(recipe.tasks[0], np.random.default_rng(0)).facts["edition"] == "expert_b"
    with pytest.raises(Unusable) as caught:
        recipe.make(recipe.tasks[1], np.random.default_rng(0))
    assert str(caught.value) == "edition plain is 80 x 60, the real, edition expert_a, 84 x 60"


def test_a_shifted_edition_is_refused(tmp_path):
    coarse = np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)
    picture = pil_resize(coarse, (120, 160), "bicubic")
    save(tmp_path / "masks" / "a.png", disc((120, 160)))
    save(tmp_path / "one" / "a.png", picture)
    save(tmp_path / "two" / "a.png", edition(np.roll(picture, (2, 4), (0, 1)), 1))
    recipe = prepare("hadobe5k", tmp_path, real="one")
    with pytest.raises(Unusable) as caught:
        recipe.make(recipe.tasks[0], np.random.default_rng(0))
    assert str(caught.value) == (
        "edition two is shifted by 4 pixels to the right and 2 down beside edition one"
    )


def without_masks(source):
    shutil.rmtree(source / "masks")


def with_empty_masks(source):
    without_masks(source)
    (source / "masks").mkdir()


def with_a_second_mask(source):
    save(source / "masks" / "lake.tiff", disc())


def with_a_loose_picture(source):
    save(source / "lake.jpg", photograph(0))


def with_a_second_file(source):
    save(source / "plain" / "lake.png", photograph(0))


def with_both_forms(source):
    save(source / "lake" / "plain.png", photograph(0))


def with_a_mask_of_nothing(source):
    save(source / "masks" / "moon.png", disc())


def with_one_edition(source):
    for name in ("expert_a", "plain"):
        (source / name / "tower.jpg").unlink()


def with_many_editions(source):
    for number in range(9):
        save(source / f"{number}" / "lake.png", photograph(0))


@pytest.mark.parametrize(
    ("spoil", "error", "said"),
    [
        (without_masks, FileNotFoundError, "has no folder masks; lay PHOTO.png"),
        (with_empty_masks, FileNotFoundError, "holds no masks"),
        (with_a_second_mask, ValueError, "holds lake.png and lake.tiff; leave one"),
        (with_a_loose_picture, ValueError, "lake.jpg must lie in a folder of its edition"),
        (with_a_second_file, ValueError, "holds plain/lake.jpg and plain/lake.png; leave one"),
        (with_both_forms, ValueError, "masks of the names of folders .lake. and of files"),
        (with_a_mask_of_nothing, FileNotFoundError, "mask of moon, of which .* no edition"),
        (with_one_edition, FileNotFoundError, "mask of tower, of which .* only edition expert_b"),
        (with_many_editions, ValueError, "lake has 12 editions, 10 at most"),
    ],
)
def test_a_wrong_source_says_what_is_missing(source, spoil, error, said):
    spoil(source)
    with pytest.raises(error, match=f"^hadobe5k: .*{said}"):
        prepare("hadobe5k", source)


def test_a_real_that_is_not_there_is_refused(source):
    (source / "plain" / "lake.jpg").unlink()
    for real in ("plain", "expert_c"):
        with pytest.raises(ValueError, match=f"hadobe5k: real: there is no edition '{real}' of"):
            prepare("hadobe5k", source, real=real)
