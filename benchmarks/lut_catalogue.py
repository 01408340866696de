"""What is timed on a table: harmonia, the memory floor, and the peers, with what each can do."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import lut_peers as peers
import numpy as np
import pillow_lut
from floor import table_floor
from interleave import SelfTimed
from lut_scene import LutScene

BOTH = ("trilinear", "tetrahedral")
WHOLE = ("picture", "float", "table")


def floor(scene: LutScene) -> peers.Prepared:
    out = np.zeros_like(scene.image)
    return peers.Prepared(lambda: table_floor(scene.image, scene.mask, out))


def harmonia_new(scene: LutScene) -> peers.Prepared:
    from harmonia.lut import Lut, apply_lut3d

    apply = partial(
        apply_lut3d, scene.image, Lut(scene.nodes), scene.mask, interpolation=scene.interpolation
    )
    return peers.Prepared(apply)


def harmonia_reused(scene: LutScene) -> peers.Prepared:
    new = harmonia_new(scene).call
    return peers.Prepared(partial(new, out=np.zeros_like(scene.image)))  # type: ignore[call-arg]


def harmonia_rgba(scene: LutScene) -> peers.Prepared:
    call = harmonia_reused(replace(scene, image=peers.with_alpha(scene))).call
    return peers.Prepared(call, lambda out: out[:, :, :3])


@dataclass(frozen=True)
class Implementation:
    name: str
    maker: str
    prepare: Callable[[LutScene], peers.Prepared] = floor
    needs: str = "numpy"
    parts: tuple[str, ...] = WHOLE
    dtypes: tuple[str, ...] = ("uint8", "float32")
    interpolations: tuple[str, ...] = BOTH
    output: str = "new"  # new: made by every call; reused: the same memory again and again
    most_threads: int = 2
    most_nodes: int = 129
    # Levels of uint8, asserted: half for a rounding, one where it truncates or rounds twice.
    largest_error: float = 1.05
    elsewhere: str = ""  # variant that the other Pillow runs

    @property
    def missing(self) -> str:
        """Why it cannot run here, or ''."""
        found = importlib.util.find_spec(self.needs)
        return "" if found else f"{self.needs} is not installed"

    def serves(self, group: Any) -> bool:
        return (
            group.part in self.parts
            and group.dtype in self.dtypes
            and group.interpolation in self.interpolations
            and group.threads <= self.most_threads
            and group.nodes <= self.most_nodes
        )


# Rounding to uint8 is half a level; the rest is arithmetic on 16-bit nodes.
OURS = {"needs": "harmonia", "largest_error": 0.51}
FLOOR_PARTS = (*WHOLE, "masked", "coverage")
EVERY_PART = (*FLOOR_PARTS, "small")


@cache
def implementations() -> list[Implementation]:
    return [
        Implementation("memory floor", "floor", parts=FLOOR_PARTS, output="reused"),
        Implementation("harmonia", "harmonia", harmonia_new, parts=EVERY_PART, **OURS),
        Implementation(
            "harmonia, out=", "harmonia", harmonia_reused, parts=EVERY_PART, output="reused", **OURS
        ),
        Implementation("harmonia, RGBA, out=", "harmonia", harmonia_rgba, output="reused", **OURS),
        *pillows(),
        Implementation(
            "OpenColorIO, RGB",
            "OpenColorIO",
            peers.ocio_rgb,
            "PyOpenColorIO",
            (*WHOLE, "small"),
            output="reused",
        ),
        Implementation(
            "OpenColorIO, RGBA", "OpenColorIO", peers.ocio_rgba, "PyOpenColorIO", output="reused"
        ),
        Implementation(
            "OpenColorIO on the mask's box, cv2.blendLinear",
            "OpenColorIO",
            peers.ocio_box_and_blend,
            "PyOpenColorIO",
            ("masked",),
            output="reused",
        ),
        *(
            Implementation(
                f"ffmpeg, {layout} frames",
                "ffmpeg",
                partial(peers.ffmpeg, layout=layout),
                "av",
                ("picture", "float"),
                (dtype,),
                output="reused",  # frames come from a pool
            )
            for layout, dtype in peers.FFMPEG_LAYOUTS.items()
        ),
        *(
            Implementation(
                f"ffmpeg and maskedmerge, {layout} frames",
                "ffmpeg",
                partial(peers.ffmpeg_masked, layout=layout),
                "av",
                ("masked",),
                (dtype,),
                output="reused",
                largest_error=2.0,  # truncates twice
            )
            for layout, dtype in peers.FFMPEG_LAYOUTS.items()
            if layout != "rgb24"
        ),
        Implementation(
            "numba, plain loop",
            "numba",
            peers.numba_loop,
            "numba",
            ("picture", "float"),
            output="reused",
        ),
        Implementation(
            "numba, look-up and blend in one loop",
            "numba",
            peers.numba_fused,
            "numba",
            ("masked",),
            interpolations=("trilinear",),
            output="reused",
        ),
        Implementation(
            "torch, grid_sample",
            "torch",
            peers.torch_grid_sample,
            "torch",
            ("picture", "float"),
            interpolations=("trilinear",),
        ),
        Implementation(
            "torch, grid_sample and lerp",
            "torch",
            peers.torch_grid_sample,
            "torch",
            ("masked",),
            interpolations=("trilinear",),
        ),
    ]


PILLOW_VARIANTS = [
    ("objects", "objects in and out", ("picture", "table", "small"), 2),
    ("arrays", "NumPy in and out", ("picture", "table", "small"), 2),
    ("box_and_paste", "mask's box and paste", ("masked",), 2),
    ("whole_and_composite", "whole picture and composite", ("masked",), 1),
]


def pillows() -> list[Implementation]:
    return [
        Implementation(
            f"{maker}, {words}",
            maker,
            partial(peers.pillow, variant=variant),
            "PIL",
            parts if maker == "Pillow-SIMD" else tuple({*parts} - {"table"}),
            ("uint8",),
            ("trilinear",),
            most_threads=most_threads,
            output="reused",
            most_nodes=65,
            elsewhere=variant if maker == "Pillow-SIMD" else "",
        )
        for maker in ("Pillow-SIMD", "Pillow")
        for variant, words, parts, most_threads in PILLOW_VARIANTS
    ]


# From nodes in memory to a prepared table, and to a first answer on 8x8 pixels


def first_call(scene: LutScene) -> SelfTimed:
    """The first call with a table; the making of the object itself is not timed."""
    from harmonia.lut import Lut, apply_lut3d

    def seconds() -> float:
        table = Lut(scene.nodes)
        start = time.perf_counter()
        apply_lut3d(scene.image, table)
        return time.perf_counter() - start

    return SelfTimed(seconds)


def lut_object(scene: LutScene) -> Callable[[], Any]:
    from harmonia.lut import Lut

    return partial(Lut, scene.nodes)


PREPARATIONS: list[tuple[str, str, Callable[[LutScene], Callable[[], Any]]]] = [
    ("harmonia, Lut(nodes)", "harmonia", lut_object),
    ("harmonia, first call of a new Lut, 8x8 pixels", "harmonia", first_call),
    ("harmonia, next call, 8x8 pixels", "harmonia", lambda scene: harmonia_new(scene).call),
    (
        "OpenColorIO, CPU processor",
        "PyOpenColorIO",
        lambda scene: partial(peers.ocio_processor, scene),
    ),
    ("Pillow, Color3DLUT", "PIL", lambda scene: partial(pillow_lut.table, scene.nodes)),
]
