"""Manifests, records of runs and votes: read, or refused by a ValueError that names the file.

The first byte says what the others are the file of.
"""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

if __name__ == "__main__":
    from python_target import instrumented, run

    instrumented(
        "harmonia.cli._batch.manifests",
        "harmonia.datasets.folder",
        "harmonia.evaluation",
        "harmonia.synthesis._journal",
        "harmonia.training._rerun",
    )

from harmonia.cli._batch import manifests, record
from harmonia.datasets import _manifest
from harmonia.evaluation import _parts, _results, _votes, cost
from harmonia.synthesis import _journal
from harmonia.training import _records, _rerun

FOLDER = Path(tempfile.mkdtemp(prefix="harmonia-fuzz-"))
ROWS = _parts.path_of(FOLDER, "one", 0)

# The file, and what reads it: anything that somebody may have edited, cut off or made up.
READERS: tuple[tuple[Path, Callable[[Path], object]], ...] = (
    (FOLDER / "samples.csv", _manifest.lines_in),
    (FOLDER / "samples.tsv", _manifest.lines_in),
    (FOLDER / "samples.jsonl", _manifest.lines_in),
    (FOLDER / "jobs.csv", manifests.jobs),
    (FOLDER / "jobs.jsonl", manifests.jobs),
    (FOLDER / record.NAME, lambda path: record.read(path.parent)),
    (FOLDER / _journal.NAME, lambda path: _journal.read(path.parent)),
    (FOLDER / _parts.RUN, lambda path: _results.Results(path.parent)),
    (ROWS, lambda path: list(_parts.read(FOLDER, "one", 0, ["mse"]))),
    (FOLDER / "votes.csv", lambda path: _votes.read_votes([path])),
    (FOLDER / "key.json", _votes.read_key),
    (FOLDER / cost.FILE, lambda path: cost.read_costs(path.parent)),
    (FOLDER / "settings.json", _rerun.read),
    (FOLDER / "losses.csv", _records.read),
)


def check(data: bytes) -> None:
    path, read = READERS[data[0] % len(READERS)] if data else READERS[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data[1:])
    try:
        read(path)
    except ValueError as error:
        if path.name not in str(error):
            raise
    finally:
        path.unlink()


def seeds() -> dict[str, bytes]:
    """A small file for every reader, and for each lists within lists without end."""
    row = {"composite": "a.png", "mask": "m.png", "real": "r.png", "name": "a", "subset": "s"}
    job = {"image": "a.png", "mask": "m.png", "strength": 0.5, "options": {"space": "lab"}}
    done = {"subset": "H", "name": "a", "row": row, "sizes": [9, 9, 9], "digests": [8, 8]}
    missed = {"subset": "H", "name": "b", "reasons": ["filter hue"]}
    ran = {"dataset": "d", "samples": 3, "protocol": "p", "protocol_says": "p", "metrics": ["mse"]}
    texts = (
        "composite,mask,real,name,subset\na.png,m.png,r.png,a,s\n",
        "composite\tmask\na.png\tm.png\n",
        json.dumps(row),
        'image,mask,strength,options\na.png,m.png,.5,"space=lab"\n',
        json.dumps(job),
        json.dumps({"settings": {"method": "mkl"}, "outputs": {"a.png": "00"}}),
        "\n".join(
            map(json.dumps, ({"settings": {}, "folders": ["H"]}, done, missed, {"lists": []}))
        ),
        json.dumps(ran | {"size": None, "shard_size": 2, "choice": {}}),
        "number,name,subset,foreground,mse\n0,a,s,0.5,1.25\n",
        "sample,left,right,winner,voter,study,time\na,x,y,left,v,s,1\n",
        json.dumps({"study": "s", "methods": {"a": "mkl"}}),
        json.dumps({"mkl": [{"size": 256}]}),
        json.dumps({"recipe": "issam", "batch": 4}),
        "step,loss\n1,0.5\n2,",
    )
    small = {f"reader_{i}": bytes([i]) + text.encode() for i, text in enumerate(texts)}
    return small | {f"deep_{i}": bytes([i]) + b"[" * 100_000 for i in range(len(texts))}


if __name__ == "__main__":
    run(check)
