"""The .3dl format, word by word. `ValueError` for whatever is no such file."""

import numpy as np
from reference.cube import lines_of, number, require, whole


def bits_of(most):
    """By the greatest number, which may be up to twice the range."""
    require(128 <= most < 2 * 2**16)
    return next(bits for bits in (8, 10, 12, 16) if most < 2 * 2**bits)


def parse(data):
    """The nodes."""
    lines = [words for _, words in lines_of(data)]
    require(lines)
    if lines[0] == ["3DMESH"]:
        lines.pop(0)
    declared = None
    require(lines)
    if lines[0][0] == "Mesh":
        declared = [whole(word) for word in lines.pop(0)[1:]]
        require(len(declared) == 2 and declared[0] <= 7 and 8 <= declared[1] <= 16)
    require(lines)
    mesh = [whole(word) for word in lines.pop(0)]
    size = len(mesh)
    require(2 <= size <= 129)
    require(declared is None or 2 ** declared[0] <= size - 1 < 2 ** (declared[0] + 1))
    top = 2 ** bits_of(mesh[-1]) - 1
    for i, point in enumerate(mesh):
        require(abs(point - int(np.floor(i * top / (size - 1) + 0.5))) <= 1)
        require(i == 0 or point > mesh[i - 1])
    require(len(lines) >= size**3)
    entries = [[whole(word) for word in words] for words in lines[: size**3]]
    require(all(len(entry) == 3 for entry in entries))
    most = max(max(entry) for entry in entries)
    bits = declared[1] if declared else bits_of(most)
    require(most < (2**bits if declared else 2 * 2**bits))
    endings = lines[size**3 :]
    kinds = [words[0][:3] for words in endings]
    require(len(set(kinds)) == len(kinds) and set(kinds) <= {"LUT", "gam"})
    for words in endings:
        if words[0].startswith("LUT"):
            require(len(words) == 1 and whole(words[0][3:]) <= 16)
        else:
            require(words[0] == "gamma" and len(words) == 2 and number(words[1]) == 1)
    codes = np.array(entries, np.float32).reshape(size, size, size, 3)
    return codes / np.float32(2**bits - 1)
