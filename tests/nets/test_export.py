"""torch.compile, torch.export and ONNX take the look-up as it is."""

import shutil

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia import nets  # noqa: E402 (needs torch)

pytestmark = [
    pytest.mark.usefixtures("one_thread_of_torch"),
    # What torch itself says of its own parts on the way.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


class Predictor(torch.nn.Module):
    """A picture's mean chooses a mixture of tables."""

    def __init__(self, interpolation="trilinear", out_of_range="clamp"):
        super().__init__()
        torch.manual_seed(0)
        self.basis = torch.nn.Parameter(torch.rand(3, 5, 6, 7, 3))
        self.weigh = torch.nn.Linear(3, 3)
        self.choices = {"interpolation": interpolation, "out_of_range": out_of_range}

    def forward(self, image, mask):
        weights = self.weigh(image.mean((2, 3))).softmax(-1)
        return nets.apply_basis_luts(image, self.basis, weights, mask, **self.choices)


def pictures(count, height, width):
    generator = torch.Generator().manual_seed(height)
    image = torch.rand((count, 3, height, width), generator=generator) * 1.4 - 0.2
    return image, torch.rand((count, height, width), generator=generator)


def parameters_gradients(net, run, inputs):
    net.zero_grad()
    out = run(*inputs)
    out.square().sum().backward()
    return [out.detach(), *(parameter.grad.clone() for parameter in net.parameters())]


@pytest.mark.parametrize(
    ("backend", "choices"),
    [("inductor", ("trilinear", "clamp")), ("aot_eager", ("tetrahedral", "extrapolate"))],
)
def test_compiled_without_a_break_it_gives_the_same(backend, choices):
    if backend == "inductor" and shutil.which("c++") is None:
        pytest.skip("torch.compile needs a C++ compiler")
    torch._dynamo.reset()
    net = Predictor(*choices)
    compiled = torch.compile(net, fullgraph=True, backend=backend, dynamic=True)
    for size in ((2, 16, 20), (2, 31, 9)):  # the second one through the first one's code
        inputs = pictures(*size)
        wanted = parameters_gradients(net, net, inputs)
        found = parameters_gradients(net, compiled, inputs)
        for one, other in zip(found, wanted, strict=True):
            # Sums over some 600 pixels in another order than torch's own.
            torch.testing.assert_close(one, other, rtol=600 * 2.0**-24, atol=600 * 2.0**-24)


def exported(net, strict):
    height, width = torch.export.Dim("height", min=2), torch.export.Dim("width", min=2)
    sizes = {"image": {2: height, 3: width}, "mask": {1: height, 2: width}}
    return torch.export.export(net, pictures(1, 16, 20), dynamic_shapes=sizes, strict=strict)


@pytest.mark.parametrize("strict", [False, True])
def test_an_exported_network_holds_the_operator_and_takes_any_size(strict):
    net = Predictor().eval()
    program = exported(net, strict)
    names = [str(node.target) for node in program.graph.nodes]
    assert names.count("harmonia.lut3d.default") == 1
    for size in ((1, 16, 20), (1, 33, 7)):
        inputs = pictures(*size)
        torch.testing.assert_close(program.module()(*inputs), net(*inputs), rtol=0, atol=1e-6)


@pytest.mark.parametrize("choices", [("trilinear", "clamp"), ("tetrahedral", "extrapolate")])
def test_onnx_gives_the_same(choices, tmp_path):
    pytest.importorskip("onnxscript", reason="onnx, onnxscript and onnxruntime are not installed")
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    net = Predictor(*choices).eval()
    path = tmp_path / "net.onnx"
    sizes = {"image": {2: "height", 3: "width"}, "mask": {1: "height", 2: "width"}}
    program = torch.onnx.export(net, pictures(1, 16, 20), dynamo=True, dynamic_shapes=sizes)
    program.save(path)
    operators = {node.op_type for node in program.model.graph}
    assert ("GridSample" in operators) == (choices == ("trilinear", "clamp"))
    session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    for size in ((1, 16, 20), (1, 33, 7)):
        inputs = pictures(*size)
        names = [given.name for given in session.get_inputs()]
        out = session.run(None, dict(zip(names, (t.numpy() for t in inputs), strict=True)))[0]
        np.testing.assert_allclose(out, net(*inputs).detach(), rtol=0, atol=1e-5)
