"""The tables and sheets of a run for TensorBoard."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harmonia._packages import package
from harmonia.comparison.display import Bytes


class TensorBoard:
    """Event files in a folder; what they hold after `since` is hidden, since it is done again."""

    def __init__(self, folder: Path, *, since: int) -> None:
        check()
        from torch.utils.tensorboard import SummaryWriter

        writer: Any = SummaryWriter
        self._writer = writer(str(folder), purge_step=since + 1)

    def add(self, group: str, step: int, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            self._writer.add_scalar(f"{group}/{name}", value, step)
        self._writer.flush()

    def show(self, step: int, sheet: Bytes) -> None:
        self._writer.add_image("samples", sheet, step, dataformats="HWC")
        self._writer.flush()

    def close(self) -> None:
        self._writer.close()


def check() -> None:
    """Before a run begins, not when its first row is there."""
    wanted = package("tensorboard")
    if wanted.version is None:
        raise ModuleNotFoundError(f"train: tensorboard is not installed; {wanted.install}")
