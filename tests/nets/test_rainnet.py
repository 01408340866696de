"""RainNet beside its authors' code."""

import numpy as np
import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import parity
from harmonia.nets.rainnet import RainNet, RegionNorm

GAIN = (("", 0.85),)
CASES = {"rainnet": 64, "rainnet_ngf8": 8}
every_case = pytest.mark.parametrize("case", CASES)


def filled(case):
    return parity.load(RainNet(CASES[case]), parity.filled(case, gain=GAIN))


@every_case
def test_names_are_those_of_the_checkpoint(case):
    with torch.device("meta"):
        network = RainNet(CASES[case])
    parity.assert_same_names(network, case)


@every_case
def test_outputs_are_those_of_the_authors(case):
    image, mask = parity.picture()
    with torch.inference_mode():
        out = 2 * filled(case)(image, mask) - 1
    inside = (mask > 0.5).float()
    parity.assert_equals(case, "raw", out)
    parity.assert_equals(case, "harmonized", out * inside + (2 * image - 1) * (1 - inside))


def test_a_mask_is_cut_at_a_half_unless_asked_for_as_it_is():
    network = filled("rainnet_ngf8")
    image, mask = parity.picture()
    with torch.inference_mode():
        out = network(image, mask)
        cut = network.generate(image, (mask > 0.5).float())
        soft = network.generate(image, mask)
    torch.testing.assert_close(out, cut, atol=0, rtol=0)
    assert not torch.allclose(out, soft, atol=1e-3)


@pytest.mark.parametrize("soft", [False, True])
def test_the_foreground_takes_on_the_statistics_of_the_background(soft):
    chance = np.random.default_rng(0)
    values = chance.normal(3, 2, (2, 4, 8, 8))
    mask = chance.uniform(0, 1, (2, 1, 8, 8))
    mask = mask if soft else (mask > 0.6).astype(float)
    # The foreground's shift and scale, then the background's, a channel each.
    gamma_f, beta_f, gamma_b, beta_b = chance.normal(0, 0.3, (4, 4))
    wanted = np.empty_like(values)
    for n, c in np.ndindex(2, 4):
        x, m = values[n, c], mask[n, 0]
        moments = []
        for weight in (m, 1 - m):
            mean = (x * weight).sum() / (weight.sum() + 1e-5)
            variance = (((x - mean) * weight) ** 2).sum() / (weight.sum() + 1e-5)
            moments.append((mean, np.sqrt(variance + 1e-5)))
        (mean_f, std_f), (mean_b, std_b) = moments
        front = (x - mean_f) / std_f * std_b + mean_b
        back = (x - mean_b) / std_b
        wanted[n, c] = (front * (1 + gamma_f[c]) + beta_f[c]) * m
        wanted[n, c] += (back * (1 + gamma_b[c]) + beta_b[c]) * (1 - m)
    norm = RegionNorm(4).double()
    with torch.no_grad():
        for name, given in (
            ("foreground_gamma", gamma_f),
            ("foreground_beta", beta_f),
            ("background_gamma", gamma_b),
            ("background_beta", beta_b),
        ):
            getattr(norm, name).copy_(torch.from_numpy(given))
        found = norm(torch.from_numpy(values), torch.from_numpy(mask))
    np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_empty_and_full_masks_give_finite_pictures(level):
    network = filled("rainnet_ngf8")
    image, mask = parity.picture()
    with torch.inference_mode():
        assert torch.isfinite(network(image, torch.full_like(mask, level))).all()


def test_every_parameter_learns():
    network = RainNet(8).train()
    image, mask = (torch.cat([tensor, tensor.flip(3)]) for tensor in parity.picture())
    network(image, mask).square().mean().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None] == []
