"""Pictures, masks and files of tables: read, or refused by an error of harmonia's own."""

import contextlib
import os
import sys
import tempfile
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # where `malformed` is
os.environ.setdefault("HARMONIA_MAX_PIXELS", "1000000")

if __name__ == "__main__":
    from python_target import instrumented, run

    instrumented("harmonia", "harmonia.io", "harmonia.lut")

import malformed
from harmonia import io as hio
from harmonia import lut

TABLES = (".cube", ".3dl", ".png")
FOLDER = Path(tempfile.mkdtemp(prefix="harmonia-fuzz-"))


def check(data: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of decoders, about what they read nevertheless
        with contextlib.suppress(hio.ImageFileError, hio.ProfileError):
            hio.to_srgb(hio.read(data))
        with contextlib.suppress(hio.ImageFileError):
            hio.read_mask(data)
    for suffix in TABLES:
        path = FOLDER / f"table{suffix}"
        path.write_bytes(data)
        with contextlib.suppress(lut.LutFileError):
            lut.read_lut(path)


if __name__ == "__main__":
    run(check, lambda data, chance: chance.choice(malformed.DAMAGES)(data, chance))
