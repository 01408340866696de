"""Harmonizer beside its authors' code."""

import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import numpy as np
import parity
from harmonia.nets import harmonizer
from harmonia.nets.harmonizer import ARCHITECTURE, Seen, applied

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
        gains = torch.tensor([1.11188832, 0.98217599, 0.81745304]).view(1, 3, 1, 1)  # open
        middle = harmonizer._brightened(image, gains, sliders).mean((1, 2, 3), keepdim=True)
        out = applied(Seen(sliders, gains, middle), image)
    parity.assert_equals(CASE, "sq256.arguments", sliders[:, :, 0, 0])
    parity.assert_equals(CASE, "sq256.harmonized", mask * out + (1 - mask) * image)
