"""The curve that matches two histograms, against NumPy's interpolation."""

import numpy as np
import pytest
from harmonia import _core
from hypothesis import given
from hypothesis import strategies as st
from reference.histogram_matching import match_bins

per_rank = pytest.mark.parametrize("middle", [False, True], ids=["upper", "middle"])


def match(source, target, middle):
    rows = (np.array([side], np.float64) for side in (source, target))
    return _core.match_quantiles(*rows, middle)[0]


@st.composite
def histograms(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    bins = draw(st.integers(1, 40))
    return [
        rng.integers(0, 50, bins) * (rng.random(bins) < draw(st.floats(0, 1))) / 255
        for _ in range(2)
    ]


@per_rank
@given(sides=histograms())
def test_the_curve_is_that_of_the_reference(middle, sides):
    expected = match_bins(*sides, middle)
    # Shares are off by 40 roundings. A share of one part in 40 * 50 * 255 spans a bin at least.
    np.testing.assert_allclose(match(*sides, middle), expected, rtol=0, atol=1e-9)


@per_rank
@given(sides=histograms(), factor=st.integers(1, 1000))
def test_sides_in_proportion_give_the_identity(middle, sides, factor):
    source = np.rint(255 * sides[0])
    curve = match(source, factor * source, middle)
    np.testing.assert_array_equal(curve, np.arange(len(source)))


@per_rank
@given(sides=histograms())
def test_the_curve_rises_and_stays_within_the_target(middle, sides):
    source, target = sides
    curve = match(source, target, middle)
    assert (np.diff(curve) >= 0).all()
    if source.any() and target.any():
        wanted = np.flatnonzero(target)
        assert curve[source > 0].min() >= wanted[0]
        assert curve[source > 0].max() <= wanted[-1]


@per_rank
def test_a_side_without_weight_gives_the_identity(middle):
    some, none = [0, 2, 1, 0], [0, 0, 0, 0]
    for source, target in ((some, none), (none, some), (none, none)):
        assert match(source, target, middle).tolist() == [0, 1, 2, 3]


def test_one_bin_goes_to_the_top_or_to_the_median():
    source, target = [0, 7, 0, 0, 0], [0, 0, 5, 1, 1]
    assert match(source, target, False).tolist() == [3, 4, 4, 4, 4]
    # Ranks of the target: 2.5 / 7, 5.5 / 7, 6.5 / 7; a half is a third of the way.
    np.testing.assert_allclose(match(source, target, True)[1], 2 + (3.5 - 2.5) / 3)


def test_sides_must_have_one_shape():
    with pytest.raises(ValueError, match="source and target must have the same shape"):
        _core.match_quantiles(np.zeros((3, 5)), np.zeros((3, 4)), False)
