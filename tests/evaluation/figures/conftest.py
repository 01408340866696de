"""Results of a dataset in little to draw figures of."""

import pytest
from harmonia import datasets, evaluation
from harmonia.evaluation import figures
from miniatures import make_iharmony4

METHODS = ("composite", "reinhard", "fast=mean_shift")


@pytest.fixture(scope="package")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("ihd")
    make_iharmony4(root / "data")
    dataset = datasets.load("iharmony4", root / "data", split="test")
    plan = evaluation.plan(dataset, METHODS, metrics=("mse", "psnr", "fmse"), size=256)
    found = evaluation.evaluate_dataset(plan, root / "results", workers=1)
    assert found.is_whole, found.failures
    return root / "results"


@pytest.fixture(scope="package")
def plan(folder):
    return evaluation.reopen(folder)


@pytest.fixture(scope="package")
def results(folder):
    return evaluation.Results(folder)


@pytest.fixture(scope="package")
def samples(plan, results):
    return figures.look(plan, [0, 3, 5], results=results)
