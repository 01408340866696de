"""A part of the suite: `--one-in`."""

from types import SimpleNamespace

import pytest
from hypothesis import settings
from parts import examples, one_in

CASES = [f"test_a.py::test_one[{number}-{dtype}]" for number in range(200) for dtype in ("u", "f")]
ITEMS = [
    SimpleNamespace(nodeid=name) for name in (*CASES, "test_a.py::test_two", "test_b.py::x[1]")
]


@pytest.mark.parametrize("count", [2, 5, 1000])
def test_every_test_stays_with_a_part_of_its_cases(count):
    names = [item.nodeid for item in one_in(count, ITEMS)]
    assert {name.partition("[")[0] for name in names} == {
        item.nodeid.partition("[")[0] for item in ITEMS
    }
    of_one = len(names) - 2
    expected, deviation = len(CASES) / count, (len(CASES) / count) ** 0.5
    assert 1 <= of_one <= expected + 4 * deviation + 1
    assert of_one >= expected - 4 * deviation


def test_values_of_a_parameter_that_alternates_all_stay():
    kept = {item.nodeid[-2] for item in one_in(4, ITEMS[: len(CASES)])}
    assert kept == {"u", "f"}


def test_the_same_ones_whatever_else_is_collected():
    alone = {item.nodeid for item in one_in(4, ITEMS[: len(CASES)])}
    assert {item.nodeid for item in one_in(4, ITEMS)} >= alone


def test_examples_are_a_share_of_those_that_other_tests_take():
    assert examples(100).max_examples == settings.default.max_examples
    assert examples(40).max_examples == settings.default.max_examples * 2 // 5
    assert examples(0).max_examples == 1
