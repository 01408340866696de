"""Make a set: the tasks of a recipe on several threads, written, journaled and listed."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from harmonia import _build, _core, _folder_lock
from harmonia.synthesis import _journal, _recipes, scores
from harmonia.synthesis._journal import Missed
from harmonia.synthesis._report import Failure, Progress, Report
from harmonia.synthesis._run import Run

WHERE = "synthesize"


def synthesize(
    recipe: str | _recipes.Prepare,
    source: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    seed: int = 0,
    count: int | None = None,
    workers: int | None = None,
    filters: scores.Filters = None,
    quality: int = 95,
    sheet: int = 12,
    overwrite: bool = False,
    progress: Callable[[Progress], None] | None = None,
    **options: Any,
) -> Report:
    """Make a set of composites with ground truth from photographs.

    The same call goes on where an earlier one ended, however that was, and the files of the set are
    the same to the byte as those of a call that nobody disturbed, whatever the number of workers.

    Parameters
    ----------
    recipe
        One of `list_recipes()`, or a function as `prepare` takes.
    source
        What the recipe reads; the docstring of `harmonia.synthesis.<name>` says what it has to
        hold.
    output
        The folder to write to, in the layout of iHarmony4 or that of the recipe; made if missing.
        With it come manifest.jsonl, a line a composite that says how it was made, left_out.jsonl,
        a line for each that was not, and why, and a picture of some samples.
    seed
        0..2**64 - 1. All chance comes from it.
    count
        How many composites; by default all that the sources give. Fewer are drawn from all sources
        by the seed, and a larger count later adds to them.
    workers
        How many composites are under way at a time; by default the number of threads of the
        library, which meanwhile are shared among them. Each holds up to about 50 bytes for a pixel
        of its photograph, so that fewer suit very large ones.
    filters
        Scores that a composite must reach: names of the library's, a mapping of names to `Score`,
        or by default all of the library's. A composite that misses one is made anew, eight times
        in all.
    quality
        1..100, of the JPEG files.
    sheet
        How many samples the picture shows; 0 for no picture.
    overwrite
        Whether a set that was made otherwise is removed first.
    progress
        Called after every composite, from the thread of the caller.
    options
        Those of the recipe.

    >>> report = harmonia.synthesis.synthesize("random", photos, folder / "made")
    >>> report.written
    1
    """
    started = time.perf_counter()
    opener = _recipes.find(recipe, where=WHERE)
    origin = _recipes.open_source(source, where=WHERE)
    chosen = _recipes.check_options(recipe, opener, options, where=WHERE)
    for name, value, low, high in (
        ("seed", seed, 0, 2**64 - 1),
        ("count", count, 1, None),
        ("workers", workers, 1, None),
        ("quality", quality, 1, 100),
        ("sheet", sheet, 0, None),
    ):
        _check_whole(name, value, low, high)
    root = Path(output)
    _check_apart(origin, root)
    run = Run(
        root,
        opener(origin, seed=seed, **options),
        {
            "harmonia": _core.version(),
            "recipe": _recipes.name_of(recipe),
            "source": os.path.realpath(origin),
            "seed": seed,
            "quality": quality,
            "options": chosen,
        },
        scores.chosen(filters, where=f"{WHERE}: filters"),
        count,
    )
    root.mkdir(parents=True, exist_ok=True)
    with _folder_lock.locked(root / _journal.LOCK):
        run.open(overwrite=overwrite)
        run.make(workers or _build.get_num_threads(), progress)
        run.finish(sheet)
    return Report(
        root,
        len(run.tasks),
        count,
        len(run.rows),
        run.written,
        _by_reason(run.missed.values()),
        tuple(Failure(name, error) for (_, name), error in sorted(run.failures.items())),
        time.perf_counter() - started,
    )


def _check_whole(name: str, value: object, low: int, high: int | None) -> None:
    if value is None and name in ("count", "workers"):
        return
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or not low <= value or (high is not None and value > high):  # type: ignore[operator]
        wanted = f"of {low} or more" if high is None else f"from {low} to {high}"
        raise ValueError(f"{WHERE}: {name} must be a whole number {wanted}, got {value!r}")


def _check_apart(source: Path, output: Path) -> None:
    """What is written must not be read as a source when the run goes on."""
    inner, outer = os.path.realpath(output), os.path.realpath(source)
    if source.is_dir() and Path(inner).is_relative_to(outer):
        raise ValueError(
            f"{WHERE}: output {output} lies in the source {source}, which would grow by it; choose "
            "a folder outside"
        )


def _by_reason(missed: Iterable[Missed]) -> dict[str, int]:
    """Counted by the reason that most attempts of a task had, the commonest first."""
    counts = Counter(Counter(state.reasons).most_common(1)[0][0] for state in missed)
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
