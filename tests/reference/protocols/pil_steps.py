"""What the codes ask of PIL: the sizes of images, and masks of one bit."""

import numpy as np
from PIL import Image


def resized(image, size, resample):
    """Codes at another (height, width), rounded after each axis: x before y, as PIL did up to 12.

    PIL 13 takes the axis first that makes less work, which shows in up to a quarter of the codes.
    """
    height, width = size
    wide = Image.fromarray(image).resize((width, image.shape[0]), resample)
    return np.array(wide.resize((width, height), resample))


def one_bit(mask, size=None):
    """0 and 1. PIL dithers the grey values, and a picture of one bit is never filtered."""
    bits = Image.fromarray(mask).convert("1")
    if size is not None:
        bits = bits.resize((size[1], size[0]), Image.Resampling.BICUBIC)
    return np.array(bits).astype(np.float64)


def dithered(mask):
    """What PIL makes of grey for a picture of one bit: Floyd and Steinberg in integers.

    The error e of a pixel goes to its neighbours in sixteenths, and the sum is divided once:

                 x    7e
           3e   5e    1e
    """
    height, width = mask.shape
    bits = np.zeros((height, width), np.uint8)
    below = np.zeros(width + 2, np.int64)  # the pixel at x reads below[x + 1]
    for y in range(height):
        above, below, ahead = below, np.zeros(width + 2, np.int64), 0
        for x in range(width):
            sixteenths = int(above[x + 1]) + ahead
            value = int(mask[y, x]) + int(sixteenths / 16)  # towards zero, as C divides
            value = min(max(value, 0), 255)
            bits[y, x] = value > 128
            error = value - 255 * int(bits[y, x])
            ahead = 7 * error
            below[x : x + 3] += np.array([3, 5, 1]) * error
    return bits
