"""The command that trains the network that ships, small, and what it writes."""

import csv
import hashlib
import importlib.util
from pathlib import Path

import harmonia
import numpy as np
import pytest
from images import as_dtype, scene

torch = pytest.importorskip("torch", reason="torch is not installed")
if not all(map(importlib.util.find_spec, ("onnx", "onnxscript", "onnxruntime"))):
    pytest.skip("needs onnx, onnxscript and onnxruntime", allow_module_level=True)

import train_default  # noqa: E402 (needs torch)

pytestmark = pytest.mark.filterwarnings("ignore")  # torch's exporter, of its own parts
HEAD = ("image", "mask", "source", "licence", "attribution", "mask_kind", "use")


def corpus(folder):
    """Photographs of numbers, with the manifest of a corpus."""
    rows = []
    for number in range(8):
        image, mask = scene(96, 128, seed=number)
        names = f"photo{number}.png", f"photo{number}_mask.png"
        harmonia.io.write(folder / names[0], as_dtype(image, "uint8"))
        harmonia.io.write(folder / names[1], np.stack([as_dtype(mask, "uint8")] * 3, axis=-1))
        use = "train" if number < 6 else "val"
        rows.append((*names, "generated", "CC0", f"nobody {number}", "gt", use))
    with (folder / "manifest.csv").open("w", newline="") as file:
        csv.writer(file).writerows([HEAD, *rows])
    return folder


def lights(path):
    """Ten times no change, of which those that are held back are no numbers."""
    changes = np.zeros((10, 3, 11), np.float32)
    changes[:, [0, 1, 2], [0, 1, 2]] = 1
    changes[4::5] = np.nan
    np.savez(path, to_standard=changes, from_standard=changes)
    return path


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shipped")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train_default, "BATCH", 8)
        patch.setattr(train_default, "VALIDATION_ROUNDS", 1)
        source = corpus(tmp_path_factory.mktemp("corpus"))
        measured = lights(tmp_path_factory.mktemp("lights") / "measured.npz")
        run = train_default.trained(source, measured, tmp_path_factory.mktemp("work"), 3)
        train_default.ship(run, folder)
        train_default.write_credits(source, folder / train_default.CREDITS)
    return folder


def test_what_ships_is_the_same_by_torch_and_by_onnxruntime(shipped):
    by_torch = harmonia.load("harmonia", weights=shipped / "harmonia.safetensors")
    by_onnx = harmonia.load("harmonia", weights=shipped / "harmonia.onnx", backend="onnx")
    image, mask = scene(80, 60, seed=9)
    ours, theirs = (
        session.raw(as_dtype(image, "float32"), mask) for session in (by_torch, by_onnx)
    )
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_the_sums_are_those_of_the_files(shipped):
    for line in (shipped / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((shipped / name).read_bytes()).hexdigest() == digest


def test_weights_are_halved(shipped):
    numbers = harmonia.load(
        "harmonia", weights=shipped / "harmonia.safetensors"
    ).network.parameters()
    count = sum(parameter.numel() for parameter in numbers)
    for name in ("harmonia.onnx", "harmonia.safetensors"):
        assert (shipped / name).stat().st_size < 2.5 * count


def test_nothing_tells_where_they_were_made(shipped):
    for name in ("harmonia.onnx", "harmonia.safetensors"):
        content = (shipped / name).read_bytes()
        for place in (harmonia.__file__, torch.__file__, str(shipped)):
            assert str(Path(place).parent).encode() not in content


def test_photographs_that_were_learned_from_are_credited(shipped):
    with (shipped / "credits.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["photograph"] for row in rows] == [f"photo{number}" for number in range(6)]
    assert rows[3]["attribution"] == "nobody 3"
