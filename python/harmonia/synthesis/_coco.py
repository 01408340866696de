"""Annotations in COCO's format: what each is of, and its mask when it is asked for.

A file of 860,000 annotations is read once, an annotation at a time, into one number a column; the
polygons stay in the file, and are read again where a mask is wanted.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from harmonia import _json
from harmonia.synthesis._coco_masks import Mask, decode_mask
from harmonia.synthesis._json_arrays import elements

Whole = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]

LONGEST_SIDE = 65535
_ARRAYS = ("images", "annotations", "categories", "licenses")


class CocoError(ValueError):
    """What is wrong with a file of annotations, and with which of them."""

    def __init__(self, path: Path, said: str, annotation: int | None = None) -> None:
        self.path = path
        self.annotation = annotation
        which = "" if annotation is None else f"annotation {annotation}: "
        super().__init__(f"{path}: {which}{said}")


@dataclass(frozen=True, slots=True, eq=False)
class CocoImages:
    """A row an image."""

    ids: Whole
    names: list[str]
    heights: Whole
    widths: Whole
    licences: Whole  # -1 where there is none


@dataclass(frozen=True, slots=True, eq=False)
class Annotations:
    """A file of annotations: a row an annotation, in the order of the file.

    Attributes
    ----------
    images
        Its images.
    ids, categories
        Numbers as in the file.
    rows
        Which of the images each is on.
    areas
        Pixels as the file says, or else as its mask has them.
    crowds
        Whether it is of many at once.
    categories_by_id, licences_by_id
        Their names.
    """

    path: Path
    images: CocoImages
    ids: Whole
    rows: Whole
    categories: Whole
    areas: Floats
    crowds: "np.ndarray[Any, np.dtype[np.bool_]]"
    categories_by_id: Mapping[int, str]
    licences_by_id: Mapping[int, str]
    _starts: Whole
    _stops: Whole

    def __len__(self) -> int:
        return len(self.ids)

    def mask(self, number: int) -> Mask:
        """The mask of an annotation, (H, W) of 0 and 255. Read from many threads at once."""
        start, stop = int(self._starts[number]), int(self._stops[number])
        with self.path.open("rb") as file:
            file.seek(start)
            data = file.read(stop - start)
        annotation = int(self.ids[number])
        try:
            found = _json.parse(data)
        except ValueError:
            found = None
        if not isinstance(found, dict) or found.get("id") != annotation:
            raise CocoError(self.path, "the file is another than was read before", annotation)
        row = self.rows[number]
        size = int(self.images.heights[row]), int(self.images.widths[row])
        try:
            return decode_mask(found.get("segmentation"), *size)
        except ValueError as error:
            raise CocoError(self.path, str(error), annotation) from None


def read_annotations(path: Path) -> Annotations:
    """What a file holds. CocoError says what is wrong with it, OSError why it cannot be opened."""
    reader = _Reader(path)
    try:
        for element in elements(path, _ARRAYS):
            if not isinstance(element.value, dict):
                raise ValueError(f"an element of {element.array} is no object")
            if element.array == "annotations":
                reader.annotation(element.value, element.start, element.stop)
            elif element.array == "images":
                reader.image(element.value)
            else:
                reader.name(element.array, element.value)
        return reader.annotations()
    except CocoError:
        raise
    except ValueError as error:
        raise CocoError(path, str(error)) from None


class _Reader:
    """Columns that grow while the file is read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.names: list[str] = []
        self.licences: dict[int, str] = {}
        self.categories: dict[int, str] = {}
        self.image_columns = [array("q") for _ in range(4)]  # id, height, width, licence
        self.columns = [array("q") for _ in range(5)]  # id, image, category, start, stop
        self.areas = array("d")
        self.crowds = array("b")

    def image(self, found: dict[str, Any]) -> None:
        number = _number(found, "id", "an image")
        what = f"image {number}"
        name = found.get("file_name")
        if not isinstance(name, str) or not name or "\0" in name or not _stays_within(name):
            raise ValueError(f"{what}: file_name must be a file's, within a folder, got {name!r}")
        height, width = (_number(found, side, what) for side in ("height", "width"))
        if not (0 < height <= LONGEST_SIDE and 0 < width <= LONGEST_SIDE):
            raise ValueError(f"{what}: cannot be {width} x {height} pixels")
        licence = _number(found, "license", what) if found.get("license") is not None else -1
        for column, value in zip(self.image_columns, (number, height, width, licence), strict=True):
            column.append(value)
        self.names.append(name)

    def annotation(self, found: dict[str, Any], start: int, stop: int) -> None:
        number = _number(found, "id", "an annotation")
        image, category = found.get("image_id"), found.get("category_id")
        area, crowd = found.get("area"), found.get("iscrowd", 0)
        if type(image) is not int or type(category) is not int:
            what, got = ("image_id", image) if type(image) is not int else ("category_id", category)
            raise CocoError(self.path, f"{what} must be a whole number, got {got!r}", number)
        if area is None:
            area = np.nan
        elif type(area) not in (int, float) or not 0 <= area < LONGEST_SIDE**2:
            raise CocoError(self.path, f"area must be a number of pixels, got {area!r}", number)
        if crowd not in (0, 1):
            raise CocoError(self.path, f"iscrowd must be 0 or 1, got {crowd!r}", number)
        try:
            for column, value in zip(
                self.columns, (number, image, category, start, stop), strict=True
            ):
                column.append(value)
        except OverflowError:
            raise CocoError(self.path, "a number is beyond 64 bits", number) from None
        self.areas.append(area)
        self.crowds.append(crowd)

    def name(self, kind: str, found: dict[str, Any]) -> None:
        what = "a licence" if kind == "licenses" else "a category"
        number, name = _number(found, "id", what), found.get("name")
        if not isinstance(name, str):
            raise ValueError(f"{what} {number}: name must be text, got {name!r}")
        (self.licences if kind == "licenses" else self.categories)[number] = name

    def annotations(self) -> Annotations:
        images = CocoImages(
            self._column(self.image_columns[0]),
            self.names,
            *map(self._column, self.image_columns[1:]),
        )
        ids, image_ids, categories, starts, stops = map(self._column, self.columns)
        _refuse_twice(images.ids, "image")
        _refuse_twice(ids, "annotation")
        order = np.argsort(images.ids)
        places = np.searchsorted(images.ids[order], image_ids)
        known = places < len(order)
        known[known] = images.ids[order][places[known]] == image_ids[known]
        self._check(known, ids, image_ids, "is on image {}, which the file does not list")
        listed = np.isin(categories, np.array(list(self.categories), np.int64))
        self._check(listed, ids, categories, "is of category {}, which the file does not list")
        found = Annotations(
            self.path,
            images,
            ids,
            order[places],
            categories,
            np.frombuffer(self.areas, np.float64).copy(),
            np.frombuffer(self.crowds, np.int8) != 0,
            self.categories,
            self.licences,
            starts,
            stops,
        )
        for number in np.flatnonzero(np.isnan(found.areas)):
            found.areas[number] = np.count_nonzero(found.mask(int(number)))
        return found

    @staticmethod
    def _column(numbers: "array[int]") -> Whole:
        return np.frombuffer(numbers, np.int64).copy()

    def _check(self, fine: Any, ids: Whole, values: Whole, said: str) -> None:
        if not fine.all():
            first = int(np.argmin(fine))
            raise CocoError(self.path, said.format(values[first]), int(ids[first]))


def _number(found: dict[str, Any], key: str, what: str) -> int:
    number = found.get(key)
    if type(number) is not int or not 0 <= number < 1 << 63:
        raise ValueError(f"{what}: {key} must be a whole number, got {number!r}")
    return number


def _stays_within(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _refuse_twice(ids: Whole, what: str) -> None:
    values, counts = np.unique(ids, return_counts=True)
    if (counts > 1).any():
        raise ValueError(f"has {what} {values[np.argmax(counts > 1)]} twice")
