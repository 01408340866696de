"""Sliced optimal transport: the formula, its convergence, and its defined corner cases."""

import harmonia
import numpy as np
import pytest
from harmonia import _core, harmonize
from images import DTYPES, as_dtype, level, scene, unit
from reference import projections as reference
from reference.moments import blend

# Thirty steps of curves in float32, each off by some 2^-24 times the slope of its moves.
ARITHMETIC = 2e-5


def expected(image, mask, *, iterations=30, target=None):
    """The new colours of all pixels under the mask, by the slow reference."""
    inside, outside = mask > 0, mask < 1
    source, weights = image[inside], mask[inside].astype(float)
    rest = image[outside] if target is None else target.reshape(-1, 3)
    rest_weights = 1.0 - mask[outside] if target is None else np.ones(len(rest))
    nodes = min(max(int(np.sqrt(min(len(source), len(rest)))), 16), 256)
    steps = reference.fit(
        source,
        weights,
        rest,
        rest_weights,
        _core.projection_directions(iterations, 3, 0),
        [min(1, 2 / np.sqrt(step + 1)) for step in range(iterations)],
        nodes,
        reference.in_order,
    )
    changed = image.copy()
    changed[inside] = reference.apply(source, steps)
    return changed


@pytest.mark.parametrize("dtype", DTYPES)
def test_soft_masks_follow_the_formula(dtype):
    image, mask = scene(45, 67)
    image, mask = as_dtype(image, dtype), mask.astype(np.float32)
    wanted = blend(np.clip(expected(unit(image), mask), 0, 1), unit(image), mask)
    out = harmonize(image, mask, "sliced_ot")
    np.testing.assert_allclose(unit(out), wanted, atol=0.5 * level(dtype) + ARITHMETIC, rtol=0)


def test_a_reference_follows_the_formula():
    image, mask = scene(45, 67)
    other = scene(30, 40, seed=7)[0][..., ::-1].astype(np.float32)
    image, mask = image.astype(np.float32), (mask > 0.5).astype(np.float32)
    out = harmonize(image, mask, "sliced_ot", reference=other, iterations=7)
    wanted = np.clip(expected(unit(image), mask, iterations=7, target=unit(other)), 0, 1)
    np.testing.assert_allclose(unit(out), blend(wanted, unit(image), mask), atol=ARITHMETIC, rtol=0)


def test_iterations_converge_to_the_distribution():
    image, mask = scene(150, 200)
    image, inside = image.astype(np.float32), mask > 0.5
    errors = [
        reference.distribution_error(
            harmonize(image, inside, "sliced_ot", iterations=n), inside, image[~inside]
        )
        for n in (1, 5, 30)
    ]
    assert errors[0] > 1.5 * errors[1] > 1.5 * errors[2]
    assert errors[2] < 1 / 255
    assert errors[2] < 0.03 * reference.distribution_error(image, inside, image[~inside])


def test_colours_end_close_to_where_they_began():
    # Transport takes short ways: along each axis the order is kept, so that light stays light.
    image, mask = scene(150, 200)
    image, inside = image.astype(np.float32), mask > 0.5
    out = harmonize(image, inside, "sliced_ot")
    for c in range(3):
        assert np.corrcoef(out[inside][:, c], image[inside][:, c])[0, 1] > 0.7


def test_there_is_no_more_grain_than_from_iterative_distribution_transfer():
    image, mask = scene(150, 200)
    image, inside = image.astype(np.float32), mask > 0.5

    def grain(method, **options):
        out = harmonize(image, inside, method, **options)
        four = sum(np.roll(out, d, axis=a) for d in (-1, 1) for a in (0, 1)) / 4
        within = inside & (sum(np.roll(inside, d, axis=a) for d in (-1, 1) for a in (0, 1)) == 4)
        return np.abs(out - four)[within].mean()

    # On eleven composites: from 0.98 to 1.04 times.
    assert grain("sliced_ot") < 1.1 * grain("idt", regrain=False)


def test_last_steps_do_not_amplify_rounding():
    # With whole steps to the end a rounding error grows to levels: 0.03 after thirty.
    image, mask = scene()
    exact = image.astype(np.float32)
    nearly = exact * np.float32(1 - 2**-23)
    change = harmonize(exact, mask, "sliced_ot") - harmonize(nearly, mask, "sliced_ot")
    assert np.abs(change).max() < 1e-4


COLOUR = np.array([0.2, 0.4, 0.7])


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_constant_reference_gives_the_foreground_its_colour(dtype):
    image, mask = scene()
    image[mask < 1] = COLOUR
    image = as_dtype(image, dtype)
    out = unit(harmonize(image, mask == 1, "sliced_ot"))
    np.testing.assert_allclose(
        out, np.broadcast_to(unit(image)[0, 0], out.shape), atol=level(dtype) + 1e-5, rtol=0
    )


def test_a_constant_foreground_gets_the_mean_of_the_background():
    image, mask = scene()
    image[mask > 0] = COLOUR
    image = image.astype(np.float32)
    out = harmonize(image, mask > 0, "sliced_ot")[mask > 0]
    mean = image[mask == 0].astype(float).mean(axis=0)
    np.testing.assert_allclose(out, np.broadcast_to(mean, out.shape), atol=1e-5)


def test_seeds_repeat_and_agree_in_distribution():
    image, mask = scene(150, 200)
    image, inside = as_dtype(image, "uint8"), mask > 0.5
    first, again, other = (harmonize(image, inside, "sliced_ot", seed=s) for s in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    np.testing.assert_allclose(
        unit(first)[inside].mean(axis=0), unit(other)[inside].mean(axis=0), atol=0.5 / 255
    )


def test_the_transform_makes_a_table():
    image, mask = scene()
    look = harmonia.fit(as_dtype(image, "uint8"), mask, "sliced_ot", iterations=3)
    assert look.to_lut(9).nodes.shape == (9, 9, 9, 3)


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("iterations", 0, r"sliced_ot: iterations must be a whole number from 1 to 1000, got 0"),
        (
            "iterations",
            "30",
            r"iterations must be a whole number from 1 to 1000, got '30'",
        ),
        ("seed", -1, r"sliced_ot: seed must be a whole number from 0 to 2\*\*64 - 1, got -1"),
        ("seed", 0.5, r"sliced_ot: seed must be a whole number"),
    ],
)
def test_bad_options_are_named(option, value, message):
    image, mask = scene()
    with pytest.raises(ValueError, match=message):
        harmonize(as_dtype(image, "uint8"), mask, "sliced_ot", **{option: value})
