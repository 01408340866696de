"""DoveNet's discriminator beside its authors' code."""

import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import parity
from harmonia.nets._domain_verification import DomainVerification, SpectralConv2d

CASE = "dovenet_D_ndf16"


def born():
    """The original ran with the weights that it is born with after this seed."""
    torch.manual_seed(0)
    return DomainVerification(16).eval()


def scene():
    image, mask = parity.picture()
    return 2 * image - 1, (mask > 0.5).float()


def test_names_are_those_of_the_checkpoint():
    parity.assert_same_names(born(), CASE)


def test_features_and_scores_are_those_of_the_authors():
    network = born()
    with torch.inference_mode():
        whole, foreground, background = network.features(*scene())
        real, one_domain = network(*scene())
    regions = torch.cat([foreground, background])
    parity.assert_equals(CASE, "feat_g", whole)
    parity.assert_equals(CASE, "feat_l", regions)
    # Single numbers, whose range is none: beside the features that their sums are made of.
    assert real.item() == pytest.approx(4.94314432144165, abs=parity.RANGE * 33)
    assert one_domain.item() == pytest.approx(-7454.0908203125, rel=parity.RANGE)


def test_pictures_of_a_batch_do_not_see_each_other():
    network, (image, mask) = born(), scene()
    images, masks = torch.cat([image, image.flip(3)]), torch.cat([mask, mask.flip(3)])
    with torch.inference_mode():
        both = network(images, masks)
        for index in range(2):
            alone = network(images[index : index + 1], masks[index : index + 1])
            for ours, wanted in zip(both, alone, strict=True):
                torch.testing.assert_close(ours[index : index + 1], wanted, atol=1e-3, rtol=1e-4)


def test_training_divides_by_the_largest_singular_value():
    torch.manual_seed(0)
    layer = SpectralConv2d(8, 12, 3).train()
    image = torch.randn(1, 8, 9, 9)
    for _ in range(200):  # the power iteration takes one step a call
        layer(image)
    largest = torch.linalg.svdvals(layer.weight_orig.flatten(1))[0]
    torch.testing.assert_close(layer.eval().weight * largest, layer.weight_orig, atol=1e-5, rtol=0)


def test_mixed_precision_divides_by_the_same_value():
    torch.manual_seed(0)
    layer = SpectralConv2d(8, 12, 3).eval()
    wanted = layer.weight
    with torch.autocast("cpu", torch.bfloat16):
        torch.testing.assert_close(layer.weight, wanted, atol=0, rtol=0)
        assert layer(torch.randn(1, 8, 9, 9)).dtype == torch.bfloat16


def test_every_parameter_learns():
    network = born().train()
    image, mask = scene()
    real, one_domain = network(image, mask)
    (real + one_domain).sum().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None] == []
    fake, _ = network(image, mask)  # a step of two passes before one backward
    again, _ = network(image.flip(3), mask)
    (fake - again).sum().backward()
