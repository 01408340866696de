"""Names of files: which are used, which are there, and what is there instead of a missing one."""

import functools
import hashlib
import os
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from harmonia._image_files import SUFFIXES
from harmonia._pairs import files as pictures_below
from harmonia.datasets._sample import Entry
from harmonia.datasets._verify.report import Finding

Digests = np.ndarray[Any, Any]

FOLDERS = 64  # whose names are kept at a time


class Used:
    """Files that entries name, eight bytes each, so that millions fit."""

    def __init__(self, root: Path) -> None:
        self._root = os.fspath(root)
        self._stems = array("Q")
        self._folders: dict[str, set[str]] = {"composite": set(), "mask": set(), "real": set()}

    def add(self, entry: Entry) -> None:
        for role, path in files_of(entry):
            name = self.relative(path)
            self._stems.append(digest(_stem(name)))
            self._folders[role].add(_folder(name))

    def relative(self, path: Path) -> str:
        return relative(path, self._root)

    def known(self) -> Digests:
        """The names without suffixes, in small letters: one that is there with another suffix, or
        in capitals, is said of the entry that misses it."""
        return np.unique(np.frombuffer(self._stems, np.uint64)) if self._stems else np.empty(0)

    def top(self) -> str:
        """The folder that holds all others: that of HAdobe5k, where it was read from above it."""
        folders = [folder for found in self._folders.values() for folder in found]
        above = os.path.commonpath(folders) if folders and "" not in folders else ""
        return "" if above.startswith("..") else Path(above).as_posix().removeprefix(".")

    def role_of(self, name: str) -> str:
        """That of the files it lies among; "" where none of the dataset's do."""
        folder = _folder(name)
        roles = [role for role, folders in self._folders.items() if folder in folders]
        return roles[0] if len(roles) == 1 else ""


def _stem(name: str) -> str:
    return name.rpartition(".")[0].lower()


def _folder(name: str) -> str:
    return name.rpartition("/")[0]


def relative(path: Path, root: str) -> str:
    """A name below the root, with slashes; also of what lies beside it, since lists may say ../."""
    text, above = path.as_posix(), f"{Path(root).as_posix()}/"
    if text.startswith(above) and ".." not in text:  # as most are; the rest takes ten times as long
        return text[len(above) :]
    return Path(os.path.normpath(os.path.relpath(path, root))).as_posix()


def files_of(entry: Entry) -> Iterator[tuple[str, Path]]:
    yield "composite", entry.composite
    yield "mask", entry.mask
    if entry.real is not None:
        yield "real", entry.real


def digest(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def is_in(key: int, ascending: Digests) -> bool:
    at = int(np.searchsorted(ascending, np.uint64(key)))
    return at < len(ascending) and int(ascending[at]) == key


SAID = {
    "composite": ("unlisted", "no list names it"),
    "mask": ("unused-mask", "no composite in the lists has this mask"),
    "real": ("unused-real", "no composite in the lists has this real"),
    "": ("stray", "the dataset has no pictures here"),
}


def extra(root: Path, used: Used) -> Iterator[Finding]:
    """Pictures that no list leads to, below the folder in which all of the dataset's lie."""
    known, top = used.known(), used.top()
    for below in pictures_below(root / top):
        name = f"{top}/{below}" if top else below
        if not is_in(digest(_stem(name)), known):
            kind, said = SAID[used.role_of(name)]
            yield Finding(kind, name, said)


def missing(path: Path, name: str, role: str) -> Finding:
    """What to say of a file that is not there."""
    there = _names_in(path.parent)
    same_stem = _stems_in(path.parent).get(path.stem)
    if (other := there.get(path.name.lower())) is not None:
        return Finding("other-case", name, f"the {role} is called {other} here")
    if same_stem is not None:
        return Finding("other-suffix", name, f"there is no such {role}, but {same_stem}")
    return Finding("missing", name, f"there is no such {role}")


@functools.lru_cache(maxsize=FOLDERS)
def _names_in(folder: Path) -> dict[str, str]:
    """The names in a folder by their small letters."""
    return {name.lower(): name for name in sorted(_listed(folder))}


@functools.lru_cache(maxsize=FOLDERS)
def _stems_in(folder: Path) -> dict[str, str]:
    found = (Path(name) for name in sorted(_listed(folder)))
    return {path.stem: path.name for path in found if path.suffix.lower() in SUFFIXES}


def _listed(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []


def forget_folders() -> None:
    """Folders change between two calls."""
    _names_in.cache_clear()
    _stems_in.cache_clear()
