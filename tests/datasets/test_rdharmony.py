"""RdHarmony: names, soft and hard styles, categories, and lists that are wrong."""

import numpy as np
import pytest
from harmonia import datasets
from harmonia.datasets import _rdharmony_names
from hypothesis import given
from hypothesis import strategies as st
from miniatures import RDHARMONY, make_rdharmony, rendering

ALL = "\t0.5_0.5_0_0_0_0_0_0_0_0\t1"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rdharmony")
    make_rdharmony(folder)
    return folder


def test_all_categories_that_are_there_are_read_in_the_order_of_the_lists(root):
    dataset = datasets.load("rdharmony", root)
    entries = list(dataset.entries())
    assert [entry.name for entry in entries] == RDHARMONY["human"] + RDHARMONY["cow"]
    assert [entry.subset for entry in entries] == ["human"] * 4 + ["cow"] * 2
    assert all(e.composite.is_file() and e.mask.is_file() and e.real.is_file() for e in entries)


def test_a_category_is_read_alone(root):
    cows = datasets.load("rdharmony", root, category="cow")
    assert [entry.name for entry in cows.entries()] == RDHARMONY["cow"]


def test_real_and_mask_follow_from_the_name(root):
    entry = datasets.load("rdharmony", root).entry(3)
    assert entry.name == "street-4-7_2"
    assert entry.real == root / "SHuman" / "real_images" / "street-4-7.jpg"
    assert entry.mask == root / "SHuman" / "masks" / "street-4.png"


def test_styles_are_shares_and_the_style_is_that_of_the_background(root):
    entry = datasets.load("rdharmony", root).entry(1)
    assert entry.name == "bar_3-2_1"
    assert entry.extras["styles"] == (0.25, 0.75, 0, 0, 0, 0, 0, 0, 0, 0)
    assert entry.extras["style"] == 2
    assert entry.extras["scene"] == "bar_3"


def test_samples_hold_the_rendering_of_the_background_outside_the_mask(root):
    sample = datasets.load("rdharmony", root)[0]
    background, foreground = rendering("bar_3", 1), rendering("bar_3", 2)
    assert (sample.real.shape, sample.mask.dtype) == (background.shape, np.uint8)
    # JPEG moves these noisy pixels by some levels; the lights differ by far more.
    inside, outside = sample.mask == 255, sample.mask == 0
    far = np.abs(foreground[inside] / 1.0 - background[inside]).mean()
    assert np.abs(sample.composite[inside] / 1.0 - foreground[inside]).mean() < far / 4
    assert np.abs(sample.composite[outside] / 1.0 - background[outside]).mean() < far / 4
    assert np.abs(sample.real / 1.0 - background).mean() < far / 4


def test_another_list_is_read_for_all_categories_or_one(root, tmp_path):
    lines = [f"S{c}/composite_images/x-1_2.jpg{ALL}" for c in ("Cow", "Human", "Tree")]
    (root / "few.txt").write_text("\r\n".join(lines), encoding="utf-8")
    few = datasets.load("rdharmony", root, list="few.txt")
    assert [entry.subset for entry in few.entries()] == ["cow", "human", "STree"]
    assert len(datasets.load("rdharmony", root, list="few.txt", category="Cow")) == 1


def test_known_counts_are_the_published_ones():
    counts = datasets.facts("rdharmony").counts["train"]
    assert len(counts) == 11
    assert sum(counts.values()) == 155_000


names = st.text("ab_-3.", min_size=1, max_size=6)
styles = st.text("ab3", min_size=1, max_size=3)


@given(names, styles, styles)
def test_names_are_taken_apart_as_the_authors_do(scene, background, foreground):
    stem = f"{scene}-{background}_{foreground}"
    found = _rdharmony_names.parse(stem)
    assert found == (f"{scene}-{background}", scene, background, foreground)
    # What is dropped of a path: the last part after _ for the real, after - for the mask.
    assert found.real == stem.removesuffix("_" + stem.split("_")[-1])
    assert found.mask == stem.removesuffix("-" + stem.split("-")[-1])


@pytest.mark.parametrize("stem", ["bar", "bar-1", "bar_1", "-1_2", "bar-_2", "bar-1_", "bar_1-2"])
def test_other_names_are_refused(stem):
    with pytest.raises(ValueError, match=r"is no name of RdHarmony: <scene>-<style>_<style> is"):
        _rdharmony_names.parse(stem)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("SCow/a-1_2.jpg", "has 1 columns apart by tabs, 3 are wanted"),
        (f"SCow/a-1_2.jpg{ALL}\t1", "has 4 columns"),
        ("SCow/a-1_2.jpg\t0.5_0.5\t1", "must be the shares of 10 styles"),
        (f"SCow/a-1_2.jpg\t{'_'.join(['x'] * 10)}\t1", "must be the shares of 10 styles"),
        (f"SCow/a-1_2.jpg\t{'_'.join(['nan'] * 10)}\t1", "must be the shares of 10 styles"),
        (f"SCow/a-1_2.jpg\t{'_'.join(['-1'] * 10)}\t1", "must be the shares of 10 styles"),
        (f"SCow/a-1_2.jpg{ALL[:-1]}0", "must be a style, 1 to 10; got '0'"),
        (f"SCow/a-1_2.jpg{ALL}1", "must be a style, 1 to 10; got '11'"),
        (f"SCow/a-1_2.jpg{ALL[:-1]}night", "must be a style, 1 to 10; got 'night'"),
    ],
)
def test_a_wrong_line_is_shown_with_what_is_wrong(line, said):
    with pytest.raises(ValueError, match=said) as caught:
        _rdharmony_names.read_line(line)
    assert str(caught.value).startswith(repr(line))


def test_what_is_not_there_is_said(root, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no SHuman/SHuman_all_labeled\.txt in"):
        datasets.load("rdharmony", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"no SDog/SDog_all_labeled\.txt in"):
        datasets.load("rdharmony", root, category="dog")
    with pytest.raises(ValueError, match=r"category must be 'human', .* or 'knife', got 'cat'"):
        datasets.load("rdharmony", root, category="cat")
    with pytest.raises(ValueError, match=r"rdharmony: split must be 'train', got 'test'"):
        datasets.load("rdharmony", root, split="test")
