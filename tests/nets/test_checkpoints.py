"""Files of weights, good, damaged and hostile: read, or refused in a sentence; no code runs."""

import io
import json
import pickle
import random
import struct
import zipfile

import numpy as np
import pytest
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

import harmonia
from harmonia.nets import _checkpoints, _weights
from harmonia.nets._checkpoints import WeightsError
from harmonia.nets._weights import architecture_of

NAME = "issam.256"


def small_state():
    torch.manual_seed(0)
    return architecture_of("issam").variants["256"]().state_dict()


@pytest.fixture(scope="module")
def state():
    return small_state()


def saved(state, **options) -> bytes:
    room = io.BytesIO()
    torch.save(state, room, **options)
    return room.getvalue()


@pytest.mark.parametrize("wrapper", [None, "state_dict", "model_state_dict", "model"])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_states_come_out_of_their_wrappers(state, wrapper, prefix, tmp_path):
    held = {prefix + name: tensor for name, tensor in state.items()}
    held = {wrapper: held, "epoch": 3} if wrapper else held
    path = tmp_path / "weights.pth"
    path.write_bytes(saved(held))
    assert harmonia.load("issam", weights=path).method == NAME


@pytest.mark.parametrize("zipped", [True, False])
def test_old_and_new_checkpoints_are_read(state, zipped, tmp_path):
    path = tmp_path / "weights.pth"
    path.write_bytes(saved(state, _use_new_zipfile_serialization=zipped))
    found = _checkpoints.read(path).state
    assert all(torch.equal(found[name], tensor) for name, tensor in state.items())


def test_arrays_of_numpy_are_read(state, tmp_path):
    np.savez(tmp_path / "weights.npz", **{name: t.numpy() for name, t in state.items()})
    assert harmonia.load("issam", weights=tmp_path / "weights.npz").method == NAME


def test_converted_weights_are_the_same_and_say_what_they_are(state, tmp_path):
    path = tmp_path / "issam256.pth"
    path.write_bytes(saved(state))
    converted = _weights.convert(path, tmp_path / "out.safetensors")
    found = _checkpoints.read(converted)
    assert all(torch.equal(found.state[name], tensor) for name, tensor in state.items())
    assert found.notes == {
        "architecture": NAME,
        "source": "issam256.pth",
        "source_sha256": _weights.sha256_of(path),
        "licence": "MPL-2.0",
    }
    assert harmonia.load("issam", weights=converted).method == NAME
    with pytest.raises(FileExistsError, match="overwrite=True"):
        _weights.convert(path, converted)


def test_weights_are_found_in_the_folder(state, tmp_path, monkeypatch):
    monkeypatch.setenv("HARMONIA_WEIGHTS", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"issam256\.pth from https"):
        harmonia.load("issam")
    (tmp_path / "issam256.pth").write_bytes(saved(state))
    assert harmonia.load("issam").method == NAME
    assert harmonia.load("issam.256").method == NAME
    with pytest.raises(FileNotFoundError, match=r"issam\.512 needs weights"):
        harmonia.load("issam.512")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s.pop("decoder.to_rgb.bias"), r"decoder\.to_rgb\.bias is missing"),
        (lambda s: s.update(more=torch.zeros(1)), "more is unknown"),
        (
            lambda s: s.update({"decoder.to_rgb.bias": torch.zeros(4)}),
            r"to_rgb\.bias is \(4,\) and not \(3,\)",
        ),
        (
            lambda s: s.update({"decoder.to_rgb.bias": torch.zeros(3, dtype=torch.int64)}),
            "is torch.int64 and not torch.float32",
        ),
        (
            lambda s: s.update({"decoder.to_rgb.bias": torch.full((3,), float("nan"))}),
            r"finite, NaN or infinity is in decoder\.to_rgb\.bias",
        ),
        (lambda s: s.update(note="text"), r"tensors alone, holds note \(str\)"),
        (
            lambda s: s.update({"decoder.to_rgb.bias": torch.zeros(1).expand(1 << 40)}),
            "claims more values than the file holds",
        ),
        (
            lambda s: s.update({"decoder.to_rgb.bias": torch.zeros(3).to_sparse()}),
            "must be dense",
        ),
    ],
)
def test_what_does_not_fit_is_refused_as_a_whole(state, change, said, tmp_path):
    state = dict(state)
    change(state)
    path = tmp_path / "weights.pth"
    path.write_bytes(saved(state))
    with pytest.raises(WeightsError, match=said) as caught:
        harmonia.load("issam", weights=path)
    assert str(path) in str(caught.value)


class Bomb:
    """What would run when it is unpickled."""

    def __init__(self, flag, call):
        self.flag, self.call = flag, call

    def __reduce__(self):
        return self.call, (f"import pathlib; pathlib.Path({str(self.flag)!r}).touch()",)


def zipped_pickle(data: bytes) -> bytes:
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w") as archive:
        archive.writestr("archive/data.pkl", data)
        archive.writestr("archive/version", "3\n")
    return room.getvalue()


def hostile(flag):
    """Files that would run code, by every door there is."""
    import os
    import subprocess

    calls = [exec, eval, os.system, subprocess.check_output, __import__, getattr, open]
    for call in calls:
        bomb = Bomb(flag, call)
        yield pickle.dumps({"a": bomb})
        yield zipped_pickle(pickle.dumps({"a": bomb}, 2))
        yield saved({"a": torch.zeros(1), "b": bomb})
        yield saved({"a": torch.zeros(1), "b": bomb}, _use_new_zipfile_serialization=False)
        array = np.array([bomb], dtype=object)
        room = io.BytesIO()
        np.savez(room, a=array)
        yield room.getvalue()
    room = io.BytesIO()
    torch.save(torch.nn.Linear(2, 2), room)  # a module as a whole
    yield room.getvalue()
    room = io.BytesIO()
    torch.jit.save(torch.jit.script(torch.nn.ReLU()), room)
    yield room.getvalue()


@pytest.mark.filterwarnings("ignore")  # TorchScript is deprecated
def test_nothing_is_executed(tmp_path):
    flag = tmp_path / "executed"
    path = tmp_path / "weights.pth"
    count = 0
    for data in hostile(flag):
        path.write_bytes(data)
        with pytest.raises(WeightsError) as caught:
            harmonia.load("issam", weights=path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
        assert not flag.exists()
        count += 1
    assert count > 30


def safetensors_with(header: bytes, body: bytes = b"", length=None) -> bytes:
    return struct.pack("<Q", len(header) if length is None else length) + header + body


def lying_safetensors():
    entry = {"dtype": "F32", "shape": [1 << 20, 1 << 20], "data_offsets": [0, 4]}
    yield safetensors_with(json.dumps({"a": entry}).encode(), bytes(4))
    entry = {"dtype": "F32", "shape": [1], "data_offsets": [0, 1 << 40]}
    yield safetensors_with(json.dumps({"a": entry}).encode(), bytes(4))
    entry = {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}
    yield safetensors_with(json.dumps({"a": entry}).encode(), bytes(4))
    entry = {"dtype": "F99", "shape": [1], "data_offsets": [0, 4]}
    yield safetensors_with(json.dumps({"a": entry}).encode(), bytes(4))
    yield safetensors_with(b"{}", length=1 << 60)
    yield safetensors_with(b'{"__metadata__": {"architecture": "../../x"}}')
    yield safetensors_with(b"{" * 100_000)
    yield safetensors_with(b'{"a": 3}')
    yield safetensors_with(b'[{"a": 3}]')


def damaged(state):
    """Some 170 files: cut off, with bits flipped, or lying."""
    chance = random.Random(20)
    whole = [
        saved(state),
        saved(state, _use_new_zipfile_serialization=False),
        _checkpoints.as_safetensors(state, {}),
    ]
    for data in whole:
        for _ in range(25):
            yield data[: chance.randrange(len(data))]
        for _ in range(25):
            changed = bytearray(data)
            # Most of a file is numbers; what is told of them stands at both ends.
            for _ in range(chance.choice([1, 8, 64])):
                side = chance.choice([chance.randrange(4000), -1 - chance.randrange(4000)])
                changed[side] ^= 1 << chance.randrange(8)
            yield bytes(changed)
    yield from lying_safetensors()
    yield from (b"", b"PK", b"\x80", b"\x80\x02.", bytes(100), b"\x89HDF\r\n\x1a\n" + bytes(100))
    for _ in range(5):
        yield chance.randbytes(5000)


def test_damaged_files_are_read_or_refused(state, tmp_path):
    """Bits of numbers may flip and be numbers still; whatever is refused says so in a sentence."""
    path = tmp_path / "weights.pth"
    said, held = [], []
    for data in damaged(state):
        path.write_bytes(data)
        try:
            held += _checkpoints.read(path).state.values()
        except WeightsError as error:
            said.append(str(error))
    assert all(isinstance(tensor, torch.Tensor) for tensor in held)
    assert all(str(path) in sentence and "\n" not in sentence for sentence in said)
    assert len(said) >= 100


def test_foreign_weights_are_known(tmp_path):
    for name, data, said in (
        ("model.ckpt-8.index", bytes(100), "TensorFlow"),
        ("model.ckpt-8.data-00000-of-00001", bytes(100), "TensorFlow"),
        ("net.h5", b"\x89HDF\r\n\x1a\n" + bytes(100), "HDF5"),
        ("net.onnx", b"\x08\x08" + bytes(100), "ONNX"),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(WeightsError, match=said):
            harmonia.load("issam", weights=path)


def test_a_wrong_variant_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"no variant '640'; choose one of issam\.256, issam\.512"):
        harmonia.load("issam.640", weights=tmp_path / "x")
