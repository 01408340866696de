"""What a call takes of memory it gives back; `--calls 10000` to see a leak of 105 bytes a call."""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import entry_points
import harmonia
import pytest
from isas import SANITIZER

HERE = Path(__file__).parent
CALLS = 60  # of each function
needs_glibc = pytest.mark.skipif(
    SANITIZER is not None
    or not sys.platform.startswith("linux")
    or not hasattr(ctypes.CDLL(None), "mallinfo2"),
    reason="needs the mallinfo2 of glibc, and no sanitizer in its place",
)


def run(*arguments):
    paths = os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), str(HERE)])
    return subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | {"PYTHONMALLOC": "malloc", "PYTHONPATH": paths},
        capture_output=True,
        text=True,
    )


@needs_glibc
def test_no_entry_point_keeps_memory(request):
    calls = request.config.getoption("calls") or CALLS
    done = run(str(HERE / "leaks.py"), "--calls", str(calls))
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) > 60


@needs_glibc
def test_a_picture_that_is_kept_is_found():
    code = """
import leaks, numpy as np
kept = []
found = leaks.growth(lambda: kept.append(np.ones((40, 48, 3), np.uint8)), 60)
print(found["kept"] / found["calls"] / 5760, found["kept"] >= leaks.SPARE)
"""
    done = run("-c", code)
    assert done.returncode == 0, done.stderr
    pictures, seen = done.stdout.split()
    assert seen == "True"
    assert 1 <= float(pictures) < 1.2  # an array has a head, and the list grows


def test_every_public_function_is_an_entry_point():
    with entry_points.calls() as calls:
        called = {name.split(",")[0].split()[0] for name in calls}
    for module in entry_points.MODULES:
        left_out = entry_points.LEFT_OUT.get(module, {})
        for name in entry_points.functions(module):
            assert (f"{module}.{name}" in called) != (name in left_out), f"{module}.{name}"
    metrics = {name for name in called if name.startswith("harmonia.metrics.")}
    assert len(metrics) >= len(harmonia.list_metrics()) - 1  # lpips where it is installed
