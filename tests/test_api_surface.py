"""The public names and signatures are those of api_surface.json.

After a wanted change, write the file anew and look at its diff:

    python tests/test_api_surface.py
"""

import importlib
import inspect
import json
import re
from pathlib import Path

import harmonia
from public_api import HAS_TORCH, MODULES, OF_TORCH, public_names

SURFACE = Path(__file__).with_name("api_surface.json")


def signature_of(function) -> str:
    """Names, kinds and defaults. How annotations print depends on NumPy and Python."""
    signature = inspect.signature(function)
    plain = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
    said = str(signature.replace(parameters=plain, return_annotation=signature.empty))
    return re.sub(r" at 0x[0-9a-f]+", "", said)  # of a function that is a default


def describe(value):
    if inspect.ismodule(value):
        return "module"
    if inspect.isclass(value) and issubclass(value, Warning):
        return "warning"
    if inspect.isclass(value) and issubclass(value, Exception) and "__init__" not in vars(value):
        return "error"
    if inspect.isclass(value):
        own = [base for base in reversed(value.__mro__) if base.__module__.startswith("harmonia")]
        members = {name: member for base in own for name, member in vars(base).items()}
        public = {
            name: signature_of(member)
            for name, member in sorted(members.items())
            if inspect.isfunction(member) and (name == "__call__" or not name.startswith("_"))
        }
        return {"": signature_of(value)} | public
    return signature_of(value) if callable(value) else type(value).__name__


def surface() -> dict:
    found = {}
    for name in MODULES:
        if name in OF_TORCH and not HAS_TORCH:
            continue
        module = importlib.import_module(name)
        found[name] = {public: describe(getattr(module, public)) for public in public_names(module)}
    return found


def test_public_names_and_signatures_are_the_agreed_ones():
    agreed = json.loads(SURFACE.read_text(encoding="utf-8"))
    agreed = {name: names for name, names in agreed.items() if HAS_TORCH or name not in OF_TORCH}
    assert surface() == agreed, (
        "the public names changed; if that is wanted, run python tests/test_api_surface.py, "
        "look at the diff of tests/api_surface.json, and add a line to CHANGELOG.md"
    )


def test_image_mask_reference_come_in_this_order():
    for function in (harmonia.harmonize, harmonia.fit, harmonia.Harmonizer.__call__):
        names = [name for name in inspect.signature(function).parameters if name != "self"]
        ordered = [n for n in names if n in ("image", "mask", "reference", "reference_mask")]
        assert names[:2] == ["image", "mask"]
        assert ordered == ["image", "mask", "reference", "reference_mask"]


def test_dir_shows_what_is_public():
    assert set(harmonia.__all__) <= set(dir(harmonia))
    assert sorted(harmonia.__all__) == harmonia.__all__


if __name__ == "__main__":
    importlib.import_module("torch")  # without it a part of the names would be lost
    SURFACE.write_text(json.dumps(surface(), indent=2) + "\n", encoding="utf-8")
