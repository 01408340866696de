"""CDTNet beside its authors' code, and its table alone."""

import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import numpy as np
import parity
from harmonia.nets import cdtnet, cdtnet_sim

CASE = "cdtnet_bcmi"


def table(name, shape):
    """Noise on the identity, or on zeros, of six decimals as the authors' file has it."""
    axis = np.round(np.arange(shape[1]) / (shape[1] - 1.0), 6).astype(np.float32)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    base = np.stack([red, green, blue]) if "LUT0" in name else np.zeros(shape, np.float32)
    return base + 0.05 * parity.generator(name).standard_normal(shape)


def filled(network):
    """A network with the numbers that it had when the authors' code ran."""
    special = [
        parity.BLURRING,
        (r"\.LUT$", table),
        (r"lut\.classifier\.fc\.bias", parity.constant(1, 0.3, -0.2, 0.4)),
        (r"lut\.classifier\.fc\.weight", parity.times(0.3)),
    ]
    return parity.load(network, parity.filled(CASE, special=special))


@pytest.mark.parametrize("module", [cdtnet, cdtnet_sim])
@pytest.mark.parametrize("variant", ["256", "512"])
def test_names_are_those_of_the_checkpoint(module, variant):
    parity.assert_same_names(module.ARCHITECTURE.variants[variant](), CASE)


def test_outputs_are_those_of_the_authors():
    network = filled(cdtnet.ARCHITECTURE.variants["256"]())
    image, mask = parity.picture()
    with torch.inference_mode():
        seen = network.read(
            image, mask, torch.nn.functional.interpolate(mask, (32, 32), mode="bilinear")
        )
        mapped = network.mapped(seen, image, mask)
        out = network(image, mask)
    parity.assert_equals(CASE, "sq256.lut_weights", seen.weights)
    parity.assert_equals(CASE, "sq256.lut_images", mapped)
    parity.assert_equals(CASE, "sq256.base_images", network.normalised.back(seen.field[:, :3]))
    parity.assert_equals(CASE, "sq256.images", out)


def test_the_table_alone_is_that_of_the_authors():
    network = filled(cdtnet_sim.ARCHITECTURE.variants["256"]())
    image, mask = parity.picture(512)
    with torch.inference_mode():
        out = network(image, mask)
    parity.assert_equals(CASE, "hr512_sim.images", mask * out + (1 - mask) * image)  # they paste
