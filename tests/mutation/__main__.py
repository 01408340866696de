"""Change one thing, run the tests that watch it, and see whether one fails: `nox -s mutants`."""

import argparse
import json
import random
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from mutation.cpp_mutants import cpp_mutants
from mutation.mutant import Mutant, Name, named
from mutation.python_mutants import python_mutants
from mutation.trial import ROOT, Trial
from mutation.watched import WATCHED, Watched

EXPLAINED = Path(__file__).with_name("explained.toml")
SEED = 0


def mutants_of(watched: Watched) -> dict[Name, Mutant]:
    """Every mutant of a file."""
    source = (ROOT / watched.path).read_text(encoding="utf-8")
    find = cpp_mutants if is_compiled(watched.path) else python_mutants
    return dict(named(find(watched.path, source, watched.functions), source))


def explanations() -> dict[Name, str]:
    """Why a mutant that no test kills changes nothing that anybody could see."""
    entries = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["survivor"]
    return {
        Name(one["path"], one["function"], one["before"], one["after"], one.get("turn", 1)): one[
            "why"
        ]
        for one in entries
    }


def is_compiled(path: str) -> bool:
    return not path.endswith(".py")


def chosen(names: Sequence[str], count: int | None, seed: int) -> list[tuple[Name, Mutant]]:
    """A sample of the mutants of files whose paths hold one of the names, in their order."""
    files = [one for one in WATCHED if not names or any(name in one.path for name in names)]
    if not files:
        raise SystemExit(f"no file that is watched has {' or '.join(names)} in its path")
    every = [pair for one in files for pair in mutants_of(one).items()]
    print(f"{len(every)} mutants of {len(files)} files", end="")
    if count is None or count >= len(every):
        print()
        return every
    print(f", of which {count} are drawn with seed {seed}")
    drawn = sorted(random.Random(seed).sample(range(len(every)), count))
    return [every[index] for index in drawn]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="nox -s mutants --", description=__doc__)
    parser.add_argument("names", nargs="*", help="a number draws so many; others choose files")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "mutants")
    given = parser.parse_args(arguments)
    numbers = [int(name) for name in given.names if name.isdigit()]
    names = [name for name in given.names if not name.isdigit()]
    sample = chosen(names, numbers[0] if numbers else None, given.seed)
    known = explanations()
    ends: Counter[str] = Counter()
    started = time.monotonic()

    trial = Trial(given.folder)
    by_path = {one.path: one for one in WATCHED}
    usual: dict[tuple[str, ...], float] = {}
    configured = False
    for path, group in groupby(sample, key=lambda pair: pair[0].path):
        if is_compiled(path) and not configured:
            trial.configure()
            configured = True
            usual.clear()
        ends += try_all(trial, by_path[path], list(group), known, usual)
    print(f"{len(sample)} mutants in {time.monotonic() - started:.0f} s: {counted(ends)}")
    return 1 if ends["survived"] else 0


def try_all(
    trial: Trial,
    watched: Watched,
    mutants: Sequence[tuple[Name, Mutant]],
    known: dict[Name, str],
    usual: dict[tuple[str, ...], float],
) -> Counter[str]:
    """How mutants of one file end; the copy is as it was in the end. `usual` is what tests take."""
    source = (ROOT / watched.path).read_text(encoding="utf-8")
    compiled = is_compiled(watched.path)
    if watched.tests not in usual:
        passed, taken = trial.passes(watched.tests, 3600, keep=True)
        if not passed:
            raise SystemExit(f"the tests of {watched.path} fail without a change: see {trial.log}")
        usual[watched.tests] = taken
    seconds = usual[watched.tests]
    most = 20 + 3 * int(seconds)
    print(f"{watched.path}: {len(mutants)} mutants, tests of {seconds:.0f} s", flush=True)
    ends: Counter[str] = Counter()
    for name, mutant in mutants:
        trial.write(watched.path, mutant.applied(source))
        if compiled and not trial.compiles():
            end = "not compiled"
        elif trial.passes(watched.tests, most)[0]:
            end = "explained" if name in known else "survived"
        else:
            end = "killed"
        ends[end] += 1
        if end == "survived":
            print(described(name, mutant.line(source)), flush=True)
    print(f"{watched.path}: {counted(ends)}", flush=True)
    trial.write(watched.path, source)
    if compiled:
        trial.compiles()
    return ends


def counted(ends: Counter[str]) -> str:
    return ", ".join(f"{count} {end}" for end, count in ends.most_common())


def described(name: Name, line: int) -> str:
    """A survivor as an entry of explained.toml, but for its reason."""
    texts = {key: value for key, value in name._asdict().items() if key != "turn"}
    fields = "".join(f"{key} = {quoted(value)}\n" for key, value in texts.items())
    turn = f"turn = {name.turn}\n" if name.turn > 1 else ""
    return f"# line {line}\n[[survivor]]\n{fields}{turn}"


def quoted(text: str) -> str:
    return json.dumps(text) if "'" in text else f"'{text}'"


if __name__ == "__main__":
    sys.exit(main())
