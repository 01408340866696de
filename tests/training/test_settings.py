"""What makes two runs the same, and what is refused before one begins."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia.training._settings import FREE, Settings  # noqa: E402 (needs torch)

SETTINGS = Settings(
    recipe="issam",
    data={"data": {"samples": 8, "list": "0a", "root": "/here"}},
    size=64,
    batch=4,
    steps=10,
    rate=0.001,
    options={"width": 16},
    validation={"samples": 2, "list": "0b", "root": "/there"},
    protocol="idih-64",
)


def test_text_and_back():
    assert Settings.read(SETTINGS.text()) == SETTINGS


def test_paths_and_numbers_of_numpy_are_told_plainly():
    told = replace(SETTINGS, options={"file": Path("a/b"), "share": np.float32(0.5)})
    assert Settings.read(told.text()).options == {"file": str(Path("a/b")), "share": 0.5}
    with pytest.raises(TypeError, match="train: options must be numbers, text"):
        replace(SETTINGS, options={"odd": object()}).text()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"recipe": "cdtnet"}, "recipe 'cdtnet' and not 'issam'"),
        ({"rate": 0.1}, "rate 0.1 and not 0.001"),
        ({"options": {"width": 32}}, "options width 32 and not 16"),
        ({"options": {}}, "options width None and not 16"),
        ({"data": {"data": {"samples": 8, "list": "ff"}}}, "data data list 'ff' and not '0a'"),
        ({"data": {"other": SETTINGS.data["data"]}}, "data data None and not {"),
    ],
)
def test_another_run_is_told_by_what_differs(change, said):
    found = SETTINGS.differences(replace(SETTINGS, **change))
    assert any(one.startswith(said) for one in found), found


def test_files_may_have_moved_and_validation_may_be_another():
    moved = {"data": {"samples": 8, "list": "0a", "root": "/elsewhere"}}
    other = {name: 7 for name in FREE if name.endswith("_every")}
    free = replace(SETTINGS, data=moved, validation=None, protocol=None, **other)
    assert SETTINGS.differences(free) == []


def test_scores_are_compared_within_one_validation():
    moved = replace(SETTINGS, validation={**SETTINGS.validation, "root": "/moved"})
    assert SETTINGS.scores_as(moved)
    assert not SETTINGS.scores_as(replace(SETTINGS, protocol="idih-32"))
    assert not SETTINGS.scores_as(replace(SETTINGS, validation={"samples": 3, "list": "0c"}))
    assert not SETTINGS.scores_as(replace(SETTINGS, validation=None, protocol=None))


@pytest.mark.parametrize("name", ["size", "batch", "steps", "accumulate"])
@pytest.mark.parametrize("value", [0, -1, 1.5, True, "8"])
def test_counts_are_whole_and_above_0(name, value):
    with pytest.raises(ValueError, match=f"train: {name} must be a whole number from 1 on"):
        replace(SETTINGS, **{name: value})


@pytest.mark.parametrize("name", ["seed", "log_every", "save_every", "validate_every"])
@pytest.mark.parametrize("value", [-1, 0.5, False])
def test_seeds_and_intervals_are_whole(name, value):
    with pytest.raises(ValueError, match=f"train: {name} must be a whole number from 0 on"):
        replace(SETTINGS, **{name: value})


@pytest.mark.parametrize("value", [0, -0.1, math.nan, math.inf, "fast", True])
def test_rates_are_above_0(value):
    with pytest.raises(ValueError, match="train: rate must be a number above 0"):
        replace(SETTINGS, rate=value)


@pytest.mark.parametrize("value", [1, -0.1, math.nan, "much"])
def test_an_average_keeps_less_than_all(value):
    with pytest.raises(ValueError, match="train: average must be from 0 to below 1"):
        replace(SETTINGS, average=value)


def test_precisions_are_named():
    with pytest.raises(ValueError, match="must be 'float32' or 'bfloat16', got 'float16'"):
        replace(SETTINGS, precision="float16")
