"""The forests behind xue's learned zones: small, plain data, read as they were trained."""

from pathlib import Path

import harmonia
import numpy as np
import pytest
from harmonia import _core, _xue_zones
from harmonia._xue_zones import PROPERTIES, ZONES, guesses, inputs, learned_zone
from harmonia.methods import xue


def statistics(seed=0, level=0.0):
    """Numbers like those of a region; top, low, median and mean move with the level."""
    rng = np.random.default_rng(seed)
    values = rng.uniform(0, 1, 29)
    values[:4] += level
    values[9:] /= values[9:].sum()
    return 100.0, values.tolist()


def walk(forest, tree, shapes):
    """One tree the slow way."""
    node, inner = 0, forest["features"].shape[1]
    while node < inner:
        above = shapes[forest["features"][tree, node]] > forest["thresholds"][tree, node]
        node = 2 * node + (2 if above else 1)
    return float(forest["leaves"][tree, node - inner])


@pytest.mark.parametrize("name", PROPERTIES)
@pytest.mark.parametrize("seed", range(5))
def test_a_guess_is_the_mean_of_the_leaves_reached(name, seed):
    shapes = inputs(statistics(seed), statistics(seed + 100))
    for zone, guess in enumerate(guesses(name, shapes)):
        forest = _xue_zones._forests()[name][zone]
        leaves = [walk(forest, tree, shapes) for tree in range(len(forest["leaves"]))]
        assert guess == pytest.approx(np.mean(leaves))


@pytest.mark.parametrize("name", PROPERTIES)
def test_the_zone_with_the_smallest_guess_is_matched(name):
    chosen = set()
    for seed in range(40):
        foreground, target = statistics(seed), statistics(seed + 100)
        found = guesses(name, inputs(foreground, target))
        zone = learned_zone(name, foreground, target)
        assert found[ZONES.index(zone)] == found.min()
        chosen.add(zone)
    assert chosen <= set(ZONES)


def test_the_inputs_are_shapes_not_levels():
    inputs_here = inputs(statistics(level=0.0), statistics(1))
    assert inputs_here.shape == (46,)
    np.testing.assert_array_equal(inputs_here, inputs(statistics(level=5.0), statistics(1, 9.0)))


def test_the_forests_are_small_and_finite():
    for name in PROPERTIES:
        for forest in _xue_zones._forests()[name]:
            trees, inner = forest["features"].shape
            assert forest["leaves"].shape == (trees, inner + 1)
            assert forest["features"].max() < 46
            assert np.isfinite(forest["thresholds"]).all()
            assert forest["leaves"].min() >= 0
    data = Path(_xue_zones.__file__).parent
    assert (data / "forests.npz").stat().st_size < 200 * 1024
    assert (data / "MODEL_CARD.md").is_file()


def test_xue_matches_the_learned_zones():
    image, mask = harmonia.example()
    sides = _core.XueSides(image, mask, None, None, False)
    look = xue.adjusted(sides, learned_zone, False)
    assert look == harmonia.fit(image, mask, "xue", zones="learned")


def test_training_writes_what_inference_reads():
    pytest.importorskip("sklearn", reason="training needs scikit-learn")
    import train_xue_zones

    samples = [(statistics(k), statistics(k + 500), str(k)) for k in range(80)]
    shapes = np.array([inputs(f, t) for f, t, _ in samples])
    for forest in train_xue_zones.train(samples):
        arrays = train_xue_zones.flattened(forest)
        got = [_xue_zones._mean_leaf(arrays, x) for x in shapes]
        # Thresholds and leaves are rounded to float16: now and then a sample turns the other way.
        close = np.isclose(got, forest.predict(shapes), atol=2e-3)
        assert close.mean() > 0.9
