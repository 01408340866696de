"""The attention U-Net beside its authors' code."""

import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import parity
from harmonia.nets.attention_unet import ARCHITECTURE, AttentionUNet

CASE = "student_attunet"
GAIN = (("", 0.85),)
DEAD = "G.Att5."  # it is in the checkpoints and does nothing


def scene():
    image, mask = parity.picture()
    return image, (mask > 0.5).float()


def test_names_are_those_of_the_checkpoint():
    with torch.device("meta"):
        network = AttentionUNet()
    parity.assert_same_names(network, CASE)


def test_a_file_of_the_generator_alone_gets_its_prefix():
    with torch.device("meta"):
        state = AttentionUNet().state_dict()
    bare = {name.removeprefix("G."): tensor for name, tensor in state.items()}
    assert ARCHITECTURE.convert(bare).keys() == state.keys()


def test_outputs_are_those_of_the_authors():
    network = parity.load(AttentionUNet(), parity.filled(CASE, gain=GAIN))
    with torch.inference_mode():
        out = 2 * network(*scene()) - 1
    parity.assert_equals(CASE, "harmonized", out)


def test_only_255_of_255_is_foreground():
    torch.manual_seed(0)
    network = AttentionUNet(4).eval()
    image, mask = parity.picture()
    with torch.inference_mode():
        out, wanted = network(image, mask), network(image, ((255 * mask).round() == 255).float())
    torch.testing.assert_close(out, wanted, atol=0, rtol=0)


def test_every_parameter_but_the_dead_gate_learns():
    network = AttentionUNet(4).train()
    image, mask = (torch.cat([tensor, tensor.flip(3)]) for tensor in scene())
    network(image, mask).square().mean().backward()
    still = [name for name, p in network.named_parameters() if p.grad is None]
    assert still == [name for name, _ in network.named_parameters() if name.startswith(DEAD)]
    assert len(still) == 6
