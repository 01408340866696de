"""Pictures and their masks in folders, paired by their names."""

import os
from collections.abc import Iterator
from pathlib import Path

from harmonia._image_files import SUFFIXES

PICTURES = ("images", "composites")
MASKS = "masks"
ENDINGS = ("_mask", ".mask")  # of the stem of a mask that lies beside its picture

# Root, name, mask and problem of each picture; masks that are of none.
Pairs = tuple[list[tuple[Path, str, str, str]], list[str]]


def paired(source: Path, *, masks: Path | None = None, leave_out: Path | None = None) -> Pairs:
    """The pictures of a folder in the order of their names, each with its mask, and masks of none.

    Masks are named as their pictures in the folder `masks`, or all without the last `_part`, as in
    iHarmony4; or NAME_mask.png lies beside NAME.jpg; or the folder holds the folders images and
    masks. `leave_out` is a folder that does not count.
    """
    if masks is not None:
        pairs, unused = _apart(source, masks, leave_out)
    else:
        pairs, unused = _in_sub_folders(source, leave_out) or _beside(source, leave_out)
    if not pairs:
        raise FileNotFoundError(
            f"{source} holds no pictures ({', '.join(SUFFIXES)})"
            + (f", only masks such as {unused[0]}" if unused else "")
        )
    if all(problem for *_, problem in pairs):
        cure = (
            "lay NAME_mask.png beside NAME.png, or pass masks="
            if masks is None
            else f"call those in {masks} as the pictures"
            + (f", not {Path(unused[0]).name}" if unused else "")
        )
        raise FileNotFoundError(
            f"{source}: found {_count(len(pairs), 'picture')} such as {pairs[0][1]}, and no mask "
            f"for any; {cure}"
        )
    return pairs, unused


def files(root: Path, leave_out: Path | None = None) -> Iterator[str]:
    """Names of the pictures below a folder, relative to it, in order; hidden ones are left out."""
    without = None if leave_out is None else os.path.realpath(leave_out)
    seen: set[str] = set()  # links may lead in circles
    for folder, below, names in os.walk(root, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen or (real == without and folder != os.fspath(root)):
            below.clear()
            continue
        seen.add(real)
        below[:] = sorted(name for name in below if not name.startswith("."))
        start = Path(os.path.relpath(folder, root)).as_posix()
        for name in sorted(names):
            if not name.startswith(".") and _suffix(name) in SUFFIXES:
                yield name if start == "." else f"{start}/{name}"


def _beside(source: Path, leave_out: Path | None) -> Pairs:
    pictures: dict[str, list[str]] = {}
    masks: dict[str, list[str]] = {}
    for name in files(source, leave_out):
        stem = _stem(name)
        ending = next((ending for ending in ENDINGS if stem.endswith(ending)), None)
        if ending is None:
            pictures.setdefault(stem, []).append(name)
        else:
            masks.setdefault(stem.removesuffix(ending), []).append(name)
    return _paired(source, pictures, source, masks, "NAME_mask or NAME.mask beside it")


def _in_sub_folders(source: Path, leave_out: Path | None) -> Pairs | None:
    if not (source / MASKS).is_dir():
        return None
    there = [name for name in PICTURES if (source / name).is_dir()]
    if not there:
        return None
    if len(there) > 1:
        raise ValueError(
            f"{source} has the folders {' and '.join(there)}, and one of them goes with {MASKS}; "
            f"name {source / there[0]}, and pass masks={source / MASKS}"
        )
    own = [path.name for path in source.iterdir() if _suffix(path.name) in SUFFIXES]
    if own:
        raise ValueError(
            f"{source} holds pictures such as {sorted(own)[0]} and the folders {there[0]} and "
            f"{MASKS}; pass masks=, or name the folder {source / there[0]}, to say which are meant"
        )
    return _apart(source / there[0], source / MASKS, leave_out)


def _apart(source: Path, folder: Path, leave_out: Path | None) -> Pairs:
    inside = os.path.realpath(folder)
    pictures: dict[str, list[str]] = {}
    masks: dict[str, list[str]] = {}
    for name in files(source, leave_out):
        if not Path(os.path.realpath(source / name)).is_relative_to(inside):
            pictures.setdefault(_stem(name), []).append(name)
    for name in files(folder):
        masks.setdefault(_stem(name), []).append(name)
    if not masks.keys() & pictures.keys():
        masks = _of_shorter_names(pictures, masks)
    return _paired(source, pictures, folder, masks, f"{folder} has none of its name")


def _of_shorter_names(
    pictures: dict[str, list[str]], masks: dict[str, list[str]]
) -> dict[str, list[str]]:
    """The masks by their pictures where c1_2.png is that of c1_2_1.jpg and of c1_2_2.jpg."""
    shorter = {stem: stem.rpartition("_")[0] for stem in pictures}
    own = {stem: masks[name] for stem, name in shorter.items() if name in masks}
    named = set(shorter.values())
    return own | {stem: names for stem, names in masks.items() if stem not in named}


def _paired(
    source: Path,
    pictures: dict[str, list[str]],
    folder: Path,
    masks: dict[str, list[str]],
    wanted: str,
) -> Pairs:
    pairs = []
    for stem, names in pictures.items():
        its = masks.pop(stem, [])
        if len(its) > 1:
            raise ValueError(
                f"{source / names[0]} has {len(its)} masks, {' and '.join(its)}; leave one, or say "
                "in a manifest which is meant"
            )
        if len(names) > 1 and its:
            raise ValueError(
                f"{folder / its[0]} may be the mask of {' or '.join(names)}; leave one, or say in "
                "a manifest which is meant"
            )
        for name in names:
            if its:
                pairs.append((source, name, os.fspath(folder / its[0]), ""))
            else:
                pairs.append((source, name, "", f"has no mask ({wanted})"))
    unused = [os.fspath(folder / name) for names in masks.values() for name in names]
    return sorted(pairs, key=lambda pair: pair[1]), unused


def _stem(name: str) -> str:
    return os.fspath(Path(name).with_suffix(""))


def _suffix(name: str) -> str:
    stem, dot, suffix = name.rpartition(".")  # a Path takes ten times as long
    return f".{suffix.lower()}" if stem and dot else ""


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
