"""Means over images: exact, in any order, and never of two protocols."""

import copy
import math

import harmonia
import numpy as np
import pytest
from harmonia.metrics import Mean, Scores, foreground_bins, summarize
from hypothesis import given
from hypothesis import strategies as st

VALUES = st.lists(st.floats(0, 1e6), min_size=1, max_size=30)


def scores_of(values, name="mse", protocol="harmonia", ratio=0.5):
    return [Scores({name: v}, protocol=protocol, foreground_ratio=ratio) for v in values]


@given(VALUES)
def test_the_mean_is_the_exact_sum_over_the_count(values):
    mean = summarize(scores_of(values), resamples=2)["All"]["mse"]
    assert mean.mean == math.fsum(values) / len(values)
    assert mean.images == len(values)


@given(VALUES, st.randoms())
def test_the_order_of_images_does_not_show(values, random):
    shuffled = list(values)
    random.shuffle(shuffled)
    assert summarize(scores_of(values), resamples=9) == summarize(scores_of(shuffled), resamples=9)


def test_sixteen_shards_give_what_one_gives():
    values = list(np.random.default_rng(0).gamma(0.5, 80, 1000))
    whole = summarize(scores_of(values))
    shards = [scores_of(values[n::16]) for n in range(16)]
    assert summarize([row for shard in reversed(shards) for row in shard]) == whole


def test_psnr_is_averaged_image_by_image():
    rows = scores_of([20.0, 40.0], "psnr")
    assert summarize(rows)["All"]["psnr"].mean == 30.0


def test_values_without_a_meaning_are_left_out_and_counted():
    rows = scores_of([1.0, math.nan, math.inf, 3.0, math.nan])
    mean = summarize(rows)["All"]["mse"]
    assert (mean.mean, mean.images, mean.undefined, mean.infinite) == (2.0, 2, 2, 1)


def test_without_a_defined_value_there_is_no_mean():
    mean = summarize(scores_of([math.nan, math.inf]))["All"]["mse"]
    assert math.isnan(mean.mean)
    assert math.isnan(mean.low)
    assert (mean.images, mean.undefined, mean.infinite) == (0, 1, 1)


def test_every_image_counts_alike_in_all():
    rows = scores_of([1.0, 1.0, 1.0, 5.0])
    summary = summarize(rows, groups=["HCOCO", "HCOCO", "HCOCO", "HFlickr"])
    assert list(summary.groups) == ["HCOCO", "HFlickr", "All"]
    assert summary["HCOCO"]["mse"].mean == 1.0
    assert summary["All"]["mse"].mean == 2.0


def test_the_interval_is_that_of_normal_means():
    """Of 400 draws with spread 1 the mean has a spread of 1/20: the middle 95 % are 1.96 of it on
    either side; 1,000 resamples leave about 5 % of doubt on that."""
    values = list(np.random.default_rng(1).normal(10, 1, 400))
    mean = summarize(scores_of(values))["All"]["mse"]
    assert mean.low < mean.mean < mean.high
    assert mean.high - mean.low == pytest.approx(2 * 1.96 * np.std(values) / 20, rel=0.15)


def test_the_interval_is_that_of_a_thousand_means_of_draws():
    """Drawn one after the other here, and always from the same seed."""
    values = np.sort(np.random.default_rng(2).gamma(0.5, 80, 37))
    random = np.random.default_rng(0)
    means = [values[random.integers(0, 37, 37)].mean() for _ in range(1000)]
    mean = summarize(scores_of(values.tolist()))["All"]["mse"]
    # A mean of 37 may be added up in another order: 37 roundings of 2^-53.
    assert (mean.low, mean.high) == pytest.approx(np.percentile(means, [2.5, 97.5]), rel=1e-14)


def test_one_image_has_an_interval_of_no_width():
    assert summarize(scores_of([4.0]))["All"]["mse"] == Mean(4.0, 4.0, 4.0, 1, 0, 0)


def test_two_protocols_are_not_mixed():
    rows = scores_of([1.0]) + scores_of([2.0], protocol="idih")
    with pytest.raises(ValueError, match=r"two protocols .*'harmonia', number 1 of 'idih'"):
        summarize(rows)


def test_plain_dicts_are_refused():
    with pytest.raises(TypeError, match=r"scores must come from evaluate.*number 0 is a dict"):
        summarize([{"mse": 1.0}])


def test_scores_of_other_metrics_are_refused():
    rows = scores_of([1.0]) + scores_of([2.0], "psnr")
    with pytest.raises(ValueError, match=r"same metrics: number 0 has mse, number 1 psnr"):
        summarize(rows)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scores": []}, "at least one image"),
        ({"scores": scores_of([1.0]), "groups": ["a", "b"]}, "for each of 1 scores, got 2"),
        ({"scores": scores_of([1.0]), "groups": ["All"]}, "may not be called 'All'"),
        ({"scores": scores_of([1.0]), "resamples": 0}, "resamples must be at least 1, got 0"),
    ],
)
def test_what_cannot_be_summarized_says_why(arguments, message):
    with pytest.raises(ValueError, match=message):
        summarize(**arguments)


@pytest.mark.parametrize(
    ("ratio", "name"),
    [(0.0, "0-5%"), (0.05, "0-5%"), (0.0501, "5-15%"), (0.15, "5-15%"), (1.0, "15-100%")],
)
def test_bins_hold_their_upper_edge(ratio, name):
    assert foreground_bins(scores_of([1.0], ratio=ratio)) == [name]


def test_one_bin_has_two_edges():
    assert foreground_bins(scores_of([1.0], ratio=0.3), edges=(0, 1)) == ["0-100%"]


def test_a_share_in_no_bin_is_refused():
    with pytest.raises(ValueError, match="ratio of nan, which is in none of the bins 0-5%"):
        foreground_bins(scores_of([1.0], ratio=math.nan))
    with pytest.raises(ValueError, match="edges must rise"):
        foreground_bins(scores_of([1.0]), edges=(0, 0.5, 0.5))


def test_copied_scores_keep_their_protocol():
    image, mask = harmonia.example()
    scores = harmonia.evaluate(image, image[::-1], mask)
    copied = copy.deepcopy(scores)  # by the same way as into another process
    assert (copied, copied.protocol) == (scores, scores.protocol)
    assert copied.foreground_ratio == scores.foreground_ratio
