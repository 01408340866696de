"""Tables made from other tables: resized and composed."""

import numpy as np
import pytest
from harmonia import lut
from harmonia.lut import Lut
from hypothesis import given
from hypothesis import strategies as st
from looks import colours, contrast, noise, table, waves
from reference.lut3d import apply_lut3d as reference

INTERPOLATIONS = ("trilinear", "tetrahedral")
# Half a step of float32 below 2.
ROUNDING = 2.0**-24

RISING = np.linspace(0, 1, 40)[:, None] ** np.array([0.5, 1.0, 2.0])


def at_nodes(look, size, domain, **how):
    """float64 values of a table at the nodes of another size."""
    points = colours(size, domain)
    rows = points.reshape(len(points), -1, 3)
    return reference(rows, look, **how).reshape(points.shape)


def shaped(look, curves=RISING, domain=((0, 0, 0), (1, 1, 1))):
    return Lut(look.nodes, look.domain, curves.astype(np.float32), domain)


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("size", [(5, 4, 7), (2, 9, 3), (11, 11, 11)])
def test_new_nodes_hold_what_the_table_says_there(size, interpolation):
    look = noise((4, 5, 3))
    finer = lut.resize(look, size, interpolation=interpolation)
    expected = at_nodes(look, size, look.domain, interpolation=interpolation)
    assert finer.size == size
    np.testing.assert_allclose(finer.nodes, expected, rtol=0, atol=ROUNDING)


@given(
    sizes=st.tuples(*[st.integers(2, 9)] * 3),
    factors=st.tuples(*[st.integers(1, 5)] * 3),
    interpolation=st.sampled_from(INTERPOLATIONS),
    seed=st.integers(0, 2**32 - 1),
)
def test_multiplied_steps_keep_every_old_node(sizes, factors, interpolation, seed):
    scales = 10 ** np.random.default_rng(seed).uniform(-30, 5, (*sizes, 1))
    look = Lut((noise(sizes, seed).nodes * scales).astype(np.float32))
    size = tuple((n - 1) * k + 1 for n, k in zip(sizes, factors, strict=True))
    finer = lut.resize(look, size, interpolation=interpolation)
    kept = finer.nodes[tuple(slice(None, None, k) for k in factors)]
    np.testing.assert_array_equal(kept, look.nodes)
    assert lut.resize(finer, sizes) == look  # and fewer nodes are a selection


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_multiplied_steps_lose_nothing_anywhere(interpolation):
    look = noise(5)
    if interpolation == "tetrahedral":
        finer = lut.resize(look, 9, interpolation=interpolation)
    else:
        finer = lut.resize(look, (17, 9, 13))
    points = np.random.default_rng(1).uniform(0, 1, (20, 30, 3))
    expected = reference(points, look, interpolation=interpolation)
    close = lut.apply_lut3d(points.astype(np.float32), finer, interpolation=interpolation)
    # A float32 point is off by 2^-25, the steepest step is 1.2 over 1/4 along each of three axes.
    np.testing.assert_allclose(close, expected, rtol=0, atol=3 * 4.8 * 2**-25 + 16 * ROUNDING)


def test_a_resized_table_keeps_its_domain_shaper_and_title():
    domain = ((-1, 0, 0.25), (2, 1, 4))
    look = Lut(noise(3).nodes, domain, RISING.astype(np.float32), ((0, 0, 0), (9, 9, 9)), "Dusk")
    finer = lut.resize(look, 5)
    assert (finer.domain, finer.shaper_domain, finer.title) == (
        look.domain,
        look.shaper_domain,
        "Dusk",
    )
    np.testing.assert_array_equal(finer.shaper, look.shaper)
    assert lut.resize(look, 3) is look


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_a_baked_shaper_is_in_the_nodes(interpolation):
    domain = ((0, -1, 0), (2, 1, 4))
    look = shaped(noise(4), domain=domain)
    baked = lut.resize(look, (6, 5, 7), interpolation=interpolation, bake=True)
    assert baked.shaper is None
    assert baked.domain == look.shaper_domain
    # The curves are steepest at the start of the square root, 6.2 a unit of 1/39 of the domain;
    # a colour off by a rounding is moved by that and by the steepest step of the table, 3.6.
    expected = at_nodes(look, (6, 5, 7), domain, interpolation=interpolation)
    np.testing.assert_allclose(baked.nodes, expected, rtol=0, atol=3 * 6.2 * 3.6 * 2 * ROUNDING)


def test_baking_without_a_shaper_is_resizing():
    look = noise(4)
    assert lut.resize(look, 7, bake=True) == lut.resize(look, 7)


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_a_composed_table_is_the_chain_at_its_nodes(interpolation):
    looks = [noise(5, seed) for seed in range(3)]
    both = lut.compose(*looks, interpolation=interpolation)
    expected = looks[0].nodes.astype(np.float64).reshape(5, 25, 3)
    for look in looks[1:]:
        expected = reference(expected, look, interpolation=interpolation)
    # Every table multiplies what the roundings before it have left by its steepest, 3 * 4.8.
    close = (1 + 14.4) * 8 * ROUNDING
    np.testing.assert_allclose(both.nodes, expected.reshape(5, 5, 5, 3), rtol=0, atol=close)


def test_composing_with_an_identity_changes_nothing():
    look = table(contrast, 17)
    np.testing.assert_allclose(
        lut.compose(lut.identity(17), look).nodes, look.nodes, rtol=0, atol=8 * ROUNDING
    )
    np.testing.assert_allclose(
        lut.compose(look, lut.identity(9)).nodes, look.nodes, rtol=0, atol=4 * ROUNDING
    )
    assert lut.compose(look) == look


def test_an_affine_second_table_is_composed_without_loss():
    first, second = table(waves, 9), table(lambda x: 0.8 * x[..., [2, 0, 1]] + 0.1, 5)
    points = np.random.default_rng(2).uniform(0, 1, (20, 30, 3)).astype(np.float32)
    chain = lut.apply_lut3d(lut.apply_lut3d(points, first), second)
    np.testing.assert_allclose(
        lut.compose(first, second).apply(points), chain, rtol=0, atol=16 * ROUNDING
    )


@pytest.mark.parametrize("size", [17, 33, 65])
def test_between_nodes_the_error_falls_with_the_square_of_their_distance(size):
    first = table(lambda x: (x + x * x) / 2, size)
    second = table(lambda x: np.sin(np.pi / 2 * x[..., [1, 2, 0]]), size)
    points = np.random.default_rng(3).uniform(0, 1, (60, 60, 3)).astype(np.float32)
    exact = np.sin(np.pi / 2 * (points + points.astype(np.float64) ** 2) / 2)[..., [1, 2, 0]]
    # Linear interpolation over a step h is off by h^2 / 8 times the second derivative: that of the
    # sine is at most pi^2 / 4, and that of the chain pi^2 / 4 * 1.5^2 + pi / 2.
    bound = (np.pi**2 / 4 * (1 + 1.5**2) + np.pi / 2) / 8 / (size - 1) ** 2
    error = np.abs(lut.compose(first, second).apply(points) - exact).max()
    assert bound / 20 < error < bound


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [((33, 33), 33), ((17, 33), 33), ((33, 17), 33), ((17, 20), 33), ((2, 9, 5), 9),
     ((33, 65), 65), ((100, 129), 129), ((50, 129), 129), ((65, 70), 129)],
)  # fmt: skip
def test_without_a_size_the_steps_of_the_first_are_divided(sizes, expected):
    looks = [lut.identity(size) for size in sizes]
    assert lut.compose(*looks).size == (expected,) * 3


def test_composition_goes_through_domains_and_shapers():
    wide = table(lambda x: 2 * x - 0.5, 5, domain=((-1, 0, 0), (1, 1, 2)))
    second = Lut(noise(4).nodes, ((-1, -1, -1), (2, 2, 2)))
    third = shaped(noise(3, 1))
    first = shaped(wide, domain=((0, 0, 0), (4, 4, 4)))
    chain = lut.compose(first, second, third, size=(5, 6, 4))
    assert chain.size == (5, 6, 4)
    assert (chain.domain, chain.shaper_domain) == (first.domain, first.shaper_domain)
    np.testing.assert_array_equal(chain.shaper, first.shaper)
    values = at_nodes(wide, (5, 6, 4), wide.domain).reshape(5, 24, 3)
    expected = reference(reference(values, second), third).reshape(5, 6, 4, 3)
    np.testing.assert_allclose(chain.nodes, expected, rtol=0, atol=2e-5)


def test_refusals_of_resize_and_compose():
    look = noise(3)
    for call, message in [
        (lambda: lut.resize(look.nodes, 5), "resize: lut must be a harmonia.lut.Lut, got ndarray"),
        (lambda: lut.resize(look, 1), "resize: size must be a whole number from 2 to 129, got 1"),
        (lambda: lut.resize(look, (3, 3)), "resize: size must be one number or three"),
        (lambda: lut.resize(look, 5, interpolation="cubic"), "resize: interpolation must be one"),
        (lambda: lut.compose(), "compose: luts must be one table or more, got none"),
        (lambda: lut.compose(look, 3), r"compose: luts\[1\] must be a harmonia.lut.Lut, got int"),
        (lambda: lut.compose(look, size=130), "compose: size must be a whole number"),
    ]:
        with pytest.raises((TypeError, ValueError), match=message):
            call()
