"""A miniature of iHarmony4, and what an evaluation of it by threads writes."""

import elsewhere
import pytest
from harmonia import evaluation
from miniatures import make_iharmony4


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Nobody writes into it."""
    folder = tmp_path_factory.mktemp("iharmony4")
    make_iharmony4(folder)
    return folder


@pytest.fixture(scope="module")
def here(root, tmp_path_factory):
    """The part files of threads in this process."""
    folder = tmp_path_factory.mktemp("results") / "here"
    evaluation.evaluate_dataset(elsewhere.plan_of(root), folder)
    return elsewhere.parts(folder)
