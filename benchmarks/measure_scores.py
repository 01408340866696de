"""How many composites of each kind the automatic filters accept.

    python benchmarks/measure_scores.py CORPUS --light measured.npz [--triplets DIR]
        [--photos 120] [--seed 0] [--save-results]

CORPUS holds photographs and masks with a manifest.csv; LIGHT polynomials of measured changes of
light; DIR a folder for each of some published composites. Borders were chosen on the photographs
whose use is "train", and are measured on the others. `score_cases.py` says what each kind is.
"""

from __future__ import annotations

import argparse
import time
import warnings
from pathlib import Path
from typing import Any

import harmonia
import numpy as np
from environment import environment, write_results
from harmonia.synthesis import scores
from score_cases import Case, cases, pictures, read

RESULTS = Path(__file__).parent / "results" / "scores.json"
OTHERS = 25  # photographs that a reference is chosen from
SIZE = (480, 640)
ROUNDS = 40


def all_cases(options: argparse.Namespace) -> list[Case]:
    rows = pictures(options.corpus / "manifest.csv", ["val", "test", "measure-only"])
    rng = np.random.default_rng(options.seed)
    drawn = [rows[n] for n in rng.permutation(len(rows))[: options.photos]]
    found = [read(row, options.corpus) for row in drawn]
    with np.load(options.light, allow_pickle=False) as stored:
        light = (stored["to_standard"], stored["from_standard"])
    made: list[Case] = []
    for number, picture in enumerate(found):
        chance = np.random.default_rng([options.seed, number])
        others = [found[n] for n in chance.permutation(len(found))[:OTHERS]]
        made += cases(picture, others, light, chance)
    return made + (triplets(options.triplets) if options.triplets else [])


def triplets(root: Path) -> list[Case]:
    found = []
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        part = {
            key: next(file for file in folder.iterdir() if key in file.name)
            for key in ("comp", "mask", "real")
        }
        composite, real = (harmonia.io.read(part[key]).pixels[..., :3] for key in ("comp", "real"))
        mask = harmonia.io.read_mask(part["mask"], image_size=composite.shape[:2]).mask
        found.append(Case("published composites", "pass", composite, mask, real, folder.name))
    return found


def measured(made: list[Case]) -> list[dict[str, Any]]:
    chosen = scores.chosen(None)
    verdicts: dict[tuple[str, str], list[list[bool]]] = {}
    for case in made:
        row = [s.accepts(s.of(case.composite, case.mask, case.real)) for s in chosen.values()]
        verdicts.setdefault((case.wanted, case.kind), []).append(row)
    order = {"pass": 0, "either": 1, "refuse": 2}
    table = []
    for wanted, kind in sorted(verdicts, key=lambda key: order[key[0]]):
        accepted = np.array(verdicts[wanted, kind])
        rates = {name: float(accepted[:, n].mean()) for n, name in enumerate(chosen)}
        whole = {"all": float(accepted.all(axis=1).mean())}
        table.append({"wanted": wanted, "kind": kind, "count": len(accepted), **rates, **whole})
    return table


def milliseconds() -> dict[str, float]:
    """The median call at 640 x 480, with half of the picture foreground, on one thread."""
    rng = np.random.default_rng(0)
    composite, real = (rng.integers(0, 256, (*SIZE, 3), np.uint8) for _ in range(2))
    mask = np.zeros(SIZE, np.uint8)
    mask[60:420, 100:527] = 255
    found = {}
    for name, score in scores.chosen(None).items():
        times = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            score.of(composite, mask, real)
            times.append(time.perf_counter() - start)
        found[name] = 1000 * float(np.median(times))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--light", type=Path, required=True)
    parser.add_argument("--triplets", type=Path)
    parser.add_argument("--photos", type=int, default=120)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save-results", action="store_true")
    options = parser.parse_args()
    harmonia.set_num_threads(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", harmonia.io.MaskWarning)  # large foregrounds
        table = measured(all_cases(options))
    names = scores.list_scores()
    print(f"{'accepted, %':38}{'':6}" + "".join(f"{name:>15}" for name in [*names, "all"]))
    for row in table:
        rates = "".join(f"{100 * row[name]:15.1f}" for name in [*names, "all"])
        print(f"{row['wanted']:8}{row['kind']:30}{row['count']:6}{rates}")
    times = milliseconds()
    print(", ".join(f"{name} {value:.1f} ms" for name, value in times.items()))
    if options.save_results:
        least = {name: score.least for name, score in scores.chosen(None).items()}
        facts = {"photos": options.photos, "seed": options.seed, "least": least}
        write_results(RESULTS, {**environment(()), **facts, "milliseconds": times}, table)


if __name__ == "__main__":
    main()
