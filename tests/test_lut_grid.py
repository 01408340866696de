"""Grids of 3D tables against a loop over pixels."""

import copy
import pickle

import harmonia
import numpy as np
import pytest
from harmonia import _core
from harmonia.lut import LutGrid, apply_lut3d, apply_lut_grid, identity
from hypothesis import given
from hypothesis import strategies as st
from images import ALIGNED, DTYPES, LAYOUTS, as_dtype, bits, level, scene, unit, with_alpha
from isas import ISAS, counts, forced, threads
from kinds import needs_torch, torch
from reference import lut_grid as reference

per_dtype = pytest.mark.parametrize("dtype", DTYPES)
per_interpolation = pytest.mark.parametrize("interpolation", ["trilinear", "tetrahedral"])


def some_nodes(cells=(2, 3), size=(5, 4, 6), seed=0):
    """Tables that leave colours around where they were, each another way."""
    rng = np.random.default_rng(seed)
    axes = [np.linspace(0, 1, n) for n in size]
    nodes = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    return (nodes + rng.uniform(-0.2, 0.2, (*cells, *size, 3))).astype(np.float32)


def tolerance(nodes, dtype, largest=1.0):
    # A place in a table is off by 3 * 2^-24 cells, one over the picture by 2^-24, of differences of
    # at most twice the largest value; sums of at most eight terms are rounded 24 times. Values of
    # float16 beyond 1 lie two levels apart.
    most = float(np.abs(nodes).max()) * largest
    code = level(dtype) / (1 if dtype == "float16" else 2)
    return code + most * (2 * 3 * 3 + 2 * 2 + 24) * 2.0**-24


@per_dtype
@per_interpolation
@pytest.mark.parametrize(
    ("cells", "size"),
    [((1, 1), (2, 2, 2)), ((1, 4), (3, 5, 2)), ((3, 1), (9, 9, 9)), ((2, 3), (5, 4, 6))],
)
def test_output_is_the_sliced_table_blended(cells, size, interpolation, dtype):
    image, mask = scene(23, 41)
    image, mask = as_dtype(image, dtype), mask.astype(np.float32)
    nodes = some_nodes(cells, size)
    new = reference.apply_lut_grid(unit(image), nodes, interpolation=interpolation)
    if dtype.startswith("uint"):
        new = new.clip(0, 1)
    for strength in (1.0, 0.4):
        share = (strength * mask)[..., None]
        expected = share * new + (1 - share) * unit(image)
        out = apply_lut_grid(image, nodes, mask, interpolation=interpolation, strength=strength)
        np.testing.assert_allclose(unit(out), expected, atol=tolerance(nodes, dtype), rtol=0)


@given(
    size=st.tuples(st.integers(1, 9), st.integers(1, 30)),
    cells=st.tuples(st.integers(1, 7), st.integers(1, 20)),
    axes=st.tuples(*[st.integers(2, 7)] * 3),
    interpolation=st.sampled_from(["trilinear", "tetrahedral"]),
    seed=st.integers(0, 99),
)
def test_any_picture_meets_any_grid(size, cells, axes, interpolation, seed):
    rng = np.random.default_rng(seed)
    image = rng.uniform(0, 1, (*size, 3)).astype(np.float32)
    nodes = some_nodes(cells, axes, seed)
    expected = reference.apply_lut_grid(unit(image), nodes, interpolation=interpolation)
    out = apply_lut_grid(image, nodes, interpolation=interpolation)
    np.testing.assert_allclose(out, expected, atol=tolerance(nodes, "float32"), rtol=0)


@per_dtype
@per_interpolation
@pytest.mark.parametrize("cells", [(1, 1), (3, 4)])
def test_a_constant_grid_is_its_table(cells, interpolation, dtype):
    image, mask = scene(37, 300)
    image, mask = as_dtype(image, dtype), mask.astype(np.float32)
    table = some_nodes((1, 1), (9, 5, 7))[0, 0]
    nodes = np.broadcast_to(table, (*cells, *table.shape))
    out = apply_lut_grid(image, nodes, mask, interpolation=interpolation)
    expected = apply_lut3d(image, table, mask, interpolation=interpolation)
    if dtype == "uint8":  # a single table works on bytes in whole numbers, to 0.55 of a code
        np.testing.assert_allclose(out, expected.astype(int), atol=1, rtol=0)
    else:
        np.testing.assert_array_equal(out, expected)


@per_dtype
@per_interpolation
def test_identities_change_no_code(interpolation, dtype):
    image = as_dtype(scene(37, 300)[0], dtype)
    nodes = np.broadcast_to(identity(17).nodes, (3, 2, 17, 17, 17, 3))
    out = apply_lut_grid(image, nodes, interpolation=interpolation)
    if dtype == "float32":
        np.testing.assert_allclose(out, image, atol=tolerance(nodes, dtype), rtol=0)
    else:
        np.testing.assert_array_equal(out, image)


@per_interpolation
def test_a_pixel_at_the_centre_of_a_cell_gets_the_table_of_the_cell(interpolation):
    # As many pixels as cells, so that every pixel is at a centre.
    nodes = some_nodes((4, 6))
    image = scene(4, 6)[0].astype(np.float32)
    out = apply_lut_grid(image, nodes, interpolation=interpolation)
    for y, x in np.ndindex(4, 6):
        own = apply_lut_grid(image, nodes[y : y + 1, x : x + 1], interpolation=interpolation)
        np.testing.assert_array_equal(out[y, x], own[y, x])


def test_beyond_the_outermost_centres_tables_stay():
    nodes = some_nodes((2, 2))
    image = np.full((40, 40, 3), 0.4, np.float32)
    out = apply_lut_grid(image, nodes)
    corner = apply_lut_grid(image, nodes[:1, :1])
    np.testing.assert_array_equal(out[:10, :10], corner[:10, :10])
    assert (out[:10, 11] != corner[:10, 11]).any(axis=-1).all()


@per_interpolation
def test_colours_beyond_the_tables_are_clamped_continued_or_refused(interpolation):
    image = (scene(9, 40)[0] * 3 - 1).astype(np.float32)
    nodes = some_nodes()
    for beyond, extrapolate in (("clamp", False), ("extrapolate", True)):
        expected = reference.apply_lut_grid(
            unit(image), nodes, interpolation=interpolation, extrapolate=extrapolate
        )
        out = apply_lut_grid(image, nodes, interpolation=interpolation, out_of_range=beyond)
        # Twice the box beyond the border of up to five cells: shares up to 11, three multiplied.
        np.testing.assert_allclose(out, expected, atol=tolerance(nodes, "float32", 11.0**3), rtol=0)
    with pytest.raises(ValueError, match=r"image must be within the tables' domain 0\.\.1, got -"):
        apply_lut_grid(image, nodes, out_of_range="error")
    inside = image.clip(0, 1)
    np.testing.assert_array_equal(
        apply_lut_grid(inside, nodes, out_of_range="error"), apply_lut_grid(inside, nodes)
    )
    codes = as_dtype(inside, "uint8")
    np.testing.assert_array_equal(
        apply_lut_grid(codes, nodes, out_of_range="error"), apply_lut_grid(codes, nodes)
    )


@pytest.mark.parametrize("huge", [3.4e38, -3.4e38])
@per_interpolation
def test_huge_floats_stay_finite(interpolation, huge):
    image = np.full((3, 20, 3), huge, np.float32)
    nodes = 1e6 * np.sign(some_nodes() - 0.5)
    for beyond in ("clamp", "extrapolate"):
        out = apply_lut_grid(image, nodes, interpolation=interpolation, out_of_range=beyond)
        assert np.isfinite(out).all()


@pytest.mark.parametrize("channels", [3, 4])
@per_interpolation
@per_dtype
def test_layouts_background_and_alpha(dtype, interpolation, channels):
    image, soft = scene(37, 600)
    image = as_dtype(image, dtype)
    image = image if channels == 3 else with_alpha(image)
    # Full, partly covered and empty blocks.
    mask = np.where(np.arange(600) < 256, 1, np.where(np.arange(600) < 512, soft, 0))
    mask = as_dtype(mask, "float32")
    grid = LutGrid(some_nodes())
    expected = apply_lut_grid(image, grid, mask, interpolation=interpolation)
    assert (bits(expected)[mask == 0] == bits(image)[mask == 0]).all()
    assert (bits(expected)[..., 3:] == bits(image)[..., 3:]).all()
    for name, lay in LAYOUTS.items():
        out = apply_lut_grid(lay(image), grid, lay(mask), interpolation=interpolation)
        np.testing.assert_array_equal(bits(out), bits(expected), err_msg=name)


@per_dtype
def test_results_may_lie_in_any_way(dtype):
    image, mask = scene(23, 290)
    image, mask = as_dtype(image, dtype), mask.astype(np.float32)
    expected = apply_lut_grid(image, some_nodes(), mask)
    for name, lay in ALIGNED.items():
        out = lay(np.zeros_like(image))
        if not out.flags.writeable:
            continue
        assert apply_lut_grid(image, some_nodes(), mask, out=out) is out
        np.testing.assert_array_equal(bits(out), bits(expected), err_msg=name)


@pytest.mark.threads
@per_interpolation
@per_dtype
def test_instruction_sets_threads_and_repeats_give_equal_bytes(dtype, interpolation):
    image, mask = scene(131, 311)
    image, mask = as_dtype(image, dtype), as_dtype(mask, "uint8")
    mask[:60] = 255
    grid = LutGrid(some_nodes((3, 4), (9, 8, 7)))
    with forced("baseline"), threads(1):
        expected = apply_lut_grid(image, grid, mask, interpolation=interpolation).tobytes()
    for isa in ISAS:
        for count in counts(1, 2, 4):
            with forced(isa), threads(count):
                out = apply_lut_grid(image, grid, mask, interpolation=interpolation)
                assert out.tobytes() == expected, f"{isa}, {count} threads"


def test_integers_are_held_within_their_range_and_floats_are_not():
    nodes = np.full((1, 2, 2, 2, 2, 3), -2.0, np.float32)
    nodes[:, 1] = 3
    for dtype in ("uint8", "uint16"):
        out = apply_lut_grid(as_dtype(scene(4, 4)[0], dtype), nodes)
        assert (out[:, 0] == 0).all()
        assert (out[:, 3] == np.iinfo(dtype).max).all()
    for dtype in ("float16", "float32"):
        out = apply_lut_grid(scene(4, 4)[0].astype(dtype), nodes)
        np.testing.assert_allclose(out[:, 0], -2, rtol=level(dtype))
        np.testing.assert_allclose(out[:, 3], 3, rtol=level(dtype))


def test_inputs_stay_and_empty_masks_copy():
    image, nodes = as_dtype(scene()[0], "uint8"), some_nodes()
    before = image.copy(), nodes.copy()
    out = apply_lut_grid(image, nodes, np.zeros(image.shape[:2], bool))
    np.testing.assert_array_equal(out, image)
    np.testing.assert_array_equal(apply_lut_grid(image, nodes, strength=0.0), image)
    apply_lut_grid(image, nodes)
    np.testing.assert_array_equal(image, before[0])
    np.testing.assert_array_equal(nodes, before[1])


@needs_torch
@per_interpolation
def test_a_batch_has_a_grid_for_each_image(interpolation):
    images = torch.from_numpy(np.stack([np.moveaxis(scene(20, 30, s)[0], -1, 0) for s in (0, 1)]))
    images = images.float()
    nodes = torch.from_numpy(np.stack([some_nodes(seed=0), some_nodes(seed=1)]))
    together = apply_lut_grid(images, nodes, interpolation=interpolation)
    listed = apply_lut_grid(images, [LutGrid(n) for n in nodes], interpolation=interpolation)
    assert torch.equal(together, listed)
    for one, grid, got in zip(images, nodes, together, strict=True):
        assert torch.equal(apply_lut_grid(one, grid, interpolation=interpolation), got)
        image = np.moveaxis(one.numpy(), 0, -1)
        alone = apply_lut_grid(image, grid.numpy(), interpolation=interpolation)
        np.testing.assert_array_equal(np.moveaxis(got.numpy(), 0, -1), alone)
    out = torch.empty_like(images)
    assert apply_lut_grid(images, nodes, interpolation=interpolation, out=out) is out
    assert torch.equal(out, together)


def test_a_method_may_give_a_grid(monkeypatch):
    image, mask = as_dtype(scene()[0], "uint8"), scene()[1]
    grid = LutGrid(some_nodes())
    monkeypatch.setattr("harmonia.methods.mkl.fit", lambda scene: grid)
    out = harmonia.harmonize(image, mask, "mkl", strength=0.7)
    np.testing.assert_array_equal(out, apply_lut_grid(image, grid, mask, strength=0.7))
    with pytest.raises(TypeError, match=r"place of each pixel.*apply_lut_grid"):
        harmonia.fit(image, mask, "mkl")


def test_a_grid_is_frozen_and_travels():
    nodes = some_nodes()
    grid = LutGrid(nodes)
    nodes[:] = 0
    np.testing.assert_array_equal(grid.nodes, some_nodes())
    with pytest.raises(ValueError, match="read-only"):
        grid.nodes[0] = 1
    image = as_dtype(scene()[0], "uint8")
    out = apply_lut_grid(image, grid)  # its tables are prepared now, and do not travel
    for twin in (pickle.loads(pickle.dumps(grid)), copy.deepcopy(grid)):  # noqa: S301 (our own bytes)
        np.testing.assert_array_equal(apply_lut_grid(image, twin), out)


IMAGE = as_dtype(scene(6, 5)[0], "uint8")
NODES = some_nodes()

ERRORS = {
    "a list": (
        lambda: apply_lut_grid(IMAGE, NODES.tolist()),
        TypeError,
        "apply_lut_grid: grid must be a harmonia.lut.LutGrid, a NumPy array or a torch tensor, "
        "got list; convert with numpy.asarray(...)",
    ),
    "a single table": (
        lambda: apply_lut_grid(IMAGE, NODES[0, 0]),
        ValueError,
        "LutGrid: nodes must have shape (GH, GW, R, G, B, 3), got (5, 4, 6, 3)",
    ),
    "no cells": (
        lambda: LutGrid(NODES[:0]),
        ValueError,
        "LutGrid: every picture axis of nodes must have from 1 to 1024 cells, got 0",
    ),
    "one node": (
        lambda: LutGrid(NODES[:, :, :1]),
        ValueError,
        "LutGrid: every colour axis of nodes must be a whole number from 2 to 129, got 1",
    ),
    "infinity": (
        lambda: LutGrid(NODES * np.inf),
        ValueError,
        "LutGrid: nodes must be finite, got NaN or infinity; use numpy.nan_to_num(...)",
    ),
    "too large": (
        lambda: LutGrid(np.full((1, 1, 2, 2, 2, 3), -2e6)),
        ValueError,
        "LutGrid: nodes must be within -1e+06..1e+06, got -2000000..-2000000",
    ),
    "grids for more images": (
        lambda: apply_lut_grid(IMAGE, [LutGrid(NODES)] * 2),
        ValueError,
        "apply_lut_grid: grid must be one grid or one for each of 1 images, got 2",
    ),
    "an unknown interpolation": (
        lambda: apply_lut_grid(IMAGE, NODES, interpolation="cubic"),
        ValueError,
        "apply_lut_grid: interpolation must be one of trilinear, tetrahedral, got 'cubic'",
    ),
    "an unknown range": (
        lambda: apply_lut_grid(IMAGE, NODES, out_of_range="wrap"),
        ValueError,
        "apply_lut_grid: out_of_range must be one of clamp, extrapolate, error, got 'wrap'",
    ),
}


@pytest.mark.parametrize(("call", "kind", "message"), ERRORS.values(), ids=ERRORS)
def test_wrong_calls(call, kind, message):
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == message


def test_the_compiled_kernel_checks_shapes():
    out = np.empty_like(IMAGE)
    with pytest.raises(ValueError, match=r"grid must have shape \(GH, GW, R, G, B, 3\)"):
        _core.LutGrid(NODES[0])
    with pytest.raises(ValueError, match="from 1 to 1024 cells down the picture, got 0"):
        _core.LutGrid(NODES[:0])
    with pytest.raises(ValueError, match="from 2 to 129 nodes along an axis, got 1"):
        _core.LutGrid(np.ascontiguousarray(NODES[:, :, :, :1]))
    with pytest.raises(ValueError, match="interpolation must be trilinear or tetrahedral"):
        _core.apply_lut_grid(IMAGE, None, 1.0, _core.LutGrid(NODES), "cubic", "clamp", out)
