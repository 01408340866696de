"""Samples to show: named, by chance, the best and the worst, and where methods differ."""

import hashlib

import numpy as np
import pytest
from harmonia.evaluation import figures


def psnr(results, label):
    return np.array([row.values[results.metrics.index("psnr")] for row in results.rows(label)])


def test_methods_differ_most_where_their_numbers_lie_farthest_apart(results):
    apart = abs(psnr(results, "reinhard") - psnr(results, "fast"))
    assert figures.choose(results, 4) == list(np.argsort(-apart, kind="stable")[:4])


@pytest.mark.parametrize(("pick", "sign"), [("best", -1), ("worst", 1)])
def test_the_best_and_the_worst_are_of_a_method(results, pick, sign):
    order = list(np.argsort(sign * psnr(results, "fast"), kind="stable"))
    assert figures.choose(results, 3, pick=pick, of="fast") == order[:3]


def test_of_an_error_the_lowest_is_best(results):
    fmse = [row.values[results.metrics.index("fmse")] for row in results.rows("fast")]
    found = figures.choose(results, 1, pick="best", of="fast", metric="fmse")
    assert found == [int(np.argmin(fmse))]


def test_chance_is_that_of_the_seed_and_the_names(results):
    names = [row.name for row in results.rows("fast")]
    order = sorted(
        range(len(names)), key=lambda n: hashlib.sha256(f"7 {names[n]}".encode()).digest()
    )
    assert figures.choose(results, 5, pick="random", seed=7) == order[:5]
    assert figures.choose(results, 5, pick="random", seed=8) != order[:5]


def test_each_sub_dataset_gives_so_many(results):
    subsets = [row.subset for row in results.rows("fast")]
    found = figures.choose(results, 1, each_subset=True)
    assert sorted(subsets[number] for number in found) == sorted(set(subsets))
    assert len(figures.choose(results, 2, each_subset=True)) == 7  # HFlickr has but one


def test_names_are_shown_in_their_order(results):
    assert figures.choose(results, names=["f2508_1_2", "a0002_1_1"]) == [5, 3]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"names": ["a0002_1_2"]}, "no sample 'a0002_1_2' was measured; did you mean a0002_1_"),
        ({"pick": "nice"}, "pick must be one of differ, random, best, worst, got 'nice'"),
        ({"of": "mkl", "pick": "best"}, "of: there is no 'mkl', only composite, fast, reinhard"),
        ({"metric": "ssim"}, "metric must be one that was measured, mse, psnr, fmse, got 'ssim'"),
        ({"count": 0}, "count must be at least 1"),
    ],
)
def test_what_makes_no_sense_is_told(results, asked, said):
    with pytest.raises(ValueError, match=said):
        figures.choose(results, **asked)
