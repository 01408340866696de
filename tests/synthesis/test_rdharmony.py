"""Exchange among the styles of a rendered scene: pairs, names, pixels, labels and both layouts."""

import functools
import json

import harmonia
import numpy as np
import pytest
from harmonia import io
from harmonia.datasets import _rdharmony_names
from harmonia.synthesis import Unusable, prepare, synthesize
from harmonia.synthesis.rdharmony import NAMES, shares
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from images import as_dtype, scene

HEIGHT, WIDTH = 36, 64
SCENES = {"bar_3": (1, 4, 10), "street-04": (2, 7)}
PAIRS = [
    "bar_3-1_4",
    "bar_3-1_10",
    "bar_3-4_1",
    "bar_3-4_10",
    "bar_3-10_1",
    "bar_3-10_4",
    "street-04-2_7",
    "street-04-7_2",
]


@functools.cache
def rendering(of, style):
    values, _ = scene(HEIGHT, WIDTH, seed=len(of))
    light = np.random.default_rng(style).uniform(0.4, 1, 3)
    return as_dtype(values * light, "uint8")


@functools.cache
def soft_mask(of):
    return as_dtype(scene(HEIGHT, WIDTH, seed=len(of))[1], "uint8")


def picture(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    io.write(path, pixels)


def mask_file(path, mask):
    picture(path, np.stack([mask] * 3, axis=2))


@pytest.fixture
def source(tmp_path):
    """Folders of scenes; pictures are PNG, so that their pixels are known."""
    folder = tmp_path / "in"
    for of, styles in SCENES.items():
        mask_file(folder / of / "mask.png", soft_mask(of))
        for style in styles:
            picture(folder / of / f"{style}.png", rendering(of, style))
    return folder


def opened(source, **options):
    recipe = prepare("rdharmony", source, **options)
    return recipe, {task.name: task for task in recipe.tasks}


def made(source, name, **options):
    recipe, tasks = opened(source, **options)
    return recipe.make(tasks[name], np.random.default_rng(0))


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix in (".jpg", ".png", ".txt")
    }


def test_every_style_is_set_into_every_other_of_its_scene(source):
    recipe, tasks = opened(source)
    assert [task.name for task in recipe.tasks] == PAIRS
    assert {(task.subset, task.split) for task in tasks.values()} == {("SHuman", "train")}


def test_ten_styles_give_ninety_composites(source):
    for style in range(1, 11):
        path = source / "bar_3" / f"{style}.png"
        if not path.exists():
            picture(path, rendering("bar_3", style))
    names = [name for name in opened(source)[1] if name.startswith("bar_3")]
    assert len(names) == len(set(names)) == 90


def test_the_real_is_the_background_and_stays_outside_the_mask(source):
    one = made(source, "bar_3-4_10")
    outside = one.mask == 0
    assert (one.real == rendering("bar_3", 4)).all()
    assert (one.composite[outside] == one.real[outside]).all()
    assert (one.mask == soft_mask("bar_3")).all()


def test_inside_the_mask_is_the_other_style_mixed_as_it_is_soft(source):
    one = made(source, "bar_3-4_10")
    share = soft_mask("bar_3")[..., None] / 255
    mixed = share * rendering("bar_3", 10) + (1 - share) * rendering("bar_3", 4)
    # Half a level of rounding, and what float32 adds to a value of up to 255.
    assert np.abs(one.composite - mixed).max() <= 0.5 + 255 * 2.0**-22
    assert ((one.mask > 0) & (one.mask < 255)).any()


def test_a_hard_mask_takes_all_or_nothing(source):
    one = made(source, "street-04-2_7", hard=True)
    inside = soft_mask("street-04") >= 128
    assert (one.mask == np.where(inside, 255, 0)).all()
    assert (one.composite[inside] == rendering("street-04", 7)[inside]).all()


def test_labels_are_the_shares_of_the_picture(source):
    one = made(source, "bar_3-4_10")
    covered = (soft_mask("bar_3") / 255).mean()
    wanted = [0.0] * 10
    wanted[3], wanted[9] = 1 - covered, covered
    assert one.facts["styles"] == pytest.approx(wanted, abs=1e-6)  # six digits are written
    assert one.facts["style"] == 4
    assert one.facts["foreground_style"] == 10


@given(
    st_numpy.arrays(np.uint8, st.tuples(st.integers(1, 30), st.integers(1, 30))),
    st.lists(st.integers(1, 10), min_size=2, max_size=2, unique=True),
)
def test_shares_make_one_in_six_digits(mask, pair):
    background, foreground = pair
    found = shares(mask, background, foreground)
    assert len(found) == 10
    assert all(0 <= share <= 1 and round(share, 6) == share for share in found)
    assert sum(found) == pytest.approx(1, abs=1e-12)
    assert found[foreground - 1] == pytest.approx(mask.mean() / 255, abs=5.1e-7)
    assert sum(share > 0 for share in found) <= 2


def test_the_set_reads_as_rdharmony(source, tmp_path):
    report = synthesize("rdharmony", source, tmp_path / "out", filters={}, sheet=0)
    assert (report.tasks, report.composites) == (8, 8)
    dataset = harmonia.datasets.load("rdharmony", tmp_path / "out")
    assert [entry.name for entry in dataset.entries()] == PAIRS
    rows = (tmp_path / "out" / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    for sample, row in zip(dataset, map(json.loads, rows), strict=True):
        names = _rdharmony_names.parse(sample.name)
        assert sample.notes == ()
        assert sample.subset == "human"
        assert (sample.mask == soft_mask(names.mask)).all()
        assert sample.extras["style"] == int(names.background)
        assert sample.extras["styles"][int(names.foreground) - 1] == row["foreground"]
        assert list(sample.extras["styles"]) == row["styles"]
        assert row["reference"] == f"{names.mask}/{names.foreground}.png"


def test_lines_are_what_the_authors_code_reads(source, tmp_path):
    synthesize("rdharmony", source, tmp_path / "out", category="cow", filters={}, sheet=0)
    text = (tmp_path / "out" / "SCow" / "SCow_all_labeled.txt").read_text(encoding="utf-8")
    for line, name in zip(text.splitlines(), PAIRS, strict=True):
        path, soft, hard = line.rstrip().split("\t")
        assert path == f"SCow/composite_images/{name}.jpg"
        assert len([float(share) for share in soft.split("_")]) == 10
        assert 0 <= int(hard) - 1 < 10
        real = path.replace("composite_images", "real_images").replace(
            "_" + path.split("_")[-1], ".jpg"
        )
        mask = path.replace("composite_images", "masks").replace("-" + path.split("-")[-1], ".png")
        assert (tmp_path / "out" / real).is_file()
        assert (tmp_path / "out" / mask).is_file()


def test_the_bytes_do_not_depend_on_the_workers(source, tmp_path):
    for workers in (1, 4):
        synthesize("rdharmony", source, tmp_path / str(workers), workers=workers, filters={})
    assert contents(tmp_path / "1") == contents(tmp_path / "4")


def test_a_category_of_the_dataset_is_a_source_too(source, tmp_path):
    flat = tmp_path / "SHuman"
    for folder in ("masks", "real_images"):
        (flat / folder).mkdir(parents=True)
    for of, styles in SCENES.items():
        (source / of / "mask.png").rename(flat / "masks" / f"{of}.png")
        for style in styles:
            name = f"{of}-{style}.png"
            (source / of / f"{style}.png").rename(flat / "real_images" / name)
    assert list(opened(flat)[1]) == PAIRS
    assert (made(flat, "street-04-2_7").real == rendering("street-04", 2)).all()


@pytest.mark.parametrize("write", [str, str.upper, lambda name: name.replace("_", "-")])
def test_styles_have_names_too(source, write):
    for style in SCENES["bar_3"]:
        name = write(NAMES[style - 1])
        (source / "bar_3" / f"{style}.png").rename(source / "bar_3" / f"{name}.png")
    assert list(opened(source)[1]) == PAIRS


def test_pictures_of_other_sizes_give_no_composite(source):
    (source / "bar_3" / "4.png").unlink()
    picture(source / "bar_3" / "4.png", rendering("bar_3", 4)[:-2])
    with pytest.raises(Unusable, match=r"style 4 is 64 x 34, style 1 64 x 36"):
        made(source, "bar_3-1_4")


@pytest.mark.parametrize("options", [{"least": 0.9, "most": 1.0}, {"most": 0.01}])
def test_foregrounds_that_are_too_large_or_small_give_none(source, options):
    with pytest.raises(Unusable, match=r"mask.png: the foreground is .* % of the picture, wanted"):
        made(source, "bar_3-1_4", **options)


def wrong(folder, what):
    (folder / "bar_3").joinpath(what[0]).rename(folder / "bar_3" / what[1])


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (("10.png", "11.png"), ValueError, r"11.png is of no style: .* must be 1 to 10, or one of"),
        (("10.png", "dusk.png"), ValueError, r"dusk.png is of no style"),
        (("10.png", "night2.png"), ValueError, r"night2.png is of no style"),
        (("10.png", "night.png"), ValueError, r"1.png and .*night.png are both style 1; leave one"),
        (("10.png", "mask.bmp.png"), ValueError, r"is of no style"),
        (("10.png", "mask.jpg"), ValueError, r"mask.jpg and .*mask.png are both the mask"),
        (("mask.png", "3.png"), FileNotFoundError, r"scene 'bar_3' .* has 4 styles and no mask"),
        (("10.png", "../loose.png"), ValueError, r"loose.png must lie in a folder of its scene"),
        (("1.png", "../new-1.png"), ValueError, r"must lie in a folder of its scene"),
    ],
)
def test_a_source_that_is_wrong_is_refused(source, change, error, said):
    wrong(source, change)
    with pytest.raises(error, match=said):
        opened(source)


def test_a_scene_of_one_style_is_refused(source):
    (source / "street-04" / "2.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"scene 'street-04' .* has 1 style and a mask"):
        opened(source)


def test_a_source_without_scenes_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"has no scenes; lay SCENE/mask.png, SCENE/night"):
        opened(tmp_path)


def test_an_unknown_category_is_refused(source):
    with pytest.raises(ValueError, match=r"unknown category 'cat'; choose one of human, bottle"):
        opened(source, category="cat")


def test_areas_that_cannot_be_are_refused(source):
    with pytest.raises(ValueError, match=r"rdharmony: least and most must be shares of the pictur"):
        opened(source, least=0.9)
