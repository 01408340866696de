"""Which pairs a study shows, and to whom: pairs dealt into blocks, of which a voter gets one."""

import hashlib
import itertools
from collections.abc import Sequence
from typing import NamedTuple


class Pair(NamedTuple):
    """Two methods on one sample, all three by their places."""

    sample: int
    one: int
    other: int


def deal(samples: int, methods: int, most: int | None, seed: int) -> list[list[Pair]]:
    """Every pair of methods on every sample, in blocks of no more than `most`.

    Blocks are as long as each other, and have each pair of methods as often, but for one. Which
    samples they have is by chance, the same for a seed.
    """
    dealt = [
        Pair(sample, one, other)
        for one, other in itertools.combinations(range(methods), 2)
        for sample in sorted(range(samples), key=lambda place: _digest(seed, one, other, place))
    ]
    blocks = 1 if most is None else -(-len(dealt) // most)
    return [dealt[number::blocks] for number in range(blocks)]


def codes(labels: Sequence[str], seed: int) -> dict[str, str]:
    """M1, M2 ... for labels, in an order that says nothing of them."""
    shuffled = sorted(labels, key=lambda label: _digest(seed, label))
    return {label: f"M{number}" for number, label in enumerate(shuffled, start=1)}


def checked(samples: int, methods: int, count: int, seed: int) -> list[tuple[int, int]]:
    """The samples that are shown spoiled, each with the method that it is shown beside."""
    chosen = sorted(range(samples), key=lambda place: _digest(seed, "check", place))[:count]
    return [(sample, number % methods) for number, sample in enumerate(chosen)]


def _digest(*parts: object) -> bytes:
    return hashlib.sha256(" ".join(map(str, parts)).encode()).digest()
