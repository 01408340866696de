"""What methods cost. How long anything takes is not asserted."""

import json
import sys
from dataclasses import asdict, replace

import harmonia
import numpy as np
import pytest
from harmonia import datasets, evaluation, models
from harmonia.cli import main
from harmonia.evaluation import _memory, cost
from harmonia.evaluation._candidates import Candidate
from isas import SANITIZER
from kinds import torch
from miniatures import make_iharmony4

CORES = harmonia.get_num_threads()
THREADS = sorted({1, CORES})
reads_proc = pytest.mark.skipif(not _memory.STATUS.exists(), reason="reads /proc")
needs_torch = pytest.mark.skipif(torch is None, reason="torch is not installed")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("iharmony4")
    make_iharmony4(folder)
    return folder


def plan_of(root, methods, **options):
    return evaluation.plan(datasets.load("iharmony4", root, split="test"), methods, **options)


@pytest.fixture(scope="module")
def costs(root):
    plan = plan_of(root, ["composite", "mkl", "mine=reinhard"], size=48)
    return cost.measure_costs(plan, sizes=(32, 48), rounds=2)


def test_every_method_that_computes_has_a_cost_by_size_and_threads(costs):
    assert sorted(costs) == ["mine", "mkl"]
    for found in costs.values():
        places = [(one.size, one.threads) for one in found]
        assert places == [(size, threads) for size in (32, 48) for threads in THREADS]
        for one in found:
            assert 0 < one.ms_low <= one.ms <= one.ms_high
            assert (one.rounds, one.device, one.cores) == (2, "cpu", CORES)
            assert (one.parameters, one.macs, one.weights_mib) == (None, None, None)
            assert one.versions["numpy"] == np.__version__
    assert harmonia.get_num_threads() == CORES


def test_sizes_are_the_plans_own_unless_they_are_said(root):
    found = cost.measure_costs(plan_of(root, ["mkl"], size=40), rounds=1, samples=1)
    assert {one.size for one in found["mkl"]} == {40}
    with pytest.raises(ValueError, match="sizes must be at least 1, got 0"):
        cost.measure_costs(plan_of(root, ["mkl"]), sizes=(0,))
    with pytest.raises(ValueError, match="rounds must be at least 1, got 0"):
        cost.measure_costs(plan_of(root, ["mkl"]), rounds=0)


def test_methods_run_in_turns_and_slow_ones_in_fewer(monkeypatch):
    now, ran = 0.0, []
    monkeypatch.setattr(cost.time, "perf_counter", lambda: now)

    def calls(label, seconds):
        def call():
            nonlocal now
            now += seconds
            ran.append(label)

        return [call, call]

    given = {"a": calls("a", 1.0), "b": calls("b", 2.0), "slow": calls("slow", 3.0)}
    assert cost._in_turns(given, 5) == {"a": [1.0] * 5, "b": [2.0] * 5, "slow": [3.0] * 3}
    pictures = "".join(label[0] for label in ran[::2])
    assert pictures == "abs" + "abs" + "bsa" + "sab" + "ab" + "ba"


@reads_proc
@pytest.mark.skipif(SANITIZER is not None, reason="a sanitizer takes memory of its own")
@pytest.mark.parametrize("side", [1024, 2048])
def test_memory_is_what_a_picture_needs_and_not_what_was_there(side):
    """By the method `mkl` that is the output alone, and what code touches for the first time."""
    holds = np.ones(256 << 20, np.uint8)  # of this process, and nothing to the other
    image = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    mask = np.zeros((side, side), np.uint8)
    mask[: side // 2] = 255
    peak = _memory.peak_of(Candidate("mkl", "mkl"), image, mask, 1)
    output = image.nbytes / _memory.MIB
    assert holds[-1] == 1
    assert output <= peak < output + 8


@reads_proc
def test_a_process_that_fails_says_why(monkeypatch):
    wrong = Candidate("mine", "mkl", {"none": 1})
    with pytest.raises(RuntimeError, match=r"memory of mine .* 4 x 4: .*none"):
        _memory.peak_of(wrong, np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4), np.uint8), 1)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(RuntimeError, match="it ended with 1"):
        _memory.peak_of(
            Candidate("mkl", "mkl"), np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4), np.uint8), 1
        )


@needs_torch
def test_a_network_has_parameters_and_multiply_adds(root, tmp_path):
    from harmonia.nets._weights import architecture_of

    weights = tmp_path / "idih.pth"
    torch.save(architecture_of("idih").variants["256"]().state_dict(), weights)
    plan = plan_of(root, [Candidate("mine", "idih.256", {"weights": weights})], size=32)
    found = cost.measure_costs(plan, rounds=1, samples=1)["mine"]
    assert [one.parameters for one in found] == [8_301_284] * len(THREADS)
    assert [round(one.macs / 1e9, 2) for one in found] == [1.66] * len(THREADS)
    assert all(one.weights_mib * _memory.MIB >= 4 * one.parameters for one in found)
    assert found[0].versions["torch"] == torch.__version__


@pytest.mark.skipif(models.engine() != "onnx", reason="onnxruntime is not installed")
@pytest.mark.parametrize("options", [{}, {"backend": "onnx"}])
def test_the_network_that_ships_has_the_weights_of_its_model(root, options):
    plan = plan_of(root, [Candidate("mine", "harmonia", options)], size=32)
    found = cost.measure_costs(plan, rounds=1, samples=1)["mine"]
    size = models.file_of("harmonia", "onnx").stat().st_size / _memory.MIB
    assert [one.weights_mib for one in found] == [pytest.approx(size, rel=1e-4)] * len(THREADS)
    assert [(one.parameters, one.macs) for one in found] == [(None, None)] * len(THREADS)
    assert found[0].versions["onnxruntime"]


class Gpu:
    """What `nets._cost` tells of a GPU, of which there is none here."""

    def __init__(self):
        self.told = []

    def on_its_device(self, harmonizer, image, mask):
        return image.transpose(2, 0, 1), mask

    def wait(self, harmonizer):
        self.told.append("waited")


def test_a_picture_of_a_gpu_lies_there_and_is_waited_for():
    from harmonia.evaluation._running import Running

    gpu = Gpu()

    def harmonizer(image, mask):
        gpu.told.append(image.shape)
        return "out"

    picture = np.zeros((4, 5, 3), np.uint8), np.zeros((4, 5))
    call = Running(harmonizer, gpu, gpu="a GPU").call(*picture)
    assert gpu.told == []
    assert call() == "out"
    assert gpu.told == [(3, 4, 5), "waited"]


def test_a_file_of_costs_reads_back_and_keeps_what_was_measured_before(costs, tmp_path):
    cost.write_costs(tmp_path, costs)
    assert cost.read_costs(tmp_path) == costs
    again = replace(costs["mkl"][0], ms=7.0)
    other = replace(costs["mkl"][0], device="a GPU", peak_mib=None)
    cost.write_costs(tmp_path, {"mkl": [again, other]})
    found = cost.read_costs(tmp_path)
    assert found["mine"] == costs["mine"]
    before = [one for one in costs["mkl"][1:] if one.size == 32]
    after = [one for one in costs["mkl"] if one.size == 48]
    assert found["mkl"] == [again, *before, other, *after]
    told = json.loads((tmp_path / "cost.json").read_text())
    assert told["mkl"][0] == asdict(again)
    (tmp_path / "cost.json").write_text('{"mkl": [{"size": 3}]}')
    with pytest.raises(ValueError, match=r"cost\.json is damaged .*; remove it"):
        cost.read_costs(tmp_path)


def test_no_costs_are_none(tmp_path):
    assert cost.read_costs(tmp_path) == {}


def test_the_table_has_three_digits_and_says_what_it_was_measured_on(costs):
    one = replace(
        costs["mkl"][0],
        size=2048,
        ms=1234.5,
        ms_low=0.12345,
        ms_high=12.345,
        peak_mib=0.0,
        parameters=8_301_284,
        macs=1_660_000_000,
        hardware="A processor",
        cores=2,
        versions={"harmonia": "0.1.0"},
    )
    text = cost.markdown({"mine": [one, replace(one, device="a GPU", peak_mib=None)]})
    assert "| mine | 2048 | 1 | 1234 | 0.123 | 12.3 | 0 | 8.30 M | 1.66 G |" in text
    assert "| mine | 2048 | GPU | 1234 | 0.123 | 12.3 |  | 8.30 M | 1.66 G |" in text
    assert "Measured on A processor, 2 cores; harmonia 0.1.0." in text
    assert "Measured on A processor, 2 cores, a GPU; harmonia 0.1.0." in text


def test_the_command_shows_costs_after_the_scores(root, tmp_path, capsys):
    words = ["evaluate", "--dataset", "iharmony4", "--root", str(root), "-o", str(tmp_path / "r")]
    words += ["--methods", "composite,mkl", "--size", "32"]
    assert main([*words, "--timing", "--timing-sizes", "24,32"]) == 0
    table = capsys.readouterr().out.rpartition("\n\n")[2].splitlines()
    assert table[0].split()[:4] == ["method", "size", "threads", "ms"]
    sizes = [line.split()[:3] for line in table[1:]]
    assert sizes == [["mkl", str(n), str(threads)] for n in (24, 32) for threads in THREADS]
    assert set(cost.read_costs(tmp_path / "r")) == {"mkl"}
    assert main([*words, "--timing", "--timing-sizes", "24", "--json"]) == 0
    json.loads(capsys.readouterr().out)
    assert main([*words, "--timing-sizes", "24"]) == 2
    assert "--timing-sizes goes with --timing" in capsys.readouterr().err
