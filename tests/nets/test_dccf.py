"""DCCF beside its authors' code."""

import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import parity
from harmonia.nets.dccf import ARCHITECTURE, applied

# fmt: off
FILTERS = (
    1, 0, 0, 0, 1, 0, 0, 0, 1, 0.02, -0.01, 0.015,
    1, 0.1, -0.05, 0.05, 0.1, -0.1, 0.05, -0.1, 0.02,
    0.15,
)
REFINEMENT = (0.57, 0, 0, 0, 0.56, 0, 0, 0, 0.58, 0.01, 0.02, 0)
# fmt: on
every_variant = pytest.mark.parametrize("variant", list(ARCHITECTURE.variants))


def filled(variant):
    """The network with the numbers that it had when the authors' code ran."""
    special = [
        parity.BLURRING,
        parity.SCALE,
        (r"get_filters\.bias", parity.constant(*FILTERS)),
        (r"get_refine\.bias", parity.constant(*REFINEMENT)),
        (r"get_(filters|refine)\.weight", parity.times(0.03)),
    ]
    state = parity.filled(f"dccf_{variant}", parity.BACKBONE_GAIN, special)
    return parity.load(ARCHITECTURE.variants[variant](), state)


@every_variant
def test_names_are_those_of_the_checkpoint(variant):
    with torch.device("meta"):
        network = ARCHITECTURE.variants[variant]()
    parity.assert_same_names(network, f"dccf_{variant}")


@every_variant
def test_outputs_are_those_of_the_authors(variant):
    case = f"dccf_{variant}"
    network = filled(variant)
    image, mask = parity.picture()
    with torch.inference_mode():
        planes = network.planes(image, mask)
        # Black has the hue that the rounding of the authors' normalisation gives it.
        rounded = network.normalised.back(network.normalised(image))
        out = applied(planes, rounded)
    if variant != "hrnet18s":
        parity.assert_equals(case, "filters", planes[:, :22])
        parity.assert_equals(case, "attention", planes[:, -1:])
    parity.assert_equals(case, "images", network.normalised(out))


@every_variant
def test_forward_differs_in_black_alone(variant):
    network = filled(variant)
    image, mask = parity.picture()
    with torch.inference_mode():
        planes = network.planes(image, mask)
        out = network(image, mask)
        theirs = applied(planes, network.normalised.back(network.normalised(image)))
    lit = image.amax(1, keepdim=True) > 0
    assert lit.float().mean() > 0.9
    # Hue jumps where two channels are equal or the spread is small: 1 in 1000 pixels may.
    apart = ((out - theirs).abs() * lit).flatten()
    assert torch.quantile(apart[::4], 0.999) < 1e-3
    black = out[(~lit).expand_as(out)]
    assert torch.isfinite(black).all()


def test_filters_that_change_nothing():
    planes = torch.zeros(1, 35, 256, 256)
    planes[:, [0, 4, 8, 12]] = 1
    planes[:, [22, 26, 30]] = 3**-0.5
    planes[:, 34] = 1
    image, _ = parity.picture()
    wanted = image / 3**0.5  # the refinement has length 1
    torch.testing.assert_close(applied(planes, image), wanted, rtol=0, atol=2e-6)


def test_saturation_has_both_signs():
    """By -0.99 a colour keeps its value and 1 part in 100 of its spread; by 0.99 it is pure."""
    planes = torch.zeros(1, 35, 1, 2)
    planes[:, [0, 4, 8, 12]] = 1
    planes[:, [22, 26, 30]] = 1
    planes[:, 34] = 1
    planes[:, 21, 0, 0], planes[:, 21, 0, 1] = -2, 2
    image = torch.tensor([0.6, 0.4, 0.2]).view(1, 3, 1, 1).expand(1, 3, 1, 2)
    dull, pure = (applied(planes, image) * 3**0.5).unbind(3)
    # Around the lightness 0.4: from 0.402 to 0.398; the saturation is 0.004 / 0.402.
    spread = 0.6 * 0.004 / 0.402
    torch.testing.assert_close(dull.flatten(), torch.tensor([0.6, 0.6 - spread / 2, 0.6 - spread]))
    torch.testing.assert_close(pure.flatten(), torch.tensor([0.6, 0.3, 0.0]), rtol=0, atol=1e-6)


@every_variant
def test_every_parameter_learns(variant):
    network = ARCHITECTURE.variants[variant]().train()
    image, mask = (torch.cat([tensor, tensor.flip(3)]) for tensor in parity.picture())
    network(image, mask).square().mean().backward()
    still = [name for name, p in network.named_parameters() if p.grad is None]
    assert still == (["decoder.to_rgb.weight", "decoder.to_rgb.bias"] if variant == "issam" else [])
    assert all(p.grad.isfinite().all() for p in network.parameters() if p.grad is not None)
