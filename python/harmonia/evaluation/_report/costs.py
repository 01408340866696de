"""What methods cost, where that was measured: a table, and times to be drawn against quality."""

from html import escape
from typing import NamedTuple

from harmonia.evaluation._results import Results
from harmonia.evaluation.cost import Cost, Costs, cells, read_costs


class Timed(NamedTuple):
    """Milliseconds by label, all at one size, and the words for that."""

    milliseconds: dict[str, float]
    said: str
    table: str


def timed(results: Results) -> Timed | None:
    """At the size of the results, or else the smallest, on the fewest threads."""
    costs = read_costs(results.folder)
    every = [one for found in costs.values() for one in found]
    if not every:
        return None
    sizes = {one.size for one in every}
    size = results.size if isinstance(results.size, int) and results.size in sizes else min(sizes)
    chosen = {label: _fewest_threads(found, size) for label, found in costs.items()}
    there = {label: one for label, one in chosen.items() if one is not None}
    hardware = ", ".join(sorted({_hardware(one) for one in there.values()}))
    said = f"A picture of {size} x {size} without its files, on {hardware}."
    return Timed({label: one.ms for label, one in there.items()}, said, _table(costs))


def _fewest_threads(found: list[Cost], size: int) -> Cost | None:
    return min(
        (one for one in found if one.size == size), key=lambda one: one.threads, default=None
    )


def _hardware(one: Cost) -> str:
    if one.device != "cpu":
        return one.device
    return f"{one.threads} thread{'s' if one.threads > 1 else ''} of {one.hardware}"


def _table(costs: Costs) -> str:
    head, *rows = cells(costs)
    heads = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = "".join(
        f'<tr><th scope="row">{escape(label)}</th>'
        f"{''.join(f'<td>{escape(cell)}</td>' for cell in line)}</tr>"
        for label, *line in rows
    )
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Time and memory"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>"
    )
