"""What the options of recipes must be."""

import hashlib
from numbers import Integral, Real

import numpy as np


def check_count(count: object, name: str, most: int, *, where: str) -> None:
    if not isinstance(count, Integral) or isinstance(count, bool) or not 1 <= int(count) <= most:
        raise ValueError(f"{where}: {name} must be a whole number from 1 to {most}, got {count!r}")


def check_distance(distance: object, name: str, least: float, *, where: str) -> None:
    number = isinstance(distance, Real) and not isinstance(distance, bool)
    if not number or not float(distance) > least:  # type: ignore[arg-type]
        raise ValueError(
            f"{where}: {name} must be a number above {least:g}, in Delta E, got {distance!r}"
        )


def check_areas(least: object, most: object, *, where: str) -> None:
    """Shares of a picture that a foreground may have."""
    for share in (least, most):
        if not isinstance(share, Real) or isinstance(share, bool):
            raise ValueError(f"{where}: least and most must be numbers, got {share!r}")
    if not 0 <= float(least) < float(most) <= 1:  # type: ignore[arg-type]
        raise ValueError(
            f"{where}: least and most must be shares of the picture, 0 <= least < most <= 1, got "
            f"{least!r} and {most!r}; 0.01 and 0.8 are HCOCO's"
        )


def chance_of(seed: int, what: str) -> np.random.Generator:
    """Chance for what is settled once for several composites, such as which edition is the real."""
    digest = hashlib.blake2b(f"{seed} {what}".encode(), digest_size=16, person=b"harmonia recipe")
    return np.random.Generator(np.random.Philox(key=np.frombuffer(digest.digest(), "<u8")))
