"""The recipes of the HSV style loss: sizes, rates, the values of both variants, who learns."""

import math

import numpy as np
import pytest
from reference import style as reference

torch = pytest.importorskip("torch", reason="torch is not installed")

import parity  # noqa: E402 (needs torch)
from harmonia.nets._style_encoder import wholly  # noqa: E402
from harmonia.training._batch import Batch  # noqa: E402
from harmonia.training._loop import Trainer  # noqa: E402
from harmonia.training._ranks import Ranks  # noqa: E402
from harmonia.training._recipes import open_recipe  # noqa: E402
from harmonia.training._settings import Settings  # noqa: E402
from harmonia.training._tensors import tensors  # noqa: E402
from tiny import samples  # noqa: E402

pytestmark = pytest.mark.usefixtures("one_thread_of_torch")

KEYS = {
    "style_unet": "student_unet_style",
    "unet3plus": "student_unet3plus",
    "attention_unet": "student_attunet",
}
SHAPES = {
    "style_unet": {"width": 2},
    "unet3plus": {"width": 4, "base": 64},
    "attention_unet": {"width": 4, "base": 64},
}
CHOICES = [
    (name, variant, space)
    for name in KEYS
    for variant in ("described", "code")
    for space in (("rgb",) if name == "unet3plus" else ("rgb", "hsv"))
]
every_choice = pytest.mark.parametrize(("name", "variant", "space"), CHOICES)


def opened(name, variant="described", space="hsv", **options):
    torch.manual_seed(0)
    chosen = {} if name == "unet3plus" else {"space": space}
    recipe = open_recipe(name, {"variant": variant, **chosen, **options}, where="test").train()
    with torch.no_grad():  # so that codes are not all nearly zero
        for parameter in recipe.parameters():
            if parameter.ndim > 1:
                parameter.mul_(30)
    return recipe


def batch_of(name, count=2):
    side = SHAPES[name].get("base", 256)
    items = tensors(samples(side, count), size=side)
    return Batch.of([items[place] for place in range(count)])


def array(tensor):
    return tensor.detach().double().numpy()


def levels_of(recipe, image, region):
    with torch.no_grad():
        found = recipe.encoder().features(recipe.seen(image), region)
    return [(array(values), array(mask)) for values, mask in found]


def code_of(recipe, image, region):
    with torch.no_grad():
        return recipe.encoder()(recipe.seen(image), region)


def codes_of(recipe, output, batch, background):
    """As the triplets take them: of the real, harmonized and composite foreground, and it."""
    inside = wholly(batch.mask).float()
    images = (batch.real, output, batch.composite)
    codes = [*(code_of(recipe, image, inside) for image in images), background]
    return [array(code).reshape(len(code), 16) for code in codes]


@pytest.mark.parametrize("name", KEYS)
def test_networks_are_of_the_authors_sizes(name):
    with torch.device("meta"):
        recipe, code = opened(name), opened(name, "code")
    lines = (parity_keys(KEYS[name]), parity_keys(KEYS["style_unet"]))
    own, styled = ([(key, math.prod(shape)) for key, shape in part.items()] for part in lines)
    extractor = sum(size for key, size in styled if key.startswith("E."))
    assert sum(p.numel() for p in recipe.network.parameters()) == sum(size for _, size in own)
    beside = extractor if name == "attention_unet" else 0
    assert sum(p.numel() for p in code.parameters()) == sum(size for _, size in own) + beside
    # pix2pix's critic of 70 x 70 patches of three channels.
    assert sum(p.numel() for p in recipe.critic.parameters()) == 2_764_737
    if name == "style_unet":
        assert sum(p.numel() for p in recipe.network.G.parameters()) == 54_776_324


def parity_keys(case):
    """Names and shapes of what is learned."""
    kept = ("running_mean", "running_var", "num_batches_tracked")
    return {key: shape for key, (_, shape) in parity.keys(case).items() if not key.endswith(kept)}


@every_choice
def test_the_plan_is_that_of_the_authors(name, variant, space):
    with torch.device("meta"):
        recipe = opened(name, variant, space)
    plan = recipe.plan
    assert (plan.size, plan.batch, plan.epochs, plan.rate) == (256, 1, 8, 0.002)
    assert [plan.schedule(epoch) for epoch in range(8)] == [1.0] * 8
    assert (plan.crops.scale, plan.crops.mirror) == ((0.5, 1.0), 0.0)
    optimizers = recipe.optimizers(plan.rate)
    assert list(optimizers) == {"described": ["critics", "generator"], "code": ["network"]}[variant]
    for optimizer in optimizers.values():
        assert isinstance(optimizer, torch.optim.Adam)
        assert [(g["lr"], g["betas"]) for g in optimizer.param_groups] == [(0.002, (0.5, 0.999))]


@every_choice
def test_what_is_trained_is_what_is_run(name, variant, space):
    method = opened(name, variant, space, **SHAPES[name]).method
    hue = "hue" if variant == "described" else "hsv"
    assert method == (
        f"style_unet.{hue if space == 'hsv' else 'rgb'}" if "style" in name else (f"{name}.256")
    )


@pytest.mark.parametrize("space", ["rgb", "hsv"])
@pytest.mark.parametrize("name", KEYS)
def test_the_code_s_losses_are_those_of_the_formulas(name, space):
    if name == "unet3plus" and space == "hsv":
        pytest.skip("has no such choice")
    recipe, batch = opened(name, "code", space, **SHAPES[name]), batch_of(name)
    inside = wholly(batch.mask).float()
    found = recipe.losses("network", {"data": batch})
    background = code_of(recipe, batch.real, 1 - inside)
    with torch.no_grad():
        output = recipe.generate(batch, background)
    codes = codes_of(recipe, output, batch, background)
    pictures = array(output), array(batch.real)
    share = 0.01 * 0.01 if name == "unet3plus" else 0.01
    wanted = {
        "l1": reference.l1(*pictures),
        "gram": 0.01 * reference.box_gram(*pictures, array(inside[:, 0])),
        "style": share * reference.triplets(*codes, by_number=True),
    }
    assert {key: loss.item() for key, loss in found.items()} == pytest.approx(wanted, rel=1e-5)
    # The terms of this batch are such that a wrong share or a missing one would show.
    assert min(wanted["gram"], wanted["style"]) > 1e-5


@pytest.mark.parametrize("space", ["rgb", "hsv"])
@pytest.mark.parametrize("name", KEYS)
def test_the_described_losses_are_those_of_the_formulas(name, space):
    if name == "unet3plus" and space == "hsv":
        pytest.skip("has no such choice")
    recipe, batch = opened(name, "described", space, **SHAPES[name]), batch_of(name)
    inside = wholly(batch.mask).float()
    critics = recipe.losses("critics", {"data": batch})
    background = code_of(recipe, batch.composite, 1 - inside)
    with torch.no_grad():
        output = recipe.generate(batch, background)
        real_scores, scores = (array(recipe.critic(2 * one - 1)) for one in (batch.real, output))
    codes = codes_of(recipe, output, batch, background)
    wanted = {
        "critic": reference.hinge(real_scores, scores),
        "style_critic": reference.triplets(*codes, by_number=False),
    }
    assert {key: loss.item() for key, loss in critics.items()} == pytest.approx(wanted, rel=1e-5)
    generator = recipe.losses("generator", {"data": batch})
    harmonized, real = (levels_of(recipe, one, inside) for one in (output, batch.real))
    behind = levels_of(recipe, batch.composite, 1 - inside)
    wanted = {
        "l1": reference.l1(array(output), array(batch.real)),
        "adversary": -0.01 * scores.mean(),
        "style": 0.01 * reference.triplets(*codes, by_number=False),
        "features": 0.01 * reference.features(harmonized[1:4], behind[1:4]),
        "gram": 0.01 * reference.feature_grams(harmonized[1:4], real[1:4]),
    }
    assert {key: loss.item() for key, loss in generator.items()} == pytest.approx(wanted, rel=1e-5)
    assert min(map(abs, wanted.values())) > 1e-7


@every_choice
def test_style_teaches_the_generator_but_not_by_the_code_s_hsv(name, variant, space):
    recipe, batch = opened(name, variant, space, **SHAPES[name]), batch_of(name)
    generator = list(recipe.network.G.parameters())
    for phase in recipe.phases:
        terms = recipe.losses(phase, {"data": batch})
    for term in {"style", "features"} & set(terms):
        for one in recipe.parameters():
            one.grad = None
        terms[term].backward(retain_graph=True)
        pull = sum(one.grad.abs().sum().item() for one in generator if one.grad is not None)
        assert math.isfinite(pull)
        assert (pull > 0) == ((variant, space) != ("code", "hsv"))
        if variant == "code":
            learned = [one.grad for one in recipe.encoder().parameters()]
            assert sum(grad.abs().sum().item() for grad in learned if grad is not None) > 0


@pytest.mark.parametrize("name", KEYS)
def test_of_a_described_step_everybody_moves_in_a_phase_of_his_own(name):
    recipe, batch = opened(name, **SHAPES[name]), batch_of(name)
    trainer = Trainer(
        recipe,
        Settings(name, {}, size=batch.real.shape[-1], batch=2, steps=10, rate=1e-3),
        torch.device("cpu"),
        Ranks(0, 1),
    )
    shares = [
        {id(one) for group in trainer.optimizers[phase].param_groups for one in group["params"]}
        for phase in ("critics", "generator")
    ]
    assert not shares[0] & shares[1]
    assert shares[0] == {
        id(one) for module in (recipe.critic, recipe.encoder()) for one in module.parameters()
    }
    before = {key: one.detach().clone() for key, one in recipe.named_parameters()}
    trainer.take([{"data": batch}])
    still = {key for key, one in recipe.named_parameters() if torch.equal(one, before[key])}
    assert all("Att5" in key or key.endswith("bias") for key in still), still
    assert "output" not in batch.memo


@pytest.mark.parametrize("name", KEYS)
def test_wrong_choices_are_named(name):
    with pytest.raises(ValueError, match=r"^train: variant must be 'described' or .*, got 'x'"):
        open_recipe(name, {"variant": "x"}, where="test")
    if name != "unet3plus":
        with pytest.raises(ValueError, match=r"^train: space must be 'rgb' or 'hsv', got 'hue'"):
            open_recipe(name, {"space": "hue"}, where="test")
    recipe = opened(name, **SHAPES[name])
    for side in (48, 60, 300):
        image = torch.zeros(1, 3, side, side)
        small = Batch(image, image[:, :1], image)
        with pytest.raises(ValueError, match=rf"^train: size must be a multiple of .*, got {side}"):
            recipe.losses(recipe.phases[0], {"data": small})


def test_background_s_code_is_of_the_composite_as_when_it_is_run():
    recipe, batch = opened("style_unet", **SHAPES["style_unet"]), batch_of("style_unet")
    recipe.losses("critics", {"data": batch})
    wanted = recipe.network(batch.composite, batch.mask)
    np.testing.assert_allclose(array(batch.memo["output"]), array(wanted), atol=1e-6)
