"""The network that ships: what `auto` is, with whatever is installed here to run it."""

import hashlib
import importlib.util
import os
import re
import sys
import threading
import warnings

import harmonia
import numpy as np
import pytest
from device import needs_cuda
from harmonia import _catalogue, _registry, api, cli, models
from images import DTYPES, as_dtype, scene
from kinds import torch

needs_onnxruntime = pytest.mark.skipif(
    importlib.util.find_spec("onnxruntime") is None, reason="onnxruntime is not installed"
)
needs_safetensors = pytest.mark.skipif(
    importlib.util.find_spec("safetensors") is None, reason="safetensors is not installed"
)


def picture(dtype="uint8", height=60, width=80, seed=0):
    image, mask = scene(height, width, seed=seed)
    return as_dtype(image, dtype), mask


@pytest.fixture
def nothing_runs_it(monkeypatch):
    monkeypatch.setattr(models, "_is_here", lambda engine: False)
    _registry._say_what_is_missing.cache_clear()
    yield
    _registry._say_what_is_missing.cache_clear()


def test_every_file_is_what_the_sums_say():
    sums = (models.FOLDER / models.SUMS).read_text().splitlines()
    assert {line.split("  ")[1] for line in sums} == {"harmonia.onnx", "harmonia.safetensors"}
    for line in sums:
        digest, name = line.split("  ")
        assert hashlib.sha256((models.FOLDER / name).read_bytes()).hexdigest() == digest


def test_the_weights_are_as_small_as_promised():
    assert all(
        (models.FOLDER / f"harmonia{end}").stat().st_size < 4e6 for end in (".onnx", ".safetensors")
    )


def test_a_damaged_file_is_refused(tmp_path, monkeypatch):
    for name in (models.SUMS, "harmonia.onnx"):
        (tmp_path / name).write_bytes((models.FOLDER / name).read_bytes())
    content = bytearray((tmp_path / "harmonia.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "harmonia.onnx").write_bytes(content)
    monkeypatch.setattr(models, "FOLDER", tmp_path)
    models.file_of.cache_clear()
    try:
        with pytest.raises(ValueError, match=r"is damaged.*pip install --force-reinstall"):
            models.file_of("harmonia", "onnx")
    finally:
        models.file_of.cache_clear()


@needs_onnxruntime
@pytest.mark.parametrize("dtype", DTYPES)
def test_auto_is_the_network_that_ships(dtype):
    image, mask = picture(dtype)
    out = harmonia.harmonize(image, mask)
    assert (out.dtype, out.shape) == (image.dtype, image.shape)
    assert out[mask == 0].tobytes() == image[mask == 0].tobytes()
    assert not np.array_equal(out, image)
    np.testing.assert_array_equal(out, harmonia.harmonize(image, mask, "harmonia"))
    np.testing.assert_array_equal(out, harmonia.load()(image, mask))
    np.testing.assert_array_equal(out, harmonia.load("harmonia")(image, mask))


@needs_onnxruntime
def test_a_device_may_be_named_with_auto():
    image, mask = picture()
    chosen = harmonia.load(device="cpu")
    np.testing.assert_array_equal(chosen(image, mask), harmonia.harmonize(image, mask))
    look = harmonia.fit(image, mask, device="cpu")
    np.testing.assert_array_equal(
        look.apply(image, mask), chosen.fit(image, mask).apply(image, mask)
    )


@needs_onnxruntime
def test_it_is_loaded_once(monkeypatch):
    image, mask = picture()
    harmonia.harmonize(image, mask)
    monkeypatch.setattr(api, "_open_session", None)
    harmonia.harmonize(image, mask)


@needs_onnxruntime
def test_a_session_gives_the_transform_for_other_frames(tmp_path):
    image, mask = picture()
    session = harmonia.load("harmonia")
    look = session.fit(image, mask)
    np.testing.assert_array_equal(look.apply(image, mask), session(image, mask))
    look.to_lut(17).save(tmp_path / "look.cube")
    assert harmonia.lut.read_lut(tmp_path / "look.cube").size == (17, 17, 17)
    half = session(image, mask, strength=0.5).astype(int)
    middle = (image.astype(int) + session(image, mask)) / 2
    assert np.abs(half - middle).max() <= 1  # each is rounded once


def test_a_reference_is_for_a_colour_transform():
    image, mask = picture()
    other, _ = picture(seed=3)
    expected = harmonia.harmonize(image, mask, _registry.CLASSICAL, reference=other)
    np.testing.assert_array_equal(harmonia.harmonize(image, mask, reference=other), expected)
    np.testing.assert_array_equal(harmonia.load()(image, mask, reference=other), expected)
    with pytest.raises(ValueError, match="leave reference out, or use a method such as 'mkl'"):
        harmonia.harmonize(image, mask, "harmonia", reference=other)


@needs_onnxruntime
def test_masks_without_a_side():
    image, mask = picture()
    np.testing.assert_array_equal(harmonia.harmonize(image, np.zeros_like(mask)), image)
    with pytest.raises(ValueError, match=r"mask covers the whole image.*or pass reference="):
        harmonia.harmonize(image, np.ones_like(mask))
    with pytest.raises(ValueError, match="mask is empty"):
        harmonia.fit(image, np.zeros_like(mask))


def test_without_anything_to_run_it_a_warning_says_what_runs_instead(nothing_runs_it):
    image, mask = picture()
    with pytest.warns(
        RuntimeWarning, match=r"needs onnxruntime.*'lalonde_efros' runs.*pip install"
    ):
        out = harmonia.harmonize(image, mask)
    np.testing.assert_array_equal(out, harmonia.harmonize(image, mask, _registry.CLASSICAL))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # once is enough
        harmonia.harmonize(image, mask)
    assert "harmonia" not in _registry.list_ready()


def test_a_look_at_what_there_is_warns_of_nothing(nothing_runs_it):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _catalogue.describe("lalonde_efros").default_on == ("cpu",)


def test_what_it_takes_is_told_without_torch(monkeypatch, capsys):
    monkeypatch.setattr(_catalogue, "has_torch", lambda: False)
    assert cli.main(["methods", "harmonia"]) == 0
    told = capsys.readouterr().out
    assert re.search(r"needs +onnxruntime\n", told)
    assert "threads" in told
    assert "channels_last" not in told


def test_asked_for_by_name_it_says_what_is_missing(nothing_runs_it, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    api._open_bundled.cache_clear()
    image, mask = picture()
    with pytest.raises(ModuleNotFoundError, match="pip install onnxruntime"):
        harmonia.harmonize(image, mask, "harmonia")


@needs_onnxruntime
@needs_safetensors
@pytest.mark.skipif(torch is None, reason="torch is not installed")
@pytest.mark.parametrize("seed", range(6))
def test_torch_and_onnxruntime_agree_within_a_level(seed):
    image, mask = picture(height=300, width=200, seed=seed)
    by_torch = harmonia.load("harmonia", backend="torch")(image, mask)
    by_onnx = harmonia.load("harmonia", backend="onnx")(image, mask)
    assert np.abs(by_torch.astype(int) - by_onnx).max() <= 1


@needs_onnxruntime
@pytest.mark.skipif(torch is None, reason="torch is not installed")
def test_a_tensor_stays_one():
    image, mask = picture()
    tensor = torch.from_numpy(image.copy()).movedim(-1, 0)
    out = harmonia.harmonize(tensor, torch.from_numpy(mask.copy()))
    np.testing.assert_array_equal(out.movedim(0, -1), harmonia.harmonize(image, mask))


@needs_onnxruntime
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_it_works_after_a_fork():
    image, mask = picture()
    expected = harmonia.harmonize(image, mask)
    child = os.fork()
    if child == 0:
        os._exit(0 if np.array_equal(harmonia.harmonize(image, mask), expected) else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


@needs_onnxruntime
def test_threads_share_it():
    image, mask = picture()
    session = harmonia.load("harmonia")
    expected = session(image, mask)
    outs = [None] * 8

    def work(place):
        for _ in range(20):
            outs[place] = session(image, mask)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(outs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(out, expected) for out in outs)


@needs_cuda
def test_a_picture_on_a_cuda_device_stays_there():
    image, mask = picture(height=300, width=200)
    tensor = torch.from_numpy(image.copy()).movedim(-1, 0).cuda()
    out = harmonia.harmonize(tensor, torch.from_numpy(mask.copy()).cuda())
    here = harmonia.harmonize(image, mask)
    assert out.device == tensor.device
    assert np.abs(out.cpu().movedim(0, -1).numpy().astype(int) - here).max() <= 1
