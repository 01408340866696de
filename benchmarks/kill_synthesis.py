"""Kill `harmonia synthesize` at random moments, go on, and compare with an undisturbed run.

    python benchmarks/kill_synthesis.py [--kills 20] [--photos 200] [--seed 0] [--save-results]

After each kill what is there must be whole, and at the end the set must be that of the undisturbed
run to the byte: pictures, lists, manifest and journal. Composites that a killed run finished must
not be made again. `killing.py` says how runs are killed.
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

RESULTS = Path(__file__).parent / "results" / "kill_synthesis.json"
JOURNAL = ".harmonia-synthesis.jsonl"
SIZE = (180, 240)
NUMBER = 2  # composites a photograph


def fill(folder: Path, photos: int) -> Path:
    folder.mkdir()
    one = scene(*SIZE, "ellipse")
    mask = np.stack([one.mask] * 3, axis=-1)
    for n in range(photos):
        picture = np.roll(one.image, 11 * n, axis=1)
        harmonia.io.write(folder / f"{n:04}.jpg", picture)
        harmonia.io.write(folder / f"{n:04}_mask.png", mask)
    return folder


def command(source: Path, out: Path) -> list[str]:
    words = ["synthesize", "random", os.fspath(source), "-o", os.fspath(out), "--json"]
    return [*words, "--option", f"number={NUMBER}"]


def composites(folder: Path) -> Finished:
    return killing.times(folder.glob("*/composite_images/[!.]*"), folder)


def journaled(folder: Path) -> int:
    """Composites whose lines are whole."""
    path = folder / JOURNAL
    return path.read_bytes().count(b'"digests": [') if path.exists() else 0


def main() -> None:
    parser = killing.arguments_of(__doc__, RESULTS, kills=20)
    parser.add_argument("--photos", type=int, default=200)
    arguments = parser.parse_args()
    before, rng = environment(("numpy", "pillow")), random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        source, out = fill(room / "in", arguments.photos), room / "out"
        total = killing.to_the_end(command(source, room / "whole"))["composites"]
        run = killing.Undisturbed(
            last=lambda out: command(source, out),
            killed=lambda out, rng: [command(source, out)],
            finished=composites,
            whole=killing.contents(room / "whole"),
            total=total,
        )

        def look() -> Callable[[Said], None]:
            before, lines = composites(out), journaled(out)

            def at_the_end(said: Said) -> None:
                # What was written and not yet journaled is made again: one a worker at most.
                remade = len(before) - lines
                check(0 <= remade <= 2 * harmonia.get_num_threads(), "lines are missing")
                written = said["written"]
                check(written == said["composites"] - lines, f"{written} written of {lines}")

            return at_the_end

        told = killing.stories(arguments.kills, lambda: killing.story(run, out, rng, look))
    row = killing.summary(
        told, total, photographs=arguments.photos, composites=total, files=len(run.whole)
    )
    print(json.dumps(row))
    if arguments.save_results:
        write_results(RESULTS, before, [row])


if __name__ == "__main__":
    main()
