"""iSSAM beside its authors' code."""

import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import parity
from harmonia.nets.issam import ARCHITECTURE


@pytest.mark.parametrize("variant", ["256", "512"])
def test_names_are_those_of_the_checkpoint(variant):
    parity.assert_same_names(ARCHITECTURE.variants[variant](), f"saic_issam{variant}")


@pytest.mark.parametrize("variant", ["256", "512"])
def test_outputs_are_those_of_the_authors(variant):
    case = f"saic_issam{variant}"
    network = ARCHITECTURE.variants[variant]()
    parity.load(network, parity.filled(case, special=[parity.BLURRING]))
    image, mask = parity.picture(int(variant))
    with torch.inference_mode():
        out = network.normalised(network(image, mask))
    parity.assert_equals(case, "images", out)
