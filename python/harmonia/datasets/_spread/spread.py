"""How the composites of a set spread: from its images, or from its manifest."""

import contextlib
import math
import os
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from harmonia import _json, _window
from harmonia._build import get_num_threads
from harmonia.api import evaluate
from harmonia.datasets._dataset import Dataset
from harmonia.datasets._sample import Entry
from harmonia.datasets._spread.published import AT_256, NATIVE, Means
from harmonia.datasets._verify.report import distribution
from harmonia.metrics import Scores

WHERE = "datasets.spread"
# That of the published means: 256 x 256 by PIL's bicubic filter, PSNR by the range of the codes.
PROTOCOL = "ihd_script"
METRICS = Means._fields  # mse, psnr, fmse, foreground
ALL = "All"
MANIFEST = "manifest.jsonl"

Columns = dict[str, "array[float]"]


@dataclass(frozen=True)
class Spread:
    """Numbers of every composite beside its real, by sub-dataset.

    Attributes
    ----------
    measured
        "256": at 256 x 256, as papers measure and iHarmony4's means are published; or "native": at
        the sizes of the files.
    groups
        MSE, PSNR, fMSE and the share of foreground by the name of a sub-dataset; "All" is the last
        where there is not one alone.
    left_out
        Composites without a real.
    """

    measured: Literal["256", "native"]
    groups: Mapping[str, Mapping[str, Sequence[float]]]
    left_out: int = 0

    def published(self, group: str) -> Means | None:
        """The means of iHarmony4 that stand beside a group: of a sub-dataset of that name."""
        known = AT_256 if self.measured == "256" else NATIVE
        parts = set(known) & set(self.groups) - {ALL}
        if group == ALL and parts and len(parts) < len(known) - 1:
            return None  # all of something else
        return known.get(group)

    def to_dict(self) -> dict[str, Any]:
        """Mean, quantiles and ends of all numbers, beside the published means."""
        groups = {}
        for group, columns in self.groups.items():
            known = self.published(group)
            groups[group] = {
                "composites": len(columns["mse"]),
                "published": None if known is None else known._asdict(),
                **{
                    name: distribution([value for value in columns[name] if math.isfinite(value)])
                    for name in METRICS
                },
            }
        return {"measured": self.measured, "left_out": self.left_out, "groups": groups}


def spread(
    source: Dataset | str | os.PathLike[str],
    *,
    workers: int | None = None,
    step: Callable[[int, bool], object] | None = None,
) -> Spread:
    """How much the composites of a set differ from their reals, and how large what was pasted is.

    Parameters
    ----------
    source
        A dataset, whose images are measured as the means of iHarmony4 are: at 256 x 256 under the
        protocol "ihd_script". Or the manifest.jsonl of a synthesized set, or its folder, whose
        numbers are read: those are of the sizes of the files, and so are the means beside them.
    workers
        Samples under way at a time; by default as many as there are threads.
    step
        Called after each sample with how many there are in all, and False.

    >>> import json, pathlib, tempfile
    >>> row = {"subset": "HCOCO", "mse": 59.3, "psnr": 30.4, "fmse": 593, "foreground": 0.1}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     manifest = pathlib.Path(folder, "manifest.jsonl")
    ...     _ = manifest.write_text(json.dumps(row))
    ...     found = harmonia.datasets.spread(manifest)
    >>> found.to_dict()["groups"]["HCOCO"]["mse"]["mean"], found.published("HCOCO").mse
    (59.3, 73.03)
    """
    if not isinstance(source, Dataset):
        return _gathered("native", _rows_of(Path(source)))
    return _of_images(source, workers or get_num_threads(), step)


def _of_images(
    dataset: Dataset, workers: int, step: Callable[[int, bool], object] | None
) -> Spread:
    rows: list[tuple[int, str, Means | None]] = []

    def measured(item: tuple[int, Entry]) -> tuple[int, str, Means | None]:
        place, entry = item
        sample = dataset.read(entry)
        if sample.real is None:
            return place, sample.subset, None
        found = evaluate(sample.composite, sample.real, sample.mask, protocol=PROTOCOL)
        scores = cast(Scores, found)  # of one image
        top = 255 if sample.mask.dtype.kind == "u" else 1
        foreground = float(sample.mask.mean(dtype="float64")) / top
        return place, sample.subset, Means(**{**scores, "foreground": foreground})

    items = enumerate(dataset.entries())
    with contextlib.closing(_window.outcomes(measured, items, threads=workers)) as outcomes:
        for outcome in outcomes:
            if outcome.error is not None:
                raise outcome.error
            if outcome.result is not None:
                rows.append(outcome.result)
            if step is not None:
                step(len(dataset), False)
    # In the order of the list, so that sums do not depend on who was done first.
    rows.sort(key=lambda row: row[0])
    return _gathered("256", ((subset, means) for _, subset, means in rows))


def _rows_of(path: Path) -> Iterable[tuple[str, Means]]:
    path = path / MANIFEST if path.is_dir() else path
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                row = _json.parse(line)
                numbers = (_number(row[name]) for name in METRICS)
                yield str(row.get("subset", "")), Means(*numbers)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                raise ValueError(
                    f"{WHERE}: {path}: line {number} is no row of a synthesized set with "
                    f"{', '.join(METRICS)} ({type(error).__name__}: {error})"
                ) from None


def _number(value: Any) -> float:
    """JSON has no infinity: what is equal to its real has the PSNR null."""
    return math.inf if value is None else float(value)


def _gathered(
    measured: Literal["256", "native"], rows: Iterable[tuple[str, Means | None]]
) -> Spread:
    every = _Columns()
    groups: dict[str, _Columns] = {}
    left_out = 0
    for subset, means in rows:
        if means is None:
            left_out += 1
            continue
        every.add(means)
        if subset:
            groups.setdefault(subset, _Columns()).add(means)
    if not every.columns["mse"]:
        raise ValueError(f"{WHERE}: there are no composites with reals to measure")
    known = [group for group in AT_256 if group in groups]
    order = [*known, *sorted(set(groups) - set(known))]
    found = {group: groups[group].columns for group in order}
    if len(found) != 1:  # or else it would be the same once more
        found[ALL] = every.columns
    return Spread(measured, found, left_out)


@dataclass
class _Columns:
    columns: Columns = field(default_factory=lambda: {name: array("d") for name in METRICS})

    def add(self, means: Means) -> None:
        for name, value in zip(METRICS, means, strict=True):
            self.columns[name].append(value)
