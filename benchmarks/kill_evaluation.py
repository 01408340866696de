"""Kill `harmonia evaluate` at random moments, go on, and compare with a run that nobody disturbed.

    python benchmarks/kill_evaluation.py [--kills 50] [--samples 200] [--seed 0] [--save-results]
                                         [--engine local processes ray]

The undisturbed run is one of threads, and runs of each engine in turn are compared with it. One in
three is two shares at the same time, in two commands that are both killed. After each kill what is
there must be whole, and at the end every part file must be there once, with the bytes of the
undisturbed run, and nothing else; every sample of every method once. Part files that a killed run
finished must not be made again. `killing.py` says how runs are killed.
"""

from __future__ import annotations

import itertools
import json
import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import killing
from environment import environment, write_results
from evaluation_scene import command, fill
from harmonia.evaluation import Results
from killing import Finished, Said, check

RESULTS = Path(__file__).parent / "results" / "kill_evaluation.json"
METHODS = "composite,mkl,lalonde_efros"
SHARD = 16
ENGINES = ("local", "processes", "ray")


def words(source: Path, out: Path, engine: str, *more: str) -> list[str]:
    own = ["--shard-size", str(SHARD), "--json", "--engine", engine]
    return command(source, out, METHODS, *own, *more)


def finished(out: Path) -> Finished:
    return killing.times(out.rglob("*.csv"), out)


def look(out: Path) -> Callable[[Said], None]:
    before = finished(out)

    def at_the_end(said: Said) -> None:
        check(before.items() <= finished(out).items(), "a finished part file was made again")
        results = Results(out)
        for label in results.labels:
            numbers = [row.number for row in results.rows(label)]
            check(numbers == list(range(results.samples)), f"{label} has {len(numbers)} rows")

    return at_the_end


def run_of(source: Path, whole: dict[str, bytes], engine: str) -> killing.Undisturbed:
    def killed(out: Path, rng: random.Random) -> list[list[str]]:
        shares: Sequence[Sequence[str]] = [[]]
        if rng.random() < 1 / 3:
            shares = [["--shard", f"{n}/2"] for n in (1, 2)]
        return [words(source, out, engine, *share) for share in shares]

    return killing.Undisturbed(
        last=lambda out: words(source, out, engine),
        killed=killed,
        finished=finished,
        whole=whole,
        total=sum(name.endswith(".csv") for name in whole),
    )


def main() -> None:
    parser = killing.arguments_of(__doc__, RESULTS, kills=50)
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--engine", nargs="+", choices=ENGINES, default=ENGINES[:2])
    arguments = parser.parse_args()
    before, rng = environment(("numpy", "pillow")), random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        source, out = fill(room / "in", arguments.samples), room / "out"
        killing.to_the_end(words(source, room / "whole", "local"))
        whole = killing.contents(room / "whole")
        turns = itertools.cycle(run_of(source, whole, engine) for engine in arguments.engine)
        told = killing.stories(
            arguments.kills, lambda: killing.story(next(turns), out, rng, lambda: look(out))
        )
    total = sum(name.endswith(".csv") for name in whole)
    row = killing.summary(
        told,
        total,
        engines=list(arguments.engine),
        samples=arguments.samples,
        part_files=total,
    )
    print(json.dumps(row))
    if arguments.save_results:
        write_results(RESULTS, before, [row])


if __name__ == "__main__":
    main()
