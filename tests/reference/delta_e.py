"""CIEDE2000 in float64 with angles in degrees, as Sharma, Wu and Dalal 2005 write it down."""

import numpy as np
from reference.color import to_lab


def ciede2000(lab1, lab2):
    lightness1, a1, b1 = np.moveaxis(np.asarray(lab1, np.float64), -1, 0)
    lightness2, a2, b2 = np.moveaxis(np.asarray(lab2, np.float64), -1, 0)
    chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    chroma1, chroma2 = np.hypot(stretch * a1, b1), np.hypot(stretch * a2, b2)
    hue1 = np.degrees(np.arctan2(b1, stretch * a1)) % 360
    hue2 = np.degrees(np.arctan2(b2, stretch * a2)) % 360
    is_grey = chroma1 * chroma2 == 0

    turn = hue2 - hue1
    turn = np.where(turn > 180, turn - 360, np.where(turn < -180, turn + 360, turn))
    hue_difference = 2 * np.sqrt(chroma1 * chroma2) * np.sin(np.radians(turn) / 2)
    hue_difference = np.where(is_grey, 0, hue_difference)

    both = hue1 + hue2
    around = np.where(both < 360, both + 360, both - 360) / 2
    mean_hue = np.where(np.abs(hue1 - hue2) > 180, around, both / 2)
    mean_hue = np.where(is_grey, both, mean_hue)
    mean_lightness = (lightness1 + lightness2) / 2
    mean_chroma = (chroma1 + chroma2) / 2

    def cosine(times, phase):
        return np.cos(np.radians(times * mean_hue + phase))

    weight = 1 - 0.17 * cosine(1, -30) + 0.24 * cosine(2, 0)
    weight = weight + 0.32 * cosine(3, 6) - 0.20 * cosine(4, -63)
    rotation = 30 * np.exp(-(((mean_hue - 275) / 25) ** 2))
    share = np.sqrt(mean_chroma**7 / (mean_chroma**7 + 25.0**7))
    from_middle = (mean_lightness - 50) ** 2
    light = (lightness2 - lightness1) / (1 + 0.015 * from_middle / np.sqrt(20 + from_middle))
    chromatic = (chroma2 - chroma1) / (1 + 0.045 * mean_chroma)
    hue = hue_difference / (1 + 0.015 * mean_chroma * weight)
    joint = -2 * share * np.sin(np.radians(2 * rotation)) * chromatic * hue
    return np.sqrt(light**2 + chromatic**2 + hue**2 + joint)


def delta_e(output, target):
    """The map of two pictures of sRGB codes in 0..1."""
    return ciede2000(to_lab(output), to_lab(target))
