"""Planes of affine maps against a loop over pixels."""

import numpy as np
import pytest
from harmonia import _core
from hypothesis import given
from hypothesis import strategies as st
from images import ALIGNED, DTYPES, as_dtype, bits, level, scene, unit, with_alpha
from isas import ISAS, counts, forced, threads
from reference import affine_planes as reference

per_dtype = pytest.mark.parametrize("dtype", DTYPES)
per_count = pytest.mark.parametrize("count", [12, 13])


def some_planes(count=13, height=5, width=7, seed=0):
    """Maps that leave colours around where they were, each another way, and shares around 1/2."""
    rng = np.random.default_rng(seed)
    middle = np.array([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0.5])
    spread = rng.uniform(-0.3, 0.3, (13, height, width))
    return np.ascontiguousarray((middle[:, None, None] + spread)[:count], dtype=np.float32)


def applied(image, planes, mask=None, strength=1.0):
    out = np.empty_like(image)
    _core.apply_affine_planes(image, mask, strength, planes, out)
    return out


def tolerance(dtype):
    # Weights come of 12 roundings of values up to 4, along both axes, and their sizes add up to
    # 1.5 along each; a dozen more are of sums of 4 products of values up to 2.
    return level(dtype) / 2 + (2 * 12 * 4 * 1.5 + 12 * 4) * 2 * 2.0**-24


@per_count
@per_dtype
@pytest.mark.parametrize("cells", [(1, 1), (2, 3), (5, 7), (27, 43), (40, 60)])
def test_output_is_the_enlarged_map_blended(cells, dtype, count):
    image, mask = scene(27, 43)
    image, mask = as_dtype(image, dtype), mask.astype(np.float32)
    planes = some_planes(count, *cells)
    new = reference.apply_affine_planes(unit(image), planes)
    for strength in (1.0, 0.4):
        share = (strength * mask)[..., None]
        expected = share * new + (1 - share) * unit(image)
        out = applied(image, planes, mask, strength)
        np.testing.assert_allclose(unit(out), expected, atol=tolerance(dtype), rtol=0)


@given(
    size=st.tuples(st.integers(1, 9), st.integers(1, 40)),
    cells=st.tuples(st.integers(1, 9), st.integers(1, 30)),
    seed=st.integers(0, 99),
)
def test_any_picture_meets_any_planes(size, cells, seed):
    rng = np.random.default_rng(seed)
    image = rng.uniform(0, 1, (*size, 3)).astype(np.float32)
    planes = some_planes(13, *cells, seed)
    expected = reference.apply_affine_planes(unit(image), planes)
    np.testing.assert_allclose(applied(image, planes), expected, atol=tolerance("float32"), rtol=0)


@per_dtype
def test_the_identity_changes_nothing(dtype):
    image = as_dtype(scene(37, 300)[0], dtype)
    planes = np.zeros((12, 37, 300), np.float32)  # at the picture's size weights are 0 and 1
    planes[[0, 4, 8]] = 1
    np.testing.assert_array_equal(applied(image, planes), image)


def test_a_share_of_nothing_changes_nothing():
    image = as_dtype(scene(37, 300)[0], "float32")
    planes = some_planes()
    planes[12] = 0
    np.testing.assert_array_equal(applied(image, planes), image)


@per_dtype
def test_what_maps_give_is_held_before_it_is_mixed(dtype):
    image = as_dtype(np.full((4, 5, 3), 0.5), dtype)
    planes = np.zeros((13, 2, 2), np.float32)
    planes[9:12], planes[12] = 7.0, 0.5
    half = unit(applied(image, planes))
    np.testing.assert_allclose(half, 0.75, atol=level(dtype))


@pytest.mark.parametrize("channels", [3, 4])
@per_dtype
def test_layouts_background_and_alpha(dtype, channels):
    image, soft = scene(37, 600)
    image = as_dtype(image, dtype)
    image = image if channels == 3 else with_alpha(image)
    # Full, partly covered and empty blocks.
    mask = np.where(np.arange(600) < 256, 1, np.where(np.arange(600) < 512, soft, 0))
    mask = as_dtype(mask, "float32")
    planes = some_planes()
    expected = applied(image, planes, mask)
    assert (bits(expected)[mask == 0] == bits(image)[mask == 0]).all()
    assert (bits(expected)[..., 3:] == bits(image)[..., 3:]).all()
    for name, lay in ALIGNED.items():
        out = np.empty_like(image)
        _core.apply_affine_planes(lay(image), lay(mask), 1.0, planes, out)
        np.testing.assert_array_equal(bits(out), bits(expected), err_msg=name)


@pytest.mark.threads
@per_count
@per_dtype
def test_instruction_sets_threads_and_repeats_give_equal_bytes(dtype, count):
    image, mask = scene(131, 311)
    image, mask = as_dtype(image, dtype), as_dtype(mask, "uint8")
    mask[:60] = 255
    planes = some_planes(count)
    with forced("baseline"), threads(1):
        expected = applied(image, planes, mask).tobytes()
    for isa in ISAS:
        for number in counts(1, 2, 4):
            with forced(isa), threads(number):
                assert applied(image, planes, mask).tobytes() == expected, f"{isa}, {number}"


@pytest.mark.parametrize(
    ("planes", "said"),
    [
        (np.zeros((11, 4, 4), np.float32), "12 planes, or 13 with a share, got 11"),
        (np.zeros((12, 0, 4), np.float32), "sides from 1 to 4096, got 0"),
        (np.zeros((12, 1, 4097), np.float32), "sides from 1 to 4096, got 4097"),
        (np.zeros((12, 4), np.float32), r"shape \(12 or 13, h, w\)"),
    ],
)
def test_other_planes_are_refused(planes, said):
    with pytest.raises(ValueError, match=said):
        applied(as_dtype(scene(4, 4)[0], "uint8"), planes)
