"""Votes of people between two pictures: as CSV files, and cleared of what does not count."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from harmonia import _json

TIE = "tie"
CHECK = "check"  # a picture that is spoiled on purpose: who prefers it was not looking
RESERVED = ("left", "right", "a", "b", TIE, CHECK)
SIDES = {"left": 0, "a": 0, "right": 1, "b": 1}


class Vote(NamedTuple):
    """One person's choice between what two methods made of one sample.

    Attributes
    ----------
    sample
        The name of the sample.
    left, right
        The two methods.
    winner
        One of them, or "tie".
    voter
        Who it was; "" where nobody knows.
    """

    sample: str
    left: str
    right: str
    winner: str
    voter: str = ""


class Attention(NamedTuple):
    """How a voter did where one of the pictures was spoiled."""

    failed: int
    shown: int


class Ballot(NamedTuple):
    """What the files of one study hold.

    Attributes
    ----------
    votes
        Each person's last one on a pair, in the order of the files.
    attention
        By voter, where there were checks.
    left_out
        Voters whose votes are not among them.
    study
        Its identity; "" where the files name none.
    """

    votes: list[Vote]
    attention: dict[str, Attention]
    left_out: tuple[str, ...]
    study: str


class Key(NamedTuple):
    """Which methods the codes of a study stand for."""

    study: str
    methods: Mapping[str, str]


def read_votes(
    files: Iterable[str | PathLike[str]],
    *,
    key: str | PathLike[str] | None = None,
    most_failed: int | None = None,
) -> Ballot:
    """The votes in CSV files of one study.

    Columns are sample, left and right (or a and b) and winner, which is one of the two, or left,
    right, a, b, or tie; where wanted voter, study and time. Where a voter has voted twice on a
    pair, as in a file that was exported again, the vote of the later time counts.

    Parameters
    ----------
    files
        What the voting pages have exported.
    key
        The file that `write_study` wrote for those who evaluate: the methods behind the codes.
    most_failed
        Voters who failed more checks than this are left out.

    >>> file = folder / "votes.csv"
    >>> _ = file.write_text("sample,left,right,winner\\ncup,mkl,idt,mkl\\n")
    >>> harmonia.evaluation.read_votes([file]).votes[0].winner
    'mkl'
    """
    paths = [Path(file) for file in files]
    rows = [row for path in paths for row in _rows(path)]
    if not rows:
        raise ValueError(f"read_votes: files hold no votes: {', '.join(map(str, paths)) or 'none'}")
    studies = {row.study: row for row in rows}
    if len(studies) > 1:
        one, other = list(studies.values())[:2]
        raise ValueError(
            f"read_votes: {one.where} is of study {one.study or '(none)'}, {other.where} of "
            f"{other.study or '(none)'}; score each by itself"
        )
    study = next(iter(studies))
    latest = _latest(rows)
    attention = _attention(latest)
    limit = float("inf") if most_failed is None else most_failed
    out = tuple(voter for voter, seen in attention.items() if seen.failed > limit)
    names = {} if key is None else _methods(read_key(key), study)
    votes = [
        row.vote if key is None else _named(row, names)
        for row in latest
        if CHECK not in row.vote[1:3] and row.vote.voter not in out
    ]
    return Ballot(votes, attention, out, study)


def read_key(path: str | PathLike[str]) -> Key:
    try:
        said = _json.read(Path(path))
        return Key(str(said["study"]), {str(a): str(b) for a, b in said["methods"].items()})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError(f"read_votes: key: {path} is no key of a study") from None


class _Row(NamedTuple):
    vote: Vote
    study: str
    time: str
    where: str


def _rows(path: Path) -> list[_Row]:
    try:
        return list(_read_rows(path))
    except (csv.Error, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: is no CSV: {error}") from None


def _read_rows(path: Path) -> Iterator[_Row]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        lines = csv.DictReader(file, restval="")
        head = lines.fieldnames or []
        pair = ("a", "b") if "a" in head and "left" not in head else ("left", "right")
        missing = [name for name in ("sample", *pair, "winner") if name not in head]
        if missing:
            raise ValueError(
                f"{path}: has no column {' nor '.join(missing)}; votes have sample, left, right, "
                "winner and, where wanted, voter, study, time"
            )
        for line in lines:
            yield _row(line, pair, f"{path}: line {lines.line_num}")


def _row(line: Mapping[str, str], pair: Sequence[str], where: str) -> _Row:
    said = {name: (text or "").strip() for name, text in line.items() if isinstance(text, str)}
    left, right, winner = said[pair[0]], said[pair[1]], said["winner"]
    if not left or not right or left == right:
        raise ValueError(f"{where}: two methods are compared, got {left!r} and {right!r}")
    if winner not in (left, right):
        side = SIDES.get(winner.lower())
        if side is not None:
            winner = (left, right)[side]
        elif winner.lower() == TIE:
            winner = TIE
        else:
            raise ValueError(
                f"{where}: winner must be {left}, {right}, left, right, a, b or tie, got {winner!r}"
            )
    vote = Vote(said["sample"], left, right, winner, said.get("voter", ""))
    return _Row(vote, said.get("study", ""), said.get("time", ""), where)


def _latest(rows: Iterable[_Row]) -> list[_Row]:
    """Of a voter with a name, the last vote on each pair."""
    kept: dict[object, _Row] = {}
    for number, row in enumerate(rows):
        vote = row.vote
        pair = (vote.voter, vote.sample, frozenset(vote[1:3])) if vote.voter else number
        before = kept.get(pair)
        if before is None or row.time > before.time:
            kept[pair] = row
        elif row.time == before.time and vote.winner != before.vote.winner:
            raise ValueError(
                f"{row.where}: {vote.voter} has voted otherwise on the same pair "
                f"({before.where}), and no time says which came later"
            )
    return list(kept.values())


def _attention(rows: Iterable[_Row]) -> dict[str, Attention]:
    found: dict[str, Attention] = {}
    for row in rows:
        if CHECK in row.vote[1:3]:
            failed, shown = found.get(row.vote.voter, Attention(0, 0))
            wrong = row.vote.winner in (CHECK, TIE)
            found[row.vote.voter] = Attention(failed + wrong, shown + 1)
    return found


def _methods(key: Key, study: str) -> Mapping[str, str]:
    if key.study != study:
        raise ValueError(
            f"read_votes: key is of study {key.study}, the votes are of {study or '(none)'}"
        )
    return key.methods


def _named(row: _Row, names: Mapping[str, str]) -> Vote:
    vote = row.vote
    for code in vote[1:3]:
        if code not in names:
            raise ValueError(f"{row.where}: the key has no method {code!r}")
    return vote._replace(
        left=names[vote.left],
        right=names[vote.right],
        winner=TIE if vote.winner == TIE else names[vote.winner],
    )
