"""Where matplotlib is not installed, figures say what brings it, and all else works."""

import sys

import pytest
from harmonia.evaluation import figures


def test_its_absence_is_an_error_with_the_cure(results, samples, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for draw in (lambda: figures.grid(samples), lambda: figures.scatter(results)):
        with pytest.raises(
            ImportError, match=r"need matplotlib; pip install 'harmonia\[figures\]'"
        ):
            draw()
