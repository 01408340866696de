"""Files of several folders that belong together: those of one stem."""

from collections.abc import Mapping, Sequence
from pathlib import Path

MOST_LISTED = 20


def partners(
    folders: Mapping[str, Path], suffixes: Sequence[str], *, subset: bool = False
) -> dict[str, list[Path]]:
    """By stem the file of each folder, in the order of the stems.

    `folders` has them by what the user calls them, such as OUT. A file without its partner is an
    error, in the first folder as in the others; with `subset` the others may have more files.
    """
    found = {name: _by_stem(name, folder, suffixes) for name, folder in folders.items()}
    first, *others = found
    if not found[first]:
        raise ValueError(
            f"{first}: no picture is in {folders[first]}; names end in {', '.join(suffixes)}"
        )
    lacks = [_lacks(found, first, other, folders) for other in others]
    if not subset:
        lacks += [_lacks(found, other, first, folders) for other in others]
    said = [sentence for sentence in lacks if sentence]
    if said:
        only_more = not any(lacks[: len(others)])
        cure = f"; --subset takes the files of {first} alone" if only_more else ""
        raise ValueError("; ".join(said) + cure)
    return {stem: [found[name][stem] for name in found] for stem in sorted(found[first])}


def _by_stem(name: str, folder: Path, suffixes: Sequence[str]) -> dict[str, Path]:
    stems: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.suffix.lower() not in suffixes or not path.is_file():
            continue
        if path.stem in stems:
            raise ValueError(
                f"{name}: {stems[path.stem].name} and {path.name} in {folder} have one stem, so "
                "that partners cannot be told; keep one of them"
            )
        stems[path.stem] = path
    return stems


def _lacks(
    found: Mapping[str, Mapping[str, Path]], has: str, lacks: str, folders: Mapping[str, Path]
) -> str:
    """What one folder has and another one lacks, as a sentence, or nothing."""
    alone = sorted(found[has].keys() - found[lacks].keys())
    if not alone:
        return ""
    listed = ", ".join(found[has][stem].name for stem in alone[:MOST_LISTED])
    more = f" and {len(alone) - MOST_LISTED} more" if len(alone) > MOST_LISTED else ""
    return (
        f"{lacks}: {folders[lacks]} has no file of the same stem for {len(alone)} of "
        f"{len(found[has])} in {folders[has]}: {listed}{more}"
    )
