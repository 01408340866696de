"""Losses of scores and of codes: their definitions, their gradients, and who gets one."""

import functools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference import losses as reference

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia.training.losses import (  # noqa: E402 (needs torch)
    gradient_penalty,
    hinge_critic,
    hinge_generator,
    triplet,
)
from torch.autograd import gradcheck  # noqa: E402

EPS = 2.0**-24
SHAPES = [(3,), (3, 1, 1, 1), (3, 1, 4, 5)]
numbers = st.floats(-3, 3, width=32)


def drawn(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype).requires_grad_()


def codes(count=3, *, ones=False):
    shape = (4, 16, 1, 1) if ones else (4, 16)
    return [drawn(*shape, seed=seed) for seed in range(count)]


def each(call, *tensors, **options):
    arrays = [tensor.detach().double().numpy() for tensor in tensors]
    return torch.tensor([call(*one, **options) for one in zip(*arrays, strict=True)])


def curved(values):
    """A critic with a slope of its own at every place, for torch and NumPy alike."""
    sine = torch.sin if isinstance(values, torch.Tensor) else np.sin
    return sine(1.5 * values) + 0.25 * values * values


@pytest.mark.parametrize("shape", SHAPES)
def test_hinge_values_are_those_of_the_definition(shape):
    real, fake = drawn(*shape), drawn(*shape, seed=1)
    found = hinge_critic(real, fake, reduction="none")
    assert found.shape == (3,)
    close = {"rtol": 1e-12, "atol": 1e-12}
    torch.testing.assert_close(found, each(reference.hinge_critic, real, fake), **close)
    torch.testing.assert_close(hinge_critic(real, fake), found.mean(), **close)
    found = hinge_generator(fake, reduction="none")
    torch.testing.assert_close(found, each(reference.hinge_generator, fake), **close)
    torch.testing.assert_close(hinge_generator(fake), -fake.mean(), **close)


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=8))
def test_hinge_asks_nothing_beyond_its_margins(pairs):
    real, fake = torch.tensor(pairs, dtype=torch.float64).T.clone().requires_grad_().unbind()
    loss = hinge_critic(real, fake)
    assert loss >= 0
    pulls = torch.autograd.grad(loss, (real, fake))
    assert torch.equal(pulls[0] != 0, real < 1)
    assert torch.equal(pulls[1] != 0, fake > -1)
    assert (pulls[0] <= 0).all()
    assert (pulls[1] >= 0).all()


@pytest.mark.parametrize("elementwise", [False, True])
@pytest.mark.parametrize("margin", [0.1, 1.0])
@pytest.mark.parametrize("ones", [False, True])
def test_triplet_values_are_those_of_the_definition(elementwise, margin, ones):
    three = codes(ones=ones)
    how = {"margin": margin, "elementwise": elementwise}
    found = triplet(*three, **how, reduction="none")
    wanted = each(reference.triplet, *(code.flatten(1) for code in three), **how)
    torch.testing.assert_close(found, wanted, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(triplet(*three, **how), wanted.mean(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("elementwise", [False, True])
def test_triplet_is_that_of_torch(elementwise):
    three = codes(ones=elementwise)
    found = triplet(*three, margin=0.1, elementwise=elementwise)
    wanted = torch.nn.TripletMarginLoss(margin=0.1)(*three)
    torch.testing.assert_close(found, wanted, rtol=1e-12, atol=0)


@given(st.lists(numbers, min_size=6, max_size=6), st.floats(0.01, 2))
def test_triplet_keeps_its_promises(values, margin):
    anchor, positive, negative = torch.tensor(values, dtype=torch.float64).view(3, 1, 2)
    call = functools.partial(triplet, margin=margin)
    loss = call(anchor, positive, negative)
    assert loss >= 0
    # As near as the wanted one costs the margin; the other way round the excess changes sign.
    torch.testing.assert_close(call(anchor, positive, positive).item(), margin)
    assert loss + call(anchor, negative, positive) >= 2 * margin - 1e-9
    moved = call(anchor + 1, positive + 1, negative + 1)
    torch.testing.assert_close(moved, loss, rtol=0, atol=1e-9)


def test_penalty_is_that_of_the_definition():
    real, fake = drawn(3, 2, 3, 4), drawn(3, 2, 3, 4, seed=1)
    shares = torch.tensor([0.0, 0.3, 1.0])
    found = gradient_penalty(curved, real, fake, shares=shares, reduction="none")
    share = shares.double().view(3, 1, 1, 1)
    mixed = share * real + (1 - share) * fake
    wanted = each(functools.partial(reference.gradient_penalty, curved), mixed)
    # Central differences leave step^2 / 6 times the third derivative, at most 3.4, of each value.
    torch.testing.assert_close(found, wanted, rtol=1e-6, atol=0)
    torch.testing.assert_close(
        gradient_penalty(curved, real, fake, shares=shares), found.mean(), rtol=1e-14, atol=0
    )


@given(st.floats(-4, 4), st.integers(1, 9))
def test_a_straight_critic_has_one_slope_everywhere(slope, values):
    weight = torch.tensor(slope, dtype=torch.float64, requires_grad=True)
    real, fake = drawn(2, values), drawn(2, values, seed=1)
    loss = gradient_penalty(lambda mixed: weight * mixed, real, fake)
    wanted = (abs(slope) * values**0.5 - 1) ** 2
    torch.testing.assert_close(loss.item(), wanted, rtol=1e-9, atol=1e-9)


def test_a_long_slope_loses_no_digits():
    critic = drawn(1, 3, 256, 256)
    real, fake = torch.zeros(2, 1, 3, 256, 256).unbind()
    found = gradient_penalty(lambda mixed: critic.float() * mixed, real, fake)
    wanted = (critic.square().sum().sqrt() - 1).square()
    # A rounding of each factor, and some of sums of 256 and of 768 in lanes of eight or more.
    torch.testing.assert_close(found.double(), wanted, rtol=40 * EPS, atol=0)


def test_shares_are_drawn_one_an_image_from_the_random_numbers_of_torch():
    real, fake = torch.ones(4, 3, 2, 2), torch.zeros(4, 3, 2, 2)
    seen = []

    def critic(mixed):
        seen.append(mixed.detach())
        return mixed

    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        gradient_penalty(critic, real, fake)
    first, again, other = seen
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert len(first.unique()) == 4
    assert (first.flatten(1).std(1) == 0).all()


def test_the_penalty_is_for_the_critic_alone():
    critic = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
    real, fake = drawn(2, 3, dtype=torch.float32), drawn(2, 3, seed=1, dtype=torch.float32)
    gradient_penalty(critic, real, fake).backward()
    assert real.grad is None
    assert fake.grad is None
    assert critic[0].weight.grad.count_nonzero() > 0
    assert critic[2].weight.grad.count_nonzero() > 0


def test_gradients_are_those_of_the_values():
    real, fake = drawn(3, 1, 2, 2), drawn(3, 1, 2, 2, seed=1)
    assert gradcheck(hinge_critic, (real, fake))
    assert gradcheck(hinge_generator, (fake,))
    for elementwise in (False, True):
        call = functools.partial(triplet, margin=2.0, elementwise=elementwise)
        assert gradcheck(call, tuple(codes()))

    def penalty(weight):
        shares = torch.tensor([0.2, 0.5, 0.9], dtype=torch.float64)
        return gradient_penalty(
            lambda mixed: torch.tanh(mixed.flatten(1) @ weight), real, fake, shares=shares
        )

    assert gradcheck(penalty, (drawn(4, 2),))


def test_half_types_and_autocast_are_computed_in_float32():
    scores = [drawn(3, 1, 2, 2, seed=seed, dtype=torch.bfloat16) for seed in (0, 1)]
    three = [code.detach().bfloat16() for code in codes()]
    critic = torch.nn.Linear(4, 1)
    shares = torch.tensor([0.2, 0.5, 0.9])
    calls = [
        (hinge_critic, scores, {}),
        (hinge_generator, scores[:1], {}),
        (triplet, three, {}),
        (lambda *pair: gradient_penalty(
            lambda mixed: critic(mixed.flatten(1)).square(), *pair, shares=shares
        ), scores, {}),
    ]  # fmt: skip
    for call, given_, options in calls:
        wanted = call(*(one.float() for one in given_), **options)
        with torch.autocast("cpu", torch.bfloat16):
            found = call(*given_, **options)
        assert found.dtype == torch.float32
        assert torch.equal(found, wanted)


def test_nobody_looks_at_values():
    """Tensors without any, where to look is an error: on a GPU it would be a wait."""
    scores = torch.empty(2, 1, 3, 3, device="meta")
    assert hinge_critic(scores, scores).shape == ()
    assert hinge_generator(scores).shape == ()
    three = [torch.empty(2, 16, device="meta")] * 3
    assert triplet(*three).shape == ()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda s, c: hinge_critic(s.numpy(), s), TypeError, "hinge_critic: real_scores must be a"),
        (lambda s, c: hinge_critic(s, s.int()), TypeError, "hinge_critic: fake_scores must be of "),
        (lambda s, c: hinge_critic(s, s[:1]), ValueError, r"hinge_critic: fake_scores .*\(2, 1, 3"),
        (lambda s, c: hinge_critic(s, s.to("meta")), ValueError, ".*like real_scores, got meta; m"),
        (lambda s, c: hinge_generator(s.sum()), ValueError, r"hinge_generator: .*\(N, ...\), got"),
        (lambda s, c: hinge_generator(s, reduction="sum"), ValueError, ".*: reduction must be one"),
        (lambda s, c: triplet(c, c, c[:1]), ValueError, "triplet: negative must have the shape of"),
        (lambda s, c: triplet(s, s, s), ValueError, r"triplet: anchor must have shape \(N, C\) or"),
        (lambda s, c: triplet(c, c.byte(), c), TypeError, "triplet: positive must be of floats, g"),
        (lambda s, c: triplet(c, c, c, margin=0), ValueError, "triplet: margin must be above 0, g"),
        (lambda s, c: gradient_penalty(abs, s, s[:1]), ValueError, "gradient_penalty: fake must h"),
        (lambda s, c: gradient_penalty(abs, s, 1), TypeError, "gradient_penalty: fake must be a t"),
        (lambda s, c: gradient_penalty(torch.sum, s, s), ValueError, ".*: scores of the critic mu"),
        (
            lambda s, c: gradient_penalty(abs, s, s, shares=torch.ones(3)),
            ValueError,
            r"gradient_penalty: shares must have shape \(2,\), one for each image, got \(3,\)",
        ),
    ],
)  # fmt: skip
def test_wrong_calls_are_named(call, error, message):
    with pytest.raises(error, match=f"^{message}"):
        call(torch.zeros(2, 1, 3, 3), torch.zeros(2, 16))
