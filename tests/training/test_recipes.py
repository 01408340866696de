"""What every recipe promises, at the sizes of `tiny.py`."""

import csv
import functools

import harmonia
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia.nets import _checkpoints  # noqa: E402 (needs torch)
from harmonia.nets._session import Session  # noqa: E402
from harmonia.training import _checkpoint, _recipes, list_recipes, train  # noqa: E402
from harmonia.training._batch import Batch  # noqa: E402
from harmonia.training._loop import Trainer  # noqa: E402
from harmonia.training._ranks import Ranks  # noqa: E402
from harmonia.training._settings import Settings  # noqa: E402
from harmonia.training._tensors import tensors  # noqa: E402
from tiny import TINY, Tiny, data_of, samples  # noqa: E402

pytestmark = pytest.mark.usefixtures("one_thread_of_torch")

every_recipe = pytest.mark.parametrize("name", list_recipes())
HARMONIZERS = [
    name for name in list_recipes() if _recipes.recipe_class(name, where="test").harmonizes
]
every_harmonizer = pytest.mark.parametrize("name", HARMONIZERS)


@pytest.fixture(scope="module")
def overfitted(tmp_path_factory):
    """The folder of a run over 8 samples, made when a recipe's first test wants it."""

    @functools.cache
    def made(name):
        folder = tmp_path_factory.mktemp(name)
        line = line_of(name)
        seldom = {"validate_every": 0, "save_every": 0, "sample_every": 0}
        run_of(name, folder, 8, steps=line.steps, log_every=10, **seldom)
        return folder

    return made


def line_of(name) -> Tiny:
    if name not in TINY:
        pytest.fail(f"recipe {name!r} has no line in tests/training/tiny.py; give it one")
    return TINY[name]


def opened(name):
    """A recipe as `train` would begin with it."""
    torch.manual_seed(0)
    return _recipes.open_recipe(name, dict(line_of(name).options), where="test")


def run_of(name, folder, tried, **told):
    """A run that is validated on the first few of what it learns from."""
    line = line_of(name)
    recipe = _recipes.recipe_class(name, where="test")
    return train(
        name,
        data_of(recipe, line.size, line.waves),
        folder,
        validation=samples(line.size, tried, line.waves) if recipe.harmonizes else None,
        size=line.size,
        batch=line.batch,
        rate=line.rate,
        average=line.average,
        device="cpu",
        workers=0,
        **told,
        **line.options,
    )


def rows(path):
    with path.open(newline="", encoding="utf-8") as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


@every_harmonizer
def test_it_overfits_8_pictures(name, overfitted):
    line, folder = line_of(name), overfitted(name)
    scores = rows(folder / "validation.csv")[-1]
    assert scores["fmse"] * line.better <= scores["composite_fmse"]


@every_recipe
def test_its_loss_falls(name, overfitted):
    line, folder = line_of(name), overfitted(name)
    term, factor = line.loss
    losses = [row[term] for row in rows(folder / "log.csv")]
    assert losses[-1] * factor <= losses[0]


@every_harmonizer
def test_weights_load_and_harmonize_as_the_network_in_training(name, overfitted):
    line, folder = line_of(name), overfitted(name)
    recipe = opened(name)
    checkpoint = _checkpoint.load(folder / "checkpoint.pt")
    recipe.load_state_dict(checkpoint.recipe)
    if line.average:
        recipe.network.load_state_dict(checkpoint.average)
    in_training = Session(recipe.network.eval(), recipe.method)
    for file in ("last.safetensors", "best.safetensors"):  # the only validation is the last
        loaded = harmonia.load(recipe.method.partition(".")[0], weights=folder / file)
        assert loaded.method == recipe.method
        for sample in samples(line.size, 2):
            found, wanted = (one(sample.composite, sample.mask) for one in (loaded, in_training))
            np.testing.assert_array_equal(found, wanted)
            assert (found != sample.composite).any()


@every_recipe
def test_a_run_that_was_stopped_goes_on_to_the_same_bits(name, tmp_path):
    class Stopped(Exception):
        pass

    def stop(progress):
        if progress.step == 3:  # after the checkpoint at 2
            raise Stopped

    often = {"steps": 4, "log_every": 1, "save_every": 2, "validate_every": 2, "sample_every": 0}
    with pytest.raises(Stopped):
        run_of(name, tmp_path / "stopped", 1, progress=stop, **often)
    run_of(name, tmp_path / "stopped", 1, **often)
    run_of(name, tmp_path / "whole", 1, **often)
    best = name in HARMONIZERS  # of others nobody says which is
    for file in ("log.csv", "validation.csv")[: 1 + best]:
        found, wanted = ((tmp_path / run / file).read_bytes() for run in ("stopped", "whole"))
        assert found == wanted
    for file in ("last.safetensors", "best.safetensors")[: 1 + best]:
        found, wanted = (_checkpoints.read(tmp_path / run / file) for run in ("stopped", "whole"))
        assert found.notes == wanted.notes
        assert list(found.state) == list(wanted.state)
        for key, tensor in wanted.state.items():
            assert torch.equal(found.state[key], tensor), key


@every_recipe
def test_every_parameter_has_one_optimizer(name):
    recipe = opened(name)
    optimizers = recipe.optimizers(1e-3)
    assert tuple(optimizers) == tuple(recipe.phases)
    moved = [
        id(parameter)
        for optimizer in optimizers.values()
        for group in optimizer.param_groups
        for parameter in group["params"]
    ]
    assert len(moved) == len(set(moved))
    wanted = {id(one): key for key, one in recipe.named_parameters() if one.requires_grad}
    assert set(moved) == set(wanted)


@every_recipe
def test_every_parameter_moves(name):
    line, recipe = line_of(name), opened(name)
    settings = Settings(
        name, {}, size=line.size, batch=line.batch, steps=line.steps, rate=line.rate
    )
    trainer = Trainer(recipe, settings, torch.device("cpu"), Ranks(0, 1))
    before = {key: one.detach().clone() for key, one in recipe.named_parameters()}
    batches = {
        source: Batch.of(
            [items[place % len(items)] for place in range(line.batch)],
            tuple(recipe.extras.get(source, ())),
        )
        for source, data in data_of(recipe, line.size, line.waves).items()
        if (items := tensors(data, size=line.size, extras=recipe.extras.get(source, ())))
    }
    recipe.train()
    for _ in range(2):  # what stands behind a zero moves in the second
        trainer.take([batches])
    still = {
        key
        for key, one in recipe.named_parameters()
        if one.requires_grad and torch.equal(one, before[key])
    }
    dead = {key for key in before if any(part in key for part in line.dead)}
    assert still == dead & {key for key, one in recipe.named_parameters() if one.requires_grad}


@every_recipe
def test_unknown_options_are_refused_with_those_there_are(name):
    kind = _recipes.recipe_class(name, where="test")
    with pytest.raises((TypeError, ValueError)) as refused:
        train(name, samples(8), "never made", colour="blue")
    for word in ("colour", name, *_recipes.parameters(kind)):
        assert word in str(refused.value)
