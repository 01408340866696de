"""Seeded pictures and masks, and the ways an array can lie in memory: (H, W, C) NumPy arrays."""

import numpy as np

DTYPES = ("uint8", "uint16", "float16", "float32")

# Twelve pixels to work out by hand.
TWELVE = np.array(
    [
        [[60, 80, 130], [70, 95, 120], [90, 100, 150], [210, 180, 140]],
        [[55, 85, 110], [80, 110, 145], [65, 75, 125], [160, 120, 80]],
        [[230, 200, 160], [190, 130, 90], [140, 110, 75], [100, 60, 45]],
    ],
    np.uint8,
)
TWELVE_MASK = np.array([[255, 255, 255, 0], [255, 255, 128, 0], [0, 0, 0, 0]], np.uint8)


def scene(height=40, width=56, seed=0):
    """A composite of floats 0.1..0.9 and its soft mask: a calm bluish disc on a warm ground."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    phase = rng.uniform(0, 6, 3)
    waves = np.stack([np.sin(7 * x + 3 * y + p) for p in phase], axis=-1)
    noise = rng.uniform(-1, 1, (height, width, 3))
    ground = np.array([0.62, 0.48, 0.34]) + 0.16 * waves + 0.08 * noise
    disc = np.array([0.30, 0.40, 0.58]) + 0.07 * waves[::-1] + 0.06 * noise
    mask = soft_disc(height, width)
    return np.where(mask[..., None] > 0, disc, ground), mask


def soft_disc(height, width):
    """1 in the middle, 0 at the rim, and a ramp between."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return np.clip((0.7 - np.hypot(x, y)) * 4, 0, 1)


def as_dtype(image, dtype):
    """0..1 as the codes or floats of a type."""
    if np.issubdtype(dtype, np.integer):
        return np.rint(image * np.iinfo(dtype).max).astype(dtype)
    return image.astype(dtype)


def unit(image):
    """The codes or floats of any type as float64 in 0..1."""
    top = np.iinfo(image.dtype).max if np.issubdtype(image.dtype, np.integer) else 1
    return image.astype(np.float64) / top


def level(dtype):
    """The step between two codes of a type near 1, in 0..1."""
    if np.issubdtype(dtype, np.integer):
        return 1 / np.iinfo(dtype).max
    return float(np.finfo(dtype).epsneg)


def with_alpha(image):
    """A fourth channel that holds every kind of value."""
    ramp = np.arange(image.shape[0] * image.shape[1]) % 251
    return np.concatenate(
        [image, as_dtype(ramp.reshape(*image.shape[:2], 1) / 250, image.dtype)], axis=2
    )


def bits(array):
    """Something that is equal only if every bit is."""
    return np.ascontiguousarray(array).view(f"u{array.dtype.itemsize}")


def _spread(array, steps):
    room = np.zeros([n * s for n, s in zip(array.shape, steps, strict=True)], array.dtype)
    view = room[tuple(slice(None, None, s) for s in steps)]
    view[...] = array
    return view


def _misaligned(array):
    room = np.empty(array.nbytes + 1, np.uint8)
    view = room[1:].view(array.dtype).reshape(array.shape)
    view[...] = array
    return view


def _read_only(array):
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def _cut_out(array):
    room = np.zeros([n + 5 for n in array.shape[:2]] + list(array.shape[2:]), array.dtype)
    view = room[2:-3, 3:-2]
    view[...] = array
    return view


# The same values, lying differently. Each works on images (H, W, C) and on masks (H, W).
LAYOUTS = {
    "contiguous": np.ascontiguousarray,
    "cut out": _cut_out,
    "every second row": lambda a: _spread(a, (2, 1, 1)[: a.ndim]),
    "every third column": lambda a: _spread(a, (1, 3, 1)[: a.ndim]),
    "every second channel": lambda a: _spread(a, (1, 1, 2)[: a.ndim]),
    "upside down": lambda a: a[::-1].copy()[::-1],
    "mirrored": lambda a: a[:, ::-1].copy()[:, ::-1],
    "channels reversed": lambda a: a[..., ::-1].copy()[..., ::-1],
    "Fortran": np.asfortranarray,
    "transposed": lambda a: a.swapaxes(0, 1).copy().swapaxes(0, 1),
    "planar": lambda a: np.moveaxis(np.moveaxis(a, -1, 0).copy(), 0, -1),
    "misaligned": _misaligned,
    "read only": _read_only,
}

# The Python layer copies misaligned arrays, so kernels are given none.
ALIGNED = {name: lay for name, lay in LAYOUTS.items() if name != "misaligned"}
