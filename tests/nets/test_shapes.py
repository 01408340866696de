"""Weights of a shape of their own, which their header tells: loaded, converted, or refused."""

import json

import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import harmonia
from harmonia import cli
from harmonia.nets import _checkpoints, _weights
from harmonia.nets._checkpoints import WeightsError
from harmonia.nets._weights import Kind
from images import as_dtype, scene

SHAPE = {"width": 4, "base": 64}
LICENCE = "that of the data they were trained on"


def notes(shape=SHAPE, architecture="issam.256"):
    said = {"architecture": architecture, "licence": LICENCE, "shape": json.dumps(shape)}
    return {name: value for name, value in said.items() if value is not None}


@pytest.fixture(scope="module")
def state():
    torch.manual_seed(0)
    return Kind("issam", "256", tuple(SHAPE.items())).make().state_dict()


@pytest.fixture
def written(state, tmp_path):
    def write(notes, name="own.safetensors", change=lambda state: None):
        held = dict(state)
        change(held)
        path = tmp_path / name
        path.write_bytes(_checkpoints.as_safetensors(held, notes))
        return path

    return write


def test_they_harmonize_by_the_network_that_they_are_of(written):
    pixels, mask = scene(70, 90)
    image, mask = as_dtype(pixels, "uint8"), as_dtype(mask, "uint8")
    session = harmonia.load("issam", weights=written(notes()))
    assert session.method == "issam.256"
    out = harmonia.harmonize(image, mask, "issam", weights=written(notes()))
    assert (out == session(image, mask)).all()
    assert (out != image).any()


def test_widths_may_be_larger_than_the_number_of_tensors(tmp_path):
    shape = {"width": 2, "code_width": 128}
    wide = Kind("style_unet", "rgb", tuple(shape.items())).make()
    assert len(wide.state_dict()) < shape["code_width"]
    path = tmp_path / "wide.safetensors"
    told = notes(shape, "style_unet.rgb")
    path.write_bytes(_checkpoints.as_safetensors(wide.state_dict(), told))
    assert harmonia.load("style_unet", weights=path).method == "style_unet.rgb"


def test_convert_keeps_their_shape_and_licence(written, state, tmp_path):
    target = _weights.convert(written(notes()), tmp_path / "out.safetensors")
    found = _checkpoints.read(target)
    assert json.loads(found.notes["shape"]) == SHAPE
    assert found.notes["licence"] == LICENCE
    assert all(torch.equal(found.state[name], tensor) for name, tensor in state.items())
    assert harmonia.load("issam", weights=target).network.base == 64


def test_the_commands_know_them(written, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HARMONIA_WEIGHTS", str(tmp_path))
    written(notes(), "issam.256.safetensors")
    assert cli.main(["weights", "verify"]) == 0
    assert capsys.readouterr().out.endswith("issam.256.safetensors: issam.256\n")
    assert cli.main(["weights", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["weights"]
    assert [row["here"] is not None for row in rows if row["weights"] == "issam.256"] == [True]
    assert harmonia.load("issam").network.base == 64


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (notes({"width": 5, "base": 64}), r"is not of issam\.256"),
        (notes({"width": 4, "base": 64, "depth": 10**9}), "depth must be text or a whole number"),
        (notes({"width": 10**9}), "width must be text or a whole number from 1 to 65536"),
        (notes({"width": -4}), "width must be text"),
        (notes({"width": 4.0}), "width must be text"),
        (notes({"width": True}), "width must be text"),
        (notes({"width": [4]}), "width must be text"),
        (notes({"width": "4"}), "its header tells no shape"),
        (notes({"wdth": 4}), "its header tells no shape"),
        (notes([4]), "must be an object, got list"),
        (notes(4), "must be an object, got int"),
        ({**notes(), "shape": "{"}, "its header tells no shape"),
        ({**notes(), "shape": "[" * 100_000}, "its header tells no shape"),
        ({**notes(), "shape": ""}, "its header tells no shape"),
        (notes(architecture="issam.512"), r"is not of issam\.512"),
        (notes(architecture="idih.256"), "is of idih.256"),
        (notes(architecture="nothing.at.all"), "is of nothing.at.all"),
        ({"shape": json.dumps(SHAPE)}, "is of no network that its header names"),
    ],
)
def test_a_header_that_lies_is_refused(written, said, why):
    path = written(said)
    with pytest.raises(WeightsError, match=why) as caught:
        harmonia.load("issam", weights=path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_damaged_file_is_refused_by_verify_in_a_line(written, capsys):
    path = written(notes())
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:100], b"\xff" * 8 + whole[8:]):
        path.write_bytes(damaged)
        assert cli.main(["weights", "verify", str(path)]) == 1
        said = capsys.readouterr().out
        assert str(path) in said
        assert said.count("\n") == 1
    path = written(notes(), change=lambda state: state.popitem())
    with pytest.raises(WeightsError, match=r"is not of issam\.256: .* is missing"):
        harmonia.load("issam", weights=path)
