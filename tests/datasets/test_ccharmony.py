"""ccHarmony: ten composites of every foreground that a list names."""

import pytest
from harmonia import datasets
from miniatures import make_ccharmony


@pytest.fixture
def root(tmp_path):
    make_ccharmony(tmp_path)
    return tmp_path


def test_foregrounds_become_their_composites_ten_after_nine(root):
    names = [entry.name for entry in datasets.load("ccharmony", root, split="train").entries()]
    assert names[:10] == [f"8D5U5531_a_{number}" for number in range(1, 11)]
    assert names[10:] == [f"8D5U5531_b_{number}" for number in range(1, 11)]


def test_a_name_with_underscores_has_its_real_and_its_mask(root):
    entry = datasets.load("ccharmony", root)[9:].entry(0)
    assert entry.name == "Canon1DsMkIII_0010_a_10"
    assert entry.real == root / "real_images" / "Canon1DsMkIII_0010.jpg"
    assert entry.mask == root / "masks" / "Canon1DsMkIII_0010_a.png"
    assert entry.extras["foreground"] == "Canon1DsMkIII_0010_a"


def test_samples_are_read_whole(root):
    for split in ("train", "test"):
        for sample in datasets.load("ccharmony", root, split=split):
            assert sample.composite.shape == sample.real.shape == (*sample.mask.shape, 3)
            assert set(sample.mask.ravel()) == {0, 255}
            assert sample.notes == ()


def test_composites_are_found_whatever_their_last_part_and_suffix(root):
    for file in (root / "composite_images").glob("Canon*_[12].jpg"):
        file.rename(file.with_name(f"Canon1DsMkIII_0010_a_light{file.stem[-1]}.png"))
    (root / "real_images" / "Canon1DsMkIII_0010.jpg").rename(
        root / "real_images" / "Canon1DsMkIII_0010.png"
    )
    entries = list(datasets.load("ccharmony", root).entries())
    assert len(entries) == 10
    assert [e.name for e in entries[-2:]] == [f"Canon1DsMkIII_0010_a_light{n}" for n in "12"]
    assert entries[-1].real.is_file()


def test_masks_lie_as_in_the_repository_too(root):
    (root / "masks").rename(root / "foreground_masks")
    assert all(entry.mask.is_file() for entry in datasets.load("ccharmony", root).entries())


def test_a_list_may_name_composites_too(root):
    (root / "mine.txt").write_text("8D5U5531_b_7.jpg\n8D5U5531_a\n8D5U5531_a_99.jpg\n")
    names = [entry.name for entry in datasets.load("ccharmony", root, list="mine.txt").entries()]
    assert names[0] == "8D5U5531_b_7"
    assert len(names) == 12
    assert names[-1] == "8D5U5531_a_99"  # which is not there: reading it will say so


def test_what_is_wrong_is_said(root):
    with pytest.raises(ValueError, match="split must be 'train' or 'test', got 'val'"):
        datasets.load("ccharmony", root, split="val")
    (root / "mine.txt").write_text("beach.jpg\n")
    with pytest.raises(ValueError, match=r"'beach.jpg' is no name of ccHarmony: 8D5U5531_a_1.jpg"):
        datasets.load("ccharmony", root, list="mine.txt").entry(0)
    (root / "composite_images").rename(root / "composites")
    with pytest.raises(NotADirectoryError, match="ccharmony: root: there is no folder"):
        datasets.load("ccharmony", root)


def test_known_counts_are_the_published_ones():
    counts = datasets.facts("ccharmony").counts
    assert counts["train"][""] + counts["test"][""] == 10 * 426
