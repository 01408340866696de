"""What the kernels add up over a pair of images, by name."""

from typing import NamedTuple


class ErrorSums(NamedTuple):
    """Of distances d on the scale 0..255 and weights m of 0..1; d runs over three channels."""

    pixels: float
    squared: float  # d^2
    absolute: float  # |d|
    weight: float  # m
    weighted_squared: float  # m d^2
    weighted_absolute: float  # m |d|
    background: float  # pixels with m = 0
    background_squared: float  # d^2 where m = 0
    output_min: float
    output_max: float
    target_min: float
    target_max: float


class ColorSums(NamedTuple):
    """Of CIEDE2000 e and weights m of 0..1."""

    total: float  # e
    weighted: float  # m e
    weight: float  # m
    pixels: float
    largest: float  # e
