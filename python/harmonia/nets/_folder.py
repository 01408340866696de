"""The folder where weights lie: HARMONIA_WEIGHTS, or a place of the user's."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from harmonia.nets._network import Published

VARIABLE = "HARMONIA_WEIGHTS"
SUFFIX = ".safetensors"


def folder() -> Path:
    """Where weights are looked for; it need not be there."""
    said = os.environ.get(VARIABLE)
    if said:
        return Path(said)
    if sys.platform == "win32":
        caches = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        caches = Path.home() / "Library" / "Caches"
    else:
        caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "harmonia" / "weights"


def files_of(kind: str, published: tuple[Published, ...]) -> list[str]:
    """The names under which a variant's weights may lie in the folder, ours first."""
    variant = kind.partition(".")[2]
    return [f"{kind}{SUFFIX}", *(one.file for one in published if one.variant == variant)]


def find(method: str, published: Mapping[str, tuple[Published, ...]], *, where: str) -> Path:
    """The file of the weights of one of some variants, in the folder."""
    place = folder()
    found = {
        kind: path
        for kind, checkpoints in published.items()
        for path in reversed([place / name for name in files_of(kind, checkpoints)])
        if path.is_file()
    }
    if len(found) > 1:
        raise ValueError(
            f"{where}: {method} has weights of {' and '.join(found)} in {place}; name one of them"
        )
    if found:
        return next(iter(found.values()))
    pages = {f"{one.file} from {one.page}" for all_of in published.values() for one in all_of}
    get = f"get {' or '.join(sorted(pages))}, " if pages else "its authors publish none; "
    raise FileNotFoundError(
        f"{where}: {method} needs weights, and none are in {place}: {get}"
        "pass weights='file', or put them there with harmonia weights convert FILE"
    )
