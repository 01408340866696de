"""Datasets as a translator has them: files, names, and what happens when it is called again."""

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia import datasets, io  # noqa: E402 (needs torch)
from harmonia.nets._checkpoints import WeightsError  # noqa: E402
from harmonia.nets._session import Session  # noqa: E402
from harmonia.training import (  # noqa: E402
    OtherRun,
    _recipes,
    _run_folder,
    train,
    translate,
)
from miniatures import make_rdharmony  # noqa: E402

pytestmark = pytest.mark.usefixtures("one_thread_of_torch")


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    root = tmp_path_factory.mktemp("rendered")
    make_rdharmony(root)
    return datasets.load("rdharmony", root)


def recipe(name="cyclegan", seed=0, **options):
    torch.manual_seed(seed)
    return _recipes.open_recipe(name, {"width": 2, "blocks": 1, **options}, where="test")


def weights(folder, name="cyclegan", **options):
    """As a run leaves them."""
    made = recipe(name, **options)
    _run_folder.keep(folder / "last.safetensors", made, made.network, 0)
    return made.network


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    return folder, weights(folder)


def contents(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_the_samples_are_those_of_the_dataset_translated(run, rendered, tmp_path):
    folder, network = run
    told = []
    found = translate(
        folder, rendered, tmp_path, device="cpu", progress=lambda *done: told.append(done)
    )
    assert told == [(done, 6) for done in range(1, 7)]
    session = Session(network.eval(), "cyclegan")
    assert len(found) == len(rendered)
    for sample, own in zip(found, rendered, strict=True):
        assert (sample.name, sample.subset) == (own.name, own.subset)
        assert sample.extras == json.loads(json.dumps(own.extras))
        np.testing.assert_array_equal(sample.mask, own.mask)
        for part in ("composite", "real"):
            before = getattr(own, part)
            wanted = 255 * session.raw(before, np.ones(before.shape[:2], bool)).clip(0, 1)
            off = np.abs(getattr(sample, part) - wanted)
            assert off.mean() < 5  # JPEG's, of noisy pictures
            assert np.abs(before - wanted).mean() > 10


def test_files_are_where_those_of_the_dataset_are(run, rendered, tmp_path):
    translate(run[0], rendered, tmp_path, device="cpu")
    root = rendered.origin.root
    wanted = {
        path.relative_to(root).as_posix()
        for entry in rendered.entries()
        for path in (entry.composite, entry.mask, entry.real)
    } | {"translation.json", "samples.jsonl"}
    assert set(contents(tmp_path)) == wanted


def test_again_it_goes_on_and_changes_nothing(run, rendered, tmp_path):
    class Stopped(Exception):
        pass

    def stop(done, total):
        if done == 2:
            raise Stopped

    translate(run[0], rendered, tmp_path / "whole", device="cpu")
    with pytest.raises(Stopped):
        translate(run[0], rendered, tmp_path / "stopped", device="cpu", progress=stop)
    assert not (tmp_path / "stopped" / "samples.jsonl").exists()
    there = next((tmp_path / "stopped" / "SHuman" / "composite_images").iterdir())
    before = there.stat().st_mtime_ns
    half = there.with_name(f".{there.name}.0123456789abcdef")
    half.write_bytes(b"half")
    translate(run[0], rendered, tmp_path / "stopped", device="cpu")
    assert contents(tmp_path / "stopped") == contents(tmp_path / "whole")
    assert there.stat().st_mtime_ns == before
    assert not half.exists()


def test_other_weights_and_other_samples_want_another_folder(run, rendered, tmp_path):
    translate(run[0], rendered[:1], tmp_path / "out", device="cpu")
    (tmp_path / "other").mkdir()
    weights(tmp_path / "other", seed=1)
    with pytest.raises(OtherRun, match="a translation with another weights; choose another"):
        translate(tmp_path / "other", rendered[:1], tmp_path / "out", device="cpu")
    with pytest.raises(OtherRun, match="with another samples and list; choose another"):
        translate(run[0], rendered, tmp_path / "out", device="cpu")
    with pytest.raises(OtherRun, match=r"is no translation and not empty, it holds last\.safet"):
        translate(run[0], rendered, run[0], device="cpu")


def test_the_dataset_itself_is_never_written_to(run, rendered):
    before = contents(Path(rendered.origin.root))
    with pytest.raises(ValueError, match=r"^translate: out must be another folder than that of rd"):
        translate(run[0], rendered, rendered.origin.root, device="cpu")
    assert contents(Path(rendered.origin.root)) == before


def test_what_is_no_translator_is_named(rendered, tmp_path):
    torch.manual_seed(0)
    made = _recipes.open_recipe("issam", {"width": 2, "base": 32}, where="test")
    _run_folder.keep(tmp_path / "last.safetensors", made, made.network, 0)
    with pytest.raises(
        WeightsError, match=r"^translate: run: .* holds weights of issam\.256; a tr"
    ):
        translate(tmp_path, rendered, tmp_path / "out", device="cpu")
    with pytest.raises(FileNotFoundError, match="is no run with weights"):
        translate(tmp_path / "..", rendered, tmp_path / "out", device="cpu")
    with pytest.raises(TypeError, match=r"dataset must be one of harmonia\.datasets\.load, got"):
        translate(tmp_path, [rendered[0]], tmp_path / "out", device="cpu")


@pytest.mark.parametrize("name", ["cut", "unit"])
def test_every_translator_does(name, rendered, tmp_path):
    weights(tmp_path, name, blocks=2)
    found = translate(tmp_path / "last.safetensors", rendered[:1], tmp_path / "out", device="cpu")
    assert found[0].composite.shape == rendered[0].composite.shape


def test_masks_that_had_to_be_made_to_fit_are_written_as_they_fit(run, tmp_path):
    picture = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    for place, pixels in (("c", picture), ("r", picture), ("m", picture[::2, ::2])):
        (tmp_path / "in" / place).mkdir(parents=True)
        io.write(tmp_path / "in" / place / "one.png", pixels[..., :1].repeat(3, 2))
    named = {"composites": "c", "masks": "m", "reals": "r"}
    dataset = datasets.load("folder", tmp_path / "in", **named)
    assert dataset[0].notes
    found = translate(run[0], dataset, tmp_path / "out", device="cpu")
    np.testing.assert_array_equal(found[0].mask, dataset[0].mask)
    assert found[0].notes == ()


def test_what_was_written_trains_beside_what_is_real(run, rendered, tmp_path):
    found = translate(run[0], rendered, tmp_path / "out", device="cpu")
    both = datasets.join(rendered, found)
    tiny = {"width": 2, "base": 32, "size": 32, "batch": 2, "workers": 0, "device": "cpu"}
    assert train("issam", both, tmp_path / "run", steps=1, **tiny).steps == 1
    # Its extras are those that CharmNet asks of rendered pictures.
    assert set(found.entry(0).extras) >= {"styles", "style"}
