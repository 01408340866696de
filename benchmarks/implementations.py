"""The catalogue: what is timed, and the exact answer to what each of them computes.

Peers are free to choose their own statistics and blending; nobody is judged by another's formula.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import exact
import numpy as np
import peers
from floor import plain_copy, streaming_floor
from scene import Scene


@dataclass(frozen=True)
class Implementation:
    name: str
    method: str  # of harmonia, which it is timed against
    run: Callable[[Scene], Any]
    exact: Callable[[Scene], exact.Array] | None  # None: it computes nothing
    mask: str = "soft"  # soft: statistics or blend use it; hard: cut at one half; none
    needs: str = "numpy"
    largest_error: float = 255.0  # levels; what the benchmark asserts
    mean_error: float = 2.5

    @property
    def missing(self) -> str:
        """Why it cannot run here, or ''."""
        found = importlib.util.find_spec(self.needs)
        return "" if found else f"{self.needs} is not installed"


# What is computed: the weights of the statistics, the share of the result.


def soft_task(scene: Scene) -> exact.Task:
    share = scene.mask / 255
    return exact.Task(scene.image, share, scene.image, 1 - share, share)


def hard_task(scene: Scene, *, soft_blend: bool) -> exact.Task:
    inside = (scene.mask > 127).astype(np.float64)
    share = scene.mask / 255 if soft_blend else inside
    return exact.Task(scene.image, inside, scene.image, 1 - inside, share)


def whole_task(scene: Scene) -> exact.Task:
    ones = np.ones(scene.mask.shape)
    return exact.Task(scene.foreground, ones, scene.background, ones, ones)


def lab_soft(scene: Scene) -> exact.Array:
    return exact.reinhard(soft_task(scene), exact.Lab())


@cache
def lab_hard(scene: Scene, soft_blend: bool = True) -> exact.Array:
    return exact.reinhard(hard_task(scene, soft_blend=soft_blend), exact.Lab())


# harmonia


def harmonize(scene: Scene, method: str, **options: str) -> Any:
    import harmonia

    return harmonia.harmonize(scene.image, scene.mask, method, **options)


def paper_lalphabeta(task: exact.Task) -> exact.Array:
    return exact.reinhard(task, exact.LAlphaBeta(exact.PAPER_LMS_TO_RGB))


HALF_LEVEL = 0.51  # rounding to uint8 is half a level; the rest is float32 arithmetic

FLOORS = [
    ("memory floor, 11 bytes", streaming_floor),
    ("np.copyto, 6 bytes", plain_copy),
]

IMPLEMENTATIONS = [
    *(
        Implementation(name, method, run, None, mask="none")
        for method in ("reinhard", "mkl")
        for name, run in FLOORS
    ),
    Implementation(
        "harmonia",
        "reinhard",
        partial(harmonize, method="reinhard"),
        lambda scene: exact.reinhard(soft_task(scene), exact.LAlphaBeta()),
        needs="harmonia",
        largest_error=HALF_LEVEL,
    ),
    Implementation(
        'harmonia, space="lab"',
        "reinhard",
        partial(harmonize, method="reinhard", space="lab"),
        lab_soft,
        needs="harmonia",
        largest_error=HALF_LEVEL,
    ),
    Implementation("OpenCV, float Lab", "reinhard", peers.opencv_float_lab, lab_hard, needs="cv2"),
    Implementation("OpenCV, byte Lab", "reinhard", peers.opencv_byte_lab, lab_hard, needs="cv2"),
    Implementation(
        "OpenCV, byte Lab, back only in the mask's box",
        "reinhard",
        peers.opencv_byte_lab_box,
        lab_hard,
        needs="cv2",
    ),
    Implementation(
        "OpenCV + NumPy, byte Lab (as libcom)",
        "reinhard",
        peers.opencv_numpy_byte_lab,
        partial(lab_hard, soft_blend=False),
        mask="hard",
        needs="cv2",
    ),
    Implementation(
        "scikit-image, Lab", "reinhard", peers.scikit_image_lab, lab_hard, needs="skimage"
    ),
    Implementation("torch + kornia, Lab", "reinhard", peers.kornia_lab, lab_hard, needs="kornia"),
    Implementation(
        "color-matcher, whole pictures",
        "reinhard",
        partial(peers.color_matcher_whole, method="reinhard"),
        lambda scene: paper_lalphabeta(whole_task(scene)),
        mask="none",
        needs="color_matcher",
    ),
    Implementation(
        "color-matcher on masked pixels",
        "reinhard",
        partial(peers.color_matcher_masked, method="reinhard"),
        lambda scene: paper_lalphabeta(hard_task(scene, soft_blend=False)),
        mask="hard",
        needs="color_matcher",
    ),
    Implementation(
        "harmonia",
        "mkl",
        partial(harmonize, method="mkl"),
        lambda scene: exact.mkl(soft_task(scene)),
        needs="harmonia",
        largest_error=HALF_LEVEL,
    ),
    Implementation(
        "OpenCV, mulTransposed and transform",
        "mkl",
        peers.opencv_mkl,
        lambda scene: exact.mkl(hard_task(scene, soft_blend=True)),
        needs="cv2",
    ),
    Implementation(
        "NumPy on masked pixels",
        "mkl",
        peers.numpy_mkl,
        lambda scene: exact.mkl(hard_task(scene, soft_blend=True)),
    ),
    Implementation(
        "color-matcher, whole pictures",
        "mkl",
        partial(peers.color_matcher_whole, method="mkl"),
        lambda scene: exact.mkl(whole_task(scene)),
        mask="none",
        needs="color_matcher",
    ),
    Implementation(
        "color-matcher on masked pixels",
        "mkl",
        partial(peers.color_matcher_masked, method="mkl"),
        lambda scene: exact.mkl(hard_task(scene, soft_blend=False)),
        mask="hard",
        needs="color_matcher",
    ),
    Implementation(
        "harmonia",
        "histogram",
        partial(harmonize, method="histogram"),
        lambda scene: exact.histogram(soft_task(scene)),
        needs="harmonia",
        largest_error=HALF_LEVEL,
    ),
    Implementation(
        "OpenCV, calcHist and LUT",
        "histogram",
        peers.opencv_histograms,
        lambda scene: exact.histogram(hard_task(scene, soft_blend=True)),
        needs="cv2",
    ),
    Implementation(
        "scikit-image on masked pixels",
        "histogram",
        peers.scikit_image_histograms,
        lambda scene: exact.histogram(hard_task(scene, soft_blend=False)),
        mask="hard",
        needs="skimage",
    ),
    Implementation(
        "color-matcher, whole pictures",
        "histogram",
        partial(peers.color_matcher_whole, method="hm"),
        lambda scene: exact.histogram(whole_task(scene)),
        mask="none",
        needs="color_matcher",
    ),
    Implementation(
        "color-matcher on masked pixels",
        "histogram",
        partial(peers.color_matcher_masked, method="hm"),
        lambda scene: exact.histogram(hard_task(scene, soft_blend=False)),
        mask="hard",
        needs="color_matcher",
    ),
    Implementation(
        "harmonia",
        "mean_shift",
        partial(harmonize, method="mean_shift"),
        lambda scene: exact.mean_shift(soft_task(scene)),
        needs="harmonia",
        largest_error=HALF_LEVEL,
    ),
    Implementation(
        "OpenCV, mean and transform",
        "mean_shift",
        peers.opencv_mean_shift,
        lambda scene: exact.mean_shift(hard_task(scene, soft_blend=True)),
        needs="cv2",
    ),
    Implementation(
        "harmonia",
        "idt",
        partial(harmonize, method="idt"),
        None,
        needs="harmonia",
    ),
    Implementation(
        "harmonia, regrain=False",
        "idt",
        partial(harmonize, method="idt", regrain=False),
        None,
        needs="harmonia",
    ),
    Implementation(
        "NumPy on masked pixels, regrain on the picture",
        "idt",
        peers.numpy_idt,
        None,
        mask="hard",
    ),
    Implementation(
        "harmonia",
        "poisson",
        partial(harmonize, method="poisson"),
        None,
        needs="harmonia",
    ),
    Implementation(
        "OpenCV, seamlessClone",
        "poisson",
        peers.opencv_seamless_clone,
        None,
        mask="hard",
        needs="cv2",
    ),
    *(
        Implementation(
            "harmonia", method, partial(harmonize, method=method), None, needs="harmonia"
        )
        for method in (
            "white_balance",
            "xiao",
            "cumulative_histogram",
            "sliced_ot",
            "lalonde_efros",
            "xue",
        )
    ),
]
