"""Steps: what of a batch they depend on, the rates they take, and the average that follows them."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia.nets._network import BaseNetwork  # noqa: E402 (needs torch)
from harmonia.training import Batch, Plan, Recipe  # noqa: E402
from harmonia.training._loop import Trainer  # noqa: E402
from harmonia.training._ranks import Ranks  # noqa: E402
from harmonia.training._schedules import cosine, falling, steps  # noqa: E402
from harmonia.training._settings import Settings  # noqa: E402
from torch import nn  # noqa: E402


class Mixed(BaseNetwork):
    base = 8

    def __init__(self):
        super().__init__()
        self.mix = nn.Conv2d(4, 3, 1)
        self.register_buffer("seen", torch.zeros((), dtype=torch.int64))

    def forward(self, image, mask):
        return self.mix(torch.cat([image, mask], dim=1))


class Judged(Recipe):
    """A generator and what judges it, one after the other."""

    phases = ("critic", "network")

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.method, self.network, self.critic = "mixed.8", Mixed(), nn.Conv2d(3, 1, 1)
        self.plan = Plan(8, batch=4, epochs=10, rate=0.1, schedule=steps(5, 8))

    def optimizers(self, rate):
        return {
            "critic": torch.optim.SGD(self.critic.parameters(), rate / 2),
            "network": torch.optim.SGD(self.network.parameters(), rate),
        }

    def losses(self, phase, batches):
        batch = batches["data"]
        output = self.network(batch.composite, batch.mask)
        if phase == "critic":
            return {"critic": self.critic(output.detach()).mean() - self.critic(batch.real).mean()}
        error = (output - batch.real).square().mean()
        return {"error": error, "judged": -0.1 * self.critic(output).mean()}


def trainer(*, steps=20, accumulate=1, average=0.0):
    settings = Settings(
        "own", {}, size=8, batch=4, steps=steps, rate=0.1, accumulate=accumulate, average=average
    )
    return Trainer(Judged(), settings, torch.device("cpu"), Ranks(0, 1))


def batch(count=4, seed=0):
    chance = torch.Generator().manual_seed(seed)
    composite, real = torch.rand(2, count, 3, 8, 8, generator=chance)
    return Batch(composite, torch.rand(count, 1, 8, 8, generator=chance), real)


def halves(one):
    return [
        {"data": Batch(one.composite[part], one.mask[part], one.real[part])}
        for part in (slice(0, 2), slice(2, 4))
    ]


def test_two_halves_are_one_batch():
    whole, parts = trainer(), trainer(accumulate=2)
    for step in range(3):
        whole.take([{"data": batch(seed=step)}])
        parts.take(halves(batch(seed=step)))
    for one, other in zip(whole.recipe.parameters(), parts.recipe.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-6)
    found, wanted = parts.means(), whole.means()
    assert found == pytest.approx(wanted, abs=1e-6)


def test_each_phase_moves_its_own_parameters_by_its_own_share_of_the_rate():
    one = trainer()
    before = {name: value.clone() for name, value in one.recipe.named_parameters()}
    given = batch()
    one.recipe.zero_grad()
    terms = one.recipe.losses("critic", {"data": given})
    (slope,) = torch.autograd.grad(terms["critic"], [one.recipe.critic.weight])
    one.take([{"data": given}])
    moved = before["critic.weight"] - one.recipe.critic.weight
    torch.testing.assert_close(moved, 0.05 * slope, rtol=1e-5, atol=1e-8)


def test_rates_fall_at_the_same_shares_of_a_run_however_long():
    for length in (10, 20, 1000):
        one = trainer(steps=length)
        found = [one.rate_of(step) for step in range(length)]
        wanted = [
            0.1 * 0.1 ** ((10 * s // length >= 5) + (10 * s // length >= 8)) for s in range(length)
        ]
        assert found == pytest.approx(wanted, rel=1e-12)


def test_a_cosine_is_that_of_torch():
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], 1.0)
    theirs = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 250)
    for epoch in range(250):
        assert cosine(250)(epoch) == pytest.approx(theirs.get_last_lr()[0], abs=1e-9)
        optimizer.step()
        theirs.step()


def test_a_falling_rate_is_that_of_pix2pix():
    model = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 1.0)
    theirs = torch.optim.lr_scheduler.LambdaLR(
        model, lambda epoch: 1.0 - max(0, epoch + 1 - 100) / 101
    )
    for epoch in range(200):
        assert falling(100, 100)(epoch) == pytest.approx(theirs.get_last_lr()[0], rel=1e-12)
        model.step()
        theirs.step()


def test_the_average_follows_weights_and_takes_counts_over():
    one = trainer(average=0.75)
    wanted = one.recipe.network.mix.weight.detach().clone()
    for step in range(3):
        one.recipe.network.seen += 1
        one.take([{"data": batch(seed=step)}])
        wanted = 0.75 * wanted + 0.25 * one.recipe.network.mix.weight.detach()
    torch.testing.assert_close(one.network.mix.weight, wanted, rtol=0, atol=1e-6)
    assert one.network.seen == 3
    assert one.network is not one.recipe.network


def test_random_numbers_of_a_step_follow_from_the_seed_and_its_number():
    drawn = []

    class Drawing(Judged):
        def losses(self, phase, batches):
            drawn.append(torch.rand(()).item())
            return super().losses(phase, batches)

    settings = Settings("own", {}, size=8, batch=4, steps=20, rate=0.1)
    for first in (0, 1):
        one = Trainer(Drawing(), settings, torch.device("cpu"), Ranks(0, 1))
        one.step = first
        torch.rand(first + 3)
        for _ in range(2):
            one.take([{"data": batch()}])
    assert drawn[2:4] == drawn[4:6]
    assert len(np.unique(drawn[:4])) == 4
