"""The transport of least cost: a plan, and no cheaper one, for the awkward problems too."""

import numpy as np
import pytest
from harmonia import _core
from hypothesis import given
from hypothesis import strategies as st
from reference.transport import best_permutation, can_be_cheaper, line_distance

# Sums of shares that were rounded to 2^-53.
ROUNDING = 1e-13


def transport(supply, demand, cost):
    flow = _core.transport(list(supply), list(demand), np.asarray(cost, np.float64))
    assert flow.shape == np.shape(cost)
    return flow


def assert_is_best(flow, supply, demand, cost):
    assert flow.min() >= 0
    for got, amounts in ((flow.sum(axis=1), supply), (flow.sum(axis=0), demand)):
        amounts = np.maximum(amounts, 0)
        np.testing.assert_allclose(got, amounts / amounts.sum(), rtol=0, atol=ROUNDING)
    # The simplex ends where no arc saves more than 1e-12 of the largest cost.
    assert not can_be_cheaper(flow, cost, slack=2e-12 * np.abs(cost).max())


def distances(points, others):
    return np.linalg.norm(points[:, None] - others[None], axis=-1)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 9), (9, 1), (5, 8), (50, 50), (64, 37)])
def test_no_plan_between_colours_is_cheaper(n, m, seed):
    rng = np.random.default_rng(seed)
    cost = distances(rng.normal(0, 25, (n, 3)), rng.normal(10, 20, (m, 3)))
    supply, demand = rng.random(n), 3 * rng.random(m) ** 4
    assert_is_best(transport(supply, demand, cost), supply, demand, cost)


@st.composite
def problems(draw):
    """Few different amounts and costs, so that most bases are degenerate and most costs tied."""
    n, m = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    amounts = st.sampled_from([0.0, 1.0, 1.0, 2.0, 3.0, 1e-9, 1e9])
    supply = draw(st.lists(amounts, min_size=n, max_size=n))
    demand = draw(st.lists(amounts, min_size=m, max_size=m))
    supply[draw(st.integers(0, n - 1))] = 1.0
    demand[draw(st.integers(0, m - 1))] = 2.0
    costs = st.sampled_from([0.0, 0.0, 1.0, 2.0, -1.0, 100.0, 0.1])
    cost = draw(st.lists(costs, min_size=n * m, max_size=n * m))
    return np.array(supply), np.array(demand), np.array(cost).reshape(n, m)


@given(problems())
def test_degenerate_bases_ties_and_zeros_are_solved(problem):
    supply, demand, cost = problem
    assert_is_best(transport(supply, demand, cost), supply, demand, cost)


@pytest.mark.parametrize("n", range(1, 8))
@pytest.mark.parametrize("seed", range(5))
def test_equal_shares_are_the_best_permutation(n, seed):
    cost = np.random.default_rng(seed).integers(0, 6, (n, n)).astype(float)
    flow = transport(np.ones(n), np.ones(n), cost)
    assert (flow * cost).sum() == pytest.approx(best_permutation(cost), abs=6 * ROUNDING)


@pytest.mark.parametrize("seed", range(5))
def test_along_a_line_the_cost_is_the_area_between_the_distributions(seed):
    rng = np.random.default_rng(seed)
    x, y, a, b = (rng.random(n) for n in (40, 60, 40, 60))
    flow = transport(a, b, np.abs(x[:, None] - y))
    expected = line_distance(x, a, y, b)
    assert (flow * np.abs(x[:, None] - y)).sum() == pytest.approx(expected, abs=100 * ROUNDING)


def test_what_is_there_already_stays():
    rng = np.random.default_rng(0)
    points, amounts = rng.normal(size=(50, 3)), rng.random(50)
    order = rng.permutation(50)
    flow = transport(amounts, amounts[order], distances(points, points[order]))
    expected = np.zeros((50, 50))
    expected[order, np.arange(50)] = amounts[order] / amounts.sum()
    np.testing.assert_allclose(flow, expected, rtol=0, atol=ROUNDING)


@pytest.mark.parametrize("kind", ["equal", "grid", "random"])
def test_the_largest_problem_ends(kind):
    rng = np.random.default_rng(0)
    points, others = rng.normal(size=(2, 256, 3))
    amounts, wanted = np.ones((2, 256)) if kind == "equal" else rng.random((2, 256))
    if kind == "grid":
        points, others = np.rint(points), np.rint(others)
    cost = distances(points, others)
    assert_is_best(transport(amounts, wanted, cost), amounts, wanted, cost)


@pytest.mark.parametrize("scale", [1e-300, 1e-20, 1.0, 1e20, 1e300])
def test_units_do_not_matter(scale):
    rng = np.random.default_rng(0)
    supply, demand, cost = rng.random(12), rng.random(9), rng.random((12, 9))
    expected = transport(supply, demand, cost)
    np.testing.assert_allclose(transport(scale * supply, demand, cost), expected, atol=ROUNDING)
    np.testing.assert_allclose(transport(supply, demand, scale * cost), expected, atol=ROUNDING)


@pytest.mark.parametrize(("supply", "demand"), [([], []), ([1.0], [0.0]), ([0.0, -1.0], [2.0])])
def test_nothing_to_carry_is_no_flow(supply, demand):
    assert not transport(supply, demand, np.ones((len(supply), len(demand)))).any()


@pytest.mark.parametrize("shape", [(2, 2), (3, 2), (6,), (1, 2, 3)])
def test_a_cost_of_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match="cost must have shape"):
        _core.transport([1.0, 1.0], [1.0, 1.0, 1.0], np.ones(shape))
