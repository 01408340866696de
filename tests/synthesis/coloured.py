"""A recipe of the tests' own: gains on the foreground of photographs, some of which are refused."""

from dataclasses import dataclass

import harmonia
import numpy as np
from harmonia.synthesis import Made, Task, Unusable
from harmonia.synthesis._iharmony4 import IHarmony4Layout
from harmonia.synthesis._photos import photos
from images import as_dtype, scene


@dataclass(frozen=True)
class Content:
    image: object
    mask: object


class Coloured:
    layout = IHarmony4Layout()

    def __init__(self, tasks, refused):
        self.tasks = tasks
        self._refused = refused

    def make(self, task, rng):
        gains = rng.uniform(0.5, 1.5, 3)
        if rng.uniform() < self._refused:
            raise Unusable("the draw is refused")
        real = harmonia.io.read(task.content.image).pixels
        mask = harmonia.io.read_mask(task.content.mask, image_size=real.shape[:2]).mask
        changed = np.clip(real * gains, 0, 255)
        share = mask[..., None] / 255
        composite = np.rint(real * (1 - share) + changed * share).astype(np.uint8)
        jpeg = task.content.image.suffix == ".jpg"
        facts = {"method": "gains", "reference": task.content.image, "gains": gains}
        return Made(composite, mask, real, task.content.image if jpeg else None, facts)


def prepare(source, *, seed, each=2, refused=0.0, test_share=0.25):
    """Composites of photographs whose foreground has other colours.

    Parameters
    ----------
    each
        Composites of a photograph.
    refused
        The share of attempts that give none.
    test_share
        Of the photographs.
    """
    tasks = []
    for n, photo in enumerate(photos(source), 1):
        split = "test" if n <= test_share * 8 else "train"
        for k in range(1, each + 1):
            tasks.append(Task(f"f{n}_1_{k}", "HFlickr", split, Content(photo.image, photo.mask)))
    return Coloured(tasks, refused)


def fill(folder, count=8, size=(40, 56), suffix=".png"):
    """A source for it."""
    folder.mkdir(parents=True)
    for n in range(count):
        image, mask = scene(*size, n)
        harmonia.io.write(folder / f"{n:03}{suffix}", as_dtype(image, np.uint8))
        mask = np.stack([as_dtype(mask, np.uint8)] * 3, axis=-1)
        harmonia.io.write(folder / f"{n:03}_mask.png", mask)
    return folder
