"""A folder of results says where its samples and candidates came from, and becomes a plan again."""

import shutil

import harmonia
import numpy as np
import pytest
from harmonia import datasets, evaluation
from harmonia.evaluation._parts import OtherRun
from miniatures import make_iharmony4


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ihd") / "data"
    make_iharmony4(folder)
    return folder


def measured(root, folder, methods=("composite", "fast=mean_shift"), limit=4):
    dataset = datasets.load("iharmony4", root, split="test")[1 : 1 + limit]
    plan = evaluation.plan(dataset, methods, protocol="dovenet", shard_size=3)
    evaluation.evaluate_dataset(plan, folder, workers=1)
    return plan


def test_a_folder_of_results_gives_its_plan_again(root, tmp_path):
    plan = measured(root, tmp_path)
    again = evaluation.reopen(tmp_path)
    assert again.identity() == plan.identity()
    assert again.candidates == plan.candidates
    assert again.dataset.lines == plan.dataset.lines
    assert np.array_equal(again.dataset[2].composite, plan.dataset[2].composite)


def test_a_dataset_that_was_moved_is_found_by_its_new_root(root, tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    shutil.copytree(root, old)
    results = tmp_path / "results"
    measured(old, results)
    old.rename(new)
    with pytest.raises(NotADirectoryError, match=r"root: there is no folder .*old; pass that of"):
        evaluation.reopen(results)
    assert evaluation.reopen(results, root=new).dataset[0].name == "c35030_434421_2"


def test_candidates_of_later_runs_are_there_too(root, tmp_path):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for path in (root / "HCOCO" / "composite_images").iterdir():
        harmonia.io.write(pictures / f"{path.stem}.png", harmonia.io.read(path).pixels)
    measured(root, tmp_path / "results", limit=2)
    measured(root, tmp_path / "results", methods=[f"given={pictures}"], limit=2)
    again = evaluation.reopen(tmp_path / "results")
    assert [each.label for each in again.candidates] == ["composite", "fast", "given"]
    assert again.candidates[2].folder == pictures


def test_samples_of_a_program_are_not_found_again(root, tmp_path):
    dataset = datasets.load("iharmony4", root, split="test")
    dataset.origin = None
    evaluation.evaluate_dataset(evaluation.plan(dataset, ["composite"]), tmp_path, workers=1)
    with pytest.raises(ValueError, match=r"did not come from datasets\.load"):
        evaluation.reopen(tmp_path)


def test_other_samples_than_were_measured_are_refused(root, tmp_path):
    measured(root, tmp_path)
    lines = tmp_path / "origin" / "samples.txt"
    lines.write_text(lines.read_text().replace("c35030_434421_2", "c35030_434421_1"))
    with pytest.raises(OtherRun, match="another list"):
        evaluation.reopen(tmp_path)


def test_a_protocol_at_another_size_is_found_again(root, tmp_path):
    dataset = datasets.load("iharmony4", root, split="test")[:2]
    plan = evaluation.plan(dataset, ["composite"], protocol="dovenet", size=48)
    evaluation.evaluate_dataset(plan, tmp_path, workers=1)
    assert evaluation.reopen(tmp_path).protocol == plan.protocol
