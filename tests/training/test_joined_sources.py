"""A run over joined datasets can be had again from what its folder says of them."""

import json

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia import datasets  # noqa: E402 (needs torch)
from harmonia.training import _sources  # noqa: E402
from miniatures import make_iharmony4, make_rdharmony  # noqa: E402


def test_joined_datasets_are_told_by_their_parts_and_opened_again(tmp_path):
    make_iharmony4(tmp_path / "real")
    make_rdharmony(tmp_path / "rendered")
    real = datasets.load("iharmony4", tmp_path / "real", split="train")
    rendered = datasets.load("rdharmony", tmp_path / "rendered", category="human")
    both = datasets.join(real, rendered)
    said = json.loads(json.dumps(_sources.told(both)))
    assert said["samples"] == len(both)
    assert [part["dataset"] for part in said["parts"]] == ["iharmony4", "rdharmony"]
    again = _sources.opened(said)
    assert again.lines == both.lines
    assert [entry.composite for entry in again.entries()] == [
        entry.composite for entry in both.entries()
    ]
    other = datasets.join(rendered, real)
    assert _sources.told(other)["list"] != said["list"]
