"""Files of weights and checkpoints of a run: read, or refused by a WeightsError that names them."""

import tempfile
import warnings
from pathlib import Path

if __name__ == "__main__":
    from python_target import instrumented, run

    instrumented("harmonia.nets", "harmonia.nets._weights", "harmonia.training._checkpoint")

from harmonia.nets import _checkpoints, _weights
from harmonia.training import _checkpoint

PATH = Path(tempfile.mkdtemp(prefix="harmonia-fuzz-"), "file.weights")
READERS = (
    _checkpoints.read,
    _checkpoint.load,
    lambda path: _weights.recognise(path, "issam"),
)


def check(data: bytes) -> None:
    PATH.write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch, about what it reads nevertheless
        for read in READERS:
            try:
                read(PATH)
            except _checkpoints.WeightsError as error:
                if PATH.name not in str(error):
                    raise


if __name__ == "__main__":
    run(check)
