"""Inputs that once led a fuzz target to a fault, replayed without a fuzzer.

Those of the targets in Python; `nox -s fuzz` begins with all of them.
"""

import importlib
from pathlib import Path

import pytest

SEEDS = Path(__file__).parent / "fuzz" / "seeds"


@pytest.mark.parametrize("target", ["fuzz_manifests", "fuzz_weights"])
def test_what_once_was_a_finding_is_none(target):
    pytest.importorskip("torch")
    assert any((SEEDS / target).iterdir())
    check = importlib.import_module(f"fuzz.{target}").check
    for path in sorted((SEEDS / target).glob("*")):
        check(path.read_bytes())


def test_every_kind_of_manifest_is_read_or_refused():
    pytest.importorskip("torch")
    manifests = importlib.import_module("fuzz.fuzz_manifests")
    for data in manifests.seeds().values():
        manifests.check(data)


def test_kept_inputs_are_few_and_small():
    assert sum(path.stat().st_size for path in SEEDS.glob("*/*")) < 200_000
    targets = {path.stem for path in SEEDS.parent.glob("fuzz_*")}
    assert {path.name for path in SEEDS.iterdir()} <= targets
