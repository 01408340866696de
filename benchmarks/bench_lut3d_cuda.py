"""3D tables on a CUDA device, beside the copy that bounds them and what torch users write.

    python benchmarks/bench_lut3d_cuda.py [--save-results] [--rounds 15]

A time is that of one call out of a burst, between two events of the device. The copy moves the
bytes that the call must read and write. `planar kernel` is lut3d_planar.cu, a thread a pixel over a
table in planes, compiled where nvcc is; it knows no mask and no bytes. All of a group take turns.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import exact
import harmonia
import numpy as np
from environment import environment, write_results
from interleave import SelfTimed, interleave
from scene import picture

try:
    import torch
except ImportError:
    torch = None  # type: ignore[assignment]

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "lut3d_cuda.json"
SIZES = {"4K": (2160, 3840), "8K": (4320, 7680)}
BURST = 20
NODES = 33
SAMPLE = 20_000  # pixels whose answer is compared with the exact one
MOST_OFF = {"uint8": 0.55, "float32": 0.01}  # levels of 255
Call = Callable[[], Any]


class Group(NamedTuple):
    name: str
    size: tuple[int, int]
    dtype: str
    masked: bool = False
    picture: str = "natural"  # or random, or flat
    gradient: bool = False

    def __str__(self) -> str:
        what = "gradients" if self.gradient else "masked 25 %" if self.masked else "whole image"
        return f"{self.name} {self.dtype}, {self.picture}, {what}"


def groups() -> Iterator[Group]:
    for name, size in SIZES.items():
        for dtype in ("uint8", "float32"):
            yield Group(name, size, dtype)
            yield Group(name, size, dtype, picture="random")
            yield Group(name, size, dtype, masked=True)
    for kind in ("natural", "flat", "random"):
        yield Group("1080p", (1080, 1920), "float32", picture=kind, gradient=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--save-results", action="store_true", help=f"write {RESULTS.name}")
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    cuda = harmonia.build_info()["cuda"]
    if torch is None or not torch.cuda.is_available() or not cuda["available"]:
        missing = "torch with CUDA" if cuda["available"] else cuda["reason"]
        sys.exit(f"nothing is measured, for there is no CUDA device to run on: {missing}")
    before = {**environment(), "device": device()}
    kernel = planar_kernel()
    rows = []
    for group in groups():
        calls, moved = gradients(group, kernel) if group.gradient else applies(group, kernel)
        timed = {name: SelfTimed(partial(seconds_of, call)) for name, call in calls.items()}
        for name, times in interleave(timed, arguments.rounds).items():
            row = {
                "group": str(group),
                "implementation": name,
                "microseconds": round(1e6 * min(times), 2),
                "median": round(1e6 * float(np.median(times)), 2),
                "gigabytes_per_second": round(moved / min(times) / 1e9, 1),
            }
            print(*row.values(), sep=" | ", flush=True)
            rows.append(row)
        torch.cuda.empty_cache()
    if arguments.save_results:
        write_results(RESULTS, before, rows)


def device() -> dict[str, Any]:
    properties = torch.cuda.get_device_properties(0)
    return {
        "name": properties.name,
        "multiprocessors": properties.multi_processor_count,
        "gigabytes": round(properties.total_memory / 2**30, 1),
        "cuda": torch.version.cuda,
        "torch": torch.__version__,
    }


def planar_kernel() -> Any:
    if shutil.which("nvcc") is None:
        print("planar kernel: left out, nvcc is not on PATH")
        return None
    from torch.utils import cpp_extension

    return cpp_extension.load("lut3d_planar", [str(HERE / "lut3d_planar.cu")])


def seconds_of(call: Call) -> float:
    """Of one call out of a burst, the first of which is behind an untimed one."""
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    call()
    begin.record()
    for _ in range(BURST):
        call()
    end.record()
    end.synchronize()
    return float(begin.elapsed_time(end)) / 1e3 / BURST


def image_of(group: Group) -> np.ndarray:
    """Codes (H, W, 3)."""
    if group.picture == "natural":
        return picture(*group.size, (150, 112, 84), seed=1)
    rng = np.random.default_rng(1)
    if group.picture == "flat":
        return np.full((*group.size, 3), (150, 112, 84), np.uint8)
    return rng.integers(0, 256, (*group.size, 3), np.uint8)


def nodes_of() -> np.ndarray:
    """A curved look."""
    identity = harmonia.lut.identity(NODES).nodes
    return (identity**0.9 * np.float32([1.0, 0.95, 0.9])).astype(np.float32)


def planes(image: np.ndarray, dtype: str) -> Any:
    tensor = torch.from_numpy(np.ascontiguousarray(np.moveaxis(image, -1, 0))).cuda()
    return tensor if dtype == "uint8" else tensor.float() / 255


def quarter(height: int, width: int) -> Any:
    """A box over a quarter of the pixels."""
    mask = torch.zeros(height, width, dtype=torch.uint8, device="cuda")
    mask[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4] = 255
    return mask


def grid_sample(image: Any, volume: Any) -> Any:
    """torch's trilinear look-up; `volume` (1, 3, B, G, R), as red is grid_sample's x."""
    white = 255.0 if image.dtype == torch.uint8 else 1.0
    grid = (image.float() * (2 / white) - 1).permute(1, 2, 0)[None, None]
    found = torch.nn.functional.grid_sample(
        volume, grid, mode="bilinear", padding_mode="border", align_corners=True
    )[0, :, 0]
    return found if white == 1.0 else found.mul(white).round_().clamp_(0, 255).byte()


def volume_of(nodes: np.ndarray) -> Any:
    return torch.from_numpy(nodes).cuda().permute(3, 2, 1, 0).contiguous()[None]


def applies(group: Group, kernel: Any) -> tuple[dict[str, Call], int]:
    codes, nodes = image_of(group), nodes_of()
    image = planes(codes, group.dtype)
    look, volume = harmonia.lut.Lut(nodes), volume_of(nodes)
    mask = quarter(*group.size) if group.masked else None
    out = torch.empty_like(image)

    def by_torch() -> Any:
        found = grid_sample(image, volume)
        return found if mask is None else torch.where(mask > 0, found, image)

    def by_harmonia(interpolation: str) -> Any:
        return harmonia.lut.apply_lut3d(image, look, mask, interpolation=interpolation, out=out)

    calls: dict[str, Call] = {
        "copy": partial(out.copy_, image),
        "harmonia trilinear": partial(by_harmonia, "trilinear"),
        "harmonia tetrahedral": partial(by_harmonia, "tetrahedral"),
        "torch grid_sample": by_torch,
    }
    if kernel is not None and group.dtype == "float32" and not group.masked:
        flat, planar = torch.empty_like(image), volume[0].contiguous()

        def by_planes() -> Any:
            kernel.forward(image, planar, flat)
            return flat

        calls["planar kernel"] = by_planes
    for name, call in calls.items():
        if name not in ("copy", "harmonia tetrahedral"):
            check(call(), codes, nodes, mask, group)
    moved = 2 * image.nbytes + (0 if mask is None else mask.nbytes)
    return calls, moved


def check(output: Any, codes: np.ndarray, nodes: np.ndarray, mask: Any, group: Group) -> None:
    """Against the formula in float64."""
    chosen = np.linspace(0, codes[..., 0].size - 1, SAMPLE).astype(np.int64)
    old = codes.reshape(-1, 3)[chosen] / 255
    new = exact.lut3d(old, nodes.astype(np.float64), "trilinear")
    if mask is not None:
        inside = mask.flatten().cpu().numpy()[chosen, None] > 0
        new = np.where(inside, new, old)
    found = output.reshape(3, -1)[:, torch.from_numpy(chosen).cuda()].T.cpu().numpy()
    white = 1.0 if group.dtype == "uint8" else 255.0
    assert np.abs(white * found.astype(np.float64) - 255 * new).max() <= MOST_OFF[group.dtype]


def gradients(group: Group, kernel: Any) -> tuple[dict[str, Call], int]:
    """Forward and backward, to the table and the image."""
    from harmonia import nets

    image = planes(image_of(group), "float32").requires_grad_()
    lut = torch.from_numpy(nodes_of()).cuda().requires_grad_()
    pull = torch.rand_like(image)

    def by_harmonia() -> Any:
        return torch.autograd.grad(nets.apply_lut3d(image, lut), (image, lut), pull)

    def by_torch() -> Any:
        found = grid_sample(image, lut.permute(3, 2, 1, 0)[None])
        return torch.autograd.grad(found, (image, lut), pull)

    calls: dict[str, Call] = {
        "copy": partial(torch.empty_like(image).copy_, image.detach()),
        "harmonia": by_harmonia,
        "torch grid_sample": by_torch,
    }
    of_image, of_lut = by_harmonia()
    other_image, other_lut = by_torch()
    # Floats that grid_sample adds up one by one lose digits where the image is flat.
    assert torch.allclose(of_image, other_image, rtol=1e-3, atol=1e-3)
    assert torch.allclose(of_lut, other_lut, rtol=0.2, atol=1e-3 * float(of_lut.abs().max()))
    if kernel is not None:
        of_planes = torch.zeros(3, NODES, NODES, NODES, device="cuda")
        found = torch.empty_like(image)
        planar = volume_of(nodes_of())[0].contiguous()

        def by_planes() -> Any:
            kernel.forward(image, planar, found)
            kernel.backward(image, pull, of_planes.zero_())
            return of_planes

        calls["planar kernel, table only"] = by_planes
    return calls, 2 * image.nbytes


if __name__ == "__main__":
    main()
