"""A run again, from what its folder says of it."""

from os import PathLike
from pathlib import Path
from typing import Any

from harmonia.training import _run_folder, _sources
from harmonia.training._settings import Settings
from harmonia.training._train import Run, train


def rerun(run: str | PathLike[str], out: str | PathLike[str], **changes: Any) -> Run:
    """Train as a run was trained, on the data that it was trained on, in another folder.

    On a CPU the same version gives the same numbers. The same call again goes on where it ended.

    Parameters
    ----------
    run
        The folder of a run, or its `run.json`.
    out
        The folder of the new run.
    changes
        Any argument of `train`, in the place of the run's: `rerun("a", "b", rate=1e-4)`. Data that
        came neither from `datasets.load` nor from `random_composites` must be passed again.

    >>> harmonia.training.rerun("there/is/none", "out")
    Traceback (most recent call last):
    ...
    FileNotFoundError: rerun: there/is/none holds no run.json; give the folder of a run
    """
    settings = read(run)
    recipe = changes.get("recipe", settings.recipe)
    if isinstance(recipe, str) and ":" in recipe:
        raise ValueError(f"rerun: recipe {recipe} is a class of your own; pass it as recipe")
    asked: dict[str, Any] = {
        **settings.options,
        "recipe": settings.recipe,
        "size": settings.size,
        "batch": settings.batch,
        "rate": settings.rate,
        "accumulate": settings.accumulate,
        "seed": settings.seed,
        "precision": settings.precision,
        "average": settings.average,
    }
    if changes.get("epochs") is None:
        asked["steps"] = settings.steps
    if changes.get("size") in (None, settings.size):  # else that of its own size
        asked["protocol"] = settings.protocol
    if changes.get("data") is None:
        asked["data"] = {name: _sources.opened(said) for name, said in settings.data.items()}
    if changes.get("validation") is None and settings.validation:
        share = settings.validation.get("share")
        asked["validation"] = _sources.opened(settings.validation) if share is None else share
    if settings.start:
        asked["start"] = settings.start["file"]
    given = {name: value for name, value in changes.items() if value is not None}
    return train(**{**asked, **given}, out=out)


def read(run: str | PathLike[str]) -> Settings:
    """The settings of a run."""
    path = Path(run)
    path = path / _run_folder.SETTINGS if path.is_dir() else path
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(
            f"rerun: {run} holds no {_run_folder.SETTINGS}; give the folder of a run"
        ) from None
    try:
        return Settings.read(data.decode("utf-8"))
    except (TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"rerun: {path} is of no run: {error}") from error
