"""What the arguments of `train` mean for `harmonia.training`."""

import argparse
import inspect
import itertools
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harmonia import datasets, synthesis
from harmonia.cli import _console
from harmonia.cli._arguments import Misused
from harmonia.datasets._load import reader

if TYPE_CHECKING:
    from harmonia.training import Recipe

FIXED = 1  # the seed of composites to validate on, apart from that of those that are learnt
# As `harmonia.training.train` has them; where one is left out, it is the recipe's or the run's.
PLAIN = (
    "steps",
    "epochs",
    "size",
    "batch",
    "rate",
    "accumulate",
    "seed",
    "precision",
    "average",
    "start",
    "device",
    "workers",
    "protocol",
    "log_every",
    "save_every",
    "validate_every",
    "sample_every",
)


def settings(arguments: argparse.Namespace) -> dict[str, Any]:
    """The numbers and switches that were given."""
    named = {name: getattr(arguments, name) for name in PLAIN}
    switches = ("compile", "tensorboard", "onnx", "overwrite")
    return {
        **{name: value for name, value in named.items() if value is not None},
        **{name: True for name in switches if getattr(arguments, name)},
        **dict(arguments.options),
    }


class Data:
    """The samples that were asked for, of a recipe and at a size."""

    def __init__(self, arguments: argparse.Namespace, recipe: "Recipe", size: int) -> None:
        self._arguments = arguments
        self._sources = tuple(recipe.sources)
        self._size = size
        self._set = dict(arguments.set)

    def learnt(self) -> dict[str, Any]:
        """A dataset for each source of the recipe."""
        arguments = self._arguments
        if arguments.photos is not None:
            if arguments.data:
                raise Misused("--photos does not go with --data")
            return {self._only("--photos"): self._photos(arguments.photos, self._set)}
        folders = self._by_source(arguments.data, "--data", "DIR")
        kinds = self._by_source(arguments.dataset, "--dataset", "NAME", needed=False)
        return {
            source: self._joined(source, there, kinds.get(source, []))
            for source, there in folders.items()
        }

    def tried(self, learnt: Mapping[str, Any]) -> Any:
        """The samples to validate on, or the share that is held back."""
        asked = self._arguments.validation
        share = _share(asked)
        if share is not None:
            return share
        first = next(iter(learnt.values()))
        if isinstance(first, synthesis.RandomComposites):
            return self._photos(asked, {"seed": FIXED})
        if isinstance(first, datasets.Joined):  # tried on what the first folder has
            first = first.parts[0]
        if Path(asked).is_dir():
            found = _with_list(Path(asked), first.name)
        else:
            found = self._split(first, asked)
        count = self._arguments.validation_count
        if count is not None and count < len(found):
            return found.sample(count, seed=0)
        return found

    def _split(self, first: datasets.Dataset, name: str) -> datasets.Dataset:
        """Another split of what is learnt."""
        read = inspect.signature(reader(first.name, where="--dataset").read).parameters
        if "split" not in read:
            raise Misused(
                f"--validation {name}: there is no such folder, and {first.name} has no splits; "
                "give a folder, or a share such as 0.1"
            )
        if first.origin is None:
            raise Misused(f"--validation {name}: there is no such folder")
        options = {**first.origin.options, "split": name}
        options.pop("list", None)
        try:
            return datasets.load(first.name, first.origin.root, **options)
        except ValueError as error:
            raise Misused(f"--validation {name}: there is no such folder; {error}") from error

    def _joined(self, source: str, folders: list[str], kinds: list[str]) -> datasets.Dataset:
        """What lies in the folders of a source, one after the other."""
        if len(kinds) not in (0, 1, len(folders)):
            raise Misused(
                f"--dataset came {len(kinds)} times for {source}, and --data {len(folders)} times; "
                "give one for each folder in their order, or one for all of them"
            )
        if len(set(map(os.path.realpath, folders))) < len(folders):
            raise Misused(f"--data names a folder twice for {source}: {', '.join(folders)}")
        if len(kinds) == 1:
            kinds = kinds * len(folders)
        found = [
            self._of_folder(Path(folder), kind)
            for folder, kind in itertools.zip_longest(folders, kinds)
        ]
        return found[0] if len(found) == 1 else datasets.join(*found)

    def _of_folder(self, folder: Path, kind: str | None) -> datasets.Dataset:
        arguments = self._arguments
        if not folder.is_dir():
            raise NotADirectoryError(f"--data: there is no folder {folder}")
        kind = kind or told_apart(folder)
        read = inspect.signature(reader(kind, where="--dataset").read).parameters
        options = dict(self._set)
        if "split" in read:
            options["split"] = arguments.split or "train"
        elif arguments.split is not None:
            raise Misused(f"--split: {kind} has no splits")
        if arguments.subset is not None:
            if "subset" not in read:
                raise Misused(f"--subset: {kind} has no parts")
            options["subset"] = arguments.subset
        found = datasets.load(kind, folder, **options)
        _console.say(f"{folder}: {len(found):,} samples, read as {kind}")
        return found

    def _photos(self, source: str, options: Mapping[str, Any]) -> synthesis.RandomComposites:
        return synthesis.random_composites(source, **{"size": self._size, **options})

    def _only(self, flag: str) -> str:
        if len(self._sources) > 1:
            names = " and ".join(self._sources)
            raise Misused(f"{flag} is for recipes of one source, this one takes {names}")
        return self._sources[0]

    def _by_source(
        self, given: Sequence[str], flag: str, what: str, *, needed: bool = True
    ) -> dict[str, list[str]]:
        """What was given for each source; of one alone without its name."""
        found: dict[str, list[str]] = {}
        for text in given:
            name, separator, value = text.partition("=")
            named = bool(separator) and name in self._sources
            if not named and len(self._sources) > 1 and needed:
                wanted = f" {flag} ".join(f"{source}={what}" for source in self._sources)
                raise Misused(
                    f"{flag} must say which it is for this recipe: {flag} {wanted}; got {text}"
                )
            for source in [name] if named else self._sources:
                there = found.setdefault(source, [])
                there.append(value if named else text)
        missing = [source for source in self._sources if source not in found]
        if needed and missing:
            cure = f"{flag} {what}" if len(self._sources) == 1 else f"{flag} {missing[0]}={what}"
            raise Misused(f"{flag} is missing; give {cure}, a dataset, or --photos DIR")
        return found


def told_apart(folder: Path) -> str:
    """The dataset whose list a folder holds, iHarmony4 where it holds its sub-datasets, and else
    pictures of anyone's.
    """
    found = [
        name
        for name in datasets.list_datasets()
        if any((folder / path).is_file() for path in datasets.facts(name).lists.values())
    ]
    if len(found) > 1:
        raise Misused(f"--dataset must say what {folder} is, {' or '.join(found)}")
    inside = {path.name for path in folder.iterdir() if path.is_dir()}
    if found or not inside & set(datasets.facts("iharmony4").counts["test"]):
        return found[0] if found else "folder"
    return "iharmony4"


def _with_list(folder: Path, kind: str) -> datasets.Dataset:
    """The tests in a folder; what it has to learn from, where it has no list of tests."""
    read = inspect.signature(reader(kind, where="--validation").read).parameters
    if "split" not in read:
        return datasets.load(kind, folder)
    try:
        found = datasets.load(kind, folder, split="test")
    except (OSError, ValueError):
        found = datasets.load(kind, folder, split="train")
    return found if len(found) else datasets.load(kind, folder, split="train")


def _share(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
