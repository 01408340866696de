"""Composites with ground truth, made from photographs."""

from harmonia.synthesis._on_the_fly import RandomComposites, random_composites
from harmonia.synthesis._recipe import Layout, Made, Recipe, Task, Unusable
from harmonia.synthesis._recipes import list_recipes, prepare
from harmonia.synthesis._report import Failure, Progress, Report
from harmonia.synthesis._review import Applied, apply_decisions, write_review_page
from harmonia.synthesis._score import Score
from harmonia.synthesis._synthesize import synthesize

__all__ = [
    "Applied",
    "Failure",
    "Layout",
    "Made",
    "Progress",
    "RandomComposites",
    "Recipe",
    "Report",
    "Score",
    "Task",
    "Unusable",
    "apply_decisions",
    "list_recipes",
    "prepare",
    "random_composites",
    "synthesize",
    "write_review_page",
]
