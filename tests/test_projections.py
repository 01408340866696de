"""Transfers along axes: their axes, how curves are found, and the kernel that follows them."""

import numpy as np
import pytest
from harmonia import _core
from hypothesis import given
from hypothesis import strategies as st
from images import ALIGNED, DTYPES, as_dtype, level, scene, unit
from isas import ISAS, counts, forced, threads
from reference import projections as reference
from reference.idt import BASES
from reference.moments import blend

MATCHINGS = {
    "binned": reference.binned,
    "sorted": reference.in_order,
    "reference": reference.original,
}
per_matching = pytest.mark.parametrize("matching", MATCHINGS)

# A curve's place in float32 is off by some 2^-24 of the colours, times the slope of its moves. The
# slope is the target's spread over the source's: 40 nodes keep that below ten. Measured: 5e-7.
ARITHMETIC = 5e-6


def sides(height=60, width=80, seed=0, *, hard=False):
    image, mask = scene(height, width, seed)
    mask = (mask > 0.5 if hard else mask).astype(np.float32)
    return _core.masked_sample(image.astype(np.float32), mask, "rgb", 1 << 40, 0)


def fit(source, target, steps=6, axes=6, *, nodes=40, matching="binned", paces=None):
    directions = _core.projection_directions(steps, axes, 0)
    return _core.fit_projections(
        source, target, directions, paces or [1.0] * steps, nodes, matching
    )


def expected_steps(source, target, steps=6, axes=6, *, nodes=40, matching="binned", paces=None):
    return reference.fit(
        source[:3].T,
        source[3].astype(float),
        target[:3].T,
        target[3].astype(float),
        _core.projection_directions(steps, axes, 0),
        paces or [1.0] * steps,
        nodes,
        MATCHINGS[matching],
    )


def moved(colors, projections):
    """Colours (n, 3) after the steps."""
    picture = np.ascontiguousarray(colors, np.float32)[None]
    out = np.empty_like(picture)
    _core.projected_colors(picture, None, projections, out)
    return out[0].astype(float)


@pytest.mark.parametrize("axes", [3, 6])
@pytest.mark.parametrize("seed", [0, 1, 2**64 - 1])
def test_axes_are_orthonormal_bases_that_start_with_red_green_and_blue(axes, seed):
    directions = _core.projection_directions(50, axes, seed)
    assert directions.shape == (50, axes, 3)
    np.testing.assert_allclose(directions[0], BASES[:axes], atol=1e-15)
    for base in directions.reshape(-1, 3, 3):
        np.testing.assert_allclose(base @ base.T, np.eye(3), atol=1e-14)
    turns = directions[:, :3]
    np.testing.assert_allclose(np.linalg.det(turns), 1)
    np.testing.assert_allclose(directions, BASES[:axes] @ turns, atol=1e-15)


def test_axes_come_from_a_seed_and_point_everywhere():
    first, again, other = (_core.projection_directions(2000, 3, seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first[1:] - other[1:]).max(axis=(1, 2)).min() > 0.01
    axis = first[1:, 0]
    # Each coordinate of a uniform direction has mean 0 and variance 1/3; five standard errors.
    np.testing.assert_allclose(axis.mean(axis=0), 0, atol=5 / np.sqrt(3 * 2000))
    np.testing.assert_allclose((axis**2).mean(axis=0), 1 / 3, atol=5 * np.sqrt(4 / 45 / 2000))


@per_matching
@pytest.mark.parametrize("axes", [3, 6])
@pytest.mark.parametrize("seed", range(3))
def test_every_matching_follows_its_formula(matching, axes, seed):
    source, target = sides(seed=seed)
    if matching == "reference":  # it counts pixels
        source[3] = target[3] = 1
    paces = [1.0, 0.9, 0.8, 0.7, 0.6, 0.5]
    got = fit(source, target, axes=axes, matching=matching, paces=paces)
    steps = expected_steps(source, target, axes=axes, matching=matching, paces=paces)
    colors = source[:3].T.astype(float)
    np.testing.assert_allclose(
        moved(colors, got), reference.apply(colors, steps), atol=ARITHMETIC, rtol=0
    )


@per_matching
def test_curves_are_constant_beyond_their_ends(matching):
    source, target = sides()
    directions, ranges, moves = fit(source, target, steps=1, axes=3, matching=matching)
    for place, node in ((-3.0, 0), (4.0, -1)):
        far = np.full((1, 3), place)
        np.testing.assert_allclose(
            moved(far, (directions, ranges, moves)), far + moves[0, :, node], atol=1e-6
        )


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_transfer_is_the_blend_of_the_moved_colours(dtype):
    image, mask = scene(45, 67)
    image, mask = as_dtype(image, dtype), mask.astype(np.float32)
    projections = fit(*sides())
    steps = expected_steps(*sides())
    expected = blend(
        reference.apply(unit(image).reshape(-1, 3), steps).reshape(image.shape),
        unit(image),
        0.7 * mask,
    )
    for lay in ALIGNED.values():
        out = np.empty_like(image)
        _core.projections_transfer(lay(image), lay(mask), 0.7, projections, out)
        np.testing.assert_allclose(unit(out), expected, atol=0.5 * level(dtype) + 1e-5, rtol=0)


def test_moved_colours_are_neither_clamped_nor_blended_and_stay_out_of_the_rest():
    image = np.array([[[0, 0, 0], [1, 1, 1]]], np.float32).repeat(300, axis=1)
    mask = np.full((1, 600), 0.25, np.float32)
    mask[:, 256:512] = 0
    directions = _core.projection_directions(1, 3, 0)
    ranges = np.array([[[0.0, 1.0]] * 3])
    moves = np.array([[[-0.5, 0.5]] * 3], np.float32)
    out = np.full_like(image, 7)
    _core.projected_colors(image, mask, (directions, ranges, moves), out)
    expected = 2 * image - 0.5
    expected[:, 256:512] = 7
    np.testing.assert_array_equal(out, expected)


weights = st.lists(st.integers(1, 9), min_size=1, max_size=60)


@pytest.mark.parametrize(("matching", "axes", "steps"), [("binned", 6, 10), ("sorted", 3, 30)])
@pytest.mark.parametrize("seed", range(4))
def test_the_source_gets_the_distribution_of_the_target(matching, axes, steps, seed):
    source, target = sides(seed=seed)
    paces = [min(1, 2 / np.sqrt(i + 1)) for i in range(steps)] if matching == "sorted" else None
    projections = fit(source, target, steps, axes, matching=matching, paces=paces)
    colors = moved(source[:3].T, projections)
    np.testing.assert_allclose(
        np.average(colors, axis=0, weights=source[3]),
        np.average(target[:3], axis=1, weights=target[3]),
        atol=1e-3,
    )
    share = np.linspace(0.01, 0.99, 99)

    def quantiles(places, weights):
        order = np.argsort(places)
        middle = np.cumsum(weights[order]) - weights[order] / 2
        return np.interp(share, middle / weights.sum(), places[order])

    # Some hundred colours of each side: quantiles are uncertain by about a percent of the range.
    for direction in _core.projection_directions(20, 3, 99)[:, 0]:
        got = quantiles(colors @ direction, source[3].astype(float))
        wanted = quantiles(target[:3].T @ direction, target[3].astype(float))
        assert np.abs(got - wanted).mean() < 0.01


def test_a_curve_applies_the_exact_transport_up_to_its_resolution():
    rng = np.random.default_rng(0)
    n = 1 << 16
    x, y = rng.normal(0.4, 0.1, (n, 3)), rng.normal(0.6, 0.15, (n, 3)) ** 2
    ones = np.ones((n, 1))
    source, target = (
        np.ascontiguousarray(np.hstack([side, ones]).T, np.float32) for side in (x, y)
    )
    projections = fit(source, target, 1, 3, nodes=256, matching="sorted")
    exact = np.empty_like(x)
    for c in range(3):  # as many of both: the ranks are matched
        exact[np.argsort(source[c]), c] = np.sort(target[c])
    error = moved(source[:3].T, projections) - exact
    # Root mean square 1.1e-3, a quarter of a level: in the tails few colours share a node.
    assert np.sqrt((error**2).mean()) < 1.25e-3
    assert np.quantile(np.abs(error), 0.99) < 3e-3


@given(weights, weights, st.integers(0, 100), st.integers(2, 70))
@pytest.mark.parametrize("matching", ["binned", "sorted"])
@pytest.mark.parametrize("axes", [3, 6])
def test_a_step_gives_the_source_the_mean_of_the_target(matching, axes, first, second, seed, nodes):
    rng = np.random.default_rng(seed)
    source, target = (
        np.concatenate([rng.random((3, len(w))), [w]]).astype(np.float32) for w in (first, second)
    )
    projections = fit(source, target, steps=1, axes=axes, nodes=nodes, matching=matching)
    mean = np.average(moved(source[:3].T, projections), axis=0, weights=source[3])
    wanted = np.average(target[:3].astype(float), axis=1, weights=target[3])
    np.testing.assert_allclose(mean, wanted, atol=ARITHMETIC, rtol=0)


@given(weights, st.integers(0, 100))
@pytest.mark.parametrize("matching", ["binned", "sorted"])
@pytest.mark.parametrize("axes", [3, 6])
def test_equal_sides_stay_as_they_are(matching, axes, chosen, seed):
    rng = np.random.default_rng(seed)
    source = np.concatenate([rng.random((3, len(chosen))), [chosen]]).astype(np.float32)
    target = np.ascontiguousarray(source[:, rng.permutation(len(chosen))])
    target[3] *= 3  # weights count relative to each other
    projections = fit(source, target, axes=axes, matching=matching)
    np.testing.assert_allclose(moved(source[:3].T, projections), source[:3].T, atol=1e-6, rtol=0)


@pytest.mark.threads
@per_matching
@pytest.mark.parametrize("isa", ISAS)
def test_instruction_sets_and_threads_give_the_same_bytes(matching, isa):
    image, mask = scene(150, 400)
    image, mask = as_dtype(image, "float32"), mask.astype(np.float32)

    def run():
        source, target = _core.masked_sample(image, mask, "rgb", 20000, 0)
        projections = fit(source, target, matching=matching)
        out, colors = np.zeros_like(image), np.zeros_like(image)
        _core.projections_transfer(image, mask, 0.9, projections, out)
        _core.projected_colors(image, mask, projections, colors)
        return [array.tobytes() for array in (*projections, out, colors)]

    with forced("baseline"), threads(1):
        expected = run()
    for count in counts(1, 2, 4):
        with forced(isa), threads(count):
            assert run() == expected


def test_arrays_that_are_no_projections_are_refused():
    image = np.zeros((2, 2, 3), np.float32)
    directions, ranges, moves = fit(*sides())
    for bad in (
        (directions[:, :2], ranges[:, :2], moves[:, :2]),
        (directions[..., :2], ranges, moves),
        (directions, ranges[:1], moves),
        (directions, ranges, moves[..., :1]),
    ):
        with pytest.raises(ValueError, match="must have shape"):
            _core.projections_transfer(image, None, 1.0, bad, np.empty_like(image))
    with pytest.raises(ValueError, match="out must be float32"):
        _core.projected_colors(
            image, None, (directions, ranges, moves), np.empty((2, 2, 3), np.uint8)
        )
    source, target = sides()
    for wrong in ({"paces": [1.0]}, {"nodes": 1}, {"matching": "nearest"}):
        with pytest.raises(ValueError, match="must"):
            fit(source, target, **wrong)
    with pytest.raises(ValueError, match=r"source must have shape"):
        fit(source[:3], target)
    with pytest.raises(ValueError, match=r"target must have shape"):
        fit(source, target[:, :0])
    with pytest.raises(ValueError, match="steps must be positive"):
        _core.projection_directions(1, 4, 0)
