"""Applying a 3D table: exact by the reference, equal bytes everywhere, no byte too many."""

import pickle

import numpy as np
import pytest
from harmonia import _core, lut
from harmonia.transform import UNIT
from hypothesis import given
from hypothesis import strategies as st
from images import (
    ALIGNED,
    DTYPES,
    LAYOUTS,
    as_dtype,
    bits,
    level,
    scene,
    soft_disc,
    unit,
    with_alpha,
)
from isas import ISAS, counts, forced, threads
from parts import examples
from reference import lut3d as reference
from reference.composite import composite

INTERPOLATIONS = ("trilinear", "tetrahedral")
SIZES = ((2, 2, 2), (3, 4, 5), (17, 17, 17), (33, 33, 33), (2, 129, 3))
DOMAIN = ((-0.1, 0.05, 0.2), (1.2, 0.9, 0.75))


def random_lut(size, seed=0, low=0.0, high=1.0, **options):
    rng = np.random.default_rng(seed)
    return lut.Lut(rng.uniform(low, high, (*size, 3)), **options)


def colours(count=400, seed=1, low=0.0, high=1.0):
    """Random ones, and those at the ends of every axis."""
    rng = np.random.default_rng(seed)
    values = rng.uniform(low, high, (count, 3))
    values[:8] = np.stack(np.meshgrid(*[[low, high]] * 3), axis=-1).reshape(8, 3)
    return values.reshape(1, count, 3)


SHAPER = np.stack([np.linspace(0, 1, 9) ** p for p in (0.5, 1.0, 2.2)], axis=1)


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_floats_are_the_exact_value_to_2e_6(size, interpolation):
    table = random_lut(size)
    image = colours().astype(np.float32)
    wanted = reference.apply_lut3d(image.astype(float), table, interpolation=interpolation)
    given = lut.apply_lut3d(image, table, interpolation=interpolation)
    np.testing.assert_allclose(given, wanted, rtol=0, atol=2e-6)


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_bytes_are_within_0_55_of_the_exact_level(size, interpolation):
    table = random_lut(size)
    image = as_dtype(colours(2000), np.uint8)
    wanted = 255 * reference.apply_lut3d(unit(image), table, interpolation=interpolation)
    given = lut.apply_lut3d(image, table, interpolation=interpolation)
    assert abs(given - wanted).max() <= 0.55


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "options",
    [{"domain": DOMAIN}, {"shaper": SHAPER}, {"shaper": SHAPER, "shaper_domain": DOMAIN}],
    ids=["domain", "shaper", "shaper with a domain"],
)
def test_domains_and_shapers_come_before_the_table(options, dtype, interpolation):
    table = random_lut((5, 6, 7), low=0.1, high=0.9, **options)
    image = as_dtype(colours(), dtype)
    wanted = reference.apply_lut3d(unit(image), table, interpolation=interpolation)
    given = unit(lut.apply_lut3d(image, table, interpolation=interpolation))
    # Positions carry the rounding of (x - low) * scale and of the shaper, some 1e-7 of the axis,
    # which the steepest cell turns into up to 6 times as much.
    slack = {"uint8": 0.05 / 255}.get(dtype, 3e-6)
    assert abs(given - wanted).max() <= level(dtype) / 2 + slack


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("options", [{}, {"domain": DOMAIN}, {"shaper": SHAPER}], ids=str)
def test_extrapolation_continues_the_border_cell(options, interpolation):
    table = random_lut((4, 5, 6), **options)
    image = colours(low=-0.5, high=1.5).astype(np.float32)
    exact = image.astype(float)
    wanted = reference.apply_lut3d(exact, table, interpolation=interpolation, extrapolate=True)
    given = lut.apply_lut3d(image, table, interpolation=interpolation, out_of_range="extrapolate")
    # The reach of the extrapolation, some tens, times a few roundings.
    np.testing.assert_allclose(given, wanted, rtol=1e-5, atol=2e-5)
    clamped = reference.apply_lut3d(exact, table, interpolation=interpolation)
    given = lut.apply_lut3d(image, table, interpolation=interpolation)
    np.testing.assert_allclose(given, clamped, rtol=0, atol=3e-6)


def test_bytes_beyond_the_domain_extrapolate_as_floats_do():
    table = random_lut((4, 5, 6), low=0.3, high=0.7, domain=((0.2, 0.2, 0.2), (0.8, 0.8, 0.8)))
    image = as_dtype(colours(), np.uint8)
    wanted = reference.apply_lut3d(unit(image), table, extrapolate=True)
    given = lut.apply_lut3d(image, table, out_of_range="extrapolate")
    assert abs(given - 255 * np.clip(wanted, 0, 1)).max() <= 0.55


@pytest.mark.parametrize("high", [1.0, 1.003, 1.9, 3.9, 4.1, 50.0])
def test_tables_that_reach_beyond_1_keep_their_accuracy(high):
    """From 16-bit nodes with 128 units a level over coarser ones to floats."""
    table = random_lut((9, 9, 9), low=1 - high, high=high)
    image = as_dtype(colours(2000), np.uint8)
    for interpolation in INTERPOLATIONS:
        wanted = reference.apply_lut3d(unit(image), table, interpolation=interpolation)
        given = lut.apply_lut3d(image, table, interpolation=interpolation)
        # At 32 units a level a node is off by 1/64; the weights' 2^-15 count with the range.
        slack = 0.05 if high < 1.01 else 0.1
        assert abs(given - 255 * np.clip(wanted, 0, 1)).max() <= 0.5 + slack


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_the_identity_changes_no_code_at_any_size(interpolation):
    codes = np.arange(256, dtype=np.uint8)
    image = np.stack(np.broadcast_arrays(codes, codes[::-1], np.roll(codes, 77)), axis=-1)[None]
    for size in range(2, 130):
        changed = lut.apply_lut3d(image, lut.identity(size), interpolation=interpolation)
        np.testing.assert_array_equal(changed, image, err_msg=str(size))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_every_instruction_set_and_thread_count_gives_the_same_bytes(interpolation, dtype):
    image = as_dtype(colours(40000).reshape(100, 400, 3), dtype)
    mask = soft_disc(100, 400).astype(np.float32)
    table = random_lut((33, 33, 33))
    wanted = lut.apply_lut3d(image, table, mask, interpolation=interpolation)
    for isa in ISAS:
        for count in counts(1, 2, 4):
            with forced(isa), threads(count):
                given = lut.apply_lut3d(image, table, mask, interpolation=interpolation)
            np.testing.assert_array_equal(bits(given), bits(wanted))


@pytest.mark.parametrize("how", ["clamp", "extrapolate"])
@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("isa", ISAS)
def test_a_colour_does_not_depend_on_its_neighbours(isa, interpolation, how):
    """Blocks without colours beyond 0..1 take a shorter way."""
    rng = np.random.default_rng(5)
    image = colours(3000).astype(np.float32)
    image[0, 8::3] = np.minimum(image[0, 8::3] * 2.0 ** rng.integers(-30, 1, (998, 1)), 1)
    table = random_lut((34, 6, 128))  # steps that products must be rounded for
    options = {"interpolation": interpolation, "out_of_range": how}
    with forced("baseline"):
        wanted = lut.apply_lut3d(image, table, **options)
    for beyond in (0.5, 1.5, -1.5):
        beside = image.copy()
        beside[0, 9::50, 1] = beyond
        with forced(isa):
            given = lut.apply_lut3d(beside, table, **options)
        same = (beside == image).all(axis=-1)
        np.testing.assert_array_equal(bits(given)[same], bits(wanted)[same])


@pytest.mark.parametrize("dtype", DTYPES)
def test_one_layout_may_be_read_and_another_one_written(dtype):
    """What lies between the pixels of the result stays."""
    image = as_dtype(colours(700).reshape(20, 35, 3), dtype)
    table = random_lut((9, 9, 9))
    wanted = lut.apply_lut3d(image, table)
    for layout in ALIGNED.values():
        np.testing.assert_array_equal(bits(lut.apply_lut3d(layout(image), table)), bits(wanted))
    out = np.full((20, 35, 4), as_dtype(np.full(1, 0.3), dtype)[0], dtype)
    before = out[..., 3].copy()
    lut.apply_lut3d(image, table, out=out[..., :3])
    np.testing.assert_array_equal(bits(out[..., :3]), bits(wanted))
    np.testing.assert_array_equal(out[..., 3], before)


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("isa", ISAS)
def test_faces_give_the_bytes_of_planes(isa, interpolation):
    """A table's faces are made once it has seen as many pixels as it has nodes."""
    table = random_lut((17, 16, 15))
    image = as_dtype(colours(2000).reshape(40, 50, 3), np.uint8)
    mask = soft_disc(40, 50).astype(np.float32)
    with forced(isa):
        whole, masked = (
            lut.apply_lut3d(image, table, m, interpolation=interpolation) for m in (None, mask)
        )
        for _ in range(4):
            for m, first in ((None, whole), (mask, masked)):
                given = lut.apply_lut3d(image, table, m, interpolation=interpolation)
                np.testing.assert_array_equal(given, first)


@pytest.mark.parametrize("layout", ALIGNED)
@pytest.mark.parametrize("dtype", DTYPES)
def test_memory_layouts_do_not_show(dtype, layout):
    image = as_dtype(colours(700).reshape(20, 35, 3), dtype)
    mask = as_dtype(soft_disc(20, 35), np.uint8)
    table = random_lut((9, 9, 9))
    for pixels in (image, with_alpha(image)):
        wanted = lut.apply_lut3d(pixels, table, mask)
        given = lut.apply_lut3d(LAYOUTS[layout](pixels), table, LAYOUTS[layout](mask))
        np.testing.assert_array_equal(bits(given), bits(wanted))
        np.testing.assert_array_equal(bits(given[..., 3:]), bits(pixels[..., 3:]))


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_result_is_blended_through_the_mask(dtype):
    image, mask = scene()
    image = as_dtype(image, dtype)
    table = random_lut((5, 5, 5))
    changed = reference.apply_lut3d(unit(image), table)
    given = unit(lut.apply_lut3d(image, table, mask.astype(np.float32), strength=0.7))
    wanted = composite(changed, unit(image), mask.astype(np.float32), 0.7)
    slack = 0.05 / 255 if dtype == "uint8" else 2e-6
    assert abs(given - wanted).max() <= level(dtype) / 2 + slack


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_full_mask_is_none_and_an_empty_one_changes_nothing(dtype):
    image = as_dtype(scene()[0], dtype)
    table = random_lut((33, 33, 33))
    everywhere = lut.apply_lut3d(image, table)
    full = np.ones(image.shape[:2], bool)
    np.testing.assert_array_equal(bits(lut.apply_lut3d(image, table, full)), bits(everywhere))
    np.testing.assert_array_equal(bits(lut.apply_lut3d(image, table, ~full)), bits(image))


@examples(60)
@given(
    height=st.integers(1, 9),
    width=st.integers(1, 600),
    density=st.sampled_from([0.0, 0.01, 0.2, 0.99]),
    dtype=st.sampled_from(DTYPES),
    seed=st.integers(0, 2**31),
)
def test_background_bytes_stay_and_the_rest_is_as_without_a_mask(
    height, width, density, dtype, seed
):
    rng = np.random.default_rng(seed)
    image = as_dtype(rng.random((height, width, 3)), dtype)
    mask = rng.random((height, width)) < density
    table = random_lut((5, 6, 7), seed)
    given = bits(lut.apply_lut3d(image, table, mask))
    np.testing.assert_array_equal(given[~mask], bits(image)[~mask])
    np.testing.assert_array_equal(given[mask], bits(lut.apply_lut3d(image, table))[mask])


def test_pictures_that_outgrow_the_cache_get_the_same_bytes():
    rng = np.random.default_rng(3)
    wide = rng.integers(0, 256, (1500, 4001, 3), np.uint8)  # 18 MB
    mask = np.zeros(wide.shape[:2], np.uint8)
    mask[200:900, 777:3001] = 255
    mask[400:500, 900:1100] = 90
    table = random_lut((17, 17, 17))
    given = lut.apply_lut3d(wide, table, mask)
    rows = [
        lut.apply_lut3d(wide[y : y + 100], table, mask[y : y + 100]) for y in range(0, 1500, 100)
    ]
    np.testing.assert_array_equal(given, np.concatenate(rows))


def test_floats_keep_what_the_table_says_and_codes_are_held():
    table = lut.Lut(np.full((2, 2, 2, 3), [-0.5, 1.5, 3.0]))
    image = np.full((4, 5, 3), 0.5, np.float32)
    np.testing.assert_array_equal(lut.apply_lut3d(image, table)[0, 0], np.float32([-0.5, 1.5, 3]))
    for dtype in (np.uint8, np.uint16):
        held = lut.apply_lut3d(as_dtype(image, dtype), table)
        np.testing.assert_array_equal(held[0, 0], np.array([0, 1, 1]) * np.iinfo(dtype).max)
    huge = lut.apply_lut3d(image.astype(np.float16), lut.Lut(np.full((2, 2, 2, 3), 1e6)))
    assert (huge == 65504).all()  # the largest half


def test_out_receives_the_result():
    image, mask = scene()
    image = as_dtype(image, np.uint8)
    table = random_lut((9, 9, 9))
    out = np.zeros_like(image)
    assert lut.apply_lut3d(image, table, mask, out=out) is out
    np.testing.assert_array_equal(out, lut.apply_lut3d(image, table, mask))
    flipped = np.zeros_like(image)[::-1]
    lut.apply_lut3d(image, table, mask, out=flipped)
    np.testing.assert_array_equal(flipped, out)


@pytest.mark.parametrize(
    ("out", "error", "words"),
    [
        (lambda i: i, ValueError, "must not share memory"),
        (lambda i: i[::-1], ValueError, "must not share memory"),
        (lambda i: np.zeros((3, 3, 3), np.uint8), ValueError, "must be like the image"),
        (lambda i: np.zeros(i.shape, np.float32), ValueError, "must be like the image"),
        (lambda i: i.tolist(), TypeError, "out must be of the image's kind"),
        (lambda i: np.broadcast_to(np.uint8(0), i.shape), ValueError, "must be writable"),
    ],
)
def test_an_out_that_cannot_take_the_result_is_refused(out, error, words):
    image = as_dtype(scene()[0], np.uint8)
    with pytest.raises(error, match=f"apply_lut3d: .*{words}"):
        lut.apply_lut3d(image, lut.identity(2), out=out(image))


def test_bare_nodes_are_a_table():
    image = as_dtype(scene()[0], np.uint8)
    table = random_lut((4, 5, 6))
    given = lut.apply_lut3d(image, table.nodes)
    np.testing.assert_array_equal(given, lut.apply_lut3d(image, table))


def test_tables_combine_as_their_results_do():
    rng = np.random.default_rng(5)
    tables = [random_lut((9, 9, 9), seed) for seed in range(3)]
    weights = rng.uniform(-1, 1, 3)
    image = colours().astype(np.float32)
    wanted = sum(
        w * lut.apply_lut3d(image, t).astype(float) for w, t in zip(weights, tables, strict=True)
    )
    given = lut.apply_lut3d(image, lut.combine(tables, weights))
    np.testing.assert_allclose(given, wanted, rtol=0, atol=2e-6)


def test_tables_that_do_not_fit_together_do_not_combine():
    small, large = lut.identity(3), lut.identity(5)
    with pytest.raises(ValueError, match=r"combine: luts must share size.*harmonia\.lut\.resize"):
        lut.combine([small, large], [1, 1])
    with pytest.raises(ValueError, match="combine: weights must have a number for each of the 2"):
        lut.combine([small, small], [1])
    with pytest.raises(ValueError, match="combine: weights must"):
        lut.combine([], [])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"interpolation": "cubic"}, "interpolation must be one of trilinear, tetrahedral"),
        ({"out_of_range": "wrap"}, "out_of_range must be one of clamp, extrapolate, error"),
        ({"strength": 2}, "strength must be a number from 0 to 1"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(options, words):
    image = as_dtype(scene()[0], np.uint8)
    with pytest.raises(ValueError, match=f"apply_lut3d: {words}"):
        lut.apply_lut3d(image, lut.identity(2), **options)


def test_what_lies_beyond_the_domain_can_be_an_error():
    narrow = lut.Lut(lut.identity(3).nodes, domain=((0.1, 0.1, 0.1), (0.9, 0.9, 0.9)))
    grey = np.full((2, 2, 3), 0.5, np.float32)
    lut.apply_lut3d(grey, narrow, out_of_range="error")
    grey[1, 1, 2] = 0.95
    with pytest.raises(ValueError, match=r"apply_lut3d: image must be within .*got 0\.5\.\.0\.94"):
        lut.apply_lut3d(grey, narrow, out_of_range="error")
    with pytest.raises(ValueError, match=r"got 0\.\.1; use out_of_range"):
        lut.apply_lut3d(as_dtype(grey, np.uint8), narrow, out_of_range="error")


@pytest.mark.parametrize(
    ("nodes", "error", "words"),
    [
        (np.zeros((3, 3, 3)), ValueError, r"nodes must have shape \(R, G, B, 3\), got \(3, 3, 3\)"),
        (np.zeros((3, 3, 3, 4)), ValueError, "nodes must have shape"),
        (np.zeros((1, 3, 3, 3)), ValueError, "every axis of nodes must be .* from 2 to 129, got 1"),
        (
            np.zeros((2, 130, 2, 3)),
            ValueError,
            "every axis of nodes must be .* from 2 to 129, got 130",
        ),
        (np.full((2, 2, 2, 3), np.nan), ValueError, "nodes must be finite"),
        (np.full((2, 2, 2, 3), 1e300), ValueError, "nodes must be finite"),
        (np.zeros((2, 2, 2, 3), complex), TypeError, "nodes must be numbers"),
        ("warm", TypeError, "nodes must be numbers"),
    ],
)
def test_nodes_that_make_no_table_are_refused(nodes, error, words):
    with pytest.raises(error, match=f"Lut: {words}"):
        lut.Lut(nodes)


@pytest.mark.parametrize(
    "options",
    [
        {"domain": ((0, 0, 0), (1, 0, 1))},
        {"domain": ((0, 0), (1, 1))},
        {"domain": ((0, 0, 0), (1, 1, np.inf))},
        {"shaper": np.zeros((1, 3))},
        {"shaper": np.zeros((4, 4))},
        {"shaper_domain": ((1, 1, 1), (0, 0, 0))},
    ],
    ids=str,
)
def test_domains_and_shapers_that_make_no_sense_are_refused(options):
    (name,) = options
    with pytest.raises(ValueError, match=f"Lut: {name} must"):
        lut.Lut(np.zeros((2, 2, 2, 3)), **options)


def test_something_else_than_a_table_is_refused():
    image = as_dtype(scene()[0], np.uint8)
    with pytest.raises(TypeError, match=r"apply_lut3d: lut must be a harmonia\.lut\.Lut"):
        lut.apply_lut3d(image, "warm")
    with pytest.raises(ValueError, match="one table or one for each of 1 images, got 2"):
        lut.apply_lut3d(image, [lut.identity(2)] * 2)


def test_a_table_is_a_value():
    one, same, other = random_lut((3, 4, 5)), random_lut((3, 4, 5)), random_lut((3, 4, 5), 1)
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert one != "table"
    assert one.size == (3, 4, 5)
    with pytest.raises(ValueError, match="read-only"):
        one.nodes[0] = 0
    lut.apply_lut3d(as_dtype(scene()[0], np.uint8), one)  # prepared
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301
    shaped = random_lut((3, 4, 5), shaper=SHAPER, domain=DOMAIN, title="warm")
    assert pickle.loads(pickle.dumps(shaped)) == shaped  # noqa: S301
    assert shaped != one


def test_a_table_does_not_follow_the_array_it_came_from():
    nodes = lut.identity(3).nodes.copy()
    table = lut.Lut(nodes)
    nodes[:] = 0
    assert table == lut.identity(3)


@pytest.mark.threads
def test_threads_may_share_a_table_from_its_first_use():
    from concurrent.futures import ThreadPoolExecutor

    image = as_dtype(colours(2000).reshape(40, 50, 3), np.uint8)
    wanted = lut.apply_lut3d(image, random_lut((9, 9, 9)))
    for _ in range(5):
        table = random_lut((9, 9, 9))
        with ThreadPoolExecutor(4) as pool:
            for given in pool.map(lambda _, t=table: lut.apply_lut3d(image, t), range(8)):
                np.testing.assert_array_equal(given, wanted)


def test_the_binding_refuses_what_python_should_have_refused():
    table = _core.Lut3d(lut.identity(2).nodes, UNIT, None, UNIT)
    image = np.zeros((2, 2, 3), np.uint8)
    with pytest.raises(ValueError, match="interpolation must be trilinear or tetrahedral"):
        _core.apply_lut3d(image, None, 1.0, table, "cubic", "clamp", image.copy())
    with pytest.raises(ValueError, match="out_of_range must be clamp or extrapolate"):
        _core.apply_lut3d(image, None, 1.0, table, "trilinear", "error", image.copy())
    with pytest.raises(ValueError, match="from 2 to 129 nodes"):
        _core.Lut3d(np.zeros((1, 2, 2, 3), np.float32), UNIT, None, UNIT)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_batch_of_tensors_takes_one_table_or_one_each(dtype):
    torch = pytest.importorskip("torch")
    pictures = [as_dtype(scene(seed=seed)[0], dtype) for seed in range(3)]
    tables = [random_lut((4, 5, 6), seed) for seed in range(3)]
    batch = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)
    for chosen in (tables, np.stack([table.nodes for table in tables]), tables[0]):
        given = lut.apply_lut3d(batch, chosen).permute(0, 2, 3, 1).numpy()
        each = [tables[0]] * 3 if chosen is tables[0] else tables
        for picture, table, out in zip(pictures, each, given, strict=True):
            np.testing.assert_array_equal(bits(out), bits(lut.apply_lut3d(picture, table)))
    with pytest.raises(ValueError, match="one table or one for each of 3 images, got 2"):
        lut.apply_lut3d(batch, tables[:2])


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_counts_inside_the_mask_alone(value, dtype):
    image = as_dtype(scene()[0], dtype)
    table = random_lut((5, 5, 5))
    inside = soft_disc(*image.shape[:2]) > 0
    for y, x in ((0, 0), (20, 0), (20, np.flatnonzero(inside[20])[0] - 1)):
        spoiled = image.copy()
        spoiled[y, x, 1] = value
        assert not inside[y, x]
        given = lut.apply_lut3d(spoiled, table, inside)
        np.testing.assert_array_equal(bits(given)[y, x], bits(spoiled)[y, x])
        rest = np.ones(inside.shape, bool)
        rest[y, x] = False
        np.testing.assert_array_equal(
            bits(given)[rest], bits(lut.apply_lut3d(image, table, inside))[rest]
        )
        with pytest.raises(
            ValueError, match=r"apply_lut3d: image must be finite, got NaN or infin"
        ):
            lut.apply_lut3d(spoiled, table)
        for how in ("extrapolate", "error"):
            with pytest.raises(ValueError, match=r"apply_lut3d: image must be finite"):
                lut.apply_lut3d(spoiled, table, out_of_range=how)


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_no_colour_is_too_far_out(interpolation):
    image = np.array([[[-3e38, 0.5, 3e38], [3e38, 3e38, 3e38]]], np.float32)
    for how in ("clamp", "extrapolate"):
        table = random_lut((129, 17, 2))
        given = lut.apply_lut3d(image, table, interpolation=interpolation, out_of_range=how)
        assert np.isfinite(given).all()


@pytest.mark.parametrize("layout", ["contiguous", "planar"])
@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_no_node_is_too_far_out(interpolation, layout):
    nodes = np.float32(3e38) * np.random.default_rng(0).choice([-1, 1], (3, 3, 3, 3))
    image = LAYOUTS[layout](colours(200, low=-2, high=3).astype(np.float32))
    for how in ("clamp", "extrapolate"):
        given = lut.apply_lut3d(
            image, lut.Lut(nodes), interpolation=interpolation, out_of_range=how
        )
        assert np.isfinite(given).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_rows_of_any_length_end_where_they_should(interpolation, dtype):
    """Loads and stores of sixteen bytes stay within the image, and the alpha of RGBA stays."""
    table = random_lut((17, 17, 17))
    whole = as_dtype(colours(70), dtype)
    wanted = lut.apply_lut3d(whole, table, interpolation=interpolation)
    for width in range(1, 70):
        for image in (whole[:, :width].copy(), with_alpha(whole[:, :width])):
            room = np.full((3, *image.shape[1:]), 77, dtype)
            lut.apply_lut3d(image, table, interpolation=interpolation, out=room[1:2])
            np.testing.assert_array_equal(room[1:2, ..., :3], wanted[:, :width])
            np.testing.assert_array_equal(room[1:2, ..., 3:], image[..., 3:])
            assert (room[::2] == 77).all()


@pytest.mark.parametrize("isa", ISAS)
def test_blocks_that_reach_into_the_next_one_leave_no_trace(isa):
    """Whole blocks of 256 pixels are written in place, by stores that end within the next one."""
    table = random_lut((17, 17, 17))
    whole = as_dtype(colours(520), np.uint8)
    wanted = lut.apply_lut3d(whole, table)
    for width in (*range(254, 261), *range(510, 517)):
        room = np.full((3, width + 4, 3), 77, np.uint8)
        mask = np.arange(width)[None] < 256  # a block, and what is copied behind it
        for m, kept in ((None, width), (mask, min(width, 256))):
            with forced(isa):
                lut.apply_lut3d(whole[:, :width], table, m, out=room[1:2, :width])
            np.testing.assert_array_equal(room[1, :kept], wanted[0, :kept])
            np.testing.assert_array_equal(room[1, kept:width], whole[0, kept:width])
            assert (room[::2] == 77).all()
            assert (room[1, width:] == 77).all()
