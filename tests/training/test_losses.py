"""The losses: their definitions, their gradients, and what training does with them."""

import functools
import shutil

import numpy as np
import pytest
from images import scene
from reference import losses as reference

torch = pytest.importorskip("torch", reason="torch is not installed")

import torch.nn.functional as F  # noqa: E402 (needs torch)
from harmonia.training import losses  # noqa: E402
from harmonia.training.losses import fn_mse, masked_l1, ssim_loss  # noqa: E402
from torch.autograd import gradcheck, gradgradcheck  # noqa: E402

pytestmark = pytest.mark.usefixtures("one_thread_of_torch")

EPS = 2.0**-24
# Name, options; the masks of `scenes` hold some 150 pixels.
CHOICES = [
    ("fn_mse", {}),
    ("fn_mse", {"minimum_area": 400.0}),
    ("masked_l1", {}),
    ("masked_l1", {"minimum_area": 1.0}),
    ("masked_l1", {"minimum_area": 400.0}),
    ("ssim_loss", {}),
]
every_loss = pytest.mark.parametrize(
    ("name", "options"), CHOICES, ids=[f"{name}-{options}" for name, options in CHOICES]
)
# Without options that say what a smaller area counts as.
SIMPLE = [fn_mse, masked_l1, ssim_loss]


@functools.cache
def arrays(count=2, size=(19, 24)):
    """Outputs, targets with some of their structure, and soft masks, as float64."""
    pictures = [scene(*size, seed) for seed in range(2 * count)]
    outputs = np.stack([np.moveaxis(image, -1, 0) for image, _ in pictures[:count]])
    others = np.stack([np.moveaxis(image, -1, 0) for image, _ in pictures[count:]])
    masks = np.stack([mask * (1 - 0.2 * k) for k, (_, mask) in enumerate(pictures[:count])])
    return outputs, 0.7 * outputs + 0.3 * others, masks


def tensors(dtype=torch.float64, **kind):
    """Those of `arrays`; the output wants a gradient."""
    output, target, mask = (torch.from_numpy(array).to(dtype) for array in arrays(**kind))
    return output.requires_grad_(), target, mask


def expected(name, output, target, mask, **options):
    images = (tensor.detach().double().numpy() for tensor in (output, target, mask))
    values = [getattr(reference, name)(*one, **options) for one in zip(*images, strict=True)]
    return torch.tensor(values, dtype=torch.float64)


def gradient(loss, output):
    return torch.autograd.grad(loss, output)[0]


@every_loss
def test_values_are_those_of_the_definition(name, options):
    given = tensors()
    found = getattr(losses, name)(*given, **options, reduction="none")
    torch.testing.assert_close(found, expected(name, *given, **options), rtol=1e-12, atol=0)


@every_loss
def test_float32_is_precise(name, options):
    given = tensors(torch.float32)
    found = getattr(losses, name)(*given, **options, reduction="none")
    assert found.dtype == torch.float32
    # Sums of positive numbers: a few roundings a term, and one for each level of the summation.
    # A variance of at most 1 is rounded some ten times, beside 2 * 0.03^2.
    close = 10 * EPS / 0.0018 if name == "ssim_loss" else 16 * EPS
    wanted = expected(name, *given, **options)
    torch.testing.assert_close(found.double(), wanted, rtol=close, atol=0)


@pytest.mark.parametrize("call", [masked_l1, ssim_loss])
def test_without_a_mask_everything_counts(call):
    output, target, mask = tensors()
    torch.testing.assert_close(call(output, target), call(output, target, torch.ones_like(mask)))
    if call is masked_l1:
        torch.testing.assert_close(call(output, target), F.l1_loss(output, target))
        large = 2 * 19 * 24
        torch.testing.assert_close(
            call(output, target, minimum_area=large), call(output, target) / 2
        )


def test_numbers_worked_out_by_hand():
    output, target = torch.zeros(1, 3, 4, 5), torch.zeros(1, 3, 4, 5)
    mask = torch.zeros(4, 5)
    mask[0] = 0.5
    output[0, :, 0, 0], output[0, 1, 3, 3] = 0.5, 1.0  # one inside, one outside
    for minimum, area in ((2.0, 2.5), (10.0, 10.0)):
        mse = fn_mse(output, target, mask, minimum_area=minimum)
        assert mse.item() == pytest.approx((3 * 0.25 + 1) / (3 * area), rel=4 * EPS)
        l1 = masked_l1(output, target, mask, minimum_area=minimum)
        assert l1.item() == pytest.approx(3 * 0.5 * 0.5 / (3 * area), rel=4 * EPS)
    assert masked_l1(output, target, mask).item() == pytest.approx(0.25 / 20, rel=4 * EPS)
    assert fn_mse(output, target, mask).item() == pytest.approx(1.75 / 300, rel=4 * EPS)


def test_ssim_is_that_of_pytorch_msssim():
    peer = pytest.importorskip("pytorch_msssim", reason="pytorch_msssim is not installed")
    output, target, _ = tensors()
    wanted = 1 - peer.ssim(output, target, data_range=1.0, size_average=False)
    # Its window is rounded to float32, which shows as in `test_float32_is_precise`.
    found = ssim_loss(output, target, reduction="none")
    torch.testing.assert_close(found, wanted, rtol=0, atol=10 * EPS / 0.0018)


@every_loss
def test_equal_images_have_no_loss(name, options):
    output, _, mask = tensors(torch.float32)
    loss = getattr(losses, name)(output, output.detach(), mask, **options)
    assert loss.item() == 0
    assert gradient(loss, output).count_nonzero() == 0


def test_ssim_loses_no_digits_where_images_are_nearly_equal_and_flat():
    generator = torch.Generator().manual_seed(0)
    target = 0.95 + 0.01 * torch.rand(1, 3, 20, 20, generator=generator)
    output = target + 1e-3 * torch.rand(target.shape, generator=generator)
    wanted = expected("ssim_loss", output, target, torch.ones(1, 20, 20))
    found = ssim_loss(output, target, reduction="none")
    assert wanted.item() < 1e-3
    # Where the moments were not centred, roundings of 0.95^2 would be larger than the whole.
    torch.testing.assert_close(found.double(), wanted, rtol=1e-5, atol=0)


@every_loss
def test_gradients_are_those_of_the_values(name, options):
    output, target, mask = tensors(count=1, size=(12, 11))
    target.requires_grad_(), mask.requires_grad_()
    call = functools.partial(getattr(losses, name), **options)
    assert gradcheck(call, (output, target, mask))
    if name == "ssim_loss":
        assert gradgradcheck(call, (output, target, mask), fast_mode=True)


def test_nothing_outside_the_mask_gets_a_gradient():
    output, target, mask = tensors(size=(30, 40))
    mask = mask.clone()
    mask[:, :, :20] = 0
    outside = (mask == 0)[:, None].expand_as(output)
    reached = gradient(masked_l1(output, target, mask), output) != 0
    assert not reached[outside].any()
    assert reached[~outside].all()
    windows = F.max_pool2d((mask > 0).double()[:, None], 11, stride=1, padding=5)
    reached = gradient(ssim_loss(output, target, mask), output) != 0
    assert not reached[(windows == 0).expand_as(output)].any()
    assert reached[~outside].all()


def test_fn_mse_sees_the_background():
    output, target, mask = tensors()
    assert (gradient(fn_mse(output, target, mask), output) != 0).all()


@every_loss
def test_empty_masks_divide_by_nothing(name, options):
    output, target, mask = tensors()
    mask = mask.clone()
    mask[0] = 0
    values = getattr(losses, name)(output, target, mask, **options, reduction="none")
    torch.testing.assert_close(values, expected(name, output, target, mask, **options))
    pull = gradient(values.sum(), output)
    assert pull.isfinite().all()
    assert pull[1].count_nonzero() > 0
    if name != "fn_mse":
        assert values[0] == 0
        assert pull[0].count_nonzero() == 0


@pytest.mark.parametrize("call", SIMPLE)
def test_masks_of_every_shape_and_type(call):
    output, target, mask = tensors(torch.float32)
    wanted = call(output, target, mask)
    assert torch.equal(call(output, target, mask[:, None]), wanted)
    shared = call(output, target, mask[:1].expand(2, -1, -1))
    for one in (mask[0], mask[:1], mask[:1, None]):
        assert torch.equal(call(output, target, one), shared)
    hard = mask > 0.5
    assert torch.equal(call(output, target, hard), call(output, target, hard.double()))


@every_loss
def test_a_batch_is_the_mean_of_its_images(name, options):
    given = tensors(count=3)
    call = functools.partial(getattr(losses, name), **options)
    each = call(*given, reduction="none")
    assert each.shape == (3,)
    alone = torch.stack([call(*(tensor[k : k + 1] for tensor in given)) for k in range(3)])
    torch.testing.assert_close(each, alone, rtol=1e-14, atol=0)
    torch.testing.assert_close(call(*given), alone.mean(), rtol=1e-14, atol=0)


@pytest.mark.parametrize("call", SIMPLE)
def test_half_types_and_autocast_are_computed_in_float32(call):
    whole, target, mask = tensors(torch.float32)
    for dtype in (torch.bfloat16, torch.float16):
        output = whole.detach().to(dtype).requires_grad_()
        wanted = call(output.float(), target, mask)
        with torch.autocast("cpu", torch.bfloat16):
            found = call(output, target, mask)
        assert found.dtype == torch.float32
        assert torch.equal(found, wanted)
        assert gradient(found, output).dtype == dtype


@pytest.mark.parametrize(
    ("call", "backend"),
    [(SIMPLE[0], "inductor"), *((call, "aot_eager") for call in SIMPLE[1:])],  # C++ takes its time
)
# What torch itself says of its own parts on the way.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_compiled_without_a_break_it_gives_the_same(call, backend):
    if backend == "inductor" and shutil.which("c++") is None:
        pytest.skip("torch.compile needs a C++ compiler")
    torch._dynamo.reset()
    given = tensors()
    found, wanted = torch.compile(call, fullgraph=True, backend=backend)(*given), call(*given)
    torch.testing.assert_close(found, wanted, rtol=1e-12, atol=0)
    pulls = gradient(found, given[0]), gradient(wanted, given[0])
    torch.testing.assert_close(*pulls, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("call", SIMPLE)
def test_nobody_looks_at_values(call):
    """Tensors without any, where to look is an error: on a GPU it would be a wait."""
    given = [tensor.to("meta") for tensor in tensors()]
    assert call(*given).shape == ()


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no CUDA device")
@every_loss
def test_cuda_is_as_precise(name, options):
    output, target, mask = tensors(torch.float32)
    wanted = expected(name, output, target, mask, **options).mean()
    # With channels last, where a convolution would be free to use TF32.
    pair = (one.cuda().to(memory_format=torch.channels_last) for one in (output, target))
    with torch.autocast("cuda", torch.bfloat16):
        found = getattr(losses, name)(*pair, mask.cuda(), **options)
    close = 10 * EPS / 0.0018 if name == "ssim_loss" else 16 * EPS
    torch.testing.assert_close(found.double().cpu(), wanted, rtol=close, atol=0)


def test_a_loss_teaches():
    wanted, target, mask = tensors(torch.float32)
    for call in SIMPLE:
        output = wanted.detach().clone().requires_grad_()
        optimizer = torch.optim.Adam([output], lr=0.01)
        start = call(output, target, mask).item()
        for _ in range(40):
            optimizer.zero_grad()
            call(output, target, mask).backward()
            optimizer.step()
        assert call(output, target, mask).item() < 0.1 * start


@pytest.mark.parametrize("call", SIMPLE)
@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda o, t, m: (o[0], t, m), ValueError, r"output must have .*make it a batch with outp"),
        (lambda o, t, m: (o[:, :2], t, m), ValueError, r"output must have shape \(N, 3, H, W\)"),
        (lambda o, t, m: (o[:0], t, m), ValueError, r"output must .*got \(0, 3, 19, 24\)"),
        (lambda o, t, m: (o.numpy(), t, m), TypeError, "output must be a tensor, got ndarray; "),
        (lambda o, t, m: (o.byte(), t, m), TypeError, r"output must .*output\.float\(\) / 255"),
        (lambda o, t, m: (o, t.byte(), m), TypeError, r"target must .*target\.float\(\) / 255"),
        (lambda o, t, m: (o, t[:1], m), ValueError, r"target must .*of output, \(2, 3, 19, 24\)"),
        (lambda o, t, m: (o, t.to("meta"), m), ValueError, "target must be on cpu like output, "),
        (lambda o, t, m: (o, t, m.byte()), TypeError, r"mask must .*mask\.float\(\) / 255"),
        (lambda o, t, m: (o, t, m.to("meta")), ValueError, r"mask .*mask\.to\(output\.device\)"),
        (lambda o, t, m: (o, t, m[:, 1:]), ValueError, r"mask must .*got \(2, 18, 24\)"),
        (lambda o, t, m: (o, t, m[[0, 1, 0]]), ValueError, "mask must have .* with 2 images of 19"),
        (lambda o, t, m: (o, t, o), ValueError, "mask must have shape"),
        (lambda o, t, m: (o, t, m[0, 0]), ValueError, "mask must have shape"),
        (lambda o, t, m: (o, t, m[None, :, None]), ValueError, "mask must have shape"),
    ],
)
def test_wrong_calls_are_named(call, change, error, message):
    output, target, mask = tensors(torch.float32)
    with pytest.raises(error, match=f"^{call.__name__}: {message}"):
        call(*change(output.detach(), target, mask))


def test_wrong_options_are_named():
    given = tensors(torch.float32)
    for call in SIMPLE:
        with pytest.raises(ValueError, match=f"^{call.__name__}: reduction must be one of mean, n"):
            call(*given, reduction="sum")
    for call in (fn_mse, masked_l1):
        with pytest.raises(ValueError, match=f"^{call.__name__}: minimum_area must be above 0"):
            call(*given, minimum_area=0)
    with pytest.raises(TypeError, match=r"^fn_mse: mask must be a tensor, got NoneType"):
        fn_mse(*given[:2], None)
    with pytest.raises(ValueError, match=r"^ssim_loss: output must have at least 11 x 11 pixels"):
        ssim_loss(*(tensor[..., :10] for tensor in given))
