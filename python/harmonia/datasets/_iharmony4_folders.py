"""The folders of iHarmony4: where lists, composites, masks and reals of a sub-dataset lie."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from harmonia.datasets import _iharmony4_names
from harmonia.datasets._asked import some_of
from harmonia.datasets._iharmony4_names import SUBSETS
from harmonia.datasets._lists import WrongFolder, WrongLine, numbered_lines
from harmonia.datasets._sample import Entry

COMPOSITES, MASKS, REALS = "composite_images", "masks", "real_images"
# Of copies in the wild: composites as PNG, masks and reals as either.
SUFFIXES = (".jpg", ".png", ".jpeg", ".JPG", ".PNG")

Lists = list[tuple[Path, str | None]]  # and the sub-dataset that a list is of


class Place(NamedTuple):
    """The folder of a sub-dataset, and the suffixes of its files; "" is that in the list."""

    folder: Path
    composite: str
    mask: str
    real: str


class Places:
    """From a line of a list to the files of its sample."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self._places = places

    def __call__(self, line: str) -> Entry:
        stem, suffix = base_name(line)
        names = _iharmony4_names.parse(stem)
        place = self._places[names.subset]
        return Entry(
            stem,
            place.folder / COMPOSITES / (stem + (place.composite or suffix)),
            place.folder / MASKS / (names.mask + place.mask),
            place.folder / REALS / (names.real + place.real),
            names.subset,
        )


def find(
    root: Path,
    split: str,
    asked: str | Sequence[str] | None,
    *,
    named: str | None = None,
    where: str,
    wrong: list[WrongLine] | None = None,
) -> tuple[list[str], Places]:
    """The lines of a split that are of the sub-datasets asked for, and where their files are.

    The list is the one that is named, or `IHD_<split>.txt`, or put together from the
    `<SUB>_<split>.txt` of sub-datasets: of all that were asked for, or where none were, of those
    that are there. `root` may be the folder of one sub-dataset too. A wrong line is a `ValueError`,
    or is added to `wrong`; of those that have the folder of another sub-dataset the name counts
    then.
    """
    subsets = some_of(asked, SUBSETS, where=f"{where}: subset")
    folders = _folders(root, split)
    lists: Lists = [(root / named, None)] if named is not None else []
    lists = lists or _lists(root, split, subsets, folders, all_of_them=asked is not None)
    if not lists:
        raise FileNotFoundError(_no_list(root, split, subsets, where))
    lines: list[str] = []
    first: dict[str, str] = {}
    for path, of in lists:
        for line, subset in _checked(path, of, wrong):
            if subset in subsets:
                lines.append(line)
                first.setdefault(subset, line)
    if not lines or (asked is not None and len(first) < len(subsets)):
        empty = [subset for subset in subsets if subset not in first]
        files = " and ".join(str(path) for path, _ in lists)
        raise ValueError(f"{where}: subset: there are no composites of {_and(empty)} in {files}")
    return lines, Places({subset: _place(folders[subset], line) for subset, line in first.items()})


def base_name(line: str) -> tuple[str, str]:
    """What follows the last slash or back slash, and its suffix apart."""
    name = line[max(line.rfind("/"), line.rfind("\\")) + 1 :]
    stem, dot, suffix = name.rpartition(".")
    return (stem, dot + suffix) if dot else (name, "")


def _folders(root: Path, split: str) -> dict[str, Path]:
    """That of each sub-dataset, whose name may be in other letters; or root is one itself."""
    there = {path.name.lower(): path for path in sorted(root.iterdir()) if path.is_dir()}
    folders = {}
    for subset in SUBSETS:
        usual = root if (root / f"{subset}_{split}.txt").is_file() else root / subset
        folders[subset] = there.get(subset.lower(), usual)
    return folders


def _lists(
    root: Path,
    split: str,
    subsets: Sequence[str],
    folders: Mapping[str, Path],
    *,
    all_of_them: bool,
) -> Lists:
    """The list of all, or those of the sub-datasets; none where one of them is missing."""
    whole = root / f"IHD_{split}.txt"
    if whole.is_file():
        return [(whole, None)]
    found: Lists = []
    for subset in subsets:
        name = f"{subset}_{split}.txt"
        own = next((f / name for f in (folders[subset], root) if (f / name).is_file()), None)
        if own is not None:
            found.append((own, subset))
        elif all_of_them:
            return []
    return found


def _no_list(root: Path, split: str, subsets: Sequence[str], where: str) -> str:
    own = [f"{subset}_{split}.txt" for subset in subsets]
    looked = [f"IHD_{split}.txt", *(f"{name[: name.rindex('_')]}/{name}" for name in own), *own]
    said = f"{where}: root: {root} has no list of the {split} split; looked for {', '.join(looked)}"
    inside = sorted(path.parent for path in root.glob(f"*/IHD_{split}.txt"))
    if inside:
        return f"{said}. There is one in {inside[0]}: name that folder"
    others = {"train", "test"} - {split}
    for other in sorted(others):
        if any(root.glob(f"*_{other}.txt")) or any(root.glob(f"*/*_{other}.txt")):
            return f"{said}. There is one of the {other} split"
    return f"{said}. The dataset 'folder' reads folders without lists"


def _checked(
    path: Path, of: str | None, passed: list[WrongLine] | None
) -> Iterator[tuple[str, str]]:
    """Each line and its sub-dataset, which its name says, and its folders too where it has any."""
    wrong: list[WrongLine] = []
    for number, line in numbered_lines(path):
        try:
            yield line, _subset(line, of)
        except ValueError as error:
            wrong.append(WrongLine(path, number, error))
            if passed is not None and isinstance(error, WrongFolder):
                yield line, _iharmony4_names.parse(base_name(line)[0]).subset
    if passed is not None:
        passed += wrong
    elif wrong:
        more = f" (and {len(wrong) - 1} more lines are wrong)" if len(wrong) > 1 else ""
        raise ValueError(f"{path}, line {wrong[0].number}: {wrong[0].error}{more}")


def _subset(line: str, of: str | None) -> str:
    subset = _iharmony4_names.parse(base_name(line)[0]).subset
    above = line.replace("\\", "/").lower().split("/")[:-1]
    for other in SUBSETS:
        if other != subset and (other == of or other.lower() in above):
            raise WrongFolder(f"{line!r} is of {other} by its folder, and of {subset} by its name")
    return subset


def _place(folder: Path, line: str) -> Place:
    """Suffixes are those of the owners, unless the first sample has others."""
    stem, said = base_name(line)
    names = _iharmony4_names.parse(stem)
    composite = _suffix(folder / COMPOSITES / stem, said or ".jpg")
    return Place(
        folder,
        "" if composite == said else composite,
        _suffix(folder / MASKS / names.mask, ".png"),
        _suffix(folder / REALS / names.real, ".jpg"),
    )


def _suffix(file: Path, usual: str) -> str:
    """The first with which there is such a file; the usual one where there is none."""
    return next((s for s in (usual, *SUFFIXES) if Path(f"{file}{s}").is_file()), usual)


def _and(names: Sequence[str]) -> str:
    return " and ".join(names)
