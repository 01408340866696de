"""Changes of colours, one pixel at a time in float64: values 0..1 in, values 0..1 out."""

import colorsys
import itertools

import numpy as np


def clipped(colour):
    return tuple(min(1.0, max(0.0, value)) for value in colour)


def rgb(colour, gain, gamma, offset):
    return clipped(
        o + g * value**e for value, g, e, o in zip(colour, gain, gamma, offset, strict=True)
    )


def hsv(colour, turn, saturation, value):
    h, s, v = colorsys.rgb_to_hsv(*colour)
    return colorsys.hsv_to_rgb((h + turn) % 1.0, min(1.0, s * saturation), min(1.0, v * value))


def tone(value, knots):
    """Cubic Hermite pieces; inner slopes are the harmonic means of those beside, F-B 1984."""
    count = len(knots) - 1
    rises = [(b - a) * count for a, b in itertools.pairwise(knots)]
    slopes = [
        rises[0],
        *(0.0 if a + b == 0 else 2 * a * b / (a + b) for a, b in itertools.pairwise(rises)),
        rises[-1],
    ]
    piece = min(int(value * count), count - 1)
    t = value * count - piece
    h00, h10 = 2 * t**3 - 3 * t**2 + 1, t**3 - 2 * t**2 + t
    h01, h11 = 3 * t**2 - 2 * t**3, t**3 - t**2
    return (
        h00 * knots[piece]
        + h10 * slopes[piece] / count
        + h01 * knots[piece + 1]
        + h11 * slopes[piece + 1] / count
    )


def decoded(value):
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def encoded(light):
    return 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


def in_light(colour, matrix):
    light = np.array(matrix).reshape(3, 3) @ [decoded(value) for value in colour]
    return tuple(encoded(value) for value in clipped(light))


def polynomial(colour, matrix):
    r, g, b = (255 * value for value in colour)
    terms = [r, g, b, r * g, r * b, g * b, r * r, g * g, b * b, r * g * b, 1]
    return clipped(sum(m * t for m, t in zip(row, terms, strict=True)) / 255 for row in matrix)
