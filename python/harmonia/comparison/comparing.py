"""Run several methods on one composite, and keep what each gave."""

import html
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Literal

import numpy as np

from harmonia import _atomic
from harmonia._arrays import Images, on_cpu, open_image, open_masks, wait_for
from harmonia._image_files.decoded import Refused
from harmonia.api import evaluate, load
from harmonia.comparison import encoding, page
from harmonia.comparison import sheet as sheets
from harmonia.comparison.asked import COMPOSITE, REAL, Method, choose_methods, open_boxes
from harmonia.comparison.display import Bytes, to_bytes
from harmonia.comparison.panels import Panel, Sheet
from harmonia.comparison.zoom import Box, choose_boxes
from harmonia.metrics import Protocol, Scores

USUAL = ("harmonia", "reinhard", "mkl", "lalonde_efros")
PANEL, SMALLEST_PANEL = 512, 64
FAILURES = (ImportError, MemoryError, OSError, RuntimeError, TypeError, ValueError)


@dataclass(frozen=True, eq=False)
class Comparison:
    """What several methods made of one composite.

    Attributes
    ----------
    pictures
        What each method gave, by its name, of the type of `image`.
    seconds
        How long it took, once, without loading the method.
    scores
        The numbers of the composite, under "composite", and of each picture against the real one.
        Empty without a real one.
    failures
        Why a method that is not among the pictures failed.
    boxes
        What is enlarged, as (x, y, width, height).
    image, mask, real, title
        What was given.
    """

    pictures: dict[str, Any]
    seconds: dict[str, float]
    scores: dict[str, Scores]
    failures: dict[str, str]
    boxes: tuple[Box, ...]
    image: Any
    mask: Any
    real: Any = None
    title: str = ""

    def to_picture(self, *, panel: int = PANEL) -> "np.ndarray[Any, np.dtype[np.uint8]]":
        """The sheet as one picture, uint8 (H, W, 3).

        Panels have no more than `panel` pixels a side. A picture no larger than that is shown as
        it is, pixel by pixel.
        """
        if not isinstance(panel, (int, np.integer)) or panel < SMALLEST_PANEL:
            raise ValueError(
                f"to_picture: panel must be a whole number from {SMALLEST_PANEL}, got {panel!r}"
            )
        return sheets.draw(self._sheet(), int(panel))

    def to_html(self) -> str:
        """The sheet as one HTML file that needs no other, with sliders between the pictures."""
        return page.compose(self._sheet())

    def save(
        self, path: "str | PathLike[str]", *, overwrite: bool = False, panel: int = PANEL
    ) -> None:
        """Write the sheet as .html or .png, whole or not at all; `panel` is that of a .png."""
        target = Path(path)
        suffix = target.suffix.lower()
        if suffix not in (".html", ".htm", ".png"):
            raise ValueError(f"save: path must end in .html or .png, got {fspath(path)!r}")
        if not target.parent.is_dir():
            raise FileNotFoundError(
                f"there is no folder {target.parent} to write {target.name} to; make it first"
            )
        if target.exists() and not overwrite:
            raise _exists(target)
        try:
            data = encoding.png(self.to_picture(panel=panel)) if suffix == ".png" else self._page()
            _atomic.write(target, data, overwrite=overwrite)
        except Refused as error:
            raise ValueError(f"save: {error}") from error
        except FileExistsError:
            raise _exists(target) from None

    def _repr_html_(self) -> str:
        """For notebooks: the page in a frame of its own, so that no style leaks."""
        return (
            f'<iframe srcdoc="{html.escape(self.to_html())}" title="harmonia.compare" '
            'style="width: 100%; height: 48rem; border: 0"></iframe>'
        )

    def __repr__(self) -> str:
        failed = f", failed: {', '.join(self.failures)}" if self.failures else ""
        return f"Comparison({', '.join(self.pictures)}{failed})"

    def _page(self) -> bytes:
        return self.to_html().encode("utf-8")

    def _sheet(self) -> Sheet:
        images = open_image(self.image, where="compare: image")
        scores: Mapping[str, float] = self.scores.get(COMPOSITE, {})
        panels = [Panel(COMPOSITE, _seen(self.image), scores=scores)]
        if self.real is not None:
            panels.append(Panel(REAL, _seen(self.real)))
        for name, seconds in self.seconds.items():
            if name in self.pictures:
                scores = self.scores.get(name, {})
                panels.append(Panel(name, _seen(self.pictures[name]), seconds, scores=scores))
            else:
                panels.append(Panel(name, None, reason=self.failures[name]))
        protocol = self.scores[COMPOSITE].protocol if self.scores else None
        weight = _weight(self.mask, images)
        return Sheet(self.title, tuple(panels), weight, self.boxes, images.size, protocol)


def compare(
    image: Any,
    mask: Any,
    methods: Sequence[str] | Mapping[str, Method] | Literal["all"] = USUAL,
    *,
    real: Any = None,
    metrics: Sequence[str] | None = None,
    protocol: str | Protocol = "harmonia",
    options: Mapping[str, Mapping[str, Any]] | None = None,
    boxes: int | Sequence[Sequence[int]] = 2,
    title: str = "",
) -> Comparison:
    """Run several methods on one composite: their pictures, numbers, and a sheet to look at.

    Parameters
    ----------
    image, mask
        As for `harmonize`, a single image.
    methods
        Names, or "all" that are ready to run. A mapping gives each its own name on the sheet, and
        takes what `load` gave, or any function of (image, mask), for a method.
    real
        The picture that the composite was made of, to measure by.
    metrics, protocol
        As for `evaluate`.
    options
        Options of methods by their names: `{"reinhard": {"space": "lab"}}`.
    boxes
        How many parts to enlarge, chosen where the methods differ: on the seam and inside. Or the
        parts themselves, each (x, y, width, height) in pixels.
    title
        What stands at the top of the sheet.

    A method that fails on this composite stops none of the others; the sheet says why it did. The
    sheet has 8 bits a channel and shows values as sRGB; numbers and `pictures` have all bits.

    >>> comparison = harmonia.compare(image, mask, ["reinhard", "mkl"])
    >>> list(comparison.pictures), comparison.to_picture().dtype
    (['reinhard', 'mkl'], dtype('uint8'))
    >>> comparison.save("sheet.html")  # doctest: +SKIP
    """
    where = "compare"
    images = open_image(image, where=f"{where}: image")
    open_masks(mask, images, where=f"{where}: mask")
    chosen = choose_methods(methods, options or {}, images.device, where)
    given = open_boxes(boxes, images.size, where)
    scores: dict[str, Any] = {}
    if real is not None:
        opened = open_image(real, where=f"{where}: real")
        if opened.size != images.size:
            raise ValueError(
                f"{where}: real must have the image's height and width {images.size}, "
                f"got {opened.size}"
            )
        scores[COMPOSITE] = evaluate(image, real, mask, metrics, protocol)

    pictures: dict[str, Any] = {}
    seconds: dict[str, float] = {}
    failures: dict[str, str] = {}
    for name, (method, its_options) in chosen.items():
        started = time.perf_counter()
        try:
            run = load(method, **its_options) if isinstance(method, str) else method
            started = time.perf_counter()
            result = run(image, mask)
            _check_result(result, images, f"{where}: the result of {name!r}")
            seconds[name] = time.perf_counter() - started
            if real is not None:
                scores[name] = evaluate(result, real, mask, metrics, protocol)
            pictures[name] = result
        except FAILURES as error:
            seconds[name] = time.perf_counter() - started
            failures[name] = " ".join(str(error).split()) or type(error).__name__
    if isinstance(given, int):
        results = [_seen(picture) for picture in pictures.values()]
        given = choose_boxes(_seen(image), results, _weight(mask, images), given)
    return Comparison(pictures, seconds, scores, failures, given, image, mask, real, str(title))


def _check_result(result: Any, images: Images, where: str) -> None:
    """Returns once the device of the result has finished it."""
    opened = open_image(result, where=where)
    wait_for(opened.frames[0])
    if opened.size != images.size:
        raise ValueError(f"{where} has another size, {opened.size} instead of {images.size}")


def _seen(value: Any) -> Bytes:
    return to_bytes(on_cpu(open_image(value, where="compare").frames[0]))


def _weight(mask: Any, images: Images) -> "np.ndarray[Any, Any]":
    """(H, W) float32 of 0..1."""
    (opened,) = open_masks(mask, images, where="compare: mask")
    weight = on_cpu(opened.frame)
    if weight.dtype == np.uint8:
        return weight.astype(np.float32) / np.float32(255)
    return weight.astype(np.float32)


def _exists(path: Path) -> FileExistsError:
    return FileExistsError(f"{path} is there already; pass overwrite=True to replace it")
