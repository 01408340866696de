"""CDTNet beside its authors' code, and its table alone."""

import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import numpy as np
import parity
from harmonia.nets import cdtnet, cdtnet_sim
from harmonia.nets._canvas import Canvas
from harmonia.nets._session import Session
from images import as_dtype, scene

CASE = "cdtnet_bcmi"


def table(name, shape):
    """Noise on the identity, or on zeros, of six decimals as the authors' file has it."""
    axis = np.round(np.arange(shape[1]) / (shape[1] - 1.0), 6).astype(np.float32)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    base = np.stack([red, green, blue]) if "LUT0" in name else np.zeros(shape, np.float32)
    return base + 0.05 * parity.generator(name).standard_normal(shape)


def filled(network):
    """A network with the numbers that it had when the authors' code ran."""
    special = [
        parity.BLURRING,
        (r"\.LUT$", table),
        (r"lut\.classifier\.fc\.bias", parity.constant(1, 0.3, -0.2, 0.4)),
        (r"lut\.classifier\.fc\.weight", parity.times(0.3)),
    ]
    return parity.load(network, parity.filled(CASE, special=special))


@pytest.mark.parametrize("module", [cdtnet, cdtnet_sim])
@pytest.mark.parametrize("variant", ["256", "512"])
def test_names_are_those_of_the_checkpoint(module, variant):
    parity.assert_same_names(module.ARCHITECTURE.variants[variant](), CASE)


def test_outputs_are_those_of_the_authors():
    network = filled(cdtnet.ARCHITECTURE.variants["256"]())
    image, mask = parity.picture()
    with torch.inference_mode():
        seen = network.read(
            image, mask, torch.nn.functional.interpolate(mask, (32, 32), mode="bilinear")
        )
        mapped = network.mapped(seen, image, mask)
        out = network(image, mask)
    parity.assert_equals(CASE, "sq256.lut_weights", seen.weights)
    parity.assert_equals(CASE, "sq256.lut_images", mapped)
    parity.assert_equals(CASE, "sq256.base_images", network.normalised.back(seen.field[:, :3]))
    parity.assert_equals(CASE, "sq256.images", out)


def test_the_table_alone_is_that_of_the_authors():
    network = filled(cdtnet_sim.ARCHITECTURE.variants["256"]())
    image, mask = parity.picture(512)
    with torch.inference_mode():
        out = network(image, mask)
    parity.assert_equals(CASE, "hr512_sim.images", mask * out + (1 - mask) * image)  # they paste


@pytest.mark.parametrize("module", [cdtnet, cdtnet_sim])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_what_is_painted_is_what_torch_gives(module, dtype):
    # Behind 8-bit pictures, nodes have 15 bits, and the eight weights 15 bits each.
    codes = 2.0**-14 if (module, dtype) == (cdtnet_sim, "uint8") else 0.0
    network = filled(module.ARCHITECTURE.variants["256"]())
    parity.check_painted(network, dtype, beyond=codes)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_the_table_alone_is_a_transform(dtype):
    session = Session(filled(cdtnet_sim.ARCHITECTURE.variants["256"]()), "cdtnet_sim.256")
    image, mask = scene(60, 90)
    image, mask = as_dtype(image, dtype), mask.astype(np.float32)
    look = session.fit(image, mask)
    np.testing.assert_array_equal(look.apply(image, mask), session(image, mask))


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (65, 129), (64, 131)])
def test_tiles_are_those_of_the_whole(size):
    # Two convolutions of some 600 products each, in another order.
    network = filled(cdtnet.ARCHITECTURE.variants["256"]())
    generator = torch.Generator().manual_seed(0)
    image = torch.rand(1, 3, *size, generator=generator)
    mask = torch.rand(1, 1, *size, generator=generator)
    mask[mask < 0.5] = 0
    canvas = Canvas.of(image, mask)
    reached = torch.zeros(size, dtype=torch.bool)
    with torch.inference_mode():
        whole, seen = network(image, mask), network.look(canvas)
        for tile in network.tiles(canvas):
            place = slice(tile.top, tile.bottom), slice(tile.left, tile.right)
            reached[place] = True
            part = network.render_tile(seen, canvas, tile)
            torch.testing.assert_close(part, whole[:, :, *place], atol=2e-5, rtol=0)
    assert reached[mask[0, 0] > 0].all()


def test_only_what_the_mask_reaches_is_refined():
    network = cdtnet.ARCHITECTURE.variants["256"]()
    mask = torch.zeros(1000, 900)
    mask[500, 300] = mask[510, 420] = 0.1
    canvas = Canvas([torch.zeros(1000, 900, 3)], [mask])
    assert [tuple(tile) for tile in network.tiles(canvas)] == [(448, 512, 300, 428)]


def test_gradients_reach_every_weight():
    network = filled(cdtnet.ARCHITECTURE.variants["256"]())
    image, mask = parity.picture()
    with torch.enable_grad():
        network(image[:, :, ::2, ::3], mask[:, :, ::2, ::3]).square().mean().backward()
    assert [name for name, value in network.named_parameters() if value.grad is None] == []
