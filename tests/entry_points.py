"""Every public function that works on pictures in memory, as calls on tiny ones."""

import importlib.util
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import harmonia
import numpy as np
from harmonia._registry import find_metric, list_ready
from harmonia.lut import AffineGrid, LutGrid
from harmonia.metrics import find_protocol
from images import as_dtype, scene
from PIL import Image

Call = Callable[[], object]

SURFACE = Path(__file__).with_name("api_surface.json")
MODULES = [
    "harmonia",
    "harmonia.color",
    "harmonia.stats",
    "harmonia.composite",
    "harmonia.io",
    "harmonia.lut",
]
# What is no work on a picture in memory, and why it is not called over and over.
LEFT_OUT = {
    "harmonia": {
        "set_num_threads": "a setting",
        "get_num_threads": "reads a setting",
        "build_info": "reads facts",
        "list_methods": "reads names",
        "list_metrics": "reads names",
        "list_networks": "reads names",
    },
    "harmonia.color": {"spaces": "reads names"},
    "harmonia.io": {
        "open_video": "starts a program",
        "video_writer": "starts a program",
    },
}


def functions(module: str) -> list[str]:
    """The public functions of a module by name."""
    names = json.loads(SURFACE.read_text(encoding="utf-8"))[module]
    return [name for name, said in names.items() if str(said).startswith("(")]


@contextmanager
def calls() -> Iterator[dict[str, Call]]:
    """Every entry point by name; the names begin with those of modules and functions."""
    with tempfile.TemporaryDirectory() as folder:
        yield _front() | _metrics() | _colours() | _tables(Path(folder)) | _files()


def _front() -> dict[str, Call]:
    image, mask, picture = _scene()
    large, large_mask = (np.tile(one, (6, 8, 1)[: one.ndim]) for one in (image, mask))
    look = harmonia.fit(image, mask, "mkl")
    network = harmonia.load("harmonia")
    loaded = harmonia.load("reinhard")
    found: dict[str, Call] = {}
    for method in list_ready():
        found[f"harmonia.harmonize {method}"] = partial(harmonia.harmonize, image, mask, method)
    for method in ("mkl", "lalonde_efros", "harmonia"):
        found[f"harmonia.fit {method}"] = partial(harmonia.fit, image, mask, method)
    return found | {
        "harmonia.harmonize on several threads": partial(
            harmonia.harmonize, large, large_mask, "mkl"
        ),
        "harmonia.harmonize of PIL": partial(harmonia.harmonize, picture, mask, "mkl"),
        "harmonia.harmonize that is refused": lambda: _refused(image, mask),
        "harmonia.load mkl": partial(harmonia.load, "mkl"),
        "harmonia.load harmonia": partial(harmonia.load, "harmonia"),
        "harmonia.load, a loaded method": partial(loaded, image, mask),
        "harmonia.load, a loaded network": partial(network, image, mask),
        "harmonia.fit, applied": partial(look.apply, image, mask),
        "harmonia.fit, to_lut": partial(look.to_lut, 9),
        "harmonia.evaluate": partial(harmonia.evaluate, image, image[::-1], mask),
        "harmonia.compare": partial(harmonia.compare, image, mask, ("mkl",), boxes=1),
        "harmonia.example": harmonia.example,
    }


def _metrics() -> dict[str, Call]:
    found: dict[str, Call] = {}
    for name in harmonia.list_metrics():
        if name == "lpips" and importlib.util.find_spec("lpips") is None:
            continue
        side = find_metric(name, where="entry points").smallest(find_protocol("harmonia"))
        output, mask, _ = _scene(max(side, 40))
        function = getattr(harmonia.metrics, name)
        found[f"harmonia.metrics.{name}"] = partial(function, output, output[::-1].copy(), mask)
    return found


def _colours() -> dict[str, Call]:
    image, mask, _ = _scene()
    lab = harmonia.color.convert(image, "rgb", "lab")
    cutout = np.dstack([image, as_dtype(mask, "uint8")])
    return {
        "harmonia.color.convert": partial(harmonia.color.convert, image, "rgb", "lab"),
        "harmonia.color.delta_e": partial(harmonia.color.delta_e, lab, lab, space="lab"),
        "harmonia.stats.masked_moments": partial(harmonia.stats.masked_moments, image, mask),
        "harmonia.stats.masked_histogram": partial(harmonia.stats.masked_histogram, image, mask),
        "harmonia.stats.masked_percentile": partial(
            harmonia.stats.masked_percentile, image, mask, [1, 50, 99]
        ),
        "harmonia.composite.composite": partial(
            harmonia.composite.composite, image[::-1], image, mask
        ),
        "harmonia.composite.paste": partial(
            harmonia.composite.paste, cutout, image, at=(2, 3), scale=0.5
        ),
    }


def _tables(folder: Path) -> dict[str, Call]:
    image, mask, _ = _scene()
    lut = harmonia.lut
    table = harmonia.fit(image, mask, "mkl").to_lut(4)
    hald = lut.to_hald(table, 2)
    maps = np.zeros((2, 2, 2, 3, 4), np.float32)
    maps[..., :3] = 0.9 * np.eye(3, dtype=np.float32)
    affine = AffineGrid(maps)
    grid = LutGrid(np.broadcast_to(table.nodes, (2, 2, *table.nodes.shape)).copy())
    found: dict[str, Call] = {
        "harmonia.lut.analyse": partial(lut.analyse, table),
        "harmonia.lut.apply_affine_grid": partial(lut.apply_affine_grid, image, affine, mask),
        "harmonia.lut.apply_lut3d": partial(lut.apply_lut3d, image, table, mask),
        "harmonia.lut.apply_lut_grid": partial(lut.apply_lut_grid, image, grid, mask),
        "harmonia.lut.combine": partial(lut.combine, [table, table], [0.5, 0.5]),
        "harmonia.lut.compose": partial(lut.compose, table, table),
        "harmonia.lut.fit_error": partial(lut.fit_error, table, image, image[::-1].copy()),
        "harmonia.lut.fit_lut": partial(lut.fit_lut, image, image[::-1].copy(), size=5),
        "harmonia.lut.from_hald": partial(lut.from_hald, hald),
        "harmonia.lut.identity": partial(lut.identity, 5),
        "harmonia.lut.invert": partial(lut.invert, lut.identity(3)),
        "harmonia.lut.picture": partial(lut.picture, table, kind="hald"),
        "harmonia.lut.resize": partial(lut.resize, table, 7),
        "harmonia.lut.to_hald": partial(lut.to_hald, table, 2),
    }
    for suffix in ("cube", "3dl", "png"):
        path = folder / f"table.{suffix}"
        lut.write_lut(table, path)
        found[f"harmonia.lut.write_lut {suffix}"] = partial(lut.write_lut, table, path)
        found[f"harmonia.lut.read_lut {suffix}"] = partial(lut.read_lut, path)
    return found


def _files() -> dict[str, Call]:
    image, mask, _ = _scene()
    found: dict[str, Call] = {}
    written: dict[str, bytes] = {}
    for format in ("PNG", "JPEG", "WebP", "TIFF"):
        written[format] = _written(image, format)
        found[f"harmonia.io.write {format}"] = partial(_written, image, format)
        found[f"harmonia.io.read {format}"] = partial(harmonia.io.read, written[format])
    picture = harmonia.io.read(written["PNG"])
    grey = _written(np.dstack([as_dtype(mask, "uint8")] * 3), "PNG")
    return found | {
        "harmonia.io.read_mask": partial(harmonia.io.read_mask, grey),
        "harmonia.io.profiles_differ": partial(harmonia.io.profiles_differ, picture, picture),
        "harmonia.io.to_srgb": partial(harmonia.io.to_srgb, picture),
    }


def _scene(side: int = 40) -> tuple[Any, Any, Image.Image]:
    image, mask = scene(side, side + 8)
    codes = as_dtype(image, "uint8")
    return codes, mask.astype(np.float32), Image.fromarray(codes)


def _refused(image: Any, mask: Any) -> None:
    try:
        harmonia.harmonize(image, mask[1:])
    except ValueError:
        return
    raise AssertionError("a mask of another size was taken")


def _written(image: Any, format: str) -> bytes:
    target = io.BytesIO()
    harmonia.io.write(target, image, format=format)
    return target.getvalue()
