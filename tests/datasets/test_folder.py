"""Anyone's folders: layouts, the rules of names, manifests, and the sets of real composites."""

import csv
import json

import numpy as np
import pytest
from harmonia import datasets
from harmonia.datasets._triplets import COMPOSITES, MASKS, REALS, entry_of, line_of
from hypothesis import given
from hypothesis import strategies as st
from miniatures import (
    IHARMONY4,
    make_folder,
    make_iharmony4,
    make_real_composites_99,
    make_real_composites_100,
    triplet,
    write_mask,
    write_picture,
)

PARTS = triplet(np.random.default_rng(3), 20, 24)


def lay(root, *files):
    """Small files; those whose path says mask are masks."""
    composite, mask, _ = PARTS
    for file in files:
        if "mask" in file.lower():
            write_mask(root / file, mask)
        else:
            write_picture(root / file, composite)


def found(root, **options):
    """What is found: composite, mask and real of each name, relative to the folder."""
    return {
        entry.name: tuple(
            None if path is None else path.relative_to(root).as_posix()
            for path in (entry.composite, entry.mask, entry.real)
        )
        for entry in datasets.load("folder", root, **options).entries()
    }


def test_samples_are_what_the_files_hold(tmp_path):
    made = make_folder(tmp_path)
    dataset = datasets.load("folder", tmp_path)
    assert [sample.name for sample in dataset] == made["all"]
    for sample in dataset:
        assert sample.composite.shape == sample.real.shape == (40, 56, 3)
        outside = sample.mask == 0
        difference = np.abs(sample.composite.astype(int) - sample.real)
        assert difference[outside].mean() < difference[~outside].mean()


@pytest.mark.parametrize("composites", COMPOSITES)
def test_composites_may_lie_in_folders_of_several_names(tmp_path, composites):
    lay(tmp_path, f"{composites}/a.jpg", "mask/a.png")
    assert found(tmp_path) == {"a": (f"{composites}/a.jpg", "mask/a.png", None)}


@pytest.mark.parametrize("masks", [*MASKS, "Masks", "MASK"])
@pytest.mark.parametrize("reals", [REALS[0], "GT"])
def test_masks_and_reals_too_and_in_any_letters(tmp_path, masks, reals):
    lay(tmp_path, "Images/a.jpg", f"{masks}/a.png", f"{reals}/a.png")
    assert found(tmp_path) == {"a": ("Images/a.jpg", f"{masks}/a.png", f"{reals}/a.png")}


@pytest.mark.parametrize("reals", REALS)
def test_reals_may_lie_in_folders_of_several_names(tmp_path, reals):
    lay(tmp_path, "comp/a.jpg", "masks/a.png", f"{reals}/a.jpg")
    assert found(tmp_path)["a"][2] == f"{reals}/a.jpg"


@pytest.mark.parametrize(
    ("mask", "real"),
    [
        ("x_1_2", "x_1_2"),
        ("x_1_2_mask", "x_1_2_real"),
        ("x_1_2.mask", "x_1_2_gt"),
        ("x_1", "x"),
        ("x_1", "x_1"),
    ],
)
def test_names_of_masks_and_reals_follow_several_rules(tmp_path, mask, real):
    lay(tmp_path, "images/s/x_1_2.jpg", f"masks/s/{mask}.png", f"reals/s/{real}.png")
    expected = ("images/s/x_1_2.jpg", f"masks/s/{mask}.png", f"reals/s/{real}.png")
    assert found(tmp_path) == {"s/x_1_2": expected}


def test_the_rule_of_most_counts_for_all(tmp_path):
    """`a_1` has no mask of its own, and that of `a` is not it."""
    lay(tmp_path, "images/a.jpg", "images/a_1.jpg", "images/b.jpg", "masks/a.png", "masks/b.png")
    assert found(tmp_path)["a_1"] == ("images/a_1.jpg", "masks/a_1.png", None)
    with pytest.raises(FileNotFoundError, match=r"a_1\.png"):
        datasets.load("folder", tmp_path)[1]


def test_a_missing_real_is_missing(tmp_path):
    lay(tmp_path, "images/a.jpg", "images/b.jpg", "masks/a.png", "masks/b.png", "reals/a.jpg")
    assert found(tmp_path)["b"][2] == "reals/b.jpg"


def test_iharmony4_without_its_lists_has_its_sub_datasets(tmp_path):
    make_iharmony4(tmp_path)
    for path in tmp_path.rglob("*.txt"):
        path.unlink()
    whole = {
        entry.name: entry for split in () for entry in datasets.load("iharmony4", tmp_path, split)
    }
    assert whole == {}
    entries = list(datasets.load("folder", tmp_path).entries())
    names = {
        f"{subset}/{name}"
        for of_split in IHARMONY4.values()
        for subset, stems in of_split.items()
        for name in stems
    }
    assert {entry.name for entry in entries} == names
    assert len(entries) == len(names)
    for entry in entries:
        subset, stem = entry.name.split("/")
        folder = tmp_path / subset
        assert entry.subset == subset
        assert entry.mask == folder / "masks" / f"{stem.rpartition('_')[0]}.png"
        assert entry.real == folder / "real_images" / f"{stem.split('_')[0]}.jpg"
        assert entry.mask.is_file()
        assert entry.real.is_file()


def test_a_folder_a_sample(tmp_path):
    lay(tmp_path, "b/composite.png", "b/mask.png", "a/x/composite.jpg", "a/x/mask.png")
    lay(tmp_path, "a/x/real.jpg", "notes/other.jpg")
    assert found(tmp_path) == {
        "a/x": ("a/x/composite.jpg", "a/x/mask.png", "a/x/real.jpg"),
        "b": ("b/composite.png", "b/mask.png", None),
    }


def test_files_beside_each_other(tmp_path):
    lay(tmp_path, "s/a.jpg", "s/a_mask.png", "s/a_real.jpg", "b.png", "b.mask.png", "c.png")
    assert found(tmp_path) == {
        "b": ("b.png", "b.mask.png", None),
        "c": ("c.png", "c_mask.png", None),
        "s/a": ("s/a.jpg", "s/a_mask.png", "s/a_real.jpg"),
    }


def test_folders_may_be_named(tmp_path):
    lay(tmp_path, "in/a.jpg", "what_was_pasted/mask/a.png", "images/a.jpg", "out/a.jpg")
    options = {"composites": "in", "masks": "what_was_pasted/mask", "reals": "out"}
    expected = ("in/a.jpg", "what_was_pasted/mask/a.png", "out/a.jpg")
    assert found(tmp_path, **options) == {"a": expected}


def test_masks_below_the_composites_are_none_of_them(tmp_path):
    lay(tmp_path, "a.jpg", "s/b.jpg", "masks/a.png", "masks/s/b.png", "gt/a.jpg", "gt/s/b.jpg")
    assert found(tmp_path, composites=".") == {
        "a": ("a.jpg", "masks/a.png", "gt/a.jpg"),
        "s/b": ("s/b.jpg", "masks/s/b.png", "gt/s/b.jpg"),
    }


@pytest.mark.parametrize(
    ("files", "options", "error", "said"),
    [
        ([], {}, FileNotFoundError, "holds no composites with masks; looked for"),
        (["a.jpg"], {}, FileNotFoundError, "holds no composites with masks; looked for"),
        (["images/a.jpg"], {"masks": "m"}, NotADirectoryError, "masks: there is no folder .*m"),
        (["m/a.jpg"], {"composites": "m"}, FileNotFoundError, "no folder of masks; say masks="),
        (
            ["images/a.jpg", "composites/a.jpg", "masks/a.png"],
            {},
            ValueError,
            "has the folders composites and images; say composites= which is meant",
        ),
        (
            ["images/a.jpg", "masks/b.png"],
            {},
            FileNotFoundError,
            r"masks has no file for any of 1 composites such as a\.jpg",
        ),
        (
            ["images/a.jpg", "masks/a.png", "reals/b.png"],
            {},
            FileNotFoundError,
            "reals has no file for any of 1 composites",
        ),
        (
            ["images/a.jpg", "images/a.png", "masks/a.png"],
            {},
            ValueError,
            r"holds a\.jpg and a\.png, of one name",
        ),
        (["masks/a.png", "images/.keep.png"], {}, FileNotFoundError, "images holds no pictures"),
        (["a.jpg"], {"manifest": "m.csv"}, FileNotFoundError, "manifest: there is no file .*m.csv"),
        (
            ["a.jpg"],
            {"manifest": "m.csv", "masks": "m"},
            ValueError,
            "manifest and masks exclude each other",
        ),
        (["a.jpg"], {"split": "test"}, TypeError, "dataset 'folder' has no option 'split'"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, files, options, error, said):
    lay(tmp_path, *files)
    with pytest.raises(error, match=said):
        datasets.load("folder", tmp_path, **options)


CSV = """composite,mask,real,name,subset,camera
in/a.jpg,m/1.png,r/a.jpg,first,S,X100
b.jpg,m/2.png,,,,
"""


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl"])
def test_a_manifest_says_what_goes_together(tmp_path, kind):
    rows = list(csv.DictReader(CSV.splitlines()))
    text = CSV if kind == "csv" else CSV.replace(",", "\t")
    if kind == "jsonl":
        text = "".join(json.dumps(row) + "\n\n" for row in rows)
    path = tmp_path / "lists" / f"mine.{kind}"
    path.parent.mkdir()
    path.write_bytes(("\ufeff" + text.replace("\n", "\r\n")).encode())
    lay(path.parent, "in/a.jpg", "m/1_mask.png", "r/a.jpg", "b.jpg")
    first, second = datasets.load("folder", tmp_path, manifest=f"lists/mine.{kind}").entries()
    assert (first.name, first.subset, first.extras) == ("first", "S", {"camera": "X100"})
    assert (first.composite, first.mask, first.real) == tuple(
        path.parent / name for name in ("in/a.jpg", "m/1.png", "r/a.jpg")
    )
    assert (second.name, second.subset, second.real) == ("b", "", None)


def test_a_manifest_reads_its_samples(tmp_path):
    lay(tmp_path, "a.jpg", "x/a_mask.png")
    path = tmp_path.parent / "manifest.csv"
    path.write_text(f"mask,composite\n{tmp_path.name}\\x\\a_mask.png,{tmp_path / 'a.jpg'}\n")
    (sample,) = datasets.load("folder", tmp_path, manifest=path)
    assert np.array_equal(sample.mask, PARTS[1])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("m.csv", "", r"has no column composite nor mask; its columns are none"),
        ("m.csv", "composite,alpha\n", r"has no column mask; its columns are composite, alpha"),
        ("m.csv", "composite,mask\n", "holds no samples"),
        ("m.csv", "composite,mask\na.jpg,\n", "line 2: has no mask"),
        ("m.csv", "composite,mask\n.,m.png\n", r"line 2: composite must name a file, is '\.'"),
        ("m.csv", "composite,mask\na.jpg,b/..\n", r"mask must name a file, is 'b/\.\.'"),
        ("m.csv", "composite,mask\na.jpg,b.png,c\n", "line 2: has not as many fields"),
        ("m.csv", "composite,mask\na.jpg\n", "line 2: has not as many fields"),
        ("m.csv", "composite,mask\na.jpg,m\na.png,m\n", "line 3: 'a' is the name of line 2"),
        ("m.csv", 'composite,mask\n"a.jpg,m\n', "is no CSV"),
        ("m.jsonl", '{"composite": "a.jpg"}\n', "line 1: has no mask"),
        ("m.jsonl", '\n["a.jpg"]\n', "line 2: must be an object"),
        ("m.jsonl", "composite\n", "line 1: is no JSON"),
        ("m.jsonl", '{"composite": "a", "mask": 3}\n', "line 1: mask must be text, is 3"),
        ("m.jsonl", "", "holds no samples"),
        ("m.txt", "a.jpg", r"must be a .csv, .tsv or .jsonl file"),
    ],
)
def test_what_is_wrong_in_a_manifest_is_said(tmp_path, name, text, said):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"{name}.*{said}"):
        datasets.load("folder", tmp_path, manifest=name)


@pytest.mark.parametrize("name", ["m.csv", "m.jsonl"])
def test_a_manifest_that_is_no_text_is_an_error(tmp_path, name):
    (tmp_path / name).write_bytes(b"composite,mask\n\xff\xfe")
    with pytest.raises(ValueError, match=f"{name}: a .* must be UTF-8 text"):
        datasets.load("folder", tmp_path, manifest=name)


paths = st.text(st.characters(exclude_characters="\0\r\n\\", exclude_categories=["Cs"]), min_size=1)


@given(paths, paths, st.none() | paths, st.text(), st.dictionaries(st.text(), st.integers()))
def test_a_line_holds_an_entry(tmp_path_factory, composite, mask, real, subset, extras):
    root = tmp_path_factory.getbasetemp()
    entry = entry_of(root, line_of("n", composite, mask, real, subset, extras))
    assert "\n" not in line_of("n", composite, mask, real, subset, extras)
    assert (entry.composite, entry.mask) == (root / composite, root / mask)
    assert entry.real == (None if real is None else root / real)
    assert (entry.subset, entry.extras) == (subset, extras)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("real_composites_99", make_real_composites_99),
        ("real_composites_100", make_real_composites_100),
    ],
)
def test_real_composites_have_no_ground_truth(tmp_path, name, make):
    made = make(tmp_path)
    lay(tmp_path, *(f"real/{one}.jpg" for one in made["all"]))  # whatever that may be
    dataset = datasets.load(name, tmp_path)
    assert [sample.name for sample in dataset] == made["all"]
    assert all(sample.real is None and (sample.mask == 255).any() for sample in dataset)
    assert sum(datasets.facts(name).counts["all"].values()) == int(name.rpartition("_")[2])


@pytest.mark.parametrize("name", ["real_composites_99", "real_composites_100"])
@pytest.mark.parametrize(
    ("composites", "masks"),
    [
        ("composite_images/{}.png", "masks/{}.png"),
        ("image/{}.png", "mask/{}.png"),
        ("predict_images/{}_1.jpg", "predict_masks/{}.png"),
        ("{}.jpg", "{}_mask.png"),
    ],
)
def test_real_composites_are_found_as_published_codes_lay_them_out(
    tmp_path, name, composites, masks
):
    for stem in ("0019", "IMG_0660"):
        lay(tmp_path, composites.format(stem), masks.format(stem))
    for entry, stem in zip(
        datasets.load(name, tmp_path).entries(), ("0019", "IMG_0660"), strict=True
    ):
        assert entry.composite == tmp_path / composites.format(stem)
        assert entry.mask == tmp_path / masks.format(stem)
