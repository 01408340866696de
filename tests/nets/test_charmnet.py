"""CharmNet beside its authors' code."""

import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import parity
from harmonia.nets._charmnet_critics import STYLES, DomainCritic, StyleCritic
from harmonia.nets.charmnet import ARCHITECTURE

GAIN = [("", 0.85)]
every_domain = pytest.mark.parametrize("domain", ["real", "rendered"])


def filled(domain):
    return parity.load(ARCHITECTURE.variants[domain](), parity.filled("charmnet", gain=GAIN))


@every_domain
def test_names_are_those_of_the_checkpoint(domain):
    parity.assert_same_names(ARCHITECTURE.variants[domain](), "charmnet")


@every_domain
def test_outputs_are_those_of_the_authors(domain):
    network = filled(domain)
    with torch.inference_mode():
        out = network.normalised(network(*parity.picture()))
    parity.assert_equals("charmnet", f"harmonized_{domain}", out)


@every_domain
def test_features_are_those_of_the_authors(domain):
    network = filled(domain)
    image, mask = parity.picture()
    values, mask = network.normalised(image), (mask > 0.5).float()
    with torch.inference_mode():
        bridge = network.bridge(values, mask, domain)
        decoded = network.decoded(bridge, values, mask, domain)
    parity.assert_equals("charmnet", f"attention_{domain}", decoded.attention)
    if domain == "real":
        parity.assert_equals("charmnet", "enc_feat_real", bridge.before)
        parity.assert_equals("charmnet", "dec_feat_real", bridge.shared)


def test_each_domain_teaches_its_own_part_and_the_middle():
    network = ARCHITECTURE.variants["rendered"]().train()
    image, mask = (torch.cat([tensor, tensor.flip(3)]) for tensor in parity.picture())
    network(image, mask).square().mean().backward()
    learns = {
        name.partition(".")[0] for name, p in network.named_parameters() if p.grad is not None
    }
    assert learns == {"render_enc", "encoder_blocks", "deconv_blocks", "render_dec"}


def test_critics_judge_places_and_shares_of_styles():
    network = ARCHITECTURE.variants["real"]().train()
    image, mask = (torch.cat([tensor, tensor.flip(3)]) for tensor in parity.picture())
    bridge = network.bridge(image, mask, "real")
    domains, styles = DomainCritic()(bridge.before), StyleCritic()(bridge.shared)
    assert domains.shape == (2, 1, 16, 16)
    assert styles.shape == (2, STYLES)
    torch.testing.assert_close(styles.sum(1), torch.ones(2))
    (domains.mean() + styles[:, 0].mean()).backward()
    assert network.real_enc.block0.block[0].weight.grad.abs().sum() > 0
