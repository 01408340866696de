"""What weights begin with: the moments of every layer."""

import math

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia.nets.issam import ARCHITECTURE  # noqa: E402 (needs torch)
from harmonia.training import _initial  # noqa: E402
from torch import nn  # noqa: E402


def layers():
    """One of each kind, with different fans, and norms and biases that are off their beginnings."""
    made = nn.Sequential(
        nn.Conv2d(40, 60, 3),
        nn.ConvTranspose2d(60, 30, 4),
        nn.Linear(300, 100),
        nn.Conv2d(64, 64, 3, bias=False),
        nn.BatchNorm2d(4096),
        nn.InstanceNorm2d(64, affine=True),
        nn.InstanceNorm2d(64),
    )
    for parameter in made.parameters():
        nn.init.constant_(parameter, 7.0)
    torch.manual_seed(0)
    return made


def check_moments(values, deviation, mean=0.0):
    """Six deviations of what a sample of Gaussians has: d / sqrt(n), and d / sqrt(2 n)."""
    count = math.sqrt(values.numel())
    assert values.mean().item() == pytest.approx(mean, abs=6 * deviation / count)
    assert values.std().item() == pytest.approx(deviation, abs=6 * deviation / math.sqrt(2) / count)


def fans(layer):
    """Numbers that one output sums up, and outputs that one number goes into."""
    weight = layer.weight
    area = weight[0, 0].numel()
    return weight.shape[1] * area, weight.shape[0] * area


@pytest.mark.parametrize("magnitude", [1.0, 2.0])
def test_gluon_divides_a_variance_by_the_mean_of_the_fans(magnitude):
    made = layers()
    _initial.gluon(made, magnitude)
    for layer in made[:4]:
        check_moments(layer.weight, math.sqrt(2 * magnitude / sum(fans(layer))))


def test_normal_is_of_one_deviation():
    made = layers()
    _initial.normal(made, 0.05)
    for layer in made[:4]:
        check_moments(layer.weight, 0.05)
    check_moments(made[4].weight, 0.05, mean=1.0)


def test_xavier_is_torchs_times_the_gain():
    made = layers()
    _initial.xavier(made, 0.02)
    for layer in made[:4]:
        check_moments(layer.weight, 0.02 * math.sqrt(2 / sum(fans(layer))))
    check_moments(made[4].weight, 0.02, mean=1.0)


@pytest.mark.parametrize(
    "begin", [lambda m: _initial.gluon(m, 2.0), _initial.normal, _initial.xavier]
)
def test_biases_begin_at_zero_and_norms_as_the_identity(begin):
    made = layers()
    begin(made)
    for layer in made:
        if getattr(layer, "bias", None) is not None:
            assert not layer.bias.any()
    assert (made[5].weight == 1).all()


def test_what_is_not_trained_stays():
    network = ARCHITECTURE.variants["256"](width=4, base=64)
    before = {key: value.clone() for key, value in network.named_buffers()}
    assert any(key.endswith("mask_blurring.weight") for key in before)
    _initial.gluon(network, 1.0)
    for key, value in network.named_buffers():
        assert torch.equal(value, before[key]), key
