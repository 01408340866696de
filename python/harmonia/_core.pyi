"""
The C++ kernels of harmonia. Not public: the Python layer checks what these take for granted.
"""

from __future__ import annotations

import collections.abc
import typing

import numpy
import numpy.typing

__all__: list[str] = [
    "active_isa",
    "affine_transfer",
    "available_isas",
    "compiler",
    "composite",
    "convert",
    "covariance",
    "force_isa",
    "image_range",
    "mask_range",
    "masked_histogram",
    "masked_moments",
    "masked_percentile",
    "masked_sample",
    "membrane",
    "mkl",
    "num_threads",
    "poisson",
    "reinhard",
    "set_num_threads",
    "spaces",
    "version",
]

def active_isa() -> str: ...
def affine_transfer(
    image: numpy.ndarray,
    mask: numpy.ndarray | None,
    strength: typing.SupportsFloat | typing.SupportsIndex,
    map: tuple[
        str,
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(9)"
        ],
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
    ],
    out: numpy.ndarray,
) -> None: ...
def available_isas() -> list[str]: ...
def compiler() -> str: ...
def composite(
    new: numpy.ndarray,
    old: numpy.ndarray,
    mask: numpy.ndarray | None,
    strength: typing.SupportsFloat | typing.SupportsIndex,
    out: numpy.ndarray,
) -> None: ...
def convert(image: numpy.ndarray, source: str, out: numpy.ndarray, target: str) -> None: ...
def covariance(
    moments: tuple[
        typing.SupportsFloat | typing.SupportsIndex,
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(6)"
        ],
    ],
) -> typing.Annotated[list[float], "FixedSize(9)"]: ...
def force_isa(isa: str) -> None: ...
def image_range(image: numpy.ndarray) -> tuple[float, float, bool]: ...
def mask_range(mask: numpy.ndarray) -> tuple[float, float, bool]: ...
def masked_histogram(
    image: numpy.ndarray,
    mask: numpy.ndarray | None,
    bins: typing.SupportsInt | typing.SupportsIndex | None,
) -> tuple[numpy.typing.NDArray[numpy.float64], numpy.typing.NDArray[numpy.float64]]: ...
def masked_moments(
    image: numpy.ndarray, mask: numpy.ndarray | None, space: str
) -> tuple[
    tuple[
        float,
        typing.Annotated[list[float], "FixedSize(3)"],
        typing.Annotated[list[float], "FixedSize(6)"],
    ],
    tuple[
        float,
        typing.Annotated[list[float], "FixedSize(3)"],
        typing.Annotated[list[float], "FixedSize(6)"],
    ],
]: ...
def masked_percentile(
    image: numpy.ndarray,
    mask: numpy.ndarray | None,
    q: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
) -> numpy.typing.NDArray[numpy.float64] | None: ...
def masked_sample(
    image: numpy.ndarray,
    mask: numpy.ndarray | None,
    space: str,
    limit: typing.SupportsInt | typing.SupportsIndex,
    seed: typing.SupportsInt | typing.SupportsIndex,
) -> tuple[numpy.typing.NDArray[numpy.float32], numpy.typing.NDArray[numpy.float32]]: ...
def membrane(
    inside: numpy.typing.NDArray[numpy.bool],
    hold: numpy.typing.NDArray[numpy.float32],
    pull: numpy.typing.NDArray[numpy.float32],
    free: typing.Annotated[collections.abc.Sequence[bool], "FixedSize(4)"],
) -> tuple[numpy.typing.NDArray[numpy.float32], int]: ...
def mkl(
    source: tuple[
        typing.SupportsFloat | typing.SupportsIndex,
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(6)"
        ],
    ],
    target: tuple[
        typing.SupportsFloat | typing.SupportsIndex,
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(6)"
        ],
    ],
) -> tuple[
    str,
    typing.Annotated[list[float], "FixedSize(9)"],
    typing.Annotated[list[float], "FixedSize(3)"],
]: ...
def num_threads() -> int: ...
def poisson(
    image: numpy.ndarray,
    mask: numpy.ndarray | None,
    reference: numpy.ndarray | None,
    reference_mask: numpy.ndarray | None,
    ring: typing.SupportsInt | typing.SupportsIndex,
    strength: typing.SupportsFloat | typing.SupportsIndex,
    out: numpy.ndarray,
) -> None: ...
def reinhard(
    source: tuple[
        typing.SupportsFloat | typing.SupportsIndex,
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(6)"
        ],
    ],
    target: tuple[
        typing.SupportsFloat | typing.SupportsIndex,
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(6)"
        ],
    ],
    space: str,
) -> tuple[
    str,
    typing.Annotated[list[float], "FixedSize(9)"],
    typing.Annotated[list[float], "FixedSize(3)"],
]: ...
def set_num_threads(count: typing.SupportsInt | typing.SupportsIndex) -> None: ...
def spaces() -> list[str]: ...
def version() -> str: ...
