"""The differentiable look-up: torch's contract for operators, its twin, and what people call."""

import harmonia
import numpy as np
import originals
import pytest
from images import as_dtype, scene
from isas import ISAS, counts, forced, threads

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia import nets  # noqa: E402 (needs torch)
from harmonia.nets import _ops  # noqa: E402
from harmonia.nets._lut3d_twin import look_up  # noqa: E402
from torch import library  # noqa: E402

pytestmark = pytest.mark.usefixtures("one_thread_of_torch")

UNIT = (0.0, 0.0, 0.0, 1.0, 1.0, 1.0)
WIDE = (-0.25, 0.0, -1.0, 1.5, 2.0, 1.0)
INTERPOLATIONS = ("trilinear", "tetrahedral")
OUT_OF_RANGE = ("clamp", "extrapolate")
EPS = 2.0**-24


def per_choice(test):
    """With every interpolation and either way beyond the domain."""
    test = pytest.mark.parametrize("beyond", OUT_OF_RANGE)(test)
    return pytest.mark.parametrize("mode", INTERPOLATIONS)(test)


def sample(shape=(2, 3, 13, 17), tables=1, size=(5, 6, 7), dtype=torch.float32, seed=0):
    """An image with colours beyond 0..1, tables and masks, all of them with gradients."""
    generator = torch.Generator().manual_seed(seed)
    image = torch.rand(shape, generator=generator, dtype=dtype) * 1.4 - 0.2
    lut = torch.rand((tables, *size, 3), generator=generator, dtype=dtype)
    mask = torch.rand((shape[0], *shape[2:]), generator=generator, dtype=dtype)
    return [tensor.requires_grad_() for tensor in (image, lut, mask)]


def normal(shape, dtype=torch.float32):
    return torch.randn(shape, generator=torch.Generator().manual_seed(9), dtype=dtype)


def gradients(out, inputs):
    return torch.autograd.grad(out, inputs, normal(out.shape, out.dtype))


@pytest.mark.parametrize(("masked", "tables", "domain"), [(False, 2, UNIT), (True, 1, WIDE)])
@per_choice
def test_the_operators_keep_the_contract_of_torch(mode, beyond, masked, tables, domain):
    image, lut, mask = sample(tables=tables)
    choices = (mode, beyond, domain)
    mask = mask if masked else None
    library.opcheck(_ops.lut3d, (image, lut, mask, *choices))
    inputs = [tensor if tensor is None else tensor.detach() for tensor in (image, lut, mask)]
    for wanted in ([True, True, masked], [True, False, False], [False, True, False]):
        arguments = (normal(image.shape), *inputs, *choices, wanted)
        library.opcheck(_ops.lut3d_backward, arguments)


@pytest.mark.parametrize("name", ["channels last", "cut out", "expanded", "transposed", "empty"])
def test_layouts_keep_the_contract_of_torch(name):
    image, lut, mask = (tensor.detach() for tensor in sample())
    image = {
        "channels last": image.contiguous(memory_format=torch.channels_last),
        "cut out": image[..., 2:-3, 1::2],
        "expanded": image[:1, :, :1].expand(2, -1, 13, -1),
        "transposed": image.mT,
        "empty": image[:0],
    }[name].requires_grad_()
    choices = ("trilinear", "clamp", UNIT)
    library.opcheck(_ops.lut3d, (image, lut.requires_grad_(), None, *choices))
    mask = torch.ones(image.shape[0], *image.shape[2:], requires_grad=True)
    library.opcheck(_ops.lut3d, (image, lut, mask, *choices))


def off_kinks(image, size, domain):
    """The image with every colour in the midst of its cell and of its tetrahedron: half the
    distance to what is nearest leaves room for the steps of a numeric derivative."""
    low, high = (image.new_tensor(domain[i : i + 3])[:, None, None] for i in (0, 3))
    steps = image.new_tensor(size)[:, None, None] - 1
    cell = ((image - low) / (high - low) * steps).floor()
    order = torch.rand(image.shape, generator=torch.Generator().manual_seed(1)).argsort(dim=1)
    share = 0.2 + 0.3 * order.to(image.dtype)  # 0.2, 0.5, 0.8
    return (low + (cell + share) / steps * (high - low)).detach().requires_grad_()


@pytest.mark.parametrize("domain", [UNIT, WIDE], ids=["unit", "wide"])
@pytest.mark.parametrize("tables", [1, 2])
@per_choice
def test_gradients_of_the_twin_are_those_of_its_values(mode, beyond, tables, domain):
    image, lut, mask = sample((2, 3, 2, 3), tables, (3, 2, 4), torch.float64)
    image = off_kinks(image, (3, 2, 4), domain)

    def run(image, lut, mask):
        return look_up(image, lut, mask, mode, beyond, domain)

    assert torch.autograd.gradcheck(run, (image, lut, mask))
    assert torch.autograd.gradgradcheck(run, (image, lut, mask))


@pytest.mark.parametrize("domain", [UNIT, WIDE], ids=["unit", "wide"])
@pytest.mark.parametrize("tables", [1, 3])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("size", [(2, 2, 2), (9, 5, 6), (33, 33, 33)])
@per_choice
def test_the_operator_is_its_twin(mode, beyond, size, masked, tables, domain):
    image, lut, mask = sample((3, 3, 24, 31), tables, size)
    inputs = (image, lut, mask) if masked else (image, lut)
    arguments = (image, lut, mask if masked else None, mode, beyond, domain)
    out, twin = _ops.lut3d(*arguments), look_up(*arguments)
    found, wanted = gradients(out, inputs), gradients(twin, inputs)
    # The twin's place among the nodes is rounded, by half an eps of itself; then some 16 roundings
    # of the terms follow on either side. Beyond the table, d cells of it, weights add up to
    # (1 + 2 d)^3. The cell is the same, since both round the place alike.
    low, high = torch.tensor(domain).reshape(2, 3, 1, 1)
    steps = torch.tensor(size)[:, None, None] - 1
    place = (image - low) / (high - low) * steps
    d = max(-place.min().item(), (place - steps).max().item(), 0) if beyond != "clamp" else 0
    unit = EPS * (32 + 4 * place.abs().max().item()) * (1 + 2 * d) ** 3
    assert (out - twin).abs().max() <= 2 * unit
    pull = normal(out.shape).abs()
    pace = (steps.flatten() / (high - low).flatten()).max().item()
    # Nodes and image lie within 2 of 0, and three channels come together.
    most = [unit * 6 * pull.max() * max(pace, 1), unit * pull.sum(), unit * 6 * pull.max()]
    for one, other, limit in zip(found, wanted, most[: len(inputs)], strict=True):
        assert (one - other).abs().max() <= limit
        assert one.abs().max() > 0.01


@per_choice
def test_where_cells_meet_the_operator_takes_the_side_that_its_twin_takes(mode, beyond):
    # Greys, pairs of equal channels, colours on nodes, and the border of the domain.
    steps = torch.tensor([-0.125, 0.0, 0.125, 0.25, 0.375, 0.625, 0.75, 1.0, 1.125])
    image = torch.cartesian_prod(steps, steps, steps).T.reshape(1, 3, 27, 27).requires_grad_()
    lut = torch.rand(1, 5, 5, 5, 3, generator=torch.Generator().manual_seed(2)).requires_grad_()
    arguments = (image, lut, None, mode, beyond, UNIT)
    found = gradients(_ops.lut3d(*arguments), (image, lut))
    wanted = gradients(look_up(*arguments), (image, lut))
    # All places are exact. Some 16 roundings of terms below 4 * 3 * 4 steps, half a cell out.
    torch.testing.assert_close(found[0], wanted[0], rtol=0, atol=16 * EPS * 48 * 8)
    torch.testing.assert_close(found[1], wanted[1], rtol=0, atol=16 * EPS * 27 * 27)


def test_values_and_gradients_are_those_of_the_published_kernel():
    given, wanted = (originals.network("trilinear", part) for part in ("input", "output"))
    for nodes in (2, 17, 33):
        planes, image, gradient = (
            torch.from_numpy(given[f"d{nodes}.{name}"]) for name in ("lut", "img", "grad_out")
        )
        planes.requires_grad_()
        # Its cells are a millionth wider than a table over 0..1 has.
        domain = (0, 0, 0), (1.000001, 1.000001, 1.000001)
        out = nets.apply_lut3d(image, nets.nodes_of_planes(planes), domain=domain)
        out.backward(gradient)
        expected = wanted[f"d{nodes}.out"], wanted[f"d{nodes}.lut_grad"]
        np.testing.assert_allclose(out.detach(), expected[0], rtol=0, atol=2e-6)
        # It sums in float32: hundreds of pixels a node for D = 2.
        np.testing.assert_allclose(planes.grad, expected[1], rtol=1e-5, atol=1e-5)


def test_values_are_those_that_arrays_get():
    image, mask = (as_dtype(part, "float32") for part in scene(60, 70))
    lut = harmonia.lut.Lut(np.random.default_rng(0).random((9, 9, 9, 3)))
    for mode in INTERPOLATIONS:
        expected = harmonia.lut.apply_lut3d(image, lut, mask, interpolation=mode)
        out = nets.apply_lut3d(
            torch.from_numpy(image).movedim(-1, 0),
            torch.from_numpy(lut.nodes.copy()),
            torch.from_numpy(mask),
            interpolation=mode,
        )
        assert out.movedim(0, -1).numpy().tobytes() == expected.tobytes()


def test_every_shape_of_image_and_mask_means_the_same():
    image, lut, mask = (tensor.detach() for tensor in sample((2, 3, 7, 9), tables=2))
    expected = nets.apply_lut3d(image, lut, mask)
    assert torch.equal(nets.apply_lut3d(image, lut, mask[:, None]), expected)
    for i in range(2):
        one = nets.apply_lut3d(image[i], lut[i], mask[i])
        assert torch.equal(one, expected[i])
        for other in (mask[i : i + 1], mask[i : i + 1, None]):
            assert torch.equal(nets.apply_lut3d(image[i], lut[i : i + 1], other), expected[i])
    shared = nets.apply_lut3d(image, lut[0], mask[0])
    assert torch.equal(shared, nets.apply_lut3d(image, lut[:1].expand(2, -1, -1, -1, -1), mask[:1]))
    hard = mask > 0.5
    assert torch.equal(
        nets.apply_lut3d(image, lut, hard), nets.apply_lut3d(image, lut, hard.float())
    )
    whole = nets.apply_lut3d(image, lut, torch.ones_like(mask))
    assert torch.equal(nets.apply_lut3d(image, lut), whole)


@per_choice
def test_layouts_give_equal_bytes(mode, beyond):
    inputs = sample((2, 3, 40, 50), tables=2)
    choices = {"interpolation": mode, "out_of_range": beyond}
    expected = nets.apply_lut3d(*inputs, **choices)
    gradient = normal(expected.shape)
    wanted = torch.autograd.grad(expected, inputs, gradient)
    layouts = {
        "channels last": lambda t: t.movedim(1, -1).contiguous().movedim(-1, 1),
        "every second": lambda t: t.repeat_interleave(2, dim=-1)[..., ::2],
        "transposed": lambda t: t.mT.contiguous().mT,
        "batch last": lambda t: t.movedim(0, -1).contiguous().movedim(-1, 0),
    }
    for name, lay in layouts.items():
        out = nets.apply_lut3d(*(lay(tensor) for tensor in inputs), **choices)
        assert torch.equal(out, expected), name
        found = torch.autograd.grad(out, inputs, lay(gradient))
        assert all(torch.equal(a, b) for a, b in zip(found, wanted, strict=True)), name


@pytest.mark.threads
@pytest.mark.parametrize("tables", [1, 2])
@per_choice
def test_instruction_sets_and_threads_give_equal_bytes(mode, beyond, tables):
    inputs = sample((2, 3, 301, 407), tables, (17, 17, 17))

    def run():
        out = nets.apply_lut3d(*inputs, interpolation=mode, out_of_range=beyond)
        return [tensor.detach().numpy().tobytes() for tensor in (out, *gradients(out, inputs))]

    with forced("baseline"), threads(1):
        expected = run()
    for isa in ISAS:
        for count in counts(1, 2, 4):
            with forced(isa), threads(count):
                assert run() == expected, f"{isa}, {count} threads"


def test_gradients_come_only_where_they_are_asked_for():
    every = sample(tables=2)
    wanted = dict(enumerate(gradients(nets.apply_lut3d(*every), every)))
    for asked in ([0], [1], [2], [0, 1], [1, 2], [0, 2]):
        inputs = [t if i in asked else t.detach() for i, t in enumerate(every)]
        found = gradients(nets.apply_lut3d(*inputs), [every[i] for i in asked])
        assert all(torch.equal(one, wanted[i]) for one, i in zip(found, asked, strict=True))
    assert not nets.apply_lut3d(*(tensor.detach() for tensor in every)).requires_grad


def test_a_sum_hands_on_one_gradient_for_all():
    # Expanded from one number: no strides to walk.
    inputs = sample()
    found = torch.autograd.grad(nets.apply_lut3d(*inputs).sum(), inputs)
    out = nets.apply_lut3d(*inputs)
    wanted = torch.autograd.grad(out, inputs, torch.ones_like(out))
    assert all(torch.equal(one, other) for one, other in zip(found, wanted, strict=True))


def test_inputs_are_left_alone_and_results_lie_apart():
    inputs = [tensor.detach() for tensor in sample()]
    before = [tensor.clone() for tensor in inputs]
    out = nets.apply_lut3d(inputs[0], inputs[1], torch.zeros_like(inputs[2]))
    assert torch.equal(out, inputs[0])
    out.zero_()
    assert all(torch.equal(one, other) for one, other in zip(inputs, before, strict=True))


def test_a_second_derivative_is_refused_with_the_cure():
    image, lut, _ = sample()
    (slope,) = torch.autograd.grad(nets.apply_lut3d(image, lut).sum(), image, create_graph=True)
    with pytest.raises(NotImplementedError, match=r"no second derivative.*lut3d_twin"):
        slope.sum().backward()
    (slope,) = torch.autograd.grad(nets.lut3d_twin(image, lut).sum(), image, create_graph=True)
    slope.square().sum().backward()
    assert lut.grad.abs().max() > 0


@pytest.mark.parametrize("shape", [(0, 3, 5, 6), (2, 3, 0, 6), (2, 3, 5, 0)])
def test_nothing_comes_of_nothing(shape):
    image, lut, mask = sample(shape)
    out = nets.apply_lut3d(image, lut, mask)
    assert out.shape == image.shape
    out.sum().backward()
    assert torch.equal(lut.grad, torch.zeros_like(lut))
    assert (image.grad.shape, mask.grad.shape) == (image.shape, mask.shape)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_floats_are_computed_in_float32_and_come_back(dtype):
    image, lut, mask = (tensor.detach().to(dtype).requires_grad_() for tensor in sample())
    out = nets.apply_lut3d(image, lut, mask)
    exact = nets.apply_lut3d(image.float(), lut.float(), mask.float())
    assert torch.equal(out, exact.to(dtype))
    out.sum().backward()
    assert {tensor.grad.dtype for tensor in (image, lut, mask)} == {dtype}


def test_float64_is_computed_in_float64():
    inputs = sample(dtype=torch.float64)
    out = nets.apply_lut3d(*inputs)
    assert torch.equal(out, nets.lut3d_twin(*inputs))
    assert (out - nets.apply_lut3d(*(t.float() for t in inputs))).abs().max() > 1e-9
    assert torch.autograd.grad(out.sum(), inputs[1])[0].dtype == torch.float64


def test_autocast_does_not_cut_the_tables_short():
    basis = torch.rand(4, 5, 5, 5, 3)
    image, _, mask = (tensor.detach() for tensor in sample())
    weights = torch.rand(2, 4)
    expected = nets.apply_basis_luts(image, basis, weights, mask)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = nets.apply_basis_luts(image, basis, weights, mask)
        lut = torch.nn.functional.linear(weights, basis.flatten(1).T).unflatten(1, (5, 5, 5, 3))
        assert lut.dtype == torch.bfloat16
        assert nets.apply_lut3d(image, lut, mask).dtype == torch.float32
    assert torch.equal(out, expected)


@pytest.mark.parametrize("shape", [(2, 4), (4,)])
def test_basis_tables_are_summed_before_the_look_up(shape):
    image, _, mask = sample()
    basis = torch.rand(4, 5, 6, 7, 3, requires_grad=True)
    weights = torch.randn(shape, requires_grad=True)
    out = nets.apply_basis_luts(image, basis, weights, mask)
    each = torch.stack([nets.apply_lut3d(image, table) for table in basis])
    by_image = weights.expand(2, 4).T[:, :, None, None, None]
    expected = mask[:, None] * (by_image * each).sum(0) + (1 - mask[:, None]) * image
    inputs = image, basis, weights, mask
    # Some twenty roundings of four products; a weight sums over all pixels, and a place among the
    # nodes is seven times finer than the image.
    unit = 20 * EPS * 4 * weights.abs().max().item()
    assert (out - expected).abs().max() <= unit
    pull = normal(out.shape).abs()
    limits = [
        unit * 3 * 7 * pull.max(),
        unit * pull.sum(),
        unit * pull.sum(),
        unit * 3 * pull.max(),
    ]
    for one, other, limit in zip(
        gradients(out, inputs), gradients(expected, inputs), limits, strict=True
    ):
        assert (one - other).abs().max() <= limit


def test_planes_of_checkpoints_are_seen_as_nodes():
    planes = torch.rand(2, 3, 4, 5, 6, requires_grad=True)
    nodes = nets.nodes_of_planes(planes)
    assert nodes.shape == (2, 6, 5, 4, 3)
    for k, c, b, g, r in np.ndindex(planes.shape):
        assert nodes[k, r, g, b, c] == planes[k, c, b, g, r]
    assert nodes.data_ptr() == planes.data_ptr()
    torch.autograd.grad(nets.apply_lut3d(torch.rand(2, 3, 4, 4), nodes).sum(), planes)
    with pytest.raises(ValueError, match=r"planes must have shape \(\.\.\., 3, B, G, R\)"):
        nets.nodes_of_planes(torch.rand(4, 4, 4, 3))


def test_vmap_runs_the_operator_once_for_all():
    images, luts, masks = (t.detach() for t in sample((3, 3, 8, 9), tables=3))
    expected = nets.apply_lut3d(images, luts, masks)
    out = torch.func.vmap(nets.apply_lut3d)(images, luts, masks)
    assert torch.equal(out, expected)
    pairs = torch.stack([images, images.flip(0)], dim=2)
    out = torch.func.vmap(nets.apply_lut3d, in_dims=(2, None), out_dims=2)(pairs, luts)
    assert torch.equal(out[:, :, 0], nets.apply_lut3d(images, luts))
    assert torch.equal(out[:, :, 1], nets.apply_lut3d(images.flip(0), luts))
    out = torch.func.vmap(nets.apply_lut3d, in_dims=(None, 0))(images[:2], luts)
    for table, one in zip(luts, out, strict=True):
        assert torch.equal(one, nets.apply_lut3d(images[:2], table))


IMAGE, LUT, MASK = torch.rand(2, 3, 6, 7), torch.rand(5, 5, 5, 3), torch.rand(6, 7)


@pytest.mark.parametrize("call", [nets.apply_lut3d, nets.lut3d_twin])
@pytest.mark.parametrize(
    ("error", "said", "arguments", "options"),
    [
        (TypeError, r"image must be of floats, got torch.uint8; .*image.float\(\) / 255",
         (IMAGE.byte(), LUT), {}),
        (TypeError, r"image must be a tensor, got ndarray; .*harmonia.lut.apply_lut3d",
         (IMAGE.numpy(), LUT), {}),
        (ValueError, r"image must have shape .*got \(6, 7, 3\); .*image.movedim\(-1, -3\)",
         (IMAGE[0].movedim(0, -1), LUT), {}),
        (ValueError, r"image must have shape .*got \(6, 7\)", (MASK, LUT), {}),
        (TypeError, "lut must be of floats, got torch.int64", (IMAGE, LUT.long()), {}),
        (TypeError, "lut must be a tensor, got Lut", (IMAGE, harmonia.lut.identity(5)), {}),
        (ValueError, r"lut must have shape .*got \(3, 5, 5, 5\); .*nodes_of_planes",
         (IMAGE, LUT.movedim(-1, 0)), {}),
        (ValueError, "lut must have from 2 to 129 nodes an axis", (IMAGE, LUT[:1]), {}),
        (ValueError, "lut must have from 2 to 129 nodes an axis",
         (IMAGE, torch.zeros(130, 2, 2, 3)), {}),
        (ValueError, "lut must be one table or one for each of 2 images, got 3",
         (IMAGE, LUT.expand(3, -1, -1, -1, -1)), {}),
        (TypeError, "lut must be on cpu like the image, got meta", (IMAGE, LUT.to("meta")), {}),
        (TypeError, r"mask must be of floats, got torch.uint8; .*mask.float\(\) / 255",
         (IMAGE, LUT, MASK.byte()), {}),
        (ValueError, r"mask must have shape .*the image's 6 x 7 pixels, got \(7, 6\)",
         (IMAGE, LUT, MASK.T), {}),
        (ValueError, r"mask must have shape .*got \(2, 3, 6, 7\)", (IMAGE, LUT, IMAGE), {}),
        (ValueError, "mask must be one mask or one for each of 2 images, got 3",
         (IMAGE, LUT, MASK.expand(3, -1, -1)), {}),
        (ValueError, "interpolation must be one of trilinear, tetrahedral, got 'cubic'",
         (IMAGE, LUT), {"interpolation": "cubic"}),
        (ValueError, "out_of_range must be one of clamp, extrapolate, got 'error'",
         (IMAGE, LUT), {"out_of_range": "error"}),
        (ValueError, "domain must have its low corner below its high one",
         (IMAGE, LUT), {"domain": ((0, 0, 0), (1, 0, 1))}),
        (ValueError, "domain must be a low and a high corner", (IMAGE, LUT),
         {"domain": ((0, 0), (1, 1))}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_the_cure(call, error, said, arguments, options):
    with pytest.raises(error, match=rf"^{call.__name__}: {said}"):
        call(*arguments, **options)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_colours_that_are_not_finite_are_refused_on_the_cpu(value):
    image = IMAGE.clone()
    image[1, 2, 5, 6] = value
    with pytest.raises(ValueError, match=r"image must be finite.*torch.nan_to_num"):
        nets.apply_lut3d(image, LUT)
    arguments = (IMAGE, image, LUT[None], None, "trilinear", "clamp", UNIT, [True] * 3)
    with pytest.raises(ValueError, match="image must be finite"):
        _ops.lut3d_backward(*arguments)


@pytest.mark.parametrize("value", [-0.001, 1.001, float("nan")])
def test_masks_beyond_0_and_1_are_refused_on_the_cpu(value):
    mask = MASK.clone()
    mask[3, 3] = value
    with pytest.raises(ValueError, match=r"mask must be within 0..1, got .*mask.clamp\(0, 1\)"):
        nets.apply_lut3d(IMAGE, LUT, mask)


def test_basis_and_weights_that_do_not_fit_are_refused():
    basis, weights = torch.rand(4, 5, 5, 5, 3), torch.rand(2, 4)
    for error, said, arguments in (
        (ValueError, r"basis must have shape \(K, R, G, B, 3\)", (IMAGE, LUT, weights)),
        (ValueError, "weights must have shape .*K = 4 as basis", (IMAGE, basis, weights[:, 1:])),
        (ValueError, "weights must have shape", (IMAGE, basis, weights[None])),
        (TypeError, "weights must be of floats", (IMAGE, basis, weights.long())),
        (TypeError, "weights must be a tensor, got list", (IMAGE, basis, [1.0] * 4)),
    ):
        with pytest.raises(error, match=f"^apply_basis_luts: {said}"):
            nets.apply_basis_luts(*arguments)


def test_shapes_alone_are_enough_on_the_meta_device():
    inputs = [tensor.to("meta") for tensor in (IMAGE, LUT, MASK)]
    assert nets.apply_lut3d(*inputs).shape == IMAGE.shape
    basis, weights = torch.rand(4, 5, 5, 5, 3, device="meta"), torch.rand(2, 4, device="meta")
    assert nets.apply_basis_luts(inputs[0], basis, weights).device.type == "meta"
