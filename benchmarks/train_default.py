"""Trains the network that ships, and writes its files where they ship from.

    OMP_WAIT_POLICY=PASSIVE python benchmarks/train_default.py CORPUS MEASURED WORK [--ship]

CORPUS holds manifest.csv, images and masks; MEASURED is a file of measured changes of light, of
which every fifth is held back for `bench_default.py`. The network learns from composites that are
made meanwhile of rows with use == "train", those with human masks twice as often as others; the
best is chosen by composites of rows with use == "val" and human masks. The run is WORK/run; the
same call again goes on with it. --ship makes its best network the one that ships: weights of
layers become float16, the same numbers for torch and for onnxruntime; and credits.csv names every
photograph that was learned from. Needs torch, and to ship onnx and onnxscript.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from harmonia.models import FOLDER, SUFFIXES, SUMS
from harmonia.synthesis import random_composites
from harmonia.training import Progress, train

HUMAN = "gt"  # kind of mask
FIFTH = 5
SIDE = 128
BATCH = 256
AVERAGE = 0.99  # what the average of the weights, which ships, keeps at a step
STEPS = 1000
# Stronger ones among them than iHarmony4 has, so that these are not taken for subtle ones.
STRENGTH = (28.7, 0.7)
RELIT, UNTOUCHED = 0.6, 0.15
VALIDATION_ROUNDS = 8
CREDITS = "credits.csv"
LARGE = 1024  # numbers of a weight that is halved


def rows_of(corpus: Path, use: str, kind: str = "") -> list[dict[str, str]]:
    """Photographs with masks of a use, and of a kind of mask."""
    with (corpus / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if row["use"] == use and kind in ("", row["mask_kind"])]


def pairs(corpus: Path, use: str, kind: str = "") -> list[tuple[Path, Path]]:
    """Their files."""
    rows = rows_of(corpus, use, kind)
    return [(corpus / row["image"], corpus / row["mask"]) for row in rows]


def write_lights(path: Path, measured: Path) -> Path:
    """The measured changes without those that are held back."""
    with np.load(measured, allow_pickle=False) as stored:
        kept = np.arange(len(stored["to_standard"])) % FIFTH != FIFTH - 1
        np.savez(path, **{name: stored[name][kept] for name in ("to_standard", "from_standard")})
    return path


def trained(corpus: Path, measured: Path, work: Path, steps: int, seed: int = 0) -> Path:
    """The folder of the run."""
    work.mkdir(parents=True, exist_ok=True)
    lights = write_lights(work / "lights.npz", measured)
    data = random_composites(
        [*pairs(corpus, "train"), *pairs(corpus, "train", HUMAN)],
        size=SIDE,
        seed=2 * seed,
        measured=lights,
        strength=STRENGTH,
        relit=RELIT,
        untouched=UNTOUCHED,
    )
    validation = random_composites(
        pairs(corpus, "val", HUMAN),
        size=SIDE,
        seed=1,
        rounds=VALIDATION_ROUNDS,
        measured=lights,
    )

    def tell(progress: Progress) -> None:
        if progress.validation:
            fmse, beside = (progress.validation[key] for key in ("fmse", "composite_fmse"))
            print(f"{progress.step:6} of {steps}: fMSE {fmse:.1f}, composites {beside:.1f}")

    train(
        "harmonia",
        data,
        work / "run",
        validation=list(validation),
        protocol=f"idih-{SIDE}",
        steps=steps,
        batch=BATCH,
        average=AVERAGE,
        seed=seed,
        progress=tell,
    )
    return work / "run"


def ship(run: Path, folder: Path) -> None:
    """Write NAME.safetensors, NAME.onnx and the digests of both."""
    from harmonia import _atomic
    from harmonia.nets import _checkpoints
    from harmonia.nets._export import export_onnx
    from harmonia.nets._session import open_session

    weights = run / "best.safetensors"
    session = open_session("harmonia", weights=weights)
    for parameter in session.network.parameters():
        if parameter.numel() >= LARGE:
            parameter.data = parameter.data.half().float()
    state = {
        name: tensor.half() if tensor.is_floating_point() and tensor.numel() >= LARGE else tensor
        for name, tensor in session.network.state_dict().items()
    }
    stem = session.method.partition(".")[0]
    files = {kind: folder / f"{stem}{suffix}" for kind, suffix in SUFFIXES.items()}
    notes = dict(_checkpoints.read(weights).notes)
    _atomic.write(files["torch"], _checkpoints.as_safetensors(state, notes), overwrite=True)
    export_onnx(session, files["onnx"], overwrite=True)
    _atomic.write(files["onnx"], halved(files["onnx"].read_bytes()), overwrite=True)
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(files.values())
    ]
    _atomic.write(folder / SUMS, "".join(lines).encode(), overwrite=True)
    print("".join(lines), end="")


def write_credits(corpus: Path, path: Path) -> None:
    """Each photograph with its source, licence and credit."""
    credits = {row["image"]: row for row in rows_of(corpus, "train")}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("photograph", "source", "licence", "attribution"))
        for image, row in sorted(credits.items()):
            writer.writerow((Path(image).stem, row["source"], row["licence"], row["attribution"]))


def halved(content: bytes) -> bytes:
    """A model whose large weights are float16, and are cast once when it is loaded."""
    import onnx
    from onnx import helper, numpy_helper

    model: Any = onnx.load_from_string(content)
    casts = []
    for weight in model.graph.initializer:
        values = numpy_helper.to_array(weight)
        if values.dtype != "float32" or values.size < LARGE:
            continue
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(values.astype("float16"), f"{name}_half"))
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    content = model.SerializeToString()
    return content


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("measured", type=Path)
    parser.add_argument("work", type=Path, help="the folder of the run")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=0, help="another one for another such network")
    parser.add_argument("--ship", action="store_true", help=f"write the files in {FOLDER.name}/")
    told = parser.parse_args()
    run = trained(told.corpus, told.measured, told.work, told.steps, told.seed)
    if told.ship:
        ship(run, FOLDER)
        write_credits(told.corpus, FOLDER / CREDITS)


if __name__ == "__main__":
    main()
