"""Scores from votes between pairs: the Bradley-Terry model, with intervals."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from harmonia.evaluation import _likelihood
from harmonia.evaluation._voters import Agreement, agreement
from harmonia.evaluation._votes import RESERVED, TIE, Vote

Array = np.ndarray[Any, Any]
Resampled = Literal["voters", "samples", "votes"]

FEWEST = 10  # voters or samples that stand for others like them
REPLICATES = 1000
INSIDE = 0.95
RESCUE = 0.5  # votes a pair, for draws in which a strength has no bound


class Fit(NamedTuple):
    """Whether one strength a method explains the votes.

    Attributes
    ----------
    statistic
        Twice the log-likelihood that a chance of its own for each pair of methods would gain.
    degrees
        Pairs that were compared, less the methods but one.
    p
        How often votes that follow the model are as far from it, if each is cast for itself; NaN
        where nothing is left to explain.
    """

    statistic: float
    degrees: int
    p: float


@dataclass(frozen=True, eq=False)
class Strengths:
    """How strong methods are by votes between pairs. Mappings have the strongest first.

    Attributes
    ----------
    scores
        Log-strengths s with a mean of zero: P(i beats j) = e^si / (e^si + e^sj).
    intervals
        The middle 95 % of the scores of votes that were drawn anew.
    errors
        Standard errors from the Fisher information, as if every vote were cast for itself.
    wins
        At [i, j] how often method i was preferred to j, a tie half a time; both in the order of
        `scores`.
    votes, ties, voters, samples
        How many there are. Nameless voters count as one.
    resampled
        What was drawn for the intervals: "voters", "samples" or "votes".
    unbounded
        The share of draws in which some strength had no bound but for a prior: that of the call, or
        else half a vote a pair. The intervals are too short where there are many.
    prior
        That of the call.
    agreement
        Between voters; None where no two voted on the same pair of pictures.
    fit
        Whether the model explains the votes.
    """

    scores: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    errors: dict[str, float]
    wins: Array
    votes: int
    ties: int
    voters: int
    samples: int
    resampled: Resampled
    unbounded: float
    prior: float
    agreement: Agreement | None
    fit: Fit

    @property
    def methods(self) -> tuple[str, ...]:
        return tuple(self.scores)

    @property
    def win_rates(self) -> dict[str, float]:
        """Of the votes on a method's own pictures, the share that preferred it."""
        games = (self.wins + self.wins.T).sum(axis=1)
        return self._by_name(self.wins.sum(axis=1) / games)

    @property
    def ratio_of_votes(self) -> dict[str, float]:
        """Of all votes, the share that went to a method."""
        return self._by_name(self.wins.sum(axis=1) / self.wins.sum())

    def probability(self, method: str, other: str) -> float:
        """That a voter prefers one to the other, by the model."""
        return float(1 / (1 + np.exp(self.scores[other] - self.scores[method])))

    def to_dict(self) -> dict[str, Any]:
        """All of it, in values that JSON has."""
        rates, ratios = self.win_rates, self.ratio_of_votes
        return {
            "normalisation": "log-strengths with a mean of zero",
            "ties": "half a win each",
            "methods": {
                name: {
                    "score": score,
                    "interval": list(self.intervals[name]),
                    "standard_error": self.errors[name],
                    "win_rate": rates[name],
                    "ratio_of_votes": ratios[name],
                }
                for name, score in self.scores.items()
            },
            "wins": self.wins.tolist(),
            "votes": self.votes,
            "tied": self.ties,
            "voters": self.voters,
            "samples": self.samples,
            "resampled": self.resampled,
            "unbounded": self.unbounded,
            "prior": self.prior,
            "agreement": None if self.agreement is None else self.agreement._asdict(),
            "fit": self.fit._asdict(),
        }

    def _by_name(self, values: Array) -> dict[str, float]:
        return dict(zip(self.scores, values.tolist(), strict=True))


def bradley_terry(
    votes: Iterable[Vote | Sequence[str]],
    *,
    prior: float = 0.0,
    resample: Resampled | None = None,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> Strengths:
    """Scores of methods by pairwise votes, most likely under the Bradley-Terry model.

    The scores are log-strengths with a mean of zero. Published user studies print numbers of some
    other normalisation, mostly without a word: their order compares with the order here, their
    values do not. A tie is half a win for each.

    Parameters
    ----------
    votes
        `Vote`s, or tuples (sample, left, right, winner, voter), as from `read_votes`.
    prior
        Votes that are added for every pair of methods, half to each. By default none: then a method
        that wins always has no bounded strength, which is an error.
    resample
        What the intervals draw anew, with replacement: voters, where they are at least ten, or else
        samples, where they are, or else votes.
    replicates, seed
        How often, and by which random numbers.

    >>> from harmonia.evaluation import bradley_terry, Vote
    >>> won = [Vote("beach", "mkl", "copy", "mkl")] * 3 + [Vote("beach", "mkl", "copy", "copy")]
    >>> strengths = bradley_terry(won)
    >>> round(strengths.probability("mkl", "copy"), 6), round(sum(strengths.scores.values()), 6)
    (0.75, 0.0)
    """
    where = "bradley_terry"
    cast = [_checked(vote, where) for vote in votes]
    if not prior >= 0 or prior == float("inf"):
        raise ValueError(f"{where}: prior must be a number of votes, 0 or more, got {prior}")
    if replicates < 1:
        raise ValueError(f"{where}: replicates must be at least 1, got {replicates}")
    names = sorted({name for vote in cast for name in vote[1:3]})
    if not names:
        raise ValueError(f"{where}: votes must hold at least one")
    place = {name: number for number, name in enumerate(names)}
    added = prior / 2 * (1 - np.eye(len(names)))
    wins = _counted(cast, place)
    _refuse_without_maximum(wins, added, names, where)
    scores = _likelihood.strengths(wins + added)
    order = sorted(range(len(names)), key=lambda number: (-scores[number], names[number]))

    of = _resampled(cast, resample, where)
    drawn = _draws(cast, place, of, replicates, np.random.default_rng(seed))
    bounded = _likelihood.has_maximum(drawn)
    drawn += added
    if not prior:
        drawn[~bounded] += RESCUE / 2 * (1 - np.eye(len(names)))
    edges = ((1 - INSIDE) / 2, (1 + INSIDE) / 2)
    low, high = np.quantile(_likelihood.strengths(drawn), edges, axis=0)
    spread = np.sqrt(np.diag(_likelihood.covariance(wins + added, scores)))
    statistic, degrees = _likelihood.misfit(wins, scores)
    tail = _likelihood.chi_square_tail(statistic, degrees) if degrees else float("nan")
    return Strengths(
        scores={names[i]: float(scores[i]) for i in order},
        intervals={names[i]: (float(low[i]), float(high[i])) for i in order},
        errors={names[i]: float(spread[i]) for i in order},
        wins=wins[np.ix_(order, order)],
        votes=len(cast),
        ties=sum(vote.winner == TIE for vote in cast),
        voters=len({vote.voter for vote in cast}),
        samples=len({vote.sample for vote in cast}),
        resampled=of,
        unbounded=float(1 - bounded.mean()),
        prior=float(prior),
        agreement=agreement(cast),
        fit=Fit(statistic, degrees, tail),
    )


def _checked(vote: Vote | Sequence[str], where: str) -> Vote:
    try:
        checked = Vote(*vote)
    except TypeError:
        raise TypeError(
            f"{where}: votes must be (sample, left, right, winner, voter), got {vote!r}"
        ) from None
    if checked.left == checked.right or checked.winner not in (*checked[1:3], TIE):
        raise ValueError(
            f"{where}: votes compare two methods, and the winner is one of them or 'tie', got "
            f"{tuple(checked)}"
        )
    reserved = [name for name in checked[1:3] if name in RESERVED]
    if reserved:
        raise ValueError(f"{where}: votes have a method {reserved[0]!r}, which is no name for one")
    return checked


def _counted(votes: Iterable[Vote], place: dict[str, int]) -> Array:
    """[i, j] how often i was preferred to j; exact, so that the order of votes does not matter."""
    wins = np.zeros((len(place), len(place)))
    for vote in votes:
        left, right = place[vote.left], place[vote.right]
        share = 0.5 if vote.winner == TIE else float(vote.winner == vote.left)
        wins[left, right] += share
        wins[right, left] += 1 - share
    return wins


def _refuse_without_maximum(wins: Array, added: Array, names: list[str], where: str) -> None:
    parts = _likelihood.components((wins + wins.T) > 0)
    if len(parts) > 1:
        listed = " | ".join(_joined(part, names) for part in parts)
        raise ValueError(
            f"{where}: votes link no two of these groups, so that their strengths do not compare: "
            f"{listed}; score each by itself, or gather votes between them"
        )
    parts = _likelihood.components((wins + added) > 0, strongly=True)
    if len(parts) == 1:
        return
    best, worst = _joined(parts[0], names), _joined(parts[-1], names)
    if len(parts[0]) == 1:
        said = f"{best} never lost"
    elif len(parts[-1]) == 1:
        said = f"{worst} never won"
    else:
        said = f"none of {best} ever lost to another method"
    raise ValueError(
        f"{where}: votes: {said}, so that its strength has no bound; gather more votes, or pass "
        "prior=1, which adds a vote for every pair, half to each"
    )


def _joined(part: Sequence[int], names: list[str]) -> str:
    return ", ".join(names[number] for number in part)


def _resampled(votes: list[Vote], asked: Resampled | None, where: str) -> Resampled:
    voters = len({vote.voter for vote in votes})
    samples = len({vote.sample for vote in votes})
    if asked is None:
        return "voters" if voters >= FEWEST else "samples" if samples >= FEWEST else "votes"
    if asked not in ("voters", "samples", "votes"):
        raise ValueError(f"{where}: resample must be voters, samples or votes, got {asked!r}")
    if asked != "votes" and (voters if asked == "voters" else samples) < 2:
        raise ValueError(f"{where}: resample={asked!r} needs at least two {asked}")
    return asked


def _draws(
    votes: list[Vote],
    place: dict[str, int],
    of: Resampled,
    replicates: int,
    random: np.random.Generator,
) -> Array:
    """(replicates, methods, methods): wins of groups of votes that are drawn with replacement."""
    if of == "votes":
        cells = Counter((*sorted(vote[1:3]), vote.winner) for vote in votes)
        groups = [[Vote("", *cell)] for cell in sorted(cells)]
        sizes = np.array([cells[cell] for cell in sorted(cells)])
    else:
        by: dict[str, list[Vote]] = defaultdict(list)
        for vote in votes:
            by[vote.voter if of == "voters" else vote.sample].append(vote)
        groups = [by[name] for name in sorted(by)]
        sizes = np.ones(len(groups), int)
    counted = np.stack([_counted(group, place) for group in groups])
    total = int(sizes.sum())
    times = random.multinomial(total, sizes / total, size=replicates)
    return np.tensordot(times.astype(float), counted, axes=1)
