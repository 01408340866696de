"""Ways to run a network: other precisions and layouts, and the mirrored picture beside it."""

import functools

import harmonia
import numpy as np
import pytest
from images import scene
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

from harmonia.nets._session import open_session
from harmonia.nets._weights import architecture_of

NAMES = ["idih.256", "pctnet.cnn"]  # the second has kernels of its own
every_network = pytest.mark.parametrize("name", NAMES)


@functools.cache
def weights(name, folder):
    method, _, variant = name.partition(".")
    torch.manual_seed(0)
    path = folder / f"{name}.pth"
    torch.save(architecture_of(method).variants[variant]().state_dict(), path)
    return path


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    return lambda name, **options: open_session(name, weights=weights(name, folder), **options)


@pytest.mark.parametrize(
    ("name", "dtype"),  # CPUs take long for float16
    [("idih.256", "bfloat16"), ("idih.256", "float16"), ("pctnet.cnn", "bfloat16")],
)
def test_halves_come_near_floats_and_keep_the_background(name, dtype, opened):
    image, mask = scene(70, 91)
    image, mask = (image * 255).astype(np.uint8), mask.astype(np.float32)
    run, plain = opened(name, dtype=dtype), opened(name)
    out = run(image, mask)
    np.testing.assert_array_equal(out[mask == 0], image[mask == 0])
    raw, wanted = run.raw(image, mask), plain.raw(image, mask)
    assert raw.dtype == np.float32
    assert (raw != wanted).any()
    # bfloat16 keeps 8 bits of each value, and some tens of layers add up.
    np.testing.assert_allclose(raw, wanted, atol=0.05 * np.ptp(wanted))


@every_network
def test_flip_is_the_mean_with_the_mirrored_picture(name, opened):
    image, mask = scene(70, 91)
    image, mask = image.astype(np.float32), mask.astype(np.float32)
    plain, run = opened(name), opened(name, flip=True)
    mirrored = plain.raw(image[:, ::-1], mask[:, ::-1])[:, ::-1]
    wanted = (plain.raw(image, mask) + mirrored) / 2
    np.testing.assert_allclose(run.raw(image, mask), wanted, atol=1e-6)
    weight = mask[..., None]
    pasted = weight * wanted.clip(0, 1) + (1 - weight) * image
    np.testing.assert_allclose(run(image, mask), pasted, atol=1e-6)
    assert np.abs(wanted - mirrored).max() > 1e-6


@every_network
def test_layout_shows_in_no_number_that_is_seen(name, opened):
    image, mask = scene(70, 91)
    image, mask = image.astype(np.float32), mask.astype(np.float32)
    run = opened(name, channels_last=True)
    assert any(
        p.is_contiguous(memory_format=torch.channels_last) and not p.is_contiguous()
        for p in run.network.parameters()
        if p.ndim == 4
    )
    np.testing.assert_allclose(run.raw(image, mask), opened(name).raw(image, mask), atol=1e-4)


def test_an_unknown_precision_is_refused(opened):
    with pytest.raises(ValueError, match=r"load: dtype must be one of .*, got 'int8'"):
        harmonia.load("issam", weights="none.pth", dtype="int8")


def test_compiled_it_gives_the_same(opened):
    image, mask = (part.astype(np.float32) for part in scene(70, 91))
    run = opened("idih.256", compile="eager")
    np.testing.assert_allclose(run.raw(image, mask), opened("idih.256").raw(image, mask), atol=1e-6)


def test_what_cannot_be_compiled_as_a_whole_is_refused(opened):
    with pytest.raises(ValueError, match=r"compile is for networks that work at one size"):
        opened("pctnet.cnn", compile=True)


@pytest.mark.parametrize("name", ["idih.256", "pctnet.cnn"])
def test_a_network_that_gives_nan_is_an_error(name, opened):
    image, mask = scene(70, 91)
    run = opened(name)
    with torch.no_grad():
        for parameter in run.network.parameters():
            parameter.fill_(1e30)
    with pytest.raises(ValueError, match=r"NaN or infinity"):
        run((image * 255).astype(np.uint8), mask.astype(np.float32))
