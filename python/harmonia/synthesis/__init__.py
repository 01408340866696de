"""Composites with ground truth, made from photographs."""

from harmonia.synthesis._score import Score

__all__ = ["Score"]
