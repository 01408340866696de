"""Kill `harmonia batch` at random moments, go on, and compare with a run that nobody disturbed.

    python benchmarks/kill_batch.py [--kills 100] [--files 500] [--seed 0] [--save-results]

After each kill what is there must be whole, and at the end every output must be there once, with
the bytes of the undisturbed run, and nothing else. Files that a killed run finished must not be
made again. `killing.py` says how runs are killed.
"""

from __future__ import annotations

import json
import os
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import harmonia
import killing
import numpy as np
from environment import environment, write_results
from killing import Finished, Said, check
from scene import scene

RESULTS = Path(__file__).parent / "results" / "kill_batch.json"
SIZE = (180, 240)
DISTINCT = 20


def fill(folder: Path, files: int) -> Path:
    folder.mkdir()
    one = scene(*SIZE, "ellipse")
    mask = np.stack([one.mask] * 3, axis=-1)
    for n in range(files):
        if n >= DISTINCT:
            for end in (".png", "_mask.png"):
                os.link(folder / f"{n % DISTINCT:04}{end}", folder / f"{n:04}{end}")
            continue
        harmonia.io.write(folder / f"{n:04}.png", np.roll(one.image, 11 * n, axis=1))
        harmonia.io.write(folder / f"{n:04}_mask.png", mask)
    return folder


def command(source: Path, out: Path) -> list[str]:
    return ["batch", os.fspath(source), "-o", os.fspath(out), "-m", "mkl", "--json"]


def outputs(folder: Path) -> Finished:
    return killing.times(folder.glob("[!.]*"), folder)


def main() -> None:
    parser = killing.arguments_of(__doc__, RESULTS, kills=100)
    parser.add_argument("--files", type=int, default=500)
    arguments = parser.parse_args()
    before, rng = environment(("numpy", "pillow")), random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        source, out = fill(room / "in", arguments.files), room / "out"
        killing.to_the_end(command(source, room / "whole"))
        run = killing.Undisturbed(
            last=lambda out: command(source, out),
            killed=lambda out, rng: [command(source, out)],
            finished=outputs,
            whole=killing.contents(room / "whole"),
            total=arguments.files,
        )

        def look() -> Callable[[Said], None]:
            before = outputs(out)

            def at_the_end(said: Said) -> None:
                after = outputs(out)
                check(said["skipped"] == len(before), f"{said['skipped']} skipped of {len(before)}")
                check(said["written"] == len(after) - len(before), f"{said['written']} written")
                check(before.items() <= after.items(), "a finished output was made again")

            return at_the_end

        told = killing.stories(arguments.kills, lambda: killing.story(run, out, rng, look))
    row = killing.summary(told, run.total, files=arguments.files)
    print(json.dumps(row))
    if arguments.save_results:
        write_results(RESULTS, before, [row])


if __name__ == "__main__":
    main()
