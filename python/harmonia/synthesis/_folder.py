"""The folder of a set when a run opens it: of which set it is, and what is there of it."""

import contextlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from harmonia import _atomic
from harmonia.synthesis import _journal, _set_files
from harmonia.synthesis._journal import Done, Key, Missed, Record
from harmonia.synthesis._set_files import Files

CURE = "choose another folder, or pass overwrite=True to remove what is there"


def opened(root: Path, anew: Record, *, overwrite: bool) -> Record:
    """The journal of the set, which is `anew` where nothing has been made yet. A set that was made
    otherwise, or anything else, is refused.
    """
    found = _journal.read(root)
    if found is not None and found.settings == anew.settings:
        return found
    if found is None:
        _check_empty(root)
    elif overwrite:
        _remove(root, found)
    else:
        raise ValueError(f"{root} {_differs(found.settings, anew.settings)}; {CURE}")
    _journal.write(root, anew)
    return _journal.read(root) or anew


def sweep(root: Path, files: Iterable[str]) -> None:
    """Remove what was left half-written of some files, and of those that every set has."""
    names: dict[Path, set[str]] = {root: {_journal.NAME, *_set_files.BESIDE}}
    for file in files:
        path = root / file
        names.setdefault(path.parent, set()).add(path.name)
    for folder, there in names.items():
        _atomic.remove_unfinished(folder, there)


def states(
    root: Path, record: Record, files: Mapping[Key, Files], folders: Iterable[Path]
) -> dict[Key, Done | Missed]:
    """What became of tasks, but for those whose files are missing or cut short."""
    sizes = _set_files.sizes_in(root, folders)

    def is_there(key: Key, state: Done | Missed) -> bool:
        return isinstance(state, Missed) or all(
            sizes.get(name) == size
            for name, size in zip(files[key], state.written.sizes, strict=True)
        )

    return {
        key: state for key, state in record.tasks.items() if key in files and is_there(key, state)
    }


def _check_empty(root: Path) -> None:
    for entry in sorted(path.name for path in root.iterdir()):
        if entry != _journal.LOCK and not entry.startswith(f".{_journal.NAME}."):
            raise FileExistsError(
                f"{root} holds {entry}, which no synthesis made; choose another folder"
            )


def _remove(root: Path, record: Record) -> None:
    """All that runs with this journal made; the journal goes last, so that this can go on."""
    for folder in map(root.joinpath, record.folders):
        for pattern in ("*.jpg", "*.png", ".*.????????????????"):
            for path in folder.glob(pattern):
                path.unlink(missing_ok=True)
    for name in (*record.lists, *_set_files.BESIDE):
        (root / name).unlink(missing_ok=True)
    for folder in map(Path, record.folders):
        for empty in (folder, folder.parent):
            if empty != Path():
                with contextlib.suppress(OSError):
                    (root / empty).rmdir()
    (root / _journal.NAME).unlink(missing_ok=True)


def _differs(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    before, now = _flat(before), _flat(now)
    for key in dict.fromkeys((*now, *before)):
        if key != "tasks" and before.get(key) != now.get(key):
            return f"was made with {key} {before.get(key)!r} and not {now.get(key)!r}"
    return "was made of other sources than there are now"


def _flat(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Each option and each filter by itself."""
    found = {key: value for key, value in settings.items() if not isinstance(value, Mapping)}
    for one, many in (("option", "options"), ("filter", "filters")):
        found |= {f"{one} {name}": value for name, value in settings.get(many, {}).items()}
    return found
