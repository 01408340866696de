"""What one folder of results gives to a table: its columns, and the rows of each cell."""

import functools
from collections.abc import Collection, Sequence

from harmonia._registry import find_metric
from harmonia.datasets import facts
from harmonia.evaluation._candidates import COMPOSITE
from harmonia.evaluation._plan import Row
from harmonia.evaluation._results import Results
from harmonia.evaluation.published import Published, published
from harmonia.evaluation.tables._layouts import ALL, find_layout, usual_layout
from harmonia.evaluation.tables._model import DIGITS, LABELS, Column

OF_IHARMONY4 = ("iharmony4", "hadobe5k")


class Part:
    """A folder in a layout.

    Attributes
    ----------
    results, layout
        What it is made of.
    rows
        Those of each method.
    metrics
        The group and the metric of each column.
    prefix
        What tells it apart from other parts of the table.
    """

    def __init__(
        self,
        results: Results,
        layout: str | None,
        methods: Sequence[str] | None,
        metrics: Sequence[str] | None,
        novel: Collection[str],
        where: str,
    ) -> None:
        self.results, self.prefix = results, ""
        self.rows = {label: results.rows(label) for label in in_order(results, methods, where)}
        subsets = {row.subset for rows in self.rows.values() for row in rows}
        self.layout = find_layout(layout or usual_layout(results, subsets), where=where)
        if self.layout.needs_novel and not novel:
            raise ValueError(
                f"{where}: layout {layout!r} needs novel, the names of samples of the novel "
                "category or their list, such as IHD_human_test.txt"
            )
        for name in metrics or ():
            check_measured(name, results, where)
        self._members = {label: self._grouped(rows, novel) for label, rows in self.rows.items()}
        if not subsets:
            raise ValueError(
                f"{where}: in {results.folder} 0 of {results.samples:,} are measured; the same "
                "evaluation again goes on from there"
            )
        known = dict.fromkeys(name for groups in self._members.values() for name in groups)
        if not known:
            subset = ", ".join(sorted(filter(None, subsets))) or "none"
            raise ValueError(
                f"{where}: there is nothing for the layout {layout or 'all'!r} in "
                f"{results.folder}; sub-datasets there are {subset}"
            )
        order = [*self.layout.order, *(name for name in known if name != ALL), ALL]
        self.groups = [name for name in dict.fromkeys(order) if name in known]
        self.metrics = [
            (group, name)
            for group in self.groups
            for name in metrics or self.layout.chosen(group, results.metrics)
        ]

    def members(self, label: str, group: str) -> list[Row]:
        return self._members.get(label, {}).get(group, [])

    def images(self, group: str) -> int:
        return max(len(self.members(label, group)) for label in self.rows)

    def published_as(self, group: str) -> str:
        """What papers call it: all images, where they are of one sub-dataset, are that."""
        if group != ALL:
            return group
        subsets = {row.subset for rows in self.rows.values() for row in rows}
        return next(iter(subsets)) if len(subsets) == 1 and "" not in subsets else group

    @property
    def title(self) -> str:
        results = self.results
        return f"{results.dataset}, {size_of(results)}, protocol {results.protocol}"

    @property
    def columns(self) -> list[Column]:
        return [
            column_of(name, f"{group}, {self.prefix}" if self.prefix else group, self.images(group))
            for group, name in self.metrics
        ]

    @property
    def is_comparable(self) -> bool:
        """Whether all means are over the same images."""
        return len({tuple(row.number for row in rows) for rows in self.rows.values()}) == 1

    def _grouped(self, rows: Sequence[Row], novel: Collection[str]) -> dict[str, list[Row]]:
        groups: dict[str, list[Row]] = {}
        for name, row in zip(self.layout.group(rows, novel), rows, strict=True):
            if name is not None:
                groups.setdefault(name, []).append(row)
        if self.layout.has_all and rows:
            groups[ALL] = list(rows)
        return groups


def in_order(
    results: Results, methods: Sequence[str] | None, where: str, what: str = "methods"
) -> list[str]:
    """The labels asked for, or all: the composites first."""
    if methods is None:
        return sorted(results.labels, key=lambda label: (label != COMPOSITE, label))
    for label in methods:
        if label not in results.labels:
            raise ValueError(
                f"{where}: {what}: {results.folder} has no {label!r}, only "
                f"{', '.join(results.labels)}"
            )
    return list(dict.fromkeys(methods))


def check_measured(name: str, results: Results, where: str) -> None:
    if name not in results.metrics:
        raise ValueError(
            f"{where}: metrics: {results.folder} has no {name!r}, only {', '.join(results.metrics)}"
        )


def column_of(name: str, group: str = "", images: int = 0) -> Column:
    better = find_metric(name, where="table").better
    return Column(group, LABELS.get(name, name), better, DIGITS.get(name, 2), images)


def size_of(results: Results) -> str:
    size = results.size
    return "native size" if size == "native" else f"{size} x {size}"


def agreeing(part: Part, group: str, metric: str) -> list[Published]:
    """What has been published of these images, by the same protocol, at the same size."""
    return computed_alike(part, group, metric) if is_whole(part, group) else []


def computed_alike(part: Part, group: str, metric: str) -> list[Published]:
    """What has been published by the same protocol at the same size, of all images of a group."""
    results = part.results
    if results.dataset not in OF_IHARMONY4 or not results.has_named_protocol:
        return []
    return [
        row
        for row in published("iharmony4", subset=part.published_as(group), metric=metric)
        if row.agrees_with(results.protocol, results.size)
    ]


def is_whole(part: Part, group: str) -> bool:
    """Whether every method has all of the images that published means are over."""
    wanted = test_counts().get(part.published_as(group))
    return all(len(part.members(label, group)) == wanted for label in part.rows)


@functools.cache
def test_counts() -> dict[str, int]:
    """How many images the published means of a group are over."""
    counts = dict(facts("iharmony4").counts["test"])
    return counts | {ALL: sum(counts.values())}
