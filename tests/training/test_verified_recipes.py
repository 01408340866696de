"""The recipes around pix2pix's U-Net: sizes, rates, losses, and who learns from what."""

import copy
import functools
import json

import numpy as np
import pytest
from reference import losses as reference

torch = pytest.importorskip("torch", reason="torch is not installed")

import originals  # noqa: E402 (needs torch)
import parity  # noqa: E402
from harmonia.nets._style_encoder import StyleEncoder  # noqa: E402
from harmonia.training import _asked, _recipes, tensors  # noqa: E402
from harmonia.training._batch import Batch  # noqa: E402
from harmonia.training._loop import Trainer  # noqa: E402
from harmonia.training._ranks import Ranks  # noqa: E402
from harmonia.training._recipe import DATA  # noqa: E402
from harmonia.training._settings import Settings  # noqa: E402
from tiny import samples  # noqa: E402

pytestmark = pytest.mark.usefixtures("one_thread_of_torch")

TINY = {
    "dovenet": {"width": 4, "critic_width": 2},
    "rainnet": {"width": 4, "critic_width": 2},
    "unet_attention": {"width": 4},
    "bargainnet": {"width": 4},
}
VERIFIED = ["dovenet", "rainnet"]
GAIN = (("", 0.85),)
CLOSE = 1e-5

every_recipe = pytest.mark.parametrize("name", TINY)
verified = pytest.mark.parametrize("name", VERIFIED)


def made(name, **options):
    torch.manual_seed(0)
    given = {**TINY[name], **options}
    return _recipes.open_recipe(name, given, where="test").train()


def at_full_width(name):
    with torch.device("meta"):
        return _recipes.open_recipe(name, {}, where="test")


@functools.cache
def items():
    return [*tensors(samples(256, 2), size=256)]


def batch(*indices):
    return Batch.of([items()[index] for index in indices])


def trainer(recipe, name, *, steps=200, **settings):
    rate = recipe.plan.rate
    told = Settings(name, {}, size=256, batch=1, steps=steps, rate=rate, **settings)
    return Trainer(recipe, told, torch.device("cpu"), Ranks(0, 1))


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize(
    ("name", "part", "parameters"),
    [
        ("dovenet", "network", 54_759_939),
        ("unet_attention", "network", 54_759_939),
        ("rainnet", "network", 54_759_043),
        ("bargainnet", "network.G", 54_776_324),
        ("bargainnet", "network.E", 3_919_376),
        # Twice seven convolutions of 3 x 3, two layers of 512 x 512, two of 512 x 1.
        ("dovenet", "critic", 17_787_138),
        ("rainnet", "critic", 17_787_138),
    ],
)
def test_there_are_as_many_parameters_as_the_authors_have(name, part, parameters):
    assert count(at_full_width(name).get_submodule(part)) == parameters


@pytest.mark.parametrize(
    ("name", "size", "samples_a_step", "epochs", "rate", "betas"),
    [
        ("dovenet", 256, 1, 200, 2e-4, (0.5, 0.999)),
        ("unet_attention", 256, 1, 200, 2e-4, (0.5, 0.999)),
        ("rainnet", 256, 11, 200, 2e-4, (0.5, 0.999)),
        ("bargainnet", 256, 1, 200, 1e-4, (0.9, 0.999)),
    ],
)
def test_plans_are_those_of_the_authors(name, size, samples_a_step, epochs, rate, betas):
    recipe = made(name)
    plan = recipe.plan
    assert (plan.size, plan.batch, plan.epochs) == (size, samples_a_step, epochs)
    assert plan.rate == rate
    for optimizer in recipe.optimizers(rate).values():
        (group,) = optimizer.param_groups
        assert isinstance(optimizer, torch.optim.Adam)
        assert (group["lr"], group["betas"], group["weight_decay"]) == (rate, betas, 0)


def falls_from_epoch_100(epoch):
    """pix2pix: 100 epochs as it is and 100 on a line, counted from 1."""
    return 1.0 - max(0, epoch + 1 - 100) / (100 + 1)


@pytest.mark.parametrize(
    ("name", "options", "scheduler"),
    [
        *(
            (name, {}, lambda one: torch.optim.lr_scheduler.LambdaLR(one, falls_from_epoch_100))
            for name in ("dovenet", "rainnet", "unet_attention")
        ),
        # Never reached, since it counts epochs.
        ("bargainnet", {}, lambda one: torch.optim.lr_scheduler.StepLR(one, 6574200)),
        ("unet_attention", {"variant": "code"}, None),
    ],
)
@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")
def test_rates_are_those_of_the_authors_scheduler(name, options, scheduler):
    one = trainer(made(name, **options), name, steps=200)
    peer = torch.optim.Adam([torch.zeros(1)], one.settings.rate)
    stepped = None if scheduler is None else scheduler(peer)
    for epoch in range(200):
        one.step = epoch
        assert one.rate_of(one.step) == pytest.approx(peer.param_groups[0]["lr"], rel=1e-12)
        if stepped is not None:
            stepped.step()


def l1(output, real):
    """Of pictures within -1..1, in float64."""
    return np.abs(2 * numbers(output) - 2 * numbers(real)).mean()


def numbers(tensor):
    return tensor.detach().double().numpy()


def verified_losses(name, recipe, given):
    """Both phases written out, with the random numbers in the order in which a step draws them."""
    inside = (given.mask > 0.5).float()
    composite = given.composite
    if name == "rainnet":
        composite = composite * inside + given.real * (1 - inside)
    output = recipe.network(composite, inside)
    if name == "rainnet":
        output = output * inside + composite * (1 - inside)
    real, fake = 2 * given.real - 1, (2 * output - 1).detach()
    of_fake, of_real = recipe.critic(fake, inside), recipe.critic(real, inside)
    share = torch.rand(len(real))[:, None, None, None]
    mixed = (share * real + (1 - share) * fake).requires_grad_()
    realness, oneness = recipe.critic(mixed, inside)
    (slope,) = torch.autograd.grad(((realness + oneness) / 2).sum(), mixed)
    lengths = np.sqrt((numbers(slope) ** 2).sum((1, 2, 3)))
    critic = {
        "critic_realness": reference.hinge_critic(numbers(of_real[0]), numbers(of_fake[0])),
        "critic_verification": reference.hinge_critic(numbers(of_real[1]), numbers(of_fake[1])),
        "critic_penalty": 10 * ((lengths - 1) ** 2).mean(),
    }
    realness, oneness = recipe.critic(fake, inside)
    return critic, {
        "realness": -numbers(realness).mean(),
        "verification": -numbers(oneness).mean(),
        "l1": 100 * l1(output, given.real),
    }


@verified
def test_losses_are_those_of_dovenet(name):
    recipe = made(name)
    with torch.no_grad():
        # Scores of which some are past the hinges, and penalties far from 1.
        for parameter in recipe.critic.parameters():
            parameter.mul_(1 + 3 * (parameter.ndim == 1)).add_(0.02 * (parameter.ndim == 1))
        recipe.critic.convg3.weight.mul_(4)
        recipe.critic.convl3.weight.mul_(4)
    twin, given = copy.deepcopy(recipe), batch(0, 1)
    torch.manual_seed(1)
    found = [recipe.losses(phase, {DATA: given}) for phase in recipe.phases]
    torch.manual_seed(1)
    wanted = verified_losses(name, twin, given)
    for ours, theirs in zip(found, wanted, strict=True):
        assert list(ours) == list(theirs)
        for term, value in theirs.items():
            assert abs(value) > 1e-3
            assert ours[term].item() == pytest.approx(value, rel=CLOSE, abs=CLOSE), term


@pytest.mark.parametrize("variant", ["described", "code"])
def test_losses_are_those_of_bargainnet(variant):
    recipe = made("bargainnet", variant=variant)
    with torch.no_grad():
        recipe.network.E.convs.weight.mul_(100)  # codes as far apart as trained ones
    twin, given = copy.deepcopy(recipe).network, batch(0, 1)
    torch.manual_seed(1)
    found = recipe.losses("network", {DATA: given})
    torch.manual_seed(1)
    inside = (given.mask == 1).float()
    seen = given.real if variant == "code" else given.composite
    background = twin.E(2 * seen - 1, 1 - inside)
    real = twin.E(2 * given.real - 1, inside)
    output = (1 + twin.G(2 * given.composite - 1, inside, background)) / 2
    harmonized = twin.E(2 * output - 1, inside)
    composite = twin.E(2 * given.composite - 1, inside)
    wanted = {
        "l1": l1(output, given.real),
        "triplet_real": triplets(real, harmonized, composite, variant),
        "triplet_background": triplets(harmonized, background, composite, variant),
    }
    assert list(found) == list(wanted)
    for term, value in wanted.items():
        assert value > 1e-5
        assert found[term].item() == pytest.approx(value, rel=CLOSE), term


def triplets(anchor, positive, negative, variant):
    codes = anchor, positive, negative
    each = [
        reference.triplet(*one, margin=0.1, elementwise=variant == "code")
        for one in zip(*(numbers(code)[:, :, 0, 0] for code in codes), strict=True)
    ]
    return 0.01 * np.mean(each)


def test_losses_are_those_of_unet_attention():
    recipe, given = made("unet_attention"), batch(0, 1)
    twin = copy.deepcopy(recipe)
    torch.manual_seed(1)
    (found,) = recipe.losses("network", {DATA: given}).values()
    torch.manual_seed(1)
    wanted = 100 * l1(twin.network(given.composite, given.mask), given.real)
    assert found.item() == pytest.approx(wanted, rel=CLOSE)


def without_dropout(network):
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.eval()


@pytest.mark.parametrize(
    ("name", "case", "output"),
    [
        ("dovenet", "dovenet_ngf8", "harmonized_bn_batchstats"),
        ("unet_attention", "dovenet_ngf8", "harmonized_bn_batchstats"),
        ("rainnet", "rainnet_ngf8", "harmonized"),
        ("bargainnet", "bargainnet_ngf8", "harmonized_bn_batchstats"),
    ],
)
def test_l1_of_given_weights_is_that_of_the_authors_output(name, case, output):
    theirs = torch.from_numpy(originals.network(case, "output")[output]).double()
    image, mask = parity.picture()
    options = {"width": 8} if name == "bargainnet" else {**TINY[name], "width": 8}
    recipe = made(name, **options)
    special = ((r"^G\.weight$", parity.constant(0.1)),)
    if name == "bargainnet":
        recipe.network.E = StyleEncoder()  # the original ran with this one at its full width
    recipe.network.load_state_dict(parity.filled(case, gain=GAIN, special=special))
    without_dropout(recipe.network)
    mask = (mask > 0.5).float()
    real = mask * image.roll(9, 3) + (1 - mask) * image
    given = Batch(image, mask, real)
    found = recipe.losses(recipe.phases[-1], {DATA: given})["l1"].item()
    errors = (theirs - (2 * real - 1)).abs()
    if name == "rainnet":
        errors *= mask  # outside theirs is the picture, but for the rounding it is stored with
    wanted = errors.mean().item()
    assert found / (1 if name == "bargainnet" else 100) == pytest.approx(wanted, rel=1e-4)


@verified
def test_each_phase_moves_its_own_network_alone(name):
    recipe = made(name)
    one, given = trainer(recipe, name), batch(0)
    for phase, part, other in (
        ("critic", recipe.critic, recipe.network),
        ("network", recipe.network, recipe.critic),
    ):
        recipe.zero_grad(set_to_none=True)
        one._backward(phase, {DATA: given}, 1, list(part.parameters()))
        assert all(parameter.grad is not None for parameter in part.parameters())
        assert all(parameter.grad is None for parameter in other.parameters())


@verified
def test_both_phases_judge_one_output(name):
    recipe = made(name)
    calls = []
    recipe.network.register_forward_hook(lambda *_: calls.append(1))
    one = trainer(recipe, name, accumulate=2)
    one.take([{DATA: batch(0)}, {DATA: batch(1)}])
    assert len(calls) == 2


def test_rainnet_sees_nothing_of_the_composite_outside_the_mask():
    given = batch(0)
    inside = (given.mask > 0.5).float()
    other = Batch(given.composite * inside, given.mask, given.real)
    values = []
    for one in (given, other):
        recipe = made("rainnet")
        torch.manual_seed(1)
        values.append([recipe.losses(phase, {DATA: one}) for phase in recipe.phases])
    assert values[0] == values[1]


def test_bargainnet_moves_extractor_and_generator_together():
    recipe = made("bargainnet")
    terms = recipe.losses("network", {DATA: batch(0)})
    for parts, terms_of in ((("E.", "G."), "l1"), (("E.", "G."), "triplet_background")):
        recipe.zero_grad()
        terms[terms_of].backward(retain_graph=True)
        moved = [name for name, p in recipe.network.named_parameters() if p.grad is not None]
        assert {name[:2] for name in moved} == set(parts)


@every_recipe
def test_the_first_values_are_pix2pix_s(name):
    recipe = made(name, width=16)
    norms = [one for one in recipe.modules() if isinstance(one, torch.nn.BatchNorm2d)]
    layers = (torch.nn.Conv2d, torch.nn.ConvTranspose2d)
    values = [one.weight for one in recipe.network.modules() if isinstance(one, layers)]
    for critic in (getattr(recipe, "critic", None),):
        if critic is not None:
            values += [one for key, one in critic.named_parameters() if one.ndim == 4]
            assert not any(one.any() for key, one in critic.named_parameters() if "bias" in key)
    for one in values:
        deviation = one.square().mean().sqrt().item()
        # Six deviations of that of so many Gaussians.
        assert deviation == pytest.approx(0.02, abs=6 * 0.02 / (2 * one.numel()) ** 0.5)
    for one in norms:
        assert (one.weight - 1).abs().max() < 0.12
        assert (one.weight != 1).any()


@every_recipe
@pytest.mark.parametrize("accumulate", [1, 2])
def test_it_trains_in_bfloat16_too(name, accumulate):
    recipe = made(name)
    one = trainer(recipe, name, precision="bfloat16", accumulate=accumulate)
    for _ in range(2):
        one.take([{DATA: batch(index)} for index in range(accumulate)])
    assert all(map(np.isfinite, one.means().values()))
    assert all(parameter.dtype == torch.float32 for parameter in recipe.parameters())
    assert all(parameter.isfinite().all() for parameter in recipe.parameters())


@pytest.mark.parametrize(
    ("name", "resize"),
    [("dovenet", "pil"), ("rainnet", "pil"), ("unet_attention", "pil"), ("bargainnet", "cv2")],
)
def test_samples_are_resized_as_the_authors_do(name, resize):
    recipe, data = made(name), samples(300, 1)
    settings = trainer(recipe, name).settings
    found = _asked.items_of(recipe, DATA, data, settings)[0]
    wanted = tensors(data, size=256, resize=resize)[0]
    for key in ("composite", "mask", "real"):
        assert torch.equal(found[key], wanted[key])


@every_recipe
def test_sizes_that_cannot_be_halved_so_often_are_refused(name):
    small = Batch(torch.zeros(1, 3, 64, 64), torch.zeros(1, 1, 64, 64), torch.zeros(1, 3, 64, 64))
    with pytest.raises(ValueError, match="train: size must be a multiple of 256 for this recipe"):
        made(name).losses(made(name).phases[0], {DATA: small})


def test_unknown_variants_are_refused():
    for name in ("unet_attention", "bargainnet"):
        with pytest.raises(ValueError, match="variant must be 'described' or 'code', got 'paper'"):
            made(name, variant="paper")
    with pytest.raises(ValueError, match="norm must be 'batch' or 'instance', got 'layer'"):
        made("dovenet", norm="layer")


def test_dovenet_with_instance_normalization_is_told_so_to_who_loads_it():
    recipe = made("dovenet", norm="instance")
    assert json.loads(json.dumps(dict(recipe.shape))) == {"width": 4, "norm": "instance"}
    assert not any(isinstance(one, torch.nn.BatchNorm2d) for one in recipe.network.modules())
