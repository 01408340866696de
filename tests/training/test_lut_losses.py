"""The losses of tables: their definitions, their gradients, and what training does with them."""

import numpy as np
import pytest
from reference import lut_losses as reference

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia.training import losses  # noqa: E402 (needs torch)
from torch.autograd import gradcheck  # noqa: E402

NAMES = ("lut_smoothness", "lut_monotonicity")
every_loss = pytest.mark.parametrize("name", NAMES)


def tables(count=2, side=5, dtype=torch.float64):
    """Noise around the identity, so much that many steps fall."""
    axis = np.linspace(0, 1, side)
    identity = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1)
    noise = np.random.default_rng(side).normal(0, 0.3, (count, *identity.shape))
    return torch.from_numpy(identity + noise).to(dtype)


def identity(side):
    axis = torch.linspace(0, 1, side, dtype=torch.float64)
    return torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), dim=-1)


@every_loss
@pytest.mark.parametrize("side", [2, 5])
def test_values_are_those_of_the_definition(name, side):
    given = tables(side=side)
    wanted = [getattr(reference, name)(one.numpy()) for one in given]
    found = getattr(losses, name)(given, reduction="none")
    torch.testing.assert_close(found, torch.tensor(wanted).double(), rtol=1e-12, atol=0)
    torch.testing.assert_close(getattr(losses, name)(given), found.mean(), rtol=1e-14, atol=0)
    alone = getattr(losses, name)(given[0])
    torch.testing.assert_close(alone, found[0], rtol=1e-14, atol=0)


@every_loss
def test_gradients_are_those_of_the_values(name):
    # No step is so near to 0 that a difference would reach over the corner there.
    given = tables(side=3)
    assert min(given.diff(dim=axis).abs().min() for axis in (1, 2, 3)) > 1e-4
    assert gradcheck(getattr(losses, name), (given.requires_grad_(),))


def test_numbers_worked_out_by_hand():
    # One input an output follows, in 4 steps: 1/3 of the steps along an axis are 1/4.
    assert losses.lut_smoothness(identity(5)).item() == pytest.approx(1 / 16, rel=1e-12)
    assert losses.lut_monotonicity(identity(5)).item() == 0
    assert losses.lut_monotonicity(1 - identity(5)).item() == pytest.approx(1 / 4, rel=1e-12)
    flat = torch.full((3, 3, 3, 3), 0.5)
    assert losses.lut_smoothness(flat).item() == losses.lut_monotonicity(flat).item() == 0


@every_loss
def test_half_types_and_autocast_are_computed_in_float32(name):
    call = getattr(losses, name)
    whole = tables(dtype=torch.float32)
    for dtype in (torch.bfloat16, torch.float16):
        with torch.autocast("cpu", torch.bfloat16):
            found = call(whole.to(dtype))
        assert found.dtype == torch.float32
        assert torch.equal(found, call(whole.to(dtype).float()))


def test_a_table_learns_to_rise():
    nodes = tables(dtype=torch.float32).requires_grad_()
    optimizer = torch.optim.Adam([nodes], lr=0.02)
    start = losses.lut_monotonicity(nodes).item()
    for _ in range(60):
        optimizer.zero_grad()
        losses.lut_monotonicity(nodes).backward()
        optimizer.step()
    assert losses.lut_monotonicity(nodes).item() < 0.1 * start


@every_loss
def test_wrong_calls_are_named(name):
    call = getattr(losses, name)
    for wrong, error, message in [
        (np.zeros((3, 3, 3, 3)), TypeError, "lut must be a tensor, got ndarray"),
        (torch.zeros(3, 3, 3, 3).byte(), TypeError, "lut must be of floats"),
        (torch.zeros(3, 3, 3), ValueError, r"lut must have shape \(D, D, D, 3\)"),
        (torch.zeros(3, 3, 3, 4), ValueError, "lut must have shape"),
        (torch.zeros(3, 3, 2, 3), ValueError, "lut must have shape"),
        (torch.zeros(1, 1, 1, 3), ValueError, "lut must .* with 2 nodes an axis at"),
    ]:
        with pytest.raises(error, match=f"^{name}: {message}"):
            call(wrong)
    with pytest.raises(ValueError, match=f"^{name}: reduction must be one of mean, none"):
        call(tables(), reduction="sum")
