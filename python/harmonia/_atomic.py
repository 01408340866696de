"""Files that are there whole or not at all."""

import contextlib
import errno
import os
import re
import secrets
import stat
from collections.abc import Collection, Iterator
from pathlib import Path

KEPT = 40  # letters of a name in that of its unfinished file
UNFINISHED = re.compile(r"\.(.+)\.[0-9a-f]{16}", re.DOTALL)


def write(path: Path, data: bytes, *, overwrite: bool = True, durable: bool = True) -> None:
    """Put `data` where `open(path, "wb")` would, in one step, with the mode bits it would have.

    Without `overwrite` a file that is there is a `FileExistsError`, also one that comes meanwhile.

    The bytes go to a new file in the same folder, reach the disk, and take the name then. Whatever
    stops this on the way leaves the old file as it was.

    Without `durable` nothing waits for the disk, which takes several times as long as the rest:
    then it holds for a process that is killed, and not for a power cut.
    """
    fresh_one = fresh_file(path, overwrite=overwrite, durable=durable)
    with fresh_one as fresh, fresh.open("wb") as file:
        file.write(data)


@contextlib.contextmanager
def fresh_file(path: Path, *, overwrite: bool = True, durable: bool = True) -> Iterator[Path]:
    """An empty new file in the same folder, to be filled; at the end it becomes `path`, as `write`.

    An exception removes it instead.
    """
    target = Path(os.path.realpath(path))  # a link stays, what it points at is replaced
    mode = _mode_of(target)
    fresh = target.with_name(f".{target.name[:KEPT]}.{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        os.close(os.open(fresh, flags, 0o666))  # the system takes the umask off
    except OSError as error:  # by the name that was asked for
        raise OSError(error.errno, error.strerror, str(target)) from None
    try:
        if mode is not None:
            fresh.chmod(mode)
        yield fresh
        if durable:
            _sync_file(fresh)
        if overwrite:
            fresh.replace(target)
        else:
            _take_free_name(fresh, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()
        raise
    if durable:
        _sync_folder(target.parent)


def remove_unfinished(folder: Path, names: Collection[str]) -> None:
    """Remove what writers of these files left in a folder who were killed.

    Only where nobody writes them now.
    """
    kept = {name[:KEPT] for name in names}
    try:
        there = [entry.name for entry in os.scandir(folder)]
    except FileNotFoundError:
        return
    for name in there:
        match = UNFINISHED.fullmatch(name)
        if match and match[1] in kept:
            (folder / name).unlink(missing_ok=True)


def _take_free_name(fresh: Path, target: Path) -> None:
    try:
        os.link(fresh, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links: what comes between these two lines is lost
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        fresh.replace(target)
    else:
        fresh.unlink()


def _mode_of(target: Path) -> int | None:
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(f"{target} is a folder")
    if not stat.S_ISREG(mode):
        raise OSError(f"{target} is no regular file")
    if not os.access(target, os.W_OK):
        raise PermissionError(f"{target} is write-protected")
    return stat.S_IMODE(mode)


def _sync_file(file: Path) -> None:
    descriptor = os.open(file, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # elsewhere a folder cannot be opened
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return  # one may be allowed to write there and not to read
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
