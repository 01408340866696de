"""Composites for training, made while they are asked for."""

import copy
import functools
import os
from collections.abc import Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import Any, NamedTuple, overload

import numpy as np

from harmonia._scene import check_seed
from harmonia.datasets._sample import Sample
from harmonia.synthesis import _cropping
from harmonia.synthesis._perturbing import Lent, Perturber
from harmonia.synthesis._photos import Photo, of_another_group, photos
from harmonia.synthesis._reading import colours_of, read

Codes = np.ndarray[Any, np.dtype[np.uint8]]

LIGHT = 0.75  # how far a whole photograph is changed, beside how far foregrounds are
REMEMBERED = 4096  # photographs whose colours are kept, of 3 KB each


Source = str | os.PathLike[str] | Sequence[Photo] | Sequence[tuple[Any, Any]]


def random_composites(
    source: Source,
    *,
    size: int | tuple[int, int] = 256,
    seed: int = 0,
    rounds: int = 1,
    strength: str | tuple[float, float] = "iHarmony4",
    kinds: Mapping[str, float] | None = None,
    measured: str | os.PathLike[str] | None = None,
    least_area: float = _cropping.LEAST_AREA,
    mirror: bool = True,
    relit: float = 0.0,
    untouched: float = 0.0,
) -> "RandomComposites":
    """Composites of any photographs with masks, made when they are asked for.

    Each is a piece of a photograph by chance, which stays as the real; in the composite the
    foreground has other colours. Sample `i` follows from `seed`, its round and its photograph
    alone, in any process or thread and in any order.

    Parameters
    ----------
    source
        A folder or a .csv file as `synthesize` takes them, or pairs of paths, of photograph and
        mask.
    size
        Of the samples: a number, or (height, width).
    seed
        What all chance comes from.
    rounds
        How many composites of each photograph there are: sample `i` is of photograph
        `i % photographs` in round `i // photographs`. `epoch(n)` gives any other round by itself,
        `again(n)` all of them as they come the n-th time after the first.
    strength
        How far foregrounds are from their reals: "iHarmony4" or one of its sub-datasets, as they
        spread in its test set, or (median, spread): the median of the root of fMSE in levels, and
        the standard deviation of its logarithm. What a foreground cannot reach without clipping
        or another hue stays below.
    kinds
        How often a kind of change is drawn, in proportion: "rgb", "hsv", "tone", "white_balance",
        "transfer" (the colours of another photograph) and "measured"; all of them if left out.
    measured
        A file of measured changes of light, as `harmonia.synthesis.random` describes it.
    least_area
        The smallest share of a photograph that a piece may be; 1 takes nearly all of it.
    mirror
        Whether half of the pieces are mirrored.
    relit
        How often the whole photograph is changed before, by a change of the same kinds, and stays
        so as the real: photographs in other lights, where there are few to learn from.
    untouched
        How often the composite is the real, so that a network learns to leave what fits.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     harmonia.io.write(f"{folder}/a.png", image)
    ...     harmonia.io.write(f"{folder}/a_mask.png", np.stack([mask] * 3, axis=-1))
    ...     made = harmonia.synthesis.random_composites(folder, size=128, rounds=10)
    ...     sample = made[3]
    >>> len(made), sample.composite.shape
    (10, (128, 128, 3))
    >>> bool((sample.composite == sample.real)[sample.mask == 0].all())
    True
    """
    where = "random_composites"
    found = _open(source, where=where)
    check_seed(seed, where=where)
    _check_whole(rounds, where=f"{where}: rounds")
    height, width = (size, size) if isinstance(size, int | np.integer) else size
    for side in (height, width):
        _check_whole(side, where=f"{where}: size")
    if not isinstance(least_area, Real) or not 0 < least_area <= 1:
        raise ValueError(
            f"{where}: least_area must be a number above 0 and up to 1, got {least_area!r}"
        )
    for name, share in (("relit", relit), ("untouched", untouched)):
        if not isinstance(share, Real) or not 0 <= share <= 1:
            raise ValueError(f"{where}: {name} must be a share from 0 to 1, got {share!r}")
    perturber = Perturber.of(strength, kinds, measured, where=where)
    indices = range(int(rounds) * len(found))
    shape = (int(height), int(width))
    often = Often(float(relit), float(untouched))
    made = RandomComposites(
        found, perturber, shape, int(seed), float(least_area), bool(mirror), often, indices
    )
    if isinstance(source, str | os.PathLike):
        given = {
            "size": shape,
            "seed": int(seed),
            "rounds": int(rounds),
            "strength": strength,
            "kinds": None if kinds is None else dict(kinds),
            "measured": None if measured is None else str(Path(measured).absolute()),
            "least_area": float(least_area),
            "mirror": bool(mirror),
            **often._asdict(),
        }
        made.origin = Origin(str(Path(source).absolute()), given, indices)
    return made


class Often(NamedTuple):
    """How often a sample is no photograph with a changed foreground; see `random_composites`."""

    relit: float
    untouched: float


class Origin(NamedTuple):
    """What `random_composites` was given for composites, and which of them these are.

    Attributes
    ----------
    source
        The folder or file.
    options
        Its other arguments.
    indices
        Those of the samples among all.
    """

    source: str
    options: Mapping[str, Any]
    indices: range

    def open(self) -> "RandomComposites":
        """The same composites again."""
        return random_composites(self.source, **self.options)._of(self.indices)


def _open(source: Any, *, where: str) -> list[Photo]:
    if isinstance(source, str | os.PathLike):
        found = photos(Path(source))
    else:
        found = [one if isinstance(one, Photo) else _pair(one, where) for one in source]
    if not found:
        raise ValueError(f"{where}: source must hold at least one photograph with a mask")
    return found


def _pair(one: Any, where: str) -> Photo:
    if not isinstance(one, tuple | list) or len(one) != 2:
        raise TypeError(f"{where}: source must hold pairs of paths, (image, mask), got {one!r}")
    image, mask = map(Path, one)
    return Photo(image, mask, os.fspath(image))


def _check_whole(number: object, *, where: str) -> None:
    whole = isinstance(number, int | np.integer) and not isinstance(number, bool)
    if not whole or number < 1:  # type: ignore[operator]
        raise ValueError(f"{where} must be a whole number of at least 1, got {number!r}")


class RandomComposites(Sequence[Sample]):
    """A composite of each photograph, other ones in each round; what `random_composites` gives.

    Sample `i` is of photograph `i % photographs` in round `i // photographs`, and follows from the
    seed, the round and the photograph alone: not from the order in which samples are read, nor
    from who reads them. It goes through pickle, and many threads may read it at once.

    Attributes
    ----------
    photos
        The photographs with their masks.
    origin
        What `random_composites` was given for them; None where that was pairs of paths.
    """

    origin: Origin | None = None

    def __init__(
        self,
        found: Sequence[Photo],
        perturber: Perturber,
        size: tuple[int, int],
        seed: int,
        least_area: float,
        mirror: bool,
        often: Often,
        indices: range,
    ) -> None:
        self.photos = found
        self._perturber = perturber
        self._size, self._seed = size, seed
        self._least_area, self._mirror, self._often = least_area, mirror, often
        self._indices = indices
        self._whole = len(indices)  # of all that were asked for, not of a part
        self._remember()

    def __repr__(self) -> str:
        return (
            f"<harmonia.synthesis.RandomComposites: {len(self)} samples of "
            f"{len(self.photos)} photographs>"
        )

    def __len__(self) -> int:
        return len(self._indices)

    @overload
    def __getitem__(self, index: int) -> Sample: ...
    @overload
    def __getitem__(self, index: slice) -> "RandomComposites": ...
    def __getitem__(self, index: int | slice) -> "Sample | RandomComposites":
        if isinstance(index, slice):
            return self._of(self._indices[index])
        turn, number = divmod(self._indices[index], len(self.photos))
        return self._made(turn, number)

    def epoch(self, number: int) -> "RandomComposites":
        """One composite of each photograph: those of a round, counted from 0."""
        if number < 0:
            raise ValueError(f"epoch: number must be 0 or more, got {number}")
        count = len(self.photos)
        return self._of(range(number * count, (number + 1) * count))

    def of(self, photos: Sequence[Photo]) -> "RandomComposites":
        """One composite of each of some photographs."""
        other = self._of(range(len(photos)))
        other.photos, other._whole, other.origin = list(photos), len(photos), None
        other._remember()
        return other

    def again(self, number: int) -> "RandomComposites":
        """Other composites of the same photographs for each number: what a further epoch of
        training sees. Number 0 is these.
        """
        if number < 0:
            raise ValueError(f"again: number must be 0 or more, got {number}")
        old, by = self._indices, number * self._whole
        return self._of(range(old.start + by, old.stop + by, old.step))

    def _of(self, indices: range) -> "RandomComposites":
        """Others of the same photographs, with all that is remembered of these."""
        other = copy.copy(self)
        other._indices = indices
        other._colours = self._colours
        if self.origin is not None:
            other.origin = self.origin._replace(indices=indices)
        return other

    def _made(self, turn: int, number: int) -> Sample:
        key = np.array([self._seed, turn], np.uint64)
        rng = np.random.Generator(np.random.Philox(key=key, counter=[0, 0, 0, number]))
        pieces = _cropping.draw(rng, self._least_area)
        mirrored = bool(rng.random() < 0.5) and self._mirror
        photo = self.photos[number]
        image, drawn = read(photo, self._size, self._least_area)
        real, mask = _cropping.cut(image, drawn, self._size, pieces, mirrored)
        name = photo.image.stem
        if not (mask > 127).any():
            return Sample(real.copy(), mask, real, name, notes=("the mask has no foreground",))
        lend = functools.partial(self._lend, number)
        often = self._often  # what never happens draws no number: samples stay what they were
        if often.relit and rng.random() < often.relit:
            everywhere = np.full_like(mask, 255)
            real = self._perturber.weaker(LIGHT).perturb(real, everywhere, rng, lend).composite
        if often.untouched and rng.random() < often.untouched:
            nothing = {"changes": [], "share": 0.0, "aim": 0.0}
            return Sample(real.copy(), mask, real, name, extras=nothing)
        made = self._perturber.perturb(real, mask, rng, lend)
        return Sample(made.composite, mask, real, name, extras=made.facts)

    def _lend(self, number: int, rng: np.random.Generator) -> Lent | None:
        other = of_another_group(self.photos[number], self.photos, rng)
        return None if other is None else Lent(other.image, self._colours(other))

    def _remember(self) -> None:
        self._colours = functools.lru_cache(REMEMBERED)(colours_of)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_colours"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._remember()
