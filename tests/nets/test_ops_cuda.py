"""The differentiable look-up on a CUDA device beside that on the CPU."""

import itertools

import pytest
from device import needs_cuda

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia import nets  # noqa: E402 (needs torch)
from harmonia.nets import _ops  # noqa: E402
from torch import library  # noqa: E402

CHOICES = list(itertools.product(("trilinear", "tetrahedral"), ("clamp", "extrapolate")))
EPS = 2.0**-24


def inputs(tables=1, size=(9, 5, 6), device="cuda"):
    generator = torch.Generator().manual_seed(0)
    image = torch.rand(2, 3, 61, 73, generator=generator) * 1.4 - 0.2
    lut = torch.rand(tables, *size, 3, generator=generator)
    mask = torch.rand(2, 61, 73, generator=generator)
    return [tensor.to(device).requires_grad_() for tensor in (image, lut, mask)]


@needs_cuda
@pytest.mark.parametrize("tables", [1, 2])
@pytest.mark.parametrize(("mode", "beyond"), CHOICES)
def test_values_and_gradients_are_those_of_the_cpu(mode, beyond, tables):
    pull = torch.randn(2, 3, 61, 73, generator=torch.Generator().manual_seed(1))
    found = {}
    for device in ("cpu", "cuda"):
        given = inputs(tables, device=device)
        out = nets.apply_lut3d(*given, interpolation=mode, out_of_range=beyond)
        gradients = torch.autograd.grad(out, given, pull.to(device))
        found[device] = [tensor.detach().cpu() for tensor in (out, *gradients)]
    (out, image, lut, mask), wanted = found["cuda"], found["cpu"]
    assert torch.equal(out, wanted[0])
    assert torch.equal(image, wanted[1])
    assert torch.equal(mask, wanted[3])
    # A sum is rounded once a picture and once where two are joined; the gifts add up to no more
    # than those of all pixels, times the (1 + 2 * 0.2 * 8)^3 that weights reach beyond the table.
    reach = 75 if beyond == "extrapolate" else 1
    assert (lut - wanted[2]).abs().max() <= 2 * EPS * reach * pull.abs().sum()


@needs_cuda
@pytest.mark.parametrize(("mode", "beyond"), CHOICES)
def test_the_operators_keep_the_contract_of_torch(mode, beyond):
    domain = (0.0, 0.0, 0.0, 1.0, 1.0, 1.0)
    image, lut, mask = inputs()
    library.opcheck(_ops.lut3d, (image, lut, mask, mode, beyond, domain))
    given = [tensor.detach() for tensor in (image, image, lut, mask)]
    library.opcheck(_ops.lut3d_backward, (*given, mode, beyond, domain, [True] * 3))


@needs_cuda
def test_layouts_and_streams_give_equal_bytes():
    image, lut, mask = inputs()
    expected = nets.apply_lut3d(image, lut, mask)
    planes = lut[0].detach().permute(3, 2, 1, 0).contiguous()
    with torch.cuda.stream(torch.cuda.Stream()):
        torch.cuda.current_stream().wait_stream(torch.cuda.default_stream())
        last = image.contiguous(memory_format=torch.channels_last)
        out = nets.apply_lut3d(last, nets.nodes_of_planes(planes), mask)
    torch.cuda.synchronize()
    assert torch.equal(out, expected)


@needs_cuda
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_floats_come_back_as_they_were(dtype):
    image, lut, mask = (tensor.detach().to(dtype).requires_grad_() for tensor in inputs())
    out = nets.apply_lut3d(image, lut, mask)
    out.sum().backward()
    assert {tensor.dtype for tensor in (out, image.grad, lut.grad, mask.grad)} == {dtype}


@needs_cuda
def test_tensors_of_two_devices_are_refused():
    image, lut, mask = inputs()
    with pytest.raises(TypeError, match=r"lut must be on cuda:0 like the image, got cpu"):
        nets.apply_lut3d(image, lut.cpu(), mask)
    with pytest.raises(TypeError, match=r"mask must be on cuda:0 like the image, got cpu"):
        nets.apply_lut3d(image, lut, mask.cpu())


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_without_the_module_the_error_says_the_cure(monkeypatch):
    monkeypatch.setattr("harmonia._kernels.load_cuda", lambda: (None, "it was built without"))
    with pytest.raises(RuntimeError, match="no CUDA here: it was built without"):
        nets.apply_lut3d(*inputs())
