"""The U-Net of the HSV style loss beside its authors' code."""

import colorsys
import math

import numpy as np
import pytest
from kinds import torch
from PIL import Image

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import harmonia
import parity
from harmonia.nets import _checkpoints, _weights
from harmonia.nets._hue import hue_saturation_value
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


def reference_hue(red, green, blue):
    hue, saturation, value = colorsys.rgb_to_hsv(red, green, blue)
    angle = 2 * math.pi * hue
    return saturation * math.cos(angle), saturation * math.sin(angle), value


def of_colours(*colours):
    return torch.from_numpy(np.array(colours, np.float64)).T.reshape(1, 3, 1, len(colours))


def test_hue_is_the_angle_of_hsv_that_saturation_weighs():
    colours = np.random.default_rng(0).uniform(1 / 255, 1, (500, 3))
    colours[:60] = np.round(5 * colours[:60]) / 5  # equal channels
    colours = np.maximum(colours, 1 / 255)
    found = hue_saturation_value(of_colours(*colours))[0, :, 0].T
    # A few roundings of numbers up to 2 pi.
    wanted = [reference_hue(*colour) for colour in colours]
    np.testing.assert_allclose(found, wanted, atol=64 * 2.0**-53, rtol=0)


def test_the_ends_of_red_meet():
    before, after = [1, 0, 1e-9], [1, 1e-9, 0]
    codes = hue_saturation_value(of_colours(before, after))
    assert (codes[..., 0] - codes[..., 1]).abs().max() < 1e-8
    stepped = hsv_codes(of_colours([1, 0, 0.01], [1, 0.01, 0]))
    assert (stepped[0, 0, 0, 0] - stepped[0, 0, 0, 1]).abs() > 0.9  # a line, not a circle


def test_greys_have_no_hue():
    shades = torch.linspace(0, 1, 256)
    codes = hue_saturation_value(shades.expand(1, 3, 1, 256))
    assert codes[:, :2].count_nonzero() == 0
    assert torch.equal(codes[0, 2, 0], shades)
    near = hue_saturation_value(of_colours([0.5 + 1e-4, 0.5, 0.5], [0.5, 0.5, 0.5 + 1e-4]))
    assert near[:, :2].abs().max() < 3e-4  # whatever the hue


@pytest.mark.parametrize("turns", range(1, 7))
def test_channels_that_change_places_turn_the_hue(turns):
    image = torch.from_numpy(np.random.default_rng(1).uniform(0.1, 1, (1, 3, 8, 8)))
    turned = image.roll(turns, dims=1)  # red becomes green: a third of the circle
    angle = 2 * math.pi * turns / 3
    x, y, value = hue_saturation_value(image).unbind(1)
    wanted = (
        x * math.cos(angle) - y * math.sin(angle),
        x * math.sin(angle) + y * math.cos(angle),
        value,
    )
    found = hue_saturation_value(turned)
    torch.testing.assert_close(found, torch.stack(wanted, 1), atol=1e-14, rtol=0)


def test_hue_has_finite_gradients_of_the_right_values_everywhere():
    awkward = [
        [0, 0, 0], [1, 1, 1], [0.5, 0.5, 0.5], [1, 0, 0], [0, 0, 1], [0.7, 0.7, 0.2],
        [0.2, 0.7, 0.7], [1e-9, 0, 0], [1e-40, 0, 0], [0.5, 0.5 + 1e-7, 0.5], [1.5, -0.3, 0.2],
    ]  # fmt: skip
    for dtype in (torch.float32, torch.float64):
        image = of_colours(*awkward).to(dtype).requires_grad_()
        codes = hue_saturation_value(image)
        assert codes.isfinite().all()
        for channel in range(3):
            (pull,) = torch.autograd.grad(codes[:, channel].sum(), image, retain_graph=True)
            assert pull.isfinite().all()
            # d (s cos h) is at most that of s, and of the angle: (1 + pi) / v, where v >= 1/255.
            assert pull.abs().max() <= 255 * (1 + math.pi) * 2
    between = np.random.default_rng(2).permuted(np.tile([0.2, 0.45, 0.8], (30, 1)), axis=1)
    image = of_colours(*between).requires_grad_()
    assert torch.autograd.gradcheck(hue_saturation_value, (image,))


def test_weights_of_a_space_are_loaded_as_of_that_space(tmp_path):
    state = StyleUNet(width=8).state_dict()
    for space in ("rgb", "hsv", "hue"):
        path = tmp_path / f"{space}.safetensors"
        notes = {_weights.ARCHITECTURE: f"style_unet.{space}", _weights.SHAPE: '{"width": 8}'}
        path.write_bytes(_checkpoints.as_safetensors(state, notes))
        assert harmonia.load("style_unet", weights=path).network.space == space
        assert _weights.recognise(path) == f"style_unet.{space}"


def test_where_no_shape_is_told_the_name_in_the_header_decides():
    with torch.device("meta"):
        state = StyleUNet().state_dict()
    kinds = _weights.kinds_of("style_unet", where="test")
    for name in ("style_unet.rgb", "style_unet.hsv", "style_unet.hue"):
        checkpoint = _checkpoints.Checkpoint(state, {_weights.ARCHITECTURE: name})
        assert [kind.name for kind, _ in _weights.fitting(checkpoint, kinds, "x")] == [name]
    nameless = _checkpoints.Checkpoint(state, {})
    assert len(_weights.fitting(nameless, kinds, "x")) == 3


def test_hue_reaches_the_extractor():
    image, mask = scene()
    torch.manual_seed(0)
    network = StyleUNet("hue", 8).eval()
    image.requires_grad_()
    network.code(image, 1 - mask).sum().backward()
    outside = (mask == 0).expand_as(image)
    assert image.grad.isfinite().all()
    assert image.grad[outside].count_nonzero() > 0
    assert image.grad[~outside].count_nonzero() == 0


@pytest.mark.parametrize("space", ["rgb", "hsv", "hue"])
def test_every_parameter_learns(space):
    network = StyleUNet(space, 8).train()
    image, mask = (torch.cat([tensor, tensor.flip(3)]) for tensor in scene())
    network(image, mask).square().mean().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None] == []
