"""Sources of photographs: what they hold, and what is missing in those that are refused."""

from pathlib import Path

import numpy as np
import pytest
from harmonia.synthesis._photos import Photo, by_image, photos
from recipe_sources.pictures import disc, photograph, save


@pytest.fixture
def folder(tmp_path):
    for name in ("a", "b"):
        save(tmp_path / f"{name}.jpg", photograph(0))
        save(tmp_path / f"{name}_mask.png", disc())
    return tmp_path


def table(folder, text):
    path = folder / "photos.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_folder_with_masks_beside(folder):
    assert photos(folder) == [
        Photo(folder / f"{name}.jpg", folder / f"{name}_mask.png", f"{name}.jpg") for name in "ab"
    ]


def test_a_folder_of_images_and_masks(tmp_path):
    save(tmp_path / "images" / "deep" / "a.jpg", photograph(0))
    save(tmp_path / "masks" / "deep" / "a.png", disc())
    images, masks = tmp_path / "images", tmp_path / "masks"
    assert photos(tmp_path) == [Photo(images / "deep/a.jpg", masks / "deep/a.png", "deep/a.jpg")]


def test_a_table_with_groups_and_several_masks(folder):
    save(folder / "a2.png", disc())
    lines = "mask,group,who,image\na_mask.png,x,me,a.jpg\nb_mask.png,,me,b.jpg\na2.png,x,me,a.jpg\n"
    found = photos(table(folder, "\ufeff" + lines))
    a, b, a2 = (
        Photo(folder / f"{name}.jpg", folder / mask, group)
        for name, mask, group in [
            ("a", "a_mask.png", "x"),
            ("b", "b_mask.png", "b.jpg"),
            ("a", "a2.png", "x"),
        ]
    )
    assert found == [a, b, a2]
    assert by_image(found) == [[a, a2], [b]]


def test_pictures_without_masks_are_named(folder):
    save(folder / "c.jpg", photograph(0))
    with pytest.raises(FileNotFoundError, match=r"1 of 3 pictures have no mask: c\.jpg has"):
        photos(folder)


def test_an_empty_folder_says_what_it_lacks(tmp_path):
    with pytest.raises(FileNotFoundError, match="holds no pictures"):
        photos(tmp_path)


ROW = "a.jpg,a_mask.png"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no column image nor mask; its columns are none"),
        ("image;mask\na.jpg;a_mask.png\n", "has no column image nor mask; .* are image;mask"),
        ("image,masks\n", "has no column mask; its columns are image, masks"),
        ("image,mask\n", "has a line of columns, and no photograph below it"),
        (f"image,mask\n{ROW}\n,b_mask.png\n", "line 3: names no image"),
        (f"image,mask\n{ROW}\nb.jpg\n", "line 3: names no mask"),
        (f"image,mask\n{ROW}\nb.jpg,b_mask.png\n{ROW}\n", "line 4: a.jpg with .* on line 2"),
        (
            f"image,mask,group\n{ROW},x\na.jpg,b_mask.png,y\n",
            "line 3: a.jpg is in the group 'y', and was in 'x'",
        ),
        (b"image,mask\n\xe4.jpg,a_mask.png\n", "is no CSV file of UTF-8 text"),
        ("image,mask\n" + "x" * 200_000 + ",a_mask.png\n", "is no CSV file of UTF-8 text"),
    ],
)
def test_a_wrong_table_says_where_and_what(folder, text, said):
    with pytest.raises(ValueError, match=rf"photos\.csv: .*{said}|photos\.csv {said}"):
        photos(table(folder, text))


def test_files_that_a_table_names_must_be_there(folder):
    path = table(folder, "image,mask\na.jpg,a_mask.png\nlost.jpg,b_mask.png\nb.jpg,gone.png\n")
    with pytest.raises(FileNotFoundError, match=r"2 of 6 files .* not there: .*gone\.png, .*lost"):
        photos(path)


def test_another_source_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no .*absent; the source is a folder or"):
        photos(tmp_path / "absent")
    path = tmp_path / "photos.txt"
    path.write_text("image,mask\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"photos\.txt: the source must be a folder or a \.csv"):
        photos(path)


def test_paths_are_relative_to_the_table(folder, monkeypatch):
    inside = folder / "tables"
    inside.mkdir()
    path = table(inside, "image,mask\n../a.jpg,../a_mask.png\n")
    monkeypatch.chdir("/")
    assert photos(path)[0].image.samefile(folder / "a.jpg")
    assert np.all([Path(p).is_file() for p in (photos(path)[0].image, photos(path)[0].mask)])
