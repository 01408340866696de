"""DIH beside the codes of two groups."""

import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import numpy as np
import parity
from harmonia.nets.dih import ARCHITECTURE

CASE = "saic_dih256"


def test_names_are_those_of_the_checkpoint():
    parity.assert_same_names(ARCHITECTURE.variants["256"](), CASE)


def test_outputs_are_those_of_the_authors():
    network = ARCHITECTURE.variants["256"]()
    parity.load(network, parity.filled(CASE))
    with torch.inference_mode():
        out = network.normalised(network(*parity.picture()))
    parity.assert_equals(CASE, "images", out)


def variables():
    """Those of the TensorFlow graph: kernels as they were spread when it ran, the rest as ever."""
    state = {}
    for name, (_, shape) in parity.keys("dih_tf").items():
        chance, leaf = parity.generator(name), name.rpartition("/")[2]
        if len(shape) == 4:
            height, width, a, b = shape
            up = name.startswith(("deconv", "output"))
            fan = height * width * (b if up else a)
            if up and not name.startswith("deconv5"):
                fan //= 4  # of the taps that meet in one pixel
            values = 0.7 * np.sqrt(2.0 / fan) * chance.standard_normal(shape)
        elif leaf == "moving_variance":
            values = chance.uniform(0.5, 1.5, shape)
        elif leaf == "gamma":
            values = chance.uniform(0.7, 1.3, shape)
        else:
            values = 0.1 * chance.standard_normal(shape)
        state[name] = torch.from_numpy(values.astype(np.float32))
    return state


@pytest.mark.parametrize(
    ("variant", "output"), [("tf", "out_bgr_mask01"), ("tf-signed", "out_bgr_mask_pm1")]
)
def test_outputs_are_those_of_the_tensorflow_graph(variant, output):
    network = ARCHITECTURE.variants[variant]()
    parity.load(network, ARCHITECTURE.convert(variables()))
    with torch.inference_mode():
        out = 2 * network(*parity.picture()).flip(1) - 1
    parity.assert_equals("dih_tf", output, out.permute(0, 2, 3, 1))


def test_names_of_the_tensorflow_graph_map_one_to_one():
    state = variables()
    assert set(ARCHITECTURE.convert(state)) == set(ARCHITECTURE.variants["tf"]().state_dict())
    assert len(ARCHITECTURE.convert(state)) == len(state)


def test_what_an_optimiser_kept_is_left_out():
    state = variables()
    kept = {"conv0/weights/Adam": torch.zeros(1), "beta1_power": torch.zeros(())}
    assert list(ARCHITECTURE.convert({**state, **kept})) == list(ARCHITECTURE.convert(state))
    unknown = ARCHITECTURE.convert({**state, "conv9/weights": torch.zeros(1)})
    assert "conv9.conv.weight" in unknown


def test_statistics_of_the_tensorflow_graph_stay():
    network = ARCHITECTURE.variants["tf"]().train()
    network(*parity.picture()).square().mean().backward()
    assert all(p.grad is not None for p in network.parameters())
    assert not network.conv0.bn.running_mean.any()


def test_weights_are_read_from_the_variables_in_a_file(tmp_path):
    from harmonia.nets._weights import open_network

    np.savez(tmp_path / "dih.npz", **{name: v.numpy() for name, v in variables().items()})
    network, name = open_network("dih", tmp_path / "dih.npz", where="load")
    assert name == "dih.tf"
    assert open_network("dih.tf-signed", tmp_path / "dih.npz", where="load")[1] == "dih.tf-signed"
    assert torch.equal(network.fc7.bias, variables()["fc7/biases"])
