"""harmonia study score: the table of strengths, and how far to trust it."""

import argparse
import math
from collections.abc import Sequence

from harmonia.cli import _console
from harmonia.cli._arguments import Misused
from harmonia.cli._table import table
from harmonia.evaluation import Ballot, Strengths, bradley_terry, read_votes

HEAD = ["method", "score", "95 % interval", "win rate", "of all votes"]
MISFIT = 0.01  # the chance of votes that follow the model, below which a word is said
MANY = 0.02  # of the draws without a bound: more than lie beyond an interval's end
LATEX = str.maketrans({sign: f"\\{sign}" for sign in "&%$#_{}"})


def run(arguments: argparse.Namespace) -> int:
    if not arguments.files:
        raise Misused("score needs VOTES, the .csv files that the page has saved")
    if sum([arguments.json, arguments.markdown, arguments.latex]) > 1:
        raise Misused("--json, --markdown and --latex print one and the same; use one")
    ballot = read_votes(arguments.files, key=arguments.key, most_failed=arguments.most_failed)
    if not ballot.votes:
        raise ValueError("no votes are left to score")
    strengths = bradley_terry(
        ballot.votes,
        prior=arguments.prior or 0.0,
        resample=arguments.resample,
        seed=arguments.seed or 0,
    )
    _caution(ballot, strengths, with_key=arguments.key is not None)
    if arguments.json:
        attention = {voter: seen._asdict() for voter, seen in ballot.attention.items()}
        said = {"study": ballot.study, "left_out": ballot.left_out, "attention": attention}
        _console.show_json(said | strengths.to_dict() | {"warnings": _console.cautions()})
        return 0
    rows = [HEAD, *_rows(strengths)]
    if arguments.markdown:
        from harmonia.datasets import _page

        shown = _page.grid(rows, right=range(1, len(HEAD))).rstrip("\n")
    elif arguments.latex:
        shown = _latex(rows)
    else:
        shown = table(rows, right=range(1, len(HEAD)))
    notes = _notes(ballot, strengths)
    if arguments.latex:
        notes = [f"% {note}" for note in notes]
    between = "\n" if arguments.latex else "\n\n"
    _console.show(between.join([shown, "\n".join(notes)]))
    return 0


def _rows(strengths: Strengths) -> list[list[str]]:
    rates, ratios = strengths.win_rates, strengths.ratio_of_votes
    return [
        [
            name,
            _signed(score),
            "{} to {}".format(*map(_signed, strengths.intervals[name])),
            f"{100 * rates[name]:.1f} %",
            f"{100 * ratios[name]:.1f} %",
        ]
        for name, score in strengths.scores.items()
    ]


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-0.000", "+0.000")


def _latex(rows: Sequence[Sequence[str]]) -> str:
    lines = [" & ".join(_escaped(cell) for cell in row) + r" \\" for row in rows]
    return "\n".join(
        [
            rf"\begin{{tabular}}{{l{'r' * (len(HEAD) - 1)}}}",
            r"\toprule",
            lines[0],
            r"\midrule",
            *lines[1:],
            r"\bottomrule",
            r"\end{tabular}",
        ]
    )


def _escaped(cell: str) -> str:
    text = cell.translate(LATEX)
    if not cell.startswith(("+", "-")):
        return text
    return " to ".join(f"${part}$" for part in text.split(" to "))


def _notes(ballot: Ballot, strengths: Strengths) -> list[str]:
    ties = f"; {_of(strengths.ties, 'tie')}, half a win for each" if strengths.ties else ""
    notes = [
        "Bradley-Terry: log-strengths with a mean of zero; intervals over "
        f"{strengths.resampled} drawn anew",
        f"{_of(strengths.votes, 'vote')} of {_of(strengths.voters, 'voter')} on "
        f"{_of(strengths.samples, 'sample')}{ties}",
    ]
    if strengths.prior:
        votes = "1 vote" if strengths.prior == 1 else f"{strengths.prior:g} votes"
        notes.append(f"with a prior of {votes} a pair, half to each")
    said = strengths.agreement
    if said is not None:
        notes.append(
            f"voters agree on {100 * said.share:.1f} % of {said.pairs} pairs of votes; "
            f"beyond chance {said.coefficient:.2f}"
        )
    fit = strengths.fit
    if fit.degrees:
        notes.append(
            f"fit: G2 = {fit.statistic:.2f}, degrees of freedom {fit.degrees}, p = {fit.p:.2g}"
        )
    shown = sum(seen.shown for seen in ballot.attention.values())
    if shown:
        failed = sum(seen.failed for seen in ballot.attention.values())
        out = f", {_of(len(ballot.left_out), 'voter')} left out" if ballot.left_out else ""
        notes.append(f"checks: {failed} of {shown} failed{out}")
    return notes


def _caution(ballot: Ballot, strengths: Strengths, *, with_key: bool) -> None:
    if ballot.study and not with_key:
        _console.caution(
            "these methods are codes of a study; --key with the file that study make wrote names "
            "them"
        )
    if strengths.unbounded > MANY:
        _console.caution(
            f"in {100 * strengths.unbounded:.0f} % of the draws some method always wins, so that "
            "intervals are too short; more votes help"
        )
    if not math.isnan(strengths.fit.p) and strengths.fit.p < MISFIT:
        _console.caution(
            f"one score a method explains these votes badly (p = {strengths.fit.p:.1g}); look at "
            "the wins of pairs in --json"
        )


def _of(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
