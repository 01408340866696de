"""The gradients of a look-up, by the compiled kernel."""

from itertools import product

import numpy as np
import pytest
from harmonia import _core
from hypothesis import given
from hypothesis import strategies as st
from images import ALIGNED, as_dtype, bits, scene
from isas import ISAS, counts, forced, threads
from parts import examples
from reference.lut3d_gradient import lut3d_gradient as reference

UNIT = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
WIDE = ((-0.25, 0.0, -1.0), (1.5, 2.0, 1.0))
INTERPOLATIONS = ("trilinear", "tetrahedral")
NAMES = ("image", "nodes", "mask")
EPS = 2.0**-24


def per_choice(test):
    """With every interpolation and either way beyond the domain."""
    test = pytest.mark.parametrize("beyond", ["clamp", "extrapolate"])(test)
    return pytest.mark.parametrize("mode", INTERPOLATIONS)(test)


def normal(shape):
    return np.random.default_rng(1).standard_normal(shape).astype(np.float32)


def table(nodes, domain=UNIT):
    return _core.Lut3d(nodes, domain, None, UNIT)


def random_nodes(size, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (*size, 3)).astype(np.float32)


def gradients(image, nodes, mask, gradient, *, domain=UNIT, mode="trilinear", beyond="clamp"):
    """Of the image, the nodes and the mask, each filled with NaN before."""
    out = np.full_like(image, np.nan), np.full_like(nodes, np.nan)
    of_mask = np.full(image.shape[:2], np.nan, np.float32)
    _core.lut3d_gradient(image, mask, table(nodes, domain), mode, beyond, gradient, *out, of_mask)
    return *out, of_mask


def assert_close(image, nodes, mask, gradient, *, domain, mode, beyond):
    """Equal to the reference, within what float32 loses on the way."""
    found = gradients(image, nodes, mask, gradient, domain=domain, mode=mode, beyond=beyond)
    weights = np.ones(image.shape[:2]) if mask is None else mask.astype(np.float64)
    wanted = reference(image, nodes, weights, gradient, domain, mode, beyond == "extrapolate")
    # A place among the nodes is off by a few roundings of itself, and then some 16 roundings of
    # the terms follow. Weights add up to 1, and to (1 + 2 d)^3 in size d cells beyond the table.
    low, high = np.array(domain)
    steps = np.array(nodes.shape[:3]) - 1
    place = (np.abs(image - low) / (high - low) * steps).max()
    out = (np.maximum(low - image, image - high) / (high - low) * steps).max()
    reach = (1 + 2 * max(out, 0)) ** 3 if beyond == "extrapolate" else 1.0
    share = EPS * (16 + 8 * place) * reach
    span, pull = 2 * np.abs(nodes).max() + np.abs(image).max(), 3 * np.abs(gradient).max()
    pace = max((steps / (high - low)).max(), 1)
    # A node may get a part of every pixel.
    allowed = (share * span * pull * pace, share * np.abs(gradient).sum() / 3, share * span * pull)
    for name, one, other, most in zip(NAMES, found, wanted, allowed, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=most, err_msg=name)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("domain", [UNIT, WIDE], ids=["unit", "wide"])
@pytest.mark.parametrize("size", [(2, 2, 2), (5, 3, 9), (17, 17, 17)])
@per_choice
def test_gradients_are_those_of_the_definition(mode, beyond, size, domain, masked):
    image, mask = scene(11, 13)
    image = as_dtype(image * 1.6 - 0.3, "float32")  # some colours lie beyond the domain
    mask = as_dtype(mask, "float32") if masked else None
    gradient = normal(image.shape)
    assert_close(image, random_nodes(size), mask, gradient, domain=domain, mode=mode, beyond=beyond)


@per_choice
@examples(40)
@given(data=st.data())
def test_gradients_of_any_colours(mode, beyond, data):
    # In the midst of cells: right at a border a rounding chooses the cell.
    size = np.array(data.draw(st.tuples(*[st.integers(2, 6)] * 3)))
    cell = st.tuples(*[st.integers(-4, 8)] * 3)
    share = st.lists(st.integers(1, 999), min_size=3, max_size=3, unique=True)
    places = data.draw(st.lists(st.tuples(cell, share), min_size=1, max_size=4))
    places = np.array([np.add(whole, np.divide(part, 1000)) for whole, part in places])
    image = (places / (size - 1)).astype(np.float32)[None]
    assert_close(
        image, random_nodes(size), None, normal(image.shape), domain=UNIT, mode=mode, beyond=beyond
    )


@pytest.mark.parametrize("mode", INTERPOLATIONS)
def test_the_border_of_the_domain_still_moves_the_output(mode):
    # Black and white are the commonest clipped colours; the identity must hand all on.
    corners = np.array(list(product((0, 1), repeat=3)), np.float32)[None]
    axis = np.linspace(0, 1, 3, dtype=np.float32)
    identity = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1)
    gradient = normal(corners.shape)
    of_image, _, of_mask = gradients(corners, identity, None, gradient, mode=mode)
    np.testing.assert_array_equal(of_image, gradient)
    np.testing.assert_array_equal(of_mask, 0)
    beyond = corners * np.float32(1.0000001) + (corners == 0) * np.float32(-1e-7)
    of_image, of_nodes, _ = gradients(beyond, identity, None, gradient, mode=mode)
    np.testing.assert_array_equal(of_image, 0)
    np.testing.assert_array_equal(of_nodes[::2, ::2, ::2].reshape(-1, 3), gradient[0])


def test_on_a_node_the_cell_behind_it_counts():
    nodes = np.zeros((3, 2, 2, 3), np.float32)
    nodes[..., 0] = np.array([0, 1, 5], np.float32)[:, None, None]
    image = np.array([[[0.0, 0.25, 0.25], [0.5, 0.25, 0.25], [1.0, 0.25, 0.25]]], np.float32)
    for mode in INTERPOLATIONS:
        of_image, of_nodes, _ = gradients(image, nodes, None, np.ones_like(image), mode=mode)
        np.testing.assert_array_equal(of_image[0, :, 0], [2, 8, 8])
        np.testing.assert_array_equal(of_nodes.sum((1, 2, 3)), [3, 3, 3])


@per_choice
def test_where_the_mask_is_0_the_gradient_passes_bit_by_bit(mode, beyond):
    image, _ = scene(9, 600)
    image, gradient = as_dtype(image, "float32"), normal(image.shape)
    mask = np.zeros((9, 600), np.float32)
    mask[:, 300:310] = 0.5
    out = gradients(image, random_nodes((4, 4, 4)), mask, gradient, mode=mode, beyond=beyond)
    np.testing.assert_array_equal(bits(out[0])[mask == 0], bits(gradient)[mask == 0])
    assert np.isfinite(out[2]).all()
    assert (out[2][mask == 0] != 0).all()  # of the mask there is one everywhere
    empty = gradients(image, random_nodes((4, 4, 4)), 0 * mask, gradient, mode=mode, beyond=beyond)
    assert not empty[1].any()


@pytest.mark.parametrize("dtype", [np.uint8, np.bool_])
@per_choice
def test_bytes_of_a_mask_count_as_their_floats(mode, beyond, dtype):
    image, _ = scene(3, 600)
    image, nodes = as_dtype(image, "float32"), random_nodes((4, 4, 4))
    gradient = normal(image.shape)
    mask = np.zeros((3, 600), dtype)
    mask[1, :] = mask[2, 300:310] = np.array(255).astype(dtype)  # before and behind: none
    found = gradients(image, nodes, mask, gradient, mode=mode, beyond=beyond)
    floats = (mask > 0).astype(np.float32)
    wanted = gradients(image, nodes, floats, gradient, mode=mode, beyond=beyond)
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one, other)


@per_choice
def test_what_is_not_asked_for_changes_nothing_else(mode, beyond):
    image, mask = (as_dtype(part, "float32") for part in scene(40, 50))
    gradient, nodes = normal(image.shape), random_nodes((5, 6, 7))
    every = gradients(image, nodes, mask, gradient, mode=mode, beyond=beyond)
    for chosen in product((False, True), repeat=3):
        out = [
            np.full_like(part, np.nan) if ask else None
            for part, ask in zip(every, chosen, strict=True)
        ]
        _core.lut3d_gradient(image, mask, table(nodes), mode, beyond, gradient, *out)
        for part, whole in zip(out, every, strict=True):
            assert part is None or part.tobytes() == whole.tobytes()


@pytest.mark.parametrize("name", ALIGNED)
@pytest.mark.parametrize("mode", INTERPOLATIONS)
def test_layouts_give_equal_bytes(mode, name):
    lay = ALIGNED[name]
    image, mask = (as_dtype(part, "float32") for part in scene(37, 300))
    gradient, nodes = normal(image.shape), random_nodes((5, 5, 5))
    expected = gradients(image, nodes, mask, gradient, mode=mode)
    out = gradients(lay(image), nodes, lay(mask), lay(gradient), mode=mode)
    for one, other in zip(out, expected, strict=True):
        assert one.tobytes() == other.tobytes()
    if name != "read only":
        written = [lay(np.zeros_like(image)), np.empty_like(nodes), lay(np.zeros_like(mask))]
        _core.lut3d_gradient(image, mask, table(nodes), mode, "clamp", gradient, *written)
        for one, other in zip(written, expected, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.threads
@pytest.mark.parametrize("size", [(2, 2, 2), (9, 9, 9), (33, 33, 33)])
@per_choice
def test_instruction_sets_and_threads_give_equal_bytes(mode, beyond, size):
    image, mask = scene(400, 611)
    image, mask = as_dtype(image * 1.4 - 0.2, "float32"), as_dtype(mask, "float32")
    gradient, nodes = normal(image.shape), random_nodes(size)

    def run():
        out = gradients(image, nodes, mask, gradient, mode=mode, beyond=beyond)
        return [part.tobytes() for part in out]

    with forced("baseline"), threads(1):
        expected = run()
    for isa in ISAS:
        for count in counts(1, 2, 4):
            with forced(isa), threads(count):
                assert run() == expected, f"{isa}, {count} threads"


def test_a_million_pixels_of_one_colour_do_not_wear_the_sum_out():
    # In float32 each addition would round the same way, and the sum be off by a part in a thousand.
    image = np.zeros((1024, 1024, 3), np.float32)
    gradient = np.full_like(image, 0.1)
    _, of_nodes, _ = gradients(image, random_nodes((2, 2, 2)), None, gradient)
    assert (of_nodes[0, 0, 0] == np.float32(0.1) * np.float64(1024 * 1024)).all()
    assert not of_nodes.reshape(-1, 3)[1:].any()


def test_gradients_need_not_be_finite():
    # Loss scaling makes infinities on purpose and looks for them.
    image = np.full((3, 300, 3), 0.3, np.float32)
    gradient, nodes = normal(image.shape), random_nodes((2, 2, 2))
    gradient[1, 7] = np.inf
    gradient[2, 9] = np.nan
    for isa in ISAS:
        with forced(isa):
            of_image, of_nodes, _ = gradients(image, nodes, None, gradient)
        wrong = ~np.isfinite(of_image)
        assert wrong[1, 7].any()
        assert wrong[2, 9].all()
        assert wrong.any(axis=-1).sum() == 2
        assert not np.isfinite(of_nodes).any()


def test_arrays_that_do_not_fit_are_refused():
    image, nodes = np.zeros((4, 5, 3), np.float32), random_nodes((2, 3, 4))
    fits = {
        "gradient": image.copy(),
        "image_gradient": image.copy(),
        "lut_gradient": nodes.copy(),
        "mask_gradient": np.empty((4, 5), np.float32),
    }
    wrong = {
        "gradient": [np.zeros((5, 4, 3), np.float32), np.zeros((4, 5, 3), np.uint8)],
        "image_gradient": [np.zeros((4, 5, 4), np.float32), np.zeros((4, 5, 3), np.float16)],
        "lut_gradient": [random_nodes((2, 4, 3)), random_nodes((2, 3, 4))[..., 0]],
        "mask_gradient": [np.zeros((5, 4), np.float32), np.zeros((4, 5), np.uint8)],
    }
    lut = table(nodes)
    for name, arrays in wrong.items():
        for array in arrays:
            arguments = {**fits, name: array}
            with pytest.raises((TypeError, ValueError), match=r"must (be|have)|incompatible"):
                _core.lut3d_gradient(image, None, lut, "trilinear", "clamp", *arguments.values())
    shaped = _core.Lut3d(nodes, UNIT, np.zeros((5, 3), np.float32), UNIT)
    with pytest.raises(ValueError, match="no gradient through the shaper"):
        _core.lut3d_gradient(image, None, shaped, "trilinear", "clamp", *fits.values())
