"""A set of composites: in its layout, the same to the byte however it was made."""

import json

import coloured
import harmonia
import numpy as np
import pytest
from harmonia.synthesis import synthesize


@pytest.fixture
def source(tmp_path):
    return coloured.fill(tmp_path / "in")


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def make(source, output, **options):
    return synthesize(coloured.prepare, source, output, **options)


def test_the_set_reads_as_iharmony4(source, tmp_path):
    report = make(source, tmp_path / "out")
    assert (report.tasks, report.composites, report.written) == (16, 16, 16)
    splits = {
        split: harmonia.datasets.load("iharmony4", tmp_path / "out", split=split)
        for split in ("train", "test")
    }
    assert [len(splits[split]) for split in ("train", "test")] == [12, 4]
    first = splits["test"][0]
    assert (first.name, first.subset, first.notes) == ("f1_1_1", "HFlickr", ())
    assert first.composite.shape == first.real.shape == (40, 56, 3)
    assert first.mask.dtype == np.uint8
    assert np.array_equal(first.mask, harmonia.io.read_mask(source / "000_mask.png").mask)


@pytest.mark.parametrize("options", [{}, {"refused": 0.7, "count": 9, "seed": 3}])
def test_bytes_do_not_depend_on_the_workers(source, tmp_path, options):
    make(source, tmp_path / "one", workers=1, **options)
    make(source, tmp_path / "four", workers=4, **options)
    assert contents(tmp_path / "one") == contents(tmp_path / "four")
