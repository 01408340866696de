"""INR-Harmonization beside its authors' code, at 256."""

import functools
import json
import re

import numpy as np
import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import parity
from harmonia.nets._canvas import Canvas
from harmonia.nets.inr import ARCHITECTURE, _axis, _triangles
from torch.nn import functional

CASE = "inr"
DECODER = "backbone.model.decoder."
TABLE = DECODER + "lut_transform.transform_layers.2"


def born():
    """What the authors' code keeps of its birth under torch.manual_seed(0): some weights that no
    rule of names gives. Chance is drawn layer by layer, in the order of the checkpoint but for the
    convolution of the mask, which comes last; layers that are filled anew draw again."""
    shapes = {name: shape for name, (_, shape) in parity.keys(CASE).items()}
    torch.manual_seed(0)

    def skip(count):
        while count > 0:
            torch.rand(min(count, 1 << 20))
            count -= 1 << 20

    def draws(name):
        drawn = len(shapes[re.sub(r"bias$", "weight", name)]) > 1
        return drawn and "running" not in name and ".mask_conv." not in name

    names = [name for name in shapes if not name.endswith(("num_batches_tracked", "scale"))]
    names = [name for name in names if draws(name)]
    skip(sum(int(np.prod(shapes[name])) for name in names if not name.startswith(DECODER)))
    found = {}
    for name in (name for name in names if name.startswith(DECODER)):
        count = int(np.prod(shapes[name]))
        if ".basic_params." in name:
            found[name] = torch.randn(count).numpy().reshape(shapes[name])
            continue
        skip(count)
        if name.endswith("ffm.bias"):
            skip(2 * count)  # the weight, again
        elif name.endswith("_net.4.bias"):
            skip(int(np.prod(shapes[name.replace("bias", "weight")])) + count)
        elif name == TABLE + ".bias":
            # Normal values come by sixteens; a rest draws sixteen once more.
            skip(count * count + 16)
            found[name] = torch.rand(count).numpy()
    return found


@functools.cache
def filled():
    kept = born()
    own = (r"basic_params|lut_transform.*2\.bias", lambda name, shape: kept[name].reshape(shape))
    gain = [(r"\.backbone\.hrnet", 0.4), (r"content_mlp|appearance|lut_transform", 0.5)]
    state = parity.filled(CASE, gain=gain, special=[parity.SCALE, own])
    return parity.load(ARCHITECTURE.variants["256"](), state)


@functools.cache
def outputs():
    with torch.inference_mode():
        return filled().outputs(*parity.picture())


def test_names_are_those_of_the_checkpoint():
    with torch.device("meta"):
        network = ARCHITECTURE.variants["256"]()
    parity.assert_same_names(network, CASE)


@pytest.mark.parametrize("index", range(3))
def test_pictures_of_all_sizes_are_those_of_the_authors(index):
    made = 2 * outputs().scales[index] - 1
    parity.assert_equals(CASE, f"harm{index}", made)


@pytest.mark.parametrize("index", range(3))
def test_details_of_pictures_are_those_of_the_authors(index):
    # Pixels differ by 1e-4 alone, which is hardly more than the other test lets pass.
    made = (2 * outputs().scales[index] - 1).double().reshape(-1)
    text = (parity.HERE / "probes" / f"{CASE}.json").read_text(encoding="utf-8")
    probe = json.loads(text)[f"harm{index}"]
    ours = made[:: probe["step"]][: len(probe["values"])].numpy()
    np.testing.assert_allclose(ours, probe["values"], atol=1e-6)


def test_the_table_is_that_of_the_authors():
    parity.assert_equals(CASE, "lut", outputs().table)
    parity.assert_equals(CASE, "lut_image", 2 * outputs().by_table - 1)


def test_pasted_by_their_threshold_it_is_the_output_of_the_authors():
    image, mask = parity.picture()
    with torch.inference_mode():
        pasted = torch.where(mask > 100 / 255, filled()(image, mask), image)
    parity.assert_equals(CASE, "final", 2 * pasted - 1)


def test_a_picture_of_256_goes_the_way_of_the_authors():
    image, mask = parity.picture()
    canvas = Canvas.of(image, mask)
    with torch.inference_mode():
        seen = filled().look(canvas)
        rows = [filled().render(seen, canvas, *part) for part in ((0, 100), (100, 256))]
        wanted = filled()(image, mask)
    torch.testing.assert_close(torch.cat(rows, 2), wanted, atol=1e-6, rtol=0)


def test_tiles_are_parts_of_the_whole():
    image, mask = parity.picture()
    image = functional.interpolate(image, (300, 410), mode="bilinear")
    mask = functional.interpolate(mask, (300, 410), mode="bilinear")
    mask[:, :, :, 300:] = 0
    canvas = Canvas.of(image, mask)
    network = filled()
    with torch.inference_mode():
        seen = network.look(canvas)
        whole = network.render(seen, canvas, 0, 300)
        (tile,) = network.tiles(canvas)
        part = network.render_tile(seen, canvas, tile)
    assert tile.left > 0
    assert tile.right == 300
    wanted = whole[:, :, tile.top : tile.bottom, tile.left : tile.right]
    torch.testing.assert_close(part, wanted, atol=1e-6, rtol=0)


@pytest.mark.parametrize(
    ("length", "cells", "first", "last"),
    [(256, 64, 0, 256), (150, 64, 3, 57), (40, 64, 0, 40), (1, 64, 0, 1), (999, 64, 500, 520)],
)
def test_every_pixel_is_in_its_cell_and_found_again(length, cells, first, last):
    (low, high), pixels, back = _axis(length, cells, first, last)
    assert len(pixels) == high - low
    np.testing.assert_array_equal(pixels.flatten()[back], np.arange(last - first))
    cell = back // pixels.shape[1] + low
    np.testing.assert_array_equal(cell, np.arange(first, last) * cells // length)


@pytest.mark.parametrize("side", [64, 128])
def test_shrinking_is_antialiased_as_by_torch(side):
    image, _ = parity.picture()
    matrix = _triangles(256, side)
    wanted = functional.interpolate(image, (side, side), mode="bilinear", antialias=True)
    torch.testing.assert_close(matrix @ image @ matrix.mT, wanted, atol=1e-6, rtol=0)


def test_every_parameter_learns():
    network = ARCHITECTURE.variants["256"]().train()
    image, mask = (torch.cat([tensor, tensor.flip(3)]) for tensor in parity.picture())
    out = network.outputs(image, mask)
    total = sum(one.square().mean() for one in [*out.scales, out.by_table])
    total.backward()
    still = [name for name, p in network.named_parameters() if p.grad is None]
    assert still == []
