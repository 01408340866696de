"""Composites that the network that ships is measured on: as far as drawn, and the same again."""

import default_report
import numpy as np
import pytest
import unseen
from scene import ellipse, picture
from unseen import Photograph

SIDE = 64
LIGHTS = 15


@pytest.fixture(scope="module")
def found():
    mask = ellipse(SIDE, SIDE)
    return [
        Photograph(str(seed), str(seed), picture(SIDE, SIDE, (135, 120, 105), seed), mask)
        for seed in range(8)
    ]


@pytest.fixture(scope="module")
def lights(tmp_path_factory):
    """Gains of the channels; NaN where training may look."""
    gains = np.exp(np.random.default_rng(1).uniform(-0.6, 0.6, (LIGHTS, 3)))
    changes = np.full((2, LIGHTS, 3, 11), np.nan)
    for place in range(4, LIGHTS, 5):
        changes[:, place] = 0
        for channel, gain in enumerate(gains[place]):
            changes[:, place, channel, channel] = 1 / gain, gain
    path = tmp_path_factory.mktemp("lights") / "measured.npz"
    np.savez(path, to_standard=changes[0], from_standard=changes[1])
    return path


@pytest.mark.parametrize(
    ("kind", "rounds", "fewest"), [("measured", 2, 14), ("edited", 2, 14), ("idt", 1, 0)]
)
def test_foregrounds_change_as_far_as_drawn_and_nothing_else(kind, rounds, fewest, found, lights):
    found = found[:2] if kind == "idt" else found  # the pictures are alike: it finds no other looks
    draw = unseen.draws(found, lights)[kind]
    made = list(unseen.composites(kind, draw, found, rounds))
    assert len(made) == rounds * len(found)
    reached = 0
    for one, photograph in zip(made, rounds * found, strict=True):
        outside = photograph.mask == 0
        assert one.composite.dtype == np.uint8
        np.testing.assert_array_equal(one.composite[outside], photograph.real[outside])
        away = unseen.distance(one)
        assert away <= 1.02 * one.aim + 0.3  # rounding adds 0.29 levels at most
        reached += away >= (1 - unseen.NEAR) * one.aim - 0.3
    assert reached >= fewest  # some aims are further than a change may go

    again = unseen.composites(kind, unseen.draws(found, lights)[kind], found, rounds)
    for one, other in zip(made, again, strict=True):
        np.testing.assert_array_equal(one.composite, other.composite)


def test_edits_of_no_luma_keep_it(found):
    own = found[0].real.reshape(-1, 3).astype(np.float64)
    for edit in (unseen.vibrance, unseen.split_toned):
        edited = edit(own, np.random.default_rng(0))
        np.testing.assert_allclose(edited @ unseen.LUMA, own @ unseen.LUMA, atol=1e-9)
        assert np.abs(edited - own).max() > 5


def test_curves_on_luma_keep_the_ratios_of_bright_channels():
    own = np.array([[200.0, 150.0, 100.0], [60.0, 60.0, 60.0]])
    for seed in range(10):
        edited = unseen.toned(own, np.random.default_rng(seed))
        was, now = (colours + 255 * 0.05 for colours in (own, edited))
        np.testing.assert_allclose(now / now[:, :1], was / was[:, :1])


def test_what_nothing_can_change_stays():
    mask = ellipse(SIDE, SIDE)
    black = Photograph("black", "black", np.zeros((SIDE, SIDE, 3), np.uint8), mask)

    def draw(photograph, own, rng):
        return own - 10

    made = unseen.changed(black, draw, np.random.default_rng(0))
    assert unseen.distance(made) == 0


def test_the_report_needs_nothing_but_its_rows():
    figures = {"mse": 1.0, "fmse": 10.0, "psnr": 30.0, "of": 4, "better": 3, "doubled": 1}
    rows = [
        {"table": table, "set": "one", "name": name, **figures, "worst": 2.5}
        | {"median": 28.0, "spread": 0.5, "reached": 4}
        for table in ("triplets", "unseen")
        for name in ("composite", "harmonia", "mkl")
    ]
    rows[2]["fmse"] = 20.0
    rows += [{"table": "untouched", "name": "mkl", "of": 4, "mean": 1, "median": 1, "largest": 2}]
    rows += [{"table": "published", "name": "iDIH", "mse": 31.7, "fmse": 341.8, "psnr": 37.1}]
    for name, milliseconds in (("harmonia", 10.0), ("mkl", 5.0)):
        rows.append({"table": "times", "case": "1024 x 1024", "name": name, "threads": 2})
        rows[-1]["milliseconds"] = milliseconds
    head = {"cpu": "a", "cores": 2, "date": "b", "python": "3", "harmonia": {}, "peers": {}}
    document = {"environment": head | {"load": [0.1], "load_after": [0.2]}, "rows": rows}
    design = {"name": "affine", "parameters": 2e6, "fmse": 800.0, "spread": 10.0, "better": 0.7}
    designs = {"rows": [{"name": "composite", "fmse": 1200.0}, design]}
    said = "\n".join(default_report.parts(document, designs))
    assert "| one | 10 | 10 | 75 | 20 | `mkl` | 0.50 |" in said
    assert "| `affine` | 2.00 M | 800 | 10 | 70 |" in said
    assert "| 1024 x 1024 | 10 | 5 (0.50x) |" in said
    assert "| **`harmonia`** | 1.0 | 10 | 30.00 | 75 | 25 | 2.5x |" in said
