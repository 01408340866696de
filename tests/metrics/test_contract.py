"""What every metric promises, whatever it measures."""

import math

import harmonia
import numpy as np
import pytest
from harmonia._registry import find_metric
from images import DTYPES, LAYOUTS, TWELVE, as_dtype, scene
from isas import ISAS, counts, forced, threads
from kinds import CASES, MASKS, needs_torch

# lpips needs weights that are not shipped, and is tested with a network by itself.
NAMES = [name for name in harmonia.list_metrics() if name != "lpips"]
OF_THE_MASK = [name for name in NAMES if find_metric(name, where="").needs_mask]

every_metric = pytest.mark.parametrize("name", NAMES)
every_masked_metric = pytest.mark.parametrize("name", OF_THE_MASK)


def pictures(dtype="uint8", height=180, width=184):
    """An output, its target and a soft mask 0..1; large enough for five scales."""
    composite, mask = scene(height, width, seed=3)
    drift = 0.04 * np.sin(np.arange(width) / 9.0)[None, :, None]
    target = np.clip(composite + drift + 0.05 * mask[..., None], 0, 1)
    return as_dtype(composite, np.dtype(dtype)), as_dtype(target, np.dtype(dtype)), mask


def call(name, output, target, mask):
    return getattr(harmonia.metrics, name)(output, target, mask)


def test_every_file_of_a_metric_is_a_public_function():
    for name in harmonia.list_metrics():
        assert callable(getattr(harmonia.metrics, name))
        assert find_metric(name, where="").name == name


def test_what_is_of_the_foreground_needs_a_mask():
    assert set(OF_THE_MASK) == {"background_mse", "fdelta_e", "fmae", "fmse", "fpsnr", "fssim"}


@every_metric
def test_a_function_gives_what_evaluate_gives(name):
    output, target, mask = pictures()
    alone = call(name, output, target, mask)
    assert isinstance(alone, float)
    assert harmonia.evaluate(output, target, mask, [name]) == {name: alone}


@every_metric
@pytest.mark.parametrize("dtype", DTYPES)
def test_equal_images_score_best(name, dtype):
    output, _, mask = pictures(dtype)
    best = {"ssim": 1.0, "fssim": 1.0, "ms_ssim": 1.0, "psnr": math.inf, "fpsnr": math.inf}
    assert call(name, output, output.copy(), mask) == best.get(name, 0.0)


@every_metric
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_worse_output_scores_worse(name, dtype):
    """Four times the error, everywhere."""
    output, target, mask = pictures("float32")
    far = np.clip(target + 4 * (output - target), 0, 1)
    near = call(name, as_dtype(output, np.dtype(dtype)), as_dtype(target, np.dtype(dtype)), mask)
    worse = call(name, as_dtype(far, np.dtype(dtype)), as_dtype(target, np.dtype(dtype)), mask)
    better = find_metric(name, where="").better
    assert worse > near if better == "lower" else worse < near


@every_metric
@pytest.mark.parametrize(("kind", "dtype"), CASES)
def test_all_kinds_score_alike(name, kind, dtype):
    """A batch of two is scored image by image."""
    output, target, mask = pictures(dtype)
    wanted = call(name, output, target, mask)
    if kind.channels == 4:  # of another alpha each, which does not count
        output = np.dstack([output, output[..., 0]])
        target = np.dstack([target, target[..., 1]])
    scored = call(name, kind.make(output), kind.make(target), mask)
    assert np.array_equal(scored, [wanted, wanted] if np.ndim(scored) else wanted)


@every_masked_metric
@pytest.mark.parametrize("spelling", sorted(MASKS))
def test_all_masks_of_a_value_weigh_alike(name, spelling):
    output, target, mask = pictures()
    soft = np.rint(mask * 255) / 255  # a value that uint8 holds too
    hard = "bool" in spelling or spelling in ("uint8-hard", "pil-1")
    wanted = call(name, output, target, (soft > 0.5) if hard else soft)
    # float16 holds a weight to 2^-11, and the others to 2^-24
    tolerance = 2.0**-11 if spelling == "float16" else 1e-6
    assert call(name, output, target, MASKS[spelling](soft)) == pytest.approx(wanted, rel=tolerance)


@every_metric
@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_the_layout_in_memory_does_not_show(name, layout):
    output, target, mask = pictures()
    lay = LAYOUTS[layout]
    wanted = call(name, output, target, mask > 0.3)
    assert call(name, lay(output), target, lay(mask > 0.3)) == wanted


@every_metric
@pytest.mark.parametrize("dtype", DTYPES)
def test_instruction_sets_and_threads_give_equal_bits(name, dtype):
    output, target, mask = pictures(dtype)
    scores = set()
    for isa in ISAS:
        for count in counts(1, 2, 4):
            with forced(isa), threads(count):
                scores.add(call(name, output, target, mask))
    assert len(scores) == 1


@every_metric
def test_nothing_is_written(name):
    output, target, mask = pictures()
    before = output.copy(), target.copy(), mask.copy()
    for array in (output, target, mask):
        array.flags.writeable = False
    call(name, output, target, mask)
    assert all(np.array_equal(a, b) for a, b in zip((output, target, mask), before, strict=True))


@every_metric
def test_dtypes_may_differ(name):
    """The target in 16 bits holds the same values, as 257 times the 8-bit ones."""
    output, target, mask = pictures()
    wanted = call(name, output, target, mask)
    wide = target.astype(np.uint16) * 257
    assert call(name, output, wide, mask) == pytest.approx(wanted, rel=1e-6)


@every_masked_metric
def test_an_empty_mask_has_no_value_or_the_whole_image(name):
    output, target, mask = pictures()
    score = call(name, output, target, np.zeros_like(mask))
    if name == "background_mse":
        assert score == call("mse", output, target, None)
        assert math.isnan(call(name, output, target, np.ones_like(mask)))
    else:
        assert math.isnan(score)
        everywhere = call(name, output, target, np.ones_like(mask))
        assert everywhere == pytest.approx(call(name[1:], output, target, None), rel=1e-9)


@every_masked_metric
def test_a_missing_mask_is_an_error_with_a_cure(name):
    output, target, _ = pictures()
    with pytest.raises(ValueError, match=f"{name}: mask is missing, .*pass the foreground's mask"):
        call(name, output, target, None)


@every_metric
def test_images_of_two_sizes_are_refused(name):
    output, target, mask = pictures()
    with pytest.raises(ValueError, match=rf"{name}: target must have .*\(180, 184\), got \(180, 1"):
        call(name, output, target[:, :-1], mask)


@every_metric
@pytest.mark.parametrize("bad", [np.nan, np.inf, -0.5, 1.5])
def test_values_out_of_range_are_refused(name, bad):
    output, target, mask = pictures("float32")
    target[2, 3, 1] = bad
    with pytest.raises(ValueError, match=f"{name}: target .*(finite|within 0..1)"):
        call(name, output, target, mask)


@needs_torch
@every_metric
def test_a_batch_is_scored_against_a_batch(name):
    import torch

    output, target, mask = pictures()
    batch = torch.from_numpy(np.stack([output, target]).transpose(0, 3, 1, 2).copy())
    with pytest.raises(ValueError, match=f"{name}: target must be a batch of 2 .*, got one image"):
        call(name, batch, batch[0], mask)


SMALLER_THAN_A_WINDOW = {"ssim", "fssim", "ms_ssim"}


@every_metric
def test_twelve_pixels(name):
    other = TWELVE[::-1].copy()
    mask = np.eye(3, 4, dtype=bool)
    if name in SMALLER_THAN_A_WINDOW:
        with pytest.raises(ValueError, match=f"{name}: output must be at least [0-9]+ pixels"):
            call(name, TWELVE, other, mask)
    else:
        assert math.isfinite(call(name, TWELVE, other, mask))
