"""Annotations in COCO's format: masks equal pycocotools, and what is wrong is named."""

import json
import re
import threading

import numpy as np
import pytest
from harmonia.synthesis import _json_arrays
from harmonia.synthesis._coco import CocoError, read_annotations
from harmonia.synthesis._coco_masks import decode_mask, runs_of_text, text_of_mask
from hypothesis import given
from hypothesis import strategies as st
from reference import coco as reference

HEIGHT, WIDTH = 37, 53

# What it says of itself under NumPy 2.
of_pycocotools = pytest.mark.filterwarnings("ignore:__array__ impl:DeprecationWarning")


def random_polygon(rng, height, width):
    """Corners of fractions, integers, tenths, around a middle, or each twice; some far outside."""
    count = int(rng.integers(3, 24))
    kind = rng.integers(5)
    if kind == 0:
        corners = rng.uniform(-0.5, 1.5, (count, 2)) * [width, height]
    elif kind == 1:
        corners = rng.integers(-4, max(height, width) + 4, (count, 2))
    elif kind == 2:
        corners = rng.integers(-20, 10 * max(height, width), (count, 2)) / 10
    elif kind == 3:
        angle, radius = np.sort(rng.uniform(0, 6.3, count)), rng.uniform(0.1, 0.6, count)
        around = np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius[:, None]
        corners = (0.5 + around) * [width, height]
    else:
        corners = rng.integers(0, max(height, width), (count, 2)).repeat(2, axis=0)
    return corners.astype(float).ravel().round(2).tolist()


def random_polygons(seed):
    rng = np.random.default_rng(seed)
    height, width = (int(side) for side in rng.integers(1, 60, 2))
    several = [random_polygon(rng, height, width) for _ in range(rng.integers(1, 4))]
    return several, height, width


def random_runs(seed):
    rng = np.random.default_rng(seed)
    mask = rng.uniform(size=(int(rng.integers(1, 40)), int(rng.integers(1, 40)))) < rng.uniform()
    if seed % 3 == 0:
        mask = mask.repeat(9, 0).repeat(7, 1)  # longer runs, and so numbers of several characters
    return mask


@pytest.mark.parametrize("seed", range(300))
def test_polygons_are_the_reference(seed):
    several, height, width = random_polygons(seed)
    found = decode_mask(several, height, width)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, 255 * reference.polygons(several, height, width))


@of_pycocotools
def test_polygons_are_those_of_pycocotools():
    masks = pytest.importorskip("pycocotools.mask", reason="pycocotools is not installed")
    for seed in range(3000):
        several, height, width = random_polygons(seed)
        wanted = masks.decode(masks.merge(masks.frPyObjects(several, height, width)))
        found = decode_mask(several, height, width)
        np.testing.assert_array_equal(found > 0, wanted > 0, err_msg=f"seed {seed}")


@of_pycocotools
def test_runs_are_those_of_pycocotools():
    masks = pytest.importorskip("pycocotools.mask", reason="pycocotools is not installed")
    for seed in range(1000):
        mask = random_runs(seed)
        text = masks.encode(np.asfortranarray(mask, np.uint8))["counts"].decode()
        assert text_of_mask(mask) == text
        found = decode_mask({"size": list(mask.shape), "counts": text}, *mask.shape)
        np.testing.assert_array_equal(found > 0, mask)


@pytest.mark.parametrize("seed", range(60))
def test_runs_are_the_reference_as_text_and_as_numbers(seed):
    mask = random_runs(seed)
    text = text_of_mask(mask)
    counts = reference.numbers_of(text)
    np.testing.assert_array_equal(runs_of_text(text), counts)
    np.testing.assert_array_equal(reference.runs(counts, *mask.shape), mask)
    for written in (text, counts):
        found = decode_mask({"size": list(mask.shape), "counts": written}, *mask.shape)
        np.testing.assert_array_equal(found, 255 * mask.astype(np.uint8))


def test_a_box_on_the_edges_of_pixels_holds_those_pixels():
    found = decode_mask([[3, 2, 10, 2, 10, 6, 3, 6]], 8, 12)
    wanted = np.zeros((8, 12), np.uint8)
    wanted[2:6, 3:10] = 255
    np.testing.assert_array_equal(found, wanted)


def test_several_polygons_are_their_union_and_not_their_difference():
    box, inner = [0, 0, 9, 0, 9, 9, 0, 9], [2, 2, 6, 2, 6, 6, 2, 6]
    np.testing.assert_array_equal(decode_mask([box, inner], 9, 9), np.full((9, 9), 255))


def test_a_polygon_below_the_picture_and_across_it_reaches_the_last_row():
    found = decode_mask([[2, 3, 5, 3, 5, 40, 2, 40]], 10, 8)
    assert (found[3:, 2:5] == 255).all()
    assert np.count_nonzero(found) == 7 * 3


@pytest.mark.parametrize(
    ("segmentation", "said"),
    [
        (None, "segmentation must be a list of polygons or an object"),
        ([], "segmentation has no polygon"),
        ([[1, 2, 3, 4]], "polygon 0 must have x and y of at least 3 corners, got 4 numbers"),
        ([[1, 2, 3, 4, 5, 6, 7]], "at least 3 corners, got 7 numbers"),
        ([[1, 2, 3, 4, 5, 6], 7], "polygon 1 must be a list of numbers, got 7"),
        ([[1, 2, 3, 4, 5, "six"]], "polygon 0 must be a list of numbers"),
        ([1, 2, 3, 4, 5, 6], "polygon 0 must be a list of numbers, got 1"),
        ([[[1, 2], [3, 4], [5, 6]]], "polygon 0 must be a list of numbers"),
        ([[1, 2, 3, 4, 5, float("nan")]], "polygon 0 holds NaN"),
        ([[1, 2, 3, 4, 5, 1e300]], "polygon 0 reaches to 1e+300"),
        ([[0, 0, 3e6, 0] * 9], "sides of"),
        ({"counts": [9]}, "has the size null, its image is [4, 5]"),
        ({"size": [5, 4], "counts": [20]}, "has the size [5, 4], its image is [4, 5]"),
        ({"size": [4, 5], "counts": [19]}, "counts has 19 pixels, the picture 20"),
        ({"size": [4, 5], "counts": [30, -10]}, "negative or longer"),
        ({"size": [4, 5], "counts": [1 << 70]}, "negative or longer"),
        ({"size": [4, 5], "counts": [1.5, 18.5]}, "list of whole numbers or text"),
        ({"size": [4, 5], "counts": None}, "list of whole numbers or text, got null"),
        ({"size": [4, 5], "counts": ""}, "counts has 0 pixels"),
        ({"size": [4, 5], "counts": "P"}, "counts ends within a number"),
        ({"size": [4, 5], "counts": " "}, "a character that is none"),
        ({"size": [4, 5], "counts": "\u00e9"}, "a character that is none"),
        ({"size": [4, 5], "counts": "PPPPPPPP0"}, "beyond 32 bits"),
    ],
)
def test_what_is_wrong_with_a_segmentation_is_said(segmentation, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        decode_mask(segmentation, 4, 5)


@given(st.text(max_size=40))
def test_any_text_decodes_or_is_a_value_error(text):
    try:
        found = decode_mask({"size": [6, 7], "counts": text}, 6, 7)
    except ValueError:
        return
    assert found.shape == (6, 7)


def contents():
    """Three images with annotations of all kinds."""
    size = [HEIGHT, WIDTH]
    box = [3, 2, 20, 2, 20, 30, 3, 30]
    return {
        "info": {"description": "A \u00e9 [ { , "},
        "images": [
            {"id": 7, "file_name": "a.jpg", "height": HEIGHT, "width": WIDTH, "license": 2},
            {"id": 9, "file_name": "sub/\u00fcber.jpg", "height": HEIGHT, "width": WIDTH},
        ],
        "licenses": [{"id": 2, "name": "Attribution", "url": ""}],
        "annotations": [
            {"id": 1, "image_id": 7, "category_id": 4, "segmentation": [box], "area": 476.0},
            {
                "id": 900100000007,
                "image_id": 9,
                "category_id": 4,
                "segmentation": {"size": size, "counts": [HEIGHT, 10, HEIGHT * (WIDTH - 1) - 10]},
                "area": 10,
                "iscrowd": 1,
            },
            {"id": 3, "image_id": 9, "category_id": 5, "segmentation": [box], "caption": "\u00e9"},
        ],
        "categories": [{"id": 4, "name": "cat"}, {"id": 5, "name": "d\u00f6g"}],
    }


def written(folder, content, **options):
    path = folder / "instances_test.json"
    text = content if isinstance(content, str) else json.dumps(content, **options)
    path.write_text(text, encoding="utf-8")
    return path


def check(found):
    assert found.images.ids.tolist() == [7, 9]
    assert found.images.names == ["a.jpg", "sub/\u00fcber.jpg"]
    assert found.images.licences.tolist() == [2, -1]
    assert found.ids.tolist() == [1, 900100000007, 3]
    assert found.rows.tolist() == [0, 1, 1]
    assert found.areas.tolist() == [476, 10, 476]  # the last from its mask
    assert found.crowds.tolist() == [False, True, False]
    assert found.categories_by_id == {4: "cat", 5: "d\u00f6g"}
    assert found.licences_by_id == {2: "Attribution"}
    assert np.count_nonzero(found.mask(0)) == 17 * 28
    assert np.flatnonzero(found.mask(1).any(axis=0)).tolist() == [1]


@pytest.mark.parametrize("window", [1, 2, 7, 64, 1 << 24])
@pytest.mark.parametrize("options", [{}, {"indent": 2}, {"ensure_ascii": False}])
def test_a_file_reads_alike_however_it_is_written_and_cut(tmp_path, monkeypatch, window, options):
    monkeypatch.setattr(_json_arrays, "WINDOW", window)
    check(read_annotations(written(tmp_path, contents(), **options)))


def test_annotations_may_stand_before_their_images_and_after_a_bom(tmp_path):
    content = contents()
    swapped = {name: content[name] for name in ("annotations", "categories", "licenses", "images")}
    check(read_annotations(written(tmp_path, "\ufeff" + json.dumps(swapped))))


def test_masks_are_read_from_many_threads(tmp_path):
    found = read_annotations(written(tmp_path, contents()))
    wanted = [found.mask(i) for i in range(3)]
    wrong = []

    def work():
        for i in list(range(3)) * 20:
            if not (found.mask(i) == wanted[i]).all():
                wrong.append(i)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def changed(key, place, **values):
    content = contents()
    content[key][place].update(values)
    return content


@pytest.mark.parametrize(
    ("content", "annotation", "said"),
    [
        ("", None, "ends at byte 0"),
        ("[]", None, "is no JSON object"),
        ('{"images": [', None, "ends at byte 12, within its JSON"),
        ('{"categories": [{"id": 1, "name": "a"},]}', None, "must be a value at byte 39"),
        ('{"categories": [{"id": 1, "name": "a"} 3]}', None, "a comma or ] at byte 39"),
        ('{"images" []}', None, "a colon at byte 10"),
        ("{images: []}", None, "a name in quotes at byte 1"),
        ('{"images": [7]}', None, "an element of images is no object"),
        ('{"images": [{"id": nul}]}', None, "is no JSON: Expecting value at byte 19"),
        ('{"a": ' + "[" * 100_000, None, "nested too deeply"),
        (changed("images", 0, id="7"), None, "an image: id must be a whole number, got '7'"),
        (changed("images", 0, id=9), None, "has image 9 twice"),
        (changed("images", 0, height=0), None, "image 7: cannot be 53 x 0 pixels"),
        (changed("images", 0, height=70000), None, "cannot be 53 x 70000"),
        (changed("images", 0, file_name=None), None, "image 7: file_name must be"),
        (changed("images", 0, file_name="../a.jpg"), None, "image 7: file_name must be"),
        (changed("images", 0, file_name="/a.jpg"), None, "image 7: file_name must be"),
        (changed("categories", 0, name=3), None, "a category 4: name must be text, got 3"),
        (changed("annotations", 0, id=True), None, "an annotation: id must be a whole number"),
        (changed("annotations", 0, id=3), None, "has annotation 3 twice"),
        (changed("annotations", 0, image_id=8), 1, "is on image 8, which the file does not list"),
        (changed("annotations", 0, image_id=None), 1, "image_id must be a whole number, got None"),
        (changed("annotations", 0, image_id=1 << 80), 1, "beyond 64 bits"),
        (changed("annotations", 0, category_id=6), 1, "is of category 6, which"),
        (changed("annotations", 0, category_id="6"), 1, "category_id must be a whole number"),
        (changed("annotations", 0, area=-1), 1, "area must be a number of pixels, got -1"),
        (changed("annotations", 0, area=float("nan")), 1, "area must be a number of pixels"),
        (changed("annotations", 0, iscrowd=2), 1, "iscrowd must be 0 or 1, got 2"),
        (changed("annotations", 2, segmentation=[]), 3, "segmentation has no polygon"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_name(tmp_path, content, annotation, said):
    path = written(tmp_path, content)
    with pytest.raises(CocoError, match=re.escape(said)) as caught:
        read_annotations(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert caught.value.annotation == annotation
    if annotation is not None:
        assert f"annotation {annotation}: " in str(caught.value)


def test_a_mask_that_is_wrong_is_named_when_it_is_asked_for(tmp_path):
    found = read_annotations(written(tmp_path, changed("annotations", 0, segmentation=[[1, 2]])))
    with pytest.raises(CocoError, match=r"instances_test\.json: annotation 1: polygon 0 must"):
        found.mask(0)


def test_a_file_that_has_changed_is_no_mask(tmp_path):
    path = written(tmp_path, contents())
    found = read_annotations(path)
    path.write_text("{}" + " " * 3000)
    with pytest.raises(CocoError, match=r"annotation 1: the file is another"):
        found.mask(0)
