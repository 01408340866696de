"""Decisions as a CSV file: name, decision, note."""

import csv
from collections.abc import Collection
from pathlib import Path

COLUMNS = ("name", "decision", "note")
KEEP, REJECT = "keep", "reject"


def read(path: Path, known: Collection[str]) -> dict[str, bool]:
    """Whether each named sample is kept. A sample without a decision has none or an empty one."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        missing = [name for name in COLUMNS[:2] if name not in (rows.fieldnames or [])]
        if missing:
            raise ValueError(
                f"{path}: has no column {' nor '.join(missing)}; the review page exports "
                f"{', '.join(COLUMNS)}"
            )
        found: dict[str, bool] = {}
        unknown = []
        for row in rows:
            name, decision = row["name"] or "", (row["decision"] or "").strip().lower()
            if decision not in (KEEP, REJECT, ""):
                raise ValueError(
                    f"{path}: line {rows.line_num}: decision must be {KEEP}, {REJECT} or empty, "
                    f"got {decision!r}"
                )
            if name not in known:
                unknown.append(name)
            elif decision and found.setdefault(name, decision == KEEP) != (decision == KEEP):
                raise ValueError(f"{path}: {name} is kept on one line and rejected on another")
    if unknown:
        more = f" and {len(unknown) - 3} more" if len(unknown) > 3 else ""
        raise ValueError(
            f"{path}: the set has no {', '.join(unknown[:3])}{more}; it may be that of another set"
        )
    return found
