"""iSEUNet beside its authors' code."""

import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import parity
from harmonia.nets.iseunet import ARCHITECTURE

CASE = "saic_iseunet256"


def test_names_are_those_of_the_checkpoint():
    parity.assert_same_names(ARCHITECTURE.variants["256"](), CASE)


def test_outputs_are_those_of_the_authors():
    network = ARCHITECTURE.variants["256"]()
    parity.load(network, parity.filled(CASE))
    with torch.inference_mode():
        out = network.normalised(network(*parity.picture()))
    parity.assert_equals(CASE, "images", out)
