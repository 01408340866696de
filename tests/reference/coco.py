"""Polygons and compressed runs of COCO as pycocotools has them, a number at a time."""

import itertools
import math

import numpy as np


def truncated(x):
    """As C makes an integer of a double."""
    return math.floor(x) if x >= 0 else math.ceil(x)


def polygon(corners, height, width):
    """(H, W) of bool."""
    points = [truncated(5 * value + 0.5) for value in corners]
    xs, ys = points[0::2], points[1::2]
    fine = []
    for i in range(len(xs)):
        x, y, to_x, to_y = xs[i], ys[i], xs[(i + 1) % len(xs)], ys[(i + 1) % len(xs)]
        dx, dy = abs(to_x - x), abs(to_y - y)
        if dx == dy == 0:
            continue
        back = x > to_x if dx >= dy else y > to_y
        if back:
            x, y, to_x, to_y = to_x, to_y, x, y
        steps = max(dx, dy)
        for i in range(steps + 1):
            step = steps - i if back else i
            if dx >= dy:
                fine.append((x + step, truncated(y + (to_y - y) / dx * step + 0.5)))
            else:
                fine.append((truncated(x + (to_x - x) / dy * step + 0.5), y + step))
    inside = np.zeros((height, width), bool)
    for (x, y), (to_x, to_y) in itertools.pairwise(fine):
        if x == to_x:
            continue
        column = ((to_x if to_x < x else to_x - 1) + 0.5) / 5 - 0.5
        if column != math.floor(column) or not 0 <= column <= width - 1:
            continue
        row = math.ceil(min(max((min(y, to_y) + 0.5) / 5 - 0.5, 0), height))
        inside[row:, int(column)] ^= True
    return inside


def polygons(several, height, width):
    return np.logical_or.reduce([polygon(one, height, width) for one in several])


def numbers_of(text):
    found, i = [], 0
    while i < len(text):
        number, digits, more = 0, 0, True
        while more:
            code = ord(text[i]) - 48
            number |= (code & 31) << 5 * digits
            more = bool(code & 32)
            i, digits = i + 1, digits + 1
        if code & 16:
            number -= 1 << 5 * digits
        if len(found) > 2:
            number += found[-2]
        found.append(number)
    return found


def runs(counts, height, width):
    """(H, W) of bool."""
    flat = []
    for i, count in enumerate(counts):
        flat += [i % 2 == 1] * count
    return np.array(flat, bool).reshape(width, height).T
