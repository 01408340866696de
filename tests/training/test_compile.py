"""A run whose network torch compiles.

To one graph, which torch then runs as it is: to make code of it takes twenty seconds, even of one
convolution. tests/nets/test_export.py has code made of our operators.
"""

import csv
import functools

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia.nets import _checkpoints  # noqa: E402 (needs torch)
from harmonia.nets._network import BaseNetwork  # noqa: E402
from harmonia.training import Plan, Recipe, train  # noqa: E402
from tiny import samples  # noqa: E402
from torch import nn  # noqa: E402

SIDE = 16


class Corrected(BaseNetwork):
    base = SIDE

    def __init__(self):
        super().__init__()
        self.layer = nn.Conv2d(4, 3, 3, padding=1)

    def forward(self, image, mask):
        return image + torch.tanh(self.layer(torch.cat([image, mask], dim=1)))


class Correcting(Recipe):
    method = "corrected.16"
    plan = Plan(SIDE, batch=4, epochs=1, rate=1e-2)

    def __init__(self):
        super().__init__()
        self.network = Corrected()

    def optimizers(self, rate):
        return {"network": torch.optim.SGD(self.network.parameters(), rate)}

    def losses(self, phase, batches):
        batch = batches["data"]
        return {"error": (self.network(batch.composite, batch.mask) - batch.real).square().mean()}


# What torch itself says of its own parts on the way.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_compiled_run_is_that_of_the_same_network(tmp_path, monkeypatch):
    as_a_graph = functools.partialmethod(nn.Module.compile, backend="aot_eager")
    monkeypatch.setattr(nn.Module, "compile", as_a_graph)
    torch._dynamo.reset()
    from torch._dynamo.utils import counters

    seldom = {"validate_every": 0, "save_every": 0, "sample_every": 0, "log_every": 1}
    losses, states, graphs = [], [], []
    for compiled in (False, True):
        run, before = tmp_path / f"{compiled}", counters["stats"]["unique_graphs"]
        others = {"validation": samples(SIDE, 1), "workers": 0, "compile": compiled, **seldom}
        train(Correcting, samples(SIDE, 4), run, steps=4, device="cpu", **others)
        graphs.append(counters["stats"]["unique_graphs"] - before)
        with (run / "log.csv").open(newline="") as file:
            losses.append([float(row["error"]) for row in csv.DictReader(file)])
        states.append(_checkpoints.read(run / "last.safetensors").state)
    assert graphs[0] == 0
    assert graphs[1] > 0
    assert losses[1] == pytest.approx(losses[0], rel=1e-5)
    assert losses[1][-1] < losses[1][0]
    torch.testing.assert_close(states[1], states[0], rtol=1e-4, atol=1e-6)
