"""The report of an evaluation: one HTML file with tables, charts, cases and all numbers."""

from harmonia.evaluation._report.writing import report

__all__ = ["report"]
