"""Automatic filters: what they refuse and what they let pass."""

import harmonia
import numpy as np
import pytest
from harmonia.synthesis import Score, scores
from images import soft_disc

EVERY = scores.list_scores()


def photograph(height=120, width=160, seed=0):
    """A thing of two colours with light, shade and a little grain, and its mask."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    light = 0.75 + 0.3 * np.sin(5 * x + 2) * np.cos(4 * y)
    part = (np.sin(9 * x - 6 * y) > 0)[..., None]
    colours = np.where(part, [0.78, 0.40, 0.28], [0.42, 0.46, 0.30]) * light[..., None]
    image = np.rint(255 * colours + rng.normal(0, 1, colours.shape))
    return image.clip(8, 247).astype(np.uint8), np.rint(255 * soft_disc(height, width)).astype("u1")


def said(composite, mask, real):
    found = {name: one.of(composite, mask, real) for name, one in scores.chosen(None).items()}
    return {name for name, one in scores.chosen(None).items() if not one.accepts(found[name])}


def changed(change, **kinds):
    real, mask = photograph(**kinds)
    colours = np.rint(change(real.astype(np.float64))).clip(0, 255).astype(np.uint8)
    return np.where(mask[..., None] > 0, colours, real), mask, real


def in_lab(change):
    def apply(image):
        lab = harmonia.color.convert((image / 255).astype(np.float32), "rgb", "lab")
        back = harmonia.color.convert(change(lab).astype(np.float32), "lab", "rgb")
        return 255.0 * back

    return apply


def turned(degrees):
    angle = np.radians(degrees)
    turn = np.array(
        [[1, 0, 0], [0, np.cos(angle), np.sin(angle)], [0, -np.sin(angle), np.cos(angle)]]
    )
    return in_lab(lambda lab: lab @ turn)


def noisy(sigma):
    return lambda image: image + np.random.default_rng(1).normal(0, sigma, image.shape)


def posterised(count):
    return lambda image: np.rint(image / 255 * (count - 1)) * 255 / (count - 1)


def spread(share):
    return lambda image: 128 + share * (image - 128)


def first_axis_flipped(image):
    middle = image.reshape(-1, 3).mean(axis=0)
    axes = np.linalg.eigh(np.cov((image - middle).reshape(-1, 3).T))[1]
    return image - 2 * ((image - middle) @ axes[:, -1:]) * axes[:, -1]


HARMLESS = {
    "nothing": lambda image: image,
    "brighter": lambda image: 255 * (image / 255) ** 0.75,
    "darker": lambda image: 255 * (image / 255) ** 1.35,
    "warmer": lambda image: image * [1.08, 1.0, 0.88],
    "flatter": spread(0.8),
    "paler": in_lab(lambda lab: lab * [1, 0.75, 0.75]),
    "a little grain": noisy(2),
}

HARMFUL = {
    "turned by 90": (turned(90), {"plausible_hue"}),
    "turned by 180": (turned(180), {"plausible_hue", "identity"}),
    "channels swapped": (lambda image: image[..., ::-1], {"plausible_hue", "identity"}),
    "first axis flipped": (first_axis_flipped, {"identity"}),
    "negative": (lambda image: 255 - image, {"identity"}),
    "burnt": (lambda image: 2.2 * image, {"aesthetics"}),
    "drowned": (lambda image: 1.5 * (image - 130), {"aesthetics"}),
    "posterised": (posterised(3), {"aesthetics"}),
    "noisy": (noisy(20), {"aesthetics"}),
    "washed out": (spread(0.15), {"aesthetics", "identity"}),
    "garish": (in_lab(lambda lab: lab * [1, 3, 3]), {"aesthetics"}),
    "green lamp": (lambda image: image * [0.3, 1.1, 0.3], {"plausible_hue"}),
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_changes_pass(name, seed):
    assert said(*changed(HARMLESS[name], seed=seed)) == set()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", HARMFUL)
def test_planted_defects_are_refused_by_the_score_that_is_for_them(name, seed):
    change, wanted = HARMFUL[name]
    assert said(*changed(change, seed=seed)) >= wanted


def even(lightness, a, b):
    """A foreground of one colour with some shade, as codes, and a mask of it all."""
    shade = np.linspace(-12, 12, 60 * 80).reshape(60, 80)
    lab = np.stack([lightness + shade, np.full_like(shade, a), np.full_like(shade, b)], axis=-1)
    return harmonia.color.convert(lab.astype(np.float32), "lab", "rgb", dtype="uint8")


# Each with one fault alone: (the score, the foreground after, before).
ALONE = {
    "lights and darks exchanged": ("identity", even(50, 20, 10)[::-1, ::-1], even(50, 20, 10)),
    "one colour for its opposite": ("identity", even(50, -22, -22), even(50, 22, 22)),
    "grey in a strong colour": ("identity", even(45, 55, 40), even(45, 1, 1)),
    "contrast lost": ("identity", np.full((60, 80, 3), 130, np.uint8), even(50, 0, 0)),
    "garish": ("aesthetics", even(48, 74, 55), even(48, 30, 20)),
    "washed out": ("aesthetics", np.full((60, 80, 3), 130, np.uint8), even(50, 0, 0)),
    "more chroma than photographs have": ("plausible_hue", even(60, -50, -20), even(60, -24, -9)),
}


@pytest.mark.parametrize("name", ALONE)
def test_each_fault_alone_is_enough(name):
    score, now, before = ALONE[name]
    mask = np.full(now.shape[:2], 255, np.uint8)
    assert score in said(now, mask, before)
    assert said(before, mask, before) == set()


def test_parts_that_exchange_colours_are_refused():
    left, right = even(50, 25, 0), even(50, -5, 20)
    before, now = np.hstack([left, right]), np.hstack([right, left])
    assert "identity" in said(now, np.full(now.shape[:2], 255, np.uint8), before)


LADDERS = {
    ("plausible_hue", "turn"): [turned(degrees) for degrees in (0, 20, 60, 100, 140, 180)],
    ("identity", "turn"): [turned(degrees) for degrees in (0, 20, 60, 100, 140, 180)],
    ("identity", "contrast"): [spread(share) for share in (1, 0.7, 0.4, 0.2, 0.05)],
    ("aesthetics", "noise"): [noisy(sigma) for sigma in (0, 8, 12, 16)],
    ("aesthetics", "burnt"): [lambda i, k=k: k * i for k in (1, 1.4, 1.7, 2.2)],
    ("aesthetics", "contrast"): [spread(share) for share in (0.6, 0.3, 0.15, 0.05)],
}


@pytest.mark.parametrize(("name", "of"), LADDERS)
def test_more_of_a_defect_scores_less(name, of):
    score = scores.chosen([name])[name]
    found = [score.of(*changed(change)) for change in LADDERS[name, of]]
    assert found == sorted(found, reverse=True)
    assert found[0] > found[-1] + 0.3


@pytest.mark.parametrize("name", EVERY)
def test_the_real_itself_has_the_full_score(name):
    real, mask = photograph()
    assert scores.chosen([name])[name].of(real, mask, real) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("name", EVERY)
def test_what_the_mask_leaves_out_has_no_say(name):
    composite, mask, real = changed(HARMLESS["warmer"])
    outside = mask == 0
    other = composite.copy(), real.copy()
    for image in other:
        image[outside] = np.random.default_rng(2).integers(0, 256, (outside.sum(), 3))
    score = scores.chosen([name])[name]
    assert score.of(other[0], mask, other[1]) == score.of(composite, mask, real)


@pytest.mark.parametrize("name", EVERY)
def test_memory_layout_and_threads_do_not_show(name):
    arrays = changed(HARMFUL["turned by 90"][0])
    score = scores.chosen([name])[name]
    wanted = score.of(*arrays)
    turned_over = [np.ascontiguousarray(array[::-1])[::-1] for array in arrays]
    threads = harmonia.get_num_threads()
    try:
        for count in (1, 3):
            harmonia.set_num_threads(count)
            assert score.of(*turned_over) == score.of(*arrays) == wanted
    finally:
        harmonia.set_num_threads(threads)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("mask_of", ["a pixel", "faint", "a line", "large"])
def test_odd_masks_have_a_score(name, mask_of):
    size = (1400, 900) if mask_of == "large" else (120, 160)
    real, _ = photograph(*size)
    mask = np.zeros(size, np.uint8)
    places = {
        "a pixel": (slice(7, 8), slice(9, 10), 255),
        "faint": (slice(7, 50), slice(9, 80), 60),
        "a line": (slice(0, None), slice(9, 10), 255),
        "large": (slice(0, None), slice(0, None), 255),
    }
    rows, columns, value = places[mask_of]
    mask[rows, columns] = value
    score = scores.chosen([name])[name]
    assert score.of(real, mask, real) == pytest.approx(1, abs=1e-6)
    red = real.copy()
    red[mask > 0] = red[mask > 0][:, ::-1]
    assert np.isfinite(score.of(red, mask, real))


@pytest.mark.parametrize("name", EVERY)
def test_an_empty_mask_is_an_error(name):
    real, mask = photograph()
    with pytest.raises(ValueError, match="mask is 0 everywhere"):
        scores.chosen([name])[name].of(real, np.zeros_like(mask), real)


def test_a_turn_is_counted_by_chroma():
    """A red thing turned by 90 degrees: half of a half turn, less what GREY takes off."""
    lab = np.array([[[50, 40, 0]]], np.float32), np.array([[[50, 0, 40]]], np.float32)
    before, now = (harmonia.color.convert(one, "lab", "rgb", dtype="uint8") for one in lab)
    score = scores.chosen(["plausible_hue"])["plausible_hue"]
    found = score.of(now, np.full((1, 1), 255, np.uint8), before)
    # 8-bit codes hold a colour to about half a unit of 40: a degree, 0.005 of a half turn.
    assert found == pytest.approx(1 - 0.5 * 40 / (40 + 10), abs=0.01)


def test_names_choose_scores_and_none_is_all():
    assert list(scores.chosen(None)) == EVERY == ["aesthetics", "identity", "plausible_hue"]
    assert list(scores.chosen(["plausible_hue"])) == ["plausible_hue"]
    assert scores.chosen([]) == scores.chosen({}) == {}


def test_own_scores_take_the_place_of_the_librarys():
    mine = Score(lambda composite, mask, real: 0.5, 0.4)
    assert scores.chosen({"mine": mine}) == {"mine": mine}


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        (["beauty"], "synthesize: filters: unknown score 'beauty'; choose one of "),
        ("plausible_hue", "must be a list of names, got 'plausible_hue'"),
        ({"mine": 3}, "must map names to Score, got 'mine': 3"),
    ],
)
def test_errors_say_what_filters_are(filters, message):
    with pytest.raises((TypeError, ValueError), match=message):
        scores.chosen(filters, where="synthesize: filters")


def test_no_number_is_never_accepted():
    assert not Score(lambda composite, mask, real: 0.5, 0.4).accepts(float("nan"))
