"""Packages that others score with give the same numbers where their definitions are ours."""

import harmonia
import numpy as np
import pytest
from images import as_dtype, scene

RANGE = 255


def pair(height=197, width=223):
    composite, mask = scene(height, width, seed=1)
    rng = np.random.default_rng(2)
    target = as_dtype(composite, np.uint8)
    output = np.clip(target * [0.9, 1.0, 1.1] + rng.normal(0, 4, target.shape), 0, 255)
    return output.astype(np.uint8), target, mask


def planes(image):
    import torch

    return torch.from_numpy(image.transpose(2, 0, 1).copy())[None].double()


def test_scikit_image():
    metrics = pytest.importorskip("skimage.metrics")
    output, target, _ = pair()
    scores = harmonia.evaluate(output, target, metrics=["mse", "psnr", "ssim"])
    window = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    wanted = {
        "mse": metrics.mean_squared_error(output, target),
        "psnr": metrics.peak_signal_noise_ratio(target, output, data_range=RANGE),
        "ssim": metrics.structural_similarity(
            target.astype(float), output.astype(float), channel_axis=2, data_range=RANGE, **window
        ),
    }
    assert scores["mse"] == pytest.approx(wanted["mse"], rel=1e-12)
    assert scores["psnr"] == pytest.approx(wanted["psnr"], rel=1e-12)
    assert scores["ssim"] == pytest.approx(wanted["ssim"], abs=1e-6)


def test_scikit_image_for_colour_differences():
    """Its matrix and white point have fewer digits than ours: some 1e-4 of a difference."""
    color = pytest.importorskip("skimage.color")
    output, target, _ = pair()
    wanted = color.deltaE_ciede2000(color.rgb2lab(output), color.rgb2lab(target)).mean()
    assert harmonia.metrics.delta_e(output, target) == pytest.approx(wanted, rel=1e-3)


def test_pytorch_msssim():
    """In float64 there; its window is made in float32, which is 2^-24 of each weight off."""
    package = pytest.importorskip("pytorch_msssim")
    output, target, _ = pair()
    wanted = float(package.ssim(planes(output), planes(target), data_range=RANGE))
    assert harmonia.metrics.ssim(output, target) == pytest.approx(wanted, abs=5e-6)


def test_pytorch_msssim_at_scales_that_halve_evenly():
    package = pytest.importorskip("pytorch_msssim")
    output, target, _ = pair(192, 240)
    wanted = float(package.ms_ssim(planes(output), planes(target), data_range=RANGE))
    assert harmonia.metrics.ms_ssim(output, target) == pytest.approx(wanted, abs=5e-6)


def test_torchmetrics():
    """Its SSIM mirrors the image at the edge, so that windows there are others; its PSNR adds up in
    float32."""
    package = pytest.importorskip("torchmetrics.functional.image")
    output, target, _ = pair(48, 52)
    reach = {"data_range": float(RANGE), "return_full_image": True}
    _, whole = package.structural_similarity_index_measure(planes(output), planes(target), **reach)
    inside = float(whole[..., 5:-5, 5:-5].mean())
    assert harmonia.metrics.ssim(output, target) == pytest.approx(inside, abs=5e-6)
    psnr = package.peak_signal_noise_ratio(planes(output), planes(target), data_range=float(RANGE))
    assert harmonia.metrics.psnr(output, target) == pytest.approx(float(psnr), rel=1e-6)


def test_piq():
    package = pytest.importorskip("piq", exc_type=ImportError)
    output, target, _ = pair()
    arguments = {"data_range": RANGE, "downsample": False}
    wanted = float(package.ssim(planes(output), planes(target), **arguments))
    assert harmonia.metrics.ssim(output, target) == pytest.approx(wanted, abs=5e-6)


def test_the_loss_for_training_is_the_same_similarity():
    torch = pytest.importorskip("torch", reason="torch is not installed")
    from harmonia.training.losses import ssim_loss

    output, target, mask = pair()
    unit = [planes(image) / 255 for image in (output, target)]
    weights = torch.from_numpy(mask)[None].double()
    scores = harmonia.evaluate(output, target, mask, ["ssim", "fssim"])
    assert float(1 - ssim_loss(*unit)) == pytest.approx(scores["ssim"], abs=2e-6)
    assert float(1 - ssim_loss(*unit, weights)) == pytest.approx(scores["fssim"], abs=2e-6)
