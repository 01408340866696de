"""What is held back, what is drawn and logged of it, and runs that are done once more."""

import csv
import json

import coloured
import harmonia
import numpy as np
import pytest
from harmonia.datasets import Sample
from images import as_dtype, scene

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia.training import Plan, _in_words, _recipes, rerun, train  # noqa: E402 (needs torch)
from harmonia.training._held_back import held_back  # noqa: E402
from harmonia.training._schedules import falling, steps  # noqa: E402
from harmonia.training._sheet import Sheets  # noqa: E402
from harmonia.training.recipes.issam import ISSAM  # noqa: E402

pytestmark = pytest.mark.usefixtures("one_thread_of_torch")

TINY = {"steps": 2, "size": 64, "batch": 2, "workers": 0, "width": 2, "base": 64}
RARELY = {"validate_every": 0, "sample_every": 0, "log_every": 1}


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return coloured.fill(tmp_path_factory.mktemp("photos") / "in", 8, (70, 90))


def sample(seed, size=(40, 56)):
    real, mask = scene(*size, seed)
    changed = np.where(mask[..., None] > 0, 0.8 * real + 0.1, real)
    codes = (as_dtype(one, np.uint8) for one in (changed, mask, real))
    composite, mask, real = codes
    return Sample(composite, mask, real, f"s{seed}")


SAMPLES = [sample(seed) for seed in range(6)]


def check_apart(samples, share, names):
    rest, held = held_back(samples, share, 3)
    seen = [{names(part, place) for place in range(len(part))} for part in (rest, held)]
    assert not seen[0] & seen[1]
    assert len(rest) + len(held) == len(samples)
    again = held_back(samples, share, 3)
    assert [[names(p, n) for n in range(len(p))] for p in again] == [
        [names(p, n) for n in range(len(p))] for p in (rest, held)
    ]
    return rest, held


def test_composites_of_one_real_are_held_back_together(photos, tmp_path):
    harmonia.synthesis.synthesize("random", photos, tmp_path / "set", filters=[], number=3, sheet=0)
    dataset = harmonia.datasets.load("iharmony4", tmp_path / "set", split="train")
    rest, held = check_apart(dataset, 0.25, lambda part, place: part.entry(place).real)
    assert (len(rest), len(held)) == (18, 6)
    moved = (tmp_path / "set").rename(tmp_path / "moved")
    _, same = held_back(harmonia.datasets.load("iharmony4", moved, split="train"), 0.25, 3)
    assert same.lines == held.lines
    assert held_back(dataset, 0.25, 4)[1].lines != held.lines


def test_photographs_are_held_back_whole(photos):
    made = harmonia.synthesis.random_composites(photos, size=32)
    rest, held = check_apart(made, 0.25, lambda part, place: part.photos[place].image)
    assert (len(rest), len(held)) == (6, 2)
    assert held[0].composite.shape == (32, 32, 3)


def test_any_sequence_may_be_shared_out():
    rest, held = check_apart(SAMPLES, 1 / 3, lambda part, place: part[place].name)
    assert (len(rest), len(held)) == (4, 2)
    assert [one.name for one in rest[1:3]] == [rest[1].name, rest[2].name]  # a part of a part


@pytest.mark.parametrize("share", [1e-9, 0.999999])
def test_at_least_one_is_held_back_and_never_all(share):
    if share < 0.5:
        assert len(held_back(SAMPLES, share, 0)[1]) == 1
    else:
        with pytest.raises(ValueError, match="leaves none on one side; give another share"):
            held_back(SAMPLES, share, 0)


@pytest.mark.parametrize("share", [0, 1, -0.5, 2.0, float("nan")])
def test_a_share_that_is_none_is_refused(share, tmp_path):
    with pytest.raises(ValueError, match="validation must be a share above 0 and below 1"):
        train("issam", SAMPLES, tmp_path / "run", validation=share, **TINY)


def test_a_sheet_shows_the_same_samples_each_time():
    network = ISSAM(width=2, base=64).network.train()
    network.encoder.eval()  # as a frozen part is
    sheets = Sheets([sample(n) for n in range(9)], "the samples")
    first = sheets.draw(network, "issam.256", 1)
    assert network.training
    assert network.decoder.training
    assert not network.encoder.training
    assert first.dtype == np.uint8
    assert (sheets.draw(network, "issam.256", 1) == first).all()
    assert (sheets.draw(network, "issam.256", 2) != first).any()  # its number


def test_a_sheet_shows_the_real_beside_the_output():
    """40 x 56 is enlarged three times: its pixels stand in the sheet as they are."""
    shown = SAMPLES[0]
    network = ISSAM(width=2, base=64).network
    sheet = Sheets([shown], "one").draw(network, "issam.256", 1)
    output = harmonia.nets._session.Session(network.eval(), "issam.256")
    large = [shown.real, output(shown.composite, shown.mask)]
    places = [places_of(one.repeat(3, axis=0).repeat(3, axis=1), sheet) for one in large]
    assert [len(found) for found in places] == [1, 1]
    (real,), (made,) = places
    assert real[0] == made[0]
    assert real[1] > made[1]


def places_of(pixels, sheet):
    windows = np.lib.stride_tricks.sliding_window_view(sheet, pixels.shape)[:, :, 0]
    places = np.ndindex(*windows.shape[:2])
    rows = (place for place in places if (windows[place][0] == pixels[0]).all())
    return [place for place in rows if (windows[place] == pixels).all()]


def test_pictures_of_any_size_and_type_are_shown():
    big = sample(1, (300, 520))
    floats = Sample(big.composite / np.float32(255), big.mask > 127, big.real, "floats")
    network = ISSAM(width=2, base=64).network
    sheet = Sheets([big, floats, SAMPLES[0]], "these").draw(network, "issam.256", 1)
    assert sheet.shape[1] > 3 * 256


def test_a_run_writes_sheets_and_goes_on_with_them(tmp_path):
    run = tmp_path / "run"
    asked = {**TINY, **RARELY, "sample_every": 1}
    train("issam", SAMPLES, run, validation=1 / 3, **asked)
    names = ["step-000001.png", "step-000002.png"]
    assert sorted(path.name for path in (run / "samples").iterdir()) == names
    (run / "samples" / ".step-000002.png.0123456789abcdef").touch()  # what a kill leaves
    train("issam", SAMPLES, run, validation=1 / 3, **asked)
    assert sorted(path.name for path in (run / "samples").iterdir()) == names
    train("issam", SAMPLES, run, overwrite=True, **{**asked, "steps": 1})
    assert sorted(path.name for path in (run / "samples").iterdir()) == names[:1]


def test_a_run_is_done_once_more_from_its_folder(photos, tmp_path):
    made = harmonia.synthesis.random_composites(photos, size=64, seed=2, strength="HCOCO")
    first = train("issam", made, tmp_path / "a", validation=0.25, seed=3, **TINY, **RARELY)
    again = rerun(tmp_path / "a", tmp_path / "b", workers=0, **RARELY)
    assert again.best == first.best
    for name in ("run.json", "log.csv", "validation.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    rerun(tmp_path / "a" / "run.json", tmp_path / "c", workers=0, rate=0.5, steps=1, **RARELY)
    said = json.loads((tmp_path / "c" / "run.json").read_text())
    assert (said["rate"], said["steps"], said["seed"]) == (0.5, 1, 3)


def test_a_run_whose_data_are_gone_says_so(tmp_path):
    train("issam", SAMPLES, tmp_path / "a", **TINY, **RARELY)
    with pytest.raises(ValueError, match="cannot be opened again; pass"):
        rerun(tmp_path / "a", tmp_path / "b")
    rerun(tmp_path / "a", tmp_path / "b", data=SAMPLES, workers=0, **RARELY)
    assert (tmp_path / "a/log.csv").read_bytes() == (tmp_path / "b/log.csv").read_bytes()
    (tmp_path / "a" / "run.json").write_text("{}")
    with pytest.raises(ValueError, match=r"run\.json is of no run"):
        rerun(tmp_path / "a", tmp_path / "c")


class Own(ISSAM):
    """A recipe of the tests' own."""


def test_a_class_of_ones_own_is_a_recipe(tmp_path):
    train(Own, SAMPLES, tmp_path / "own", **TINY, **RARELY)
    train("issam", SAMPLES, tmp_path / "ours", **TINY, **RARELY)
    assert (tmp_path / "own/log.csv").read_bytes() == (tmp_path / "ours/log.csv").read_bytes()
    assert json.loads((tmp_path / "own/run.json").read_text())["recipe"].endswith(":Own")
    with pytest.raises(ValueError, match="is a class of your own; pass it as recipe"):
        rerun(tmp_path / "own", tmp_path / "b", data=SAMPLES)
    rerun(tmp_path / "own", tmp_path / "b", recipe=Own, data=SAMPLES, workers=0, **RARELY)
    with pytest.raises(ValueError, match="or pass a class of your own"):
        train("own", SAMPLES, tmp_path / "c")


def test_tensorboard_has_what_the_tables_have(tmp_path):
    pytest.importorskip("tensorboard", reason="tensorboard is not installed")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run = tmp_path / "run"
    train("issam", SAMPLES, run, validation=1 / 3, tensorboard=True, **TINY, **RARELY)
    events = EventAccumulator(str(run / "tensorboard"))
    events.Reload()
    assert {"loss/fn_mse", "run/rate", "validation/fmse"} <= set(events.Tags()["scalars"])
    with (run / "log.csv").open() as file:
        wanted = [(int(row["step"]), float(row["fn_mse"])) for row in csv.DictReader(file)]
    found = [(one.step, one.value) for one in events.Scalars("loss/fn_mse")]
    assert found == [(step, pytest.approx(value, rel=1e-6)) for step, value in wanted]
    assert [one.step for one in events.Images("samples")] == [2]


def test_what_is_not_installed_is_said_before_the_first_step(tmp_path, monkeypatch):
    from harmonia import _packages
    from harmonia.nets import _export

    monkeypatch.setattr(_packages.Package, "version", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'harmonia\[train\]'"):
        train("issam", SAMPLES, tmp_path / "run", tensorboard=True, **TINY)
    monkeypatch.setattr(_export.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install onnx onnxscript"):
        train("issam", SAMPLES, tmp_path / "run", onnx=True, **TINY)
    monkeypatch.undo()
    monkeypatch.setattr(ISSAM(width=2, base=64).network.__class__, "no_onnx", "it is a test")
    with pytest.raises((ValueError, ModuleNotFoundError), match="has no ONNX: it is a test"):
        train("issam", SAMPLES, tmp_path / "run", onnx=True, **TINY)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dovenet", "256 x 256, whole pictures"),
        ("harmonia", "128 x 128, whole pictures, 50% mirrored"),
        ("issam", "256 x 256, pieces of 50% to 100% of the area, 50% mirrored"),
        ("style_unet", "256 x 256, pieces of 50% to 100% of the area"),
        ("cut", "256 x 256, pieces of 90% of both sides, 50% mirrored"),
        ("unit", "256 x 256, squares of 100% of the shorter side, 50% mirrored"),
    ],
)
def test_samples_in_words_are_what_is_cut_out(name, said):
    recipe = _recipes.planned(name, {}, where="test")
    assert _in_words.plan_in_words(recipe)["samples"] == said


def test_rates_in_words_tell_where_they_change():
    def rates(schedule, epochs=10):
        return _in_words.rates(Plan(256, 1, epochs, 0.5, schedule))

    assert rates(lambda epoch: 1.0) == "0.5"
    assert rates(steps(3, 7)) == "0.5, 0.05 from epoch 3, 0.005 from epoch 7"
    assert rates(falling(5, 5)) == "0.5, from epoch 5 falling to 0.0833"
    assert rates(falling(100, 100), 200) == "0.5, from epoch 100 falling to 0.00495"
