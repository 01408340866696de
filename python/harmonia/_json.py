"""JSON that comes from others: whatever is wrong with it is a ValueError."""

import json
from pathlib import Path
from typing import Any


def parse(text: str | bytes) -> Any:
    """As `json.loads`, which has another error for what is nested without end."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("is nested too deeply") from None


def read(path: Path) -> dict[str, Any]:
    """The object that a file holds."""
    try:
        found = parse(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path}: is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise ValueError(f"{path}: must hold an object, {{...}}")
    return found
