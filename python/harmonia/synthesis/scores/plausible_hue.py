"""Hues that are where they were, and colours that photographs hold: no green faces.

1 less the greater of two numbers. The first is by how much the hues of CIELAB have turned, as a
share of a half turn: the mean over the foreground, where a pixel weighs as much as its chroma in
the composite and in the real, and grey things, whose hue hardly shows, count as not turned. The
second is the share of pixels with a chroma beyond what 99 of 100 pixels of photographs of their
lightness and hue have, less the share that had it before.

On 80 photographs other than those that its border was chosen on, it accepts all untouched
foregrounds, 80 % of those in another light and 81 to 84 % of transfers from something alike; none
turned by 60 degrees or more, 2 % with red and blue swapped, 17 % under a coloured lamp.

It knows no faces. A hue may turn by 30 degrees in the mean, so that one of a small part may turn
further; and what was grey has none, so that a white face may come out green.
"""

import numpy as np

from harmonia.synthesis._foreground import Floats, foreground
from harmonia.synthesis._score import Pixels, Score

GREY = 10.0  # the chroma at which a hue counts for half

# The chroma of CIELAB that 99 % of the pixels of 700 photographs stay below. A row for every 20 of
# lightness from black, a column for every 30 degrees of hue from that of a*.
MOST_CHROMA = np.array(
    [
        [38, 45, 26, 24, 33, 20, 15, 16, 20, 48, 71, 32],
        [65, 74, 48, 43, 54, 34, 22, 23, 31, 78, 126, 60],
        [80, 93, 66, 63, 76, 48, 31, 33, 43, 78, 107, 68],
        [61, 83, 78, 76, 87, 56, 39, 42, 45, 52, 83, 56],
        [20, 30, 77, 89, 86, 37, 46, 43, 26, 26, 32, 25],
    ],
    np.float32,
)


def of(composite: Pixels, mask: Pixels, real: Pixels) -> float:
    found = foreground(composite, mask, real)
    beyond = _share_beyond(found.composite_lab) - _share_beyond(found.real_lab)
    return 1 - max(_turn(found.composite_lab[:, 1:], found.real_lab[:, 1:]), beyond)


def _turn(now: Floats, before: Floats) -> float:
    chroma = np.sqrt(np.hypot(*now.T) * np.hypot(*before.T))
    sine = now[:, 1] * before[:, 0] - now[:, 0] * before[:, 1]
    turned = np.abs(np.arctan2(sine, (now * before).sum(axis=1))) / np.pi
    return float((chroma * turned).sum() / (chroma + GREY).sum())


def _share_beyond(lab: Floats) -> float:
    lightness, a, b = lab.T
    row = np.clip(lightness // 20, 0, 4).astype(np.intp)
    column = (np.degrees(np.arctan2(b, a)) // 30).astype(np.intp) % 12
    return float(np.mean(np.hypot(a, b) > MOST_CHROMA[row, column]))


SCORE = Score(of, least=0.83)
