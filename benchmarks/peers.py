"""The peers: the same job, each the way its users write it.

Every function takes a Scene and returns the harmonized uint8 image.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from exact import mkl_matrix
from scene import Scene

# OpenCV


def opencv_blend(new: Any, old: Any, mask: Any) -> Any:
    import cv2

    share = np.multiply(mask, np.float32(1 / 255), dtype=np.float32)
    return cv2.blendLinear(new, old, share, 1 - share)


def opencv_affine(lab: Any, mask: Any) -> Any:
    """3x4 matrix that moves the colours inside the mask to the statistics outside."""
    import cv2

    inside = cv2.threshold(mask, 127, 255, cv2.THRESH_BINARY)[1]
    mean, deviation = cv2.meanStdDev(lab, mask=inside)
    aim, spread = cv2.meanStdDev(lab, mask=cv2.bitwise_not(inside))
    ratio = spread / deviation
    return np.hstack([np.diag(ratio[:, 0]), aim - mean * ratio])


def opencv_float_lab(scene: Scene) -> Any:
    import cv2

    floats = np.multiply(scene.image, np.float32(1 / 255), dtype=np.float32)
    lab = cv2.cvtColor(floats, cv2.COLOR_RGB2Lab)
    moved = cv2.transform(lab, opencv_affine(lab, scene.mask))
    new = cv2.convertScaleAbs(cv2.cvtColor(moved, cv2.COLOR_Lab2RGB), alpha=255)
    return opencv_blend(new, scene.image, scene.mask)


def opencv_byte_lab(scene: Scene) -> Any:
    import cv2

    lab = cv2.cvtColor(scene.image, cv2.COLOR_RGB2Lab)
    new = cv2.cvtColor(cv2.transform(lab, opencv_affine(lab, scene.mask)), cv2.COLOR_Lab2RGB)
    return opencv_blend(new, scene.image, scene.mask)


def opencv_byte_lab_box(scene: Scene) -> Any:
    """As above, but the way back and the blend only inside the mask's bounding box."""
    import cv2

    lab = cv2.cvtColor(scene.image, cv2.COLOR_RGB2Lab)
    matrix = opencv_affine(lab, scene.mask)
    x, y, width, height = cv2.boundingRect(scene.mask)
    box = slice(y, y + height), slice(x, x + width)
    new = cv2.cvtColor(cv2.transform(lab[box], matrix), cv2.COLOR_Lab2RGB)
    out = scene.image.copy()
    out[box] = opencv_blend(new, scene.image[box], scene.mask[box])
    return out


def opencv_numpy_byte_lab(scene: Scene) -> Any:
    """The arithmetic of libcom's color_transfer: NumPy on byte Lab, hard paste."""
    import cv2

    inside = np.where(scene.mask > 127, 255, 0).astype(np.uint8)
    lab = cv2.cvtColor(scene.image, cv2.COLOR_RGB2Lab)
    mean, deviation = cv2.meanStdDev(lab, mask=inside)
    aim, spread = cv2.meanStdDev(lab, mask=255 - inside)
    ratio = spread / deviation
    moved = cv2.convertScaleAbs(lab * ratio[:, 0] + (aim - mean * ratio)[:, 0])
    new = cv2.cvtColor(moved, cv2.COLOR_Lab2RGB)
    return np.where(inside[:, :, None] > 127, new, scene.image)


def opencv_mkl(scene: Scene) -> Any:
    """Second moments by mulTransposed (outside = everything - inside), one cv2.transform."""
    import cv2

    inside = cv2.threshold(scene.mask, 127, 255, cv2.THRESH_BINARY)[1]
    count = cv2.countNonZero(inside)
    first = np.array(cv2.mean(scene.image, inside)[:3]) * count
    second = second_moment(cv2.copyTo(scene.image, inside))
    first_out = np.array(cv2.mean(scene.image)[:3]) * scene.pixels - first
    second_out = second_moment(scene.image) - second
    mean, aim = first / count, first_out / (scene.pixels - count)
    matrix = mkl_matrix(
        second / count - np.outer(mean, mean),
        second_out / (scene.pixels - count) - np.outer(aim, aim),
    )
    new = cv2.transform(scene.image, np.hstack([matrix, (aim - matrix @ mean)[:, None]]))
    return opencv_blend(new, scene.image, scene.mask)


def opencv_histograms(scene: Scene) -> Any:
    """calcHist under the mask, tables by NumPy, cv2.LUT, a soft blend."""
    import cv2

    inside = cv2.threshold(scene.mask, 127, 255, cv2.THRESH_BINARY)[1]
    outside = cv2.bitwise_not(inside)
    levels = np.arange(256)
    tables = np.empty((1, 256, 3), np.uint8)
    for channel in range(3):
        quantiles = [
            np.cumsum(cv2.calcHist([scene.image], [channel], mask, [256], [0, 256]))
            for mask in (inside, outside)
        ]
        source, target = (one / one[-1] for one in quantiles)
        occupied = np.diff(target, prepend=0) > 0
        tables[0, :, channel] = np.rint(np.interp(source, target[occupied], levels[occupied]))
    return opencv_blend(cv2.LUT(scene.image, tables), scene.image, scene.mask)


def opencv_mean_shift(scene: Scene) -> Any:
    import cv2

    inside = cv2.threshold(scene.mask, 127, 255, cv2.THRESH_BINARY)[1]
    mean = np.array(cv2.mean(scene.image, inside)[:3])
    aim = np.array(cv2.mean(scene.image, cv2.bitwise_not(inside))[:3])
    new = cv2.transform(scene.image, np.hstack([np.eye(3), (aim - mean)[:, None]]))
    return opencv_blend(new, scene.image, scene.mask)


def opencv_seamless_clone(scene: Scene) -> Any:
    """The foreground photograph cloned into the background: the same seam, the same gradients."""
    import cv2

    inside = cv2.threshold(scene.mask, 0, 255, cv2.THRESH_BINARY)[1]
    x, y, w, h = cv2.boundingRect(inside)
    centre = (x + w // 2, y + h // 2)
    return cv2.seamlessClone(scene.foreground, scene.background, inside, centre, cv2.NORMAL_CLONE)


def second_moment(image: Any) -> Any:
    import cv2

    return cv2.mulTransposed(image.reshape(-1, 3), True, dtype=cv2.CV_64F)


# NumPy and scikit-image


def numpy_mkl(scene: Scene) -> Any:
    """Covariances of the masked pixels; the map on the pixels that the mask touches."""
    hard = scene.mask > 127
    inside = scene.image[hard].astype(np.float64)
    outside = scene.image[~hard].astype(np.float64)
    matrix = mkl_matrix(np.cov(inside, rowvar=False), np.cov(outside, rowvar=False))
    touched = scene.mask > 0
    old = scene.image[touched].astype(np.float32)
    new = (old - inside.mean(axis=0)) @ matrix.T + outside.mean(axis=0)
    share = scene.mask[touched, None].astype(np.float32) / 255
    out = scene.image.copy()
    out[touched] = np.rint(share * np.clip(new, 0, 255) + (1 - share) * old)
    return out


def numpy_idt(scene: Scene) -> Any:
    """The formulas of iterative distribution transfer and regrain, vectorized, in float64."""
    from reference.idt import idt_and_regrain, random_axes

    hard = (scene.mask > 127).astype(np.float64)
    axes = random_axes(10, np.random.default_rng(0))
    return to_bytes(255 * idt_and_regrain(scene.image / 255, hard, axes))


def scikit_image_lab(scene: Scene) -> Any:
    from skimage.color import lab2rgb, rgb2lab

    lab = rgb2lab(scene.image)
    hard = scene.mask > 127
    inside, outside = lab[hard], lab[~hard]
    ratio = outside.std(axis=0) / inside.std(axis=0)
    new = lab2rgb((lab - inside.mean(axis=0)) * ratio + outside.mean(axis=0))
    share = scene.mask[:, :, None] / 255
    return np.rint(share * (255 * new) + (1 - share) * scene.image).astype(np.uint8)


def scikit_image_histograms(scene: Scene) -> Any:
    """match_histograms on the caller's choice of pixels: it knows no mask."""
    from skimage.exposure import match_histograms

    hard = scene.mask > 127
    inside, outside = scene.image[hard][:, None], scene.image[~hard][:, None]
    out = scene.image.copy()
    out[hard] = match_histograms(inside, outside, channel_axis=-1)[:, 0]
    return out


# color-matcher: the transfer call of its README; it overwrites its input, hence the copies


def to_bytes(levels: Any) -> Any:
    return np.rint(np.clip(levels, 0, 255)).astype(np.uint8)


def color_matcher_whole(scene: Scene, method: str) -> Any:
    """Whole foreground picture to whole background picture, before any pasting."""
    from color_matcher import ColorMatcher

    source, reference = scene.foreground.copy(), scene.background.copy()
    return to_bytes(ColorMatcher().transfer(src=source, ref=reference, method=method))


def color_matcher_masked(scene: Scene, method: str) -> Any:
    """The caller picks the pixels inside and outside, and puts the result back."""
    from color_matcher import ColorMatcher

    hard = scene.mask > 127
    source, reference = scene.image[hard][None], scene.image[~hard][None]
    out = scene.image.copy()
    out[hard] = to_bytes(ColorMatcher().transfer(src=source, ref=reference, method=method))[0]
    return out


# torch


def kornia_lab(scene: Scene) -> Any:
    import torch
    from kornia.color import lab_to_rgb, rgb_to_lab

    image = torch.from_numpy(scene.image).permute(2, 0, 1)
    lab = rgb_to_lab(image.float() / 255)
    mask = torch.from_numpy(scene.mask)
    inside, outside = lab[:, mask > 127], lab[:, mask <= 127]
    ratio = outside.std(1) / inside.std(1)
    offset = outside.mean(1) - inside.mean(1) * ratio
    new = lab_to_rgb(lab * ratio[:, None, None] + offset[:, None, None])
    levels = torch.lerp(image.float(), 255 * new, mask.float() / 255)
    return levels.round().byte().permute(1, 2, 0).contiguous().numpy()
