"""Where things stand on a sheet: nothing overlaps, and all lies inside."""

import itertools

import pytest
from harmonia.comparison.layout import across, arrange, panel_size
from harmonia.comparison.zoom import Box
from hypothesis import given
from hypothesis import strategies as st

BOXES = st.lists(
    st.builds(Box, st.just(0), st.just(0), st.integers(1, 400), st.integers(1, 400)), max_size=7
)


@given(st.integers(1, 20), st.tuples(st.integers(1, 600), st.integers(1, 600)), BOXES)
def test_nothing_overlaps_or_sticks_out(count, panel, boxes):
    placed = arrange(count, panel, boxes, top=50, lines=2)
    assert len(placed.columns) == count
    rectangles = [r for c in placed.columns for r in (c.caption, c.panel, *c.crops)]
    for one in rectangles:
        assert one.x >= 0
        assert one.y >= 50
        assert one.x + one.width <= placed.width
        assert one.y + one.height <= placed.height
    for one, two in itertools.combinations(rectangles, 2):
        beside = one.x + one.width <= two.x or two.x + two.width <= one.x
        assert beside or one.y + one.height <= two.y or two.y + two.height <= one.y


@pytest.mark.parametrize(
    ("size", "panel"),
    [
        ((320, 480), (320, 480)),  # as it is
        ((512, 300), (512, 300)),
        ((1024, 768), (512, 384)),
        ((50, 60), (150, 180)),  # enlarged by a whole number
        ((1, 9000), (1, 512)),
    ],
)
def test_a_panel_has_the_size_of_the_picture_or_the_longest(size, panel):
    assert panel_size(size, 512) == panel


@pytest.mark.parametrize(("count", "wanted"), [(0, 1), (1, 1), (6, 6), (7, 4), (13, 5), (14, 5)])
def test_rows_are_of_like_length(count, wanted):
    assert across(count, 6) == wanted
