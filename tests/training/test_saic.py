"""iDIH, its relatives and CDTNet in training beside their authors' runs: sizes, rates, losses."""

import numpy as np
import pytest
from reference import losses as reference

torch = pytest.importorskip("torch", reason="torch is not installed")

import originals  # noqa: E402
import parity  # noqa: E402 (needs torch)
from harmonia.nets import _checkpoints  # noqa: E402
from harmonia.nets._checkpoints import WeightsError  # noqa: E402
from harmonia.training import _backbones, _recipes, _run_folder, train  # noqa: E402
from harmonia.training._batch import Batch  # noqa: E402
from harmonia.training._loop import Trainer  # noqa: E402
from harmonia.training._ranks import Ranks  # noqa: E402
from harmonia.training._recipe import DATA  # noqa: E402
from harmonia.training._settings import Settings  # noqa: E402
from harmonia.training._tensors import tensors  # noqa: E402
from test_recipes import opened  # noqa: E402
from tiny import TINY, samples  # noqa: E402

pytestmark = pytest.mark.usefixtures("one_thread_of_torch")

MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])

# Recipe, variant, the case of its original, parameters, milestones, epochs, area or None for MSE.
AUTHORS = [
    ("idih", "256", "saic_idih256", 8_301_284, (105, 115), 120, 100),
    ("idih", "512", "saic_idih512", 16_692_964, (105, 115), 120, 1000),
    ("idih", "256-se", "saic_isedih256", None, (105, 115), 120, 100),
    ("idih", "hrnet18s", "saic_hrnet18s_idih256", 12_811_093, (160, 175), 180, 100),
    ("idih", "hrnet18s-v2p", "saic_hrnet18s_v2p_idih256", 18_090_581, (160, 175), 180, 100),
    ("idih", "hrnet18", "saic_hrnet18_idih256", 18_512_633, (160, 175), 180, 100),
    ("idih", "hrnet18-v2p", "saic_hrnet18_v2p_idih256", 23_792_121, (160, 175), 180, 100),
    ("idih", "hrnet32", "saic_hrnet32_idih256", 38_497_829, (160, 175), 180, 100),
    ("idih", "512-hrnet18", "saic_hrnet18_idih512", 26_904_313, (160, 175), 180, 1000),
    ("idih", "deeplab-r34", "saic_deeplab_r34_idih256", 34_455_813, (160, 175), 180, 100),
    ("issam", "256", "saic_issam256", 2_185_340, (105, 115), 120, 1000),
    ("issam", "512", "saic_issam512", 22_998_164, (105, 115), 120, 1000),
    ("issam", "hrnet18", "saic_hrnet18_issam256", 12_282_001, (160, 175), 180, 100),
    ("dih", None, "saic_dih256", 8_301_507, (), 120, None),
    ("ssam", None, "saic_ssam256", 9_163_291, (105, 115), 120, None),
    ("iseunet", None, "saic_iseunet256", None, (105, 115), 120, 1000),
    ("cdtnet", "256", "cdtnet_bcmi", 2_744_400, (50, 100), 120, 100),
    ("cdtnet", "512", "cdtnet_bcmi", 2_744_400, (50, 100), 120, 100),
    ("cdtnet_sim", "256", "cdtnet_bcmi", 2_744_400, (50, 100), 120, 100),
]
every_run = pytest.mark.parametrize(
    ("name", "variant", "case", "count", "milestones", "epochs", "area"),
    AUTHORS,
    ids=[f"{name}.{variant or 256}" for name, variant, *_ in AUTHORS],
)


def authors(name, variant):
    """A recipe at its authors' widths, without numbers."""
    options = {} if variant is None else {"variant": variant}
    with torch.device("meta"):
        return _recipes.open_recipe(name, options, where="test")


def trained(case):
    """How many numbers of an original checkpoint an optimizer moves."""
    kept = ("running_mean", "running_var", "num_batches_tracked", "mask_blurring.weight")
    return sum(
        int(np.prod(shape))
        for key, (_, shape) in parity.keys(case).items()
        if not key.endswith(kept)
    )


@every_run
def test_parameters_are_as_many_as_the_authors(
    name, variant, case, count, milestones, epochs, area
):
    recipe = authors(name, variant)
    found = sum(one.numel() for one in recipe.parameters())
    assert found == trained(case)
    assert count in (None, found)
    assert recipe.minimum_area == area


@every_run
def test_rates_go_as_torchs_schedule(name, variant, case, count, milestones, epochs, area):
    recipe = authors(name, variant)
    plan = recipe.plan
    assert (plan.epochs, plan.rate) == (epochs, 1e-3)
    size = recipe.network.base
    expected_batch = {"cdtnet": (4, 16), "cdtnet_sim": (4, 16)}.get(name, (16, 16))
    if variant == "512" and name == "cdtnet":
        expected_batch, size = (2, 16), 512
    assert (plan.batch, plan.batch_at(256)) == expected_batch
    each = 3  # steps an epoch
    settings = Settings(name, {}, size, plan.batch, plan.epochs * each, plan.rate)
    trainer = Trainer(recipe, settings, torch.device("meta"), Ranks(0, 1))
    (optimizer,) = recipe.optimizers(plan.rate).values()
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, list(milestones), gamma=0.1)
    optimizer.step()  # or torch warns of a schedule that goes before its optimizer
    (own,) = trainer.optimizers.values()
    for step in range(settings.steps):
        if step and step % each == 0:
            scheduler.step()
        trainer.step = step
        share = trainer.rate_of(trainer.step) / settings.rate
        rates = [group["initial_lr"] * share for group in own.param_groups]
        assert rates == pytest.approx(scheduler.get_last_lr(), rel=1e-12)


@pytest.mark.parametrize("variant", ["hrnet18s", "hrnet18-v2p", "512-hrnet18", "deeplab-r34"])
def test_a_backbone_goes_slowly(variant):
    recipe = authors("idih", variant)
    own, slow = recipe.optimizers(1e-3)["network"].param_groups
    assert [own["lr"], slow["lr"]] == pytest.approx([1e-3, 1e-4])
    slowly = {id(one) for one in slow["params"]}
    names = {key for key, one in recipe.network.named_parameters() if id(one) in slowly}
    start = "backbone.deeplab.backbone." if variant == "deeplab-r34" else "backbone.hrnet."
    fast = ("backbone.hrnet.ocr_", "backbone.hrnet.conv3x3_ocr")
    wanted = {
        key
        for key, _ in recipe.network.named_parameters()
        if key.startswith(start) and not key.startswith(fast)
    }
    assert names == wanted


def normalised(images):
    return (images - MEAN[:, None, None]) / STD[:, None, None]


def expected(output, real, mask, area):
    """The term of normalised values, over all images: each (N, ...) in float64."""
    if area is None:
        return ((output - real) ** 2).mean()
    each = zip(output, real, mask, strict=True)
    return np.mean([reference.fn_mse(o, r, m[0], area) for o, r, m in each])


def batch_of(side):
    items = tensors(samples(side), size=side)
    return Batch.of([items[place] for place in range(len(items))])


def arrays(*given):
    return (one.detach().double().numpy() for one in given)


@pytest.mark.parametrize("name", ["idih", "issam", "dih", "ssam", "iseunet"])
def test_losses_on_a_batch_are_those_of_the_formula(name):
    recipe, batch = opened(name), batch_of(TINY[name].size)
    recipe.train()
    output, real, mask = arrays(recipe.network(batch.composite, batch.mask), batch.real, batch.mask)
    ((_, found),) = recipe.losses("network", {DATA: batch}).items()
    wanted = expected(normalised(output), normalised(real), mask, recipe.minimum_area)
    assert found.item() == pytest.approx(wanted, rel=1e-5)


def halved(images):
    """A bilinear half without averaging over more than it needs: squares of 2 x 2."""
    return sum(images[..., y::2, x::2] for y in (0, 1) for x in (0, 1)) / 4


@pytest.mark.parametrize("name", ["cdtnet", "cdtnet_sim"])
def test_losses_of_cdtnet_are_those_of_its_three_outputs(name):
    recipe, batch = opened(name), batch_of(TINY["cdtnet"].size)
    recipe.eval()  # `forward` then gives what `outputs` gives
    found = recipe.losses("network", {DATA: batch})
    composite, real, mask = arrays(batch.composite, batch.real, batch.mask)
    outputs = recipe.network.outputs(batch.composite, batch.mask)
    mapped = next(arrays(outputs.mapped))
    assert found["table"].item() == pytest.approx(expected(mapped, real, mask, 100), rel=1e-5)
    np.testing.assert_array_equal((mapped * (mask == 0)), composite * (mask == 0))
    if name == "cdtnet_sim":
        assert list(found) == ["table"]
        return
    whole = next(arrays(recipe.network(batch.composite, batch.mask)))
    assert found["refined"].item() == pytest.approx(expected(whole, real, mask, 100), rel=1e-5)
    base = next(arrays(outputs.base))
    assert base.shape[2:] == (16, 16)
    wanted = expected(base, halved(real), halved(mask), 100)
    assert found["base"].item() == pytest.approx(wanted, rel=1e-5)


def test_tables_of_a_batch_are_those_of_each_picture():
    recipe, batch = opened("cdtnet"), batch_of(TINY["cdtnet"].size)
    recipe.eval()
    with torch.inference_mode():
        together = recipe.network.outputs(batch.composite, batch.mask)
        for place in range(len(batch)):
            alone = recipe.network.outputs(
                batch.composite[place : place + 1], batch.mask[place : place + 1]
            )
            for one, other in ((together.mapped, alone.mapped), (together.nodes, alone.nodes)):
                torch.testing.assert_close(one[place : place + 1], other, rtol=0, atol=1e-5)


def test_tables_are_in_full_precision_under_autocast():
    recipe, batch = opened("cdtnet"), batch_of(TINY["cdtnet"].size)
    recipe.eval()
    with torch.inference_mode():
        wanted = recipe.network.outputs(batch.composite, batch.mask)
        with torch.autocast("cpu", torch.bfloat16):
            found = recipe.network.outputs(batch.composite, batch.mask)
    assert wanted.nodes.dtype == found.nodes.dtype == torch.float32
    # Four weights of about 1, each rounded to 2^-8; the steps between nodes are not rounded.
    share = found.nodes[:, 1:] - found.nodes[:, :-1]
    assert (share[..., 0] - share[:, :1, ..., 0]).abs().max() < 1e-5
    torch.testing.assert_close(found.mapped, wanted.mapped, rtol=0, atol=2.0**-6)


def test_losses_of_tables_are_off_and_can_be_had():
    batch, plain = batch_of(TINY["cdtnet"].size), opened("cdtnet_sim")
    torch.manual_seed(0)
    options = {**TINY["cdtnet_sim"].options, "smoothness": 2.0, "monotonicity": 3.0}
    recipe = _recipes.open_recipe("cdtnet_sim", options, where="test")
    with torch.no_grad():  # so that some steps fall
        for one in (plain, recipe):
            one.network.lut.LUT1.LUT.copy_(2 * one.network.lut.LUT0.LUT.flip(1))
    found, without = (one.losses("network", {DATA: batch}) for one in (recipe, plain))
    assert list(without) == ["table"]
    assert list(found) == ["table", "smoothness", "monotonicity"]
    assert found["table"].item() == without["table"].item()
    assert all(found[term].item() > 0 for term in ("smoothness", "monotonicity"))


@pytest.fixture(scope="module")
def trunk(tmp_path_factory):
    """Weights of an iSSAM as its authors' code saves them."""
    path = tmp_path_factory.mktemp("trunk") / "issam256.pth"
    state = parity.filled("saic_issam256", special=[parity.BLURRING])
    torch.save(state, path)
    return path, state


def test_a_trunk_is_what_the_u_net_begins_with(trunk):
    path, state = trunk
    recipe = _recipes.open_recipe("cdtnet", {"trunk": str(path)}, where="test")
    found = recipe.network.state_dict()
    assert recipe.frozen
    assert all(torch.equal(found[key], one) for key, one in state.items())


def test_a_frozen_trunk_is_the_same_after_steps_and_validations(tmp_path):
    issam = opened("issam")
    path = tmp_path / "issam.safetensors"
    _run_folder.keep(path, issam, issam.network, 0)
    state = _checkpoints.read(path).state
    run = train(
        "cdtnet",
        samples(32, 2),
        tmp_path / "run",
        validation=samples(32, 1),
        steps=3,
        size=32,
        batch=2,
        workers=0,
        device="cpu",
        validate_every=1,
        trunk=str(path),
        **TINY["cdtnet"].options,
    )
    after = _checkpoints.read(run.folder / "last.safetensors").state
    for key, one in state.items():
        assert torch.equal(after[key], one), key
    counts = [one for key, one in after.items() if key.endswith("num_batches_tracked")]
    assert sorted({int(one) for one in counts}) == [0, 3]  # of the trunk, and of the refinement


def test_a_frozen_trunk_stays_in_evaluation(trunk):
    recipe = _recipes.open_recipe("cdtnet", {"trunk": str(trunk[0])}, where="test")
    for mode in (True, False, True):
        recipe.train(mode)
        for part in (recipe.network.encoder, recipe.network.decoder):
            assert not any(module.training for module in part.modules())
            assert not any(one.requires_grad for one in part.parameters())
        assert recipe.network.refine.training is mode


def test_a_trunk_can_learn_too(trunk):
    options = {"trunk": str(trunk[0]), "frozen": False}
    recipe = _recipes.open_recipe("cdtnet", options, where="test")
    recipe.train()
    assert all(module.training for module in recipe.network.modules())
    assert all(one.requires_grad for one in recipe.network.parameters())


def test_wrong_trunks_are_refused(trunk):
    with pytest.raises(ValueError, match="frozen: a U-Net that learned nothing"):
        _recipes.open_recipe("cdtnet", {"frozen": True}, where="test")
    with pytest.raises(WeightsError, match="must be iSSAM's of the same width"):
        _recipes.open_recipe("cdtnet", {"trunk": str(trunk[0]), "width": 8}, where="test")


def test_backbones_begin_with_weights_of_their_own(tmp_path):
    torch.manual_seed(0)
    plain = _recipes.open_recipe("idih", {"variant": "hrnet18s"}, where="test")
    part = _backbones.pretrained(plain.network)
    state = {key: one + 1 for key, one in part.state_dict().items()}
    own = [key for key in state if key.startswith(("ocr_distri_head.", "conv3x3_ocr."))]
    for key in own:
        del state[key]
    torch.save({**state, "classifier.weight": torch.zeros(3)}, tmp_path / "hrnet.pth")
    options = {"variant": "hrnet18s", "backbone": str(tmp_path / "hrnet.pth")}
    recipe = _recipes.open_recipe("idih", options, where="test")
    found = _backbones.pretrained(recipe.network).state_dict()
    assert own
    assert all(torch.equal(found[key], one) for key, one in state.items())
    del state["conv1.weight"]
    torch.save(state, tmp_path / "hrnet.pth")
    with pytest.raises(WeightsError, match=r"backbone.*conv1\.weight is missing"):
        _recipes.open_recipe("idih", options, where="test")
    with pytest.raises(ValueError, match=r"idih\.256 has no backbone"):
        _recipes.open_recipe("idih", {"backbone": "none.pth"}, where="test")


def test_a_width_that_a_variant_cannot_have_is_refused():
    with pytest.raises(ValueError, match=r"idih\.hrnet18s cannot be of another width"):
        _recipes.open_recipe("idih", {"variant": "hrnet18s", "width": 8}, where="test")
    with pytest.raises(ValueError, match="base must be a power of two from 16 on, got 48"):
        _recipes.open_recipe("idih", {"base": 48}, where="test")


ORIGINALS = [
    ("idih", "saic_idih256"),
    ("issam", "saic_issam256"),
    ("dih", "saic_dih256"),
    ("ssam", "saic_ssam256"),
    ("iseunet", "saic_iseunet256"),
]


def original_batch():
    """The picture that the originals saw; for the real its mirror image."""
    image, mask = parity.picture()
    return Batch(image, mask, image.flip(3))


@pytest.mark.parametrize(("name", "case"), ORIGINALS)
def test_losses_are_those_of_the_authors_outputs(name, case):
    """What the originals gave is stored as float16: half a unit of 2^-11 of each value, which
    over 196,608 of them leaves less than 1e-5 of a mean."""
    output = originals.network(case, "output")["images"].astype(np.float64)
    recipe = _recipes.open_recipe(name, {}, where="test")
    parity.load(recipe.network, parity.filled(case, special=[parity.BLURRING]))
    batch = original_batch()
    with torch.inference_mode():
        ((_, found),) = recipe.losses("network", {DATA: batch}).items()
    real, mask = arrays(batch.real, batch.mask)
    wanted = expected(output, normalised(real), mask, recipe.minimum_area)
    assert found.item() == pytest.approx(wanted, rel=1e-5)


def test_losses_of_cdtnet_are_those_of_the_authors_outputs():
    from test_cdtnet import filled

    stored = originals.network("cdtnet_bcmi", "output")
    recipe = _recipes.open_recipe("cdtnet", {}, where="test")
    filled(recipe.network)
    batch = original_batch()
    with torch.inference_mode():
        found = recipe.losses("network", {DATA: batch})
    real, mask = arrays(batch.real, batch.mask)
    for term, output in (("base", "base_images"), ("table", "lut_images"), ("refined", "images")):
        values = stored[f"sq256.{output}"].astype(np.float64)
        assert found[term].item() == pytest.approx(expected(values, real, mask, 100), rel=1e-5)


@pytest.mark.parametrize("name", ["idih", "issam"])
def test_a_minimum_area_of_0_is_not_taken_for_none(name):
    with torch.device("meta"):
        recipe = _recipes.open_recipe(name, {"minimum_area": 0.0}, where="test")
    assert recipe.minimum_area == 0  # which the loss refuses
