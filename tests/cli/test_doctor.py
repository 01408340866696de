"""harmonia doctor: what is here, and whether it works."""

import json
import os
import subprocess
import sys

import harmonia
from harmonia import _diagnosis, _packages, cli


def test_a_sound_installation_is_well(capsys):
    assert cli.main(["doctor"]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    for heading in ("packages", "image files", "learned data", "environment", "self-check"):
        assert f"\n{heading}\n" in shown.out
    assert shown.out.startswith(f"harmonia {harmonia.__version__}\n")
    assert "every byte as it was" in shown.out
    assert shown.out.endswith("all is well\n")


def test_json_says_the_same(capsys):
    assert cli.main(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    info = harmonia.build_info()
    assert found["instruction_set"] == info["isa"]
    assert found["instruction_sets"] == info["isas"]
    assert found["threads"] == info["threads"]
    assert found["cuda"] == info["cuda"]
    assert found["problems"] == []
    assert found["self_check"]["background_changed"] == 0
    assert {one["name"] for one in found["packages"]} >= {"numpy", "pillow", "torch"}


def test_what_is_not_installed_is_no_fault_and_has_its_cure(capsys, monkeypatch):
    found = {"numpy": "2.0", "pillow": "11.0", "onnxruntime": "1.20"}
    monkeypatch.setattr(_packages.Package, "version", property(lambda self: found.get(self.name)))
    assert cli.main(["doctor"]) == 0
    assert "pip install 'harmonia[torch]'" in capsys.readouterr().out


def test_a_missing_dependency_is_a_fault(capsys, monkeypatch):
    monkeypatch.setattr(_packages.Package, "version", None)
    assert cli.main(["doctor"]) == 1
    assert "broken: numpy is missing: pip install numpy" in capsys.readouterr().out


def test_a_changed_background_is_a_fault(capsys, monkeypatch):
    broken = _diagnosis.SelfCheck(1.0, "mkl", 3, 100)
    monkeypatch.setattr(_diagnosis, "self_check", lambda: broken)
    assert cli.main(["doctor", "--json"]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert problems == ["self-check: harmonize changed 3 bytes outside the mask"]


def test_a_variable_that_cannot_be_read_is_told_once_and_the_rest_still_shown():
    environment = os.environ | {"HARMONIA_NUM_THREADS": "many", "HARMONIA_THREADS": "2"}
    done = subprocess.run(
        [sys.executable, "-m", "harmonia", "doctor"],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
    )
    assert (done.returncode, done.stderr) == (1, "")
    broken = [line for line in done.stdout.splitlines() if line.startswith("broken: ")]
    assert len(broken) == 1
    assert "HARMONIA_NUM_THREADS must be a whole number" in broken[0]
    assert "numpy" in done.stdout
    (line,) = [line for line in done.stdout.splitlines() if "HARMONIA_THREADS" in line]
    assert line.endswith("unknown to harmonia")
