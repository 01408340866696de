"""Scores as users of other libraries write them: uint8 pictures and a mask in, numbers out.

Every function gives the numbers of protocol "harmonia" that its name promises. Peers without a
mask give no fSSIM.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from metric_scene import Case

Scores = dict[str, float]


@dataclass(frozen=True)
class Implementation:
    """Someone's way to compute a task's numbers."""

    name: str
    task: str  # "six", "ssim" or "errors"
    run: Callable[[Case], Scores]
    needs: tuple[str, ...] = ()
    tolerance: float = 1e-5  # relative to the exact value

    @property
    def missing(self) -> str:
        absent = [name for name in self.needs if importlib.util.find_spec(name) is None]
        return f"{', '.join(absent)} not installed" if absent else ""


def decibels(error: float) -> float:
    return float(10 * np.log10(255.0**2 / error))


# harmonia


def ours_six(case: Case) -> Scores:
    import harmonia

    return harmonia.evaluate(case.output, case.target, case.mask)


def ours_ssim(case: Case) -> Scores:
    import harmonia

    return {"ssim": harmonia.metrics.ssim(case.output, case.target)}


def ours_errors(case: Case) -> Scores:
    import harmonia

    return harmonia.evaluate(case.output, case.target, case.mask, ["mse", "fmse", "psnr", "fpsnr"])


# NumPy and scikit-image: the way of most papers' code


def numpy_errors(case: Case) -> Scores:
    m = case.mask[..., None].astype(np.float32) / 255
    squares = (case.output.astype(np.float32) - case.target.astype(np.float32)) ** 2
    mse = float(squares.mean(dtype=np.float64))
    fmse = float((squares * m).sum(dtype=np.float64) / (3 * m.sum(dtype=np.float64)))
    return {"mse": mse, "fmse": fmse, "psnr": decibels(mse), "fpsnr": decibels(fmse)}


def skimage_map(case: Case) -> tuple[float, Any]:
    from skimage.metrics import structural_similarity

    mean, whole = structural_similarity(
        case.target,
        case.output,
        channel_axis=2,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        data_range=255,
        full=True,
    )
    return float(mean), whole


def skimage_ssim(case: Case) -> Scores:
    return {"ssim": skimage_map(case)[0]}


def skimage_six(case: Case) -> Scores:
    mean, whole = skimage_map(case)
    m = case.mask[5:-5, 5:-5, None].astype(np.float64) / 255
    fssim = (whole[5:-5, 5:-5] * m).sum() / (3 * m.sum())
    return {**numpy_errors(case), "ssim": mean, "fssim": float(fssim)}


# OpenCV


def opencv_errors(case: Case) -> Scores:
    """`cv2.norm` twice; its mask is hard, so the foreground's error is another one."""
    import cv2

    inside = cv2.threshold(case.mask, 127, 255, cv2.THRESH_BINARY)[1]
    mse = cv2.norm(case.output, case.target, cv2.NORM_L2SQR) / (3 * case.pixels)
    fmse = cv2.norm(case.output, case.target, cv2.NORM_L2SQR, inside)
    fmse /= 3 * cv2.countNonZero(inside)
    return {"mse": mse, "psnr": decibels(mse), "hard fmse": fmse, "hard fpsnr": decibels(fmse)}


def opencv_ssim_map(case: Case) -> Any:
    import cv2

    def blur(image: Any) -> Any:
        return cv2.GaussianBlur(image, (11, 11), 1.5)[5:-5, 5:-5]

    x, y = case.output.astype(np.float32), case.target.astype(np.float32)
    mx, my = blur(x), blur(y)
    vx, vy = blur(x * x) - mx * mx, blur(y * y) - my * my
    covariance = blur(x * y) - mx * my
    c1, c2 = 6.5025, 58.5225
    return ((2 * mx * my + c1) * (2 * covariance + c2)) / (
        (mx * mx + my * my + c1) * (vx + vy + c2)
    )


def opencv_ssim(case: Case) -> Scores:
    return {"ssim": float(opencv_ssim_map(case).mean(dtype=np.float64))}


def opencv_six(case: Case) -> Scores:
    whole = opencv_ssim_map(case)
    m = case.mask[5:-5, 5:-5, None].astype(np.float32) / 255
    fssim = (whole * m).sum(dtype=np.float64) / (3 * m.sum(dtype=np.float64))
    ssim = float(whole.mean(dtype=np.float64))
    return {**opencv_errors(case), "ssim": ssim, "fssim": float(fssim)}


def opencv_quality(case: Case) -> Scores:
    """The contributed module: black beyond the edge is mirrored there, so it is another mean."""
    import cv2

    return {
        "mirrored ssim": float(
            np.mean(cv2.quality.QualitySSIM_compute(case.output, case.target)[0][:3])
        )
    }


# torch


def planes(image: Any) -> Any:
    import torch

    return torch.from_numpy(image).permute(2, 0, 1)[None].float()


def torch_errors(case: Case) -> Scores:
    import torch

    m = torch.from_numpy(case.mask)[None, None].float() / 255
    squares = (planes(case.output) - planes(case.target)).square()
    mse = float(squares.mean())
    fmse = float((squares * m).sum() / (3 * m.sum()))
    return {"mse": mse, "fmse": fmse, "psnr": decibels(mse), "fpsnr": decibels(fmse)}


@cache
def window() -> Any:
    import torch

    offsets = torch.arange(11) - 5.0
    bell = torch.exp(-offsets.square() / (2 * 1.5**2))
    row = bell / bell.sum()
    return (row[:, None] * row[None, :]).expand(3, 1, 11, 11).contiguous()


def torch_six(case: Case) -> Scores:
    """`conv2d` with the window of two dimensions, as the field's pytorch_ssim does."""
    import torch
    from torch.nn.functional import conv2d

    x, y = planes(case.output), planes(case.target)
    mx, my = conv2d(x, window(), groups=3), conv2d(y, window(), groups=3)
    vx = conv2d(x * x, window(), groups=3) - mx * mx
    vy = conv2d(y * y, window(), groups=3) - my * my
    covariance = conv2d(x * y, window(), groups=3) - mx * my
    c1, c2 = 6.5025, 58.5225
    whole = ((2 * mx * my + c1) * (2 * covariance + c2)) / (
        (mx * mx + my * my + c1) * (vx + vy + c2)
    )
    m = torch.from_numpy(case.mask)[None, None, 5:-5, 5:-5].float() / 255
    fssim = float((whole * m).sum() / (3 * m.sum()))
    return {**torch_errors(case), "ssim": float(whole.mean()), "fssim": fssim}


def torchmetrics_ssim(case: Case) -> Scores:
    from torchmetrics.functional.image import structural_similarity_index_measure

    value = structural_similarity_index_measure(
        planes(case.output), planes(case.target), data_range=255.0
    )
    return {"torchmetrics ssim": float(value)}


def piq_ssim(case: Case) -> Scores:
    import piq

    value = piq.ssim(planes(case.output), planes(case.target), data_range=255, downsample=False)
    return {"ssim": float(value)}


def pytorch_msssim_ssim(case: Case) -> Scores:
    from pytorch_msssim import ssim

    return {"ssim": float(ssim(planes(case.output), planes(case.target)))}


def kornia_ssim(case: Case) -> Scores:
    from kornia.metrics import ssim

    whole = ssim(planes(case.output), planes(case.target), 11, max_val=255.0, padding="valid")
    return {"ssim": float(whole.mean())}


IMPLEMENTATIONS = [
    Implementation("harmonia", "six", ours_six),
    Implementation("NumPy + scikit-image", "six", skimage_six, ("skimage",)),
    Implementation("OpenCV, norm and GaussianBlur", "six", opencv_six, ("cv2",), 1e-3),
    Implementation("torch, conv2d", "six", torch_six, ("torch",), 1e-3),
    Implementation("harmonia", "ssim", ours_ssim),
    Implementation("scikit-image", "ssim", skimage_ssim, ("skimage",)),
    Implementation("OpenCV, GaussianBlur", "ssim", opencv_ssim, ("cv2",), 1e-3),
    Implementation("OpenCV, quality module", "ssim", opencv_quality, ("cv2.quality",)),
    Implementation("kornia", "ssim", kornia_ssim, ("kornia",), 1e-3),
    Implementation("piq", "ssim", piq_ssim, ("piq",), 1e-3),
    Implementation("pytorch-msssim", "ssim", pytorch_msssim_ssim, ("pytorch_msssim",), 1e-3),
    Implementation("torchmetrics", "ssim", torchmetrics_ssim, ("torchmetrics",)),
    Implementation("harmonia", "errors", ours_errors),
    Implementation("OpenCV, norm twice", "errors", opencv_errors, ("cv2",)),
    Implementation("NumPy", "errors", numpy_errors),
    Implementation("torch", "errors", torch_errors, ("torch",)),
]
