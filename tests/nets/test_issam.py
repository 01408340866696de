"""iSSAM beside its authors' code."""

import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import parity
from harmonia.nets.issam import ARCHITECTURE

CASES = {"256": "saic_issam256", "512": "saic_issam512", "hrnet18": "saic_hrnet18_issam256"}
every_variant = pytest.mark.parametrize("variant", CASES)


@every_variant
def test_names_are_those_of_the_checkpoint(variant):
    parity.assert_same_names(ARCHITECTURE.variants[variant](), CASES[variant])


@every_variant
def test_outputs_are_those_of_the_authors(variant):
    case = CASES[variant]
    special = [parity.BLURRING, parity.SCALE]
    network = ARCHITECTURE.variants[variant]()
    parity.load(network, parity.filled(case, gain=parity.BACKBONE_GAIN, special=special))
    image, mask = parity.picture(network.base)
    with torch.inference_mode():
        out = network.normalised(network(image, mask))
    parity.assert_equals(case, "images", out)
