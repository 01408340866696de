"""Pictures of tables: what is drawn, and where."""

import numpy as np
import pytest
from harmonia import lut
from harmonia.lut import Lut
from harmonia.lut._canvas import Canvas
from isas import threads
from looks import contrast, table, waves

KINDS = ("cube", "moves", "curves", "hald")
GROUND = 247  # 0.97 of 255


def is_near(pixels, colour, close=2):
    return (np.abs(pixels.astype(int) - np.array(colour)) <= close).all(axis=-1)


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_are_bytes_of_the_size_asked_for(kind):
    for width in (120, 241):
        drawn = lut.picture(table(waves, 9), kind=kind, width=width)
        assert drawn.dtype == np.uint8
        assert drawn.shape[2] == 3
        expected = {"curves": width, "hald": 27}.get(kind, width)
        assert drawn.shape[1] == expected
        if kind in ("cube", "moves"):
            assert drawn.shape[0] == width


@pytest.mark.parametrize("kind", ["cube", "moves", "curves"])
def test_the_ground_is_even_and_nothing_touches_the_border(kind):
    drawn = lut.picture(table(waves, 9), kind=kind, width=300)
    border = np.concatenate([drawn[0], drawn[-1], drawn[:, 0], drawn[:, -1]])
    assert (border == GROUND).all()
    assert (drawn != GROUND).any()


def test_dots_lie_where_their_colour_is_in_the_cube():
    # All colours become one: grey lies in the middle of the cube, and that of the picture.
    drawn = lut.picture(table(lambda x: 0 * x + 0.5, 2), width=400)
    dot = np.argwhere(is_near(drawn, [128] * 3, 0))
    np.testing.assert_allclose(dot.mean(axis=0), 199.5, atol=1.5)
    assert np.ptp(dot, axis=0).max() < 12


@pytest.mark.parametrize(
    ("axis", "right", "up"), [(0, 1, 1), (1, 0, 1), (2, 1, -1)], ids=["red", "green", "blue"]
)
def test_a_brighter_channel_moves_the_dots_along_its_axis(axis, right, up):
    middles = []
    for value in (0.3, 0.7):
        colour = np.array([0.4, 0.4, 0.4])
        colour[axis] = value
        drawn = lut.picture(table(lambda x, c=colour: 0 * x + c, 2), width=400)
        middles.append(np.argwhere(is_near(drawn, np.rint(255 * colour), 1)).mean(axis=0))
    down, across = middles[1] - middles[0]
    assert np.sign(-down) == up
    assert (abs(across) < 1) if right == 0 else (across > 20)


def test_an_identity_moves_nothing_and_a_look_draws_lines():
    still = lut.picture(lut.identity(5), kind="moves", width=400)
    moved = lut.picture(table(lambda x: 0.5 + 0 * x, 5), kind="moves", width=400)
    assert (moved[190:210, 100:300] != GROUND).any(axis=-1).mean() > 0.1
    assert is_near(still, [0, 0, 0]).any()
    assert not is_near(moved, [0, 0, 0]).any()


def test_curves_of_an_identity_lie_on_the_diagonal():
    drawn = lut.picture(lut.identity(9), kind="curves", width=720)
    for channel, primary in enumerate([(219, 38, 38), (26, 158, 51), (38, 82, 224)]):
        strong = np.argwhere(is_near(drawn, primary, 1))
        left = 14 + channel * ((720 - 14) // 3) + 14
        side = (720 - 14) // 3 - 28
        inside = strong[(strong[:, 1] >= left) & (strong[:, 0] < 14 + side)]
        off = (inside[:, 1] - left) + (inside[:, 0] - 14) - side
        assert len(inside) > side
        assert np.abs(off).max() <= 4  # half the width of the line, on the slant


def test_a_hald_picture_lists_the_nodes_red_fastest():
    look = table(contrast, 9)
    drawn = lut.picture(look, kind="hald").reshape(-1, 3)
    number = 0
    for blue in range(9):
        for green in range(9):
            for red in range(9):
                value = 255 * look.nodes[red, green, blue].astype(np.float64)
                assert (np.abs(drawn[number] - value) <= 0.5 + 1e-4).all()  # of the kernel
                number += 1
    assert number == len(drawn)


@pytest.mark.parametrize(("size", "side"), [(2, 8), (9, 27), (17, 64), (33, 216), (129, 1331)])
def test_a_hald_picture_has_about_the_size_of_the_table(size, side):
    assert lut.picture(lut.identity(size), kind="hald").shape == (side, side, 3)


def test_shapers_and_domains_are_shown_as_they_act():
    curves = np.stack([np.linspace(0, 1, 33) ** 2] * 3, axis=-1).astype(np.float32)
    bent = Lut(lut.identity(2).nodes, shaper=curves)
    plain = lut.resize(bent, 33, bake=True)
    for kind in KINDS:
        one, other = (lut.picture(look, kind=kind, width=200) for look in (bent, plain))
        if kind != "hald":  # whose size is that of the table
            assert np.abs(one.astype(int) - other).mean() < 0.1


@pytest.mark.threads
def test_pictures_do_not_depend_on_threads():
    look = table(waves, 9)
    for kind in KINDS:
        one = lut.picture(look, kind=kind, width=120)
        with threads(3):
            np.testing.assert_array_equal(lut.picture(look, kind=kind, width=120), one)


@pytest.mark.parametrize("radius", [0.7, 2.0, 7.3])
def test_discs_cover_their_area_wherever_they_lie(radius):
    for x, y in np.random.default_rng(0).uniform(12, 18, (20, 2)):
        canvas = Canvas(30, 30, 0.0)
        canvas.disc((x, y), radius, (1, 1, 1))
        covered = canvas.pixels[..., 0]
        # The rim fades over a pixel, which adds a twelfth; the rest is where pixels happen to lie.
        assert covered.sum() == pytest.approx(np.pi * (radius**2 + 1 / 12), rel=0.08 / radius)
        middle = (covered * (np.arange(30) + 0.5)).sum() / covered.sum()
        assert middle == pytest.approx(x, abs=0.1)


@pytest.mark.parametrize("width", [0.5, 1.0, 3.5])
def test_lines_cover_their_area_at_every_slant(width):
    for angle in np.linspace(0, np.pi, 13):
        canvas = Canvas(60, 60, 0.0)
        reach = 20 * np.array([np.cos(angle), np.sin(angle)])
        canvas.line([30.2 + reach, (30.2, 30.2), 30.2 - reach], width, (1, 1, 1))
        covered = canvas.pixels[..., 0].sum()
        drawn = max(width, 1.0)  # finer lines are as wide as a pixel, and fainter
        area = (40 * drawn + np.pi * drawn**2 / 4) * min(width, 1.0)
        # A line of a pixel on the diagonal meets pixels in rows 0.7 apart: a sum over its profile,
        # a triangle, is then up to 0.12 off its integral. The ends fade, too: 0.02.
        assert covered == pytest.approx(area, rel=0.14)


def test_what_lies_beyond_the_picture_is_cut_off():
    canvas = Canvas(10, 10, 0.5)
    canvas.disc((-40, 5), 3, (1, 0, 0))
    canvas.line([(20, 20), (30, 45)], 2, (1, 0, 0))
    assert (canvas.pixels == 0.5).all()
    canvas.disc((0, 0), 3, (1, 0, 0))
    assert (canvas.pixels[0, 0] == (1, 0, 0)).all()


def test_refusals():
    look = lut.identity(3)
    for call, message in [
        (lambda: lut.picture(look.nodes), "picture: lut must be a harmonia.lut.Lut, got ndarray"),
        (lambda: lut.picture(look, kind="pie"), "picture: kind must be one of cube, moves, curves"),
        (lambda: lut.picture(look, width=30), "picture: width must be a whole number from 120"),
    ]:
        with pytest.raises((TypeError, ValueError), match=message):
            call()
