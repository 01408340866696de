"""Tables turned round, against formulas and against all colours tried one by one."""

import numpy as np
import pytest
from harmonia import lut
from harmonia.lut import Lut
from hypothesis import given
from hypothesis import strategies as st
from isas import threads
from looks import MIX, colours, contrast, noise, saturation, table, waves
from parts import examples

ROUNDING = 2.0**-24  # half a step of float32 below 2


def undone(steepest):
    """How close going back and forth comes at the nodes of the inverse: the search ends within
    1e-8, float32 rounds the place it finds by 2^-25, which the slopes along three axes multiply,
    and the kernel rounds a few times."""
    return 1e-8 + 3 * steepest * 2.0**-25 + 8 * ROUNDING


def missed(look, inverse):
    """How far the table is from undoing its inverse, node by node."""
    rows = inverse.nodes.reshape(len(inverse.nodes), -1, 3)
    values = lut.apply_lut3d(rows, look).reshape(inverse.nodes.shape)
    return np.abs(values - colours(inverse.size, inverse.domain)).max(axis=-1)


@pytest.mark.parametrize("size", [2, 9, (17, 12, 14), 33])
def test_an_identity_is_its_own_inverse(size):
    inverse = lut.invert(lut.identity(9), size=size)
    np.testing.assert_allclose(inverse.nodes, colours(size), rtol=0, atol=ROUNDING)


def test_every_node_that_is_reached_goes_back_exactly():
    look = table(lambda x: 0.1 + 0.8 * x @ MIX.T, (9, 11, 10))
    inverse = lut.invert(look, size=17)
    source = (colours(17) - 0.1) / 0.8 @ np.linalg.inv(MIX).T
    reached = ((source >= 0) & (source <= 1)).all(axis=-1)
    assert 0.2 < reached.mean() < 0.8
    # The inverse of the matrix multiplies what the float32 nodes are off by.
    np.testing.assert_allclose(inverse.nodes[reached], source[reached], rtol=0, atol=8 * ROUNDING)
    assert missed(look, inverse)[reached].max() < undone(0.8)


FORMULAS = {
    "contrast": lambda x: x * x * (3 - 2 * x) * 0.6 + 0.4 * x,
    "gamma": lambda x: x**2.2,
    "logarithm": lambda x: np.log2(1 + 63 * x) / 6,
    "negative": lambda x: 1 - x**1.5,
    "channels in turn": lambda x: np.sqrt(x)[..., [2, 0, 1]],
}


@pytest.mark.parametrize("name", FORMULAS)
def test_tables_that_fill_the_cube_are_undone_everywhere(name):
    look = table(FORMULAS[name], 17)
    steepest = max(np.abs(np.diff(look.nodes, axis=axis)).max() for axis in range(3)) * 16
    assert missed(look, lut.invert(look, size=(17, 20, 23))).max() < undone(steepest)


def test_colours_out_of_reach_become_the_nearest_in_reach():
    # Channels apart from each other: the nearest is a clamp in each.
    look = table(lambda x: 0.25 + 0.5 * x, 9)
    expected = np.clip((colours(21) - 0.25) / 0.5, 0, 1)
    np.testing.assert_allclose(lut.invert(look, size=21).nodes, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("formula", [contrast, lambda x: x @ MIX.T], ids=["bent", "straight"])
def test_no_colour_of_the_table_is_nearer_than_the_one_found(formula):
    look = table(formula, 9)
    inverse = lut.invert(look, size=5)
    tried = lut.apply_lut3d(colours(65).astype(np.float32).reshape(65, -1, 3), look).reshape(-1, 3)
    rows = inverse.nodes.reshape(5, 25, 3)
    found = lut.apply_lut3d(rows, look).reshape(-1, 3)
    wanted = colours(5).reshape(-1, 3)
    nearest = np.array([np.sqrt(((tried - goal) ** 2).sum(axis=-1).min()) for goal in wanted])
    # The search stops where it gains less than 1e-4 of the squared error, so within about 1e-2.
    assert (np.sqrt(((found - wanted) ** 2).sum(axis=-1)) <= 1.001 * nearest + 1e-6).all()


@pytest.mark.parametrize("size", [9, 17, 33])
def test_between_the_nodes_the_error_falls_with_the_square_of_their_distance(size):
    look = table(lambda x: (x + x * x) / 2, size)
    points = np.random.default_rng(0).uniform(0, 1, (60, 60, 3)).astype(np.float32)
    back = lut.invert(look).apply(look.apply(points))
    # The way back is (sqrt(1 + 8 y) - 1) / 2, with a second derivative of 8 at most; linear
    # interpolation is off by an eighth of it, squared steps. The table itself is off by an eighth
    # of its own, 1, twice (there and at the nodes), which the slope of the way back doubles.
    bound = (8 + 2 * 2) / 8 / (size - 1) ** 2
    error = np.abs(back - points).max()
    assert bound / 20 < error < bound + undone(1.5)


def test_a_table_beyond_the_unit_cube_is_covered_whole():
    look = table(lambda x: 3 * x[..., [1, 0, 2]] - 1, 5)
    inverse = lut.invert(look, size=7)
    assert inverse.domain == ((-1,) * 3, (2,) * 3)
    values = colours(7, inverse.domain)
    np.testing.assert_allclose(inverse.nodes, (values[..., [1, 0, 2]] + 1) / 3, rtol=0, atol=1e-6)
    wide = table(lambda x: x / 4, 5, domain=((0, 0, 0), (4, 4, 4)))
    np.testing.assert_allclose(lut.invert(wide).nodes, 4 * colours(5), rtol=0, atol=4e-6)


@pytest.mark.parametrize("power", [0.5, 2.0])
@pytest.mark.parametrize("falls", [False, True])
def test_a_shaper_is_undone_too(power, falls):
    curve = np.linspace(0, 1, 30) ** power
    curves = np.stack([curve[::-1] if falls else curve] * 3, axis=-1).astype(np.float32)
    look = Lut(
        table(lambda x: 0.1 + 0.8 * x, 5).nodes,
        shaper=curves,
        shaper_domain=((-1, 0, 0), (3, 2, 1)),
    )
    inverse = lut.invert(look, size=9)
    values = np.clip((np.linspace(0, 1, 9) - 0.1) / 0.8, 0, 1)
    for c, (low, high) in enumerate(zip(*look.shaper_domain, strict=True)):
        axis = np.linspace(low, high, 30)
        order = np.argsort(curves[:, c], kind="stable")
        expected = np.interp(values, curves[order, c], axis[order])
        got = np.moveaxis(inverse.nodes[..., c], c, 0)
        # The curve is flattest at 1 / 29^2: it turns 1e-7 into 1e-4 of the domain.
        np.testing.assert_allclose(
            got, np.broadcast_to(expected[:, None, None], got.shape), atol=2e-3
        )


def test_places_that_a_shaper_cannot_lead_to_are_not_found():
    curves = np.stack([np.linspace(0.25, 0.75, 2)] * 3, axis=-1).astype(np.float32)
    look = Lut(table(lambda x: x @ MIX.T, 9).nodes, shaper=curves)
    inverse, plain = lut.invert(look), lut.resize(look, 9, bake=True)
    # Both give the same colours for the same, so the way back is the same.
    np.testing.assert_allclose(inverse.nodes, lut.invert(plain).nodes, rtol=0, atol=1e-4)


def test_a_shaper_that_turns_back_is_refused():
    curves = np.stack([np.array([0, 0.6, 0.4, 1])] * 3, axis=-1).astype(np.float32)
    look = Lut(lut.identity(5).nodes, shaper=curves)
    with pytest.raises(ValueError, match=r"invert: the shaper of lut must rise or fall .* bake"):
        lut.invert(look)
    assert lut.invert(lut.resize(look, 9, bake=True)).size == (9, 9, 9)


def test_where_a_table_folds_one_of_the_colours_is_found():
    look = table(lambda x: np.sin(np.pi * x), 33)
    assert lut.analyse(look).folded_cells > 0.4
    assert missed(look, lut.invert(look)).max() < undone(np.pi)


def test_the_edge_of_a_flat_part_is_found_rather_than_its_inside():
    look = table(lambda x: np.clip(1.25 * x, 0, 1), 11)  # flat from node 8
    inverse = lut.invert(look, size=6)
    np.testing.assert_allclose(inverse.nodes, 0.8 * colours(6), rtol=0, atol=1e-6)
    floor = table(lambda x: np.clip(1.25 * x - 0.25, 0, 1), 11)
    inverse = lut.invert(floor, size=6)
    np.testing.assert_allclose(inverse.nodes, 0.2 + 0.8 * colours(6), rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    "look",
    [table(waves, 17), table(saturation, 9), noise(5), table(lambda x: 0 * x + 0.5, 3),
     table(lambda x: x.mean(axis=-1, keepdims=True) + 0 * x, 5)],
    ids=["waves", "saturation", "noise", "one colour", "greys"],
)  # fmt: skip
def test_the_inverse_of_any_table_stays_within_its_domain(look):
    inverse = lut.invert(look, size=9)
    assert inverse.nodes.min() >= 0
    assert inverse.nodes.max() <= 1


@pytest.mark.parametrize("formula", [contrast, waves, saturation])
def test_colours_that_trying_finds_are_found(formula):
    look = table(formula, 9)
    inverse = lut.invert(look, size=17)
    rows = colours(97).astype(np.float32).reshape(97, -1, 3)
    values = lut.apply_lut3d(rows, look).reshape(-1, 3)
    site = np.rint(values * 16).astype(int)
    close = np.abs(values * 16 - site).max(axis=-1) < 0.04
    reached = np.zeros((17,) * 3, bool)
    reached[tuple(site[close].T)] = True
    far = missed(look, inverse)[reached]
    assert reached.mean() > 0.09
    # What trying found is up to 0.04 / 16 off the lattice along each channel.
    assert far.max() < np.sqrt(3) * 0.04 / 16


@examples(25)
@given(st.integers(0, 2**32 - 1), st.tuples(*[st.integers(2, 6)] * 3))
def test_tables_near_the_identity_go_back(seed, sizes):
    rng = np.random.default_rng(seed)
    steps = 1 / (np.max(sizes) - 1)
    inner = [slice(1, -1)] * 3
    nodes = colours(sizes)
    nodes[tuple(inner)] += rng.uniform(-0.12, 0.12, nodes[tuple(inner)].shape) * steps
    look = Lut(nodes.astype(np.float32))
    assert lut.analyse(look).folded_cells == 0
    assert missed(look, lut.invert(look, size=8)).max() < undone(1.5)


@pytest.mark.threads
def test_the_inverse_does_not_depend_on_threads():
    look = table(waves, 9)
    one = lut.invert(look)
    with threads(3):
        assert lut.invert(look) == one


def test_refusals():
    with pytest.raises(TypeError, match=r"invert: lut must be a harmonia.lut.Lut, got int"):
        lut.invert(3)
    with pytest.raises(ValueError, match=r"invert: size must be one number or three"):
        lut.invert(lut.identity(3), size=(2, 3))
