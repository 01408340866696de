"""One run in the folder of a set: what is there, what is left to do, and how it ends."""

import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, overload

from harmonia import _atomic, _cores, _window
from harmonia.synthesis import _folder, _journal, _making, _set_files, _sheet
from harmonia.synthesis._journal import Done, Key, Missed, Record
from harmonia.synthesis._making import Accepted, LeftOut
from harmonia.synthesis._recipe import Recipe, Task
from harmonia.synthesis._report import Progress
from harmonia.synthesis._score import Score
from harmonia.synthesis._set_files import LEFT_OUT, MANIFEST, SHEET
from harmonia.synthesis._tasks import checked, digest_of, drawn, key_of


class Rows(Sequence[Mapping[str, Any]]):
    """Rows of the manifest, each parsed when it is looked at: a large set has many."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines

    def __len__(self) -> int:
        return len(self.lines)

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> "Rows": ...
    def __getitem__(self, index: int | slice) -> "Mapping[str, Any] | Rows":
        if isinstance(index, slice):
            return Rows(self.lines[index])
        row: Mapping[str, Any] = json.loads(self.lines[index])
        return row


class Run:
    """A recipe's tasks and the folder that they go to.

    `rows` and `missed` are of the tasks that count: of all, or of those drawn up to `count`.
    """

    def __init__(
        self,
        root: Path,
        recipe: Recipe,
        settings: dict[str, Any],
        filters: Mapping[str, Score],
        count: int | None,
    ) -> None:
        self.root = root
        self.recipe = recipe
        self.filters = filters
        self.tasks = checked(recipe.tasks)
        source = Path(settings["source"])
        self._base = source if source.is_dir() else source.parent
        least = {name: one.least for name, one in filters.items()}
        said = {**settings, "filters": least, "tasks": digest_of(self.tasks)}
        # As they come back from a journal.
        self.settings: dict[str, Any] = json.loads(json.dumps(_making.plain(said, self._base)))
        self.files = {key_of(task): _set_files.files_of(recipe.layout, task) for task in self.tasks}
        self.count = count
        self.folders = _set_files.folders_of(self.tasks)
        self.record = self._record()
        self.failures: dict[Key, str] = {}
        self.written = self.left_out = 0  # by this run
        self._there: dict[Key, Done | Missed] = {}
        self._before = 0  # composites that count and were there
        self._ranked = self.tasks if count is None else drawn(self.tasks, settings["seed"])

    def open(self, *, overwrite: bool) -> None:
        """Look what is there: a set that was made otherwise, or anything else, is refused."""
        self.record = _folder.opened(self.root, self.record, overwrite=overwrite)
        pictures = (name for files in self.files.values() for name in files)
        _folder.sweep(self.root, (*pictures, *self.record.lists))
        self._there = _folder.states(self.root, self.record, self.files, self.folders)

    def make(self, workers: int, progress: Callable[[Progress], None] | None) -> None:
        """Make what is left to do, with so many under way at a time."""
        for folder in self.folders:
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        with _journal.Appender(self.root, self.record.length) as journal:
            self._before = len(self.rows)
            writer = _set_files.Writer(self.root, self.settings["quality"], self._shared())
            while left := self._left():
                with _cores.shared(min(workers, len(left))):
                    self._make_all(left, workers, writer, journal, progress)

    def finish(self, samples: int) -> None:
        """Write the lists, and remove what an earlier run made beyond them."""
        if self.written and hasattr(os, "sync"):
            os.sync()  # the lists must not reach the disk before what they name
        rows = self.rows
        lists = self.recipe.layout.lists(rows)
        with _journal.Appender(self.root) as journal:
            journal.add_lists({**dict.fromkeys(self.record.lists), **lists})
        for name, text in lists.items():
            _atomic.write(self.root / name, text.encode())
        for name in self.record.lists:
            if name not in lists:
                (self.root / name).unlink(missing_ok=True)
        _atomic.write(self.root / MANIFEST, "".join(f"{row}\n" for row in rows.lines).encode())
        _atomic.write(self.root / LEFT_OUT, "".join(self._left_out()).encode())
        _sheet.write(self.root, self.root / SHEET, rows, samples, self.settings["seed"])
        self._remove_what_is_beyond()
        _journal.write(self.root, self._record(self._counted(), sorted(lists)))

    @property
    def rows(self) -> Rows:
        """The rows of the manifest, in the order of the tasks."""
        return Rows([state.row for state in self._counted().values() if isinstance(state, Done)])

    @property
    def missed(self) -> dict[Key, Missed]:
        """The tasks that gave no composite, in their order."""
        counted = self._counted().items()
        return {key: state for key, state in counted if isinstance(state, Missed)}

    def _counted(self) -> dict[Key, Done | Missed]:
        """The tasks that are done, drawn one after the other until there are enough, in the order
        of the tasks.
        """
        counted = {key for key in self._needed() if key in self._there}
        return {key: self._there[key] for key in map(key_of, self.tasks) if key in counted}

    def _needed(self) -> Iterator[Key]:
        """Tasks as they are drawn, until those done and those left to do could be enough."""
        enough = 0
        for task in self._ranked:
            if enough == self.count:
                return
            key = key_of(task)
            enough += not isinstance(self._there.get(key), Missed) and key not in self.failures
            yield key

    def _left(self) -> list[Task]:
        """What is left to do, in the order of the tasks, of which neighbours may share sources."""
        needed = set(self._needed()) - self._there.keys() - self.failures.keys()
        return [task for task in self.tasks if key_of(task) in needed]

    def _make_all(
        self,
        left: Sequence[Task],
        workers: int,
        writer: _set_files.Writer,
        journal: _journal.Appender,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        stop = threading.Event()

        def work(task: Task) -> Done | Missed | str:
            return self._work(task, writer, stop)

        outcomes = _window.outcomes(work, left, threads=workers, stop=stop)
        with contextlib.closing(outcomes):
            for outcome in outcomes:
                if outcome.error is not None:
                    raise outcome.error  # of writing, such as a full disk
                key = key_of(outcome.item)
                if isinstance(outcome.result, Done | Missed):
                    journal.add(key, outcome.result)
                    self._there[key] = outcome.result
                    self.written += isinstance(outcome.result, Done)
                    self.left_out += isinstance(outcome.result, Missed)
                else:
                    self.failures[key] = str(outcome.result)
                if progress is not None:
                    progress(self._progress())

    def _work(
        self, task: Task, writer: _set_files.Writer, stop: threading.Event
    ) -> Done | Missed | str:
        """What became of a task, or why it failed. Errors that are raised end the run."""
        try:
            made = _making.make(self.recipe, task, self.settings["seed"], self.filters, stop)
            if isinstance(made, LeftOut):
                return Missed(made.reasons)
            row = json.dumps(self._row(task, made), ensure_ascii=False, allow_nan=False)
        except _making.Stopped:
            raise
        except Exception as error:
            return _sentence(error)
        try:
            return Done(row, writer.write(self.files[key_of(task)], made.made))
        except _set_files.Unfit as error:
            return str(error)

    def _row(self, task: Task, accepted: Accepted) -> dict[str, Any]:
        row = {
            "name": task.name,
            "subset": task.subset,
            "split": task.split,
            **self.files[key_of(task)]._asdict(),
            "recipe": self.settings["recipe"],
            "seed": self.settings["seed"],
            "version": self.settings["harmonia"],
            "attempt": accepted.attempt,
            **accepted.numbers,
            "scores": accepted.scores,
        }
        twice = sorted(row.keys() & accepted.made.facts.keys())
        if twice:
            raise ValueError(f"the recipe gives the fact {twice[0]!r}, which every row has already")
        facts = {
            name: _making.plain(fact, self._base) for name, fact in accepted.made.facts.items()
        }
        return row | facts

    def _record(
        self, states: dict[Key, Done | Missed] | None = None, lists: Sequence[str] = ()
    ) -> Record:
        folders = [folder.as_posix() for folder in self.folders]
        return Record(self.settings, folders, states or {}, list(lists))

    def _shared(self) -> dict[str, tuple[int, int]]:
        """The masks and reals that are there, each with its digest and its bytes."""
        found = {}
        for key, state in self._there.items():
            if isinstance(state, Done):
                _, mask, real = self.files[key]
                of_mask, of_real = state.written.digests
                found[mask] = of_mask, state.written.sizes[1]
                found[real] = of_real, state.written.sizes[2]
        return found

    def _progress(self) -> Progress:
        done = self._before + self.written
        if self.count is None:
            done = len(self._there) + len(self.failures)
        total = self.count or len(self.tasks)
        return Progress(done, total, self.written, self.left_out, len(self.failures))

    def _left_out(self) -> Iterator[str]:
        missed = self.missed
        for task in self.tasks:
            if state := missed.get(key_of(task)):
                row = {"name": task.name, "subset": task.subset, "split": task.split}
                yield json.dumps(row | {"reasons": state.reasons}, ensure_ascii=False) + "\n"

    def _remove_what_is_beyond(self) -> None:
        """Files of tasks that do not count: of a larger `count`, or of one that was killed."""
        wanted = {
            name
            for key, state in self._counted().items()
            if isinstance(state, Done)
            for name in self.files[key]
        }
        ours = {name for files in self.files.values() for name in files}
        for name in _set_files.sizes_in(self.root, self.folders):
            if name in ours and name not in wanted:
                (self.root / name).unlink(missing_ok=True)


def _sentence(error: Exception) -> str:
    """What an error says, in one line."""
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    said = " ".join(str(error).split())
    known = isinstance(error, OSError | ValueError | RuntimeError | MemoryError)
    return said if known and said else f"{type(error).__name__}: {said}"
