"""Harmonizer beside its authors' code."""

import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import numpy as np
import parity
from harmonia.nets.harmonizer import ARCHITECTURE

CASE = "harmonizer"
SET = (0.12, -0.2, 0.25, 0.3, -0.15, 0.2)


def bias(name, shape):
    return np.array([SET[int(name.split(".")[2])]], np.float32)


def filled():
    special = [
        (r"headers\.\d\.1\.bias", bias),
        (r"headers\.\d\.1\.weight", parity.times(0.05)),
    ]
    return parity.load(ARCHITECTURE.variants["b0"](), parity.filled(CASE, (), special))


def test_names_are_those_of_the_checkpoint():
    parity.assert_same_names(ARCHITECTURE.variants["b0"](), CASE)


def test_outputs_are_those_of_the_authors():
    network = filled()
    image, soft = parity.picture()
    mask = (soft > 0.5).float()
    with torch.inference_mode():
        sliders = network.sliders(image, mask)
        out = network(image, soft)
    parity.assert_equals(CASE, "sq256.arguments", sliders[:, :, 0, 0])
    parity.assert_equals(CASE, "sq256.harmonized", mask * out + (1 - mask) * image)


@pytest.mark.parametrize(
    ("name", "sliders"),
    [
        ("warm", (0.3, 0.2, 0.25, -0.4, 0.2, -0.3)),
        ("cold", (-0.35, -0.25, -0.3, 0.5, -0.2, 0.25)),
    ],
)
def test_sliders_do_what_the_authors_do_both_ways(name, sliders):
    """Temperature, brightness, contrast, saturation, highlights and shadows, to either side."""
    image, soft = parity.picture()
    network = filled()
    network.sliders = lambda *_: torch.tensor(sliders).view(1, 6, 1, 1)
    with torch.inference_mode():
        parity.assert_equals(CASE, f"sliders.{name}", network(image, soft))
