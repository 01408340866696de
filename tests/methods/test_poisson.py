"""Perez et al. 2003 for a composite and a mask: the definition, its seams, references, limits."""

import numpy as np
import originals
import pytest
from harmonia import _core, harmonize
from images import DTYPES, as_dtype, level, scene, soft_disc, unit
from reference.moments import blend
from reference.poisson import fitted_jump, plain_jump, poisson, reference_jump

per_dtype = pytest.mark.parametrize("dtype", DTYPES)

# The membrane is solved to 1e-5 at the very worst; see tests/test_membrane.py.
SOLVED = 1e-5


def assert_is(out, image, mask, jump):
    expected = blend(poisson(unit(image), mask, jump), unit(image), mask)
    tolerance = 0.5 * level(image.dtype) + SOLVED
    np.testing.assert_allclose(unit(out), expected, atol=tolerance, rtol=0)


def hole(mask):
    mask = mask.copy()
    mask[mask.shape[0] // 2 :][:3, 14:17] = False
    return mask


SHAPES = {
    "disc": lambda: soft_disc(24, 31) > 0.3,
    "disc with a hole": lambda: hole(soft_disc(24, 31) > 0.3),
    "left half": lambda: np.indices((24, 31))[1] < 13,
    "all but one pixel": lambda: np.arange(24 * 31).reshape(24, 31) != 100,
    "all but a corner": lambda: np.arange(24 * 31).reshape(24, 31) > 0,
    "one pixel": lambda: np.arange(24 * 31).reshape(24, 31) == 100,
    "one row": lambda: np.indices((24, 31))[0] == 7,
    "checkerboard": lambda: np.indices((24, 31)).sum(axis=0) % 2 == 0,
    "specks": lambda: np.random.default_rng(4).random((24, 31)) < 0.3,
    "two discs": lambda: np.abs(soft_disc(24, 31) - 0.5) > 0.4,
}
per_shape = pytest.mark.parametrize("shape", SHAPES)


@per_shape
@per_dtype
def test_ring_one_is_the_textbook(shape, dtype):
    mask = SHAPES[shape]()
    image = as_dtype(scene(24, 31, seed=1)[0], dtype)
    out = harmonize(image, mask, "poisson", ring=1)
    assert_is(out, image, mask, lambda y, x: plain_jump(unit(image), mask, y, x))


@per_shape
@pytest.mark.parametrize("ring", [2, 5, 7])
def test_wider_rings_fit_a_gradient_and_a_step(shape, ring):
    mask = SHAPES[shape]()
    image = as_dtype(scene(24, 31, seed=1)[0], "float32")
    out = harmonize(image, mask, "poisson", ring=ring)
    assert_is(out, image, mask, lambda y, x: fitted_jump(unit(image), mask * 1.0, y, x, ring))


@per_shape
@pytest.mark.parametrize("ring", [1, 4])
def test_a_reference_is_met_where_it_lies(shape, ring):
    mask = SHAPES[shape]()
    image, plate = (as_dtype(scene(24, 31, seed=s)[0], "float32") for s in (1, 2))
    out = harmonize(image, mask, "poisson", reference=plate, ring=ring)
    colours, target = unit(image), unit(plate)
    assert_is(out, image, mask, lambda y, x: reference_jump(colours, mask, target, y, x, ring))


def step(height=40, width=60, jump=(0.2, -0.1, 0.15)):
    """A slanted background, and the jump that a foreground has on it."""
    y, x = np.mgrid[:height, :width] / 60
    ground = np.stack([0.3 + 0.2 * y + 0.2 * x, 0.6 - 0.3 * x, 0.4 + 0.3 * y], axis=-1)
    return ground, np.array(jump)


def feather(width, height=40, columns=60):
    """A mask that rises over `width` pixels from left to right; 0 is a step."""
    x = np.arange(columns) - columns / 2 + 0.5
    ramp = np.clip(x / width + 0.5, 0, 1) if width else (x > 0) * 1.0
    return np.tile(ramp, (height, 1)).astype(np.float32)


@pytest.mark.parametrize("ring", [3, 8, 13, 30])
@pytest.mark.parametrize("width", [0, 1, 2, 4, 8, 16])
def test_a_feathered_seam_vanishes_as_a_hard_one_does(ring, width):
    # colour = ground + mask * jump is what compositing through a feather gives. What the gradient
    # costs leaves a slope of a pixel or two in the jump; here that is 0.001 a pixel.
    ground, jump = step()
    ground = 0.2 * ground + 0.3
    mask = feather(width)
    image = (ground + mask[..., None] * jump).astype(np.float32)
    out = harmonize(image, mask, "poisson", ring=ring)
    np.testing.assert_allclose(out, ground, atol=1 / 255, rtol=0)


def test_stray_greys_around_a_mask_do_not_pull_on_it():
    # As JPEG leaves them: a faint margin above the foreground, wider than the discs, so that at its
    # upper edge they see nothing of the jump but noise divided by 1/255.
    rng = np.random.default_rng(0)
    ground, jump = step(80, 120)
    ground = 0.2 * ground + 0.4 + rng.normal(0, 0.02, ground.shape)
    clean = np.zeros((80, 120), np.float32)
    clean[20:60, 30:90] = 1
    strayed = clean.copy()
    strayed[12:20, 30:90] = 1 / 255
    image = (ground + clean[..., None] * jump).astype(np.float32)
    wanted = harmonize(image, clean, "poisson", ring=3)
    out = harmonize(image, strayed, "poisson", ring=3)
    assert np.abs(wanted - ground)[clean > 0].mean() < 0.02
    assert np.abs(out - ground)[clean > 0].mean() < 0.04
    assert np.abs(out - ground)[20:24, 30:90].mean() < 0.06


@pytest.mark.parametrize("ring", [1, 3, None])
@per_dtype
def test_a_foreground_cut_from_its_own_background_stays(ring, dtype):
    ground, _ = step()
    image = as_dtype(0.2 * ground + 0.3, dtype)  # 1/1500 a pixel: what ring=1 takes for a jump
    mask = soft_disc(40, 60) > 0.2
    out = harmonize(image, mask, "poisson", ring=ring)
    assert np.abs(unit(out) - unit(image)).max() < 1.001 / 255


@pytest.mark.parametrize("ring", [1, 3, None])
def test_the_plate_a_composite_was_cut_from_changes_nothing(ring):
    image, mask = scene(90, 120)
    image = as_dtype(image, "uint8")
    for weights in (mask.astype(np.float32), mask > 0.5, np.ones_like(mask, bool)):
        out = harmonize(image, weights, "poisson", reference=image, ring=ring)
        np.testing.assert_array_equal(out, image)


def test_gradients_inside_stay():
    # new - old is harmonic: every pixel that touches no other side has the mean of its neighbours.
    image, mask = scene(60, 80)
    image, mask = image.astype(np.float32), mask > 0.4
    e = harmonize(image, mask, "poisson", ring=5).astype(np.float64) - image
    inner = mask[1:-1, 1:-1] & mask[:-2, 1:-1] & mask[2:, 1:-1] & mask[1:-1, :-2] & mask[1:-1, 2:]
    around = (e[:-2, 1:-1] + e[2:, 1:-1] + e[1:-1, :-2] + e[1:-1, 2:]) / 4
    # Four values off by 1e-5 and the rounding of float32 near 1.
    assert np.abs(around - e[1:-1, 1:-1])[inner].max() < 2 * SOLVED


def test_what_the_reference_mask_leaves_out_is_never_looked_at():
    image, mask = scene(40, 56)
    image = as_dtype(image, "uint8")
    plate = as_dtype(scene(40, 56, seed=3)[0], "uint8")
    other = plate.copy()
    other[mask > 0] = np.random.default_rng(0).integers(0, 256, other[mask > 0].shape)
    a, b = (
        harmonize(image, mask > 0, "poisson", reference=p, reference_mask=mask == 0)
        for p in (plate, other)
    )
    np.testing.assert_array_equal(a, b)


def test_the_reference_is_filled_in_from_its_surroundings():
    # Left of the mask the reference is dark, right of it bright, and under it not to be used.
    image, _ = scene(64, 96)
    mask = np.zeros((64, 96), bool)
    mask[16:48, 32:64] = True
    plate = np.full((64, 96, 3), 0.2)
    plate[:, 48:] = 0.8
    image[mask] = 0.5
    out = harmonize(
        image.astype(np.float32),
        mask,
        "poisson",
        reference=plate.astype(np.float32),
        reference_mask=~mask,
    )
    assert out[32, 33].max() < 0.35
    assert out[32, 62].min() > 0.65
    assert (out[mask] > 0.19).all()
    assert (out[mask] < 0.81).all()


@pytest.mark.parametrize("size", [(20, 28), (40, 56), (80, 112), (120, 168), (61, 45), (1, 1)])
def test_a_reference_is_stretched_over_the_composite(size):
    height, width = size
    mask = soft_disc(40, 56)
    y = (np.arange(height) + 0.5) / height
    x = (np.arange(width) + 0.5) / width
    plate = np.stack(np.broadcast_arrays(y[:, None], x[None], 0.5), axis=-1)
    out = harmonize(
        np.full((40, 56, 3), 0.5, np.float32),
        mask > 0,
        "poisson",
        reference=plate.astype(np.float32),
        ring=1,
    )
    y, x = (np.mgrid[:40, :56] + 0.5) / np.array([40, 56])[:, None, None]
    wanted = np.stack([y, x, 0.5 + 0 * x], axis=-1)
    if size == (1, 1):
        wanted = np.full(wanted.shape, 0.5)
    # The ghost beyond the seam has the seam's value: a slope of a pixel at most is missing there.
    assert np.abs(out - wanted)[mask > 0].max() < 1 / 40


def test_a_full_mask_meets_the_reference_at_the_rim():
    image, plate = (as_dtype(scene(30, 40, seed=s)[0], "float32") for s in (0, 1))
    mask = np.ones((30, 40), bool)
    out = harmonize(image, mask, "poisson", reference=plate, ring=1)
    around = np.pad(mask, 1)  # a frame that belongs to the picture makes it an ordinary seam
    expected = harmonize(
        np.pad(image, ((1, 1), (1, 1), (0, 0)), mode="edge"),
        around,
        "poisson",
        reference=np.pad(plate, ((1, 1), (1, 1), (0, 0)), mode="edge"),
        ring=1,
    )[1:-1, 1:-1]
    np.testing.assert_allclose(out, expected, atol=2 * SOLVED, rtol=0)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_a_mask_that_nowhere_ends_has_no_seam(dtype):
    image = as_dtype(scene(20, 30)[0], dtype)
    mask = np.full((20, 30), 0.4, np.float32)
    mask[5, 5] = 1
    np.testing.assert_array_equal(harmonize(image, mask, "poisson"), image)


def test_pieces_do_not_touch_each_other():
    # Two discs far apart: what one is worth does not depend on the other.
    ground, jump = step(60, 160)
    ground = 0.2 * ground + 0.4
    y, x = np.mgrid[:60, :160]
    left, right = np.hypot(y - 30, x - 35) < 15, np.hypot(y - 30, x - 120) < 20
    image = ground.copy()
    image[left] += jump / 4
    image[right] -= jump / 4
    image = image.astype(np.float32)
    both = harmonize(image, left | right, "poisson", ring=6)
    for piece in (left, right):
        alone = harmonize(image, piece, "poisson", ring=6)
        np.testing.assert_allclose(both[piece], alone[piece], atol=2 * SOLVED, rtol=0)


def test_discs_of_coarser_cells_say_the_same():
    # Above 12 pixels of radius a disc is made of cells. On a plane they fit what pixels fit.
    ground, jump = step(300, 400)
    ground = 0.15 * ground + 0.4
    y, x = np.mgrid[:300, :400]
    mask = np.hypot(y - 150, x - 200) < 90
    image = (ground + mask[..., None] * jump).astype(np.float32)
    for ring in (8, 25, 60, 200):
        out = harmonize(image, mask, "poisson", ring=ring)
        np.testing.assert_allclose(out, ground, atol=1 / 255, rtol=0)


def test_discs_of_coarser_cells_lie_on_the_seam():
    # A picture mirrored at the seam has no jump there, whatever it shows; cells are 4 pixels wide.
    half = np.random.default_rng(0).uniform(0, 1, (160, 144, 3)).astype(np.float32)
    image = np.concatenate([half, half[:, ::-1]], axis=1)
    mask = np.indices((160, 288))[1] < 144
    out = harmonize(image, mask, "poisson", ring=48)
    np.testing.assert_allclose(out, image, atol=SOLVED, rtol=0)


def test_the_ring_grows_with_the_picture():
    for size in ((60, 80), (300, 400), (600, 800)):
        image, mask = scene(*size)
        image = as_dtype(image, "uint8")
        ring = max(2, round(np.hypot(*size) / 100))
        np.testing.assert_array_equal(
            harmonize(image, mask, "poisson"), harmonize(image, mask, "poisson", ring=ring)
        )


def test_streaks_of_single_pixels_fade_with_the_ring():
    rng = np.random.default_rng(0)
    image = 0.4 + 0.05 * rng.standard_normal((120, 160, 3))
    mask = soft_disc(120, 160) > 0
    image[mask] += 0.2
    image = np.clip(image, 0, 1).astype(np.float32)
    unevenness = [
        (harmonize(image, mask, "poisson", ring=ring) - image)[mask].std() for ring in (1, 3, 8)
    ]
    assert unevenness[1] < 0.7 * unevenness[0]
    assert unevenness[2] < 0.5 * unevenness[0]


@pytest.mark.parametrize("ring", [0, -1, 1025, True, 2.0, "wide"])
def test_rings_are_whole_numbers_of_pixels(ring):
    image, mask = scene()
    with pytest.raises(ValueError, match=r"poisson: ring must be a whole number.*1 takes"):
        harmonize(as_dtype(image, "uint8"), mask, "poisson", ring=ring)


def test_the_kernel_refuses_a_ring_of_nothing():
    image = np.zeros((4, 4, 3), np.uint8)
    with pytest.raises(ValueError, match="ring must be at least 1"):
        _core.poisson(image, None, None, None, 0, 1.0, image.copy())


@pytest.mark.parametrize("name", originals.NAMES)
def test_seams_of_real_composites_vanish(name):
    image = originals.read(f"set/{name}/composite.png")
    mask = originals.read(f"set/{name}/mask.png", "L") > 127
    out = harmonize(image, mask, "poisson", ring=2)

    def jump(picture):
        """The mean absolute difference of a strip inside to one outside, over the rows."""
        across = mask[:, 1:] != mask[:, :-1]
        return np.abs(np.diff(picture.astype(float), axis=1))[across].mean()

    assert jump(out) < 0.8 * jump(image)
