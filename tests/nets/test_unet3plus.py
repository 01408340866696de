"""UNet 3+ of the HSV style loss beside its authors' code."""

import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import parity
from harmonia.nets.unet3plus import UNet3Plus

CASE = "student_unet3plus"
GAIN = (("", 0.85),)


def scene():
    image, mask = parity.picture()
    return image, (mask > 0.5).float()


def test_names_are_those_of_the_checkpoint():
    with torch.device("meta"):
        network = UNet3Plus()
    parity.assert_same_names(network, CASE)


def test_codes_and_outputs_are_those_of_the_authors():
    network = parity.load(UNet3Plus(bn="running"), parity.filled(CASE, gain=GAIN))
    image, mask = scene()
    with torch.inference_mode():
        parity.assert_equals(CASE, "bg_code", network.code(image, 1 - mask))
        parity.assert_equals(CASE, "harmonized", 2 * network(image, mask) - 1)


def test_every_parameter_learns():
    network = UNet3Plus(4).train()
    image, mask = (torch.cat([tensor, tensor.flip(3)]) for tensor in scene())
    network(image, mask).square().mean().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None] == []
