"""Curves a channel against NumPy's interpolation."""

import copy
import pickle

import numpy as np
import pytest
from harmonia import _core
from harmonia.transform import UNCHANGED, CurveTransform
from images import DTYPES, LAYOUTS, as_dtype, bits, level, scene, unit, with_alpha
from isas import ISAS, counts, forced, threads
from reference import color
from reference.moments import blend

per_dtype = pytest.mark.parametrize("dtype", DTYPES)

BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
LOW, HIGH = (16.0, 30.0, 40.0), (230.0, 210.0, 240.0)
SPACES = {
    "rgb": (lambda rgb: rgb, lambda rgb: rgb, 1.0),
    "ycbcr": (
        lambda rgb: rgb @ color.TO_YCBCR.T + color.YCBCR_BLACK,
        lambda ycbcr: (ycbcr - color.YCBCR_BLACK) @ np.linalg.inv(color.TO_YCBCR).T,
        255.0,
    ),
}


def smooth_curves(space, nodes, seed=0):
    """Rising curves that leave few values where they were."""
    rng = np.random.default_rng(seed)
    low, high = (BLACK, WHITE) if space == "rgb" else (LOW, HIGH)
    steps = np.cumsum(rng.uniform(0.2, 1, (3, nodes)), axis=1)
    shares = (steps - steps[:, :1]) / max(np.ptp(steps), 1e-9)
    values = np.array(low)[:, None] + (0.1 + 0.8 * shares) * np.subtract(high, low)[:, None]
    return CurveTransform(space, low, high, values.astype(np.float32))


def through(curves, rgb):
    """What the curves make of float64 RGB."""
    enter, leave, _ = SPACES[curves.space]
    inside = enter(rgb)
    last = curves.values.shape[1] - 1
    new = np.empty_like(inside)
    for c in range(3):
        span = curves.high[c] - curves.low[c]
        at = np.clip((inside[..., c] - curves.low[c]) / span * last, 0, last)
        at = np.floor(at + 0.5) if curves.nearest else at
        new[..., c] = np.interp(at, np.arange(last + 1), curves.values[c])
    return leave(new)


def tolerance(curves, dtype):
    # A position is off by 2^-22 of the nodes' number, times the largest step between two of them;
    # a few more roundings of values and of the way back to RGB, whose matrix sums to 4 at most.
    steps = np.abs(np.diff(curves.values)).max(initial=0) * curves.values.shape[1] * 2.0**-22
    _, _, unit_of_space = SPACES[curves.space]
    return 0.5 * level(dtype) + 4 * (steps / unit_of_space + 8 * 2.0**-24)


@per_dtype
@pytest.mark.parametrize("nodes", [2, 3, 33, 256, 4097])
@pytest.mark.parametrize("space", SPACES)
def test_output_is_the_interpolation_blended(space, nodes, dtype):
    image, mask = scene(45, 301)
    image, mask = as_dtype(image, dtype), mask.astype(np.float32)
    curves = smooth_curves(space, nodes)
    for strength in (1.0, 0.4):
        expected = blend(through(curves, unit(image)), unit(image), strength * mask)
        out = curves.apply(image, mask, strength=strength)
        np.testing.assert_allclose(unit(out), expected, atol=tolerance(curves, dtype), rtol=0)


@per_dtype
def test_nodes_are_met_exactly(dtype):
    # 17 nodes lie on multiples of 1/16, which floats hold; the curve jumps between them.
    values = np.random.default_rng(0).integers(0, 17, (3, 17)).astype(np.float32) / 16
    curves = CurveTransform("rgb", BLACK, WHITE, values)
    if dtype in ("float16", "float32"):
        nodes = np.arange(17) / 16
        image = np.stack([nodes] * 3, axis=-1)[None].astype(dtype)
        np.testing.assert_array_equal(curves.apply(image)[0], values.T.astype(dtype))
    top = np.iinfo(np.uint8).max
    values = np.random.default_rng(1).integers(0, 256, (3, 256)) / top
    curves = CurveTransform("rgb", BLACK, WHITE, values.astype(np.float32))
    image = np.stack([np.arange(256, dtype=np.uint8)] * 3, axis=-1)[None]
    np.testing.assert_array_equal(curves.apply(image)[0], np.rint(values.T * top))


def test_all_codes_of_16_bits_are_met_exactly():
    codes = np.random.default_rng(2).integers(0, 65536, (3, 65536))
    curves = CurveTransform("rgb", BLACK, WHITE, (codes / 65535).astype(np.float32))
    image = np.stack([np.arange(65536, dtype=np.uint16)] * 3, axis=-1).reshape(256, 256, 3)
    np.testing.assert_array_equal(curves.apply(image).reshape(-1, 3), codes.T)


@pytest.mark.parametrize("nodes", [5, 300, 65536])
def test_bytes_lie_between_nodes_where_there_are_other_numbers(nodes):
    curves = smooth_curves("rgb", nodes)
    image = np.stack([np.arange(256, dtype=np.uint8)] * 3, axis=-1)[None]
    exact = through(curves, image / 255)
    assert np.abs(curves.apply(image) / 255 - exact).max() <= 0.5 / 255 + 1e-6


@pytest.mark.parametrize("space", SPACES)
@per_dtype
def test_the_nearest_node_is_taken_where_that_is_asked_for(space, dtype):
    low, high = (BLACK, WHITE) if space == "rgb" else (LOW, HIGH)
    curves = smooth_curves(space, 12)
    curves = CurveTransform(space, low, high, curves.values, nearest=True)
    image, _ = scene(45, 67)
    image = as_dtype(image, dtype)
    enter, _, _ = SPACES[space]
    at = (enter(unit(image)) - low) / np.subtract(high, low) * 11
    clear = (np.abs(at - np.floor(at) - 0.5) > 1e-3).all(axis=-1)  # of the edges between nodes
    out, expected = unit(curves.apply(image)), np.clip(through(curves, unit(image)), 0, 1)
    assert clear.mean() > 0.9
    close = tolerance(curves, dtype)
    np.testing.assert_allclose(out[clear], expected[clear], atol=close, rtol=0)


def test_beyond_the_ends_a_curve_stays():
    values = np.array([[0.2, 0.9]] * 3, np.float32)
    curves = CurveTransform("rgb", (0.4,) * 3, (0.6,) * 3, values)
    for dtype in DTYPES:
        image = as_dtype(np.array([[[0.0] * 3, [0.39] * 3, [0.61] * 3, [1.0] * 3]]), dtype)
        ends = np.array([0.2, 0.2, 0.9, 0.9])[None, :, None]
        expected = as_dtype(np.broadcast_to(ends, image.shape), dtype)
        np.testing.assert_array_equal(curves.apply(image), expected)


@per_dtype
def test_a_single_node_is_one_colour(dtype):
    curves = CurveTransform("rgb", BLACK, WHITE, np.array([[0.25], [0.5], [1.0]], np.float32))
    image, mask = as_dtype(scene()[0], dtype), scene()[1] > 0.5
    out = curves.apply(image, mask)
    expected = as_dtype(np.array([0.25, 0.5, 1.0]), dtype)
    assert (np.abs(unit(out[mask]) - unit(expected)) <= 1.01 * level(dtype)).all()
    np.testing.assert_array_equal(bits(out)[~mask], bits(image)[~mask])


@pytest.mark.parametrize("channels", [3, 4])
@per_dtype
def test_layouts_background_and_alpha(dtype, channels):
    image, soft = scene(37, 600)
    image = as_dtype(image, dtype)
    image = image if channels == 3 else with_alpha(image)
    # Full, partly covered and empty blocks.
    mask = np.where(np.arange(600) < 256, 1, np.where(np.arange(600) < 512, soft, 0))
    mask = as_dtype(mask, "float32")
    for space in SPACES:
        curves = smooth_curves(space, 256)
        expected = curves.apply(image, mask)
        assert (bits(expected)[mask == 0] == bits(image)[mask == 0]).all()
        assert (bits(expected)[..., 3:] == bits(image)[..., 3:]).all()
        for name, lay in LAYOUTS.items():
            out = curves.apply(lay(image), lay(mask))
            np.testing.assert_array_equal(bits(out), bits(expected), err_msg=name)


def test_full_blocks_of_bytes_are_those_of_a_mask_that_is_all_but_full():
    # Straight from a table or by way of floats.
    image = as_dtype(scene(64, 256)[0], "uint8")
    curves = smooth_curves("rgb", 256)
    full = np.ones((64, 256), np.float32)
    partly = full.copy()
    partly[:, 0] = 0
    np.testing.assert_array_equal(
        curves.apply(image, full)[:, 1:], curves.apply(image, partly)[:, 1:]
    )


@pytest.mark.threads
@pytest.mark.parametrize("nearest", [False, True])
@pytest.mark.parametrize("space", ["rgb", "ycbcr", "lab"])
@per_dtype
def test_instruction_sets_threads_and_repeats_give_equal_bytes(space, dtype, nearest):
    image, mask = scene(131, 311)
    image, mask = as_dtype(image, dtype), as_dtype(mask, "uint8")
    mask[:60] = 255
    values = smooth_curves("ycbcr", 225).values
    curves = CurveTransform(space, LOW, HIGH, values, nearest)
    if space == "rgb":
        curves = CurveTransform(space, BLACK, WHITE, smooth_curves("rgb", 256).values, nearest)
    with forced("baseline"), threads(1):
        expected = curves.apply(image, mask).tobytes()
    for isa in ISAS:
        for count in counts(1, 2, 4):
            with forced(isa), threads(count):
                assert curves.apply(image, mask).tobytes() == expected, f"{isa}, {count} threads"


def test_curves_are_equal_by_their_values():
    curves, same = smooth_curves("rgb", 9), smooth_curves("rgb", 9)
    assert curves == same
    assert hash(curves) == hash(same)
    assert pickle.loads(pickle.dumps(curves)) == curves  # noqa: S301 (our own bytes)
    assert copy.deepcopy(curves) == curves
    low, high, values = curves.low, curves.high, curves.values
    for other in (
        smooth_curves("rgb", 9, seed=1),
        smooth_curves("rgb", 10),
        CurveTransform("lab", low, high, values),
        CurveTransform("rgb", LOW, high, values),
        CurveTransform("rgb", low, HIGH, values),
        CurveTransform("rgb", low, high, values, nearest=True),
        UNCHANGED,
        "curves",
    ):
        assert curves != other


@pytest.mark.parametrize("shape", [(3, 0), (2, 5), (3, 65537), (15,)])
def test_nodes_of_another_shape_are_refused(shape):
    image = np.zeros((2, 2, 3), np.uint8)
    curves = ("rgb", [0.0] * 3, [1.0] * 3, np.zeros(shape, np.float32), False)
    with pytest.raises(ValueError, match="curves must have from 1 to 65536 nodes"):
        _core.curve_transfer(image, None, 1.0, curves, np.empty_like(image))
