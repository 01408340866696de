"""Readers of published datasets, and of anyone's folders. Nothing is downloaded."""

from harmonia.datasets._dataset import Dataset
from harmonia.datasets._facts import Facts
from harmonia.datasets._load import facts, list_datasets, load
from harmonia.datasets._sample import Entry, Sample

__all__ = ["Dataset", "Entry", "Facts", "Sample", "facts", "list_datasets", "load"]
