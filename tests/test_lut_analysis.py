"""What `analyse` finds against loops, and against tables whose properties are known."""

import dataclasses

import numpy as np
import pytest
from harmonia import lut
from harmonia.lut import Lut
from looks import colours, contrast, noise, saturation, table, waves
from reference.lut3d import apply_lut3d
from reference.lut_analysis import analyse

WIDE = ((-1, 0, 0), (1, 2, 3))
LOOKS = {
    "noise": noise((4, 5, 3)),
    "two nodes along green": noise((5, 2, 4), 1),
    "contrast": table(contrast, (5, 4, 6)),
    "waves": table(waves, 5),
    "saturation": table(saturation, (4, 4, 5)),
    "a wide domain": table(lambda x: x / 3 + 0.2, (3, 4, 5), domain=WIDE),
    "a negative": table(lambda x: 1 - contrast(x), 4),
}


@pytest.mark.parametrize("name", LOOKS)
def test_every_number_is_that_of_the_loops(name):
    look = LOOKS[name]
    found, own = lut.analyse(look), colours(look.size, look.domain)
    for field, expected in analyse(look.nodes, own).items():
        # Colours at the nodes are held in float32: half a step of one below 4, in levels.
        assert getattr(found, field) == pytest.approx(expected, rel=1e-9, abs=255 * 2**-23), field


@pytest.mark.parametrize("name", LOOKS)
def test_greys_are_those_of_8_bits(name):
    look = LOOKS[name]
    greys = np.repeat(np.arange(256)[None, :, None] / 255, 3, axis=2)
    casts = 255 * np.ptp(apply_lut3d(greys, look), axis=-1)
    found = lut.analyse(look)
    # A grey in float32 is off by 2^-25; noise climbs 1.2 * 4 a channel and axis.
    close = 255 * (2 * 3 * 4.8 * 2**-25 + 2**-22)
    assert found.mean_grey_cast == pytest.approx(casts.mean(), abs=close)
    assert found.worst_grey_cast == pytest.approx(casts.max(), abs=close)


def test_an_identity_has_no_faults():
    found = dataclasses.asdict(lut.analyse(lut.identity(17)))
    assert found.pop("size") == (17, 17, 17)
    assert found.pop("reached") == pytest.approx(1, abs=1e-12)
    assert found == {name: pytest.approx(0, abs=255 * 2**-22) for name in found}  # of float32
    assert (found["folded_cells"], found["flat_cells"], found["falling_steps"]) == (0, 0, 0)


def test_a_negative_turns_every_cell_and_folds_none():
    found = lut.analyse(table(lambda x: 1 - x, 9))
    assert (found.folded_cells, found.flat_cells, found.falling_steps) == (0, 0, 1)
    assert found.worst_fall == pytest.approx(255 / 8)
    assert found.reached == pytest.approx(1)


def test_a_fold_counts_once_in_what_is_reached():
    look = table(
        lambda x: np.stack([np.abs(3 * x[..., 0] - 1) / 2, *np.moveaxis(x[..., 1:], -1, 0)], -1), 13
    )
    found = lut.analyse(look)
    # Red falls over the first third; from 0 to 1/2 it is passed twice, and reached by the rest.
    assert found.folded_cells == pytest.approx(4 / 12)
    assert found.falling_steps == pytest.approx(1 / 3 / 3)
    assert found.reached == pytest.approx(0.5)


def test_a_clipped_slope_is_flat_there():
    found = lut.analyse(table(lambda x: np.clip(2 * x, 0, 1), 9))
    assert found.flat_cells == pytest.approx(1 - 0.5**3)
    assert (found.folded_cells, found.outside) == (0, 0)
    assert found.reached == pytest.approx(1)


def test_colours_beyond_the_cube_do_not_count_as_reached():
    found = lut.analyse(table(lambda x: 2 * x - 0.5, 9))
    assert found.reached == pytest.approx(1)
    assert found.below_zero == found.above_one == pytest.approx(1 - (7 / 9) ** 3)
    assert found.outside == pytest.approx(1 - (5 / 9) ** 3)


def test_a_cast_is_measured_on_greys():
    found = lut.analyse(table(lambda x: x * np.array([1, 0.9, 0.8]), 17))
    assert found.worst_grey_cast == pytest.approx(51, abs=1e-4)
    assert found.mean_grey_cast == pytest.approx(25.5, abs=1e-4)


def test_a_shaper_is_analysed_as_part_of_the_table():
    curves = np.stack([np.linspace(0, 1, 5) ** 2] * 3, axis=-1).astype(np.float32)
    look = Lut(noise(5).nodes, shaper=curves, shaper_domain=((0, 0, 0), (2, 2, 2)))
    assert lut.analyse(look) == lut.analyse(lut.resize(look, 5, bake=True))
    assert lut.analyse(look) != lut.analyse(noise(5))


def test_rounding_is_no_fold():
    # Slopes of 1 in two channels and of nothing but rounding in the third.
    rng = np.random.default_rng(0)
    nodes = colours(17)
    nodes[..., 2] = 0.7 + rng.uniform(-1, 1, (17,) * 3) * 2.0**-24
    found = lut.analyse(Lut(nodes.astype(np.float32)))
    assert (found.folded_cells, found.flat_cells) == (0, 1)


def test_the_text_says_it_all_on_a_few_lines():
    text = str(lut.analyse(table(lambda x: x * np.array([1, 0.9, 0.8]), 17)))
    assert text.splitlines()[0] == "size          17 x 17 x 17"
    assert "12.75 levels on average, up to 51.00" in text
    assert max(len(line) for line in text.splitlines()) <= 80
    assert len(text.splitlines()) == 8


def test_refusals():
    with pytest.raises(TypeError, match=r"analyse: lut must be a harmonia.lut.Lut, got ndarray"):
        lut.analyse(np.zeros((3, 3, 3, 3)))
