"""The solver of Laplace's equation over masks: against dense systems, and on awkward domains."""

import numpy as np
import pytest
from harmonia import _core
from hypothesis import given
from hypothesis import strategies as st
from isas import ISAS, counts, forced, threads
from parts import examples
from reference.poisson import AROUND
from reference.poisson import membrane as reference_membrane

# The documented bound. Of 6000 random domains with random holds, where the preconditioner knows
# least, the worst is off by 7e-6; masks of pictures by 1e-6.
TOLERANCE = 1e-5
HELD, FREE = [False] * 4, [True] * 4


def solve(inside, hold, pull, free=HELD):
    return _core.membrane(
        np.ascontiguousarray(inside, bool),
        np.ascontiguousarray(hold, np.float32),
        np.ascontiguousarray(pull, np.float32),
        free,
    )


def hung(inside, values, *, at_rim):
    """`hold` and `pull` of a domain between values, which have a row and column more all around."""
    height, width = inside.shape
    wall = np.pad(~inside, 1, constant_values=at_rim)
    hold, pull = np.zeros(inside.shape), np.zeros(inside.shape)
    for dy, dx in AROUND:
        there = np.s_[1 + dy : height + 1 + dy, 1 + dx : width + 1 + dx]
        edge = inside & wall[there]
        hold += edge
        pull += edge * values[there]
    return hold, pull


def pieces_without_hold(inside, hold):
    """Flooded from what is held."""
    reached = inside & (hold > 0)
    while True:
        grown = np.pad(reached, 1)
        grown = grown[:-2, 1:-1] | grown[2:, 1:-1] | grown[1:-1, :-2] | grown[1:-1, 2:] | reached
        grown &= inside
        if (grown == reached).all():
            return inside & ~reached
        reached = grown


@examples(150)
@given(
    height=st.integers(1, 13),
    width=st.integers(1, 13),
    share=st.floats(0.1, 1),
    strong=st.booleans(),
    free=st.lists(st.booleans(), min_size=4, max_size=4),
    seed=st.integers(0, 10**6),
)
def test_any_domain_is_solved_as_a_dense_system_is(height, width, share, strong, free, seed):
    rng = np.random.default_rng(seed)
    inside = rng.random((height, width)) < share
    hold = rng.uniform(0.5, 4 if strong else 1, inside.shape) * (rng.random(inside.shape) < 0.5)
    inside &= ~pieces_without_hold(inside, hold)
    hold *= inside
    pull = hold * rng.uniform(-1, 1, inside.shape)
    e, _ = solve(inside, hold, pull, free)
    hold, pull = hold.astype(np.float32), pull.astype(np.float32)
    np.testing.assert_allclose(e, reference_membrane(inside, hold, pull), atol=TOLERANCE, rtol=0)
    assert (e[~inside] == 0).all()


def test_a_cell_alone_and_unheld_stays_zero():
    inside = np.zeros((9, 9), bool)
    inside[4, 4] = inside[0, 0] = True
    hold, pull = np.zeros((9, 9)), np.zeros((9, 9))
    hold[0, 0], pull[0, 0] = 2, 1
    e, _ = solve(inside, hold, pull)
    assert e[0, 0] == pytest.approx(0.5)
    assert e[4, 4] == 0


def whole(n):
    return np.ones((n, n), bool)


def disc(n):
    y, x = np.mgrid[:n, :n] - (n - 1) / 2
    return np.hypot(y, x) < 0.45 * n


def checkerboard(n):
    return np.indices((n, n)).sum(axis=0) % 2 == 0


def comb(n):
    """Thin teeth on one bar."""
    y, x = np.indices((n, n))
    return (x % 2 == 0) | (y == n - 1)


def wide_comb(n):
    y, x = np.indices((n, n))
    return (x % 16 < 15) | (y > n - 4)


def spiral(n):
    """One corridor of ten pixels to the middle, between walls of two."""
    y, x = np.mgrid[:n, :n] - n / 2
    turns = np.arctan2(y, x) / (2 * np.pi)
    return (np.hypot(y, x) - 12 * turns) % 12 < 10


def thin_spiral(n):
    y, x = np.mgrid[:n, :n] - n / 2
    turns = np.arctan2(y, x) / (2 * np.pi)
    return (np.hypot(y, x) - 3 * turns) % 3 < 2


def pierced(n):
    y, x = np.indices((n, n))
    return ~((x % 40 == 7) & (y % 40 == 9))


def dust(n):
    return np.random.default_rng(1).random((n, n)) < 0.6


AWKWARD = [whole, disc, checkerboard, comb, wide_comb, spiral, thin_spiral, pierced, dust]


@pytest.mark.parametrize("shape", AWKWARD)
@pytest.mark.parametrize("n", [97, 512])
def test_harmonic_functions_come_back_on_awkward_domains(shape, n):
    # xy and x^2 - y^2 obey the equation on the grid exactly, whatever the domain.
    inside = shape(n)
    y, x = (np.mgrid[: n + 2, : n + 2] - n / 3) / n
    for values in (0.3 + 0.2 * x - 0.4 * y, x * y, x**2 - y**2):
        hold, pull = hung(inside, values, at_rim=True)
        e, steps = solve(inside, hold, pull)
        wrong = np.abs(e - values[1:-1, 1:-1])[inside]
        assert wrong.max() < TOLERANCE
        assert steps <= 18


@pytest.mark.parametrize("n", [97, 512])
@pytest.mark.parametrize("place", ["corner", "middle"])
def test_one_held_cell_carries_all_the_rest(n, place):
    inside = np.ones((n, n + 3), bool)
    hold, pull = np.zeros(inside.shape), np.zeros(inside.shape)
    y, x = (0, 0) if place == "corner" else (n // 3, n // 2)
    hold[y, x], pull[y, x] = 1, 0.7
    e, steps = solve(inside, hold, pull, FREE)
    np.testing.assert_allclose(e, 0.7, atol=TOLERANCE, rtol=0)
    assert steps <= 18


@pytest.mark.parametrize("shape", [disc, wide_comb, dust])
def test_the_hint_of_free_sides_changes_the_way_and_not_the_goal(shape):
    inside = shape(130)
    values = np.random.default_rng(0).uniform(-1, 1, (132, 132))
    hold, pull = hung(inside, values, at_rim=False)
    left = pieces_without_hold(inside, hold)
    inside, hold, pull = inside & ~left, hold * ~left, pull * ~left
    a, b = solve(inside, hold, pull, FREE)[0], solve(inside, hold, pull, HELD)[0]
    np.testing.assert_allclose(a, b, atol=2 * TOLERANCE, rtol=0)


@pytest.mark.threads
@pytest.mark.parametrize("shape", [disc, spiral, dust])
def test_instruction_sets_and_threads_give_equal_bytes(shape):
    # Several groups of rows, of odd length.
    inside = shape(421)
    values = np.random.default_rng(0).uniform(-1, 1, (423, 423))
    hold, pull = hung(inside, values, at_rim=True)
    with forced("baseline"), threads(1):
        expected = solve(inside, hold, pull)[0].tobytes()
    for isa in ISAS:
        for count in counts(1, 2, 4):
            with forced(isa), threads(count):
                assert solve(inside, hold, pull)[0].tobytes() == expected, f"{isa}, {count}"


def test_planes_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="pull must have the shape of inside"):
        solve(np.ones((3, 4)), np.ones((3, 4)), np.ones((4, 3)))
    with pytest.raises(ValueError, match="two dimensions"):
        solve(np.ones((0, 4)), np.ones((0, 4)), np.ones((0, 4)))
