"""The recipe hcoco: which instances become composites, of what colours, and under which names."""

import itertools
import json
import warnings

import harmonia
import numpy as np
import originals
import pytest
from harmonia.datasets import _iharmony4_names
from harmonia.synthesis import hcoco
from harmonia.synthesis._recipe import Unusable
from harmonia.synthesis._transfers import transfer
from images import as_dtype, scene
from reference.xiao import xiao_matrix

HEIGHT, WIDTH = 60, 80
LARGE = [[10.0, 10.0, 50.0, 10.0, 50.0, 40.0, 10.0, 40.0]]  # 1200 pixels of 4800
SMALL = [[60.0, 5.0, 75.0, 5.0, 75.0, 15.0, 60.0, 15.0]]  # 150
SPECK = [[1.0, 1.0, 6.0, 1.0, 6.0, 6.0, 1.0, 6.0]]  # 25: half a percent
WHOLE = [[0.0, 0.0, 80.0, 0.0, 80.0, 55.0, 0.0, 55.0]]  # 92 %


def picture(seed):
    tint = np.random.default_rng(seed).uniform(0.6, 1.3, 3)
    return as_dtype(np.clip(scene(HEIGHT, WIDTH, seed)[0] * tint, 0, 1), "uint8")


class Folder:
    """A folder of COCO that grows."""

    def __init__(self, path, split="train2017"):
        self.path, self.split = path, split
        self.images, self.annotations = [], []
        (path / "annotations").mkdir(exist_ok=True)
        (path / split).mkdir()

    def image(self, identity, *instances, pixels=None, licence=1, present=True, **options):
        """An image with instances: category, segmentation, and what else is said of them."""
        name = f"{identity:012}.jpg"
        if present:
            pixels = picture(identity) if pixels is None else pixels
            harmonia.io.write(self.path / self.split / name, pixels)
        size = {"height": HEIGHT, "width": WIDTH, **options}
        self.images.append({"id": identity, "file_name": name, "license": licence, **size})
        for category, segmentation, *more in instances:
            self.annotations.append(
                {
                    "id": 1000 + len(self.annotations),
                    "image_id": identity,
                    "category_id": category,
                    "segmentation": segmentation,
                    **(more[0] if more else {}),
                }
            )
        return self

    def write(self):
        content = {
            "images": self.images,
            "annotations": self.annotations,
            "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
            "licenses": [{"id": 1, "name": "By"}, {"id": 2, "name": "None"}],
        }
        file = self.path / "annotations" / f"instances_{self.split}.json"
        file.write_text(json.dumps(content))
        return self.path


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def several(folder, count=6):
    for identity in range(1, count + 1):
        folder.image(identity, (1, SMALL), (1, LARGE))
    return folder.write()


def prepare(source, **options):
    return hcoco.prepare(source, seed=0, nearest=0.0, farthest=1000.0, **options)


def names(recipe):
    return [task.name for task in recipe.tasks]


def make(recipe, task, seed=0):
    return recipe.make(task, np.random.default_rng(seed))


def test_the_largest_instance_of_each_category_is_a_foreground(folder):
    folder.image(1, (1, SMALL), (1, LARGE), (2, SMALL))
    folder.image(2, (1, LARGE), (2, SMALL), (2, SMALL))
    assert names(prepare(folder.write())) == ["c1_1001_1", "c1_1002_1", "c2_1003_1", "c2_1004_1"]


def test_names_are_those_of_iharmony4_and_their_parts_lead_to_real_and_mask(folder):
    recipe = prepare(several(folder), composites=3)
    assert names(recipe)[:4] == ["c1_1001_1", "c1_1001_2", "c1_1001_3", "c2_1003_1"]
    for task in recipe.tasks:
        assert _iharmony4_names.parse(task.name).subset == task.subset == "HCOCO"
    assert recipe.layout.real("c1_1001_3") == "c1"
    assert recipe.layout.mask("c1_1001_3") == "c1_1001"


def test_what_is_too_small_or_too_large_is_left_out_by_what_the_file_says(folder):
    folder.image(1, (1, SPECK)).image(2, (1, WHOLE)).image(3, (1, LARGE)).image(4, (1, LARGE))
    source = folder.write()
    assert names(prepare(source)) == ["c3_1002_1", "c4_1003_1"]
    assert len(prepare(source, least=0.001, most=1).tasks) == 4


def test_the_mask_decides_where_the_file_says_otherwise(folder):
    folder.image(1, (1, SPECK, {"area": 800})).image(2, (1, LARGE)).image(3, (1, LARGE))
    recipe = prepare(folder.write())
    assert len(recipe.tasks) == 3
    with pytest.raises(Unusable, match=r"annotation 1000: the foreground is 0\.521 %"):
        make(recipe, recipe.tasks[0])
    for seed in range(8):  # nor does it lend its colours
        assert make(recipe, recipe.tasks[1], seed).facts["reference_annotation"] == 1002


def test_colours_come_from_the_same_category_in_another_image(folder):
    folder.image(1, (1, LARGE), (2, SMALL)).image(2, (1, LARGE), (2, SMALL)).image(3, (1, SMALL))
    recipe = prepare(folder.write())
    other = {1000: {1002, 1004}, 1001: {1003}, 1002: {1000, 1004}, 1003: {1001}, 1004: {1000, 1002}}
    for task in recipe.tasks:
        own = int(task.name.split("_")[1])
        found = {make(recipe, task, seed).facts["reference_annotation"] for seed in range(9)}
        assert found <= other[own]


def test_a_composite_is_its_real_but_for_the_colours_under_the_mask(folder):
    source = several(folder)
    recipe = prepare(source)
    for task in recipe.tasks:
        made = make(recipe, task)
        path = source / "train2017" / f"{int(task.name.split('_')[0][1:]):012}.jpg"
        np.testing.assert_array_equal(made.real, harmonia.io.read(path).pixels)
        wanted = np.zeros((HEIGHT, WIDTH), np.uint8)
        wanted[10:40, 10:50] = 255
        np.testing.assert_array_equal(made.mask, wanted)
        np.testing.assert_array_equal(made.composite[wanted == 0], made.real[wanted == 0])
        assert (made.composite != made.real).any()
        assert made.original == path
        assert made.facts["photo"] == path
        assert (made.facts["category"], made.facts["licence"]) == ("cat", "By")


def test_the_library_repeats_a_composite_from_its_facts(folder):
    source = several(folder)
    recipe = prepare(source)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[10:40, 10:50] = 255
    for seed, task in enumerate(recipe.tasks * 2):
        made = make(recipe, task, seed)
        reference = harmonia.io.read(made.facts["reference"]).pixels
        again = harmonia.harmonize(
            made.real,
            mask,
            made.facts["method"],
            reference=reference,
            reference_mask=mask,
            **made.facts["options"],
        )
        np.testing.assert_array_equal(made.composite, again)


def test_chance_alone_decides_and_not_what_was_made_before(folder):
    source = several(folder)
    first, second = prepare(source), prepare(source)
    made = [make(first, task, 5).composite for task in first.tasks]
    again = [make(second, task, 5).composite for task in reversed(second.tasks)][::-1]
    for one, other in zip(made, again, strict=True):
        np.testing.assert_array_equal(one, other)


def test_only_what_is_similar_but_not_the_same_lends_its_colours(folder):
    # Lightness alone differs: some 4 and 40 Delta E from the first, and the same.
    for identity, level in ((1, 100), (2, 110), (3, 200), (4, 100)):
        pixels = np.full((HEIGHT, WIDTH, 3), level, np.uint8)
        pixels[..., 0] += 30
        folder.image(identity, (1, LARGE), pixels=pixels)
    recipe = hcoco.prepare(folder.write(), seed=0, nearest=2.0, farthest=12.0)
    for seed in range(10):
        made = make(recipe, recipe.tasks[0], seed)
        assert made.facts["reference"].stem == "000000000002"
        assert 2 < made.facts["distance"] < 6
    with pytest.raises(Unusable, match=r"of 3 other .* none is 2 to 12 Delta E away"):
        make(recipe, recipe.tasks[2])


def test_grey_photographs_are_neither_used_nor_lend_their_colours(folder):
    grey = np.repeat(picture(1)[..., :1], 3, axis=2)
    folder.image(1, (1, LARGE), pixels=grey).image(2, (1, LARGE)).image(3, (1, LARGE))
    recipe = prepare(folder.write())
    with pytest.raises(Unusable, match=r"000000000001\.jpg: a photograph without colours"):
        make(recipe, recipe.tasks[0])
    for seed in range(8):
        assert make(recipe, recipe.tasks[1], seed).facts["reference"].stem == "000000000003"


def test_missing_images_are_counted_and_left_out(folder):
    folder.image(1, (1, LARGE), present=False).image(2, (1, LARGE)).image(3, (1, LARGE))
    with pytest.warns(UserWarning, match=r"1 of the 3 images of instances_train2017\.json are"):
        recipe = prepare(folder.write())
    assert recipe.missing == 1
    assert names(recipe) == ["c2_1001_1", "c3_1002_1"]


def test_a_folder_without_any_image_says_where_they_were_looked_for(folder):
    folder.image(1, (1, LARGE), present=False)
    with pytest.raises(FileNotFoundError, match=r"none of the 1 images .*train2017.*pass images="):
        prepare(folder.write())


def test_a_damaged_image_or_annotation_is_unusable_and_named(folder):
    folder.image(1, (1, [[1, 2, 3]], {"area": 900})).image(2, (1, LARGE)).image(3, (1, LARGE))
    folder.image(4, (1, LARGE))
    source = folder.write()
    (source / "train2017" / "000000000002.jpg").write_bytes(b"none")
    recipe = prepare(source)
    with pytest.raises(Unusable, match="cannot be read"):
        make(recipe, recipe.tasks[1])
    with pytest.raises(
        Unusable, match=r"instances_train2017\.json: annotation 1000: polygon 0 must"
    ):
        make(recipe, recipe.tasks[0])
    for seed in range(8):
        assert make(recipe, recipe.tasks[2], seed).facts["reference"].stem == "000000000004"


def test_an_image_of_another_size_than_its_annotations_is_unusable(folder):
    folder.image(1, (1, LARGE), height=50).image(2, (1, LARGE)).image(3, (1, LARGE))
    recipe = prepare(folder.write())
    with pytest.raises(Unusable, match=r"000000000001\.jpg is 80 x 60, its annotations are of 80"):
        make(recipe, recipe.tasks[0])


def test_categories_licences_and_crowds_choose(folder):
    crowd = {"iscrowd": 1, "area": 2400}
    size = [HEIGHT, WIDTH]
    runs = {"size": size, "counts": [0, HEIGHT * 40, HEIGHT * 40]}
    for identity in (1, 2):
        folder.image(identity, (1, LARGE), (1, runs, crowd), (2, LARGE))
    for identity in (3, 4):
        folder.image(identity, (1, LARGE), licence=2)
    source = folder.write()
    of_crowds = ["c1_1001_1", "c1_1002_1", "c2_1004_1", "c2_1005_1", "c3_1006_1", "c4_1007_1"]
    assert names(prepare(source)) == of_crowds
    without = names(prepare(source, crowds=False, categories="cat"))
    assert without == ["c1_1000_1", "c2_1003_1", "c3_1006_1", "c4_1007_1"]
    assert names(prepare(source, categories=["dog"])) == ["c1_1002_1", "c2_1005_1"]
    assert names(prepare(source, licences=2)) == ["c3_1006_1", "c4_1007_1"]
    assert names(prepare(source, licences="2")) == ["c3_1006_1", "c4_1007_1"]
    assert len(prepare(source, licences=[1, 2]).tasks) == 6


def test_an_image_in_two_files_counts_once(tmp_path):
    several(Folder(tmp_path, "train2014"), 3)
    several(Folder(tmp_path, "val2017"), 4)
    assert names(prepare(tmp_path)) == ["c1_1001_1", "c2_1003_1", "c3_1005_1", "c4_1007_1"]
    only = prepare(tmp_path, annotations="annotations/instances_train2014.json")
    assert names(only) == ["c1_1001_1", "c2_1003_1", "c3_1005_1"]


def test_images_may_lie_in_other_places(tmp_path, folder):
    source = several(folder)
    wanted = names(prepare(source))
    file = source / "annotations" / "instances_train2017.json"
    assert names(prepare(file)) == wanted
    (source / "images").mkdir()
    (source / "train2017").rename(source / "images" / "train2017")
    assert names(prepare(source)) == wanted
    (source / "images" / "train2017").rename(source / "elsewhere")
    assert names(prepare(source, images="elsewhere")) == wanted
    assert names(prepare(source, images=source / "elsewhere")) == wanted


def test_all_composites_of_an_image_go_to_one_split_of_such_a_share(folder):
    for identity in range(1, 201):
        folder.image(identity, (1, LARGE), (2, SMALL), pixels=picture(identity % 3))
    recipe = prepare(folder.write(), composites=2, test_share=0.3)
    splits = {}
    for task in recipe.tasks:
        splits.setdefault(task.name.split("_")[0], set()).add(task.split)
    assert all(len(split) == 1 for split in splits.values())
    # Three standard deviations of 200 draws are 0.1.
    assert 0.2 < sum(split == {"test"} for split in splits.values()) / 200 < 0.4


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"composites": 0}, "hcoco: composites must be a whole number from 1 to 99, got 0"),
        ({"least": 0.9}, "hcoco: least and most must be shares"),
        ({"test_share": 2}, "hcoco: test_share must be"),
        ({"methods": "mkl"}, "hcoco: methods: unknown transfer 'mkl'; choose of reinhard"),
        ({"categories": "bird"}, "hcoco: categories: there is no 'bird'; .* know cat, dog"),
        ({"licences": "by"}, "hcoco: licences must be numbers of the file's licences, got 'by'"),
        ({"categories": []}, "hcoco: categories must be names"),
        ({"nearest": 9.0, "farthest": 8.0}, "hcoco: farthest must be a number above 9, in"),
    ],
)
def test_bad_options_are_named(folder, options, said):
    with pytest.raises(ValueError, match=said):
        hcoco.prepare(several(folder), seed=0, **options)


def test_a_folder_without_annotations_says_what_to_pass(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"hcoco: .* has no annotations/instances_\*\.json"):
        prepare(tmp_path)
    with pytest.raises(FileNotFoundError, match="hcoco: annotations: there is no file"):
        prepare(tmp_path, annotations="none.json")


def test_a_set_is_made_and_reads_as_iharmony4(folder, tmp_path_factory):
    source = several(folder)
    out = tmp_path_factory.mktemp("set") / "out"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        options = {"test_share": 0.5, "nearest": 0.0, "farthest": 1000.0}
        harmonia.synthesis.synthesize("hcoco", source, out, seed=3, filters={}, **options)
    found = sum(
        len(harmonia.datasets.load("iharmony4", out, split=split)) for split in ("train", "test")
    )
    assert found == len(prepare(source).tasks)


PAIR = "pair_c35030"


def published(method):
    """The published pair by the recipe's own transfer, in the form of the published code."""
    mask = originals.read(f"{PAIR}/mask_target.png", "L") == 255
    made, _ = transfer(
        originals.read(f"{PAIR}/target.png"),
        as_dtype(mask.astype(float), "uint8"),
        originals.read(f"{PAIR}/reference.png"),
        as_dtype((originals.read(f"{PAIR}/mask_reference.png", "L") == 255).astype(float), "uint8"),
        rng=np.random.default_rng(0),
        methods=[method],
        compat=True,
    )
    return made[mask].astype(int), mask


@pytest.mark.parametrize(("method", "name"), [("reinhard", "gct"), ("cumulative_histogram", "hgm")])
def test_deterministic_transfers_are_the_published_output(method, name):
    made, mask = published(method)
    off = np.abs(made - originals.read(f"{PAIR}/{name}.png")[mask])
    # Single values on an edge between two levels, where float64 rounds the other way.
    assert off.max() <= 1
    assert (off > 0).mean() < 0.006


def test_xiao_is_the_published_output_but_for_the_signs_of_eigenvectors():
    # Neither has a convention for them, and there are four that differ on each side.
    made, mask = published("xiao")
    other = originals.read(f"{PAIR}/mask_reference.png", "L") == 255
    colours = originals.read(f"{PAIR}/target.png")[mask].astype(float)
    wanted = originals.read(f"{PAIR}/reference.png")[other].astype(float)
    source, target = (np.cov(side.T) for side in (colours, wanted))
    axes, to = (np.linalg.eigh(covariance)[1] for covariance in (source, target))
    forms = []
    for signs in itertools.product([1, -1], repeat=3):
        matrix = xiao_matrix(source, target, axes, to * signs)
        moved = (colours - colours.mean(axis=0)) @ matrix.T + wanted.mean(axis=0)
        forms.append(np.floor(np.clip(moved, 0, 255) + 0.5).astype(int))
    for found in (made, originals.read(f"{PAIR}/gct_rgb.png")[mask]):
        off = min((np.abs(found - form) for form in forms), key=np.sum)
        assert off.max() <= 1
        assert (off > 0).mean() <= 0.001


def test_idt_agrees_with_the_published_output_in_distribution():
    made, mask = published("idt")
    wanted = originals.read(f"{PAIR}/idt.png")[mask].astype(float)
    quantiles = [np.percentile(side, np.arange(1, 100), axis=0) for side in (made, wanted)]
    # As in the method's own tests: its rotations are its own, and the smoothness is drawn here.
    assert np.abs(quantiles[0] - quantiles[1]).mean() < 2.5
