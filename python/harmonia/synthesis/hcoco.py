"""COCO: the largest instance of a category gets the colours of one like it in another image.

The source is a folder as COCO's archives unpack (annotations/instances_*.json beside train2017/ and
val2017/), or a file of annotations in its format, whose images are looked for beside it. In each
image the largest instance of each category is a foreground. Of a few largest instances of the same
category in other images, drawn at random, the one that looks most like it but differs lends its
colours, by one of the four transfers of HCOCO: Reinhard 2001, Xiao and Ma 2006, the cumulative
histogram of Fecker 2008, or IDT with regrain of Pitie 2007, whose smoothness is drawn too.

Names are `c<image id>_<annotation id>_<number>`. Images that are missing are left out, and a
warning counts them. Grey photographs are neither used nor lend their colours.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from harmonia.io import ImageFileError
from harmonia.io.reduced import read_reduced
from harmonia.synthesis._coco import Annotations, CocoError, read_annotations
from harmonia.synthesis._coco_folder import Paths, annotation_files, image_paths
from harmonia.synthesis._coco_masks import Mask
from harmonia.synthesis._iharmony4 import IHarmony4Layout
from harmonia.synthesis._options import check_areas, check_count, check_distance
from harmonia.synthesis._originals import Real, read_real
from harmonia.synthesis._recipe import Made, Pixels, Task, Unusable
from harmonia.synthesis._references import DRAWS, LEAST, MOST, SIDE, References
from harmonia.synthesis._splits import check_test_share, split_of
from harmonia.synthesis._transfers import METHODS, transfer

WHERE = "hcoco"
SLACK = 1.1  # between the area that a file says and its mask's, which decides
GREY = 2.0  # levels between the channels of a photograph without colours, on average


class Instance(NamedTuple):
    """An annotation: the number of its file, and its row there."""

    file: int
    number: int


def prepare(
    source: Path,
    *,
    seed: int,
    annotations: Paths | None = None,
    images: str | os.PathLike[str] | None = None,
    categories: str | Sequence[str] | None = None,
    licences: int | str | Sequence[int] | None = None,
    crowds: bool = True,
    composites: int = 1,
    methods: str | Sequence[str] = METHODS,
    draws: int = DRAWS,
    nearest: float = LEAST,
    farthest: float = MOST,
    least: float = 0.01,
    most: float = 0.8,
    test_share: float = 0.1,
    compat: bool = False,
) -> "Recipe":
    """Open the source.

    Parameters
    ----------
    source
        A folder or a file of annotations, see above.
    seed
        Unused here: nothing is settled before a composite is made.
    annotations
        The files of annotations, if not all instances_*.json; of an image in several the first
        counts.
    images
        The folder of the images, if it is not named like the file of annotations.
    categories
        Names of those to use; all by default.
    licences
        Numbers of the licences to use, as the file lists them; all by default.
    crowds
        Whether what is annotated as a crowd counts, as in HCOCO.
    composites
        So many of each mask.
    methods
        From which the transfer is drawn.
    draws
        Of so many other instances the most similar lends its colours: more draws make composites
        more subtle.
    nearest, farthest
        Between which distances, in Delta E: 5 is a shade, 30 another colour.
    least, most
        Shares of the picture that a foreground may have.
    test_share
        How much goes to the test list, by whole images.
    compat
        The transfers as the published codes have them, with what is known to be wrong with them.
    """
    check_count(composites, "composites", 99, where=WHERE)
    check_count(draws, "draws", 1000, where=WHERE)
    check_areas(least, most, where=WHERE)
    check_test_share(test_share, where=WHERE)
    check_distance(farthest, "farthest", nearest, where=WHERE)
    wanted = _listed(categories, "categories")
    chosen_methods = _listed(methods, "methods") or list(METHODS)
    for name in chosen_methods:
        if name not in METHODS:
            raise ValueError(
                f"{WHERE}: methods: unknown transfer {name!r}; choose of {', '.join(METHODS)}"
            )
    files = [read_annotations(path) for path in annotation_files(source, annotations, where=WHERE)]
    paths = [image_paths(source, file, images, where=WHERE) for file in files]
    _check_categories(files, wanted)
    allowed = None if licences is None else _numbers(licences)
    pools: dict[str, list[Instance]] = {}
    seen: set[int] = set()
    for i, file in enumerate(files):
        there = np.array([path is not None for path in paths[i]], bool)
        there &= ~np.isin(file.images.ids, np.array(sorted(seen), np.int64))
        if allowed is not None:
            there &= np.isin(file.images.licences, allowed)
        seen.update(file.images.ids.tolist())
        for number in largest(file, there, least / SLACK, most * SLACK, crowds=crowds).tolist():
            name = file.categories_by_id[int(file.categories[number])]
            if wanted is None or name in wanted:
                pools.setdefault(name, []).append(Instance(i, number))
    return Recipe(
        files,
        paths,
        pools,
        composites=int(composites),
        methods=chosen_methods,
        draws=int(draws),
        distances=(float(nearest), float(farthest)),
        shares=(float(least), float(most)),
        test_share=float(test_share),
        compat=bool(compat),
    )


def largest(
    file: Annotations, images: Any, least: float, most: float, *, crowds: bool
) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """The largest annotation of each category on each of the wanted images, where it has such a
    share of the picture; in the order of images and categories.
    """
    use = images[file.rows] & (crowds | ~file.crowds)
    numbers = np.flatnonzero(use)
    image, category = file.images.ids[file.rows[numbers]], file.categories[numbers]
    order = np.lexsort((file.ids[numbers], -file.areas[numbers], category, image))
    numbers, image, category = numbers[order], image[order], category[order]
    first = np.ones(len(numbers), bool)
    first[1:] = (image[1:] != image[:-1]) | (category[1:] != category[:-1])
    numbers = numbers[first]
    rows = file.rows[numbers]
    share = file.areas[numbers] / (file.images.heights[rows] * file.images.widths[rows])
    found: np.ndarray[Any, np.dtype[np.int64]] = numbers[(share >= least) & (share <= most)]
    return found


class Recipe:
    layout = IHarmony4Layout()

    def __init__(
        self,
        files: Sequence[Annotations],
        paths: Sequence[Sequence[Path | None]],
        pools: dict[str, list[Instance]],
        *,
        composites: int,
        methods: Sequence[str],
        draws: int,
        distances: tuple[float, float],
        shares: tuple[float, float],
        test_share: float,
        compat: bool,
    ) -> None:
        self.missing = sum(list(some).count(None) for some in paths)
        self._files, self._paths, self._pools = files, paths, pools
        self._methods, self._draws, self._distances = methods, draws, distances
        self._shares, self._compat = shares, compat
        self._references = References(self._small)
        # One has nobody to take colours from where it is the only one of its category.
        every = [one for pool in pools.values() if len(pool) > 1 for one in pool]
        every.sort(key=lambda one: (self._image(one), self._id(one)))
        self.tasks = [
            Task(
                f"c{self._image(one)}_{self._id(one)}_{k}",
                "HCOCO",
                split_of(f"c{self._image(one)}", test_share),
                one,
            )
            for one in every
            for k in range(1, composites + 1)
        ]

    def make(self, task: Task, rng: np.random.Generator) -> Made:
        own: Instance = task.content
        mask = self._mask(own)
        other, looks = self._similar(own, rng)
        real, reference_mask = self._real(own, mask), self._mask(other)
        reference = self._real(other, reference_mask)
        composite, drawn = transfer(
            real.pixels,
            mask,
            reference.pixels,
            reference_mask,
            rng=rng,
            methods=self._methods,
            compat=self._compat,
        )
        file = self._files[own.file]
        licence = int(file.images.licences[file.rows[own.number]])
        facts = {
            **drawn,
            **looks,
            "photo": self._path(own),
            "category": self._category(own),
            "licence": file.licences_by_id.get(licence),
            "reference": self._path(other),
            "reference_annotation": self._id(other),
            **real.facts,
        }
        return Made(composite, mask, real.pixels, real.original, facts)

    def _similar(self, own: Instance, rng: np.random.Generator) -> tuple[Instance, dict[str, Any]]:
        """The instance that lends its colours, and how far away it is."""
        try:
            return self._references.choose(
                own,
                self._pools[self._category(own)],
                rng,
                wanted=lambda one: self._image(one) != self._image(own),
                draws=self._draws,
                least=self._distances[0],
                most=self._distances[1],
            )
        except Unusable:
            self._small(own)  # which says why, where it is its own fault
            raise

    def _real(self, one: Instance, mask: Mask) -> Real:
        """The photograph of an instance, of which that is the mask."""
        real = read_real(self._path(one))
        if real.pixels.shape[:2] != mask.shape:
            raise Unusable(_sizes(self._path(one), real.pixels.shape[:2], mask.shape))
        return real

    def _mask(self, one: Instance) -> Mask:
        try:
            mask = self._files[one.file].mask(one.number)
        except CocoError as error:
            raise Unusable(str(error).replace(str(error.path), error.path.name)) from error
        share = np.count_nonzero(mask) / mask.size
        if not self._shares[0] <= share <= self._shares[1]:
            raise Unusable(
                f"annotation {self._id(one)}: the foreground is {100 * share:.3g} % of the "
                f"picture, wanted {100 * self._shares[0]:g} % to {100 * self._shares[1]:g} %"
            )
        return mask

    def _small(self, one: Instance) -> tuple[Pixels, Pixels]:
        path = self._path(one)
        try:
            pixels = read_reduced(path, SIDE)
        except (ImageFileError, OSError) as error:
            raise Unusable(f"{path.name}: cannot be read") from error
        red, green, blue = (pixels[..., c] for c in range(3))
        top = np.maximum(np.maximum(red, green), blue)
        if (top - np.minimum(np.minimum(red, green), blue)).mean() < GREY:
            raise Unusable(f"{path.name}: a photograph without colours")
        mask = self._mask(one)
        # The middles of the small pixels: the mask is all or nothing, so a mean says little more.
        rows, columns = (
            (2 * np.arange(small) + 1) * large // (2 * small)
            for small, large in zip(pixels.shape[:2], mask.shape, strict=True)
        )
        small = mask[np.ix_(rows, columns)]
        if not small.any():
            raise Unusable(f"annotation {self._id(one)}: the foreground is too thin")
        return pixels, small

    def _image(self, one: Instance) -> int:
        file = self._files[one.file]
        return int(file.images.ids[file.rows[one.number]])

    def _id(self, one: Instance) -> int:
        return int(self._files[one.file].ids[one.number])

    def _category(self, one: Instance) -> str:
        file = self._files[one.file]
        return file.categories_by_id[int(file.categories[one.number])]

    def _path(self, one: Instance) -> Path:
        path = self._paths[one.file][int(self._files[one.file].rows[one.number])]
        if path is None:  # never: instances without an image are left out
            raise Unusable(f"image {self._image(one)} is missing")
        return path


def _sizes(path: Path, size: Sequence[int], wanted: Sequence[int]) -> str:
    return (
        f"{path.name} is {size[1]} x {size[0]}, its annotations are of {wanted[1]} x {wanted[0]} "
        "pixels"
    )


def _listed(names: str | Sequence[str] | None, what: str) -> list[str] | None:
    if names is None:
        return None
    found = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    if not found or not all(isinstance(name, str) and name for name in found):
        raise ValueError(f"{WHERE}: {what} must be names, got {names!r}")
    return found


def _numbers(licences: int | str | Sequence[int]) -> "np.ndarray[Any, np.dtype[np.int64]]":
    several = licences.split(",") if isinstance(licences, str) else licences
    try:
        return np.atleast_1d(np.array(several)).astype(np.int64)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            f"{WHERE}: licences must be numbers of the file's licences, got {licences!r}"
        ) from None


def _check_categories(files: Sequence[Annotations], wanted: Sequence[str] | None) -> None:
    known = sorted({name for file in files for name in file.categories_by_id.values()})
    unknown = [name for name in wanted or () if name not in known]
    if unknown:
        raise ValueError(
            f"{WHERE}: categories: there is no {unknown[0]!r}; the annotations know "
            f"{', '.join(known)}"
        )
