"""What holds for every dataset: it reads its miniature, in any order, from anywhere."""

import itertools
import pickle
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from harmonia import datasets
from harmonia.datasets import Dataset, Entry, Sample
from miniatures import MAKERS

NAMES = datasets.list_datasets()


@pytest.fixture(scope="module", params=NAMES)
def made(request, tmp_path_factory):
    """The name of a dataset, the root of its miniature, and the names in each of its splits."""
    root = tmp_path_factory.mktemp(request.param)
    return request.param, root, MAKERS[request.param](root)


def load(made, split=None):
    """One of its splits, the first if none is said."""
    name, root, splits = made
    split = next(iter(splits)) if split is None else split
    return datasets.load(name, root, **({} if split == "all" else {"split": split}))


def same(sample, other):
    assert (sample.name, sample.subset, sample.notes) == (other.name, other.subset, other.notes)
    assert sample.extras == other.extras
    for one in ("composite", "mask", "real"):
        mine, its = getattr(sample, one), getattr(other, one)
        assert (mine is None) == (its is None)
        if mine is not None:
            assert mine.dtype == its.dtype
            assert np.array_equal(mine, its)


def test_there_is_a_miniature_of_each():
    assert set(MAKERS) == set(NAMES)


def test_each_split_is_read_in_its_order(made):
    for split, names in made[2].items():
        dataset = load(made, split)
        assert isinstance(dataset, Dataset)
        assert dataset.name == made[0]
        assert len(dataset) == len(names)
        assert [sample.name for sample in dataset] == names
        assert len(set(names)) == len(names)


def test_samples_have_pictures_and_a_mask_of_one_size(made):
    for sample in load(made):
        assert isinstance(sample, Sample)
        assert sample.composite.dtype == np.uint8
        assert sample.composite.shape == (*sample.mask.shape, 3)
        assert sample.mask.dtype == np.uint8
        assert 0 < (sample.mask > 127).mean() < 0.8
        if sample.real is not None:
            assert sample.real.shape == sample.composite.shape
            difference = np.abs(sample.composite.astype(int) - sample.real)
            outside = sample.mask == 0
            assert difference[outside].mean() < difference[~outside].mean()


def test_files_of_entries_lie_below_the_root(made):
    for entry in load(made).entries():
        assert isinstance(entry, Entry)
        for path in (entry.composite, entry.mask, *([] if entry.real is None else [entry.real])):
            assert path.is_relative_to(made[1])
            assert path.is_file()


def test_entries_are_made_without_their_files(made, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(made[1], copy)
    dataset = load((made[0], copy, made[2]))
    before = list(dataset.entries())
    shutil.rmtree(copy)
    assert list(dataset.entries()) == before
    with pytest.raises(FileNotFoundError):
        dataset[0]


def test_access_is_random(made):
    dataset = load(made)
    whole = list(dataset)
    for index in (len(dataset) - 1, 0, len(dataset) // 2, -1, -len(dataset)):
        same(dataset[index], whole[index])
        same(dataset.read(dataset.entry(index)), whole[index])
    for index in (len(dataset), -len(dataset) - 1):
        with pytest.raises(IndexError):
            dataset[index]


def test_a_slice_is_a_dataset(made):
    dataset = load(made)
    names = [entry.name for entry in dataset.entries()]
    for part in (slice(1, None), slice(None, None, -1), slice(0, 0), slice(-2, None)):
        cut = dataset[part]
        assert isinstance(cut, Dataset)
        assert [entry.name for entry in cut.entries()] == names[part]
        assert [sample.name for sample in cut] == names[part]


def test_where_keeps_those_that_are_wanted(made):
    dataset = load(made)
    wanted = {entry.name for entry in itertools.islice(dataset.entries(), 0, None, 2)}
    kept = dataset.where(lambda entry: entry.name in wanted)
    assert {sample.name for sample in kept} == wanted
    assert len(dataset.where(lambda entry: False)) == 0


def test_it_goes_through_pickle(made):
    dataset = load(made)
    twin = pickle.loads(pickle.dumps(dataset))  # noqa: S301 (our own bytes)
    for one, other in zip(twin, dataset, strict=True):
        same(one, other)


def test_threads_read_the_same(made):
    dataset = load(made)
    order = list(range(len(dataset))) * 3
    with ThreadPoolExecutor(4) as pool:
        read = list(pool.map(dataset.__getitem__, order))
    whole = list(dataset)
    for index, sample in zip(order, read, strict=True):
        same(sample, whole[index])


def test_the_root_may_be_a_string_or_relative(made, monkeypatch):
    name, root, splits = made
    monkeypatch.chdir(root.parent)
    for sample, other in zip(load((name, root.name, splits)), load(made), strict=True):
        same(sample, other)


def test_its_facts_are_filled(made):
    name, root, splits = made
    facts = datasets.facts(name)
    assert facts.licence
    assert facts.layout
    assert set(facts.lists) <= set(splits)
    for path in facts.lists.values():
        assert (root / path).is_file()
    if name != "folder":  # whose files are anyone's
        assert facts.page.startswith("https://")
        assert facts.paper
        for split, counts in facts.counts.items():
            assert split in splits
            assert all(count > 0 for count in counts.values())


def test_an_empty_folder_is_an_error_that_names_it(made, tmp_path):
    with pytest.raises((OSError, ValueError), match=re.escape(str(tmp_path))):
        load((made[0], tmp_path, made[2]))


def test_an_unknown_option_is_refused(made):
    with pytest.raises(TypeError, match=f"dataset '{made[0]}' has no option 'spilt'"):
        datasets.load(made[0], made[1], spilt="test")


def test_an_index_error_out_of_a_file_does_not_end_the_loop():
    def read(entry):
        raise IndexError(entry.name)

    files = (Path("a.jpg"), Path("a.png"))
    dataset = Dataset("broken", ["a.jpg"], lambda line: Entry(line, *files), read)
    with pytest.raises(IndexError, match=r"a\.jpg"):
        list(dataset)
