"""Weighted k-means: what it finds, and that nothing but the colours can show in it."""

import numpy as np
import pytest
from harmonia import _core
from hypothesis import given
from hypothesis import strategies as st
from isas import ISAS, counts, forced, threads
from reference.kmeans import kmeans as reference_kmeans
from reference.kmeans import squared_distances

# Coordinates up to 150 in float32, and means of them.
ARITHMETIC = 1e-4


def kmeans(points, count, seed=0):
    centres, weights = _core.kmeans(np.ascontiguousarray(points, np.float32), count, seed)
    return np.array(centres).reshape(-1, 3), np.array(weights)


def cloud(n, seed=0):
    rng = np.random.default_rng(seed)
    colours = rng.normal([60, 5, -10], [20, 15, 25], (n, 3))
    return np.concatenate([colours.T, rng.uniform(0.1, 1, (1, n))]).astype(np.float32)


def assert_is_the_reference(points, count, seed=0):
    centres, weights = kmeans(points, count, seed)
    expected, shares, lost = reference_kmeans(points.astype(np.float64), count, seed)
    np.testing.assert_allclose(centres, expected, rtol=0, atol=ARITHMETIC)
    np.testing.assert_allclose(weights, shares, rtol=0, atol=1e-12)
    return lost


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("n", "count"), [(40, 3), (300, 7), (700, 50), (2500, 20), (1024, 13)])
def test_clusters_are_those_of_the_reference(n, count, seed):
    assert_is_the_reference(cloud(n, seed), count, seed)


@pytest.mark.parametrize("seed", range(20))
def test_a_point_between_two_centres_goes_to_the_one_that_was_placed_first(seed):
    line = np.zeros((4, 7), np.float32)
    line[0] = [0, 10, 20, 30, 40, 50, 5]
    line[3] = [1, 1, 1, 1, 1, 1, 2**-10]
    assert_is_the_reference(line, 6, seed)


def test_a_slow_case_ends_after_a_hundred_rounds():
    line = np.zeros((4, 3000), np.float32)
    line[0] = np.linspace(0, 100, 3000)
    line[3] = 1
    ended, _, _ = reference_kmeans(line.astype(np.float64), 12, 0)
    further, _, _ = reference_kmeans(line.astype(np.float64), 12, 0, rounds=200)
    assert np.abs(further - ended).max() > 0.2
    centres, _ = kmeans(line, 12)
    # Points halfway between two centres may fall to either side: one of some 250 that lie up to 4
    # away moves their mean by 0.016.
    np.testing.assert_allclose(centres, ended, rtol=0, atol=3 * 0.016)


def test_a_cluster_that_loses_its_points_starts_again_at_the_point_worst_off():
    # The draws of this seed start at 0, -11 and 21. The cluster of 0 has 10 as well, moves there
    # and loses both: 0 to the cluster that moved to -5.8, and 10 to the one that moved to 10.9.
    line = np.zeros((4, 6), np.float32)
    line[0] = [-11, -5.6, 0, 10, 10.55, 21]
    line[3] = [1, 30, 1, 10, 30, 1]
    assert assert_is_the_reference(line, 3, seed=1461) > 0


@pytest.mark.parametrize("seed", range(3))
def test_every_cluster_is_the_mean_and_share_of_the_points_nearest_to_it(seed):
    points = cloud(5000, seed)
    centres, weights = kmeans(points, 30, seed)
    colours, w = points[:3].T.astype(np.float64), points[3].astype(np.float64)
    labels = squared_distances(colours, centres).argmin(axis=1)
    for k, centre in enumerate(centres):
        mine = labels == k
        expected = np.average(colours[mine], weights=w[mine], axis=0)
        np.testing.assert_allclose(centre, expected, rtol=0, atol=ARITHMETIC)
    shares = np.bincount(labels, w) / w.sum()
    np.testing.assert_allclose(weights, shares, rtol=0, atol=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_colours_far_from_each_other_get_a_cluster_each(seed):
    rng = np.random.default_rng(seed)
    corners = np.array(np.meshgrid(*[[0, 50, 100]] * 3)).reshape(3, -1)
    points = np.repeat(corners, 20, axis=1) + rng.uniform(-0.5, 0.5, (3, 540))
    centres, weights = kmeans(np.concatenate([points, np.ones((1, 540))]), 27, seed)
    # A random start leaves out a third of them. Lloyd's rounds alone cannot bring them back.
    missed = 27 - len(np.unique(np.rint(centres / 50), axis=0))
    assert missed <= 2
    assert weights.sum() == pytest.approx(1)


@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 60))
def test_the_order_of_the_points_does_not_matter(seed, count, n):
    points = cloud(n, seed)
    points[:, n // 2 :] = points[:, : n - n // 2]  # equal colours too
    shuffled = points[:, np.random.default_rng(seed).permutation(n)]
    for got, wanted in zip(kmeans(shuffled, count), kmeans(points, count), strict=True):
        np.testing.assert_array_equal(got, wanted)


def test_a_weight_of_two_is_two_points():
    points = cloud(400)
    points[3] = 1
    points[3, :100] = 2
    doubled = np.concatenate([points, points[:, :100]], axis=1)
    doubled[3] = 1
    for got, wanted in zip(kmeans(points, 12), kmeans(doubled, 12), strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-6)


def test_the_scale_of_the_weights_does_not_matter():
    points = cloud(400)
    faint = points * np.float32([[1], [1], [1], [2.0**-100]])
    for got, wanted in zip(kmeans(faint, 12), kmeans(points, 12), strict=True):
        np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize("colours", [1, 2, 5, 49])
def test_fewer_colours_than_clusters_are_their_own_clusters(colours):
    few = cloud(colours)
    points = np.tile(few, 40)
    centres, weights = kmeans(points, 50)
    order, wanted = np.lexsort(centres.T), np.lexsort(few[:3])
    np.testing.assert_allclose(centres[order], few[:3, wanted].T, rtol=0, atol=ARITHMETIC)
    np.testing.assert_allclose(weights[order], (few[3] / few[3].sum())[wanted], rtol=1e-6)


def test_no_points_or_no_weight_is_no_cluster():
    for points in (np.zeros((4, 0)), cloud(20) * np.float32([[1], [1], [1], [0]])):
        centres, weights = kmeans(points, 5)
        assert centres.size == 0
        assert weights.size == 0


def test_points_without_weight_do_not_count():
    points = cloud(300)
    more = np.concatenate([points, cloud(100, seed=1) * np.float32([[1], [1], [1], [0]])], axis=1)
    for got, wanted in zip(kmeans(more, 9), kmeans(points, 9), strict=True):
        np.testing.assert_allclose(got, wanted, rtol=0, atol=ARITHMETIC)


def test_a_seed_decides_where_it_starts():
    points = cloud(2000)
    first, again, other = (kmeans(points, 20, seed)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert first.shape != other.shape or (first != other).any()


@pytest.mark.threads
@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("count", [1, 2, 3, 5, 50, 256])
def test_instruction_sets_and_threads_give_the_same_bytes(isa, count):
    points = cloud(9001)  # several blocks, the last one short and no multiple of the lanes
    with forced("baseline"), threads(1):
        expected = kmeans(points, count)
    for n in counts(1, 2, 4):
        with forced(isa), threads(n):
            for got, wanted in zip(kmeans(points, count), expected, strict=True):
                np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize("count", [0, -1, 257])
def test_a_number_of_clusters_that_makes_no_sense_is_refused(count):
    with pytest.raises(ValueError, match="count must be from 1 to 256"):
        kmeans(cloud(10), count)


def test_points_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"points must have shape \(4, N\)"):
        kmeans(np.zeros((3, 10)), 2)
