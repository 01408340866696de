"""Tables fitted to pairs of images, against dense normal equations, and what a fit promises."""

import re

import harmonia
import numpy as np
import pytest
from harmonia.lut import FitError, Lut, fit_error, fit_lut, identity
from hypothesis import given
from hypothesis import strategies as st
from images import ALIGNED, DTYPES, LAYOUTS, as_dtype, scene, unit, with_alpha
from isas import ISAS, counts, forced, threads
from kinds import CASES, MASKS, needs_torch
from parts import examples
from reference.lut_fit import fit_lut as reference_fit
from reference.lut_fit import fit_monotone as reference_monotone

per_dtype = pytest.mark.parametrize("dtype", DTYPES)

# The solver ends when the error, by the bound of its energy, is 2e-5 at a node.
SOLVED = 2e-5


def picture(height=96, width=144, seed=0):
    """Floats 0..1 as a photograph has them: smooth areas, texture, dense and sparse colours."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    image = np.zeros((height, width, 3))
    for frequency in (1, 2, 5, 11):
        waves = np.sin(
            frequency * (3 * x * rng.uniform(-1, 1) + 3 * y * rng.uniform(-1, 1))[..., None]
            + rng.uniform(0, 6, 3)
        )
        image += waves * rng.uniform(0.3, 1, 3) / np.sqrt(frequency)
    image = 0.45 + 0.2 * image + 0.02 * rng.normal(size=image.shape)
    return np.clip(image, 0.02, 0.98)


def smooth_look(seed=0):
    """A random table whose waves are as long as the cube."""
    rng = np.random.default_rng(seed)
    nodes = identity(33).nodes.astype(np.float64)
    out = 0.15 + 0.7 * nodes @ (np.eye(3) + rng.uniform(-0.12, 0.12, (3, 3)))
    for _ in range(3):
        wave = np.sin(nodes @ rng.uniform(-3, 3, 3) + rng.uniform(0, 6))
        out += wave[..., None] * rng.uniform(-0.05, 0.05, 3)
    return Lut(np.clip(out, 0, 1).astype(np.float32))


def affine_pair(image, gain, shift):
    return image @ np.asarray(gain).T + np.asarray(shift)


@per_dtype
@pytest.mark.parametrize(("size", "smoothness"), [(2, 1.0), (4, 1.0), (5, 100.0), (9, 1.0), (8, 1)])
def test_nodes_solve_the_normal_equations(dtype, size, smoothness):
    before, soft = scene(31, 37)
    after = as_dtype(np.clip(before**1.7 + 0.05 * before[..., ::-1], 0, 1), dtype)
    before, mask = as_dtype(before, dtype), as_dtype(soft, "uint8")
    found = fit_lut(before, after, mask, size=size, smoothness=smoothness).nodes
    expected = reference_fit(unit(before), unit(after), mask / 255, size, smoothness)
    # Floats are taken to 16 bits, which moves single colours, not means, by 2^-17.
    np.testing.assert_allclose(found, expected, rtol=0, atol=SOLVED)


def test_float_masks_weigh_as_byte_masks_do():
    before, soft = scene(31, 37)
    after = before**2
    codes = as_dtype(soft, "uint8")
    before, after = as_dtype(before, "uint8"), as_dtype(after, "uint8")
    expected = fit_lut(before, after, codes, size=9)
    assert fit_lut(before, after, (codes / 255).astype(np.float32), size=9) == expected
    hard = fit_lut(before, after, codes >= 128, size=9)
    assert fit_lut(before, after, np.uint8(255) * (codes >= 128), size=9) == hard
    assert hard != expected


@per_dtype
@pytest.mark.parametrize("size", [2, 5, 6, 17, 20, 33])
def test_an_unchanged_image_gives_the_identity(dtype, size):
    image = as_dtype(picture(40, 56), dtype)
    assert fit_lut(image, image, size=size) == identity(size)


@pytest.mark.parametrize("method", ["mkl", "reinhard", "look"])
@per_dtype
def test_a_transform_is_reproduced_on_its_picture(method, dtype):
    image = picture()
    mask = np.zeros(image.shape[:2], np.uint8)
    mask[:, :60] = 255
    image = as_dtype(0.15 + 0.7 * image, dtype)
    change = smooth_look() if method == "look" else harmonia.fit(image, mask, method)
    error = fit_error(fit_lut(image, change.apply(image)), image, change.apply(image))
    # Both sides are rounded for bytes: half a level each, less where a colour is frequent.
    assert error.mean < 0.25
    assert error.worst < 2.5


@pytest.mark.parametrize("seed", range(3))
def test_sparse_colours_count(seed):
    # A handful of pixels of colours that are nowhere else in the picture.
    image = 0.3 + 0.3 * picture(seed=seed)
    places = np.random.default_rng(seed).integers(0, image.shape[0], (12, 2))
    image[places[:, 0], places[:, 1]] = np.random.default_rng(seed).uniform(0.02, 0.98, (12, 3))
    image = as_dtype(image, "float32")
    after = smooth_look(seed).apply(image)
    sparse = np.zeros(image.shape[:2], bool)
    sparse[places[:, 0], places[:, 1]] = True
    look = fit_lut(image, after)
    assert fit_error(look, image, after).worst < 6
    assert fit_error(look, image, after, sparse).mean < 1.5


def test_noise_is_averaged():
    image = as_dtype(picture(200, 300), "float32")
    clean = smooth_look().apply(image)
    noise = np.random.default_rng(0).normal(0, 8 / 255, image.shape)
    noisy = np.clip(clean + noise, 0, 1).astype(np.float32)
    before = fit_error(identity(), noisy, clean).mean
    assert fit_error(fit_lut(image, noisy), image, clean).mean < 0.2 * before
    assert fit_error(fit_lut(image, noisy, smoothness=1000), image, clean).mean < 0.1 * before


def test_only_the_object_counts():
    image, mask = picture(60, 90), np.zeros((60, 90), bool)
    mask[10:50, 20:70] = True
    change = smooth_look()
    image = as_dtype(image, "float32")
    after = change.apply(image, mask)
    look = fit_lut(image, after, mask)
    assert fit_error(look, image, after, mask).mean < 0.2
    elsewhere = np.random.default_rng(0).uniform(0, 1, image.shape).astype(np.float32)
    other = np.where(mask[..., None], after, elsewhere)
    assert fit_lut(np.where(mask[..., None], image, elsewhere[::-1]), other, mask) == look


def falls(look):
    """The least step of every channel along its own axis."""
    return min(np.diff(look.nodes[..., c], axis=c).min() for c in range(3))


def unruly_pair(seed=0, dtype="float32"):
    """A change that makes more of a colour less of it here and there, and noise."""
    rng = np.random.default_rng(seed)
    before = rng.uniform(0.1, 0.7, (30, 40, 3))
    after = 0.5 + 0.3 * np.sin(7 * before + rng.uniform(0, 6, 3)) + rng.normal(0, 0.1, before.shape)
    return as_dtype(before, dtype), as_dtype(np.clip(after, 0, 1), dtype)


@pytest.mark.parametrize("size", [2, 3, 5])
@pytest.mark.parametrize("smoothness", [1.0, 1000.0])
def test_monotone_tables_are_the_best_there_are(size, smoothness):
    before, after = unruly_pair()
    free = fit_lut(before, after, size=size, smoothness=smoothness)
    assert falls(free) < -0.05
    found = fit_lut(before, after, size=size, smoothness=smoothness, monotone=True)
    everywhere = np.ones(before.shape[:2])
    expected = reference_monotone(before, after, everywhere, size, smoothness)
    # The bound of the solver, and where the reference ends.
    np.testing.assert_allclose(found.nodes, expected, rtol=0, atol=2 * SOLVED)


@per_dtype
@pytest.mark.parametrize("size", [2, 9, 14])
def test_monotone_tables_do_not_fall(dtype, size):
    before, after = unruly_pair(dtype=dtype)
    assert falls(fit_lut(before, after, size=size)) < 0
    look = fit_lut(before, after, size=size, monotone=True)
    assert falls(look) >= 0
    # It costs some accuracy, but is no worse than a constant.
    error = fit_error(look, before, after).mean
    assert error < fit_error(fit_lut(before, after, size=size, smoothness=1e7), before, after).mean


@per_dtype
def test_a_monotone_result_is_the_free_one_where_that_is_monotone(dtype):
    image = as_dtype(picture(), dtype)
    after = smooth_look().apply(image)
    look = fit_lut(image, after)
    assert falls(look) > 0
    assert fit_lut(image, after, monotone=True) == look


@examples(20)
@given(
    eighths=st.lists(st.integers(-3, 12), min_size=9, max_size=9),
    shift=st.lists(st.integers(-2000, 2000), min_size=3, max_size=3),
    smoothness=st.sampled_from([0.1, 1.0, 1e7]),
    size=st.sampled_from([2, 3, 6, 12, 17]),
)
def test_affine_changes_are_met_where_no_data_is(eighths, shift, smoothness, size):
    # Steps of eight codes times eighths are codes again: nothing is rounded.
    steps = 8 * np.random.default_rng(0).integers(-600, 601, (30, 40, 3))
    gain = np.reshape(eighths, (3, 3)) / 8
    before, after = 32768 + steps, 32768 + affine_pair(steps, gain, shift)
    look = fit_lut(
        before.astype(np.uint16), after.astype(np.uint16), size=size, smoothness=smoothness
    )
    colours = identity(size).nodes.astype(np.float64) * 65535 - 32768
    expected = (32768 + affine_pair(colours, gain, shift)) / 65535
    # The ridge of 1e-10 beside a variance of 0.0018, times gains up to 1.5 and a way of 0.5.
    np.testing.assert_allclose(look.nodes, expected, rtol=0, atol=5e-7)


@pytest.mark.parametrize("size", [2, 17, 33])
def test_one_colour_is_shifted_and_all_others_with_it(size):
    before = np.full((5, 7, 3), (200, 30, 90), np.uint8)
    after = np.full((5, 7, 3), (180, 60, 91), np.uint8)
    look = fit_lut(before, after, size=size)
    expected = identity(size).nodes + np.array([-20, 30, 1]) / 255
    np.testing.assert_allclose(look.nodes, expected, rtol=0, atol=1e-6)
    assert fit_error(look, before, after) == FitError(0.0, 0.0)


def test_two_colours_are_met_and_far_ones_stay_near_them():
    before = np.zeros((2, 8, 3), np.uint8)
    before[0], before[1] = (60, 60, 60), (180, 170, 160)
    after = np.zeros_like(before)
    after[0], after[1] = (70, 60, 50), (200, 160, 160)
    look = fit_lut(before, after)
    assert fit_error(look, before, after).worst <= 1
    assert np.abs(look.nodes - identity().nodes).max() < 2 * 20 / 255


def test_several_results_of_a_colour_give_their_mean():
    before = np.full((4, 6, 3), 128, np.uint8)
    after = before.copy()
    after[:2], after[2:] = 100, 140
    look = fit_lut(before, after)
    assert fit_error(look, before, after) == FitError(20.0, 20.0)
    mask = np.zeros((4, 6), np.uint8)
    mask[:2], mask[2:] = 51, 204  # one to four
    assert fit_error(fit_lut(before, after, mask), before, after, mask) == FitError(
        pytest.approx((32 * 51 + 8 * 204) / 255), 32.0
    )


def test_far_colours_continue_the_change_without_overshoot():
    rng = np.random.default_rng(0)
    image = as_dtype(0.5 + 0.05 * rng.uniform(-1, 1, (60, 90, 3)), "float32")
    steep = 0.5 + 1.5 * (image - 0.5) + 2 * (image - 0.5) ** 2 + rng.normal(0, 0.01, image.shape)
    look = fit_lut(image, np.clip(steep, 0, 1).astype(np.float32))
    grey = look.nodes[range(33), range(33), range(33)]
    # A gain of 1.5 continued to black and white would be at -0.25 and 1.25.
    assert (np.diff(grey, axis=0) > 0).all()
    assert grey.min() > -0.3
    assert grey.max() < 1.4


@pytest.mark.parametrize("size", [9, 17])
def test_numbers_of_pixels_and_nodes_do_not_matter(size):
    before = as_dtype(picture(48, 72), "uint8")
    after = smooth_look().apply(before)
    look = fit_lut(before, after, size=size)
    doubled = fit_lut(before.repeat(4, axis=0), after.repeat(4, axis=0), size=size)
    np.testing.assert_array_equal(doubled.nodes, look.nodes)
    finer = fit_lut(before, after, size=2 * size - 1)
    assert fit_error(finer, before, look.apply(before)).mean < 0.5


@per_dtype
def test_memory_layout_and_alpha_do_not_matter(dtype):
    before, soft = scene(37, 301)
    after = as_dtype(before**2, dtype)
    before, mask = as_dtype(before, dtype), as_dtype(soft, "uint8")
    expected = fit_lut(before, after, mask, size=9)
    for name, lay in LAYOUTS.items():
        for first, second in ((before, after), (with_alpha(before), with_alpha(after))):
            assert fit_lut(lay(first), lay(second), lay(mask), size=9) == expected, name
    for lay in ALIGNED.values():
        assert fit_lut(before, lay(after), mask, size=9) == expected


SINGLE = [case for case in CASES if not re.search("batch|last", case.id)]


@pytest.mark.parametrize(("kind", "dtype"), SINGLE)
def test_every_kind_of_image_is_taken(kind, dtype):
    before, _ = scene()
    after = as_dtype(before**2, dtype)
    before = as_dtype(before, dtype)
    expected = fit_lut(before, after, size=5)
    pair = [with_alpha(a) if kind.channels == 4 else a for a in (before, after)]
    look = fit_lut(kind.make(pair[0]), kind.make(pair[1]), size=5)
    assert look == expected
    assert fit_lut(before, kind.make(pair[1]), size=5) == expected
    assert fit_error(look, *map(kind.make, pair)) == fit_error(look, before, after)


@pytest.mark.parametrize("name", MASKS)
def test_every_kind_of_mask_is_taken(name):
    before, soft = scene()
    before = as_dtype(before, "uint8")
    after = 255 - before
    mask = MASKS[name](np.round(soft * 255) / 255)
    assert fit_lut(before, after, mask, size=5).size == (5, 5, 5)
    assert fit_error(identity(5), before, after, mask).mean > 0


@pytest.mark.threads
@per_dtype
def test_instruction_sets_threads_and_repeats_give_equal_bytes(dtype):
    before, soft = scene(131, 311)
    # More than a megapixel, so that every thread has a table of its own.
    before, soft = np.tile(before, (9, 4, 1)), np.tile(soft, (9, 4))
    after, mask = as_dtype(before**2, dtype), as_dtype(soft, "float32")
    before = as_dtype(before, dtype)
    with forced("baseline"), threads(1):
        expected = fit_lut(before, after, mask, size=20).nodes.tobytes()
    for isa in ISAS:
        for count in counts(1, 2, 4):
            with forced(isa), threads(count):
                look = fit_lut(before, after, mask, size=20)
                assert look.nodes.tobytes() == expected, f"{isa}, {count} threads"


@pytest.mark.threads
def test_monotone_tables_are_equal_bytes_too():
    before, after = unruly_pair()
    with forced("baseline"), threads(1):
        expected = fit_lut(before, after, size=9, monotone=True).nodes.tobytes()
    for isa in ISAS:
        for count in counts(1, 4):
            with forced(isa), threads(count):
                look = fit_lut(before, after, size=9, monotone=True)
                assert look.nodes.tobytes() == expected, f"{isa}, {count} threads"


def test_the_error_is_that_of_every_channel_in_levels():
    rng = np.random.default_rng(0)
    before = rng.integers(0, 256, (700, 600, 3), dtype=np.uint8)  # more than is compared at once
    after = rng.integers(0, 65536, before.shape, dtype=np.uint16)
    mask = rng.integers(0, 256, before.shape[:2], dtype=np.uint8)
    mask[after.max(axis=-1) > 65000] = 0
    difference = np.abs(before - after / 257)
    expected = (mask[..., None] * difference).sum() / (3 * mask.sum(dtype=np.int64))
    found = fit_error(identity(), before, after, mask)
    assert found.mean == pytest.approx(expected, rel=1e-12)
    assert found.worst == pytest.approx(difference[mask > 0].max(), rel=1e-12)


@pytest.mark.parametrize("call", ["fit_lut", "fit_error"])
def test_errors_name_function_and_argument(call):
    image = np.full((4, 6, 3), 0.5, np.float32)
    run = fit_lut if call == "fit_lut" else lambda *args: fit_error(identity(), *args)
    broken = image.copy()
    broken[1, 1, 1] = np.nan
    for arguments, kind, message in [
        ((broken, image), ValueError, f"{call}: before must be finite"),
        ((image, broken), ValueError, f"{call}: after must be finite"),
        ((image, image * 300), ValueError, f"{call}: after of type float32 must be within 0..1"),
        ((image, image[:3]), ValueError, rf"{call}: after must have the height .* \(4, 6\)"),
        ((image, image, np.ones((3, 6), bool)), ValueError, f"{call}: mask must have the image's"),
        ((image, image, np.zeros((4, 6), bool)), ValueError, f"{call}: mask is empty"),
        ((image, "after"), TypeError, f"{call}: after must be a NumPy array"),
        ((image.astype(np.float64), image), TypeError, f"{call}: before must be uint8"),
    ]:
        with pytest.raises(kind, match=message):
            run(*arguments)


def test_a_mask_too_faint_to_weigh_is_empty():
    image = np.full((4, 6, 3), 7, np.uint8)
    with pytest.raises(ValueError, match="fit_lut: mask is empty"):
        fit_lut(image, image, np.full((4, 6), 1e-6, np.float32))


@pytest.mark.parametrize("size", [1, 130, 3.5, True, None])
def test_impossible_sizes_are_refused(size):
    image = np.full((4, 6, 3), 7, np.uint8)
    with pytest.raises(ValueError, match="fit_lut: size must be a whole number from 2 to 129"):
        fit_lut(image, image, size=size)


@pytest.mark.parametrize("smoothness", [0, -1, 1e-2, 1e8, float("nan"), "smooth", None])
def test_impossible_smoothness_is_refused(smoothness):
    image = np.full((4, 6, 3), 7, np.uint8)
    with pytest.raises(ValueError, match=r"fit_lut: smoothness must be a number from 0\.1"):
        fit_lut(image, image, smoothness=smoothness)


def test_the_error_of_something_else_than_a_table_is_refused():
    image = np.full((4, 6, 3), 7, np.uint8)
    with pytest.raises(TypeError, match=r"fit_error: lut must be a harmonia.*got ndarray"):
        fit_error(identity().nodes, image, image)


@needs_torch
def test_batches_and_tensors_off_the_cpu_are_refused():
    import torch

    tensor = torch.zeros(3, 4, 6)
    with pytest.raises(ValueError, match="fit_lut: before must be one image, got a batch"):
        fit_lut(torch.zeros(2, 3, 4, 6), tensor)
    away = torch.empty(3, 4, 6, device="meta")
    with pytest.raises(TypeError, match=r"fit_lut: after must be on the CPU.*pass after\.cpu\(\)"):
        fit_lut(tensor, away)
    with pytest.raises(TypeError, match=r"fit_error: before .*pass before\.cpu\(\)"):
        fit_error(identity(), away, tensor)
