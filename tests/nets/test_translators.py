"""Translators: sizes, what the mask is to them, and the filters of CUT."""

import numpy as np
import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import harmonia
from harmonia.nets import _translators
from harmonia.nets._blurred import BlurDown, BlurUp
from harmonia.nets._patch_critic import PatchCritic
from harmonia.nets._session import Session

SHAPES = {"cyclegan": {"blocks": 1}, "cut": {"blocks": 2}, "unit": {"blocks": 1}}
every_translator = pytest.mark.parametrize("name", _translators.TRANSLATORS)


def made(name):
    torch.manual_seed(0)
    return _translators.make(name, {"width": 2, **SHAPES[name]}).eval()


@every_translator
def test_pictures_of_any_size_keep_it_and_masks_do_not_matter(name):
    session = Session(made(name), name)
    chance = np.random.default_rng(0)
    for size in ((256, 256), (70, 131)):
        picture = chance.integers(0, 256, (*size, 3), dtype=np.uint8)
        whole, left = np.ones(size, bool), np.zeros(size, bool)
        left[:, :9] = True
        out = session.raw(picture, whole)
        assert out.shape == picture.shape
        np.testing.assert_array_equal(out, session.raw(picture, left))


@every_translator
def test_values_are_within_the_scale(name):
    image = torch.rand(2, 3, 32, 48)
    with torch.no_grad():
        out = made(name)(image, torch.zeros(2, 1, 32, 48))
    assert out.shape == image.shape
    assert (out.min() >= 0) & (out.max() <= 1)
    with torch.no_grad():
        torch.testing.assert_close(2 * out - 1, made(name).translated(2 * image - 1))


def test_they_are_no_harmonizers():
    assert not set(_translators.TRANSLATORS) & set(harmonia.list_networks())


def test_blurs_are_those_of_the_definition():
    values = torch.rand(2, 3, 6, 8, dtype=torch.float64)
    down, up = BlurDown()(values), BlurUp()(values)
    assert (down.shape, up.shape) == ((2, 3, 3, 4), (2, 3, 12, 16))
    line, rows = np.array([1, 2, 1]) / 4, values.numpy()
    mirrored = np.pad(rows, [(0, 0), (0, 0), (1, 1), (1, 1)], mode="reflect")
    for y, x in ((0, 0), (1, 2), (2, 3)):
        window = mirrored[:, :, 2 * y : 2 * y + 3, 2 * x : 2 * x + 3]
        wanted = np.einsum("ncij,i,j->nc", window, line, line)
        np.testing.assert_allclose(down[:, :, y, x], wanted, rtol=1e-12)
    # Between two pixels a quarter and three quarters of the way, outside as the border is.
    repeated = np.pad(rows, [(0, 0), (0, 0), (1, 1), (1, 1)], mode="edge")
    for y, x in ((0, 0), (5, 7), (11, 15)):
        weights = [
            np.array([0.25, 0.75]) if at % 2 == 0 else np.array([0.75, 0.25]) for at in (y, x)
        ]
        top, left = (y + 1) // 2, (x + 1) // 2
        window = repeated[:, :, top : top + 2, left : left + 2]
        wanted = np.einsum("ncij,i,j->nc", window, *weights)
        np.testing.assert_allclose(up[:, :, y, x], wanted, rtol=1e-12)


def test_a_blurred_critic_has_the_same_weights_and_scores_as_many_patches():
    plain, blurred = PatchCritic(width=2), PatchCritic(width=2, blurred=True)
    assert [p.shape for p in plain.parameters()] == [p.shape for p in blurred.parameters()]
    picture = torch.rand(1, 3, 256, 256)
    with torch.no_grad():
        assert plain(picture).shape == (1, 1, 30, 30)
        assert blurred(picture).shape[:2] == (1, 1)
