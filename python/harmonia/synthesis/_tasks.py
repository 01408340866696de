"""The tasks of a set: by which key each is known, in which order they are drawn."""

import hashlib
from collections.abc import Sequence

from harmonia.synthesis._journal import Key
from harmonia.synthesis._recipe import Task


def key_of(task: Task) -> Key:
    return task.subset, task.name


def checked(tasks: Sequence[Task]) -> Sequence[Task]:
    """Tasks whose names can be files, each once."""
    seen: set[Key] = set()
    for task in tasks:
        for what, name in (("name", task.name), ("subset", task.subset or "none")):
            if name in ("", ".", "..") or set(name) & set('/\\\0:*?"<>|'):
                raise ValueError(f"the recipe's task {task.name!r} has a {what} that is no file's")
        if key_of(task) in seen:
            raise ValueError(f"the recipe gives two tasks of the name {task.name!r}")
        seen.add(key_of(task))
    return tasks


def digest_of(tasks: Sequence[Task]) -> str:
    """What tells the tasks of other sources from these."""
    names = hashlib.sha256()
    for task in tasks:
        names.update(f"{task.subset}/{task.name}/{task.split}\n".encode())
    return names.hexdigest()[:16]


def drawn(tasks: Sequence[Task], seed: int) -> list[Task]:
    """All tasks in an order of chance."""
    return sorted(
        tasks,
        key=lambda task: hashlib.sha256(f"{seed}/{task.subset}/{task.name}".encode()).digest(),
    )
