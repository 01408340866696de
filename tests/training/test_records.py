"""Tables to which rows are added, whatever was cut off while it was written."""

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia.training._records import Table, read  # noqa: E402 (needs torch)

ROWS = [{"step": step, "loss": step / 3} for step in range(1, 4)]


@pytest.fixture
def whole(tmp_path):
    table = Table(tmp_path / "whole.csv", since=0)
    for row in ROWS:
        table.add(row)
    return (tmp_path / "whole.csv").read_bytes()


def test_a_table_goes_on_wherever_it_was_cut_off(tmp_path, whole):
    path = tmp_path / "log.csv"
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        done = len(read(path))
        table = Table(path, since=done)
        for row in ROWS[done:]:
            table.add(row)
        assert path.read_bytes() == whole


def test_rows_after_the_step_that_it_goes_on_from_are_removed(tmp_path, whole):
    path = tmp_path / "log.csv"
    path.write_bytes(whole)
    Table(path, since=1)
    assert [row["step"] for row in read(path)] == ["1"]
    assert float(read(path)[0]["loss"]) == 1 / 3
