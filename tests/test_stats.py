"""Moments, histograms and percentiles under a mask, against float64 and exact fractions."""

import harmonia
import numpy as np
import pytest
from harmonia import _core
from harmonia.stats import masked_histogram, masked_moments, masked_percentile
from hypothesis import example, given
from hypothesis import strategies as st
from images import DTYPES, LAYOUTS, as_dtype, level, scene, soft_disc, unit
from isas import ISAS, counts, forced, threads
from kinds import CASES, MASKS, needs_torch, torch
from reference.moments import moments as reference_moments
from reference.reinhard import to_lab, to_lalphabeta
from reference.stats import exact_weights
from reference.stats import histogram as reference_histogram
from reference.stats import percentile as reference_percentile

PICTURE, SOFT = scene(67, 301)  # wider than one block of 256 pixels, and no multiple of any lane
SPACES = {"rgb": lambda rgb: rgb, "lalphabeta": to_lalphabeta, "lab": to_lab}

# float32 rounds by this much, relatively.
EPS = 2.0**-24
# How far float32 is from float64 in the coordinates of a space: a few roundings of sRGB codes, then
# for l-alpha-beta logarithms of absolute error 6e-7 (pixel/math.hpp) weighed by 0.52 in all; for
# CIELAB a power and a root of relative error 3e-7 each, times 500 in a and b.
COLOUR_ERROR = {"rgb": 3 * EPS, "lalphabeta": 2e-6, "lab": 5e-4}

per_dtype = pytest.mark.parametrize("dtype", DTYPES)
per_space = pytest.mark.parametrize("space", SPACES)


def weights_of(mask):
    """A mask as float64 weights."""
    return mask.astype(np.float64) / (255 if mask.dtype == np.uint8 else 1)


def check_moments(found, image, weights, space):
    """Against the textbook, with a tolerance from how the kernel adds.

    A lane adds 16 products of float32 before it goes over to double, so a sum is off by at most
    16 + 4 roundings of the sum of its terms' sizes. The terms are deviations from a pixel of the
    region: at most the reach R, or R^2. Dividing by a weight that is off as much doubles that.
    """
    colours = SPACES[space](unit(image)[..., :3])
    keeps = weights > 0
    if space == "lalphabeta":
        keeps &= ~(unit(image)[..., :3].max(axis=-1) < 0.5 / 255)
    colours, weights = colours[keeps], weights[keeps]
    mean, covariance = reference_moments(colours, weights)
    reach = np.ptp(colours, axis=0).max()
    error = COLOUR_ERROR[space]
    np.testing.assert_allclose(found.weight, weights.sum(), rtol=20 * EPS)
    np.testing.assert_allclose(found.mean, mean, rtol=0, atol=error + 40 * EPS * reach)
    np.testing.assert_allclose(
        found.covariance, covariance, rtol=0, atol=2 * error * reach + 40 * EPS * reach**2
    )


@per_dtype
@per_space
@pytest.mark.parametrize("mask_kind", ["bool", "uint8", "float32"])
def test_moments_are_the_weighted_mean_and_covariance(dtype, space, mask_kind):
    image, mask = as_dtype(PICTURE, dtype), MASKS[mask_kind](SOFT)
    check_moments(masked_moments(image, mask, space=space), image, weights_of(mask), space)


@per_dtype
@per_space
def test_moments_without_a_mask_are_those_of_all_pixels(dtype, space):
    image = as_dtype(PICTURE, dtype)
    everywhere = np.ones(image.shape[:2])
    found = masked_moments(image, None, space=space)
    check_moments(found, image, everywhere, space)
    full = masked_moments(image, everywhere.astype(bool), space=space)
    assert_same(found, full)


def test_moments_are_plain_numbers_and_arrays():
    found = masked_moments(as_dtype(PICTURE, "uint8"), SOFT)
    assert type(found.weight) is float
    assert (found.mean.shape, found.mean.dtype) == ((3,), np.float64)
    assert (found.covariance.shape, found.covariance.dtype) == ((3, 3), np.float64)
    np.testing.assert_array_equal(found.covariance, found.covariance.T)


def two_codes(dtype):
    """Neighbouring codes somewhere in the middle, and the floats that the kernels make of them."""
    low = {"uint8": 128, "uint16": 30000, "float16": 0.5, "float32": 0.5}[dtype]
    if np.issubdtype(dtype, np.integer):
        return np.array([low, low + 1], dtype)
    return np.array([low, np.nextafter(np.array(low, dtype), np.array(1, dtype))], dtype)


@per_dtype
@pytest.mark.parametrize("weight", [None, 255, 100])
def test_an_almost_constant_region_keeps_its_variance(dtype, weight):
    codes = two_codes(dtype)
    chosen = np.random.default_rng(1).integers(0, 2, (90, 400, 3))
    image = codes[chosen]
    mask = None if weight is None else np.full(image.shape[:2], weight, np.uint8)
    found = masked_moments(image, mask)
    weights = np.ones(image.shape[:2]) if mask is None else weights_of(mask)
    _, covariance = reference_moments(unit(image), weights)
    # Codes become float32 near 1/2 with an error of 2^-25 each, so their distance is off by 2^-24
    # and its square by twice that: 3e-5 for 8 bits, but 0.8 % for 16. Floats are exact.
    rounded = 0.0 if dtype.startswith("float") else 2 * EPS / level(dtype)
    relative = rounded + 40 * EPS
    assert dtype == "uint16" or relative < 1e-4
    np.testing.assert_allclose(
        np.diag(found.covariance), np.diag(covariance), rtol=relative, atol=0
    )


@per_dtype
@per_space
def test_a_constant_region_has_no_variance(dtype, space):
    image = as_dtype(np.full((50, 300, 3), 0.3), dtype)
    image[..., 1] = as_dtype(np.array(0.7), dtype)
    found = masked_moments(image, soft_disc(50, 300), space=space)
    np.testing.assert_array_equal(found.covariance, np.zeros((3, 3)))


@per_dtype
@per_space
def test_one_pixel_is_its_own_mean(dtype, space):
    image = as_dtype(PICTURE, dtype)
    mask = np.zeros(image.shape[:2], bool)
    mask[66, 300] = True
    found = masked_moments(image, mask, space=space)
    assert found.weight == 1.0
    expected = SPACES[space](unit(image[66, 300]))
    np.testing.assert_allclose(found.mean, expected, rtol=0, atol=COLOUR_ERROR[space])
    np.testing.assert_array_equal(found.covariance, np.zeros((3, 3)))


@per_dtype
@per_space
@pytest.mark.parametrize("places", [((0, 0), (66, 300)), ((30, 17), (30, 18))])
def test_two_pixels_spread_by_half_their_distance(dtype, space, places):
    image = as_dtype(PICTURE, dtype)
    mask = np.zeros(image.shape[:2], np.uint8)
    for place in places:
        mask[place] = 255
    found = masked_moments(image, mask, space=space)
    a, b = (SPACES[space](unit(image[place])) for place in places)
    assert found.weight == 2.0
    error, reach = COLOUR_ERROR[space], abs(a - b).max()
    np.testing.assert_allclose(found.mean, (a + b) / 2, rtol=0, atol=error + 4 * EPS * reach)
    np.testing.assert_allclose(
        found.covariance, np.outer(a - b, a - b) / 2, rtol=0, atol=2 * error * reach + 1e-12
    )


@per_dtype
@pytest.mark.parametrize("space", ["lalphabeta", "log_lms"])
def test_black_is_left_out_of_logarithms(dtype, space):
    image = as_dtype(PICTURE, dtype)
    holes = np.random.default_rng(5).random(image.shape[:2]) < 0.3
    mask = as_dtype(SOFT, np.uint8)
    lit = masked_moments(image, np.where(holes, np.uint8(0), mask), space=space)
    image[holes] = 0
    found = masked_moments(image, mask, space=space)
    # The same pixels with the same weights; only what the sums are taken about may differ.
    np.testing.assert_allclose(found.weight, lit.weight, rtol=40 * EPS)
    np.testing.assert_allclose(found.mean, lit.mean, rtol=0, atol=80 * EPS)
    np.testing.assert_allclose(found.covariance, lit.covariance, rtol=0, atol=80 * EPS)
    assert masked_moments(image, mask).weight > found.weight * 1.2  # in rgb black is a colour


@pytest.mark.parametrize(
    ("dtype", "black", "lit"),
    [
        ("uint8", 0, 1),
        ("uint16", 128, 129),
        ("float16", 0.00195, 0.00198),
        ("float32", 0.00195, 0.00197),
    ],
)
def test_black_is_what_8_bits_round_to_zero(dtype, black, lit):
    for channel in range(3):
        image = np.zeros((1, 2, 3), dtype)
        image[0, 0] = black
        image[0, 1, channel] = lit
        assert masked_moments(image, None, space="lalphabeta").weight == 1.0
        assert masked_moments(image, None, space="rgb").weight == 2.0


@per_dtype
def test_the_outside_has_the_complement_of_the_weights(dtype):
    image = as_dtype(PICTURE, dtype)
    mask = as_dtype(SOFT, np.uint8)
    _, outside = _core.masked_moments(image, mask, "rgb")
    complement, _ = _core.masked_moments(image, 255 - mask, "rgb")
    np.testing.assert_allclose(outside[0], complement[0], rtol=40 * EPS)
    np.testing.assert_allclose(outside[1], complement[1], rtol=0, atol=40 * EPS)
    np.testing.assert_allclose(
        np.array(outside[2]) / outside[0], np.array(complement[2]) / outside[0], atol=80 * EPS
    )


def random_image(rng, shape, dtype, spread):
    """Few values, so that they repeat, or many; the ends of the range are among them."""
    values = {
        "few": rng.choice([0.0, 0.25, 0.5, 0.75, 1.0], shape),
        "dense": np.clip(0.5 + rng.normal(0, 1e-4, shape), 0, 1),
        "any": rng.random(shape),
        "tiny": rng.random(shape) * 1e-6,
    }[spread]
    image = as_dtype(values, dtype)
    if image.dtype.kind == "f":
        image[rng.random(shape) < 0.1] = -0.0
    return image


def random_mask(rng, shape, kind):
    """Never empty. Float weights are multiples of 2^-10, so that their sums are exact."""
    inside = rng.random(shape) < rng.random()
    inside[tuple(rng.integers(0, shape))] = True
    if kind == "bool":
        return inside
    if kind == "uint8":
        return (rng.integers(2, 256, shape) * inside).astype(np.uint8)
    if kind == "float32":
        return (rng.integers(1, 1025, shape) / 1024 * inside).astype(np.float32)
    return None


@st.composite
def small_scenes(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = (draw(st.integers(1, 8)), draw(st.integers(1, 8)))
    dtype = draw(st.sampled_from(DTYPES))
    image = random_image(
        rng, (*shape, 3), dtype, draw(st.sampled_from(["few", "dense", "any", "tiny"]))
    )
    return image, random_mask(rng, shape, draw(st.sampled_from(["bool", "uint8", "float32", None])))


@given(small_scenes(), st.one_of(st.none(), st.integers(1, 300), st.just(65536)))
def test_histogram_is_that_of_the_reference(small, bins):
    image, mask = small
    count = bins or (65536 if image.dtype == np.uint16 else 256)
    weights = exact_weights(mask, image.shape[:2])
    found = masked_histogram(image, mask, bins=bins)
    assert (found.shape, found.dtype) == ((3, count), np.float64)
    for c in range(3):
        expected = reference_histogram(image[..., c], weights, count)
        np.testing.assert_array_equal(found[c], expected)


@given(small_scenes())
def test_histogram_sums_to_the_weight(small):
    image, mask = small
    weight = float(sum(exact_weights(mask, image.shape[:2])))
    for sums in masked_histogram(image, mask).sum(axis=1):
        # Of at most 64 bins with a weight each is rounded once, and so is each addition.
        np.testing.assert_allclose(sums, weight, rtol=128 * 2.0**-53)


@given(small_scenes(), st.one_of(st.sampled_from([0, 50, 100, 1e-9]), st.floats(0, 100)))
def test_percentile_is_that_of_the_reference(small, q):
    image, mask = small
    weights = exact_weights(mask, image.shape[:2])
    expected = [reference_percentile(image[..., c], weights, q) for c in range(3)]
    np.testing.assert_array_equal(masked_percentile(image, mask, q), expected)


@given(small_scenes(), st.integers(1, 64), st.integers(0, 64))
def test_percentile_decides_ties_exactly(small, parts, part):
    # q percent of the weight, to the last bit of q: where the cumulative weight is just that.
    image, mask = small
    q = 100 * part / parts if part <= parts else 0.0
    weights = exact_weights(mask, image.shape[:2])
    expected = [reference_percentile(image[..., c], weights, q) for c in range(3)]
    np.testing.assert_array_equal(masked_percentile(image, mask, q), expected)


@given(small_scenes(), st.lists(st.floats(0, 100), min_size=2, max_size=12))
@example((np.linspace(0, 1, 60, dtype=np.float32).reshape(4, 5, 3), None), list(range(0, 101, 5)))
def test_percentile_is_monotone_in_q_and_alike_one_by_one(small, q):
    image, mask = small
    found = masked_percentile(image, mask, sorted(q))
    assert found.shape == (len(q), 3)
    assert (np.diff(found, axis=0) >= 0).all()
    one_by_one = [masked_percentile(image, mask, each) for each in sorted(q)]
    np.testing.assert_array_equal(found, one_by_one)


@per_dtype
@given(value=st.floats(0, 1), q=st.floats(0, 100))
def test_percentile_of_a_constant_image_is_its_value(dtype, value, q):
    image = as_dtype(np.full((3, 5, 3), value), dtype)
    expected = np.abs(image[0, 0].astype(np.float64))
    np.testing.assert_array_equal(masked_percentile(image, None, q), expected)


@per_dtype
def test_whole_pixels_give_numpy_percentiles(dtype):
    image, mask = as_dtype(PICTURE, dtype), SOFT > 0.5
    q = [0, 0.1, 5, 25, 50, 75, 95, 99.9, 100]
    expected = np.percentile(image[mask].astype(np.float64), q, axis=0, method="inverted_cdf")
    np.testing.assert_array_equal(masked_percentile(image, mask, q), expected)


def test_whole_pixels_give_numpy_bins():
    for dtype in ("uint8", "uint16", "float32"):
        image, mask = as_dtype(PICTURE, dtype), SOFT > 0.5
        found = masked_histogram(image, mask)
        top = 1 if dtype == "float32" else np.iinfo(dtype).max
        for c in range(3):
            expected, _ = np.histogram(image[mask][:, c], bins=found.shape[1], range=(0, top))
            np.testing.assert_array_equal(found[c], expected)


@pytest.mark.parametrize("mask_kind", ["bool", "uint8", "float32"])
def test_the_outside_of_a_histogram_is_the_rest(mask_kind):
    image, mask = as_dtype(PICTURE, "uint8"), MASKS[mask_kind](SOFT)
    inside, outside = _core.masked_histogram(image, mask, None)
    everywhere = masked_histogram(image, None)
    # A bin is the sum of at most as many rounded weights as it has pixels.
    np.testing.assert_allclose(inside + outside, everywhere, rtol=image.size * 2.0**-53)
    rest = ~mask if mask_kind == "bool" else (255 if mask_kind == "uint8" else 1) - mask
    if mask_kind != "float32":  # 1 - m is rounded there
        np.testing.assert_array_equal(outside, masked_histogram(image, rest))


@per_dtype
def test_large_regions_keep_the_faintest_weight(dtype):
    # 300,000 pixels of one value, and two of weight 2^-10 at the ends.
    image = as_dtype(np.full((1000, 300, 3), 0.5), dtype)
    image[0, 0], image[-1, -1] = 0, as_dtype(np.array(1.0), dtype)
    mask = np.ones(image.shape[:2], np.float32)
    mask[0, 0] = mask[-1, -1] = 2.0**-10
    half = np.full(3, image[1, 1, 0], np.float64)
    ends = masked_percentile(image, mask, [0, 1e-9, 50, 99.9999, 100])
    np.testing.assert_array_equal(ends[0], np.zeros(3))
    np.testing.assert_array_equal(ends[1], np.zeros(3))
    np.testing.assert_array_equal(ends[2], half)
    np.testing.assert_array_equal(ends[3], half)
    np.testing.assert_array_equal(ends[4], np.full(3, image[-1, -1, 0], np.float64))
    assert masked_histogram(image, mask, bins=7).sum() == 3 * (299_998 + 2 * 2.0**-10)


STATISTICS = {
    "moments rgb": lambda image, mask: masked_moments(image, mask),
    "moments lalphabeta": lambda image, mask: masked_moments(image, mask, space="lalphabeta"),
    "moments lab": lambda image, mask: masked_moments(image, mask, space="lab"),
    "histogram": lambda image, mask: masked_histogram(image, mask),
    "histogram of 37 bins": lambda image, mask: masked_histogram(image, mask, bins=37),
    "percentile": lambda image, mask: masked_percentile(image, mask, [0, 3, 50, 72, 90, 100]),
}
per_statistic = pytest.mark.parametrize("statistic", STATISTICS.values(), ids=list(STATISTICS))


def bytes_of(result):
    return b"".join(np.asarray(part).tobytes() for part in result)


def assert_same(found, expected):
    """Every bit of a result."""
    assert bytes_of(found) == bytes_of(expected)


@pytest.mark.threads
@per_statistic
@per_dtype
@pytest.mark.parametrize("mask_kind", ["uint8", "float32"])
def test_instruction_sets_threads_and_repeats_give_equal_bits(statistic, dtype, mask_kind):
    # Large enough for several groups of rows, and several parts of the largest histogram.
    wide, _ = scene(90, 130)
    image = np.ascontiguousarray(np.tile(as_dtype(wide, dtype), (9, 8, 1)))
    mask = MASKS[mask_kind](soft_disc(*image.shape[:2]))
    with forced("baseline"), threads(1):
        expected = bytes_of(statistic(image, mask))
    for isa in ISAS:
        for count in counts(1, 2, 4):
            with forced(isa), threads(count):
                assert bytes_of(statistic(image, mask)) == expected, f"{isa}, {count} threads"
    with threads(4):
        for _ in range(10):
            assert bytes_of(statistic(image, mask)) == expected


@per_statistic
@per_dtype
@pytest.mark.parametrize("mask_kind", ["bool", "uint8", "float32"])
def test_memory_layout_does_not_matter(statistic, dtype, mask_kind):
    image, mask = as_dtype(PICTURE, dtype), MASKS[mask_kind](SOFT)
    expected = bytes_of(statistic(image, mask))
    for name, lay in LAYOUTS.items():
        assert bytes_of(statistic(lay(image), mask)) == expected, name
        assert bytes_of(statistic(image, lay(mask))) == expected, name


@per_statistic
@pytest.mark.parametrize(("kind", "dtype"), CASES)
def test_every_kind_of_image_counts_alike(statistic, kind, dtype):
    image = as_dtype(PICTURE, dtype)
    expected = bytes_of(statistic(image, SOFT))
    if kind.channels == 4:
        image = np.concatenate([image, image[..., :1]], axis=2)  # alpha does not count
    made = kind.make(image)
    if getattr(made, "ndim", 3) == 4:
        with pytest.raises(ValueError, match="image must be one image, got a batch"):
            statistic(made, SOFT)
        made = made[1]
    assert bytes_of(statistic(made, SOFT)) == expected


@per_statistic
@pytest.mark.parametrize("kind", MASKS)
def test_every_kind_of_mask_weighs_alike(statistic, kind):
    mask = MASKS[kind](SOFT)
    image = as_dtype(PICTURE, "uint8")
    if "torch" in kind:
        expected = statistic(image, np.asarray(mask))
    elif kind == "float64":
        expected = statistic(image, mask.astype(np.float32))
    elif kind in ("float16", "pil-1", "bool-of-bytes"):
        expected = statistic(image, np.asarray(mask).astype(np.float32))
    else:
        expected = statistic(image, np.array(mask))
    for found, wanted in zip(
        result_parts(statistic(image, mask)), result_parts(expected), strict=True
    ):
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-5)
    if kind not in ("pil-1", "bool-of-bytes"):
        assert_same(statistic(image, mask), expected)


def result_parts(result):
    return result if isinstance(result, tuple) else (result,)


@per_statistic
@per_dtype
def test_full_masks_are_no_mask(statistic, dtype):
    image = as_dtype(PICTURE, dtype)
    expected = statistic(image, None)
    for full in (True, np.uint8(255), np.float32(1)):
        assert_same(statistic(image, np.full(image.shape[:2], full)), expected)


@per_statistic
def test_inputs_are_not_changed(statistic):
    image, mask = as_dtype(PICTURE, "float32"), SOFT.astype(np.float32)
    before = image.copy(), mask.copy()
    statistic(image, mask)
    np.testing.assert_array_equal(image, before[0])
    np.testing.assert_array_equal(mask, before[1])


@per_statistic
def test_an_empty_mask_is_an_error(statistic):
    image = as_dtype(PICTURE, "uint8")
    for nothing in (False, np.uint8(0), np.float32(0), np.float32(-0.0)):
        with pytest.raises(ValueError, match=r"^masked_[a-z]+: mask is empty, so there is nothing"):
            statistic(image, np.full(image.shape[:2], nothing))


@pytest.mark.parametrize("space", ["log_lms", "lalphabeta"])
def test_a_black_region_has_no_logarithms(space):
    image = as_dtype(PICTURE, "uint8")
    image[SOFT > 0] = 0
    sentence = f"image is black all over the mask, and {space} has no statistics of black"
    with pytest.raises(ValueError, match=f"^masked_moments: {sentence}"):
        masked_moments(image, SOFT, space=space)
    assert masked_moments(image, SOFT).mean.tolist() == [0, 0, 0]


IMAGE, MASK = as_dtype(PICTURE, "uint8"), SOFT > 0.5
MISTAKES = {
    "a list": (
        lambda: masked_moments([1], MASK),
        TypeError,
        "masked_moments: image must be a NumPy array, a PIL image or a torch tensor, got list; "
        "convert with numpy.asarray(...)",
    ),
    "another size": (
        lambda: masked_percentile(IMAGE, MASK[1:], 50),
        ValueError,
        "masked_percentile: mask must have the image's height and width (67, 301), "
        "got shape (66, 301)",
    ),
    "an unknown space": (
        lambda: masked_moments(IMAGE, MASK, space="cmyk"),
        ValueError,
        f"masked_moments: space must be one of {', '.join(_core.spaces())}, got 'cmyk'",
    ),
    "no bin": (
        lambda: masked_histogram(IMAGE, MASK, bins=0),
        ValueError,
        "masked_histogram: bins must be a whole number from 1 to 65536 or None, got 0",
    ),
    "too many bins": (
        lambda: masked_histogram(IMAGE, MASK, bins=65537),
        ValueError,
        "masked_histogram: bins must be a whole number from 1 to 65536 or None, got 65537",
    ),
    "half a bin": (
        lambda: masked_histogram(IMAGE, MASK, bins=2.5),
        ValueError,
        "masked_histogram: bins must be a whole number from 1 to 65536 or None, got 2.5",
    ),
    "a share above all": (
        lambda: masked_percentile(IMAGE, MASK, [50, 100.5]),
        ValueError,
        "masked_percentile: q must be within 0..100, got 100.5",
    ),
    "a negative share": (
        lambda: masked_percentile(IMAGE, MASK, -1),
        ValueError,
        "masked_percentile: q must be within 0..100, got -1",
    ),
    "no number": (
        lambda: masked_percentile(IMAGE, MASK, float("nan")),
        ValueError,
        "masked_percentile: q must be within 0..100, got nan",
    ),
    "a word": (
        lambda: masked_percentile(IMAGE, MASK, "median"),
        TypeError,
        "masked_percentile: q must be a number or an array of numbers, got 'median'",
    ),
}


@pytest.mark.parametrize(("call", "kind", "sentence"), MISTAKES.values(), ids=list(MISTAKES))
def test_errors_say_what_is_wrong_and_what_to_do(call, kind, sentence):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == sentence


def test_percentile_has_the_shape_of_q():
    assert masked_percentile(IMAGE, MASK, 50).shape == (3,)
    assert masked_percentile(IMAGE, MASK, [50]).shape == (1, 3)
    assert masked_percentile(IMAGE, MASK, np.full((2, 4), 50)).shape == (2, 4, 3)
    assert masked_percentile(IMAGE, MASK, []).shape == (0, 3)
    assert masked_percentile(IMAGE, MASK, np.float32(50)).dtype == np.float64


@needs_torch
@pytest.mark.cuda
def test_a_cuda_image_goes_to_the_cpu_first():
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    image = torch.rand(3, 8, 8, device="cuda")
    for statistic in (masked_histogram, lambda i, m: masked_percentile(i, m, 50)):
        with pytest.raises(
            TypeError, match=r"image must be on the CPU, where this runs, got cuda:0"
        ):
            statistic(image, None)


def test_the_module_is_public():
    assert harmonia.stats.masked_moments is masked_moments
