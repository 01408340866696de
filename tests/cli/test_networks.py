"""Networks by the command line: with weights, for one picture and for many."""

import json

import harmonia
import numpy as np
import pytest
from harmonia import cli
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

from harmonia.nets._weights import architecture_of


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with the example and a file of weights."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HARMONIA_WEIGHTS", str(tmp_path / "weights"))
    torch.manual_seed(0)
    torch.save(architecture_of("issam").variants["256"]().state_dict(), "issam256.pth")
    image, mask = (part[:96, :128] for part in harmonia.example())
    harmonia.io.write("a.png", image)
    harmonia.io.write("a_mask.png", np.stack([mask] * 3, axis=-1))
    return image, mask


def test_a_picture_is_harmonized_by_a_network(here, capsys):
    image, mask = here
    given = ["a.png", "a_mask.png", "-o", "out.png", "-m", "issam", "--weights", "issam256.pth"]
    assert cli.main([*given, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["method"] == "issam.256"
    expected = harmonia.harmonize(image, mask, "issam", weights="issam256.pth")
    np.testing.assert_array_equal(harmonia.io.read("out.png").pixels, expected)


def test_a_folder_is_harmonized_by_a_network(here, capsys):
    image, mask = here
    given = ["batch", ".", "-o", "done", "-m", "issam", "--weights", "issam256.pth"]
    assert cli.main(given) == 0
    expected = harmonia.harmonize(image, mask, "issam", weights="issam256.pth")
    np.testing.assert_array_equal(harmonia.io.read("done/a.png").pixels, expected)


def test_weights_that_are_missing_are_asked_for(here, capsys):
    assert cli.main(["a.png", "a_mask.png", "-o", "out.png", "-m", "issam"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("harmonia: issam needs weights")
    assert "issam256.pth from https://" in said
    assert "--weights FILE" in said


def test_a_reference_is_refused(here, capsys):
    given = ["a.png", "a_mask.png", "-o", "out.png", "-m", "issam", "--weights", "issam256.pth"]
    assert cli.main([*given, "--reference", "a.png"]) == 1
    assert "a network knows the composite's own background alone" in capsys.readouterr().err
