"""Bilateral grids of affine maps against a loop over pixels."""

import copy
import pickle

import harmonia
import numpy as np
import pytest
from harmonia import _core
from harmonia.lut import AffineGrid, apply_affine_grid
from harmonia.transform import AffineTransform
from hypothesis import given
from hypothesis import strategies as st
from images import ALIGNED, DTYPES, LAYOUTS, as_dtype, bits, level, scene, unit, with_alpha
from isas import ISAS, counts, forced, threads
from kinds import needs_torch, torch
from reference import affine_grid as reference

per_dtype = pytest.mark.parametrize("dtype", DTYPES)

MATRIX = np.array([[0.9, 0.15, -0.05], [0.1, 0.7, 0.1], [-0.1, 0.2, 1.1]], np.float32)
OFFSET = np.array([0.05, -0.03, 0.08], np.float32)
CONSTANT = np.concatenate([MATRIX, OFFSET[:, None]], axis=1)


def some_maps(depth=4, height=3, width=5, seed=0):
    """Maps that leave colours around where they were, each another way."""
    rng = np.random.default_rng(seed)
    maps = np.concatenate([np.eye(3), np.zeros((3, 1))], axis=1)
    return (maps + rng.uniform(-0.25, 0.25, (depth, height, width, 3, 4))).astype(np.float32)


def tolerance(maps, dtype):
    # Shares of the way are off by 2^-24, along the guide by 6 of these for each cell (luminance,
    # product and difference), of at most twice the largest value between two cells. Some 16 more
    # roundings are of sums of at most 4 terms, and 4 products of maps and colours are added.
    # Values of float16 beyond 1 lie two levels apart.
    most = 4 * float(np.abs(maps).max())
    code = level(dtype) / (1 if dtype == "float16" else 2)
    return code + most * (2 * (2 + 6 * len(maps)) + 4 * 16) * 2.0**-24


@per_dtype
@pytest.mark.parametrize("guided", [False, True])
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 3, 5), (8, 1, 1), (4, 3, 5), (8, 16, 16)])
def test_output_is_the_sliced_map_blended(shape, guided, dtype):
    image, mask = scene(27, 43)
    image, mask = as_dtype(image, dtype), mask.astype(np.float32)
    guide = None
    if guided:
        guide = np.random.default_rng(1).uniform(0, 1, mask.shape).astype(np.float32)
    maps = some_maps(*shape)
    new = reference.apply_affine_grid(unit(image), maps, guide)
    if dtype.startswith("uint"):
        new = new.clip(0, 1)
    for strength in (1.0, 0.4):
        share = (strength * mask)[..., None]
        expected = share * new + (1 - share) * unit(image)
        out = apply_affine_grid(image, maps, mask, guide=guide, strength=strength)
        np.testing.assert_allclose(unit(out), expected, atol=tolerance(maps, dtype), rtol=0)


@given(
    size=st.tuples(st.integers(1, 9), st.integers(1, 40)),
    cells=st.tuples(st.integers(1, 9), st.integers(1, 7), st.integers(1, 30)),
    seed=st.integers(0, 99),
)
def test_any_picture_meets_any_grid(size, cells, seed):
    rng = np.random.default_rng(seed)
    image = rng.uniform(0, 1, (*size, 3)).astype(np.float32)
    maps = some_maps(*cells, seed)
    expected = reference.apply_affine_grid(unit(image), maps)
    out = apply_affine_grid(image, maps)
    np.testing.assert_allclose(out, expected, atol=tolerance(maps, "float32"), rtol=0)


@per_dtype
@pytest.mark.parametrize("shape", [(1, 1, 1), (7, 3, 4)])
def test_a_constant_grid_is_the_affine_transform(shape, dtype):
    image, mask = scene(37, 300)
    image, mask = as_dtype(image, dtype), mask.astype(np.float32)
    affine = AffineTransform("rgb", tuple(map(float, MATRIX.ravel())), tuple(map(float, OFFSET)))
    maps = np.broadcast_to(CONSTANT, (*shape, 3, 4))
    expected = affine.apply(image, mask)
    out = apply_affine_grid(image, maps, mask)
    inside = (expected > 0) & (expected < as_dtype(np.ones(1), dtype))  # the transform is clamped
    assert inside.mean() > 0.95
    np.testing.assert_array_equal(out[inside], expected[inside])


@per_dtype
def test_the_identity_changes_nothing(dtype):
    image = as_dtype(scene(37, 300)[0], dtype)
    maps = np.broadcast_to(np.eye(3, 4), (5, 4, 3, 3, 4))
    np.testing.assert_array_equal(apply_affine_grid(image, maps), image)


def test_a_pixel_at_the_centre_of_a_cell_gets_the_map_of_the_cell():
    # As many pixels as cells, so that every pixel is at a centre; the guide too.
    maps = some_maps(4, 6, 9)
    image = scene(6, 9)[0].astype(np.float32)
    deep = np.random.default_rng(0).integers(0, 4, (6, 9))
    out = apply_affine_grid(image, maps, guide=(deep + np.float32(0.5)) / np.float32(4))
    here = maps[deep, np.arange(6)[:, None], np.arange(9)]
    products = here[..., :3] * image[..., None, :]
    expected = ((products[..., 0] + products[..., 1]) + products[..., 2]) + here[..., 3]
    np.testing.assert_array_equal(out, expected)


def test_beyond_the_outermost_centres_maps_stay():
    maps = some_maps(2, 2, 2)
    image = np.full((40, 40, 3), 0.5, np.float32)
    out = apply_affine_grid(image, maps, guide=np.zeros((40, 40), np.float32))
    corner = apply_affine_grid(image, maps[:1, :1, :1])
    np.testing.assert_array_equal(out[:10, :10], corner[:10, :10])
    assert (out[:10, 11] != corner[:10, 11]).any(axis=-1).all()


def test_two_sides_of_an_edge_get_their_own_maps():
    # Dark beside bright; the grid's single cell over the picture lifts the shadows alone.
    image = np.full((32, 64, 3), 0.2, np.float32)
    image[:, 31:] = 0.8
    maps = np.zeros((8, 1, 1, 3, 4), np.float32)
    maps[..., :3] = np.eye(3)
    maps[:3, ..., 3] = 0.1
    out = apply_affine_grid(image, maps)
    np.testing.assert_allclose(out[:, :31], 0.3, atol=1e-6)
    np.testing.assert_array_equal(out[:, 31:], image[:, 31:])
    # A guide that does not know the edge treats both alike.
    flat = apply_affine_grid(image, maps, guide=np.full((32, 64), 0.2, np.float32))
    np.testing.assert_allclose(flat - image, 0.1, atol=1e-6)


def test_luminance_guides_as_a_guide_of_its_own_does():
    image = scene(21, 33)[0].astype(np.float32)
    maps = some_maps(8, 2, 2)
    guide = reference.luminance(image).astype(np.float32)
    np.testing.assert_allclose(
        apply_affine_grid(image, maps),
        apply_affine_grid(image, maps, guide=guide),
        atol=tolerance(maps, "float32"),
        rtol=0,
    )


@pytest.mark.parametrize("channels", [3, 4])
@per_dtype
def test_layouts_background_and_alpha(dtype, channels):
    image, soft = scene(37, 600)
    image = as_dtype(image, dtype)
    image = image if channels == 3 else with_alpha(image)
    # Full, partly covered and empty blocks.
    mask = np.where(np.arange(600) < 256, 1, np.where(np.arange(600) < 512, soft, 0))
    mask = as_dtype(mask, "float32")
    guide = np.random.default_rng(2).uniform(0, 1, mask.shape).astype(np.float32)
    maps = some_maps()
    expected = apply_affine_grid(image, maps, mask, guide=guide)
    assert (bits(expected)[mask == 0] == bits(image)[mask == 0]).all()
    assert (bits(expected)[..., 3:] == bits(image)[..., 3:]).all()
    for name, lay in LAYOUTS.items():
        out = apply_affine_grid(lay(image), maps, lay(mask), guide=lay(guide))
        np.testing.assert_array_equal(bits(out), bits(expected), err_msg=name)


@per_dtype
def test_results_may_lie_in_any_way(dtype):
    image, mask = scene(23, 290)
    image, mask = as_dtype(image, dtype), mask.astype(np.float32)
    expected = apply_affine_grid(image, some_maps(), mask)
    for name, lay in ALIGNED.items():
        out = lay(np.zeros_like(image))
        if not out.flags.writeable:
            continue
        assert apply_affine_grid(image, some_maps(), mask, out=out) is out
        np.testing.assert_array_equal(bits(out), bits(expected), err_msg=name)


@pytest.mark.threads
@per_dtype
def test_instruction_sets_threads_and_repeats_give_equal_bytes(dtype):
    image, mask = scene(131, 311)
    image, mask = as_dtype(image, dtype), as_dtype(mask, "uint8")
    mask[:60] = 255
    maps = some_maps(8, 5, 7)
    with forced("baseline"), threads(1):
        expected = apply_affine_grid(image, maps, mask).tobytes()
    for isa in ISAS:
        for count in counts(1, 2, 4):
            with forced(isa), threads(count):
                out = apply_affine_grid(image, maps, mask)
                assert out.tobytes() == expected, f"{isa}, {count} threads"


def test_integers_are_held_within_their_range_and_floats_are_not():
    maps = np.zeros((1, 1, 2, 3, 4), np.float32)
    maps[..., 3] = [[[[-2.0] * 3, [3.0] * 3]]]
    for dtype in ("uint8", "uint16"):
        out = apply_affine_grid(as_dtype(scene(4, 4)[0], dtype), maps)
        assert (out[:, 0] == 0).all()
        assert (out[:, 3] == np.iinfo(dtype).max).all()
    for dtype in ("float16", "float32"):
        out = apply_affine_grid(scene(4, 4)[0].astype(dtype), maps)
        assert (out[:, 0] == -2).all()
        assert (out[:, 3] == 3).all()


@pytest.mark.parametrize("huge", [3.4e38, -3.4e38])
def test_huge_floats_stay_finite(huge):
    image = np.full((3, 20, 3), huge, np.float32)
    image[1] = 0.5
    maps = 1e6 * np.sign(some_maps(4, 2, 3))
    maps[..., 2:] *= -1
    out = apply_affine_grid(image, maps)
    assert np.isfinite(out).all()
    np.testing.assert_array_equal(out[1], apply_affine_grid(np.full_like(image, 0.5), maps)[1])


def test_inputs_stay_and_empty_masks_copy():
    image, maps = as_dtype(scene()[0], "uint8"), some_maps()
    before = image.copy(), maps.copy()
    out = apply_affine_grid(image, maps, np.zeros(image.shape[:2], bool))
    np.testing.assert_array_equal(out, image)
    np.testing.assert_array_equal(apply_affine_grid(image, maps, strength=0.0), image)
    apply_affine_grid(image, maps)
    np.testing.assert_array_equal(image, before[0])
    np.testing.assert_array_equal(maps, before[1])


@needs_torch
def test_a_batch_has_a_grid_and_a_guide_for_each_image():
    images = torch.from_numpy(np.stack([np.moveaxis(scene(20, 30, s)[0], -1, 0) for s in (0, 1)]))
    images = images.float()
    guides = torch.from_numpy(np.stack([scene(20, 30, s)[1] for s in (2, 3)])).float()
    maps = torch.from_numpy(np.stack([some_maps(seed=0), some_maps(seed=1)]))
    together = apply_affine_grid(images, maps, guide=guides)
    listed = apply_affine_grid(images, [AffineGrid(m) for m in maps], guide=guides)
    assert torch.equal(together, listed)
    for one, grid, guide, got in zip(images, maps, guides, together, strict=True):
        assert torch.equal(apply_affine_grid(one, grid, guide=guide), got)
        image = np.moveaxis(one.numpy(), 0, -1)
        alone = apply_affine_grid(image, grid.numpy(), guide=guide.numpy())
        np.testing.assert_array_equal(np.moveaxis(got.numpy(), 0, -1), alone)
    out = torch.empty_like(images)
    assert apply_affine_grid(images, maps, guide=guides, out=out) is out
    assert torch.equal(out, together)
    assert torch.equal(apply_affine_grid(images, maps.double()), apply_affine_grid(images, maps))
    half = maps.bfloat16()
    assert torch.equal(apply_affine_grid(images, half), apply_affine_grid(images, half.float()))


@needs_torch
def test_one_grid_serves_a_whole_batch():
    planes = torch.from_numpy(np.moveaxis(as_dtype(scene(20, 30)[0], "uint8"), -1, 0).copy())
    batch = torch.stack([planes, planes.flip(1)])
    grid = AffineGrid(some_maps())
    together = apply_affine_grid(batch, grid)
    for one, got in zip(batch, together, strict=True):
        assert torch.equal(apply_affine_grid(one, grid), got)


def test_a_method_may_give_a_grid(monkeypatch):
    image, mask = as_dtype(scene()[0], "uint8"), scene()[1]
    guide = np.random.default_rng(0).uniform(0, 1, mask.shape).astype(np.float32)
    grid = AffineGrid(some_maps(), guide)
    monkeypatch.setattr("harmonia.methods.mkl.fit", lambda scene: grid)
    out = harmonia.harmonize(image, mask, "mkl", strength=0.7)
    expected = apply_affine_grid(image, some_maps(), mask, guide=guide, strength=0.7)
    np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(apply_affine_grid(image, grid, mask, strength=0.7), expected)
    with pytest.raises(TypeError, match=r"place of each pixel.*apply_affine_grid"):
        harmonia.fit(image, mask, "mkl")


def test_a_grid_is_frozen_and_travels():
    maps = some_maps()
    grid = AffineGrid(maps)
    maps[:] = 0
    np.testing.assert_array_equal(grid.maps, some_maps())
    with pytest.raises(ValueError, match="read-only"):
        grid.maps[0] = 1
    for twin in (pickle.loads(pickle.dumps(grid)), copy.deepcopy(grid)):  # noqa: S301 (our own bytes)
        np.testing.assert_array_equal(twin.maps, grid.maps)


IMAGE = as_dtype(scene(6, 5)[0], "uint8")
MAPS = some_maps(2, 2, 2)
GUIDE = np.zeros((6, 5), np.float32)

ERRORS = {
    "a list": (
        lambda: apply_affine_grid(IMAGE, MAPS.tolist()),
        TypeError,
        "apply_affine_grid: grid must be a harmonia.lut.AffineGrid, a NumPy array or a torch "
        "tensor, got list; convert with numpy.asarray(...)",
    ),
    "too few axes": (
        lambda: apply_affine_grid(IMAGE, MAPS[0]),
        ValueError,
        "AffineGrid: maps must have shape (D, GH, GW, 3, 4), got (2, 2, 3, 4)",
    ),
    "maps of another shape": (
        lambda: AffineGrid(MAPS.swapaxes(3, 4)),
        ValueError,
        "AffineGrid: maps must have shape (D, GH, GW, 3, 4), got (2, 2, 2, 4, 3)",
    ),
    "no cells": (
        lambda: AffineGrid(MAPS[:, :0]),
        ValueError,
        "AffineGrid: every picture axis of maps must have from 1 to 1024 cells, got 0",
    ),
    "too deep": (
        lambda: AffineGrid(np.zeros((257, 1, 1, 3, 4))),
        ValueError,
        "AffineGrid: the guide axis of maps must have from 1 to 256 cells, got 257",
    ),
    "NaN": (
        lambda: AffineGrid(MAPS * np.nan),
        ValueError,
        "AffineGrid: maps must be finite, got NaN or infinity; use numpy.nan_to_num(...)",
    ),
    "too large": (
        lambda: AffineGrid(np.full((1, 1, 1, 3, 4), 2e6)),
        ValueError,
        "AffineGrid: maps must be within -1e+06..1e+06, got 2000000..2000000",
    ),
    "grids for more images": (
        lambda: apply_affine_grid(IMAGE, np.stack([MAPS] * 3)),
        ValueError,
        "apply_affine_grid: grid must be one grid or one for each of 1 images, got 3",
    ),
    "a guide of bytes": (
        lambda: apply_affine_grid(IMAGE, MAPS, guide=IMAGE[..., 0]),
        TypeError,
        "apply_affine_grid: guide must be floats 0..1, got uint8; "
        "divide whole numbers by the one that means 1",
    ),
    "a guide of another size": (
        lambda: apply_affine_grid(IMAGE, MAPS, guide=GUIDE[1:]),
        ValueError,
        "apply_affine_grid: guide must have the image's height and width (6, 5), got shape (5, 5)",
    ),
    "a guide beyond 0..1": (
        lambda: apply_affine_grid(IMAGE, MAPS, guide=GUIDE + 1.5),
        ValueError,
        "apply_affine_grid: guide of floats must be within 0..1, got 1.5..1.5; clip it to 0..1",
    ),
    "a strength above one": (
        lambda: apply_affine_grid(IMAGE, MAPS, strength=2),
        ValueError,
        "apply_affine_grid: strength must be a number from 0 to 1, got 2",
    ),
    "an image in place": (
        lambda: apply_affine_grid(IMAGE, MAPS, out=IMAGE),
        ValueError,
        "apply_affine_grid: out must not share memory with image; pass another array",
    ),
}


@pytest.mark.parametrize(("call", "kind", "message"), ERRORS.values(), ids=ERRORS)
def test_wrong_calls(call, kind, message):
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == message


@needs_torch
def test_a_grid_with_a_gradient_is_refused():
    maps = torch.from_numpy(MAPS).requires_grad_()
    with pytest.raises(ValueError, match=r"grid requires a gradient.*grid\.detach\(\)"):
        apply_affine_grid(IMAGE, maps)
    with torch.no_grad():
        np.testing.assert_array_equal(
            apply_affine_grid(IMAGE, maps), apply_affine_grid(IMAGE, MAPS)
        )


def test_the_compiled_kernel_checks_shapes():
    out = np.empty_like(IMAGE)
    with pytest.raises(ValueError, match=r"grid must have shape \(D, GH, GW, 3, 4\)"):
        _core.apply_affine_grid(IMAGE, None, 1.0, MAPS[0], None, out)
    with pytest.raises(ValueError, match="from 1 to 1024 cells across the picture, got 0"):
        _core.apply_affine_grid(IMAGE, None, 1.0, MAPS[:, :, :0].copy(), None, out)
    with pytest.raises(ValueError, match="guide must have the height and width of image"):
        _core.apply_affine_grid(IMAGE, None, 1.0, MAPS, GUIDE[1:], out)
    with pytest.raises(TypeError, match="guide must be float32"):
        _core.apply_affine_grid(IMAGE, None, 1.0, MAPS, GUIDE.astype(np.float64), out)
