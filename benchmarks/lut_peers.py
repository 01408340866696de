"""The peers of the table: the same job, each the way its users write it.

Every function takes a LutScene, prepares all that a user would keep from frame to frame, and
returns the call that is timed and how to read its output as an array (H, W, 3).
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pillow_lut
from lut_scene import LutScene
from threads import in_parts, row_parts, threads


class Prepared(NamedTuple):
    call: Callable[[], Any]
    read: Callable[[Any], Any] = np.asarray


# OpenColorIO: one processor, parts of the image on threads of ours; writes into a kept output


def ocio_processor(scene: LutScene) -> Any:
    import PyOpenColorIO as ocio

    table = ocio.Lut3DTransform(len(scene.nodes))
    table.setData(scene.nodes.ravel())
    between = {"trilinear": ocio.INTERP_LINEAR, "tetrahedral": ocio.INTERP_TETRAHEDRAL}
    table.setInterpolation(between[scene.interpolation])
    depth = ocio_depth(scene.image)
    processor = ocio.Config.CreateRaw().getProcessor(table)
    return processor.getOptimizedCPUProcessor(depth, depth, ocio.OPTIMIZATION_DEFAULT)


def ocio_depth(image: Any) -> Any:
    import PyOpenColorIO as ocio

    return ocio.BIT_DEPTH_UINT8 if image.dtype == np.uint8 else ocio.BIT_DEPTH_F32


def ocio_view(image: Any) -> Any:
    import PyOpenColorIO as ocio

    (height, width, channels), (row, pixel, channel) = image.shape, image.strides
    return ocio.PackedImageDesc(
        image, width, height, channels, ocio_depth(image), channel, pixel, row
    )


def ocio_apply(processor: Any, image: Any, out: Any) -> Callable[[], Any]:
    views = [(ocio_view(image[part]), ocio_view(out[part])) for part in row_parts(len(image))]

    def call() -> Any:
        in_parts(lambda pair: processor.apply(*pair), views)
        return out

    return call


def ocio_rgb(scene: LutScene) -> Prepared:
    return Prepared(ocio_apply(ocio_processor(scene), scene.image, np.zeros_like(scene.image)))


def with_alpha(scene: LutScene) -> Any:
    image = np.full((*scene.image.shape[:2], 4), scene.white, scene.image.dtype)
    image[:, :, :3] = scene.image
    return image


def ocio_rgba(scene: LutScene) -> Prepared:
    image = with_alpha(scene)
    call = ocio_apply(ocio_processor(scene), image, np.zeros_like(image))
    return Prepared(call, lambda out: out[:, :, :3])


def ocio_box_and_blend(scene: LutScene) -> Prepared:
    """OpenColorIO on the mask's box, `cv2.blendLinear` there, the rest copied."""
    import cv2

    processor, out = ocio_processor(scene), np.zeros_like(scene.image)

    def call() -> Any:
        left, top, width, height = cv2.boundingRect(scene.mask)
        box = slice(top, top + height), slice(left, left + width)
        old, new = scene.image[box], np.empty((height, width, 3), scene.image.dtype)
        ocio_apply(processor, old, new)()
        share = np.multiply(scene.mask[box], np.float32(1 / 255), dtype=np.float32)
        np.copyto(out, scene.image)
        out[box] = cv2.blendLinear(new, old, share, 1 - share)
        return out

    return Prepared(call)


# ffmpeg's lut3d: frames in and out, the filter's own threads


FFMPEG_LAYOUTS = {"rgb24": "uint8", "gbrp": "uint8", "gbrp16le": "uint8", "gbrpf32le": "float32"}


@cache
def cube_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="harmonia-cube-")


@cache
def cube_file(size: int) -> Path:
    """The table as .cube, red fastest."""
    from lut_scene import look

    path = Path(cube_folder().name) / f"{size}.cube"
    with path.open("w") as file:
        file.write(f"LUT_3D_SIZE {size}\n")
        np.savetxt(file, look(size).transpose(2, 1, 0, 3).reshape(-1, 3), "%.9g")
    return path


def ffmpeg_frame(image: Any, layout: str) -> Any:
    import av

    if layout == "rgb24":
        return av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format=layout)
    height, width, _ = image.shape
    wide = image.astype(np.uint16) * 257 if layout == "gbrp16le" else image
    frame = av.VideoFrame(width, height, layout)
    for plane, channel in zip(frame.planes, (1, 2, 0), strict=True):
        line = plane.line_size // wide.itemsize
        target = np.frombuffer(plane, wide.dtype).reshape(height, line)
        target[:, :width] = wide[:, :, channel]
    return frame


def ffmpeg_pixels(frame: Any) -> Any:
    """Colours as the image had them: levels of 0..255, or floats of 0..1."""
    if frame.format.name == "rgb24":
        return frame.to_ndarray()
    dtype = {"gbrp": np.uint8, "gbrp16le": np.uint16, "gbrpf32le": np.float32}[frame.format.name]
    planes = [
        np.frombuffer(plane, dtype).reshape(frame.height, -1)[:, : frame.width]
        for plane in frame.planes
    ]
    pixels = np.stack([planes[2], planes[0], planes[1]], axis=-1)
    return pixels / 257 if dtype == np.uint16 else pixels


def ffmpeg(scene: LutScene, layout: str) -> Prepared:
    import av

    height, width, _ = scene.image.shape
    graph = av.filter.Graph()
    graph.threads = threads.count
    source = graph.add_buffer(width=width, height=height, format=layout, time_base=Fraction(1, 25))
    sink = graph.add("buffersink")
    graph.link_nodes(source, ffmpeg_table(graph, scene), sink).configure()
    frame = ffmpeg_frame(scene.image, layout)

    def call() -> Any:
        source.push(frame)
        return graph.vpull()  # of the graph, which must outlive its filters

    return Prepared(call, ffmpeg_pixels)


def ffmpeg_table(graph: Any, scene: LutScene) -> Any:
    return graph.add("lut3d", f"file={cube_file(len(scene.nodes))}:interp={scene.interpolation}")


def ffmpeg_masked(scene: LutScene, layout: str) -> Prepared:
    """lut3d on every pixel, then maskedmerge; the mask is a frame of three equal planes."""
    import av

    height, width, _ = scene.image.shape
    graph = av.filter.Graph()
    graph.threads = threads.count
    sources = [
        graph.add_buffer(width=width, height=height, format=layout, time_base=Fraction(1, 25))
        for _ in range(2)
    ]
    split, merge, sink = graph.add("split"), graph.add("maskedmerge"), graph.add("buffersink")
    table = ffmpeg_table(graph, scene)
    sources[0].link_to(split)
    split.link_to(merge, 0, 0)
    split.link_to(table, 1, 0)
    table.link_to(merge, 0, 1)
    sources[1].link_to(merge, 0, 2)
    merge.link_to(sink)
    graph.configure()
    assert scene.mask is not None
    weights = scene.mask if scene.image.dtype == np.uint8 else scene.share
    frame = ffmpeg_frame(scene.image, layout)
    mask = ffmpeg_frame(np.repeat(weights[:, :, None], 3, axis=2), layout)
    clock = itertools.count()

    def call() -> Any:
        frame.pts = mask.pts = next(clock)
        sources[0].push(frame)
        sources[1].push(mask)
        return graph.vpull()  # of the graph, which must outlive its filters

    return Prepared(call, ffmpeg_pixels)


# numba


def numba_arguments(scene: LutScene) -> tuple[Any, ...]:
    """Scale to node units, white, and what is added before an integer cuts the fraction off."""
    scale = (len(scene.nodes) - 1) / scene.white
    rounding = 0.5 if scene.white == 255 else 0.0
    return np.float32(scale), np.float32(scene.white), np.float32(rounding)


def numba_loop(scene: LutScene) -> Prepared:
    import lut_numba

    kernel, out = getattr(lut_numba, scene.interpolation), np.zeros_like(scene.image)
    arguments = numba_arguments(scene)

    def part(rows: slice) -> None:
        kernel(scene.image[rows], scene.nodes, *arguments, out[rows])

    def call() -> Any:
        in_parts(part, row_parts(len(out)))
        return out

    return Prepared(call)


def numba_fused(scene: LutScene) -> Prepared:
    import lut_numba

    out, arguments = np.zeros_like(scene.image), numba_arguments(scene)
    assert scene.mask is not None
    mask = scene.mask

    def part(rows: slice) -> None:
        lut_numba.masked_trilinear(
            scene.image[rows], mask[rows], scene.nodes, *arguments, out[rows]
        )

    def call() -> Any:
        in_parts(part, row_parts(len(out)))
        return out

    return Prepared(call)


# torch


def torch_grid_sample(scene: LutScene) -> Prepared:
    import torch

    # [1, channel, b, g, r]: grid_sample's x is the last axis, and the first of a position.
    table = torch.from_numpy(scene.nodes.transpose(3, 2, 1, 0).copy())[None]
    image = torch.from_numpy(scene.image)
    mask = None if scene.mask is None else torch.from_numpy(scene.mask)

    def call() -> Any:
        place = (image.float() * (2 / scene.white) - 1)[None, None]
        new = torch.nn.functional.grid_sample(
            table, place, mode="bilinear", padding_mode="border", align_corners=True
        )
        levels = new[0, :, 0].permute(1, 2, 0) * scene.white
        if mask is not None:
            levels = torch.lerp(image.float(), levels, mask[:, :, None] / 255)
        if scene.white == 255:
            levels = levels.round().byte()
        return levels.contiguous()

    return Prepared(call)


# Pillow, in this process


def pillow(scene: LutScene, variant: str) -> Prepared:
    build = pillow_lut.VARIANTS[variant]
    call = build(scene.image, scene.mask, pillow_lut.table(scene.nodes), threads.count)
    return Prepared(call, pillow_lut.pixels)
