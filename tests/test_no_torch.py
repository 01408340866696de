"""Without torch all works on NumPy and PIL; with it, nothing is imported before it is needed."""

import subprocess
import sys

HEAVY = ("torch", "onnxruntime", "imageio", "PIL")

BLOCK = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "onnxruntime", "imageio"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Blocked())
"""

USE = """
import importlib
import numpy as np
import harmonia
from PIL import Image

image, mask = harmonia.example()
for method in harmonia.list_methods():
    floats = (image / 255).astype(np.float32)
    for typed in (image, image.astype(np.uint16) * 257, floats, floats.astype(np.float16)):
        out = harmonia.harmonize(typed, mask, method, strength=0.9)
        assert out.dtype == typed.dtype and (out[mask == 0] == typed[mask == 0]).all()
    picture = harmonia.harmonize(Image.fromarray(image), Image.fromarray(mask), method)
    assert (np.asarray(picture) == harmonia.harmonize(image, mask, method)).all()
    try:
        look = harmonia.fit(image, mask, method, reference=image[:, ::-1])
    except TypeError as error:
        assert "depends on the place of each pixel" in str(error)
    else:
        assert look.apply(image, mask).shape == image.shape
    assert (harmonia.load(method)(image, mask) == np.asarray(picture)).all()
harmonia.composite.composite(255 - image, image, mask)
info = harmonia.build_info()
assert info["cuda"]["available"] is False or "torch" in info["cuda"]["reason"]
for name in ("harmonia.nets", "harmonia.training", "harmonia.training.losses"):
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        assert error.name == "torch" and str(error).endswith("pip install 'harmonia[torch]'"), error
    else:
        raise AssertionError(name + " came without torch")
print("worked", "torch" in sys.modules)
"""


def run(code):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=120
    )


def test_importing_harmonia_imports_nothing_heavy():
    done = run(f"import sys, harmonia; print([m for m in {HEAVY!r} if m in sys.modules])")
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_a_method_imports_nothing_heavy():
    code = f"""
import sys, numpy, harmonia
image, mask = numpy.zeros((4, 4, 3), "uint8"), numpy.eye(4, dtype=bool)
image[1:] = 90
harmonia.harmonize(image, mask, "mkl")
print([m for m in {HEAVY!r} if m in sys.modules])
"""
    done = run(code)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_everything_works_where_torch_cannot_be_imported():
    done = run(BLOCK + USE)
    assert (done.stdout.strip(), done.stderr) == ("worked False", "")
