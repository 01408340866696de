"""Make the example image and mask that ship with the package, and the photograph before.

    pip install scikit-image pillow && python docs/make_example.py

The photograph is scikit-image's `coffee`: CC0 by its photographer, Rachel Michetti. Cup, saucer and
spoon get the light of another scene, as in a composite: a gain per channel in linear light.
"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from skimage import data

FOLDER = Path(__file__).parents[1] / "python" / "harmonia" / "_example"
REAL = Path(__file__).parent / "images" / "real.png"  # what the composite was before
SIZE = (480, 320)
DUSK = (0.15, 0.2, 0.3)  # linear gains of red, green, blue

# Outlines in pixels of the photograph: centre, half axes and tilt in degrees of ellipses, as a
# circle seen in perspective is one; corners of the spoon's end.
SAUCER_UPPER_EDGE = ((277.0, 217.0), (200.5, 169.0), 2.0)
SAUCER_LOWER_EDGE = ((279.2, 223.8), (202.2, 166.5), 4.5)
CUP_RIM = ((290.3, 114.0), (118.0, 96.4), 6.4)
SPOON = ((396, 69), (399, 67), (408, 66), (417, 68), (423, 73), (424, 78), (415, 112), (400, 130))
OVERSAMPLING = 8


def ellipse(centre, half_axes, tilt):
    angle = np.linspace(0, 2 * np.pi, 400)
    cos, sin = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
    x, y = half_axes[0] * np.cos(angle), half_axes[1] * np.sin(angle)
    return np.stack([centre[0] + cos * x - sin * y, centre[1] + sin * x + cos * y], axis=1)


def draw_mask(width, height):
    mask = Image.new("L", (width * OVERSAMPLING, height * OVERSAMPLING))
    draw = ImageDraw.Draw(mask)
    ellipses = [ellipse(*outline) for outline in (SAUCER_UPPER_EDGE, SAUCER_LOWER_EDGE, CUP_RIM)]
    for outline in [np.array(SPOON), *ellipses]:
        draw.polygon((outline * OVERSAMPLING).ravel().tolist(), fill=255)
    return mask.resize(SIZE, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(0.7))


def relight(codes, gains):
    """Multiply linear light; in and out are sRGB codes 0..1 (IEC 61966-2-1)."""
    linear = np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4) * gains
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def main():
    photo = Image.fromarray(data.coffee())
    mask = draw_mask(*photo.size)
    photo_in_size = photo.resize(SIZE, Image.Resampling.LANCZOS)
    photo_in_size.save(REAL, optimize=True)
    real = np.asarray(photo_in_size) / 255
    weight = np.asarray(mask)[..., None] / 255
    composite = weight * relight(real, DUSK) + (1 - weight) * real
    picture = Image.fromarray(np.rint(composite * 255).astype(np.uint8))
    picture.save(FOLDER / "composite.jpg", quality=92, subsampling=0, optimize=True)
    mask.save(FOLDER / "mask.png", optimize=True)


if __name__ == "__main__":
    main()
