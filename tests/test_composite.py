"""m * new + (1 - m) * old, and old's own bits where m is 0."""

import numpy as np
import pytest
from harmonia.composite import composite
from images import DTYPES, LAYOUTS, as_dtype, bits, level, scene, soft_disc, unit, with_alpha
from isas import ISAS, counts, forced, threads
from kinds import CASES, MASKS
from reference import composite as reference

OLD, MASK = scene(17, 33)
NEW = np.random.default_rng(3).random(OLD.shape)
per_dtype = pytest.mark.parametrize("dtype", DTYPES)


@per_dtype
@pytest.mark.parametrize("mask_kind", ["bool", "uint8", "float32"])
@pytest.mark.parametrize("strength", [1.0, 0.7, 0.0])
def test_every_pixel_is_the_weighted_mean(dtype, mask_kind, strength):
    new, old, mask = as_dtype(NEW, dtype), as_dtype(OLD, dtype), MASKS[mask_kind](MASK)
    out = composite(new, old, mask, strength=strength)
    weights = unit(mask) if mask_kind != "bool" else mask
    expected = reference.composite(unit(new), unit(old), weights, strength)
    # Two products and a sum in float32, of values up to 1: each rounds by 2^-24 at most, and so do
    # the codes and weights on their way in. Then the result is rounded to the type.
    tolerance = 0.5 * level(dtype) + 6 * 2**-24
    np.testing.assert_allclose(unit(out), expected, atol=tolerance, rtol=0)


@per_dtype
def test_weights_of_zero_and_one_copy(dtype):
    new, old, mask = as_dtype(NEW, dtype), as_dtype(OLD, dtype), MASK > 0.5
    out = composite(new, old, mask)
    np.testing.assert_array_equal(bits(out), np.where(mask[..., None], bits(new), bits(old)))
    np.testing.assert_array_equal(bits(composite(new, old, mask, strength=0)), bits(old))


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_every_code_survives_a_weight_that_is_not_zero(dtype):
    # Equal images have every mixture equal to themselves; rounding must not move a code.
    codes = np.arange(np.iinfo(dtype).max + 1, dtype=dtype)
    image = np.stack([codes, codes[::-1], np.roll(codes, 7)], axis=-1).reshape(16, -1, 3)
    for weight in (np.float32(1 / 3), np.float32(0.999), np.float32(1e-7)):
        mask = np.full(image.shape[:2], weight)
        np.testing.assert_array_equal(composite(image, image, mask), image)


@per_dtype
def test_signs_of_zero_stay_in_the_background(dtype):
    old = as_dtype(OLD, dtype)
    if old.dtype.kind == "f":
        old[::2] = -0.0
    out = composite(as_dtype(NEW, dtype), old, MASK)
    keeps = MASK == 0
    np.testing.assert_array_equal(bits(out)[keeps], bits(old)[keeps])


@pytest.mark.parametrize(("kind", "dtype"), CASES)
def test_every_kind_comes_back_as_it_came(kind, dtype):
    new, old = as_dtype(NEW, dtype), as_dtype(OLD, dtype)
    expected = composite(new, old, MASK)
    if kind.channels == 4:
        new, old = with_alpha(new), with_alpha(old)[:, ::-1].copy()
        old[..., :3] = as_dtype(OLD, dtype)
    image = kind.make(old)
    out = composite(kind.make(new), image, MASK)
    assert type(out) is type(image)
    np.testing.assert_array_equal(bits(kind.back(out))[..., :3], bits(expected))
    np.testing.assert_array_equal(bits(kind.back(out))[..., 3:], bits(old)[..., 3:])  # old's alpha


@per_dtype
def test_memory_layout_does_not_matter(dtype):
    new, old, mask = as_dtype(NEW, dtype), as_dtype(OLD, dtype), MASK.astype(np.float32)
    expected = composite(new, old, mask)
    for name, lay in LAYOUTS.items():
        for arguments in ((lay(new), old, mask), (new, lay(old), mask), (new, old, lay(mask))):
            np.testing.assert_array_equal(bits(composite(*arguments)), bits(expected), name)


@per_dtype
def test_instruction_sets_and_threads_give_equal_bytes(dtype):
    old, _ = scene(150, 260)
    new, mask = old[::-1], soft_disc(150, 260).astype(np.float32)
    new, old = as_dtype(new, dtype), as_dtype(old, dtype)
    results = set()
    for isa in ISAS:
        for count in counts(1, 2, 4):
            with forced(isa), threads(count):
                results.add(composite(new, old, mask).tobytes())
    assert len(results) == 1
