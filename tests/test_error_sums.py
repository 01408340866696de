"""Error sums of two images under a mask, against exact fractions."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from harmonia import _core
from hypothesis import given
from hypothesis import strategies as st
from images import ALIGNED, DTYPES, as_dtype, bits, scene, with_alpha
from isas import ISAS, counts, forced, threads
from reference.error_sums import TERMS
from reference.error_sums import error_sums as reference

MASKS = {
    "none": lambda soft: None,
    "bool": lambda soft: soft > 0.5,
    "uint8": lambda soft: as_dtype(soft, "uint8"),
    "float32": lambda soft: soft.astype(np.float32),
}
INTEGERS = ("uint8", "uint16")
PAIRS = [(a, b) for a in DTYPES for b in DTYPES]

per_pair = pytest.mark.parametrize(("output", "target"), PAIRS, ids=["-".join(p) for p in PAIRS])
per_mask = pytest.mark.parametrize("kind", MASKS)


def error_sums(output, target, mask):
    return SimpleNamespace(**dict(zip(TERMS, _core.error_sums(output, target, mask), strict=True)))


def two_images(output, target, shape=(6, 150), seed=0):
    """A scene and a noisy one, equal in every third pixel, and the soft weights of the scene."""
    rng = np.random.default_rng(seed)
    image, soft = scene(*shape, seed)
    noisy = np.clip(image + rng.normal(0, 0.1, image.shape), 0, 1)
    noisy[:, ::3] = image[:, ::3]
    return as_dtype(noisy, output), as_dtype(image, target), soft


def check(output, target, mask, isas=ISAS):
    """Sums of bytes are exact, and so rounded once when they are divided; those of other integers
    are rounded to double before. Reals are sums of n positive numbers with a few roundings each:
    they are off by at most 2^-53 (n + 8), relatively."""
    expected = reference(output, target, mask)
    bytes_only = output.dtype == target.dtype == np.uint8
    floats = any(each is not None and each.dtype.kind == "f" for each in (output, target, mask))
    for isa in isas:
        with forced(isa):
            found = error_sums(output, target, mask)
        for name in TERMS:
            want, got = float(expected[name]), getattr(found, name)
            if floats:
                assert got == pytest.approx(want, rel=1e-12, abs=0), name
            else:
                assert abs(got - want) <= (0 if bytes_only else math.ulp(want)), name


@per_pair
@per_mask
def test_sums_are_those_of_exact_fractions(output, target, kind):
    a, b, soft = two_images(output, target, (3, 150))
    check(a, b, MASKS[kind](soft))


@st.composite
def small_pairs(draw):
    """Images that are equal in parts, under masks of runs: full, empty, soft and of both."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    height, width = draw(st.integers(1, 3)), draw(st.integers(1, 300))
    output, target = (
        as_dtype(rng.random((height, width, draw(st.sampled_from([3, 4])))), draw(dtypes))
        for dtypes in (st.sampled_from(DTYPES), st.sampled_from(DTYPES))
    )
    if output.dtype == target.dtype:
        equal = np.repeat(rng.random((height, width // 20 + 1)) < 0.5, 20, axis=1)[:, :width]
        output[equal, :3] = target[equal, :3]
    runs = np.repeat(rng.choice([0.0, 1.0, 0.5], (height, width // 50 + 1)), 50, axis=1)[:, :width]
    weights = np.where(runs == 0.5, rng.choice([0, 1, 0.4, 0.996, 0.004], runs.shape), runs)
    return output, target, MASKS[draw(st.sampled_from(list(MASKS)))](weights)


@given(small_pairs())
def test_any_two_images_and_mask(pair):
    check(*pair)


@pytest.mark.parametrize("shape", [(1, 63), (1, 65), (1, 256), (1, 1100)])
@pytest.mark.parametrize("weight", [0, 1, 127, 128, 254, 255])
def test_black_and_white_are_as_far_apart_as_bytes_can_be(shape, weight):
    black, white = np.zeros((*shape, 3), np.uint8), np.full((*shape, 3), 255, np.uint8)
    mask = np.full(shape, weight, np.uint8)
    mask[0, ::2] = 0 if weight == 127 else weight
    check(black, white, mask)
    check(white, black, mask)


@pytest.mark.parametrize("shape", [(1, 40000), (40000, 1), (150, 1000), (3, 70000)])
@pytest.mark.parametrize("output", INTEGERS)
@pytest.mark.parametrize("target", INTEGERS)
def test_no_sum_overflows(shape, output, target):
    # Several pieces, each with the largest sums that there are; all are whole numbers.
    n = shape[0] * shape[1]
    black, white = np.zeros((*shape, 3), output), as_dtype(np.ones((*shape, 3)), target)
    found = error_sums(black, white, np.full(shape, 255, np.uint8))
    assert found.squared == found.weighted_squared == n * 3 * 255**2
    assert found.absolute == found.weighted_absolute == n * 3 * 255
    assert found.pixels == found.weight == n
    assert (found.background, found.background_squared) == (0, 0)
    ends = found.output_min, found.output_max, found.target_min, found.target_max
    assert ends == (0, 0, 255, 255)
    found = error_sums(black, white, np.zeros(shape, bool))
    assert found.background_squared == n * 3 * 255**2
    assert found.background == n


@pytest.mark.parametrize(("output", "target"), [("uint8", "uint8"), ("uint16", "uint8")])
def test_pieces_add_up_to_the_whole(output, target):
    a, b, soft = two_images(output, target, (500, 600))
    mask = as_dtype(soft, "uint8")
    distance = np.abs(
        a.astype(np.int64) * (257 if output == "uint8" else 1)
        - b.astype(np.int64) * (257 if target == "uint8" else 1)
    )
    found = error_sums(a, b, mask)
    squared = (distance**2).sum(axis=2)
    assert found.squared == squared.sum() / 257**2
    assert found.weighted_squared == (mask.astype(np.int64) * squared).sum() / (255 * 257**2)
    assert found.background_squared == squared[mask == 0].sum() / 257**2
    assert found.background == np.count_nonzero(mask == 0)


@pytest.mark.threads
@pytest.mark.parametrize(("output", "target"), [(a, a) for a in DTYPES] + [("uint8", "float32")])
@per_mask
def test_neither_instruction_set_nor_threads_nor_layout_show(output, target, kind):
    # More than one piece of 2^17 bytes and of 2^14 others, and rows of no whole chunks.
    a, b, soft = two_images(output, target, (320, 433))
    mask = MASKS[kind](soft)
    expected = bits(np.array(_core.error_sums(a, b, mask)))
    for isa in ISAS:
        for count in counts(1, 3):
            with forced(isa), threads(count):
                np.testing.assert_array_equal(
                    bits(np.array(_core.error_sums(a, b, mask))), expected
                )
    for name, lay in ALIGNED.items():
        lying = None if mask is None else lay(mask)
        for x, y in ((lay(a), b), (a, lay(b)), (lay(with_alpha(a)), lay(with_alpha(b)))):
            found = np.array(_core.error_sums(x, y, lying))
            np.testing.assert_array_equal(bits(found), expected, err_msg=name)


@per_pair
def test_no_mask_is_a_mask_of_one(output, target):
    a, b, soft = two_images(output, target)
    expected = _core.error_sums(a, b, None)
    assert _core.error_sums(a, b, np.full(soft.shape, 255, np.uint8)) == expected
    assert _core.error_sums(a, b, np.ones(soft.shape, bool)) == expected


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_bool_mask_is_one_of_0_and_255(dtype):
    a, b, soft = two_images(dtype, dtype)
    inside = soft > 0.5
    as_bytes = inside.astype(np.uint8) * np.uint8(255)
    expected = _core.error_sums(a, b, as_bytes)
    assert _core.error_sums(a, b, inside) == expected
    assert _core.error_sums(a, b, as_bytes.view(bool)) == expected


@pytest.mark.parametrize("dtype", DTYPES)
def test_equal_images_have_no_error(dtype):
    a, _, soft = two_images(dtype, dtype)
    for kind in MASKS:
        found = error_sums(a, a.copy(), MASKS[kind](soft))
        assert found.squared == found.absolute == found.weighted_squared == 0
        assert found.weighted_absolute == found.background_squared == 0


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("channel", range(3))
def test_the_least_change_of_the_background_is_seen(dtype, channel):
    image = as_dtype(np.full((1, 200, 3), 0.5), dtype)
    for x in (0, 20, 21, 42, 43, 63, 64, 199):
        other = image.copy()
        other[0, x, channel] = (
            other[0, x, channel] + 1
            if dtype in INTEGERS
            else np.nextafter(other[0, x, channel], np.array(1, dtype))
        )
        for isa in ISAS:
            with forced(isa):
                found = error_sums(other, image, np.zeros((1, 200), np.uint8))
                assert (found.background, found.background_squared > 0) == (200, True)
                soft = np.zeros((1, 200), np.uint8)
                soft[0, 1::2] = 9
                found = error_sums(other, image, soft)
                assert (found.background, found.background_squared > 0) == (100, x % 2 == 0)


def test_floats_may_lie_beyond_the_range():
    a = np.array([[[-3, 0.5, 7]]], np.float32)
    check(a, np.zeros((1, 1, 3), np.float32), None)
    found = error_sums(a, a, None)
    assert (found.output_min, found.output_max) == (-765, 1785)


def test_no_pixels_give_no_sums():
    for shape in ((0, 5, 3), (5, 0, 3), (0, 0, 3)):
        nothing = np.zeros(shape, np.uint8)
        assert _core.error_sums(nothing, nothing, None) == (0.0,) * len(TERMS)


def test_wrong_arguments_are_named():
    image, mask = np.zeros((4, 5, 3), np.uint8), np.zeros((4, 5), np.uint8)
    with pytest.raises(ValueError, match="target must have the output's height and width"):
        _core.error_sums(image, image[1:], mask)
    with pytest.raises(ValueError, match="output must have shape"):
        _core.error_sums(image[..., :2], image, mask)
    with pytest.raises(ValueError, match="mask must have the height and width"):
        _core.error_sums(image, image, mask[1:])
    with pytest.raises(TypeError, match="target must be uint8, uint16, float16 or float32"):
        _core.error_sums(image, image.astype(np.float64), mask)
