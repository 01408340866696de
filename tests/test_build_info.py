"""What the build says of itself, and the two environment variables."""

import os
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version

import harmonia
import pytest
from isas import ISAS, forced, threads


def run(code, **environment):
    """A fresh interpreter, as the variables are read once."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_build_info_says_what_runs():
    info = harmonia.build_info()
    assert list(info) == ["version", "compiler", "isa", "isas", "threads", "cuda"]
    assert info["version"] == harmonia.__version__
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", info["version"])
    assert info["compiler"].split()[0] in ("gcc", "clang", "msvc")
    assert info["isas"][0] == "baseline"
    assert info["isa"] in info["isas"]
    assert set(info["isas"]) <= {"baseline", "avx2", "avx512"}
    assert info["threads"] == harmonia.get_num_threads()


def test_the_version_is_that_of_the_installed_package():
    try:
        installed = version("harmonia")
    except PackageNotFoundError:
        pytest.skip("harmonia is on the path without being installed")
    assert harmonia.__version__ == installed


def test_cuda_is_there_or_says_why_not():
    cuda = harmonia.build_info()["cuda"]
    assert list(cuda) == ["available", "reason"]
    assert isinstance(cuda["available"], bool)
    assert bool(cuda["reason"]) is not cuda["available"]


def test_forced_instruction_set_and_threads_show():
    for isa in ISAS:
        with forced(isa):
            assert harmonia.build_info()["isa"] == isa
    for count in (1, 3):
        with threads(count):
            assert harmonia.build_info()["threads"] == harmonia.get_num_threads() == count


def test_results_are_fresh():
    harmonia.build_info()["isas"].clear()
    assert harmonia.build_info()["isas"] == list(ISAS)


@pytest.mark.parametrize("isa", ISAS)
def test_harmonia_isa_chooses_the_instruction_set(isa):
    done = run("import harmonia; print(harmonia.build_info()['isa'])", HARMONIA_ISA=isa)
    assert (done.stdout.strip(), done.stderr) == (isa, "")


def test_a_wrong_harmonia_isa_lists_the_right_ones():
    code = "import harmonia, numpy\nharmonia.harmonize(*harmonia.example())"
    done = run(code, HARMONIA_ISA="sse9")
    assert done.returncode != 0
    choices = f"HARMONIA_ISA must be one of {', '.join(ISAS)} on this processor, got 'sse9'"
    assert done.stderr.strip().splitlines()[-1] == f"ValueError: {choices}"


def test_harmonia_num_threads_sets_the_number():
    done = run("import harmonia; print(harmonia.get_num_threads())", HARMONIA_NUM_THREADS="3")
    assert (done.stdout.strip(), done.stderr) == ("3", "")


@pytest.mark.parametrize("wrong", ["0", "-1", "two", "3.5", "9999"])
def test_a_wrong_harmonia_num_threads_says_what_is_right(wrong):
    done = run("import harmonia; harmonia.get_num_threads()", HARMONIA_NUM_THREADS=wrong)
    sentence = f"HARMONIA_NUM_THREADS must be a whole number from 1 to 1024, got '{wrong}'"
    assert done.stderr.strip().splitlines()[-1] == f"ValueError: {sentence}"


def test_by_default_all_usable_cores_work():
    done = run("import harmonia; print(harmonia.get_num_threads())", HARMONIA_NUM_THREADS="")
    assert 1 <= int(done.stdout) <= (os.cpu_count() or 1)
