"""A reference looks alike and yet differs, and the rule is one that can be worked out by hand."""

import images
import numpy as np
import pytest
from harmonia import color
from harmonia.synthesis._recipe import Unusable
from harmonia.synthesis._references import References, distance, look_of

FULL = np.full((12, 16), 255, np.uint8)


def plain(lightness):
    """A picture of one grey, by its L of CIELAB."""
    lab = np.zeros((12, 16, 3), np.float32)
    lab[..., 0] = lightness
    return color.convert(lab, "lab", "rgb", dtype="uint8")


class Greys:
    """Foregrounds of one grey each, by their lightness; counts how often each is read."""

    def __init__(self):
        self.reads = []

    def __call__(self, lightness):
        self.reads.append(lightness)
        if lightness < 0:
            raise Unusable("no such grey")
        return plain(lightness), FULL


def test_the_distance_of_two_greys_is_their_difference_in_lightness():
    apart = distance(look_of(plain(40), FULL), look_of(plain(52), FULL))
    assert apart == pytest.approx(12, abs=0.4)  # greys are rounded to 8 bits, some 0.4 of L apart


def test_a_look_sees_nothing_outside_the_mask():
    picture, mask = images.scene()
    picture = images.as_dtype(picture, "uint8")
    mask = images.as_dtype(mask, "uint8")
    other = picture.copy()
    other[mask < 128] = 255 - other[mask < 128]
    assert distance(look_of(picture, mask), look_of(other, mask)) == 0
    assert distance(look_of(picture, 255 - mask), look_of(other, 255 - mask)) > 10


def test_a_look_has_quantiles_of_each_channel():
    picture = images.as_dtype(images.scene()[0], "uint8")
    lab = color.convert(picture, "rgb", "lab").reshape(-1, 3)
    expected = [np.quantile(lab[:, c], np.linspace(0.05, 0.95, 9)) for c in range(3)]
    full = np.full(picture.shape[:2], 255, np.uint8)
    assert look_of(picture, full) == pytest.approx(np.array(expected), abs=1e-3)


def test_a_mask_that_is_weak_all_over_has_a_look():
    weak = np.zeros_like(FULL)
    weak[3:6, 3:6] = 90
    assert distance(look_of(plain(40), weak), look_of(plain(40), FULL)) == 0


def chosen(own, candidates, seed=0, **options):
    return References(Greys()).choose(own, candidates, np.random.default_rng(seed), **options)


def test_the_nearest_that_differs_is_chosen():
    key, facts = chosen(50, [90, 51, 58, 20, 50], draws=5)
    assert key == 58
    assert facts["distance"] == pytest.approx(8, abs=0.4)


def test_how_far_it_may_be_is_asked_for():
    assert chosen(50, [10, 95], most=42)[0] == 10
    assert chosen(50, [60, 70, 95], least=15)[0] == 70


def test_only_a_few_are_looked_at():
    greys = Greys()
    References(greys).choose(0, range(10, 90), np.random.default_rng(0), draws=5)
    assert len(greys.reads) == 1 + 5


def test_more_draws_come_nearer():
    greys = list(range(100))
    few, more, many = (
        np.mean(
            [
                chosen(50, greys, seed, draws=n, least=0, most=99)[1]["distance"]
                for seed in range(30)
            ]
        )
        for n in (1, 3, 12)
    )
    assert few > more > many


def test_who_is_not_wanted_lends_nothing():
    for seed in range(20):
        key, _ = chosen(50, list(range(100)), seed, wanted=lambda grey: grey % 2 == 1)
        assert key % 2 == 1


def test_one_wanted_among_many_of_a_small_source_is_found():
    assert chosen(50, list(range(80)), wanted=lambda grey: grey == 77)[0] == 77


def test_looks_are_taken_once():
    greys = Greys()
    references = References(greys)
    for seed in range(8):
        references.choose(50, [50, 60, 70], np.random.default_rng(seed))
    assert sorted(greys.reads) == [50, 60, 70]


def test_what_cannot_be_read_is_passed_over():
    assert chosen(50, [-1, -2, 70])[0] == 70
    with pytest.raises(Unusable, match="cannot be read"):
        chosen(-1, [50, 70])


@pytest.mark.parametrize("candidates", [[], [50], [49, 51, 52], [10, 90]])
def test_none_that_differs_enough_is_a_reason(candidates):
    with pytest.raises(
        Unusable, match=f"of {len(candidates)} other foregrounds drawn, none is 4 to 30"
    ):
        chosen(50, candidates)
