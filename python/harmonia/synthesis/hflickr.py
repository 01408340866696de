"""Photos and masks without categories: the foreground gets the colours of one that looks alike.

The source is a folder or a CSV file of photographs and masks, as `synthesis._photos` reads it. For
each composite a few foregrounds of other groups are drawn, and the one that looks most like its own
but differs lends its colours, by one of the four transfers of HCOCO and HFlickr: Reinhard 2001,
Xiao and Ma 2006, the cumulative histogram of Fecker 2008, or IDT with regrain of Pitie 2007, whose
smoothness is drawn too.

Names are `f<photo>_<mask>_<number>`: photographs count from 1 in the order of the source, and with
them their masks.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from harmonia._resize import pil_resize
from harmonia.io import ImageFileError
from harmonia.io.masks import read_any_mask
from harmonia.io.reduced import read_reduced
from harmonia.synthesis._iharmony4 import IHarmony4Layout
from harmonia.synthesis._options import check_areas, check_count, check_distance
from harmonia.synthesis._originals import read_foreground, read_real
from harmonia.synthesis._photos import Photo, by_image, photos
from harmonia.synthesis._recipe import Made, Pixels, Task, Unusable
from harmonia.synthesis._references import DRAWS, LEAST, MOST, SIDE, References
from harmonia.synthesis._splits import check_test_share, split_of
from harmonia.synthesis._transfers import transfer

WHERE = "hflickr"


def prepare(
    source: Path,
    *,
    seed: int,
    masks: int = 2,
    composites: int = 2,
    draws: int = DRAWS,
    farthest: float = MOST,
    least: float = 0.001,
    most: float = 0.8,
    test_share: float = 0.1,
    hard: bool = False,
    compat: bool = False,
) -> "Recipe":
    """Open the source.

    Parameters
    ----------
    source
        A folder or a CSV file, see above.
    seed
        Unused here: nothing is settled before a composite is made.
    masks, composites
        At most so many masks of a photograph, the first of them, and so many composites of each.
    draws
        Of so many other foregrounds the most similar lends its colours: more make composites more
        subtle.
    farthest
        How far away, in Delta E, it may be at most: 5 is a shade, 30 another colour.
    least, most
        Shares of the picture that a foreground may have.
    test_share
        How much of the source goes to the test list, by whole groups.
    hard
        Make masks all or nothing, as those of HFlickr are.
    compat
        The transfers as the published codes have them, with what is known to be wrong with them.
    """
    check_count(masks, "masks", 99, where=WHERE)
    check_count(composites, "composites", 99, where=WHERE)
    check_count(draws, "draws", 1000, where=WHERE)
    check_distance(farthest, "farthest", LEAST, where=WHERE)
    check_areas(least, most, where=WHERE)
    check_test_share(test_share, where=WHERE)
    found = photos(source)
    if len({photo.group for photo in found}) < 2:
        raise ValueError(
            f"{WHERE}: {source} holds one group of photographs, and colours come from another; "
            "add photographs"
        )
    tasks = [
        Task(f"f{i}_{j}_{k}", "HFlickr", split_of(photo.group, test_share), photo)
        for i, own in enumerate(by_image(found), 1)
        for j, photo in enumerate(own[:masks], 1)
        for k in range(1, composites + 1)
    ]
    alike = {"draws": draws, "most": farthest}
    return Recipe(tasks, found, alike, {"least": least, "most": most, "hard": hard}, compat)


class Recipe:
    layout = IHarmony4Layout()

    def __init__(
        self,
        tasks: Sequence[Task],
        found: Sequence[Photo],
        alike: Mapping[str, Any],
        masks: Mapping[str, Any],
        compat: bool,
    ) -> None:
        self.tasks = tasks
        self._photos = found
        self._references = References(_small)
        self._alike, self._masks, self._compat = alike, masks, compat

    def make(self, task: Task, rng: np.random.Generator) -> Made:
        photo: Photo = task.content
        real = read_real(photo.image)
        mask = read_foreground(photo.mask, real.pixels.shape[:2], **self._masks)
        other, looks = self._references.choose(
            photo,
            self._photos,
            rng,
            wanted=lambda one: one.group != photo.group,
            **self._alike,
        )
        reference = read_real(other.image).pixels
        reference_mask = read_foreground(other.mask, reference.shape[:2], **self._masks)
        composite, drawn = transfer(
            real.pixels, mask, reference, reference_mask, rng=rng, compat=self._compat
        )
        facts = {
            **drawn,
            **looks,
            "photo": photo.image,
            "photo_mask": photo.mask,
            "reference": other.image,
            "reference_mask": other.mask,
            **real.facts,
        }
        return Made(composite, mask, real.pixels, real.original, facts)


def _small(photo: Photo) -> tuple[Pixels, Pixels]:
    try:
        pixels = read_reduced(photo.image, SIDE)
        mask = read_any_mask(photo.mask).mask
    except (ImageFileError, OSError) as error:
        raise Unusable(f"{photo.image.name}: cannot be read") from error
    if mask.dtype != np.uint8:
        mask = np.rint(mask * 255).astype(np.uint8)
    small = pil_resize(mask, pixels.shape[:2], "box")
    if not small.any():
        raise Unusable(f"{photo.mask.name}: the foreground is too small")
    return pixels, small
