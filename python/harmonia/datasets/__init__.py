"""Readers of published datasets, and of anyone's folders. Nothing is downloaded."""

from harmonia.datasets._dataset import Dataset
from harmonia.datasets._facts import Facts
from harmonia.datasets._join import Joined, join
from harmonia.datasets._load import facts, list_datasets, load
from harmonia.datasets._page import page
from harmonia.datasets._sample import Entry, Sample
from harmonia.datasets._spread.plot import svg as spread_svg
from harmonia.datasets._spread.spread import Spread, spread
from harmonia.datasets._verify import verify
from harmonia.datasets._verify.kinds import KINDS, Kind
from harmonia.datasets._verify.report import Finding, Report

__all__ = [
    "KINDS",
    "Dataset",
    "Entry",
    "Facts",
    "Finding",
    "Joined",
    "Kind",
    "Report",
    "Sample",
    "Spread",
    "facts",
    "join",
    "list_datasets",
    "load",
    "page",
    "spread",
    "spread_svg",
    "verify",
]
