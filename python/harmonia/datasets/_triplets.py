"""Composites, masks and reals in folders of anyone's, put together by their names."""

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from harmonia._image_files import SUFFIXES
from harmonia._pairs import ENDINGS, files
from harmonia.datasets._sample import Entry

# What folders are called, in any case of letters.
COMPOSITES = (
    *("composite_images", "composites", "composite", "comp", "predict_images"),
    *("images", "image", "inputs", "input"),
)
MASKS = ("masks", "mask", "foreground_masks", "predict_masks")
REALS = (
    *("real_images", "reals", "real", "targets", "target"),
    *("ground_truth", "ground-truth", "groundtruth", "gt"),
)
OF_REALS = ("_real", ".real", "_gt", "_target")  # endings of a real beside its composite


class Folders(NamedTuple):
    """Where composites, masks and reals lie; no folder of masks where they lie beside."""

    composites: Path
    masks: Path
    reals: Path | None


def line_of(
    name: str,
    composite: str,
    mask: str,
    real: str | None = None,
    subset: str = "",
    extras: Mapping[str, Any] | None = None,
) -> str:
    """A sample as a line of text, from which `entry_of` makes its entry."""
    return json.dumps([name, composite, mask, real, subset, extras or {}], ensure_ascii=False)


def entry_of(root: Path, line: str) -> Entry:
    """Paths in the line are relative to `root`."""
    name, composite, mask, real, subset, extras = json.loads(line)
    real = None if real is None else root / real
    return Entry(name, root / composite, root / mask, real, subset, extras)


def entries_below(root: Path) -> Callable[[str], Entry]:
    return functools.partial(entry_of, root)


def lines_below(
    root: Path, *, named: Mapping[str, str | None], with_reals: bool = True, where: str
) -> list[str]:
    """The samples of a folder as lines, in the order of their names.

    `named` may say which folders are the composites, masks and reals. Without, they are sub-folders
    of usual names, in `root` or in each of its folders, which are sub-datasets then; or each sample
    is a folder of the files composite, mask and real; or the files lie beside each other.
    """
    folders = _folders(root, named, where)
    if folders is not None:
        return _sorted(_apart(root, folders, "", with_reals, where))
    below = [path for path in sorted(root.iterdir()) if path.is_dir()]
    parts = [(path.name, _folders(path, {}, where)) for path in below]
    lines: list[tuple[str, str]] = []
    for subset, of_subset in parts:
        if of_subset is not None:
            lines += _apart(root, of_subset, subset, with_reals, where)
    return _sorted(lines or _each_a_folder(root, with_reals) or _beside(root, with_reals, where))


def _sorted(lines: list[tuple[str, str]]) -> list[str]:
    return [line for _, line in sorted(lines)]


def _folders(root: Path, named: Mapping[str, str | None], where: str) -> Folders | None:
    there = {path.name.lower(): path for path in sorted(root.iterdir()) if path.is_dir()}
    found: dict[str, Path | None] = {}
    for what, usual in (("composites", COMPOSITES), ("masks", MASKS), ("reals", REALS)):
        said = named.get(what)
        if said is not None:
            if not (root / said).is_dir():
                raise NotADirectoryError(f"{where}: {what}: there is no folder {root / said}")
            found[what] = root / said
            continue
        several = [there[name] for name in usual if name in there]
        if len(several) > 1 and not (what == "composites" and "masks" not in there):
            names = " and ".join(path.name for path in several)
            raise ValueError(f"{where}: {root} has the folders {names}; say {what}= which is meant")
        found[what] = several[0] if several else None
    composites, masks = found["composites"], found["masks"]
    if composites is None or masks is None:
        missing = [what for what in ("composites", "masks") if found[what] is None]
        if any(named.get(what) for what in found):
            raise FileNotFoundError(
                f"{where}: {root} has no folder of {' and '.join(missing)}; say {missing[0]}="
            )
        return None
    return Folders(composites, masks, found["reals"])


# What the names of masks and reals may be, from that of the composite: its own, or that without
# "_1" at the end, or without "_1_2"; "" where it has no such end.
def _own(stem: str) -> str:
    return stem


def _less_one(stem: str) -> str:
    head, _, name = stem.rpartition("/")
    shorter = name.rpartition("_")[0]
    return f"{head}/{shorter}" if head and shorter else shorter


def _less_two(stem: str) -> str:
    return _less_one(_less_one(stem))


def _ending(ending: str) -> Callable[[str], str]:
    return lambda stem: stem + ending


def _apart(
    root: Path, folders: Folders, subset: str, with_reals: bool, where: str
) -> list[tuple[str, str]]:
    others = [path for path in (folders.masks, folders.reals) if path is not None]
    inside = tuple(_below(folders.composites, path) for path in others)
    composites = {
        stem: name
        for stem, name in _by_stem(folders.composites, where).items()
        if not name.startswith(inside)
    }
    if not composites:
        raise FileNotFoundError(
            f"{where}: {folders.composites} holds no pictures ({', '.join(SUFFIXES)})"
        )
    rules = [_own, *map(_ending, ENDINGS), _less_one]
    masks = _matched(composites, folders.masks, rules, ".png", where)
    reals: Mapping[str, str] = {}
    if with_reals and folders.reals is not None:
        rules = [_own, *map(_ending, OF_REALS), _less_one, _less_two]
        reals = _matched(composites, folders.reals, rules, ".jpg", where)
    of_composites, of_masks = _below(root, folders.composites), _below(root, folders.masks)
    of_reals = "" if folders.reals is None else _below(root, folders.reals)
    lines = []
    for stem, name in composites.items():
        full = f"{subset}/{stem}" if subset else stem
        real = of_reals + reals[stem] if reals else None
        line = line_of(full, of_composites + name, of_masks + masks[stem], real, subset)
        lines.append((full, line))
    return lines


def _matched(
    composites: Mapping[str, str],
    folder: Path,
    rules: Sequence[Callable[[str], str]],
    suffix: str,
    where: str,
) -> dict[str, str]:
    """The file of each composite within the folder, by the rule that most of them follow; where
    there is none, the place where it ought to be.
    """
    there = _by_stem(folder, where)
    rule = max(rules, key=lambda rule: sum(rule(stem) in there for stem in composites))
    names = {stem: rule(stem) or stem for stem in composites}
    if not any(name in there for name in names.values()):
        first = next(iter(composites.values()))
        raise FileNotFoundError(
            f"{where}: {folder} has no file for any of {len(composites)} composites such as "
            f"{first}; give it the composite's name, or list both in a manifest"
        )
    return {stem: there.get(name, name + suffix) for stem, name in names.items()}


def _by_stem(folder: Path, where: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in files(folder):
        stem = name.rpartition(".")[0]  # each has one of SUFFIXES
        if stem in found:
            raise ValueError(
                f"{where}: {folder} holds {found[stem]} and {name}, of one name; leave one of them"
            )
        found[stem] = name
    return found


def _each_a_folder(root: Path, with_reals: bool) -> list[tuple[str, str]]:
    """NAME/composite.jpg, NAME/mask.png, NAME/real.jpg."""
    parts: dict[str, dict[str, str]] = {}
    for name in files(root):
        path = Path(name)
        if path.stem.lower() in ("composite", "mask", "real") and path.parent != Path():
            parts.setdefault(path.parent.as_posix(), {}).setdefault(path.stem.lower(), name)
    return [
        (
            name,
            line_of(
                name,
                found["composite"],
                found.get("mask", f"{name}/mask.png"),
                found.get("real") if with_reals else None,
            ),
        )
        for name, found in parts.items()
        if "composite" in found
    ]


def _beside(root: Path, with_reals: bool, where: str) -> list[tuple[str, str]]:
    """NAME.jpg, NAME_mask.png, NAME_real.jpg."""
    there = _by_stem(root, where)
    ends = (*ENDINGS, *OF_REALS)
    composites = [stem for stem in there if not stem.endswith(ends)]
    lines, with_mask = [], 0
    for stem in composites:
        mask = next((there[stem + end] for end in ENDINGS if stem + end in there), None)
        real = next((there[stem + end] for end in OF_REALS if stem + end in there), None)
        with_mask += mask is not None
        mask = mask or f"{stem}{ENDINGS[0]}.png"
        lines.append((stem, line_of(stem, there[stem], mask, real if with_reals else None)))
    if not with_mask:
        raise FileNotFoundError(
            f"{where}: {root} holds no composites with masks; looked for the folders "
            f"{COMPOSITES[0]} and {MASKS[0]} (or {', '.join((*COMPOSITES[1:], *MASKS[1:]))}), for "
            "NAME/composite beside NAME/mask, and for NAME_mask beside NAME"
        )
    return lines


def _below(root: Path, folder: Path) -> str:
    """What leads from one to the other, to stand before the names of its files."""
    if folder == root:
        return ""
    below = folder.relative_to(root) if folder.is_relative_to(root) else folder.absolute()
    return f"{below.as_posix()}/"
