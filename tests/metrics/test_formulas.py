"""The metrics that no paper's protocol has, against their formulas, and how small images may be."""

import harmonia
import numpy as np
import pytest
from images import as_dtype, scene, unit
from reference.delta_e import delta_e
from reference.ssim import gaussian, half_size
from reference.ssim import ssim as sums_of_ssim

EXPONENTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
CONSTANTS = ((0.01 * 255) ** 2, (0.03 * 255) ** 2)


def pair(height=187, width=211):
    """An output that is wrong everywhere, its target, and a soft mask with zeros; odd sides."""
    composite, soft = scene(height, width, seed=5)
    waves = 0.1 * np.sin(np.arange(width) / 7.0)[:, None]
    return as_dtype(np.clip(composite + waves, 0, 1), "uint8"), as_dtype(composite, "uint8"), soft


def ms_ssim(output, target):
    product = np.ones(3)
    for exponent in EXPONENTS:
        ssim, contrast, *_, count = sums_of_ssim(
            output, target, None, gaussian(11, 1.5), "valid", *CONSTANTS
        )
        part = ssim if exponent == EXPONENTS[-1] else contrast
        product *= np.maximum(np.array(part) / count, 0) ** exponent
        output, target = (half_size(image).astype(np.float32) for image in (output, target))
    return product.mean()


def test_means_over_the_image():
    output, target, _ = pair()
    error = output.astype(float) - target
    # Whole numbers, and one division here and there.
    assert harmonia.metrics.mae(output, target) == pytest.approx(np.abs(error).mean(), rel=1e-15)
    assert harmonia.metrics.mse(output, target) == pytest.approx((error**2).mean(), rel=1e-15)


def test_means_under_a_mask():
    output, target, soft = pair()
    mask = as_dtype(soft, "uint8")
    error = np.abs(output.astype(float) - target)
    weighted = (mask[..., None] * error).sum() / (3 * mask.sum(dtype=float))
    assert harmonia.metrics.fmae(output, target, mask) == pytest.approx(weighted, rel=1e-15)
    outside = (error[mask == 0] ** 2).mean()
    background = harmonia.metrics.background_mse(output, target, mask)
    assert background == pytest.approx(outside, rel=1e-15)


def test_color_differences_under_a_mask():
    output, target, soft = pair()
    mask = as_dtype(soft, "uint8")
    expected = delta_e(unit(output), unit(target))
    # 1e-3 is what a hue on the edge of two cases may be off; see tests/test_delta_e.py.
    assert harmonia.metrics.delta_e(output, target) == pytest.approx(expected.mean(), abs=1e-3)
    weighted = (mask * expected).sum() / mask.sum(dtype=float)
    assert abs(weighted - expected.mean()) > 0.01
    assert harmonia.metrics.fdelta_e(output, target, mask) == pytest.approx(weighted, abs=1e-3)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_similarity_at_five_scales(dtype):
    """Each scale is 1e-6 off at most, and the exponents add up to 1."""
    output, target, _ = (as_dtype(unit(image), dtype) for image in pair())
    expected = ms_ssim(output, target)
    assert 0.5 < expected < 0.98
    assert harmonia.metrics.ms_ssim(output, target) == pytest.approx(expected, abs=2e-6)


def test_scales_that_contradict_each_other_have_no_similarity():
    noise = np.random.default_rng(6).integers(0, 256, (180, 190, 3), np.uint8)
    assert harmonia.metrics.ms_ssim(noise, 255 - noise) == 0.0


@pytest.mark.parametrize(("name", "side"), [("ssim", 11), ("fssim", 11), ("ms_ssim", 176)])
def test_the_smallest_image_has_a_score(name, side):
    metric = getattr(harmonia.metrics, name)
    image = np.zeros((side, side + 1, 3), np.uint8)
    mask = np.ones(image.shape[:2], bool)
    assert metric(image, image, mask) == 1.0
    with pytest.raises(ValueError, match=f"{name}: output must be at least {side} pixels"):
        metric(image[1:], image[1:], mask[1:])
