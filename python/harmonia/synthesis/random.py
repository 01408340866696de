"""Foregrounds of any photographs with random changes of colour, for training.

The source is a folder of photographs with masks, NAME_mask.png beside NAME.jpg or in folders images
and masks, or a .csv file with the columns image and mask and, where wanted, group.

Changes are drawn in RGB (gain, gamma, offset), in HSV, as tone curves, as other light (temperature,
tint, exposure) and as colours of another photograph, one to three of them in a row, and then mixed
with what was, so that the distances from the reals spread as `strength` says. What clips, turns
hues or colours what was grey is drawn anew.

`measured` is a file of measured changes of light, which are drawn too: an .npz with `to_standard`
and `from_standard`, (N, 3, 11) each. Their rows give a channel from
`[r g b rg rb gb rr gg bb rgb 1]` in codes 0..255; light i comes to light j by `from_standard[j]`
after `to_standard[i]`.

The set is in the layout of iHarmony4, as its HFlickr: `f<photograph>_<mask>_<number>`, which every
reader of that dataset takes apart. Do not lay it into the folder of the published one, whose
numbers are others. `harmonia.synthesis.random_composites` makes such composites without files.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from harmonia.synthesis._iharmony4 import IHarmony4Layout
from harmonia.synthesis._originals import read_foreground, read_real
from harmonia.synthesis._perturbing import Lent, Perturber
from harmonia.synthesis._photos import Photo, of_another_group, photos
from harmonia.synthesis._reading import colours_of
from harmonia.synthesis._recipe import Made, Task, Unusable
from harmonia.synthesis._splits import check_test_share, split_of

SUBSET = "HFlickr"
LEAST, MOST = 0.001, 0.8  # of a photograph: the foregrounds of iHarmony4's HFlickr


def prepare(
    source: Path,
    *,
    seed: int,
    number: int = 1,
    strength: str | tuple[float, float] = "iHarmony4",
    kinds: Mapping[str, float] | None = None,
    measured: str | os.PathLike[str] | None = None,
    test_share: float = 0.0,
) -> "Random":
    """Open the source.

    Parameters
    ----------
    source
        A folder or a CSV file, see above.
    seed
        Unused here: nothing is settled before a composite is made.
    number
        Composites of each mask.
    strength
        How far foregrounds are from their reals: iHarmony4, HCOCO, HAdobe5k, HFlickr, Hday2night,
        or the median of the root of fMSE in levels and the spread of its logarithm.
    kinds
        How often each kind of change is drawn: rgb, hsv, tone, white_balance, transfer, measured.
    measured
        A file of measured changes of light.
    test_share
        Of the groups of photographs: the test list.
    """
    whole = isinstance(number, int | np.integer) and not isinstance(number, bool)
    if not whole or number < 1:
        raise ValueError(f"random: number must be a whole number of at least 1, got {number!r}")
    check_test_share(test_share, where="random")
    perturber = Perturber.of(strength, kinds, measured, where="random")
    return Random(photos(source), int(number), perturber, test_share)


class Random:
    """The recipe with its photographs."""

    layout = IHarmony4Layout()

    def __init__(
        self,
        found: Sequence[Photo],
        number: int,
        perturber: Perturber,
        test_share: float,
    ) -> None:
        self._photos = found
        self._perturber = perturber
        masks: dict[Path, int] = {}
        numbers: dict[Path, int] = {}
        self._tasks: list[Task] = []
        for photo in found:
            image = numbers.setdefault(photo.image, len(numbers) + 1)
            masks[photo.image] = mask = masks.get(photo.image, 0) + 1
            split = split_of(photo.group, test_share)
            self._tasks += [
                Task(f"f{image}_{mask}_{turn}", SUBSET, split, photo)
                for turn in range(1, number + 1)
            ]

    @property
    def tasks(self) -> Sequence[Task]:
        return self._tasks

    def make(self, task: Task, rng: np.random.Generator) -> Made:
        photo: Photo = task.content
        real = read_real(photo.image)
        mask = read_foreground(photo.mask, real.pixels.shape[:2], least=LEAST, most=MOST)
        if not (mask > 127).any():
            raise Unusable(f"{photo.mask.name}: no part of the foreground is more than half")
        made = self._perturber.perturb(real.pixels, mask, rng, lambda own: self._lend(photo, own))
        if made.badness > 1:
            raise Unusable("no change came as far as wanted without clipping or another hue")
        return Made(made.composite, mask, real.pixels, real.original, made.facts | real.facts)

    def _lend(self, photo: Photo, rng: np.random.Generator) -> Lent | None:
        other = of_another_group(photo, self._photos, rng)
        return None if other is None else Lent(other.image, colours_of(other))
