"""Ask people which of two pictures looks more natural, and score methods by their votes.

harmonia study make --root DIR --methods composite,mkl,ours=RESULTS -o study.html
                                   the page on which people vote, and study.key.json, which tells
                                   whose pictures those were and is not for them
harmonia study score VOTES.csv... --key study.key.json
                                   Bradley-Terry scores of the votes that the page has saved

The page holds its pictures; with -o DIR they lie beside it. Every pair of methods is shown on every
sample, blind, in an order and on sides by chance. --votes-per-voter shares the pairs out: voter n
gets the n-th block, counted around, and study.html#voter=7 sets the number.

Scores are log-strengths s with a mean of zero, P(i beats j) = e^si / (e^si + e^sj), a tie half a
win for each. Published scores are normalised otherwise, mostly without a word, so that their order
compares and their values do not.
"""

import argparse

from harmonia.cli import _arguments

ACTIONS = ("make", "score")
# Of which actions an option is.
OF = {
    "dataset": ("make",),
    "root": ("make",),
    "split": ("make",),
    "options": ("make",),
    "limit": ("make",),
    "methods": ("make",),
    "output": ("make",),
    "title": ("make",),
    "question": ("make",),
    "consent": ("make",),
    "votes_per_voter": ("make",),
    "ties": ("make",),
    "checks": ("make",),
    "longest": ("make",),
    "quality": ("make",),
    "lossless": ("make",),
    "workers": ("make",),
    "overwrite": ("make",),
    "key": ("score",),
    "prior": ("score",),
    "resample": ("score",),
    "most_failed": ("score",),
    "markdown": ("score",),
    "latex": ("score",),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=ACTIONS, metavar="|".join(ACTIONS))
    parser.add_argument("files", nargs="*", metavar="VOTES", help="for score: .csv files of votes")
    _add_samples(parser)
    _add_page(parser)
    group = parser.add_argument_group("score")
    group.add_argument("--key", metavar="FILE", help="the key that make wrote beside the page")
    group.add_argument(
        "--prior",
        type=_arguments.number(0, float("inf")),
        metavar="VOTES",
        help="add so many votes for every pair of methods, half to each, so that one that wins "
        "always has a score too (default: none)",
    )
    group.add_argument(
        "--resample",
        choices=("voters", "samples", "votes"),
        help="what intervals draw anew (default: voters where they are ten, or else samples where "
        "they are, or else votes)",
    )
    group.add_argument(
        "--most-failed",
        type=_arguments.whole(0),
        metavar="N",
        help="leave out voters who failed more checks than this",
    )
    group.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    group.add_argument("--latex", action="store_true", help="print the table for LaTeX, booktabs")
    parser.add_argument(
        "--seed",
        type=_arguments.whole(0),
        metavar="N",
        help="of all that is by chance (default: 0)",
    )
    _arguments.add_json(parser)


def _add_samples(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("make: samples and methods")
    group.add_argument(
        "--dataset", metavar="NAME", help="one of `harmonia data list` (default: folder)"
    )
    group.add_argument("--root", metavar="DIR", help="the folder that it is in")
    group.add_argument("--split", metavar="NAME", help="such as test or train")
    group.add_argument(
        "--set",
        dest="options",
        action="append",
        type=_arguments.option,
        metavar="NAME=VALUE",
        help="an option of the reader; may come several times",
    )
    group.add_argument(
        "--limit",
        type=_arguments.whole(1),
        metavar="N",
        help="so many samples by chance, the same for a seed",
    )
    group.add_argument(
        "--methods",
        action="extend",
        type=_arguments.names,
        metavar="A,B,...",
        help="what is compared, as for `harmonia evaluate`: METHOD, composite, LABEL=METHOD, "
        "LABEL=DIR of finished pictures, NETWORK=WEIGHTS",
    )


def _add_page(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("make: page")
    group.add_argument(
        "-o",
        "--output",
        metavar="PAGE.html|DIR",
        help="a page that holds its pictures, or a folder",
    )
    group.add_argument("--title", help="default: Two pictures")
    group.add_argument("--question", help="default: Which one looks more natural?")
    group.add_argument(
        "--consent", metavar="FILE", help="a text that voters agree to, before they start"
    )
    group.add_argument(
        "--votes-per-voter",
        type=_arguments.whole(1),
        metavar="N",
        help="share the pairs out in blocks of no more than this (default: everyone sees all)",
    )
    group.add_argument("--ties", action="store_true", help='let voters choose "no difference"')
    group.add_argument(
        "--checks",
        type=_arguments.whole(0),
        metavar="N",
        help="show every voter so many pictures beside one that is plainly spoiled (default: 0)",
    )
    group.add_argument(
        "--longest",
        type=_arguments.whole(64),
        metavar="PIXELS",
        help="longest side of a picture (default: 720)",
    )
    group.add_argument(
        "--quality", type=_arguments.whole(1, 100), metavar="1..100", help="of JPEG (default: 95)"
    )
    group.add_argument("--lossless", action="store_true", help="PNG instead of JPEG")
    group.add_argument(
        "--workers",
        type=_arguments.whole(1),
        metavar="N",
        help="samples under way at a time (default: the cores)",
    )
    group.add_argument("--overwrite", action="store_true", help="replace a page that is there")


def run(arguments: argparse.Namespace) -> int:
    _arguments.check_action(arguments, OF)
    if arguments.action == "make":
        from harmonia.cli._study import make

        return make.run(arguments)
    from harmonia.cli._study import score

    return score.run(arguments)
