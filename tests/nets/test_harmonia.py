"""The library's own network: its statistics, its table, and what follows of colours alone."""

import itertools

import harmonia
import numpy as np
import pytest
from images import as_dtype, scene
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

from harmonia.lut import Lut
from harmonia.nets._colour_statistics import (
    ALIKE,
    BINS,
    CELLS,
    COUNT,
    LEAST,
    NORMS,
    SHARES,
    SIDE,
    WINDOWS,
    statistics,
)
from harmonia.nets._session import Session
from harmonia.nets._weights import architecture_of
from harmonia.nets.harmonia import ColourTable


def opened():
    torch.manual_seed(0)
    return Session(ColourTable(width=32).eval(), "harmonia.quadratic")


def pictures(count=3):
    made = [scene(SIDE, SIDE, seed=seed) for seed in range(count)]
    images = torch.tensor(np.stack([image for image, _ in made]), dtype=torch.float32)
    masks = torch.tensor(np.stack([mask for _, mask in made]), dtype=torch.float32)
    return images.movedim(-1, 1), masks[:, None]


def slowly(image, mask):
    """The statistics by loops over NumPy in double, in the order of the network's."""
    image, mask = image.astype(np.float64), mask.astype(np.float64)
    coarse = mask.reshape(SIDE // 4, 4, SIDE // 4, 4).mean((1, 3))
    wide = np.empty_like(coarse)
    for y, x in np.ndindex(coarse.shape):
        wide[y, x] = coarse[max(y - 3, 0) : y + 4, max(x - 3, 0) : x + 4].mean()
    around = wide.repeat(4, 0).repeat(4, 1)
    regions = [mask, 1 - mask, mask * (1 - around), (1 - mask) * around]
    colours = image[1::2, 1::2].reshape(-1, 3)
    weights = [region[1::2, 1::2].ravel() for region in regions]
    weights = [weight / (weight.sum() + 1e-3) for weight in weights]
    luma = colours @ [0.299, 0.587, 0.114]
    logs = np.log(colours + 1 / 32)
    ratios = [logs[:, 0] - logs[:, 1], logs[:, 2] - logs[:, 1]]
    saturation = colours.max(1) - colours.min(1)
    channels = [*colours.T, luma, saturation, *logs.T, *ratios]
    means = [[weight @ one for one in channels] for weight in weights]
    squares = [[weight @ one**2 for one in channels] for weight in weights]
    spread = np.sqrt(np.maximum(np.array(squares) - np.array(means) ** 2, 0) + 1e-5)
    covariances = [
        10
        * (weight @ (channels[a] * channels[b]) - (weight @ channels[a]) * (weight @ channels[b]))
        for weight in weights[:2]
        for a, b in ((0, 1), (0, 2), (1, 2))
    ]
    quantiles = []
    for one in channels[:5]:
        order = np.argsort(one, kind="stable")
        for weight in weights[:2]:
            passed = np.cumsum(weight[order]) / max(weight.sum(), 1e-6)
            quantiles += [one[order][min((passed < share).sum(), len(one) - 1)] for share in SHARES]
    histograms = [
        weight @ belongings(one, BINS)
        for one in [*channels[:4], *(ratio / 4 + 0.5 for ratio in ratios)]
        for weight in weights[:2]
    ]
    norms = [
        np.log(max(weight @ one ** (2.2 * norm), 1e-12)) / norm
        for norm in NORMS
        for weight in weights
        for one in colours.T
    ]
    chosen = []
    for weight in weights:
        for choice in (luma**4, (1 - luma) ** 8, np.exp(-((saturation / 0.1) ** 2))):
            much = weight @ choice
            chosen += [*((weight * choice) @ colours / (much + 1e-4)), np.log(much + 1e-3)]
    steps = [[*steps_of(image, region)] for region in regions]
    found = [*means, *spread.tolist(), covariances, quantiles, *histograms, norms, chosen]
    return np.concatenate([*found, *steps, [*along_the_seam(image, mask)], [mask.mean()]])


def belongings(values, count):
    """How far each value belongs to each bin."""
    centres = np.linspace(0, 1, count)
    apart = np.abs(np.clip(values, 0, 1)[:, None] - centres)
    return np.maximum(1 - apart * (count - 1), 0)


def steps_of(image, region):
    for scale in range(3):
        if scale:
            image, region = halved(image), halved(region[..., None])[..., 0]
        weight = np.minimum(region[1:, 1:], np.minimum(region[:-1, 1:], region[1:, :-1]))[..., None]
        whole = weight.sum() + 1e-3
        for values in (image, np.log(image + 1 / 32)):
            here = values[1:, 1:]
            apart = np.abs(here - values[:-1, 1:]) + np.abs(here - values[1:, :-1])
            yield from np.log((weight * apart).sum((0, 1)) / whole + 1e-3)
            if values is image and scale == 0:
                fourth = (weight * apart**4).sum((0, 1)) / whole
                yield from np.log(np.maximum(fourth, 1e-12)) / 4


def halved(values):
    height, width, channels = values.shape
    return values.reshape(height // 2, 2, width // 2, 2, channels).mean((1, 3))


def along_the_seam(image, mask):
    mask = mask[..., None]
    for side in CELLS:
        corners = np.ndindex(SIDE // side, SIDE // side)
        boxes = [np.s_[side * y : side * (y + 1), side * x : side * (x + 1)] for y, x in corners]
        yield from compared(image, mask, boxes, lambda f: min(f, 1 - f) * (min(f, 1 - f) > LEAST))
    for side in WINDOWS:
        reach = side // 2
        spans = [np.s_[2 * max(at - reach, 0) : 2 * (at + reach + 1)] for at in range(SIDE // 2)]
        boxes = list(itertools.product(spans, spans))
        yield from compared(image, mask, boxes, lambda f: (f * (1 - f)) ** 2)


def compared(image, mask, boxes, weigh):
    shares = np.array([mask[box].mean() for box in boxes])
    inside = np.array([(image * mask)[box].mean((0, 1)) for box in boxes])
    outside = np.array([(image * (1 - mask))[box].mean((0, 1)) for box in boxes])
    inside, outside = inside / (shares[:, None] + 1e-4), outside / (1 - shares[:, None] + 1e-4)
    weights = np.array([weigh(share) for share in shares])
    much, weights = weights.sum(), weights / (weights.sum() + 1e-3)

    def deviation(values):
        return np.sqrt(np.maximum(weights @ values**2 - (weights @ values) ** 2, 0) + 1e-4)

    for one, other in ((inside, outside), (np.log(inside + 1 / 32), np.log(outside + 1 / 32))):
        middle, spread = weights @ (one - other), deviation(one - other)
        common = weights @ (one * other) - (weights @ one) * (weights @ other)
        yield from middle
        yield from spread
        yield from common / (deviation(one) * deviation(other))
        yield from deviation(one)
        yield from deviation(other)
        yield from middle / np.sqrt(spread**2 + 1e-3)
        yield from weights @ np.exp(-(((one - other - middle) / ALIKE) ** 2))
    yield weights @ np.sign((inside - outside).mean(1))
    yield np.log(much + 1e-2)


def test_statistics_equal_slow_ones():
    images, masks = pictures()
    found = statistics(images, masks).double().numpy()
    for one, image, mask in zip(found, images, masks, strict=True):
        wanted = slowly(image.movedim(0, -1).numpy(), mask[0].numpy())
        assert len(one) == len(wanted) == COUNT
        # Quantiles step from value to value, where a share falls between two within rounding.
        jumps = np.abs(one - wanted) > 2e-4
        assert jumps.sum() <= 1
        assert np.abs(one - wanted).max() < 0.02


@pytest.mark.parametrize("inside", [0.0, 1.0, 1e-30])
def test_statistics_of_one_side_alone_are_finite(inside):
    images, masks = pictures(1)
    assert torch.isfinite(statistics(images, torch.full_like(masks, inside))).all()


def test_the_table_is_the_polynomial():
    network = opened().network
    images, masks = pictures(2)
    with torch.inference_mode():
        tables = network.table(images, masks)
        wanted = network.changed(images.movedim(1, -1), network.coefficients(images, masks))
        found = harmonia.nets.apply_lut3d(images, tables).movedim(1, -1)
    # A bend c of x^2 between nodes 1/16 apart: c / 4 / 16^2; there are six such terms below 0.5.
    tolerance = 6 * 0.5 / 4 / 16**2
    assert (found - wanted).abs().max() < tolerance
    assert (found - images.movedim(1, -1)).abs().max() > 1e-3


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float16", "float32"])
def test_fit_is_a_table_for_other_frames(dtype):
    session = opened()
    image, mask = scene(97, 131)
    image, mask = as_dtype(image, dtype), mask.astype(np.float32)
    look = session.fit(image, mask)
    assert isinstance(look, Lut)
    np.testing.assert_array_equal(look.apply(image, mask), session(image, mask))
    np.testing.assert_array_equal(look.to_lut(17).nodes[::8, ::8, ::8], look.nodes[::8, ::8, ::8])


@pytest.mark.parametrize("dtype", ["uint8", "float16", "float32"])
def test_colours_beyond_the_range_are_cut_off(dtype):
    session = opened()
    with torch.no_grad():
        session.network.out.bias.fill_(0.5)
    image, mask = scene(97, 131)
    image, mask = as_dtype(image, dtype), mask.astype(np.float32)
    most = 255 if dtype == "uint8" else 1
    assert session.raw(image, mask).max() > 1.5
    out = session(image, mask)
    assert out.min() >= 0
    assert out.max() == most
    np.testing.assert_array_equal(out[mask == 0], image[mask == 0])
    planes, cover = torch.from_numpy(image).movedim(-1, 0), torch.from_numpy(mask)
    np.testing.assert_array_equal(session(planes, cover).movedim(0, -1).numpy(), out)


def test_fit_takes_no_reference_and_no_empty_mask():
    session = opened()
    image, mask = scene(40, 56)
    image = as_dtype(image, "uint8")
    with pytest.raises(ValueError, match="leave reference out"):
        session.fit(image, mask, reference=image)
    with pytest.raises(ValueError, match="mask is empty"):
        session.fit(image, np.zeros(mask.shape, bool))


def test_weights_of_a_run_fit_and_save_a_look(tmp_path):
    """The whole way of a user: weights of a width of their own, `fit`, and a .cube."""
    from harmonia.training import _recipes, _run_folder

    recipe = _recipes.open_recipe("harmonia", {"width": 16}, where="test")
    weights = tmp_path / "own.safetensors"
    _run_folder.keep(weights, recipe, recipe.network, 0)
    image, mask = scene(60, 80)
    image = as_dtype(image, "uint8")
    look = harmonia.fit(image, mask, "harmonia", weights=weights)
    look.save(tmp_path / "look.cube")
    kept = harmonia.lut.read_lut(tmp_path / "look.cube")
    out = harmonia.harmonize(image, mask, "harmonia", weights=weights)
    assert np.abs(kept.apply(image, mask).astype(int) - out).max() <= 1


def test_other_networks_say_that_they_have_no_transform():
    torch.manual_seed(0)
    session = Session(architecture_of("idih").variants["256"](width=8).eval(), "idih.256")
    image, mask = scene(40, 56)
    with pytest.raises(TypeError, match=r"depends on the place.*harmonize\(\.\.\.\) on each frame"):
        session.fit(as_dtype(image, "uint8"), mask)
