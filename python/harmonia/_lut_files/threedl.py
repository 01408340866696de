"""The .3dl files of Lustre, Flame and Nuke: tables of integers."""

import numpy as np

from harmonia import _core
from harmonia._lut_files.contents import (
    Contents,
    LutFileError,
    check_bits,
    check_cubic,
    check_plain,
)

KIND = "a .3dl"
BITS = (8, 10, 12, 16)
FEWEST_NODES = 4  # a mesh of three numbers reads as an entry elsewhere


def parse(data: bytes, name: str) -> Contents:
    try:
        return Contents(_core.parse_threedl(data))
    except _core.LutTextError as error:
        line, said = error.args
        raise LutFileError(name, said, line) from None


def format(contents: Contents, bits: int) -> bytes:
    check_bits(bits, BITS, KIND)
    size = check_cubic(contents, KIND)
    check_plain(contents, KIND)
    if size < FEWEST_NODES:
        raise ValueError(
            f"{KIND} has at least {FEWEST_NODES} nodes along an axis, this table has {size}; "
            "use harmonia.lut.resize(lut, 17)"
        )
    most = int(np.floor(float(contents.nodes.max()) * (2**bits - 1) + 0.5))
    if _core.threedl_bits(most) != bits:
        raise ValueError(
            f"{KIND} tells its depth by its greatest entry, and {most} would not read as {bits} "
            "bits; this table is too dark, use bits=16 or save as .cube"
        )
    return _core.format_threedl(contents.nodes, bits)
