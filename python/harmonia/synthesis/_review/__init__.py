"""The manual pass over a set: a page to decide on, and what becomes of the decisions."""

from harmonia.synthesis._review.applying import Applied, apply_decisions
from harmonia.synthesis._review.page import write_review_page

__all__ = ["Applied", "apply_decisions", "write_review_page"]
