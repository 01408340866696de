"""Translators in training: sizes, learning rates, losses by the formulas, and who learns."""

import functools

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia.comparison import layout  # noqa: E402 (needs torch)
from harmonia.datasets import Sample  # noqa: E402
from harmonia.io import read  # noqa: E402
from harmonia.training import _recipes, train  # noqa: E402
from harmonia.training._batch import Batch  # noqa: E402
from harmonia.training._pool import Pool  # noqa: E402
from harmonia.training._tensors import tensors  # noqa: E402
from harmonia.training._translation import Windows, values  # noqa: E402
from reference import translators as reference  # noqa: E402
from tiny import samples  # noqa: E402

pytestmark = pytest.mark.usefixtures("one_thread_of_torch")

TINY = {
    "cyclegan": {"width": 4, "blocks": 1},
    "cut": {"width": 4, "blocks": 2},
    "unit": {"width": 4, "blocks": 2},
}
every_translator = pytest.mark.parametrize("name", TINY)


def opened(name, **options):
    torch.manual_seed(0)
    return _recipes.open_recipe(name, {**TINY[name], **options}, where="test")


@functools.cache
def items():
    return [tensors(samples(64, 4), size=64)[place] for place in range(4)]


def batches(dtype=torch.float32):
    found = {}
    for source, own in (("data", items()[:2]), ("rendered", items()[2:])):
        one = Batch.of(own)
        found[source] = Batch(one.composite.to(dtype), one.mask.to(dtype), one.real.to(dtype))
    return found


def convolution(before, after, side):
    return (before * side * side + 1) * after


RESNET = (
    convolution(3, 64, 7)
    + convolution(64, 128, 3)
    + convolution(128, 256, 3)
    + 9 * 2 * convolution(256, 256, 3)
    + convolution(256, 128, 3)
    + convolution(128, 64, 3)
    + convolution(64, 3, 7)
)
PATCHES = (
    convolution(3, 64, 4)
    + convolution(64, 128, 4)
    + convolution(128, 256, 4)
    + convolution(256, 512, 4)
    + convolution(512, 1, 4)
)
CODER = (
    convolution(3, 64, 7)
    + convolution(64, 128, 4)
    + convolution(128, 256, 4)
    + 4 * 2 * convolution(256, 256, 3)
)
DECODER = (
    4 * 2 * convolution(256, 256, 3)
    + (convolution(256, 128, 5) + 2 * 128)
    + (convolution(128, 64, 5) + 2 * 64)
    + convolution(64, 3, 7)
)
THREE_SIZES = 3 * (PATCHES - convolution(512, 1, 4) + convolution(512, 1, 1))
# Linear layers from the channels of five layers to 256, and on to 256.
CODES = sum((channels + 1) * 256 + 257 * 256 for channels in (3, 128, 256, 256, 256))


def parameters(*modules):
    return sum(one.numel() for module in modules for one in module.parameters())


def test_sizes_are_those_of_the_authors():
    assert (round(RESNET / 1e6, 3), round(PATCHES / 1e6, 3)) == (11.378, 2.765)  # as they print
    with torch.device("meta"):
        cyclegan, cut, unit = (_recipes.recipe_class(n, where="test")() for n in TINY)
    assert parameters(cyclegan.network) == parameters(cyclegan.back) == parameters(cut.network)
    assert parameters(cut.network) == RESNET
    assert parameters(cyclegan.real_critic) == parameters(cut.critic) == PATCHES
    assert parameters(cut.codes) == CODES
    assert parameters(unit.network) == CODER + DECODER
    assert parameters(unit.real_critic) == THREE_SIZES
    shared = 2 * 2 * convolution(256, 256, 3)  # two blocks of two
    assert parameters(unit) == 2 * (CODER + DECODER + THREE_SIZES) - shared


@pytest.mark.parametrize(
    ("name", "rate", "epochs", "curve"),
    [
        ("cyclegan", 2e-4, 200, {0: 1, 98: 1, 99: 1, 100: 100 / 101, 199: 1 / 101}),
        ("cut", 2e-4, 400, {0: 1, 199: 1, 200: 200 / 201, 399: 1 / 201}),
        ("unit", 1e-4, 20, {0: 1, 1: 1, 2: 0.5, 3: 0.5, 18: 0.5**9, 19: 0.5**9}),
    ],
)
def test_the_plan_is_that_of_the_authors(name, rate, epochs, curve):
    recipe = opened(name)
    plan = recipe.plan
    assert (plan.size, plan.batch, plan.epochs, plan.rate) == (256, 1, epochs, rate)
    for epoch, share in curve.items():
        assert plan.schedule(epoch) == pytest.approx(share), epoch
    for optimizer in recipe.optimizers(rate).values():
        (group,) = optimizer.param_groups
        assert (group["lr"], group["betas"]) == (rate, (0.5, 0.999))
        assert group["weight_decay"] == (1e-4 if name == "unit" else 0)


def found_of(recipe, given, seed=7):
    found = {}
    for phase in recipe.phases:
        torch.manual_seed(seed)
        found |= recipe.losses(phase, given)
    return {name: loss.item() for name, loss in found.items()}


def assert_close(found, wanted):
    assert set(found) == set(wanted)
    for name, value in wanted.items():
        assert found[name] == pytest.approx(value, rel=1e-9), name


@torch.no_grad()
def test_losses_of_cyclegan_are_those_of_the_formulas():
    recipe, given = opened("cyclegan").double(), batches(torch.float64)
    wanted = reference.cyclegan(
        recipe.network.layers,
        recipe.back.layers,
        recipe.real_critic.layers,
        recipe.rendered_critic.layers,
        *values(given),
    )
    assert_close(found_of(recipe, given), wanted)


def test_losses_of_cut_are_those_of_the_formulas():
    recipe, given = opened("cut").double(), batches(torch.float64)
    layers = list(recipe.network.layers)

    def features(pictures):
        found = []
        for place, layer in enumerate(layers[:14]):
            pictures = layer(pictures)
            if place in (0, 4, 8, 12, 13):
                found.append(pictures)
        return found

    with torch.no_grad():
        torch.manual_seed(7)
        codes = [one.layers for one in recipe.codes]
        wanted = reference.cut(
            recipe.network.layers, features, codes, recipe.critic.layers, *values(given)
        )
    assert_close(found_of(recipe, given), wanted)


@torch.no_grad()
@pytest.mark.parametrize("variant", ["described", "code"])
def test_losses_of_unit_are_those_of_the_formulas(variant):
    recipe, given = opened("unit", variant=variant).double(), batches(torch.float64)
    torch.manual_seed(7)
    wanted = reference.unit(
        {"rendered": recipe.network.coder, "real": recipe.back.coder},
        {"real": recipe.network.decoder, "rendered": recipe.back.decoder},
        {"real": recipe.real_critic, "rendered": recipe.rendered_critic},
        *values(given),
    )
    assert_close(found_of(recipe, given), wanted)


@every_translator
def test_each_phase_reaches_all_that_its_optimizer_moves(name):
    recipe, given = opened(name), batches()
    optimizers = recipe.optimizers(1e-3)
    for phase in recipe.phases:
        own = [one for group in optimizers[phase].param_groups for one in group["params"]]
        loss = sum(recipe.losses(phase, given).values())
        pulls = torch.autograd.grad(loss, own, retain_graph=True, allow_unused=True)
        assert all(pull is not None for pull in pulls)
    critics = [one for group in optimizers["critic"].param_groups for one in group["params"]]
    others = [one for one in recipe.parameters() if not any(one is critic for critic in critics)]
    losses = sum(recipe.losses("critic", given).values())
    pulls = torch.autograd.grad(losses, others, allow_unused=True)
    if name != "cut":  # whose critic's phase keeps the output for the next
        assert all(pull is None for pull in pulls)


def test_unit_shares_a_block_of_coders_and_of_decoders_as_described():
    for variant, shared in (("described", True), ("code", False)):
        recipe = opened("unit", variant=variant)
        assert (recipe.back.coder.blocks[-1] is recipe.network.coder.blocks[-1]) is shared
        assert (recipe.back.decoder.blocks[0] is recipe.network.decoder.blocks[0]) is shared
        assert recipe.back.coder.blocks[0] is not recipe.network.coder.blocks[0]
    with pytest.raises(ValueError, match="variant must be 'described' or 'code', got 'paper'"):
        opened("unit", variant="paper")


def test_a_pool_gives_what_it_gets_until_it_is_full():
    pool = Pool(3)
    first = torch.rand(3, 3, 4, 4)
    assert torch.equal(pool.exchanged(first), first)
    assert torch.equal(pool.pictures, first)


def test_a_full_pool_exchanges_half_of_the_pictures():
    pool = Pool(5)
    numbers = torch.arange(405.0).view(-1, 1, 1, 1).expand(-1, 3, 2, 2)
    pool.exchanged(numbers[:5])
    torch.manual_seed(0)
    given = pool.exchanged(numbers[5:])[:, 0, 0, 0]
    own = given == torch.arange(5.0, 405.0)
    assert 160 < own.sum() < 240
    assert (given[~own] < torch.arange(5.0, 405.0)[~own]).all()
    # Nothing is lost, and what is kept is not given yet, but for the first five.
    kept = pool.pictures[:, 0, 0, 0]
    assert sorted([*given.tolist(), *kept.tolist()]) == list(map(float, range(405)))


def test_a_pool_goes_through_a_state():
    pool, other = Pool(4), Pool(4)
    pool.exchanged(torch.rand(3, 3, 4, 4))
    other.load_state_dict(pool.state_dict())
    assert torch.equal(other.pictures, pool.pictures)
    assert len(Pool(0).exchanged(torch.rand(2, 3, 4, 4))) == 2
    with pytest.raises(ValueError, match="pool must be a whole number from 0 on, got -1"):
        Pool(-1)


def test_windows_are_of_one_share_wherever_the_foreground_is():
    rows = np.arange(286)[:, None, None] * np.ones((1, 572, 3))
    sample = Sample(rows, np.zeros((286, 572), np.uint8), rows, "rows")
    chance = np.random.default_rng(0)
    tops = set()
    for _ in range(200):
        cut = Windows(mirror=0.0)(sample, chance)
        assert cut.real.shape == (256, 512, 3)
        tops.add(int(cut.real[0, 0, 0]))
    assert (min(tops), max(tops)) == (0, 30)
    square = Windows(share=1.0, square=True)(sample, chance)
    assert square.real.shape == (286, 286, 3)


def test_samples_to_validate_with_give_no_scores(tmp_path):
    data = {"data": samples(32, 2), "rendered": samples(32, 2)}
    run = train(
        "cyclegan",
        data,
        tmp_path,
        validation=samples(32, 1),
        steps=2,
        size=32,
        workers=0,
        device="cpu",
        **TINY["cyclegan"],
    )
    assert run.best == {}
    names = {path.name for path in tmp_path.iterdir()}
    assert "last.safetensors" in names
    assert not {"best.safetensors", "validation.csv"} & names


def test_its_sheets_have_rendered_pictures_and_their_translations(tmp_path):
    data = {source: samples(32, 2) for source in ("data", "rendered")}
    train("cyclegan", data, tmp_path, steps=1, batch=1, size=32, workers=0, width=4, blocks=1)
    sheet = read(tmp_path / "samples" / "step-000001.png").pixels
    times = layout.panel_size((32, 32), 256)[0] // 32
    enlarged = samples(32, 1)[0].real.repeat(times, axis=0).repeat(times, axis=1)
    height, width = enlarged.shape[:2]
    places = [
        (y, x)
        for y in range(sheet.shape[0] - height + 1)
        for x in range(sheet.shape[1] - width + 1)
        if np.array_equal(sheet[y, x : x + width], enlarged[0])
        and np.array_equal(sheet[y : y + height, x : x + width], enlarged)
    ]
    assert len(places) == 1, "the rendered picture, and nowhere else"
