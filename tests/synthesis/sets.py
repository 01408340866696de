"""What tests of sets share: a recipe whose composites can be altered, and what a folder holds."""

import json
import math

import coloured
from harmonia.synthesis import synthesize


def contents(folder):
    """The bytes of all files, hidden ones too."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def make(source, output, recipe=coloured.prepare, **options):
    options = {"filters": [], "sheet": 0} | options
    return synthesize(recipe, source, output, **options)


class Altered:
    """The recipe of the tests, but `alter(make, task, rng)` makes its composites."""

    def __init__(self, recipe, alter):
        self.layout, self.tasks = recipe.layout, recipe.tasks
        self._recipe, self._alter = recipe, alter

    def make(self, task, rng):
        return self._alter(self._recipe.make, task, rng)


def altered(alter):
    """The `prepare` of an altered recipe."""

    def prepare(source, *, seed, each=1):
        return Altered(coloured.prepare(source, seed=seed, each=each), alter)

    return prepare


def psnr(mse):
    return 10 * math.log10(255**2 / mse)
