"""The page on which people vote between methods, and the key that tells which those were."""

from harmonia.evaluation._study.making import Study, write_study

__all__ = ["Study", "write_study"]
