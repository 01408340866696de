"""Values that papers and repositories published, each with where it stands.

`published.csv` has a row a value, as its source prints it: a table of a README, or of a figure in
a repository. A source that quotes another says so in brackets.
"""

import csv
import functools
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from harmonia.evaluation import _agreement
from harmonia.evaluation._plan import Size
from harmonia.metrics import Protocol, find_protocol

FILE = Path(__file__).with_suffix(".csv")
ALL = "All"

# The file's words for a dataset, or a part of one; others are sub-datasets of iHarmony4.
PLACES = {
    "iHarmony4-all": ("iharmony4", ALL),
    "iHarmony4 all": ("iharmony4", ALL),
    "iHarmony4 fg 0-5%": ("iharmony4", "0-5%"),
    "iHarmony4 fg 5-15%": ("iharmony4", "5-15%"),
    "iHarmony4 fg 15-100%": ("iharmony4", "15-100%"),
    "iHarmony4 novel=human test (2039)": ("iharmony4", "novel"),
    "iHarmony4 base=non-human test (5365)": ("iharmony4", "base"),
    "iHarmony4-all(+HVIDIT for composite column)": ("iharmony4+hvidit", ALL),
    "D-Hday2night": ("d-hday2night", ALL),
    "ccHarmony": ("ccharmony", ALL),
    "HYouTube": ("hyoutube", ALL),
    "99 real composites": ("real_composites_99", ALL),
}
METRICS = {"B-T score": "bradley_terry"}


class Published(NamedTuple):
    """A value that was published.

    Attributes
    ----------
    method, year
        As its source calls it, and when it came out.
    dataset, subset
        The dataset as `harmonia.datasets` calls it; and a sub-dataset, a bin of foreground shares,
        CharmNet's "novel" or "base", or "All".
    size
        Of the squares that were scored, or "native".
    metric, value
        As `harmonia.evaluate` calls it.
    source
        Where it stands.
    line
        Of `published.csv`, counted from 1.
    """

    method: str
    year: int | None
    dataset: str
    subset: str
    size: Size
    metric: str
    value: float
    source: str
    line: int

    @property
    def protocol(self) -> str | None:
        """By what it was computed, without a size; None where that is in doubt."""
        return self._rule.protocol

    @property
    def reason(self) -> str:
        """Why that is known, or is not."""
        return self._rule.reason

    def agrees_with(self, protocol: str | Protocol, size: Size) -> bool:
        """Whether what a protocol measures, of pictures of a size, is the same quantity."""
        found = find_protocol(protocol, where="agrees_with")
        if self.size != size or (found.size or "native") != size:
            return False
        if self.protocol is None or found.name.partition("-")[0] != self.protocol:
            return False
        # One that was changed and kept its name is another.
        return found == replace(find_protocol(self.protocol), name=found.name, size=found.size)

    @property
    def _rule(self) -> _agreement.Rule:
        return _agreement.rule(self.source, self.method, self.subset, self.metric, self.size)


def published(
    dataset: str | None = None,
    size: Size | None = None,
    metric: str | None = None,
    *,
    subset: str | None = None,
    method: str | None = None,
    protocol: str | Protocol | None = None,
) -> list[Published]:
    """What has been published of a dataset, at a size, by a metric: all that is known by default.

    Parameters
    ----------
    dataset, size, metric, subset, method
        Only rows that have this. `method` is any part of the name, in large or small letters.
    protocol
        Only rows whose values were computed by it, and at its size.

    >>> from harmonia.evaluation import published
    >>> [row] = published("iharmony4", 256, "mse", subset="All", protocol="ihd_script",
    ...                   method="composite")
    >>> row.value, row.source
    (172.47, 'bcmi/Image-Harmonization-Dataset-iHarmony4 README leaderboard (256x256)')
    """
    if protocol is not None:
        protocol = find_protocol(protocol, where="published")
    wanted = {"dataset": dataset, "size": size, "metric": metric, "subset": subset}
    return [
        row
        for row in rows()
        if all(value is None or getattr(row, name) == value for name, value in wanted.items())
        and (method is None or method.casefold() in row.method.casefold())
        and (protocol is None or row.agrees_with(protocol, protocol.size or "native"))
    ]


@functools.cache
def rows() -> tuple[Published, ...]:
    """All there are, in the order of the file."""
    with FILE.open(newline="", encoding="utf-8") as file:
        return tuple(_row(said, line) for line, said in enumerate(csv.DictReader(file), start=2))


def _row(said: dict[str, str], line: int) -> Published:
    place, size, metric = said["dataset"], said["resolution"], said["metric"]
    dataset, subset = PLACES.get(place, ("iharmony4", place))
    return Published(
        method=said["method"],
        year=int(said["year"]) if said["year"] else None,
        dataset=dataset,
        subset=subset,
        size="native" if size == "full" else int(size),
        metric=METRICS.get(metric, metric.lower()),
        value=float(said["value"]),
        source=said["source"],
        line=line,
    )
