"""S2CRNet beside its authors' code."""

import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import harmonia
import numpy as np
import parity
from harmonia.nets._canvas import Canvas
from harmonia.nets._session import Session
from harmonia.nets.s2crnet import ARCHITECTURE, Thumbnail, _thumbnails, curves, through

CASE = "s2crnet"
LABELS = {"label2": 2, "nolabel": None}
with_and_without = pytest.mark.parametrize("case", LABELS)


def even(name, shape):
    return 0.5 + 0.1 * parity.generator(name).standard_normal(shape)


def filled(label=None):
    """The network with the numbers that it had when the authors' code ran."""
    special = [
        (r"(fc_f_1|fc_b_1|fc_f_label).*weight", parity.times(0.05)),
        (r"(fc_f_1\.fc1|fc_b_1\.fc1|fc_f_label)\.bias", even),
    ]
    network = parity.load(ARCHITECTURE.variants["squeezenet"](), parity.filled(CASE, (), special))
    network.label = label
    return network


def canvas(box=(slice(None), slice(None))):
    return Canvas(*([torch.from_numpy(codes[box])] for codes in parity.codes(512)))


def test_names_are_those_of_the_checkpoint():
    parity.assert_same_names(ARCHITECTURE.variants["squeezenet"](), CASE)


@with_and_without
def test_outputs_are_those_of_the_authors(case):
    network = filled(LABELS[case])
    small, soft = canvas().shrunk(256, "pil bilinear", "pil bilinear")
    with torch.inference_mode():
        first, second = network.look(canvas())
        once = through(curves(first), small)
        twice = through(curves(second), once)
    parity.assert_equals(CASE, f"{case}.param1", first)
    parity.assert_equals(CASE, f"{case}.param2", second)
    parity.assert_equals(CASE, f"{case}.out1", once)
    parity.assert_equals(CASE, f"{case}.out2", twice)
    parity.assert_equals(CASE, f"{case}.final_lr", soft * twice + (1 - soft) * small)


def test_a_table_is_what_the_sum_of_clamped_pieces_is():
    """All that either rounds is 64 additions of values up to 1: less than 64 x 2^-24 each."""
    chance = np.random.default_rng(3)
    slopes = chance.uniform(0.2, 1.8, (2, 192)).astype(np.float32)
    values = np.linspace(-0.2, 1.2, 3 * 5 * 1001).astype(np.float32).reshape(3, 5, 1001)
    ours = through(
        curves(torch.from_numpy(slopes)), torch.from_numpy(np.stack([values, values[:, ::-1]]))
    )
    for index, image in enumerate((values, values[:, ::-1])):
        wanted = np.zeros(image.shape)
        steps = slopes[index].astype(np.float64).reshape(3, 64)
        for piece in range(64):
            reached = np.clip(image.astype(np.float64) - piece / 64, 0, 1 / 64)
            wanted += reached * steps[:, piece, None, None]
        wanted *= 64 / steps.sum(1)[:, None, None]
        np.testing.assert_allclose(ours[index].numpy(), wanted, rtol=0, atol=64 * 2.0**-24)


@pytest.mark.parametrize("box", [(slice(None), slice(None)), (slice(40, 400), slice(90, 180))])
def test_thumbnails_of_floats_are_those_of_codes(box):
    """PIL rounds to codes twice, half a code each; floats by far less."""
    image, mask = canvas(box).rows()
    views = (canvas(box).cut_to_masks(), canvas(box))
    for ours, view in zip(_thumbnails(image, mask), views, strict=True):
        theirs = Thumbnail(*view.shrunk(256, "pil bilinear", "pil bilinear"))
        for own, other in zip(ours, theirs, strict=True):
            torch.testing.assert_close(own, other, rtol=0, atol=1 / 255 + 1e-6)


def test_an_empty_mask_takes_the_whole():
    image, mask = parity.picture()
    part, whole = _thumbnails(image, torch.zeros_like(mask))
    torch.testing.assert_close(part.image, image)
    torch.testing.assert_close(part.image, whole.image)


def test_what_is_looked_at_is_what_forward_sees():
    network = filled()
    image, mask = canvas().rows()
    with torch.inference_mode():
        out = network(image, mask)
        painted = network.render(network.look(canvas()), canvas(), 0, 512)
    torch.testing.assert_close(out, painted, rtol=0, atol=2e-3)  # codes were rounded on the way


def test_the_label_is_an_option(tmp_path):
    from safetensors.torch import save_file

    network = filled(2)
    save_file(network.state_dict(), tmp_path / "s2crnet.safetensors")
    options = {"weights": tmp_path / "s2crnet.safetensors"}
    image, mask = parity.codes(256)
    told = harmonia.load("s2crnet", label=2, **options)
    untold = harmonia.load("s2crnet", **options)
    np.testing.assert_array_equal(told(image, mask), Session(network, "s2crnet")(image, mask))
    assert (told(image, mask) != untold(image, mask)).any()
    with pytest.raises(ValueError, match=r"label must be None or 0 or 1 or 2 or 3 or 4, got 5"):
        harmonia.load("s2crnet", label=5, **options)


@pytest.mark.parametrize("label", [None, 3])
def test_what_takes_part_learns(label):
    network = ARCHITECTURE.variants["squeezenet"]().train()
    network.label = label
    image, mask = parity.picture()
    network(image, mask).square().mean().backward()
    still = {name for name, p in network.named_parameters() if p.grad is None}
    idle = "fc_f_1." if label is not None else "label"
    assert still == {name for name in still if idle in name}
    assert still == {name for name, _ in network.named_parameters() if idle in name}
