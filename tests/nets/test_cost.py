"""What a network costs, beside a count by hand, layer by layer."""

import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

from harmonia.nets._cost import count
from harmonia.nets._session import Session
from harmonia.nets._weights import architecture_of
from torch import nn

# Parameters, and 10^9 multiply-adds at 256 x 256, of the authors' codes.
OF_AUTHORS = {
    "idih.256": (8_301_284, 1.66),
    "issam.256": (2_185_340, 14.88),
    "charmnet.real": (9_257_544, 1.66),
    "pctnet.cnn": (2_185_736, 14.90),
    "pctnet.vit": (4_809_896, 19.61),
    "harmonizer.b0": (4_726_882, 0.51),
    "dovenet.256": (54_759_939, 6.87),
}


def session_of(name):
    method, _, variant = name.partition(".")
    torch.manual_seed(0)
    return Session(architecture_of(method).variants[variant]().eval(), name)


def by_hand(session, size):
    """Multiply-adds of convolutions and linear layers, from the shapes of what they give."""
    found = 0

    def after(layer, inputs, output):
        nonlocal found
        # A value of the output is a sum over weight[0]; of a transposed one, each of the input
        # goes into as many.
        values = inputs[0] if isinstance(layer, nn.ConvTranspose2d) else output
        found += values.numel() * layer.weight[0].numel()

    hooks = [
        layer.register_forward_hook(after)
        for layer in session.network.modules()
        if isinstance(layer, (nn.Conv2d, nn.Linear, nn.ConvTranspose2d))
    ]
    image = torch.zeros(3, size, size, dtype=torch.uint8)
    session(image, torch.full((size, size), 255, dtype=torch.uint8))
    for hook in hooks:
        hook.remove()
    return found


@pytest.mark.parametrize("name", OF_AUTHORS)
def test_parameters_and_multiply_adds_are_those_of_the_authors_codes(name):
    parameters, multiply_adds = OF_AUTHORS[name]
    counted = count(session_of(name), 256)
    assert counted.parameters == parameters
    assert counted.multiply_adds / 1e9 == pytest.approx(multiply_adds, abs=0.0051)
    assert counted.weights >= 4 * parameters  # buffers are loaded too


@pytest.mark.parametrize("name", ["harmonizer.b0", "idih.256-se"])
def test_multiply_adds_are_those_of_all_layers_that_run(name):
    session = session_of(name)
    assert count(session, 320).multiply_adds == by_hand(session, 320)


def test_what_works_at_the_pictures_size_is_counted_there():
    """18.86 of the authors' code at 256 x 256; here tiles overlap, and their edges count twice."""
    session = session_of("cdtnet.256")
    small, large = (count(session, size).multiply_adds / 1e9 for size in (256, 320))
    assert 18.86 < small < 1.05 * 18.86
    assert small < large


def test_what_a_compiler_runs_is_not_counted_wrongly():
    session = session_of("idih.256")
    session.network.compile(backend="eager")
    assert count(session, 256)[::2] == (8_301_284, None)
