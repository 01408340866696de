"""Rows as a Parquet file, by pyarrow."""

import importlib
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from harmonia._packages import package
from harmonia.evaluation._plan import Row


class Writer:
    """A file that rows are added to, a candidate's at a time."""

    def __init__(self, path: Path, metrics: Sequence[str]) -> None:
        try:
            arrow: Any = importlib.import_module("pyarrow")
            parquet: Any = importlib.import_module("pyarrow.parquet")
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                f"to_parquet: {error.name} is missing: {package('pyarrow').install}; or write a "
                ".csv, which needs nothing",
                name=error.name,
            ) from error
        self._metrics = tuple(metrics)
        self._arrow = arrow
        self._schema = arrow.schema(
            [
                ("label", arrow.string()),
                ("number", arrow.int64()),
                ("name", arrow.string()),
                ("subset", arrow.string()),
                ("foreground", arrow.float64()),
                *((name, arrow.float64()) for name in self._metrics),
            ]
        )
        self._file: Any = parquet.ParquetWriter(str(path), self._schema)

    def __enter__(self) -> "Writer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, label: str, rows: Sequence[Row]) -> None:
        numbers, names, subsets, foregrounds, values = zip(*rows, strict=True)
        metrics = zip(*values, strict=True) if self._metrics else ()
        columns = [[label] * len(rows), numbers, names, subsets, foregrounds, *metrics]
        arrays = [
            self._arrow.array(column, one.type)
            for column, one in zip(columns, self._schema, strict=True)
        ]
        self._file.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))
