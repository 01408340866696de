"""Write the files that the fuzzers begin with: each form of .cube and .3dl, rows of each kind of
PNG, pictures of every format, manifests, weights, and for kernels a few of everything.

python tests/fuzz/make_corpus.py FOLDER
"""

import io
import itertools
import random
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent

CURVE = "0 0 0\n0.25 0.5 1e-3\n1 1 1\n"


def table(size, top=1):
    """Entries of the identity, red fastest."""
    steps = [f"{top * i / (size - 1):g}" for i in range(size)]
    return "".join(f"{r} {g} {b}\n" for b, g, r in itertools.product(steps, repeat=3))


def codes(size, top):
    """Entries of the identity as whole numbers, blue fastest."""
    steps = [round(top * i / (size - 1)) for i in range(size)]
    return "".join(f"{r} {g} {b}\n" for r, g, b in itertools.product(steps, repeat=3))


SEEDS = {
    "table.cube": f'TITLE "A look"\nLUT_3D_SIZE 3\n{table(3)}',
    "domain.cube": f"LUT_3D_SIZE 2\nDOMAIN_MIN -1 0 -.5\nDOMAIN_MAX 2 1 1.5\n\n{table(2, 2)}",
    "comments.cube": f"# made by hand\r\n\tLUT_3D_SIZE  2\r\n# entries\r\n{table(2)}\r\n#\r\n",
    "mark.cube": f'\ufeffTITLE "été"\nLUT_3D_SIZE 2\n{table(2, 0.1)}',
    "curve.cube": f"LUT_1D_SIZE 3\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 2 2 2\n{CURVE}",
    "curve_range.cube": f"LUT_1D_SIZE 3\nLUT_1D_INPUT_RANGE -0.1 1e1\n{CURVE}",
    "shaper.cube": "LUT_1D_SIZE 3\nLUT_1D_INPUT_RANGE 0 4\nLUT_3D_SIZE 2\n"
    f"LUT_3D_INPUT_RANGE 0 1\n{CURVE}{table(2)}",
    "signs.cube": "LUT_3D_SIZE 2\n" + "+1 -0 .5\n1. -1e-45 3.4028235e38\n" * 4,
    "video.cube": f"LUT_IN_VIDEO_RANGE\nLUT_3D_SIZE 2\n{table(2)}",
    "huge.cube": "LUT_3D_SIZE 129\n0 0 0\n",
    "nan.cube": "LUT_3D_SIZE 2\n" + "nan inf 0x1\n" * 8,
    "lustre.3dl": f"#Tokens\n3DMESH\nMesh 1 12\n0 512 1023\n{codes(3, 4095)}\n#\nLUT8\ngamma 1.0\n",
    "flame.3dl": f"# flame\n0 341 682 1023\n\n{codes(4, 1023)}",
    "bytes.3dl": f"0 255\n{codes(2, 255)}",
    "words.3dl": f"0 65535\n{codes(2, 65535)}",
    "bright.3dl": f"0 1023\n{codes(2, 1500)}",
    "dark.3dl": f"Mesh 0 16\n0 1023\n{codes(2, 90)}",
}

# Which kind of pixels, width - 1, the grid; then rows, each with its filter.
ROWS = {
    f"kind_{kind}_{grid}": bytes([kind, 6, grid])
    + b"".join(bytes([filtering]) + bytes(range(56)) for filtering in range(5))
    for kind in range(11)
    for grid in (0, 0b01010101)
}


def of_python():
    """Whole files for the targets in Python."""
    sys.path[:0] = [str(HERE), str(HERE.parent)]
    import fuzz_manifests
    import malformed
    import torch
    from safetensors.torch import save

    state, stream = {"layer.weight": torch.ones(2, 3), "layer.bias": torch.zeros(2)}, io.BytesIO()
    torch.save({"state_dict": state}, stream)
    arrays = io.BytesIO()
    np.savez(arrays, **{name: tensor.numpy() for name, tensor in state.items()})
    weights = {"safetensors": save(state), "torch": stream.getvalue(), "npz": arrays.getvalue()}
    made = {"fuzz_manifests": fuzz_manifests.seeds(), "fuzz_weights": weights}
    tables = {name: text.encode() for name, text in SEEDS.items()}
    made["fuzz_pictures"] = {**malformed.whole_files(), **tables}
    return {(target, name): data for target, named in made.items() for name, data in named.items()}


if __name__ == "__main__":
    files = {("fuzz_lut_text", name): text.encode() for name, text in SEEDS.items()}
    files |= {("fuzz_png_rows", name): rows for name, rows in ROWS.items()}
    files |= {
        (path.stem, f"noise_{seed}"): random.Random(seed).randbytes(400)
        for path in HERE.glob("fuzz_*.cpp")
        for seed in range(20)
    }
    files |= of_python()
    for (target, name), content in files.items():
        folder = Path(sys.argv[1], target)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
