"""`evaluate`: names, protocols and what a call gives."""

import math
from dataclasses import replace

import harmonia
import numpy as np
import pytest
from harmonia.metrics import Ssim, find_protocol, list_protocols
from images import scene
from kinds import needs_torch


@pytest.fixture(scope="module")
def pair():
    composite, mask = scene(60, 70)
    output = np.rint(composite * 255).astype(np.uint8)
    return output, np.roll(output, 1, axis=0), mask


def test_the_usual_six_in_their_order(pair):
    assert list(harmonia.evaluate(*pair)) == ["mse", "fmse", "psnr", "fpsnr", "ssim", "fssim"]


def test_metrics_come_in_the_order_asked_for(pair):
    assert list(harmonia.evaluate(*pair, ["psnr", "mse"])) == ["psnr", "mse"]
    assert harmonia.evaluate(*pair, []) == {}


def test_scores_know_protocol_and_foreground(pair):
    scores = harmonia.evaluate(*pair, protocol="idih-32")
    assert scores.protocol == "idih-32"
    assert harmonia.evaluate(*pair).foreground_ratio == pytest.approx(pair[2].mean(), abs=1e-7)


def test_without_a_mask_metrics_of_the_image_alone(pair):
    output, target, _ = pair
    scores = harmonia.evaluate(output, target, metrics=["mse", "ssim"])
    assert scores["mse"] == ((output - target.astype(float)) ** 2).mean()
    assert scores.foreground_ratio == 1.0
    with pytest.raises(ValueError, match="evaluate: mask is missing, and 'fmse' needs one"):
        harmonia.evaluate(output, target)


@needs_torch
def test_a_batch_gives_scores_for_each_image(pair):
    import torch

    output, target, mask = pair
    batch = torch.from_numpy(np.stack([output, target]).transpose(0, 3, 1, 2).copy())
    masks = torch.from_numpy(np.stack([mask, 1 - mask]))
    scores = harmonia.evaluate(batch, batch.flip(0), masks)
    assert scores == [
        harmonia.evaluate(output, target, mask),
        harmonia.evaluate(target, output, 1 - mask),
    ]
    assert scores[0].foreground_ratio != scores[1].foreground_ratio


@pytest.mark.parametrize("protocol", [name for name in list_protocols() if name != "harmonia"])
def test_a_protocol_gives_what_it_defines_and_refuses_the_rest(pair, protocol):
    defined = find_protocol(protocol).defines
    assert (
        tuple(harmonia.evaluate(*pair, protocol=protocol)) == find_protocol(protocol).usual_metrics
    )
    for name in set(harmonia.list_metrics()) - set(defined):
        with pytest.raises(
            ValueError, match=f"protocol '{protocol}' does not define '{name}', only"
        ):
            harmonia.evaluate(*pair, [name], protocol)


def test_a_protocol_may_say_its_size(pair):
    assert find_protocol("cdtnet-1024").size == 1024
    assert find_protocol("harmonia").size is None
    own = harmonia.evaluate(*pair, protocol="harmonia-30")
    assert own != harmonia.evaluate(*pair)


def test_equal_images(pair):
    scores = harmonia.evaluate(pair[0], pair[0], pair[2])
    assert scores == {
        "mse": 0.0,
        "fmse": 0.0,
        "psnr": math.inf,
        "fpsnr": math.inf,
        "ssim": 1.0,
        "fssim": 1.0,
    }


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"metrics": ["msee"]}, ValueError, "unknown metric 'msee'; did you mean 'mse'"),
        ({"metrics": "mse"}, TypeError, r"metrics must be a sequence of names, got 'mse'; use \["),
        (
            {"protocol": "dovenets"},
            ValueError,
            "unknown protocol 'dovenets'; choose one of harmonia",
        ),
        ({"protocol": "idih-0"}, ValueError, "unknown protocol 'idih-0'"),
        ({"protocol": 3}, TypeError, "protocol must be a name or a Protocol, got int"),
    ],
)
def test_wrong_arguments_are_named(pair, arguments, error, message):
    with pytest.raises(error, match=f"evaluate: {message}"):
        harmonia.evaluate(*pair, **arguments)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"filter": "bicubic"}, "filter must be one of antialiased, .*, got 'bicubic'"),
        ({"codes": "cut"}, "codes must be one of kept, rounded, truncated, tensor, got 'cut'"),
        ({"mask": "hard"}, "mask must be one of soft, dithered, got 'hard'"),
        ({"peak": "max"}, "peak must be a number above 0 or 'output_range' or 'target_maximum'"),
        ({"peak": 0.0}, "peak must be a number above 0"),
        ({"size": 0}, "size must be at least 1 or None, got 0"),
        ({"defines": ("mse", "rmse")}, "defines must be one of mse, .*, got 'rmse'"),
    ],
)
def test_a_protocol_of_your_own_is_checked(change, message):
    with pytest.raises(ValueError, match=f"protocol 'own': {message}"):
        replace(find_protocol("harmonia"), name="own", **change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"window": "box"}, "window must be one of gaussian, uniform, got 'box'"),
        ({"padding": "same"}, "padding must be one of valid, zero, got 'same'"),
        ({"size": 8}, "size must be an odd number from 3 to 31, got 8"),
        ({"span": -1.0}, "span must be a number above 0 or 'output_range', got -1.0"),
        ({"sigma": 0.0}, "sigma must be a number above 0, got 0.0"),
    ],
)
def test_a_window_of_your_own_is_checked(change, message):
    with pytest.raises(ValueError, match=f"Ssim: {message}"):
        Ssim(**change)


def test_a_protocol_may_be_of_a_single_pixel():
    assert replace(find_protocol("harmonia"), name="own", size=1).size == 1


def test_a_protocol_of_your_own_is_used(pair):
    louder = replace(find_protocol("harmonia"), name="own", peak=510.0)
    scores = harmonia.evaluate(*pair, ["psnr"], louder)
    assert scores.protocol == "own"
    usual = harmonia.evaluate(*pair, ["psnr"])
    assert scores["psnr"] == pytest.approx(usual["psnr"] + 20 * math.log10(2))
