"""How pictures find their masks in folders."""

from pathlib import Path

import numpy as np
import pytest
from harmonia.cli._batch import folders


def touch(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def pairs(source, **keywords):
    found, unused = folders.jobs(source, leave_out=source / "out", **keywords)

    def short(name):
        return Path(name).relative_to(source).as_posix() if name else name

    triples = [(short(job.image), short(job.mask), job.output) for job in found]
    return triples, [short(name) for name in unused]


def test_masks_lie_beside_their_pictures(tmp_path):
    touch(tmp_path, "a.jpg", "a_mask.png", "b.PNG", "b.mask.tif", "x/a.png", "x/a_mask.png")
    touch(tmp_path, "notes.txt", ".hidden.png", ".folder/c.png", "out/a.png")
    found, unused = pairs(tmp_path)
    assert found == [
        ("a.jpg", "a_mask.png", "a.jpg"),
        ("b.PNG", "b.mask.tif", "b.PNG"),
        ("x/a.png", "x/a_mask.png", "x/a.png"),
    ]
    assert unused == []


def test_a_suffix_is_that_of_all_outputs(tmp_path):
    touch(tmp_path, "a.b.jpg", "a.b_mask.png")
    assert pairs(tmp_path, suffix=".tif")[0] == [("a.b.jpg", "a.b_mask.png", "a.b.tif")]


@pytest.mark.parametrize("name", ["images", "composites"])
def test_pictures_and_masks_in_folders_of_their_own(tmp_path, name):
    touch(tmp_path, f"{name}/a.jpg", f"{name}/x/b.jpg", "masks/a.png", "masks/x/b.png")
    found, _ = pairs(tmp_path)
    assert found == [
        (f"{name}/a.jpg", "masks/a.png", "a.jpg"),
        (f"{name}/x/b.jpg", "masks/x/b.png", "x/b.jpg"),
    ]


def test_a_folder_of_masks(tmp_path):
    touch(tmp_path, "a.jpg", "x/b.jpg", "shapes/a.png", "shapes/x/b.png", "shapes/c.png")
    found, unused = pairs(tmp_path, masks=str(tmp_path / "shapes"))
    assert found == [("a.jpg", "shapes/a.png", "a.jpg"), ("x/b.jpg", "shapes/x/b.png", "x/b.jpg")]
    assert unused == ["shapes/c.png"]


def test_a_mask_of_several_composites_of_one_photograph(tmp_path):
    touch(tmp_path, "c1_2_1.jpg", "c1_2_2.jpg", "x/c2_1_1.jpg", "c3_1_1.jpg")
    touch(tmp_path, "masks/c1_2.png", "masks/x/c2_1.png", "masks/c4_1.png")
    found, unused = pairs(tmp_path, masks=str(tmp_path / "masks"))
    assert found == [
        ("c1_2_1.jpg", "masks/c1_2.png", "c1_2_1.jpg"),
        ("c1_2_2.jpg", "masks/c1_2.png", "c1_2_2.jpg"),
        ("c3_1_1.jpg", "", "c3_1_1.jpg"),
        ("x/c2_1_1.jpg", "masks/x/c2_1.png", "x/c2_1_1.jpg"),
    ]
    assert unused == ["masks/c4_1.png"]


def test_masks_of_other_names_are_told(tmp_path):
    touch(tmp_path, "a.jpg", "masks/shape.png")
    with pytest.raises(FileNotFoundError, match=r"as the pictures, not shape\.png"):
        pairs(tmp_path, masks=str(tmp_path / "masks"))


def test_one_mask_for_all(tmp_path):
    touch(tmp_path, "1.jpg", "2.jpg", "still.png")
    found, _ = pairs(tmp_path, mask=str(tmp_path / "still.png"))
    assert found == [("1.jpg", "still.png", "1.jpg"), ("2.jpg", "still.png", "2.jpg")]


def test_a_picture_without_a_mask_is_a_failure_of_its_own(tmp_path):
    touch(tmp_path, "a.jpg", "a_mask.png", "b.jpg", "c_mask.png")
    found, unused = folders.jobs(tmp_path, leave_out=tmp_path / "out")
    assert [job.problem for job in found] == ["", "has no mask (NAME_mask or NAME.mask beside it)"]
    assert unused == [str(tmp_path / "c_mask.png")]


def test_links_that_lead_in_circles_end(tmp_path):
    touch(tmp_path, "a.png", "a_mask.png")
    try:
        (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    except OSError:
        pytest.skip("links cannot be made here")
    assert pairs(tmp_path)[0] == [("a.png", "a_mask.png", "a.png")]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["a.png", "a_mask.png", "a.mask.png"], "has 2 masks, a.mask.png and a_mask.png"),
        (["a.png", "a_mask.png", "a_mask.jpg"], "has 2 masks, a_mask.jpg and a_mask.png"),
        (["a.png", "a.jpg", "a_mask.png"], "may be the mask of a.jpg or a.png"),
        (["a.png", "b.png"], "found 2 pictures such as a.png, and no mask for any"),
        (["a_mask.png"], "holds no pictures .*, only masks such as .*a_mask.png"),
        (["notes.txt"], "holds no pictures"),
        (["images/a.png", "composites/a.png", "masks/a.png"], "images and composites"),
        (["b.png", "images/a.png", "masks/a.png"], "holds pictures such as b.png and the folders"),
    ],
)
def test_what_is_ambiguous_is_refused_with_what_was_found(tmp_path, names, said):
    touch(tmp_path, *names)
    with pytest.raises((ValueError, FileNotFoundError), match=said):
        pairs(tmp_path)


def test_a_folder_of_masks_must_be_there(tmp_path):
    touch(tmp_path, "a.png")
    with pytest.raises(NotADirectoryError, match=r"--masks .*nowhere: there is no such folder"):
        pairs(tmp_path, masks=str(tmp_path / "nowhere"))


def test_the_order_is_that_of_the_names(tmp_path):
    names = [f"{n:03}.png" for n in np.random.default_rng(0).permutation(60)]
    touch(tmp_path, *names, "m/still.png")
    found, _ = pairs(tmp_path, mask=str(tmp_path / "m" / "still.png"))
    assert [image for image, _, _ in found] == sorted(names)
