"""Losses of styles and of translators: definitions, gradients, and who gets one."""

import functools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference import losses as reference

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia.training import losses  # noqa: E402 (needs torch)
from harmonia.training.losses import (  # noqa: E402
    entropy_margin,
    least_squares_critic,
    least_squares_generator,
    patch_nce,
    soft_cross_entropy,
    style_aggregation,
)
from torch.autograd import gradcheck  # noqa: E402

OF_SHARES = [soft_cross_entropy, entropy_margin, style_aggregation]
of_shares = pytest.mark.parametrize("call", OF_SHARES)


def drawn(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype)


def shares(seed=0, *, count=4, styles=10, sharp=1.0, dtype=torch.float64):
    values = (sharp * drawn(count, styles, seed=seed)).softmax(1)
    return values.to(dtype).requires_grad_()


def codes(seed=0, *, count=2, patches=6, dtype=torch.float64):
    values = torch.nn.functional.normalize(drawn(count, patches, 5, seed=seed), dim=2)
    return values.to(dtype).requires_grad_()


def each(name, *tensors, **options):
    arrays = [tensor.detach().double().numpy() for tensor in tensors]
    call = functools.partial(getattr(reference, name), **options)
    return torch.tensor([call(*one) for one in zip(*arrays, strict=True)], dtype=torch.float64)


@of_shares
@pytest.mark.parametrize("options", [{}, {"margin": 0.1}, {"margin": 3.0}])
def test_values_are_those_of_the_definition(call, options):
    if call is soft_cross_entropy:
        options = {}
    pair = shares(0), shares(1, sharp=3.0)
    found = call(*pair, **options, reduction="none")
    torch.testing.assert_close(found, each(call.__name__, *pair, **options), rtol=1e-12, atol=1e-12)


def test_the_mean_margin_is_that_of_the_mean_entropies():
    """As in the authors' code: one picture may make up for another."""
    before = torch.tensor([[0.25] * 4, [0.25] * 4], dtype=torch.float64)
    after = torch.tensor([[1.0, 0, 0, 0], [0.25] * 4], dtype=torch.float64)
    falls = math.log(4), 0.0
    assert entropy_margin(before, after, reduction="none").tolist() == pytest.approx([0.0, 1.0])
    assert entropy_margin(before, after).item() == pytest.approx(1 - sum(falls) / 2)
    assert entropy_margin(before, after, margin=0.5).item() == 0
    parts = soft_cross_entropy(after, before) + entropy_margin(before, after)
    assert torch.equal(style_aggregation(before, after), parts)


def test_soft_cross_entropy_is_that_of_torch():
    output, target = shares(0), shares(1)
    wanted = torch.nn.functional.cross_entropy(output.log(), target)
    torch.testing.assert_close(soft_cross_entropy(output, target), wanted, rtol=1e-12, atol=0)


@given(st.integers(0, 99), st.integers(2, 12))
def test_nothing_is_nearer_to_shares_than_they_are(seed, styles):
    target, other = (shares(seed + more, styles=styles) for more in (0, 1))
    assert soft_cross_entropy(other, target) >= soft_cross_entropy(target, target)
    assert soft_cross_entropy(target, target) <= math.log(styles) + 1e-12


@of_shares
def test_gradients_are_those_of_the_values(call):
    dull, sharp = shares(0, sharp=0.3), shares(1, sharp=1.5)
    for pair in ((dull, sharp), (sharp, dull)):
        assert gradcheck(call, pair)


@of_shares
def test_certainty_is_finite_and_so_are_its_gradients(call):
    for dtype in (torch.float32, torch.float64):
        certain = torch.eye(3, dtype=dtype).requires_grad_()
        other = torch.eye(3, dtype=dtype).flip(0).requires_grad_()
        loss = call(certain, other)
        pulls = torch.autograd.grad(loss, (certain, other))
        assert loss.isfinite()
        assert all(pull.isfinite().all() for pull in pulls)


@of_shares
def test_wrong_shares_are_named(call):
    first, second = {"soft_cross_entropy": ("output", "target")}.get(
        call.__name__, ("before", "after")
    )
    good, where = shares(), f"^{call.__name__}: "
    with pytest.raises(ValueError, match=rf"{where}{first} must have shape \(N, styles\), got \(4"):
        call(good[:, :, None], good)
    with pytest.raises(ValueError, match=rf"{where}{second} must have the shape of {first}"):
        call(good, good[:, 1:])
    with pytest.raises(TypeError, match=rf"{where}{first} must be of floats"):
        call(good.long(), good)
    with pytest.raises(ValueError, match=rf"{where}reduction must be one of"):
        call(good, good, reduction="sum")


@pytest.mark.parametrize("shape", [(3,), (3, 1, 4, 5)])
def test_least_squares_are_those_of_the_definition(shape):
    real, fake = drawn(*shape).requires_grad_(), drawn(*shape, seed=1).requires_grad_()
    for call, given_ in ((least_squares_critic, (real, fake)), (least_squares_generator, (fake,))):
        found = call(*given_, reduction="none")
        wanted = each(call.__name__, *given_)
        torch.testing.assert_close(found, wanted, rtol=1e-12, atol=0)
        torch.testing.assert_close(call(*given_), wanted.mean(), rtol=1e-12, atol=0)
        assert gradcheck(call, given_)


def test_patch_nce_is_that_of_the_definition():
    output, source = codes(0), codes(1)
    for options in ({}, {"temperature": 0.5}):
        found = patch_nce(output, source, **options, reduction="none")
        wanted = each("patch_nce", output, source, **options)
        torch.testing.assert_close(found, wanted, rtol=1e-12, atol=0)


def test_patch_nce_teaches_the_output_alone():
    output, source = codes(0), codes(1)
    loss = patch_nce(output, source)
    assert gradcheck(lambda values: patch_nce(values, source.detach()), (output,))
    pulls = torch.autograd.grad(loss, (output, source), allow_unused=True)
    assert pulls[0].count_nonzero() > 0
    assert pulls[1] is None


def test_patches_of_other_pictures_are_no_wrong_answers():
    output, source = codes(0), codes(1)
    both = patch_nce(output, source, reduction="none")
    alone = [patch_nce(output[k : k + 1], source[k : k + 1]) for k in range(2)]
    torch.testing.assert_close(both, torch.stack(alone), rtol=1e-14, atol=0)


def test_patch_nce_names_what_is_wrong():
    good = codes()
    with pytest.raises(ValueError, match=r"^patch_nce: output must have shape \(N, patches, C\)"):
        patch_nce(good[0], good[0])
    with pytest.raises(ValueError, match=r"^patch_nce: source must have the shape of output"):
        patch_nce(good, good[:, 1:])
    with pytest.raises(ValueError, match=r"^patch_nce: temperature must be above 0, got 0"):
        patch_nce(good, good, temperature=0)


CALLS = {
    "soft_cross_entropy": (shares, shares),
    "entropy_margin": (shares, shares),
    "style_aggregation": (shares, shares),
    "patch_nce": (codes, codes),
    "least_squares_generator": (shares,),
    "least_squares_critic": (shares, shares),
}


@pytest.mark.parametrize("name", CALLS)
def test_they_compute_in_float32_and_look_at_no_values(name):
    call = getattr(losses, name)
    halves = [make(seed, dtype=torch.bfloat16) for seed, make in enumerate(CALLS[name])]
    wanted = call(*(half.float() for half in halves))
    with torch.autocast("cpu", torch.bfloat16):
        found = call(*halves)
    assert found.dtype == torch.float32
    assert torch.equal(found, wanted)
    assert call(*(half.to("meta") for half in halves)).shape == ()
