"""Whether voters agree: pairs of votes by different people on the same pair of pictures."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from harmonia.evaluation._votes import TIE, Vote


class Agreement(NamedTuple):
    """How alike different people vote.

    Attributes
    ----------
    share
        Of two votes on the same pair of pictures by different people, how many are the same.
    coefficient
        The same without what chance would give: 0 for people who toss coins, 1 for people who
        always agree. Without ties it is the coefficient u of Kendall and Babington Smith, 1940.
    pairs
        How many pairs of votes that is of.
    """

    share: float
    coefficient: float
    pairs: int


def agreement(votes: Iterable[Vote]) -> Agreement | None:
    """None where no two people voted on the same."""
    seen: dict[object, Counter[tuple[str, str]]] = defaultdict(Counter)
    ties = total = 0
    for vote in votes:
        seen[vote.sample, frozenset(vote[1:3])][vote.voter, vote.winner] += 1
        ties += vote.winner == TIE
        total += 1
    same = pairs = 0
    for counted in seen.values():
        voters: Counter[str] = Counter()
        winners: Counter[str] = Counter()
        for (voter, winner), count in counted.items():
            voters[voter] += count
            winners[winner] += count
        pairs += _two(voters.values(), by_one=False)
        same += _two(winners.values(), by_one=True) - _two(counted.values(), by_one=True)
    if not pairs:
        return None
    share, tied = same / pairs, ties / total
    chance = tied * tied + (1 - tied) ** 2 / 2
    coefficient = (share - chance) / (1 - chance) if chance < 1 else 1.0
    return Agreement(share, coefficient, pairs)


def _two(counts: Iterable[int], *, by_one: bool) -> int:
    """Ways to take two votes of the same group, or of two groups."""
    found = list(counts)
    same = sum(count * (count - 1) // 2 for count in found)
    total = sum(found)
    return same if by_one else total * (total - 1) // 2 - same
