"""Every kind of change: what it does to a pixel, and what its parameters can be."""

import dataclasses
import itertools

import harmonia
import numpy as np
import pytest
from harmonia.synthesis._perturbations import (
    _nodes,
    hsv,
    measured,
    rgb,
    tone,
    transfer,
    white_balance,
)
from hypothesis import given
from hypothesis import strategies as st
from reference import perturbations as reference

PLAIN = {"rgb": rgb, "hsv": hsv, "tone": tone, "white_balance": white_balance}
seeds = st.integers(0, 2**32 - 1)
strengths = st.floats(0, 1)

# Rounding to a code is half a level; float32 on the way adds less than a hundredth.
HALF = 0.51 / 255
# Tables are right at their nodes, up to float32 and the kernel's own sums.
AT_NODES = 2e-6


def codes():
    """All channels over their range, greys and the corners among them: (1, N, 3) uint8."""
    steps = (0, 1, 9, 40, 85, 128, 170, 213, 254, 255)
    return np.array(list(itertools.product(steps, repeat=3)), np.uint8)[None]


def applied(function, colours):
    return np.array([function(tuple(map(float, colour))) for colour in colours.reshape(-1, 3)])


def at_nodes(transform, function):
    nodes = _nodes.colours(transform.size[0])[:, ::7]
    found = transform.apply(np.ascontiguousarray(nodes)).reshape(-1, 3)
    return np.abs(found - applied(function, nodes)).max()


@pytest.mark.parametrize("seed", range(4))
def test_rgb_is_its_formula_to_the_rounding(seed):
    change = rgb.draw(np.random.default_rng(seed))
    found = change.transform().apply(codes())[0] / 255
    wanted = applied(lambda c: reference.rgb(c, **dataclasses.asdict(change)), codes() / 255)
    assert np.abs(found - wanted).max() <= HALF


@pytest.mark.parametrize("seed", range(8))
def test_tone_is_its_formula_to_the_rounding(seed):
    change = tone.draw(np.random.default_rng(seed))
    chosen = [change.channel in ("all", name) for name in ("red", "green", "blue")]

    def one(colour):
        pairs = zip(colour, chosen, strict=True)
        return [reference.tone(v, change.knots) if on else v for v, on in pairs]

    found = change.transform().apply(codes())[0] / 255
    assert np.abs(found - applied(one, codes() / 255)).max() <= HALF


@pytest.mark.parametrize("seed", range(4))
def test_white_balance_is_a_matrix_on_light(seed):
    change = white_balance.draw(np.random.default_rng(seed))
    transform = change.transform()
    found = transform.apply(codes())[0] / 255
    wanted = applied(lambda c: reference.in_light(c, transform.matrix), codes() / 255)
    # The kernel's sRGB curves are polynomials, right to a few thousandths of a level.
    assert np.abs(found - wanted).max() <= HALF


def test_lights_are_where_tables_have_them():
    # CIE 15, illuminant A: a black body of 2856 K at x = 0.44757, y = 0.40745.
    x, y, z = white_balance.white(2856.0)
    assert (x / (x + y + z), y / (x + y + z)) == pytest.approx((0.44757, 0.40745), abs=4e-4)


def test_white_under_another_light_is_that_light():
    change = white_balance.WhiteBalance(3500.0, 0.01, -1.0)
    white = np.array(change.transform().matrix).reshape(3, 3).sum(axis=1)
    xyz = white_balance.TO_XYZ @ white
    assert xyz[1] == pytest.approx(0.5)
    # What has the colour of the neutral light gets that of the other one.
    neutral = np.linalg.solve(white_balance.TO_XYZ, white_balance.white(white_balance.NEUTRAL))
    came = white_balance.TO_XYZ @ np.array(change.transform().matrix).reshape(3, 3) @ neutral
    wanted = white_balance.white(3500.0, 0.01)
    assert came / came[1] == pytest.approx(wanted)
    assert white_balance.white(3500.0, 0.01)[0] < white_balance.white(3500.0)[0]  # greener


@pytest.mark.parametrize("seed", range(3))
def test_hsv_is_its_formula_at_the_nodes(seed):
    change = hsv.draw(np.random.default_rng(seed))

    def one(colour):
        return reference.hsv(colour, change.turn, change.saturation, change.value)

    assert at_nodes(change.transform(), one) < AT_NODES * 10  # hue through float32 and back


def lights(rng):
    """Matrices near the identity, as measured ones are."""
    found = np.zeros((2, 4, 3, 11))
    found[..., :3] = np.eye(3) * rng.uniform(0.7, 1.2, (2, 4, 1, 3))
    found[..., 3:9] = rng.uniform(-1e-3, 1e-3, (2, 4, 3, 6))
    found[..., 10] = rng.uniform(-5, 5, (2, 4, 3))
    return found.astype(np.float32)


def stored(path, to, back):
    np.savez(path, to_standard=to, from_standard=back)
    return path


@pytest.mark.parametrize("seed", range(3))
def test_measured_goes_to_the_standard_and_from_it(tmp_path, seed):
    rng = np.random.default_rng(seed)
    to, back = lights(rng)
    found = measured.read(stored(tmp_path / "lights.npz", to, back))
    change = measured.draw(rng, 1.0, found)
    assert change.source != change.target
    assert measured.LEAST_SHARE <= change.share <= measured.MOST_SHARE

    def one(colour):
        standard = reference.polynomial(colour, to[change.source].astype(float))
        came = reference.polynomial(standard, back[change.target].astype(float))
        return [was + change.share * (now - was) for was, now in zip(colour, came, strict=True)]

    # Eleven terms of up to a few hundred codes, twice, each right to 6e-8 of it.
    assert at_nodes(change.transform(), one) < AT_NODES * 5


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"to_standard": np.zeros((3, 3, 11))}, "there is no from_standard"),
        ({"to_standard": np.zeros((3, 3, 10)), "from_standard": np.zeros((3, 3, 11))}, "3, 10"),
        ({"to_standard": np.zeros((3, 3, 11)), "from_standard": np.zeros((2, 3, 11))}, "3 and 2"),
        ({"to_standard": np.full((3, 3, 11), np.nan), "from_standard": np.zeros((3, 3, 11))},
         "must be finite"),
        ({"to_standard": np.zeros((1, 3, 11)), "from_standard": np.zeros((1, 3, 11))}, "two"),
    ],
)  # fmt: skip
def test_files_of_other_arrays_are_refused(tmp_path, arrays, said):
    np.savez(tmp_path / "lights.npz", **arrays)
    with pytest.raises(ValueError, match=said):
        measured.read(tmp_path / "lights.npz")


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut short"])
def test_files_that_are_no_arrays_are_refused(tmp_path, content):
    (tmp_path / "lights.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"no \.npz file of arrays"):
        measured.read(tmp_path / "lights.npz")


def test_pickled_objects_are_refused(tmp_path):
    objects = np.array([{"a": 1}], object)
    with pytest.raises(ValueError, match=r"no \.npz file of arrays"):
        measured.read(stored(tmp_path / "lights.npz", objects, objects))


@pytest.mark.parametrize("method", transfer.METHODS)
def test_transfer_is_the_method_of_that_name(method):
    rng = np.random.default_rng(0)
    colours = rng.integers(20, 150, (1, 400, 3), dtype=np.uint8)
    lent = rng.integers(60, 240, (1, 300, 3), dtype=np.uint8)
    found = transfer.Transfer(method, "other.jpg").transform(colours, lent).apply(colours)
    wanted = harmonia.harmonize(colours, np.ones((1, 400), bool), method, reference=lent)
    assert np.array_equal(found, wanted)
    assert abs(found.mean() - lent.mean()) < abs(colours.mean() - lent.mean()) / 4


@pytest.mark.parametrize("kind", PLAIN)
def test_no_strength_changes_nothing(kind):
    change = PLAIN[kind].draw(np.random.default_rng(1), 0.0)
    assert np.array_equal(change.transform().apply(codes()), codes())


@pytest.mark.parametrize("kind", PLAIN)
@given(seed=seeds, strength=strengths)
def test_equal_chance_draws_equal_parameters_of_plain_numbers(kind, seed, strength):
    one, other = (PLAIN[kind].draw(np.random.default_rng(seed), strength) for _ in range(2))
    assert one == other
    flat = [
        part
        for value in dataclasses.asdict(one).values()
        for part in (value if isinstance(value, tuple) else (value,))
    ]
    assert {type(part) for part in flat} <= {float, str}


@given(seed=seeds, strength=strengths)
def test_parameters_of_rgb_stay_in_their_range(seed, strength):
    change = rgb.draw(np.random.default_rng(seed), strength)
    for gain, gamma, offset in zip(change.gain, change.gamma, change.offset, strict=True):
        assert abs(np.log(gain)) <= strength * (rgb.GAIN + rgb.OWN_GAIN) + 1e-12
        assert abs(np.log(gamma)) <= strength * (rgb.GAMMA + rgb.OWN_GAMMA) + 1e-12
        assert abs(offset) <= strength * (rgb.OFFSET + rgb.OWN_OFFSET) + 1e-12


@given(seed=seeds, strength=strengths)
def test_parameters_of_hsv_stay_in_their_range(seed, strength):
    change = hsv.draw(np.random.default_rng(seed), strength)
    assert abs(change.turn) <= strength * hsv.TURN
    assert abs(np.log(change.saturation)) <= strength * hsv.SATURATION + 1e-12
    assert abs(np.log(change.value)) <= strength * hsv.VALUE + 1e-12


@given(seed=seeds, strength=strengths)
def test_parameters_of_light_stay_in_their_range(seed, strength):
    change = white_balance.draw(np.random.default_rng(seed), strength)
    mireds = 1e6 / change.kelvin - 1e6 / white_balance.NEUTRAL
    assert -strength * white_balance.BLUER - 1e-9 <= mireds
    assert mireds <= strength * white_balance.REDDER + 1e-9
    assert abs(change.tint) <= strength * white_balance.TINT
    assert abs(change.stops) <= strength * white_balance.STOPS


@given(seed=seeds, strength=strengths)
def test_tone_curves_rise(seed, strength):
    change = tone.draw(np.random.default_rng(seed), strength)
    assert change.knots[0] <= strength * tone.ENDS
    assert change.knots[-1] >= 1 - strength * tone.ENDS
    curves = change.transform().values
    # To the rounding of float32 just below 1.
    assert (np.diff(curves, axis=1) >= -1e-7).all()
    assert (curves >= 0).all()
    assert (curves <= 1).all()
