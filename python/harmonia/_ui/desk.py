"""What the page asks for, on bytes and numbers of its requests alone: no file is opened here."""

import io
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import harmonia
from harmonia import _look, _lut_files
from harmonia._cutouts import alpha_varies, of_one_depth
from harmonia._registry import list_ready
from harmonia._ui.problems import Gone, Malformed, about
from harmonia._ui.shelf import Shelf
from harmonia.comparison.display import to_codes
from harmonia.comparison.encoding import LONGEST, address, outline
from harmonia.io import Picture
from harmonia.io.masks import doubt, read_any_mask

Pixels = np.ndarray[Any, Any]
Asked = Mapping[str, Any]

AT_ONCE = 2  # pieces of work, each on as many cores as there are, with pictures of its own
MOST_BYTES = 1 << 30  # of each shelf
LARGEST_SCALE = 100
LONGEST_CUTOUT = 1024  # pixels a side of one that is shown, as a PNG
TABLE = 33  # nodes an axis of a .cube

NAMES = ("the cut-out", "the background")


@dataclass(frozen=True, eq=False)
class Upload:
    data: bytes  # a mask is read from them as a mask
    picture: Picture


@dataclass(frozen=True, eq=False)
class Scene:
    picture: Picture  # the composite
    mask: Pixels


class Desk:
    """Pictures that were given, scenes made of them, and results, the last few of each."""

    def __init__(self) -> None:
        self._uploads: Shelf[Upload] = Shelf(8, MOST_BYTES)
        self._scenes: Shelf[Scene] = Shelf(4, MOST_BYTES)
        self._results: Shelf[Pixels] = Shelf(16, MOST_BYTES)
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def take(self, data: bytes) -> dict[str, Any]:
        """A picture, or a mask: a name for it, and what it looks like."""
        with self._turns, about("file"):
            picture = harmonia.io.read(data)
            cutout = alpha_varies(picture.pixels)
            name = secrets.token_urlsafe(16)
            self._uploads.put(name, Upload(data, picture), len(data) + picture.pixels.nbytes)
            height, width = picture.pixels.shape[:2]
            return {
                "id": name,
                "width": width,
                "height": height,
                "cutout": cutout,
                "format": picture.format,
                "shown": _shown(picture, LONGEST_CUTOUT if cutout else LONGEST),
                "notes": list(picture.notes),
            }

    def lay(self, asked: Asked) -> dict[str, Any]:
        """A scene: a picture and its mask, or a cut-out at its place over a background."""
        with self._turns:
            scene, notes = self._pasted(asked) if "cutout" in asked else self._masked(asked)
            whole = 255 if scene.mask.dtype == np.uint8 else 1
            weights = scene.mask.astype(np.float32) / np.float32(whole)
            doubtful = doubt(float(weights.mean(dtype=np.float64)))
            name = secrets.token_urlsafe(16)
            pixels = scene.picture.pixels
            self._scenes.put(name, scene, pixels.nbytes + scene.mask.nbytes)
            return {
                "id": name,
                "width": pixels.shape[1],
                "height": pixels.shape[0],
                "format": _format(scene),
                "shown": _shown(scene.picture, LONGEST),
                "outline": outline(weights),
                "notes": notes,
                "doubt": doubtful.replace("pass invert=True", 'tick "Invert the mask"'),
            }

    def harmonize(self, asked: Asked) -> dict[str, Any]:
        """What a method makes of a scene, as it looks."""
        with self._turns:
            scene, started = self._scene(asked), time.perf_counter()
            result = self._result(asked)
            seconds = time.perf_counter() - started
            shown = _shown(replace(scene.picture, pixels=result), LONGEST)
            return {"shown": shown, "seconds": round(seconds, 3)}

    def file(self, asked: Asked) -> bytes:
        """A result as a file, with all its pixels and what the picture's file said beside them."""
        with self._turns:
            scene, file = self._scene(asked), io.BytesIO()
            result = self._result(asked)
            harmonia.io.write(file, result, like=scene.picture, format=_format(scene))
            return file.getvalue()

    def look(self, asked: Asked) -> dict[str, Any]:
        """A .cube, and how far it is off where the method is no change of colours alone."""
        with self._turns:
            scene, method, strength = self._scene(asked), _method(asked), _strength(asked)
            harmonizer = harmonia.load(method)
            table, error = _look.of_method(
                harmonizer,
                scene.picture.pixels,
                scene.mask,
                size=TABLE,
                smoothness=_look.SMOOTHER,
            )
            data = _lut_files.cube.format(_look.weakened(table, strength).contents)
            remark = ""
            if error is not None:
                remark = (
                    f"{method} is no change of colours alone; the .cube is the nearest one, "
                    f"{_look.in_words(error)}"
                )
            return {"text": data.decode("utf-8"), "remark": remark}

    def finish(self) -> None:
        """Wait for what is under way, and begin nothing more."""
        for _ in range(AT_ONCE):
            self._turns.acquire()

    def _masked(self, asked: Asked) -> tuple[Scene, list[str]]:
        picture, given = self._upload(asked, "picture").picture, self._upload(asked, "mask")
        height, width = picture.pixels.shape[:2]
        with about("mask"):
            mask = read_any_mask(
                given.data,
                image_size=(height, width),
                invert=bool(asked.get("invert")),
                resize=bool(asked.get("resize")),
                ones=bool(asked.get("ones")),
            )
        return Scene(picture, mask.mask), [f"mask: {note}" for note in mask.notes]

    def _pasted(self, asked: Asked) -> tuple[Scene, list[str]]:
        above, below = (self._upload(asked, one).picture for one in ("cutout", "background"))
        left, top, scale = (_number(asked, one) for one in ("left", "top", "scale"))
        if not 0 < scale <= LARGEST_SCALE:
            raise Malformed(f"scale must be above 0 and at most {LARGEST_SCALE}, got {scale:g}")
        with about("cutout"):
            if not alpha_varies(above.pixels):
                raise ValueError(
                    "no part of it is transparent; cut the foreground out and save it as a PNG"
                )
            cutout, background, notes = of_one_depth(above.pixels, below.pixels, NAMES)
            place = round(left), round(top)
            pixels, mask = harmonia.composite.paste(cutout, background, at=place, scale=scale)
        if harmonia.io.profiles_differ(above, below):
            notes.append(
                "the cut-out and the background have different colour profiles; their values were "
                "taken as they are. Save both as sRGB, or use the command line with --to-srgb"
            )
        return Scene(replace(below, pixels=pixels), mask), notes

    def _result(self, asked: Asked) -> Pixels:
        method, strength = _method(asked), _strength(asked)
        key = asked["scene"], method, strength
        kept = self._results.get(key)
        if kept is None:
            scene = self._scene(asked)
            kept = harmonia.harmonize(scene.picture.pixels, scene.mask, method, strength=strength)
            self._results.put(key, kept, kept.nbytes)
        return kept

    def _upload(self, asked: Asked, what: str) -> Upload:
        found = self._uploads.get(_text(asked, what))
        if found is None:
            raise Gone(f"the {what} is no longer kept; choose it again")
        return found

    def _scene(self, asked: Asked) -> Scene:
        found = self._scenes.get(_text(asked, "scene"))
        if found is None:
            raise Gone("these pictures are no longer kept; choose them again")
        return found


def _shown(picture: Picture, longest: int) -> str:
    """An address that holds the picture, as a browser shows it."""
    codes = to_codes(picture.pixels)
    if codes.shape[2] == 4 and not alpha_varies(codes):
        codes = np.ascontiguousarray(codes[..., :3])
    return address(codes, longest, icc=picture.icc)


def _format(scene: Scene) -> str:
    """PNG, which has no floats."""
    picture = scene.picture
    return picture.format if picture.pixels.dtype == np.float32 else "PNG"


def _method(asked: Asked) -> str:
    name = _text(asked, "method")
    if name not in list_ready():
        raise Malformed(f"there is no method {name!r} that is ready to run")
    return name


def _strength(asked: Asked) -> float:
    strength = _number(asked, "strength")
    if not 0 <= strength <= 1:
        raise Malformed(f"strength must be from 0 to 1, got {strength:g}")
    return strength


def _text(asked: Asked, what: str) -> str:
    value = asked.get(what)
    if not isinstance(value, str):
        raise Malformed(f"{what} must be text")
    return value


def _number(asked: Asked, what: str) -> float:
    value = asked.get(what)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e9:
        raise Malformed(f"{what} must be a number")
    return float(value)
