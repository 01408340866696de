"""One process at a time in a folder: a lock that the system takes back when the process ends."""

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

_held: set[int] = set()


def _let_go() -> None:
    while _held:
        os.close(_held.pop())


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock that `path` stands for, a file that goes when it is given back.

    Where another process holds it, this is a `BlockingIOError`. What `kill -9` leaves of it is only
    the file, which the next one takes over. Processes that are forked meanwhile hold nothing, so
    that the lock does not outlive its holder in them.
    """
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _lock(descriptor, path)
            # Who held it before may have removed the file since it was opened here.
            if _is_still_at(descriptor, path):
                break
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
    _held.add(descriptor)
    try:
        yield
    finally:
        if descriptor in _held:  # not so in a fork that comes back here
            _held.remove(descriptor)
            _give_back(descriptor, path)


def _give_back(descriptor: int, path: Path) -> None:
    if os.name == "posix":
        path.unlink(missing_ok=True)
    os.close(descriptor)
    if os.name != "posix":  # an open file cannot be removed there
        with contextlib.suppress(OSError):
            path.unlink()


def _is_still_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, path: Path) -> None:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            raise BlockingIOError(f"{path.parent} is in use by another process") from None

else:
    import fcntl

    def _lock(descriptor: int, path: Path) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BlockingIOError(f"{path.parent} is in use by another process") from None
        except OSError as error:  # a file system without locks
            warnings.warn(
                f"{path.parent} cannot be locked ({error.strerror}); see that no other process "
                "writes to it",
                RuntimeWarning,
                stacklevel=4,
            )
