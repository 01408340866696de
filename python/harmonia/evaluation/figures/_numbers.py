"""The numbers below photographs: all of one size, and none of them cut short."""

from collections.abc import Iterable, Sequence

from harmonia.comparison.panels import in_captions, shown, spelled
from harmonia.evaluation.figures._matplotlib import SMALL
from harmonia.evaluation.figures._plate import SMALLEST, length
from harmonia.evaluation.figures._shown import Shown

SIZE = SMALL - 0.5  # in points, where there is room
MOST = 2  # metrics


class Numbers:
    """What is written below each picture.

    Attributes
    ----------
    lines
        How many: one, or where that would be too small to read, one for each metric.
    size
        Of the letters, in points.
    """

    def __init__(self, samples: Sequence[Shown], labels: Sequence[str], room: float) -> None:
        """For pictures that are `room` points wide."""
        scored = [scores for sample in samples for scores in sample.scores.values()]
        metrics = in_captions(list(scored[0]))[:MOST] if scored else []
        self._rows = [metrics] if metrics else []
        self.size = self._fitting(samples, labels, room)
        if self.size < SMALLEST:
            self._rows = [[metric] for metric in metrics]
            self.size = self._fitting(samples, labels, room)
        self.lines = len(self._rows)

    def of(self, sample: Shown, label: str) -> list[str]:
        """The lines below a picture; none below the truth."""
        if label not in sample.scores:
            return []
        scores = sample.scores[label]
        said = ((f"{spelled(name)} {shown(name, scores[name])}" for name in row)
                for row in self._rows)  # fmt: skip
        return ["  ".join(row) for row in said]

    def _fitting(self, samples: Iterable[Shown], labels: Sequence[str], room: float) -> float:
        every = (line for one in samples for label in labels for line in self.of(one, label))
        longest = max((length(line, SIZE) for line in every), default=0.0)
        return SIZE if longest <= room else SIZE * room / longest
