"""What a diagnosis finds is so."""

import os
import re
from pathlib import Path

import harmonia
import numpy as np
import pytest
from harmonia import _diagnosis

ROOT = Path(__file__).parents[1]


def test_the_self_check_finds_this_installation_in_order():
    check = _diagnosis.self_check()
    assert (check.background_changed, check.problem) == (0, "")
    assert check.foreground_changed > 0
    assert check.milliseconds > 0


def test_a_byte_of_the_background_that_changes_is_found(monkeypatch):
    def careless(image, mask):
        out = image.copy()
        out[0, 0, 0] ^= 1
        return out

    monkeypatch.setattr(harmonia, "harmonize", careless)
    assert _diagnosis.self_check().problem == "harmonize changed 1 bytes outside the mask"


def test_a_foreground_that_stays_is_found(monkeypatch):
    monkeypatch.setattr(harmonia, "harmonize", lambda image, mask: image.copy())
    assert _diagnosis.self_check().problem == "harmonize changed nothing inside the mask"


def test_the_reason_for_the_threads(monkeypatch):
    monkeypatch.setenv("HARMONIA_NUM_THREADS", "3")
    assert _diagnosis.threads()[1] == "HARMONIA_NUM_THREADS is 3"
    monkeypatch.delenv("HARMONIA_NUM_THREADS")
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    monkeypatch.setattr(_diagnosis, "cgroup_cores", lambda: None)
    assert "may run on 8 of 64 cores" in _diagnosis.threads()[1]
    monkeypatch.setattr(_diagnosis, "cgroup_cores", lambda: 1.5)
    assert "grants the time of 1.5 of 64 cores" in _diagnosis.threads()[1]
    assert _diagnosis.threads()[0] == harmonia.get_num_threads()


@pytest.mark.parametrize(
    ("text", "cores"), [("150000 100000", 1.5), ("max 100000", None), ("nonsense", None)]
)
def test_a_control_group_grants_its_quota(text, cores, tmp_path):
    path = tmp_path / "cpu.max"
    path.write_text(text)
    assert _diagnosis.cgroup_cores(path) == cores
    assert _diagnosis.cgroup_cores(tmp_path / "missing") is None


def test_formats_are_what_can_be_read_and_written_here():
    found = {one.name: one for one in _diagnosis.formats()}
    assert found["PNG"].read == found["PNG"].write == ("8 bit", "16 bit")
    assert found["JPEG"].read == found["JPEG"].write == ("8 bit",)
    for name, one in found.items():
        for depth in one.write:
            pixels = np.zeros((16, 16, 3), _diagnosis.DEPTHS[depth])
            assert writes(name, pixels)
        if not one.cure:
            assert one.read == one.write


def writes(name, pixels):
    import io

    file = io.BytesIO()
    harmonia.io.write(file, pixels, format=name)
    return bool(file.getvalue())


def test_variables_are_told_apart_from_unknown_ones(monkeypatch):
    monkeypatch.setenv("HARMONIA_ISA", "baseline")
    monkeypatch.setenv("HARMONIA_THREADS", "2")
    found = _diagnosis.variables()
    assert found["HARMONIA_ISA"][1] == _diagnosis.VARIABLES["HARMONIA_ISA"]
    assert found["HARMONIA_THREADS"] == ("2", "")


def test_every_variable_that_the_sources_read_is_known():
    if not (ROOT / "cpp").is_dir():
        pytest.skip("the sources are not here")
    cpp = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "cpp").rglob("*.cpp"))
    python = "".join(
        p.read_text(encoding="utf-8")
        for p in (ROOT / "python").rglob("*.py")
        if p.stem != "_diagnosis"
    )
    read = set(re.findall(r'getenv\("(HARMONIA_\w+)"', cpp))
    read |= set(re.findall(r'"(HARMONIA_\w+)"', python))
    assert read == set(_diagnosis.VARIABLES)


def test_one_cause_is_one_problem():
    def fail():
        raise RuntimeError("the\n  pool is empty")

    problems = []
    assert _diagnosis.attempt(problems, "first", fail) is None
    assert _diagnosis.attempt(problems, "second", fail) is None
    assert _diagnosis.attempt(problems, "third", lambda: 3) == 3
    assert problems == ["first: the pool is empty"]


def test_the_learned_data_that_is_told_of_is_there():
    assert "KiB" in _diagnosis.learned()["forests of xue"]
