"""Folders of finished pictures, as other programs leave them, and which picture is of a sample."""

from collections.abc import Iterable
from pathlib import Path

from harmonia._image_files import LOSSY, SUFFIXES
from harmonia._pairs import files

# What programs append to the name of the composite: DoveNet and all that its test began with,
# pix2pix and CycleGAN, and what others call theirs.
ENDINGS = (
    "_harmonized",
    "_harmonised",
    "_harmonization",
    "_harm",
    "_fake_B",
    "_fake",
    "_output",
    "_out",
    "_pred",
    "_result",
    "_gen",
)


class Finished:
    """The pictures of a folder and its sub-folders, by the names of samples.

    The picture of "street/car" is street/car.png, or else street/car_harmonized.png, or else the
    only one called car or car_harmonized in any sub-folder.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise FileNotFoundError(f"evaluation: there is no folder {folder}")
        self.folder = folder
        # By the path without its suffix, and by the last part of that.
        self._by_path: dict[str, str] = {}
        self._by_stem: dict[str, str] = {}
        self._twice: dict[str, str] = {}  # of either, the second of its name; stems behind "/"
        for name in files(folder):
            path = name[: len(name) - len(Path(name).suffix)]
            stem = path.rpartition("/")[2]
            if self._by_path.setdefault(path, name) != name:
                self._twice.setdefault(path, name)
            if self._by_stem.setdefault(stem, name) != name:
                self._twice.setdefault(f"/{stem}", name)

    def __len__(self) -> int:
        return len(self._by_path)

    def find(self, name: str) -> Path | None:
        """The picture of a sample; None where there is none."""
        for path in _keys(name):
            if path in self._by_path:
                return self._the_only(self._by_path[path], path, name)
        for stem in _keys(name.rpartition("/")[2]):
            if stem in self._by_stem:
                return self._the_only(self._by_stem[stem], f"/{stem}", name)
        return None

    def path(self, name: str) -> Path:
        """The picture of a sample."""
        found = self.find(name)
        if found is None:
            raise FileNotFoundError(
                f"{self.folder} has no picture called {name}, nor {name}{ENDINGS[0]} or the like"
            )
        return found

    def changed(self, names: Iterable[str]) -> int:
        """When the last of the pictures of some samples came, in nanoseconds; 0 without any."""
        newest = 0
        for name in names:
            try:
                found = self.find(name)
                said = None if found is None else found.stat()
            except (OSError, ValueError):  # it fails in its turn
                said = None
            if said is not None:  # a copy may keep its old time, but not that of its i-node
                newest = max(newest, said.st_mtime_ns, said.st_ctime_ns)
        return newest

    def _the_only(self, found: str, key: str, name: str) -> Path:
        if key in self._twice:
            raise ValueError(
                f"{self.folder} holds {found} and {self._twice[key]}, and either may be the "
                f"picture of {name}; leave one of them, or name the folder of the one that is meant"
            )
        return self.folder / found


def is_lossy(path: Path) -> bool:
    """Whether a picture of that name was encoded with loss."""
    return SUFFIXES.get(path.suffix.lower()) in LOSSY


def _keys(name: str) -> Iterable[str]:
    yield name
    for ending in ENDINGS:
        yield name + ending
