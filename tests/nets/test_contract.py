"""What every network keeps to, with the weights that it is born with: a new file is found here."""

import functools

import harmonia
import numpy as np
import pytest
from images import as_dtype, scene
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

from harmonia.nets._canvas import Canvas
from harmonia.nets._network import BaseNetwork
from harmonia.nets._session import Session
from harmonia.nets._weights import architecture_of

pytestmark = pytest.mark.usefixtures("one_thread_of_torch")

VARIANTS = {
    name: [f"{name}.{variant}" for variant in architecture_of(name).variants]
    for name in harmonia.list_networks()
}


def goes_its_own_way(name):
    """Whether a network takes pictures to its size and back by other means than most do."""
    with torch.device("meta"):
        kind = type(architecture_of(name).variants[VARIANTS[name][0].partition(".")[2]]())
    return (kind.look, kind.render) != (BaseNetwork.look, BaseNetwork.render)


# Of those that share the way, one stands for all; and so does one variant of a network.
WAYS = [VARIANTS[name][0] for name in VARIANTS if name == "idih" or goes_its_own_way(name)]
every_network = pytest.mark.parametrize("name", WAYS)
every_other = pytest.mark.parametrize(
    "name", [name for names in VARIANTS.values() for name in names if name not in WAYS]
)


@functools.lru_cache(maxsize=1)  # tests are sorted by network; some are large
def session(name):
    method, _, variant = name.partition(".")
    torch.manual_seed(0)
    return Session(architecture_of(method).variants[variant]().eval(), name)


@every_network
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float16", "float32"])
def test_background_size_and_dtype_stay(name, dtype):
    check_what_stays(name, dtype)


@every_other
def test_background_size_and_dtype_stay_whatever_is_inside(name):
    check_what_stays(name, "uint8")


def check_what_stays(name, dtype):
    image, mask = scene(96, 131)
    image = as_dtype(image, dtype)
    mask = mask.astype(np.float32)
    kept = image.copy()
    out = session(name)(image, mask)
    assert (out.shape, out.dtype) == (image.shape, image.dtype)
    np.testing.assert_array_equal(out[mask == 0], image[mask == 0])
    np.testing.assert_array_equal(image, kept)
    assert not np.shares_memory(out, image)
    assert (out[mask > 0] != image[mask > 0]).any()


@every_network
def test_odd_sizes_one_pixel_and_alpha(name):
    image, _ = scene(333, 517)
    image = as_dtype(image, "uint8")
    mask = np.zeros(image.shape[:2], np.uint8)
    mask[100, 200] = 255
    image = np.dstack([image, np.roll(mask, 3)])
    out = session(name)(image, mask)
    np.testing.assert_array_equal(out[mask == 0], image[mask == 0])
    np.testing.assert_array_equal(out[..., 3], image[..., 3])


@every_network
def test_a_batch_is_its_images_one_by_one(name):
    pair = [scene(64, 80, seed) for seed in (0, 1)]
    images = torch.stack([torch.from_numpy(image).float().movedim(-1, 0) for image, _ in pair])
    masks = torch.stack([torch.from_numpy(mask).float() for _, mask in pair])
    together = session(name)(images, masks)
    for index in range(2):
        alone = session(name)(images[index], masks[index])
        torch.testing.assert_close(together[index], alone, atol=1e-4, rtol=0)


@every_network
def test_rows_are_those_of_the_whole(name):
    image, mask = scene(150, 100)
    canvas = Canvas([torch.from_numpy(image).float()], [torch.from_numpy(mask).float()])
    network = session(name).network
    with torch.inference_mode():
        seen = network.look(canvas)
        whole = network.render(seen, canvas, 0, 150)
        parts = [network.render(seen, canvas, *rows) for rows in ((0, 41), (41, 42), (42, 150))]
    torch.testing.assert_close(torch.cat(parts, dim=2), whole, atol=1e-5, rtol=1e-5)


@every_network
def test_strength_is_a_share_of_the_change(name):
    image, mask = scene(64, 64)
    image, mask = as_dtype(image, "float32"), mask.astype(np.float32)
    full, half = session(name)(image, mask), session(name)(image, mask, strength=0.5)
    np.testing.assert_allclose(half, (image + full) / 2, atol=1e-6)
    np.testing.assert_array_equal(session(name)(image, mask, strength=0.0), image)


@pytest.mark.parametrize("name", VARIANTS)
def test_what_the_paper_is_stands_in_the_catalogue(name):
    from harmonia._registry import summary

    line = summary(name)
    assert line.endswith(".")
    assert "(" in line
