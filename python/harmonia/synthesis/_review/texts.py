"""The texts of a set as they were made, and its samples, rejected ones among them.

DIR/manifest.jsonl  DIR/IHD_train.txt  DIR/HCOCO/HCOCO_train.txt      without the rejected
DIR/rejected/...                                                      the same, whole, and files

The texts in DIR/rejected are copies from before anything was left out. What synthesis adds to the
set later shows in lines that they lack: then they are taken anew.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harmonia import _json
from harmonia.synthesis._iharmony4 import IHarmony4Layout
from harmonia.synthesis._set_files import MANIFEST

REJECTED = "rejected"
FILES = ("composite", "mask", "real")


@dataclass(frozen=True, slots=True)
class Member:
    """A sample of the set: its files by their paths in it, and what the manifest says of it."""

    name: str
    files: tuple[str, str, str]
    row: Mapping[str, Any]


def texts(root: Path) -> dict[str, list[str]]:
    """The lines of the manifest and of every list, by path within the set, as they were made."""
    found = {}
    for path in sorted(_paths(root)):
        name = path.relative_to(root).as_posix()
        now = _lines(path)
        kept = root / REJECTED / name
        before = _lines(kept) if kept.is_file() else []
        found[name] = before if set(now) <= set(before) else now
    return found


def members(root: Path, found: Mapping[str, list[str]]) -> list[Member]:
    """The samples in the order of the manifest, or of the lists where there is none."""
    rows = _rows(root, found)
    listed: dict[str, Member] = {}
    for row in rows:
        name, files = str(row["name"]), (str(row[kind]) for kind in FILES)
        composite, mask, real = files
        if name in listed:
            raise ValueError(f"{root}: two composites have the name {name}; decisions go by names")
        if whereabouts(root, composite) is not None:
            listed[name] = Member(name, (composite, mask, real), row)
    return list(listed.values())


def whereabouts(root: Path, file: str) -> str | None:
    """Where a file of the set is: in its place or among the rejected. None where it is not."""
    for name in (file, f"{REJECTED}/{file}"):
        if (root / name).is_file():
            return name
    return None


def name_in(text: str, line: str) -> str:
    """The composite that a line of the manifest or of a list is about."""
    if text == MANIFEST:
        return str(json.loads(line)["name"])
    return Path(line.split("\t")[0].strip()).stem


def _rows(root: Path, found: Mapping[str, list[str]]) -> Iterator[Mapping[str, Any]]:
    if MANIFEST in found:
        for number, line in enumerate(found[MANIFEST], start=1):
            try:
                row = _json.parse(line)
                if not {"name", *FILES} <= row.keys():
                    raise ValueError(f"it needs {', '.join(('name', *FILES))}")
            except (ValueError, AttributeError) as error:
                raise ValueError(f"{root / MANIFEST}: line {number}: {error}") from None
            yield row
        return
    layout = IHarmony4Layout()
    for split in ("train", "test"):
        for line in found.get(f"IHD_{split}.txt", ()):
            path = Path(line.strip())
            if not path.stem:
                continue
            folder = path.parent.parent
            yield {
                "name": path.stem,
                "subset": folder.as_posix(),
                "split": split,
                "composite": path.as_posix(),
                "mask": (folder / "masks" / f"{layout.mask(path.stem)}.png").as_posix(),
                "real": (folder / "real_images" / f"{layout.real(path.stem)}.jpg").as_posix(),
            }


def _paths(root: Path) -> Iterator[Path]:
    if not root.is_dir():
        raise NotADirectoryError(f"review: there is no folder {root}")
    there = [root / MANIFEST] if (root / MANIFEST).is_file() else []
    lists = [path for path in root.glob("*.txt") if path.is_file()]
    if not there and not any(path.name in ("IHD_train.txt", "IHD_test.txt") for path in lists):
        raise FileNotFoundError(
            f"{root} holds neither {MANIFEST} nor IHD_train.txt or IHD_test.txt; pass the folder "
            "that harmonia synthesize wrote"
        )
    yield from there
    yield from lists
    for path in root.glob("*/*.txt"):
        if path.parent.name != REJECTED:
            yield path


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line]
