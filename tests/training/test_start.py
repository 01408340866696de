"""Training that begins from weights: the second stage of two."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia.datasets import Sample  # noqa: E402 (needs torch)
from harmonia.nets import _checkpoints  # noqa: E402
from harmonia.nets._checkpoints import WeightsError  # noqa: E402
from harmonia.training import OtherRun, train  # noqa: E402
from images import scene  # noqa: E402

pytestmark = pytest.mark.usefixtures("one_thread_of_torch")

TINY = {"width": 2, "base": 32, "size": 32, "batch": 2, "workers": 0, "device": "cpu"}


def sample(seed):
    values, mask = scene(32, 32, seed)
    real = np.rint(values * 255).astype(np.uint8)
    changed = np.where(mask[..., None] > 0.5, real // 2, real)
    return Sample(changed, np.rint(mask * 255).astype(np.uint8), real, f"sample-{seed}")


DATA = [sample(seed) for seed in range(2)]


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The first of two stages."""
    return train("issam", DATA, tmp_path_factory.mktemp("first"), steps=2, rate=0.01, **TINY).folder


def weights(path):
    return _checkpoints.read(path).state


# So low a rate moves no weight by more than it times the steps; running means do move.
STILL = {"steps": 1, "rate": 1e-12}


def test_the_network_begins_from_the_weights_of_a_file_or_of_a_run(first, tmp_path):
    wanted = weights(first / "last.safetensors")
    chance = train("issam", DATA, tmp_path / "chance", **STILL, **TINY).folder
    for number, start in enumerate((first, first / "last.safetensors")):
        run = train("issam", DATA, tmp_path / str(number), start=start, **STILL, **TINY).folder
        began = weights(run / "last.safetensors")
        for name, tensor in wanted.items():
            if tensor.is_floating_point() and "running" not in name:
                torch.testing.assert_close(began[name], tensor, rtol=0, atol=1e-9)
    name = "decoder.to_rgb.weight"
    assert not torch.allclose(weights(chance / "last.safetensors")[name], wanted[name])


def test_a_run_that_goes_on_does_not_begin_again(first, tmp_path):
    class Stopped(Exception):
        pass

    def stop(progress):
        if progress.step == 2:
            raise Stopped

    told = {"start": first, "steps": 3, "rate": 0.01, "save_every": 1, **TINY}
    with pytest.raises(Stopped):
        train("issam", DATA, tmp_path / "stopped", progress=stop, **told)
    train("issam", DATA, tmp_path / "stopped", **told)
    train("issam", DATA, tmp_path / "whole", **told)
    gone_on, whole = (weights(tmp_path / run / "last.safetensors") for run in ("stopped", "whole"))
    assert all(torch.equal(gone_on[name], tensor) for name, tensor in whole.items())


def test_a_run_that_began_otherwise_is_another(first, tmp_path):
    train("issam", DATA, tmp_path, start=first, **STILL, **TINY)
    with pytest.raises(OtherRun, match="start"):
        train("issam", DATA, tmp_path, **STILL, **TINY)


def test_weights_of_another_shape_are_named(first, tmp_path):
    wider = {**TINY, "width": 4}
    with pytest.raises(
        WeightsError, match=r"^train: start: .*last\.safetensors is not of issam\.2"
    ):
        train("issam", DATA, tmp_path / "none", start=first, **STILL, **wider)
    assert not (tmp_path / "none").exists()


def test_a_folder_without_weights_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"^train: start: .* is no run with weights"):
        train("issam", DATA, tmp_path / "none", start=tmp_path, **STILL, **TINY)
