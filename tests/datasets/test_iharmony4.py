"""iHarmony4: names, lists of either kind, and what its files hold."""

import shutil

import numpy as np
import originals
import pytest
from harmonia import datasets
from harmonia.datasets import _iharmony4_names as names
from harmonia.datasets._iharmony4_folders import base_name
from hypothesis import given
from hypothesis import strategies as st
from miniatures import IHARMONY4, make_hadobe5k, make_iharmony4, write_list
from PIL import Image

# Every form of name: sub-dataset, real, mask and number.
FORMS = {
    "c35030_434421_1": ("HCOCO", "c35030", "c35030_434421", 1),
    "a0002_1_4": ("HAdobe5k", "a0002", "a0002_1", 4),
    "f2508_1_2": ("HFlickr", "f2508", "f2508_1", 2),
    "d1-20120628-200951_1_3": ("Hday2night", "d1-20120628-200951", "d1-20120628-200951_1", 3),
    "d90000004-18_1_14": ("Hday2night", "d90000004-18", "d90000004-18_1", 14),
}
NO_NAMES = [
    *("", "c35030_434421", "c35030_434421_1_1", "c_1_1", "x1_1_1", "a002_1_4", "a00002_1_4"),
    *("f2508_1_", "f2508__2", "d1048_1_3", "d1-2-3-4_1_3", "c1_2_3 ", "C1_2_3", "c1_2_3.jpg"),
    "c\u0661_2_3",  # digits of another script
]

digits = st.integers(1, 10**7).map(str)
reals = {
    "HCOCO": digits.map("c{}".format),
    "HAdobe5k": st.integers(1, 5000).map("a{:04}".format),
    "HFlickr": digits.map("f{}".format),
    "Hday2night": st.lists(digits, min_size=2, max_size=3).map(lambda p: "d" + "-".join(p)),
}
any_name = st.sampled_from(sorted(reals)).flatmap(
    lambda subset: st.tuples(st.just(subset), reals[subset], digits, digits)
)


@pytest.fixture
def root(tmp_path):
    make_iharmony4(tmp_path)
    return tmp_path


def names_in(dataset):
    return [entry.name for entry in dataset.entries()]


def in_order(split):
    return [name for of_subset in IHARMONY4[split].values() for name in of_subset]


@pytest.mark.parametrize("stem", FORMS)
def test_a_name_says_its_mask_and_its_real(stem):
    assert names.parse(stem) == FORMS[stem]


@pytest.mark.parametrize("stem", NO_NAMES)
def test_what_is_no_name_is_refused_with_some_that_are(stem):
    with pytest.raises(ValueError, match="is no name of iHarmony4: c35030_434421_1"):
        names.parse(stem)


@given(any_name)
def test_names_go_there_and_back(parts):
    subset, real, mask, number = parts
    assert names.parse(f"{real}_{mask}_{number}") == (
        subset,
        real,
        f"{real}_{mask}",
        int(number),
    )


@given(
    any_name,
    st.lists(st.text("ab_. -", min_size=1), max_size=3),
    st.sampled_from("/\\"),
    st.sampled_from([".jpg", ".png", ""]),
)
def test_folders_of_any_name_do_not_matter(parts, folders, slash, suffix):
    stem = "_".join(parts[1:])
    assert base_name(slash.join([*folders, stem + suffix])) == (stem, suffix)


def test_all_published_test_names_say_the_right_mask_and_real():
    """The real is what stands before the first underscore, the mask before the last."""
    rows = originals.iharmony4_index()
    found = {}
    for row in rows:
        stem = row["Name"].removesuffix(".jpg")
        subset, real, mask, number = names.parse(stem)
        assert (subset, real) == (row["ds"], stem.split("_")[0])
        assert mask == "_".join(stem.split("_")[:-1])
        assert number == int(stem.split("_")[-1])
        found.setdefault(subset, []).append((stem, mask, real))
    counts = {
        subset: [len(set(part)) for part in zip(*rows, strict=True)]
        for subset, rows in found.items()
    }
    assert counts == {  # composites, masks and reals
        "HCOCO": [4283, 3571, 3417],
        "HAdobe5k": [2160, 432, 432],
        "HFlickr": [828, 445, 444],
        "Hday2night": [133, 24, 24],
    }
    assert datasets.facts("iharmony4").counts["test"] == {s: n[0] for s, n in counts.items()}


def test_the_published_test_list_reads_as_it_is(tmp_path):
    rows = originals.iharmony4_index()
    lines = [f"{row['ds']}/composite_images/{row['Name']}" for row in rows]
    write_list(tmp_path / "IHD_test.txt", lines)
    dataset = datasets.load("iharmony4", tmp_path)
    assert len(dataset) == 7404
    for entry, row in zip(dataset.entries(), rows, strict=True):
        stem = row["Name"].removesuffix(".jpg")
        folder = tmp_path / row["ds"]
        assert entry.composite == folder / "composite_images" / row["Name"]
        assert entry.mask == folder / "masks" / f"{stem.rpartition('_')[0]}.png"
        assert entry.real == folder / "real_images" / f"{stem.split('_')[0]}.jpg"


def test_counts_are_those_of_the_page():
    counts = datasets.facts("iharmony4").counts
    assert {split: sum(of.values()) for split, of in counts.items()} == {
        "train": 65742,
        "test": 7404,
    }
    assert len(datasets.facts("iharmony4").history) == 3


@pytest.mark.parametrize("split", ["train", "test"])
def test_samples_are_what_the_files_hold(root, split):
    dataset = datasets.load("iharmony4", root, split=split)
    assert names_in(dataset) == in_order(split)
    for sample, entry in zip(dataset, dataset.entries(), strict=True):
        with Image.open(entry.composite) as composite, Image.open(entry.real) as real:
            assert np.array_equal(sample.composite, np.asarray(composite))
            assert np.array_equal(sample.real, np.asarray(real))
        with Image.open(entry.mask) as mask:
            assert np.array_equal(sample.mask, np.asarray(mask.convert("L")))
        assert (sample.name, sample.notes) == (entry.name, ())


def test_masks_of_hcoco_stay_soft_and_those_of_hadobe5k_are_one_channel(root):
    for sample in datasets.load("iharmony4", root):
        assert sample.mask.shape == sample.composite.shape[:2]
        values = set(np.unique(sample.mask).tolist())
        assert values > {0, 255} if sample.subset == "HCOCO" else values == {0, 255}


@pytest.mark.parametrize(
    ("asked", "subsets"),
    [
        ("HCOCO", ["HCOCO"]),
        ("HDay2Night", ["Hday2night"]),
        (("HFlickr", "HCOCO"), ["HCOCO", "HFlickr"]),
        (["HFlickr", "HFlickr"], ["HFlickr"]),
    ],
)
@pytest.mark.parametrize("whole", [True, False], ids=["list of all", "lists of each"])
def test_sub_datasets_are_chosen_in_the_order_of_the_list(root, asked, subsets, whole):
    if not whole:
        (root / "IHD_test.txt").unlink()
    dataset = datasets.load("iharmony4", root, subset=asked)
    assert names_in(dataset) == [n for s in subsets for n in IHARMONY4["test"][s]]
    assert {entry.subset for entry in dataset.entries()} == set(subsets)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"split": "val"}, "iharmony4: split must be 'train' or 'test', got 'val'"),
        ({"split": None}, "iharmony4: split must be 'train' or 'test', got None"),
        ({"subset": "COCO"}, "iharmony4: subset must be 'HCOCO', 'HAdobe5k', .* got 'COCO'"),
        ({"subset": ["HCOCO", 3]}, "iharmony4: subset must be .* got 3"),
        ({"subset": []}, "iharmony4: subset must name one or several of .* got none"),
    ],
)
def test_what_there_is_not_is_refused(root, options, said):
    with pytest.raises(ValueError, match=said):
        datasets.load("iharmony4", root, **options)


def test_without_the_list_of_all_those_of_sub_datasets_follow_each_other(root):
    whole = names_in(datasets.load("iharmony4", root))
    (root / "IHD_test.txt").unlink()
    assert names_in(datasets.load("iharmony4", root)) == whole
    shutil.rmtree(root / "HCOCO")
    (root / "HFlickr" / "HFlickr_test.txt").rename(root / "HFlickr_test.txt")
    dataset = datasets.load("iharmony4", root)
    assert names_in(dataset) == whole[len(IHARMONY4["test"]["HCOCO"]) :]
    assert len(list(dataset)) == len(dataset)  # all files are found


@pytest.mark.parametrize("subset", IHARMONY4["test"])
def test_the_folder_of_one_sub_dataset_is_enough(root, subset):
    alone = root / "another name_1"
    (root / subset).rename(alone)
    dataset = datasets.load("iharmony4", alone)
    assert [sample.name for sample in dataset] == IHARMONY4["test"][subset]
    assert [sample.name for sample in datasets.load("iharmony4", alone, subset=subset)] == (
        IHARMONY4["test"][subset]
    )


def test_other_text_files_do_not_matter(root):
    for folder in (root, root / "HCOCO"):
        for name in ("my_test.txt", "train_and_test.txt", "IHD_test.txt.bak", "HCOCO_val.txt"):
            (folder / name).write_text("nothing of use", encoding="utf-8")
    assert names_in(datasets.load("iharmony4", root)) == in_order("test")


def test_lists_may_come_from_anywhere(root):
    """Byte order mark, Windows line ends, blanks, back slashes, and folders above."""
    lines = (root / "IHD_test.txt").read_text(encoding="utf-8").split()
    strange = [
        f"{lines[0].rpartition('/')[2]}\t",
        "",
        "  " + lines[1].replace("/", "\\"),
        f"./{lines[2]}",
        f"D:\\my_data\\iHarmony4\\{lines[3]}",
        f"/data_1/x_y/{lines[4]} ",
        *lines[5:],
    ]
    text = "\ufeff" + "\r\n".join(strange) + "\r\n\r\n"
    (root / "IHD_test.txt").write_bytes(text.encode())
    dataset = datasets.load("iharmony4", root)
    assert [sample.name for sample in dataset] == in_order("test")


def test_another_list_can_be_named_and_is_all_that_counts(root):
    chosen = [in_order("test")[-1], in_order("train")[0], in_order("test")[0]]
    write_list(root / "IHD_human_test.txt", [f"{name}.jpg" for name in chosen])
    (root / "IHD_test.txt").unlink()
    assert names_in(datasets.load("iharmony4", root, list="IHD_human_test.txt")) == chosen
    with pytest.raises(FileNotFoundError, match=r"IHD_nonhuman_train\.txt"):
        datasets.load("iharmony4", root, list="IHD_nonhuman_train.txt")


def test_where_there_is_no_list_all_places_are_said(tmp_path):
    with pytest.raises(FileNotFoundError, match="no list of the train split") as caught:
        datasets.load("iharmony4", tmp_path, split="train")
    for name in ("IHD_train.txt", "HCOCO/HCOCO_train.txt", "Hday2night_train.txt"):
        assert name in str(caught.value)
    assert "'folder'" in str(caught.value)


def test_where_the_lists_are_of_the_other_split_that_is_said(tmp_path):
    write_list(tmp_path / "HFlickr" / "HFlickr_train.txt", [])
    with pytest.raises(FileNotFoundError, match=r"There is one of the train split$"):
        datasets.load("iharmony4", tmp_path, split="test")


def test_the_folder_further_down_is_named(root, tmp_path):
    above = tmp_path / "above"
    shutil.copytree(root, above / "iHarmony4", ignore=shutil.ignore_patterns("above"))
    with pytest.raises(FileNotFoundError, match=f"There is one in {above / 'iHarmony4'}"):
        datasets.load("iharmony4", above)


def test_a_sub_dataset_that_was_asked_for_must_be_there(root):
    lines = (root / "IHD_test.txt").read_text(encoding="utf-8").split()
    write_list(root / "IHD_test.txt", [line for line in lines if "HCOCO" not in line])
    with pytest.raises(ValueError, match=r"subset: there are no composites of HCOCO in .*IHD_test"):
        datasets.load("iharmony4", root, subset=["HCOCO", "HFlickr"])
    (root / "IHD_test.txt").unlink()
    shutil.rmtree(root / "HFlickr")
    with pytest.raises(FileNotFoundError, match=r"looked for .*HFlickr/HFlickr_test.txt"):
        datasets.load("iharmony4", root, subset=["HCOCO", "HFlickr"])


def test_an_empty_list_is_an_error(root):
    write_list(root / "IHD_test.txt", ["", "  "])
    with pytest.raises(ValueError, match="no composites of HCOCO and HAdobe5k and"):
        datasets.load("iharmony4", root)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("HCOCO/composite_images/photo.jpg", "'photo' is no name of iHarmony4"),
        ("HCOCO/composite_images/a0002_1_4.jpg", "of HCOCO by its folder, and of HAdobe5k by"),
        ("HFLICKR\\composite_images\\c1_2_3.jpg", "of HFlickr by its folder, and of HCOCO by"),
    ],
)
def test_a_wrong_line_is_named_by_its_number(root, line, said):
    path = root / "IHD_test.txt"
    lines = path.read_text(encoding="utf-8").split()
    write_list(path, [lines[0], "", line, *lines[1:], line])
    with pytest.raises(ValueError, match=f"IHD_test.txt, line 3: .*{said}") as caught:
        datasets.load("iharmony4", root)
    assert str(caught.value).endswith("(and 1 more lines are wrong)")


def test_a_list_of_one_sub_dataset_holds_no_names_of_another(root):
    (root / "IHD_test.txt").unlink()
    write_list(root / "HCOCO" / "HCOCO_test.txt", ["c1_2_3.jpg", "f1_2_1.jpg"])
    with pytest.raises(ValueError, match=r"HCOCO_test.txt, line 2: 'f1_2_1.jpg' is of HCOCO by"):
        datasets.load("iharmony4", root)


def test_a_list_that_is_no_text_is_an_error(root):
    (root / "IHD_test.txt").write_bytes(b"\xff\xfeH\0C\0")
    with pytest.raises(ValueError, match=r"IHD_test.txt: a list must be UTF-8 text"):
        datasets.load("iharmony4", root)


def test_folders_may_be_written_in_other_letters(root):
    (root / "Hday2night").rename(root / "HDay2Night")
    dataset = datasets.load("iharmony4", root, subset="Hday2night")
    assert [sample.name for sample in dataset] == IHARMONY4["test"]["Hday2night"]


@pytest.mark.parametrize("listed", [".jpg", ".png", ""])
def test_copies_with_other_suffixes_are_read(root, listed):
    """Composites as PNG, reals as PNG and masks as JPEG, whatever the list says."""
    stems = IHARMONY4["test"]["HFlickr"]
    write_list(root / "IHD_test.txt", [f"HFlickr/composite_images/{n}{listed}" for n in stems])
    suffixes = {"composite_images": ".png", "real_images": ".png", "masks": ".jpg"}
    for folder, suffix in suffixes.items():
        for path in sorted((root / "HFlickr" / folder).iterdir()):
            with Image.open(path) as picture:
                picture.resize((32, 32)).save(path.with_suffix(suffix))
            path.unlink()
    for sample, name in zip(datasets.load("iharmony4", root), stems, strict=True):
        assert (sample.name, sample.composite.shape) == (name, (32, 32, 3))


def test_a_missing_file_is_an_error_at_its_turn_alone(root):
    (root / "HCOCO" / "masks" / "c581929_2210.png").unlink()
    dataset = datasets.load("iharmony4", root)
    assert dataset[0].name == "c35030_434421_1"
    with pytest.raises(FileNotFoundError, match=r"c581929_2210.png"):
        dataset[2]


def test_the_folder_of_hadobe5k_is_one_of_iharmony4_too(tmp_path):
    made = make_hadobe5k(tmp_path)
    assert names_in(datasets.load("iharmony4", tmp_path)) == made["test"]
