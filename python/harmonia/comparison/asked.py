"""What a caller may ask `compare` for, checked before any method runs."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from harmonia._registry import check_options, find_method, is_network, list_ready, method_name
from harmonia.comparison.zoom import Box

Method = str | Callable[[Any, Any], Any]
COMPOSITE, REAL = "composite", "real"  # what methods cannot be called
MOST_BOXES = 12


def choose_methods(
    methods: Any, options: Mapping[str, Mapping[str, Any]], device: str, where: str
) -> dict[str, tuple[Method, dict[str, Any]]]:
    """Methods and their options by name; what nobody knows is an error before any work."""
    if isinstance(methods, str):
        if methods != "all":
            raise TypeError(
                f"{where}: methods must be 'all' or a sequence of names, got {methods!r}; "
                f"use [{methods!r}]"
            )
        methods = list_ready()
    if not isinstance(methods, Mapping):
        names = list(methods)
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(
                f"{where}: methods has {min(twice)!r} twice; a mapping of names to methods tells "
                "them apart"
            )
        methods = {name: name for name in names}
    if not methods:
        raise ValueError(f"{where}: methods must name at least one")
    for name in options:
        if name not in methods:
            raise ValueError(
                f"{where}: options are for {name!r}, which is not among the methods; "
                f"they are {', '.join(map(str, methods))}"
            )
    chosen = {}
    for name, method in methods.items():
        if name in (COMPOSITE, REAL):
            raise ValueError(f"{where}: a method cannot be called {name!r}; choose another name")
        its_options = dict(options.get(name, {}))
        if isinstance(method, str):
            if not is_network(method_name(method, where=where, device=device)):
                check_options(find_method(method, where=where), its_options, where=where)
        elif not callable(method):
            raise TypeError(
                f"{where}: method {name!r} must be a name or a function of (image, mask), "
                f"got {type(method).__name__}"
            )
        elif its_options:
            raise ValueError(
                f"{where}: method {name!r} is a function, which takes no options here; "
                "give them to load"
            )
        chosen[str(name)] = (method, its_options)
    return chosen


def open_boxes(boxes: Any, size: tuple[int, int], where: str) -> int | tuple[Box, ...]:
    """A number of boxes to choose, or boxes inside of the picture."""
    if isinstance(boxes, (int, np.integer)) and not isinstance(boxes, bool):
        if not 0 <= boxes <= MOST_BOXES:
            raise ValueError(f"{where}: boxes must be a number from 0 to {MOST_BOXES}, got {boxes}")
        return int(boxes)
    given = []
    for box in boxes:
        try:
            x, y, width, height = (int(side) for side in box)
        except (TypeError, ValueError):
            raise ValueError(f"{where}: a box must be (x, y, width, height), got {box!r}") from None
        if min(width, height) < 1 or min(x, y) < 0 or x + width > size[1] or y + height > size[0]:
            raise ValueError(
                f"{where}: box {x},{y},{width},{height} must lie inside of the picture, which is "
                f"{size[1]} x {size[0]} pixels"
            )
        given.append(Box(x, y, width, height))
    return tuple(given)
