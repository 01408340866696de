"""iDIH, alone and with HRNet or DeepLab behind it, beside its authors' code."""

import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import parity
from harmonia.nets.idih import ARCHITECTURE

CASES = {
    "256": "saic_idih256",
    "512": "saic_idih512",
    "256-se": "saic_isedih256",
    "hrnet18s": "saic_hrnet18s_idih256",
    "hrnet18s-v2p": "saic_hrnet18s_v2p_idih256",
    "hrnet18": "saic_hrnet18_idih256",
    "hrnet18-v2p": "saic_hrnet18_v2p_idih256",
    "hrnet32": "saic_hrnet32_idih256",
    "512-hrnet18": "saic_hrnet18_idih512",
    "deeplab-r34": "saic_deeplab_r34_idih256",
}
every_variant = pytest.mark.parametrize("variant", CASES)


def filled(variant):
    state = parity.filled(CASES[variant], gain=parity.BACKBONE_GAIN, special=[parity.SCALE])
    return parity.load(ARCHITECTURE.variants[variant](), state)


def test_every_variant_has_its_case():
    assert list(CASES) == list(ARCHITECTURE.variants)
    assert {one.variant for one in ARCHITECTURE.published} <= set(CASES)


@every_variant
def test_names_are_those_of_the_checkpoint(variant):
    with torch.device("meta"):
        network = ARCHITECTURE.variants[variant]()
    parity.assert_same_names(network, CASES[variant])


@every_variant
def test_outputs_are_those_of_the_authors(variant):
    network = filled(variant)
    with torch.inference_mode():
        out = network.normalised(network(*parity.picture(network.base)))
    parity.assert_equals(CASES[variant], "images", out)


def test_other_sizes_are_padded_as_by_the_predictor():
    network = filled("256")
    image, mask = parity.picture()
    image, mask = image[:, :, 20:221, 5:250], mask[:, :, 20:221, 5:250]
    black = torch.zeros(1, 3, 256, 256), torch.zeros(1, 1, 256, 256)
    # 55 rows are missing, 27 of them above; 11 columns, 5 of them on the left.
    for whole, part in zip(black, (image, mask), strict=True):
        whole[:, :, 27:228, 5:250] = part
    with torch.inference_mode():
        out, wanted = network(image, mask), network(*black)[:, :, 27:228, 5:250]
    torch.testing.assert_close(out, wanted, atol=0, rtol=0)


@pytest.mark.parametrize("variant", ["256-se", "hrnet18s-v2p", "deeplab-r34"])
def test_every_parameter_learns(variant):
    network = ARCHITECTURE.variants[variant]().train()
    image, mask = (torch.cat([tensor, tensor.flip(3)]) for tensor in parity.picture())
    network(image, mask).square().mean().backward()
    still = [name for name, p in network.named_parameters() if p.grad is None]
    assert still == []
