"""The CUDA kernels beside the CPU's. They are the same functions without fused multiply-add, so
what they write is equal; only sums, which are taken in another order, have a tolerance."""

import importlib.util
import itertools

import harmonia
import numpy as np
import pytest
from device import (
    CUDA,
    MASKS,
    SIZES,
    STRIDES,
    download,
    make_image,
    make_mask,
    make_scene,
    needs_cuda,
    stream,
    upload,
)
from harmonia import _core
from images import DTYPES, LAYOUTS, as_dtype, bits, scene, unit
from kinds import torch
from variants import METHODS

CLOSED_FORM = ("mean_shift", "mkl", "reinhard", "white_balance", "xiao")
DEVICE_METHODS = (*CLOSED_FORM, "cumulative_histogram", "histogram")
ON_THE_DEVICE = [case for case in METHODS if case.values[0] in DEVICE_METHODS]
ON_THE_CPU = [case for case in METHODS if case.values[0] not in DEVICE_METHODS]

SPACES = tuple(_core.spaces())


def make_map(space, seed):
    """An affine map that leaves few colours within 0..1 and few where they were."""
    rng = np.random.default_rng(seed)
    matrix = np.eye(3) + rng.normal(0, 0.1, (3, 3))
    return space, matrix.ravel().tolist(), rng.normal(0, 0.05, 3).tolist()


def transfer_on_cpu(image, mask, strength, affine):
    out = np.empty_like(image)
    _core.affine_transfer(image, mask, strength, affine, out)
    return out


def transfer_on_cuda(image, mask, strength, affine, out):
    weights = None if mask is None else upload(mask)
    to = upload(out)
    CUDA.affine_transfer(upload(image), weights, strength, affine, to, stream())
    return download(to)


def assert_moments_are_close(moments, expected):
    """Sums of 16 floats, then of doubles: 16 roundings of 2^-24 at most, on sums of one sign."""
    few = 16 * 2.0**-24
    for (weight, mean, products), (weight_cpu, mean_cpu, products_cpu) in zip(
        moments, expected, strict=True
    ):
        assert weight == pytest.approx(weight_cpu, rel=2 * few)
        spread = np.sqrt(np.maximum(np.array(products_cpu)[[0, 3, 5]], 0))
        tolerance = few * (spread / np.sqrt(max(weight_cpu, 1e-30)) + np.abs(mean_cpu))
        assert (np.abs(np.subtract(mean, mean_cpu)) <= 2 * tolerance).all()
        allowed = [spread[a] * spread[b] for a in range(3) for b in range(a, 3)]
        scale = weight_cpu * (1 + np.abs(mean_cpu).max() ** 2)
        differences = np.abs(np.subtract(products, products_cpu))
        assert (differences <= 4 * few * np.array(allowed) + 1e-12 * scale).all()


def test_the_module_loads_without_a_driver_and_says_what_it_misses():
    if importlib.util.find_spec("harmonia._cuda") is None:
        pytest.skip("harmonia was built without CUDA")
    module = importlib.import_module("harmonia._cuda")
    build = module.build()
    assert [part.isdigit() for part in build["cuda"].split(".")] == [True, True]
    assert build["architectures"]
    reason = module.why_unavailable()
    assert reason is None or (module.device_count() == 0) or "compute capability" in reason
    assert module.device_count() > 0 or reason


def test_the_cpu_is_refused():
    if importlib.util.find_spec("harmonia._cuda") is None:
        pytest.skip("harmonia was built without CUDA")
    module = importlib.import_module("harmonia._cuda")
    with pytest.raises(TypeError, match="image must be on a CUDA device"):
        module.image_range(np.zeros((2, 2, 3), np.float32), 0)
    with pytest.raises(TypeError, match="image must be a tensor on a CUDA device, got list"):
        module.image_range([[[0, 0, 0]]], 0)


@needs_cuda
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", STRIDES)
def test_transfer_equals_the_cpu(layout, dtype, channels):
    image = make_image((37, 59), dtype, 1, channels)
    soft = make_scene((37, 59), 1)[1]
    out = np.zeros_like(image)
    for space, kind, strength in itertools.product(SPACES, MASKS, (1.0, 0.37)):
        mask, affine = make_mask(soft, kind), make_map(space, 2)
        lying = None if mask is None else LAYOUTS[layout](mask)
        got = transfer_on_cuda(
            LAYOUTS[layout](image), lying, strength, affine, LAYOUTS[layout](out)
        )
        np.testing.assert_array_equal(got, transfer_on_cpu(image, mask, strength, affine))
        assert (bits(got[..., 3:]) == bits(image[..., 3:])).all()
        if mask is not None:
            np.testing.assert_array_equal(bits(got[mask == 0]), bits(image[mask == 0]))


@needs_cuda
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_transfer_covers_every_size(size, dtype):
    image, mask = make_image(size, dtype, 3), as_dtype(make_scene(size)[1], "uint8")
    for layout in ("contiguous", "planar"):
        lying, out = LAYOUTS[layout](image), LAYOUTS[layout](np.zeros_like(image))
        for weights in (mask, None):
            got = transfer_on_cuda(lying, weights, 1.0, make_map("rgb", 4), out)
            want = transfer_on_cpu(image, weights, 1.0, make_map("rgb", 4))
            np.testing.assert_array_equal(got, want)


@needs_cuda
@pytest.mark.parametrize(("to", "source"), list(itertools.permutations(STRIDES[:3], 2)))
def test_layouts_of_image_and_out_may_differ(to, source):
    image = make_image((21, 40), "uint8", 5)
    out = LAYOUTS[to](np.zeros_like(image))
    got = transfer_on_cuda(LAYOUTS[source](image), None, 1.0, make_map("lab", 6), out)
    np.testing.assert_array_equal(got, transfer_on_cpu(image, None, 1.0, make_map("lab", 6)))


@needs_cuda
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", STRIDES)
def test_composite_equals_the_cpu(layout, dtype):
    new, old = make_image((37, 59), dtype, 7, 4), make_image((37, 59), dtype, 8, 4)
    soft = make_scene((37, 59))[1]
    for kind, strength in itertools.product(MASKS, (1.0, 0.37, 0.0)):
        mask = make_mask(soft, kind)
        want = np.empty_like(old)
        _core.composite(new, old, mask, strength, want)
        out = upload(np.zeros_like(old))
        above, under = (upload(LAYOUTS[layout](image)) for image in (new, old))
        weights = None if mask is None else upload(LAYOUTS[layout](mask))
        CUDA.composite(above, under, weights, strength, out, stream())
        np.testing.assert_array_equal(download(out), want)


def make_curves(space, nodes, seed, nearest=False):
    """Rising curves over the middle of a space's range."""
    low, high = {"rgb": (0.0, 1.0), "lab": (-50.0, 90.0)}.get(space, (20.0, 220.0))
    steps = np.cumsum(np.random.default_rng(seed).uniform(0.2, 1, (3, nodes)), axis=1)
    values = (low + (high - low) * steps / steps.max()).astype(np.float32)
    return space, [low] * 3, [high] * 3, values, nearest


def curves_on_cpu(image, mask, strength, curves):
    out = np.empty_like(image)
    _core.curve_transfer(image, mask, strength, curves, out)
    return out


def curves_on_cuda(image, mask, strength, curves, out):
    weights = None if mask is None else upload(mask)
    to = upload(out)
    CUDA.curve_transfer(upload(image), weights, strength, curves, to, stream())
    return download(to)


@needs_cuda
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", STRIDES)
def test_curves_equal_the_cpu(layout, dtype, channels):
    image = make_image((37, 59), dtype, 19, channels)
    soft = make_scene((37, 59), 1)[1]
    out = np.zeros_like(image)
    for space, nearest, nodes in itertools.product(
        ("rgb", "ycbcr", "lab"), (False, True), (1, 225, 256, 65536)
    ):
        curves = make_curves(space, nodes, 20, nearest)
        for kind, strength in itertools.product(MASKS, (1.0, 0.37)):
            mask = make_mask(soft, kind)
            lying = None if mask is None else LAYOUTS[layout](mask)
            got = curves_on_cuda(
                LAYOUTS[layout](image), lying, strength, curves, LAYOUTS[layout](out)
            )
            np.testing.assert_array_equal(got, curves_on_cpu(image, mask, strength, curves))
            assert (bits(got[..., 3:]) == bits(image[..., 3:])).all()
            if mask is not None:
                np.testing.assert_array_equal(bits(got[mask == 0]), bits(image[mask == 0]))


@needs_cuda
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_curves_cover_every_size(size, dtype):
    image, mask = make_image(size, dtype, 21), as_dtype(make_scene(size)[1], "uint8")
    curves = make_curves("ycbcr", 225, 22)
    for layout in ("contiguous", "planar"):
        lying, out = LAYOUTS[layout](image), LAYOUTS[layout](np.zeros_like(image))
        for weights in (mask, None):
            got = curves_on_cuda(lying, weights, 1.0, curves, out)
            np.testing.assert_array_equal(got, curves_on_cpu(image, weights, 1.0, curves))


# Space, ends and bins: in shared memory, at its limit, and beyond.
BINS = (("rgb", 0.0, 1.0, 256), ("rgb", 0.0, 1.0, 65536), ("ycbcr", 16.0, 240.0, 225))
BINS += (("lab", -50.0, 90.0, 257), ("rgb", 0.2, 0.7, 1))


@needs_cuda
@pytest.mark.parametrize("bins", BINS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_histograms_equal_the_cpus(dtype, bins):
    space, low, high, count = bins
    arguments = space, [low] * 3, [high] * 3, count
    for size, kind in itertools.product(SIZES, MASKS):
        image, mask = make_image(size, dtype, 23), make_mask(make_scene(size)[1], kind)
        weights = None if mask is None else upload(mask)
        found = CUDA.space_histogram(upload(image), weights, *arguments, stream())
        expected = _core.space_histogram(image, mask, *arguments)
        for got, want in zip(found, expected, strict=True):
            if kind == "float32":
                # A pixel rounds to 2^-39 of the largest weight in two million pixels, and the
                # CPU's sums to 2^-53 of themselves at each of them.
                pixels = size[0] * size[1]
                np.testing.assert_allclose(
                    got, want, rtol=pixels * 2.0**-53, atol=pixels * 2.0**-38
                )
            else:
                np.testing.assert_array_equal(got, want)


@needs_cuda
@pytest.mark.parametrize("kind", ["uint8", "float32"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_histograms_repeat_bit_by_bit_in_every_layout(dtype, kind):
    image, mask = make_image((211, 333), dtype, 24), make_mask(make_scene((211, 333))[1], kind)
    arguments = "ycbcr", [16.0] * 3, [240.0] * 3, 225, stream()
    seen = {
        np.array(
            CUDA.space_histogram(
                upload(LAYOUTS[layout](image)), upload(LAYOUTS[layout](mask)), *arguments
            )
        ).tobytes()
        for layout in STRIDES
        for _ in range(5)
    }
    assert len(seen) == 1


@needs_cuda
def test_faint_weights_keep_their_share():
    image = make_image((40, 56), "float32", 25)
    mask = np.where(make_scene((40, 56))[1] > 0.5, 1e-30, 0).astype(np.float32)
    arguments = "rgb", [0.0] * 3, [1.0] * 3, 16
    (inside, _), (want, _) = (
        CUDA.space_histogram(upload(image), upload(mask), *arguments, stream()),
        _core.space_histogram(image, mask, *arguments),
    )
    assert want.sum() > 0
    np.testing.assert_allclose(inside, want, rtol=1e-12)


@needs_cuda
@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_moments_equal_the_cpus_but_for_the_order_of_sums(dtype, space):
    for size, kind in itertools.product(SIZES, MASKS):
        image, mask = make_image(size, dtype, 9), make_mask(make_scene(size)[1], kind)
        weights = None if mask is None else upload(mask)
        moments = CUDA.masked_moments(upload(image), weights, space, stream())
        assert_moments_are_close(moments, _core.masked_moments(image, mask, space))


@needs_cuda
@pytest.mark.parametrize("dtype", DTYPES)
def test_moments_repeat_bit_by_bit_in_every_layout(dtype):
    image, mask = make_image((211, 333), dtype, 10), as_dtype(make_scene((211, 333))[1], "uint8")
    seen = {
        repr(
            CUDA.masked_moments(
                upload(LAYOUTS[layout](image)), upload(LAYOUTS[layout](mask)), "lab", stream()
            )
        )
        for layout in STRIDES
        for _ in range(5)
    }
    assert len(seen) == 1


@needs_cuda
def test_an_almost_constant_region_keeps_its_variance():
    image = np.full((512, 512, 3), 0.7, np.float32)
    image[::2] += np.float32(1e-4)
    (weight, _, products), _ = CUDA.masked_moments(upload(image), None, "rgb", stream())
    assert products[0] / weight == pytest.approx(np.var(image[..., 0].astype(np.float64)), rel=1e-5)


@needs_cuda
@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("layout", STRIDES)
def test_range_of_images(layout, dtype):
    image = make_image((37, 59), dtype, 11, 4)
    image[3, 5, 1], image[36, 58, 2], image[..., 3] = -0.25, 1.5, np.nan  # alpha does not count
    assert CUDA.image_range(upload(LAYOUTS[layout](image)), stream()) == (-0.25, 1.5, True)
    for broken in (np.nan, np.inf, -np.inf):
        image[36, 58, 0] = broken
        assert not CUDA.image_range(upload(LAYOUTS[layout](image)), stream())[2]


@needs_cuda
@pytest.mark.parametrize("layout", STRIDES)
def test_range_of_masks(layout):
    soft = make_scene((37, 59))[1]
    for kind in MASKS[1:]:
        mask = make_mask(soft, kind)
        assert CUDA.mask_range(upload(LAYOUTS[layout](mask)), stream()) == _core.mask_range(mask)
    broken = as_dtype(soft, "float32")
    broken[36, 58] = np.nan
    assert not CUDA.mask_range(upload(LAYOUTS[layout](broken)), stream())[2]


@needs_cuda
def test_work_goes_onto_the_stream_that_is_named():
    """Many steps, each on the result of the one before, on a stream of our own."""
    image = make_image((1100, 2048), "uint8", 12)
    affine = ("rgb", [0.9, 0, 0, 0, 0.9, 0, 0, 0, 0.9], [0.02, 0.05, 0.01])
    side = torch.cuda.Stream()
    ping = upload(image)
    pong = torch.empty_like(ping)
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(10):
            CUDA.affine_transfer(ping, None, 1.0, affine, pong, side.cuda_stream)
            CUDA.affine_transfer(pong, None, 1.0, affine, ping, side.cuda_stream)
    side.synchronize()
    for _ in range(20):
        image = transfer_on_cpu(image, None, 1.0, affine)
    np.testing.assert_array_equal(download(ping), image)


@needs_cuda
def test_every_device_works():
    image = make_image((37, 59), "uint8", 13)
    for index in range(torch.cuda.device_count()):
        with torch.cuda.device(index):
            there = upload(image, f"cuda:{index}")
            out = torch.empty_like(there)
            CUDA.affine_transfer(there, None, 1.0, make_map("rgb", 14), out, stream())
            want = transfer_on_cpu(image, None, 1.0, make_map("rgb", 14))
            np.testing.assert_array_equal(download(out), want)


@needs_cuda
def test_wrong_arguments_are_named():
    image, mask = upload(make_image((8, 9), "uint8", 15)), upload(np.zeros((8, 9), np.uint8))
    affine = make_map("rgb", 16)
    with pytest.raises(TypeError, match=r"image must be uint8, .* got float64"):
        CUDA.image_range(image.double(), 0)
    with pytest.raises(ValueError, match=r"image must have shape \(H, W, 3\)"):
        CUDA.image_range(image[..., :2].float(), 0)
    with pytest.raises(TypeError, match="mask must be bool, uint8 or float32, got int64"):
        CUDA.mask_range(mask.long(), 0)
    with pytest.raises(TypeError, match="mask must be on a CUDA device"):
        CUDA.masked_moments(image, mask.cpu(), "rgb", 0)
    with pytest.raises(ValueError, match="mask must have the height and width of image"):
        CUDA.masked_moments(image, mask[:5], "rgb", 0)
    with pytest.raises(ValueError, match=r"space must be one of rgb, .* got 'srgb'"):
        CUDA.masked_moments(image, mask, "srgb", 0)
    with pytest.raises(ValueError, match="out must have the shape and type of image"):
        CUDA.affine_transfer(image, mask, 1.0, affine, image.float(), 0)
    with pytest.raises(ValueError, match="curves must have from 1 to 65536 nodes"):
        CUDA.curve_transfer(image, mask, 1.0, make_curves("rgb", 65537, 0), image.clone(), 0)
    with pytest.raises(ValueError, match="bins must be from 1 to 65536"):
        CUDA.space_histogram(image, mask, "rgb", [0.0] * 3, [1.0] * 3, 0, 0)


@needs_cuda
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("method", "options"), ON_THE_DEVICE)
def test_harmonize_on_the_device_is_harmonize(method, options, dtype):
    composite, soft = scene(160, 200, 17)
    image, mask = as_dtype(composite, dtype), as_dtype(soft, "uint8")
    want = harmonia.harmonize(image, mask, method, **options)
    planes = upload(np.moveaxis(image, -1, 0).copy())
    got = harmonia.harmonize(planes, upload(mask), method, **options)
    assert (got.device, got.dtype, got.shape) == (planes.device, planes.dtype, planes.shape)
    result = np.moveaxis(download(got), 0, -1)
    # The moments differ in the last digits, so a colour may land on the other side of a rounding.
    level = {"uint8": 1 / 255, "uint16": 1 / 65535, "float16": 2.0**-11, "float32": 1e-5}[dtype]
    assert np.abs(unit(result) - unit(want)).max() <= 1.0001 * level
    np.testing.assert_array_equal(bits(result[mask == 0]), bits(image[mask == 0]))


@needs_cuda
@pytest.mark.parametrize(("method", "options"), ON_THE_CPU)
def test_a_method_without_kernels_for_the_device_says_so(method, options):
    image = torch.zeros(3, 8, 8, device="cuda")
    mask = torch.eye(8, device="cuda")
    with pytest.raises(TypeError, match=rf"{method} runs on the CPU, .*pass image.cpu\(\)"):
        harmonia.harmonize(image, mask, method, **options)


@needs_cuda
def test_a_batch_on_the_device_is_its_images():
    image, soft = scene(64, 80, 18)
    planes = upload(np.moveaxis(as_dtype(image, "float32"), -1, 0).copy())
    mask = upload(as_dtype(soft, "float32"))
    batch = torch.stack([planes, planes.flip(2)]).to(memory_format=torch.channels_last)
    masks = torch.stack([mask, mask.flip(1)])
    together = harmonia.harmonize(batch, masks, "mkl")
    for one, weights, result in zip(batch, masks, together, strict=True):
        assert torch.equal(harmonia.harmonize(one, weights, "mkl"), result)
