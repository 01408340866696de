"""PCT-Net beside its authors' code."""

import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import parity
from harmonia.nets.pctnet import ARCHITECTURE

MAPS = {
    "cnn": (0.25, 0.02, -0.02, 0.01, 0.25, 0.03, -0.01, 0.02, 0.22, 0.45, 0.44, 0.42),
    "vit": (0.9, 0.02, -0.02, 0.01, 0.95, 0.03, -0.01, 0.02, 0.85, 0.02, 0.01, 0.0),
}
VARIANTS = pytest.mark.parametrize("variant", list(MAPS))


def filled(variant):
    """The network with the numbers that it had when the authors' code ran."""
    special = [
        parity.BLURRING,
        (r"get_params\.bias", parity.constant(*MAPS[variant])),
        (r"get_params\.weight", parity.times(0.1)),
    ]
    gain = (("", 0.7),) if variant == "vit" else ()
    state = parity.filled(f"pctnet_{variant}", gain, special)
    return parity.load(ARCHITECTURE.variants[variant](), state)


@VARIANTS
def test_names_are_those_of_the_checkpoint(variant):
    parity.assert_same_names(ARCHITECTURE.variants[variant](), f"pctnet_{variant}")


@VARIANTS
def test_outputs_are_those_of_the_authors(variant):
    case = f"pctnet_{variant}"
    network = filled(variant)
    image, mask = parity.picture()
    with torch.inference_mode():
        maps, share = network.predict(image, mask)
        out = network(image, mask)
    parity.assert_equals(case, "params", maps)
    if share is None:  # the authors paste
        share, out = mask, mask * out + (1 - mask) * image
    parity.assert_equals(case, "attention", share)
    parity.assert_equals(case, "images", network.normalised(out))


@VARIANTS
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_one_pass_over_a_picture_is_what_torch_gives(variant, dtype):
    parity.check_painted(filled(variant), dtype)


@VARIANTS
def test_gradients_reach_every_weight_that_does_something(variant):
    network = filled(variant)
    image, mask = parity.picture()
    with torch.enable_grad():
        network(image[:, :, ::2, ::3], mask[:, :, ::2, ::3]).square().mean().backward()
    without = {name for name, value in network.named_parameters() if value.grad is None}
    unused = {"decoder.to_rgb.weight", "decoder.to_rgb.bias"} if variant == "cnn" else set()
    assert without == unused
