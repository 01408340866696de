"""The layout of iHarmony4: its names and its lists."""

from collections.abc import Mapping, Sequence
from typing import Any

from harmonia.datasets import _iharmony4_names


class IHarmony4Layout:
    """`<real>_<mask>_<number>.jpg`; `<SUB>_train.txt` in each folder, `IHD_train.txt` above."""

    def real(self, name: str) -> str:
        return _iharmony4_names.parse(name).real

    def mask(self, name: str) -> str:
        return _iharmony4_names.parse(name).mask

    def lists(self, rows: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
        found: dict[str, list[str]] = {}
        for row in rows:
            subset, split, file = row["subset"], row["split"], f"{row['name']}.jpg"
            found.setdefault(f"{subset}/{subset}_{split}.txt", []).append(f"{file}\n")
            whole = found.setdefault(f"IHD_{split}.txt", [])
            whole.append(f"{subset}/composite_images/{file}\n")
        return {name: "".join(lines) for name, lines in found.items()}
