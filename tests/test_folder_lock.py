"""One process at a time in a folder."""

import subprocess
import sys
from pathlib import Path

import pytest
from harmonia._folder_lock import locked

HOLD = """
import sys
from pathlib import Path
from harmonia._folder_lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / ".lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_the_lock_is_there_while_it_is_held(tmp_path):
    path = tmp_path / ".lock"
    for _ in range(2):
        with locked(path):
            assert path.exists()
        assert not path.exists()


def test_who_comes_second_is_refused(tmp_path, holder):
    with pytest.raises(BlockingIOError, match="in use by another process") as caught:
        locked(tmp_path / ".lock").__enter__()
    assert str(tmp_path) in str(caught.value)
    holder.communicate("")  # ends in order
    with locked(tmp_path / ".lock"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_holds_nothing(tmp_path, holder):
    holder.kill()
    holder.wait()
    assert (tmp_path / ".lock").exists()
    with locked(tmp_path / ".lock"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_lock_file_that_goes_while_it_is_opened_is_made_anew(tmp_path, monkeypatch):
    """Between opening and locking, the one before may give the lock back and remove its file."""
    from harmonia import _folder_lock

    real, removed = _folder_lock._lock, []

    def lock(descriptor: int, path: Path) -> None:
        if not removed:
            path.unlink()
            removed.append(path)
        real(descriptor, path)

    monkeypatch.setattr(_folder_lock, "_lock", lock)
    with locked(tmp_path / ".lock"):
        assert (tmp_path / ".lock").exists()
    assert removed
