"""Datasets as one: the same samples, from where each dataset reads its own."""

import pickle

import numpy as np
import pytest
from harmonia import datasets
from harmonia.datasets import Sample
from miniatures import make_hadobe5k, make_iharmony4, make_rdharmony


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    root = tmp_path_factory.mktemp("real")
    make_iharmony4(root)
    return datasets.load("iharmony4", root, split="train")


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    root = tmp_path_factory.mktemp("rendered")
    make_rdharmony(root)
    return datasets.load("rdharmony", root)


@pytest.fixture(scope="module")
def squares(tmp_path_factory):
    """A dataset that reads its files in a way of its own."""
    root = tmp_path_factory.mktemp("squares")
    make_hadobe5k(root)
    return datasets.load("hadobe5k", root, size=24)


def assert_same(found: Sample, wanted: Sample):
    for part in ("composite", "mask", "real"):
        np.testing.assert_array_equal(getattr(found, part), getattr(wanted, part))
    for part in ("name", "subset", "extras", "notes"):
        assert getattr(found, part) == getattr(wanted, part)


def test_the_samples_are_those_of_each_in_their_order(real, rendered, squares):
    both = datasets.join(real, rendered, squares)
    assert both.name == "iharmony4 + rdharmony + hadobe5k"
    assert len(both) == len(real) + len(rendered) + len(squares)
    wanted = [*real, *rendered, *squares]
    for found, sample in zip(both, wanted, strict=True):
        assert_same(found, sample)
    assert_same(both[-1], squares[-1])
    assert both[-1].composite.shape == (24, 24, 3)


def test_entries_are_those_of_each(real, rendered):
    both = datasets.join(rendered, real)
    wanted = [*rendered.entries(), *real.entries()]
    for entry, own in zip(both.entries(), wanted, strict=True):
        assert (entry.name, entry.composite, entry.mask) == (own.name, own.composite, own.mask)
        assert (entry.real, entry.subset, entry.extras) == (own.real, own.subset, own.extras)


def test_parts_of_it_are_joined_datasets_too(real, rendered):
    both = datasets.join(real, rendered)
    humans = both.where(lambda entry: entry.subset == "human")
    assert [entry.name for entry in humans.entries()] == [
        entry.name for entry in rendered.entries() if entry.subset == "human"
    ]
    assert_same(humans[1], rendered[1])
    assert_same(both[len(real) :][0], rendered[0])
    assert set(both.groups(lambda entry: entry.subset)) >= {"human", "cow", "HCOCO"}
    few = both.sample(3, seed=1)
    assert len(few) == 3
    assert set(few.lines) <= set(both.lines)


def test_joined_ones_can_be_joined(real, rendered, squares):
    inner = datasets.join(real[:2], rendered)[1:4]
    outer = datasets.join(squares, inner, real)
    assert len(outer.parts) == 4
    wanted = [*squares, real[1], rendered[0], rendered[1], *real]
    for found, sample in zip(outer, wanted, strict=True):
        assert_same(found, sample)


def test_it_goes_through_pickle(real, rendered):
    both = pickle.loads(pickle.dumps(datasets.join(real, rendered)))  # noqa: S301 (our own bytes)
    assert_same(both[len(real)], rendered[0])


def test_only_datasets_are_joined(real):
    with pytest.raises(TypeError, match=r"^datasets\.join: give one or several datasets"):
        datasets.join()
    with pytest.raises(TypeError, match=r"^datasets\.join: each must be .* number 1 is list"):
        datasets.join(real, [real[0]])


def test_an_entry_of_another_dataset_is_named(real):
    both = datasets.join(real)
    with pytest.raises(TypeError, match="no entry of the joined datasets"):
        both.read(real.entry(0))
