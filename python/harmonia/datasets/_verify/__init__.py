"""A dataset looked through: its lists, its files, its masks, and composites beside their reals."""

import contextlib
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from types import ModuleType
from typing import Any

from harmonia import _window
from harmonia._build import get_num_threads
from harmonia._registry import check_known
from harmonia.datasets import _load
from harmonia.datasets._dataset import Dataset
from harmonia.datasets._lists import WrongLine
from harmonia.datasets._sample import Entry
from harmonia.datasets._verify import files, lists
from harmonia.datasets._verify.pictures import Examine
from harmonia.datasets._verify.report import Finding, Findings, Report, Statistics

WHERE = "datasets.verify"
ALL = "all"  # the split of a dataset without splits, as in facts


def verify(
    name: str,
    root: str | os.PathLike[str],
    *,
    splits: Sequence[str] | None = None,
    counts: Mapping[str, Mapping[str, int]] | None = None,
    quick: bool = False,
    workers: int | None = None,
    most: int | None = 1000,
    step: Callable[[int, bool], object] | None = None,
    **options: Any,
) -> Report:
    """Look through a dataset that lies in a folder, and say what is wrong with it.

    Parameters
    ----------
    name, root, options
        As `load` takes them.
    splits
        Those whose files are looked at; all by default. Lists are read of all, since names in two
        of them are looked for.
    counts
        How many composites there should be by split and sub-dataset; by default those of
        `facts(name)`. `{}` takes any number.
    quick
        Read only the beginnings of files: what is missing, empty, or of another format or size.
    workers
        Samples under way at a time; by default as many as there are threads.
    most
        Of each kind so many findings are kept; None keeps all. All are counted.
    step
        Called after each sample with how many there are in all, and whether it had an error.

    What can be found are the `harmonia.datasets.KINDS`. Composites are compared with their reals
    outside the mask, where no more than the noise of JPEG may stand: as much as comes of encoding
    the real once more as the composite is, four times over.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = harmonia.datasets.verify("iharmony4", folder)
    >>> report.ok, report.findings[0].kind, report.findings[0].file
    (False, 'missing-list', 'IHD_test.txt')
    """
    module = _load.reader(name, where=WHERE)
    folder = _load.folder_at(root, where=WHERE)
    known = [one for one in _load.parameters(module) if one != "split"]
    check_known(options, known, f"dataset {name!r}", where=WHERE)
    wanted = _splits(module, splits)
    other_list = options.get("list") is not None  # which is no split, and not all there is
    if other_list:
        wanted = wanted[-1:]
    findings, used = Findings(most), files.Used(folder)
    expected = module.FACTS.counts if counts is None else counts
    if other_list and counts is None:
        expected = {}
    with contextlib.ExitStack() as at_end:
        at_end.callback(files.forget_folders)
        files.forget_folders()
        every = wanted if other_list else _every_split(module)
        read = _read_lists(module, folder, every, options, findings, used)
        chosen = [one for one in read if one.split in wanted]
        for one in chosen:
            own = expected.get(one.split, {})
            if options:  # which may choose some sub-datasets
                own = {subset: n for subset, n in own.items() if subset in one.counts}
            if own:
                findings.add(lists.counted(one.split, one.file, one.counts, own))
        if len(read) == len(every) and not other_list:
            findings.add(files.extra(folder, used))
        statistics = _look_at_pictures(
            chosen, Examine(used.relative, quick), findings, workers, step
        )
    return Report(
        name,
        os.fspath(folder),
        {one.split: dict(one.counts) for one in chosen},
        {split: expected[split] for split in wanted if split in expected},
        sum(one.samples for one in statistics.values()),
        findings.sorted(),
        findings.by_kind(),
        {subset: statistics[subset].to_dict() for subset in _in_order(module, statistics)},
        quick,
    )


def _in_order(module: ModuleType, subsets: Collection[str]) -> list[str]:
    """As the facts have them, then others by name: samples come in any order."""
    counts = module.FACTS.counts.values()
    known = dict.fromkeys(name for parts in counts for name in parts if name in subsets)
    return [*known, *sorted(set(subsets) - set(known))]


def _every_split(module: ModuleType) -> list[str]:
    """The splits that a reader knows; "all" where it knows none."""
    if "split" not in _load.parameters(module):
        return [ALL]
    return list(module.FACTS.lists or module.FACTS.counts)


def _splits(module: ModuleType, splits: Sequence[str] | None) -> list[str]:
    every = _every_split(module)
    if splits is None:
        return every
    if isinstance(splits, str):
        raise TypeError(
            f"{WHERE}: splits must be a list of names, got {splits!r}; pass [{splits!r}]"
        )
    for split in splits:
        if split not in every:
            raise ValueError(
                f"{WHERE}: splits: unknown split {split!r}; choose of {', '.join(every)}"
            )
    return list(splits)


def _read_lists(
    module: ModuleType,
    folder: Path,
    every: Sequence[str],
    options: Mapping[str, Any],
    findings: Findings,
    used: files.Used,
) -> list[lists.Listed]:
    """What the lists name that are there."""
    read: list[lists.Listed] = []
    root = os.fspath(folder)
    for split in every:
        file = str(options.get("list") or module.FACTS.lists.get(split, ""))
        if file and (folder / file).is_file():
            findings.add(lists.written(folder / file, file))
        try:
            dataset, wrong = _open(module, folder, split, options)
        except FileNotFoundError as error:
            findings.add([Finding("missing-list", file or split, _sentence(error))])
            continue
        except (OSError, ValueError) as error:
            findings.add([Finding("bad-list", file or split, _sentence(error))])
            continue
        one, found = lists.listed(split, file, dataset, used, root)
        findings.add([*lists.wrong_lines(wrong, root), *found])
        findings.add(lists.repeated(one, root))
        read.append(one)
    for one, two in combinations(read, 2):
        findings.add(lists.shared(one, two, root))
    return read


def _open(
    module: ModuleType, folder: Path, split: str, options: Mapping[str, Any]
) -> tuple[Dataset, list[WrongLine]]:
    """The dataset, and what is wrong in its list, where the reader can read on."""
    more = {"split": split} if "split" in _load.parameters(module) else {}
    wrong: list[WrongLine] = []
    if hasattr(module, "read_on"):
        return module.read_on(folder, wrong=wrong, **more, **options), wrong
    return module.read(folder, **more, **options), wrong


def _sentence(error: Exception) -> str:
    said = " ".join(str(error).split())
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return said


def _look_at_pictures(
    chosen: Sequence[lists.Listed],
    examine: Examine,
    findings: Findings,
    workers: int | None,
    step: Callable[[int, bool], object] | None,
) -> dict[str, Statistics]:
    statistics: dict[str, Statistics] = {}
    total = sum(len(one.good) for one in chosen)
    threads = workers or get_num_threads()

    def entries() -> Iterator[Entry]:
        for one in chosen:
            yield from one.entries()

    with contextlib.closing(_window.outcomes(examine, entries(), threads=threads)) as outcomes:
        for outcome in outcomes:
            if outcome.error is not None:
                raise outcome.error
            examined = outcome.result
            if examined is None:
                continue
            failed = findings.add(examined.findings)
            own = statistics.setdefault(examined.subset, Statistics())
            own.add(examined.measured, examined.mask_format)
            if step is not None:
                step(total, failed)
    return statistics
