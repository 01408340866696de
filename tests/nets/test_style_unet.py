"""The U-Net of the HSV style loss beside its authors' code."""

import numpy as np
import pytest
from kinds import torch
from PIL import Image

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import parity
from harmonia.nets.style_unet import StyleUNet, hsv_codes

CASE = "student_unet_style"
GAIN = (("", 0.85),)
SPECIAL = ((r"^G\.weight$", parity.constant(0.1)),)


def filled(space, bn="running"):
    state = parity.filled(CASE, gain=GAIN, special=SPECIAL)
    return parity.load(StyleUNet(space, bn=bn), state)


def scene():
    image, mask = parity.picture()
    return image, (mask > 0.5).float()


def test_names_are_those_of_the_checkpoint():
    with torch.device("meta"):
        network = StyleUNet()
    parity.assert_same_names(network, CASE)


@pytest.mark.parametrize("space", ["rgb", "hsv"])
def test_codes_and_outputs_are_those_of_the_authors(space):
    network = filled(space)
    image, mask = scene()
    suffix = "_hsv" if space == "hsv" else ""
    with torch.inference_mode():
        parity.assert_equals(CASE, f"bg_code{suffix}", network.code(image, 1 - mask))
        parity.assert_equals(CASE, f"harmonized{suffix}", 2 * network(image, mask) - 1)


def test_own_statistics_do_not_touch_the_extractor():
    image, mask = scene()
    own, kept = filled("rgb", "batch"), filled("rgb")
    with torch.inference_mode():
        assert torch.equal(own.code(image, 1 - mask), kept.code(image, 1 - mask))
        assert not torch.allclose(own(image, mask), kept(image, mask), atol=0.01)


def test_hsv_has_the_codes_of_pil():
    codes = np.random.default_rng(0).integers(0, 256, (256, 1024, 3), np.uint8)
    codes[:8] = codes[:8, :, :1]  # grey
    codes[8:16] //= 32
    wanted = np.array(Image.fromarray(codes).convert("HSV"))
    image = torch.from_numpy(codes).permute(2, 0, 1)[None] / 255
    found = (255 * hsv_codes(image))[0].permute(1, 2, 0).round().numpy()
    np.testing.assert_array_equal(found, wanted)


def test_gradients_of_hsv_are_those_of_the_smooth_functions():
    colour = torch.tensor([200.0, 100.0, 50.0], dtype=torch.float64) / 255
    image = colour.view(1, 3, 1, 1).clone().requires_grad_()
    red, green, blue = colour.tolist()
    # hue = (g - b) / (6 (r - b)), saturation = 1 - b / r, value = r.
    spread = red - blue
    wanted = [
        [-(green - blue) / (6 * spread**2), 1 / (6 * spread), (green - red) / (6 * spread**2)],
        [blue / red**2, 0, -1 / red],
        [1, 0, 0],
    ]
    for channel in range(3):
        (gradient,) = torch.autograd.grad(hsv_codes(image)[0, channel].sum(), image)
        np.testing.assert_allclose(gradient.flatten(), wanted[channel], atol=1e-4)


def test_greys_have_finite_gradients():
    image = torch.tensor([0.0, 0.5, 1.0]).expand(1, 3, 1, 3).clone().requires_grad_()
    hsv_codes(image).sum().backward()
    assert torch.isfinite(image.grad).all()


@pytest.mark.parametrize("space", ["rgb", "hsv"])
def test_every_parameter_learns(space):
    network = StyleUNet(space, 8).train()
    image, mask = (torch.cat([tensor, tensor.flip(3)]) for tensor in scene())
    network(image, mask).square().mean().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None] == []
