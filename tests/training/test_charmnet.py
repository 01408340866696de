"""CharmNet in training: its sizes, its learning rate, its losses, and who learns from which."""

import functools

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia import datasets  # noqa: E402 (needs torch)
from harmonia.nets.charmnet import CharmNet  # noqa: E402
from harmonia.training import _recipes, train  # noqa: E402
from harmonia.training._batch import Batch  # noqa: E402
from harmonia.training._tensors import tensors  # noqa: E402
from miniatures import make_iharmony4, make_rdharmony  # noqa: E402
from reference import charmnet as reference  # noqa: E402
from tiny import samples  # noqa: E402

pytestmark = pytest.mark.usefixtures("one_thread_of_torch")


def opened(**options):
    torch.manual_seed(0)
    return _recipes.open_recipe("charmnet", options, where="test")


@functools.cache
def batches(count=3):
    found = {}
    for number, (source, extras) in enumerate((("data", ()), ("rendered", ("styles", "style")))):
        items = tensors(samples(256, 2 * count), size=256, extras=extras)
        own = [items[number * count + place] for place in range(count)]
        found[source] = Batch.of(own, extras)
    return found


def fresh(dtype=torch.float32):
    """The batches, with nothing in their memos."""
    return {
        source: Batch(one.composite.to(dtype), one.mask.to(dtype), one.real.to(dtype), one.extras)
        for source, one in batches().items()
    }


def parameters(module):
    return sum(one.numel() for one in module.parameters())


def test_sizes_are_those_of_the_authors():
    with torch.device("meta"):
        recipe = _recipes.open_recipe("charmnet", {}, where="test")
    assert parameters(recipe.network) == 9_257_544
    # Convolutions of 3 x 3 with biases, and norms of two values a channel.
    domain = (128 * 9 + 1) * 64 + (64 * 9 + 1) * 32 + (32 * 9 + 1)
    style = (128 * 9 + 1) * 64 + (64 * 9 + 1) * 32 + (32 * 9 + 1) * 16 + (16 * 9 + 1) * 10
    style += 2 * (64 + 32 + 16)
    assert parameters(recipe.domain_critic) == domain
    assert parameters(recipe.style_before) == parameters(recipe.style_after) == style


def test_the_plan_is_that_of_the_authors():
    plan, code = opened(width=4).plan, opened(width=4, variant="code").plan
    assert (plan.size, plan.batch, plan.epochs, plan.rate) == (256, 8, 200, 1e-4)
    assert [round(plan.schedule(epoch), 9) for epoch in (0, 99, 100, 199)] == [1, 1, 0.1, 0.1]
    assert {code.schedule(epoch) for epoch in range(200)} == {1.0}
    for optimizer in opened(width=4).optimizers(1e-4).values():
        assert isinstance(optimizer, torch.optim.Adam)
        assert [group["betas"] for group in optimizer.param_groups] == [(0.9, 0.999)]
        assert [group["lr"] for group in optimizer.param_groups] == [1e-4]


def test_losses_are_those_of_the_formulas():
    recipe = opened(width=4).double()
    given = fresh(torch.float64)
    found = {**recipe.losses("critic", given), **recipe.losses("network", given)}
    domains = {"real": given["data"], "rendered": given["rendered"]}
    network: CharmNet = recipe.network
    masks = {domain: (batch.mask > 0.5).double() for domain, batch in domains.items()}
    values = {domain: network.normalised(batch.composite) for domain, batch in domains.items()}
    targets = {domain: network.normalised(batch.real) for domain, batch in domains.items()}
    with torch.no_grad():
        bridges = {
            domain: network.bridge(values[domain], masks[domain], domain) for domain in domains
        }
        harmonized = {
            domain: network.decoded(bridges[domain], values[domain], masks[domain], domain).output
            for domain in domains
        }
        before = {domain: recipe.style_before(one.before) for domain, one in bridges.items()}
        after = {domain: recipe.style_after(one.shared) for domain, one in bridges.items()}
        scores = {
            domain: reference.domain_scores(one.before, recipe.domain_critic.layers)
            for domain, one in bridges.items()
        }
    extras = given["rendered"].extras
    wanted = {
        "critic": reference.critic(scores["real"], scores["rendered"]),
        **reference.network(
            harmonized,
            targets,
            masks,
            scores["rendered"],
            before,
            after,
            extras["styles"].double(),
            extras["style"],
        ),
    }
    assert set(found) == set(wanted)
    for name, value in wanted.items():
        assert found[name].item() == pytest.approx(value, rel=1e-9), name


def reached(recipe, losses):
    """The parts of the recipe that a gradient comes to."""
    recipe.zero_grad()
    sum(losses).backward(retain_graph=True)
    return {
        name.removeprefix("network.").partition(".")[0]
        for name, one in recipe.named_parameters()
        if one.grad is not None and one.grad.count_nonzero()
    }


SHARED = {"encoder_blocks", "deconv_blocks"}


def test_gradients_go_where_each_loss_wants_them():
    recipe, given = opened(width=4), fresh()
    assert reached(recipe, recipe.losses("critic", given).values()) == {"domain_critic"}
    losses = recipe.losses("network", given)
    for domain, part in (("real", "real"), ("rendered", "render")):
        own = {f"{part}_enc", f"{part}_dec"}
        assert reached(recipe, [losses[f"fn_mse_{domain}"]]) == own | SHARED
    # Only what renderings give is pushed; the critic's own gradient goes to no optimizer.
    assert reached(recipe, [losses["adversarial"]]) == {"render_enc", "domain_critic"}
    assert reached(recipe, [losses["style_before"]]) == {"render_enc", "style_before"}
    assert reached(recipe, [losses["style_after"]]) == {"render_enc", "style_after"} | SHARED
    both = {"style_before", "style_after", "real_enc"} | SHARED
    assert reached(recipe, [losses["style_aggregation"]]) == both


def test_it_learns_from_both_datasets_as_they_lie_on_the_disk(tmp_path):
    make_iharmony4(tmp_path / "real")
    make_rdharmony(tmp_path / "rendered")
    data = {
        "data": datasets.load("iharmony4", tmp_path / "real", split="train"),
        "rendered": datasets.load("rdharmony", tmp_path / "rendered"),
    }
    losses = []
    train(
        "charmnet",
        data,
        tmp_path / "run",
        steps=6,
        batch=2,
        rate=5e-3,
        log_every=2,
        workers=0,
        device="cpu",
        width=4,
        progress=lambda progress: losses.append(progress.losses) if progress.losses else None,
    )
    for domain in ("real", "rendered"):
        assert losses[-1][f"fn_mse_{domain}"] < losses[0][f"fn_mse_{domain}"]


def test_a_source_that_is_missing_is_named(tmp_path):
    with pytest.raises(ValueError, match="data must be 'data' and 'rendered', got 'data'"):
        train("charmnet", samples(8), tmp_path / "none", width=4)
    with pytest.raises(ValueError, match="variant must be 'described' or 'code', got 'paper'"):
        opened(variant="paper")
