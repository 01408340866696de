"""Bradley-Terry scores: beside a slow reference, and what may not change them."""

import itertools
import math
import random

import numpy as np
import pytest
from harmonia.evaluation import Vote, bradley_terry
from harmonia.evaluation._likelihood import (
    chi_square_tail,
    components,
    covariance,
    probabilities,
    strengths,
)
from hypothesis import given
from hypothesis import strategies as st
from reference import bradley_terry as reference

NAMES = ("copy", "mkl", "idt", "xue", "poisson")
# The widest that rounding sets two sums of at most a few hundred votes apart, after Newton's steps
# end at 1e-10.
ROUNDED = 1e-9


@st.composite
def ballots(draw, *, most=40):
    """Votes in which every strength has a bound: each of two to five methods wins over the next,
    all around, besides what chance adds."""
    names = NAMES[: draw(st.integers(2, 5))]
    votes = [Vote("s", a, b, a, "v") for a, b in zip(names, names[1:] + names[:1], strict=True)]
    pair = st.lists(st.sampled_from(names), min_size=2, max_size=2, unique=True)
    for _ in range(draw(st.integers(0, most))):
        left, right = draw(pair)
        winner = draw(st.sampled_from([left, right, "tie"]))
        sample, voter = draw(st.sampled_from("abc")), draw(st.sampled_from("xyz"))
        votes.append(Vote(sample, left, right, winner, voter))
    return votes


def shares(votes):
    return [
        (v.left, v.right, 0.5 if v.winner == "tie" else float(v.winner == v.left)) for v in votes
    ]


def quick(votes, **options):
    return bradley_terry(votes, replicates=2, **options)


def planted(strengths, *, samples, voters, seed):
    """Votes of every voter on every pair, by the model."""
    dice = random.Random(seed)
    votes = []
    for sample, voter in itertools.product(range(samples), range(voters)):
        for one, other in itertools.combinations(sorted(strengths), 2):
            chance = 1 / (1 + math.exp(strengths[other] - strengths[one]))
            winner = one if dice.random() < chance else other
            votes.append(Vote(f"s{sample}", one, other, winner, f"v{voter}"))
    return votes


@given(ballots())
def test_the_gradient_of_the_likelihood_vanishes(votes):
    found = quick(votes).scores
    slope = reference.slope(shares(votes), list(found), list(found.values()))
    # A strength that is 1e-10 off moves the gradient by a quarter of the votes times that.
    assert max(map(abs, slope)) <= 1e-9 * len(votes)


def test_scores_are_those_of_a_slow_ascent():
    votes = planted({"copy": -0.6, "mkl": 0.1, "idt": 0.5}, samples=4, voters=3, seed=5)
    votes += [Vote("s0", "copy", "mkl", "tie", "v0")] * 3
    found = quick(votes).scores
    wanted = reference.strengths(shares(votes), list(found))
    assert list(found.values()) == pytest.approx(wanted, abs=1e-8)


def test_lopsided_votes_have_their_maximum_too():
    # Links of very different weight: Newton's undamped steps leave for infinity here.
    wins = np.zeros((5, 5))
    wins[0, :4], wins[1, 0], wins[2, 4] = (0, 6176, 307017, 1), 31884, 26
    wins[3], wins[4, 0], wins[4, 3] = (119298, 779307, 0, 0, 78573), 5, 8
    scores = strengths(wins)
    slope = wins.sum(axis=1) - ((wins + wins.T) * probabilities(scores)).sum(axis=1)
    assert np.abs(slope).max() <= 1e-9 * wins.sum()
    assert np.ptp(scores) > 5


def test_two_methods_are_the_odds():
    found = quick([Vote("s", "a1", "b1", "a1")] * 3 + [Vote("s", "b1", "a1", "b1")])
    assert found.scores == pytest.approx({"a1": math.log(3) / 2, "b1": -math.log(3) / 2})
    assert found.probability("a1", "b1") == pytest.approx(0.75)
    assert found.win_rates == pytest.approx({"a1": 0.75, "b1": 0.25})


@given(ballots())
def test_the_mean_is_zero_and_the_strongest_come_first(votes):
    found = list(quick(votes).scores.values())
    assert abs(sum(found)) <= ROUNDED
    assert found == sorted(found, reverse=True)


@given(ballots(), st.randoms(use_true_random=False))
def test_neither_the_order_of_votes_nor_the_sides_matter(votes, dice):
    shuffled = dice.sample(votes, len(votes))
    turned = [v._replace(left=v.right, right=v.left) for v in shuffled]
    one, other = bradley_terry(votes, replicates=20), bradley_terry(turned, replicates=20)
    assert str(one.to_dict()) == str(other.to_dict())  # to the bit; NaN is like NaN here


@given(ballots(), st.permutations(NAMES))
def test_labels_do_not_matter(votes, names):
    other = dict(zip(NAMES, names, strict=True)) | {"tie": "tie"}
    renamed = [
        v._replace(left=other[v.left], right=other[v.right], winner=other[v.winner]) for v in votes
    ]
    one, two = quick(votes), quick(renamed)
    assert {other[name]: score for name, score in one.scores.items()} == pytest.approx(
        two.scores, abs=ROUNDED
    )
    assert {other[name]: error for name, error in one.errors.items()} == pytest.approx(
        two.errors, abs=ROUNDED
    )


@given(ballots())
def test_one_more_win_makes_the_winner_stronger_than_the_loser(votes):
    vote = votes[0]
    before, after = quick(votes).scores, quick([*votes, vote]).scores
    loser = vote.right if vote.winner == vote.left else vote.left
    assert after[vote.winner] - after[loser] > before[vote.winner] - before[loser]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("resample", ["voters", "samples", "votes"])
def test_planted_strengths_lie_within_the_intervals(resample, seed):
    truth = {"copy": -1.0, "mkl": -0.2, "idt": 0.3, "xue": 0.9}
    votes = planted(truth, samples=12, voters=12, seed=seed)
    found = bradley_terry(votes, resample=resample)
    for name, strength in truth.items():
        low, high = found.intervals[name]
        # Of 36 intervals of 95 % two miss; half a length further out none of a thousand does.
        slack = (high - low) / 2
        assert low - slack < strength < high + slack
        assert found.scores[name] == pytest.approx(strength, abs=4 * found.errors[name])
        # The votes are independent here, so that all three kinds of interval are as long.
        assert (high - low) / (2 * 1.96 * found.errors[name]) == pytest.approx(1, abs=0.5)


def test_voters_who_think_alike_lengthen_intervals_of_voters_alone():
    votes = []
    for voter in range(20):
        side = "copy" if voter < 8 else "mkl"
        votes += [Vote(f"s{n}", "copy", "mkl", side, f"v{voter}") for n in range(30)]
    length = {
        of: np.ptp(bradley_terry(votes, resample=of).intervals["mkl"]) for of in ("voters", "votes")
    }
    assert length["voters"] > 4 * length["votes"]  # sqrt(30) by theory


def test_what_is_resampled_is_said():
    few = planted({"copy": 0.0, "mkl": 0.0}, samples=3, voters=3, seed=1)
    many = planted({"copy": 0.0, "mkl": 0.0}, samples=12, voters=3, seed=1)
    people = planted({"copy": 0.0, "mkl": 0.0}, samples=3, voters=12, seed=1)
    assert [quick(votes).resampled for votes in (few, many, people)] == [
        "votes",
        "samples",
        "voters",
    ]


def test_the_same_seed_gives_the_same_intervals():
    votes = planted({"copy": 0.0, "mkl": 0.4}, samples=12, voters=12, seed=1)
    one, same, other = (bradley_terry(votes, replicates=50, seed=seed) for seed in (1, 1, 2))
    assert one.intervals == same.intervals != other.intervals


def test_errors_are_those_of_a_coin():
    # The difference of two is the log-odds, of variance 1 / (n p (1 - p)); each is half of it.
    found = quick([Vote("s", "a1", "b1", "a1")] * 3 + [Vote("s", "a1", "b1", "b1")])
    assert found.errors["a1"] == pytest.approx(math.sqrt(1 / (4 * 0.75 * 0.25)) / 2)


def test_the_covariance_is_the_inverse_of_the_information():
    wins = np.array([[0, 3, 2], [1, 0, 4], [5, 2, 0]], float)
    scores = np.array([0.3, -0.1, -0.2])
    chance = probabilities(scores)
    weights = (wins + wins.T) * chance * chance.T
    information = np.diag(weights.sum(1)) - weights
    centring = np.eye(3) - 1 / 3
    assert covariance(wins, scores) @ information == pytest.approx(centring, abs=1e-12)


def test_a_method_that_always_wins_is_refused():
    votes = [Vote("s", "best", "mkl", "best"), Vote("s", "mkl", "idt", "mkl")]
    votes += [Vote("s", "idt", "mkl", "idt")]
    with pytest.raises(ValueError, match=r"best never lost, so that .* no bound.*pass prior=1"):
        bradley_terry(votes)
    found = quick(votes, prior=1)
    assert next(iter(found.scores)) == "best"
    # The prior is a vote a pair, half to each: the same as votes that tie.
    pairs = itertools.combinations(("best", "mkl", "idt"), 2)
    tied = quick(votes + [Vote("s", *pair, "tie") for pair in pairs])
    assert found.scores == pytest.approx(tied.scores, abs=ROUNDED)


@pytest.mark.parametrize(
    ("won", "said"),
    [
        ([("mkl", "idt"), ("idt", "mkl"), ("mkl", "worst")], "worst never won"),
        (
            [("mkl", "idt"), ("idt", "mkl"), ("mkl", "xue"), ("xue", "copy"), ("copy", "xue")],
            "none of idt, mkl ever lost to another method",
        ),
    ],
)
def test_why_there_is_no_bound_is_said(won, said):
    with pytest.raises(ValueError, match=said):
        bradley_terry([Vote("s", one, other, one) for one, other in won])


@pytest.mark.parametrize("prior", [0, 1])
def test_groups_that_were_never_compared_are_named(prior):
    pairs = [("mkl", "idt"), ("xue", "copy")]
    votes = [Vote("s", *pair, winner) for pair in pairs for winner in pair]
    with pytest.raises(ValueError, match=r"copy, xue \| idt, mkl"):
        bradley_terry(votes, prior=prior)


def test_draws_without_a_bound_are_counted():
    # Of 4 votes, all go to one side in (3/4)^4 + (1/4)^4 of draws: 0.32.
    votes = [Vote("s", "mkl", "idt", "mkl")] * 3 + [Vote("s", "mkl", "idt", "idt")]
    found = bradley_terry(votes)
    assert 0.25 < found.unbounded < 0.4  # 1000 draws: 0.32 +- 0.015
    assert np.isfinite(found.intervals["mkl"]).all()
    assert bradley_terry(votes, prior=1).unbounded == found.unbounded


def test_agreement_is_of_different_people():
    pair = ("s", "mkl", "idt")
    votes = [Vote(*pair, "mkl", "ann"), Vote(*pair, "mkl", "ben"), Vote(*pair, "idt", "cid")]
    found = quick(votes).agreement
    assert found == pytest.approx((1 / 3, -1 / 3, 3))
    again = quick(
        [*votes, Vote(*pair, "mkl", "ann")]
    ).agreement  # 4 votes: ann with herself no pair
    assert again == pytest.approx((2 / 5, -1 / 5, 5))
    assert quick([vote._replace(voter="") for vote in votes]).agreement is None


def test_agreement_is_beside_every_pair_of_votes():
    votes = planted({"copy": 0.0, "mkl": 1.0, "idt": 0.2}, samples=3, voters=5, seed=9)
    votes += [Vote("s1", "idt", "mkl", "tie", f"w{n}") for n in range(3)]
    same = pairs = 0
    for one, other in itertools.combinations(votes, 2):
        if one.sample == other.sample and {*one[1:3]} == {*other[1:3]} and one.voter != other.voter:
            pairs += 1
            same += one.winner == other.winner
    found = quick(votes).agreement
    assert (found.share, found.pairs) == (pytest.approx(same / pairs), pairs)
    # Two who toss coins, and say "tie" as often as people did, agree by chance so often.
    ties = 3 / len(votes)
    chance = ties**2 + 2 * ((1 - ties) / 2) ** 2
    assert found.coefficient == pytest.approx((found.share - chance) / (1 - chance))


def test_votes_that_go_round_in_a_circle_do_not_fit():
    circle = [("mkl", "idt"), ("idt", "xue"), ("xue", "mkl")]
    votes = [Vote("s", *pair, pair[0]) for pair in circle for _ in range(20)]
    found = quick(votes).fit
    # All strengths are equal: each of the 60 votes had a chance of a half, and could have 1.
    assert (found.statistic, found.degrees) == (pytest.approx(2 * 60 * math.log(2)), 1)
    assert found.p < 1e-10


def test_a_tree_of_pairs_leaves_nothing_to_explain():
    votes = [Vote("s", "mkl", "idt", winner) for winner in ("mkl", "mkl", "idt")]
    found = quick(votes).fit
    assert found.degrees == 0
    assert found.statistic == pytest.approx(0, abs=1e-12)
    assert math.isnan(found.p)


@pytest.mark.parametrize(
    ("value", "degrees", "tail"),
    # Printed tables: the critical values of 5 % and 1 %.
    [(3.841, 1, 0.05), (5.991, 2, 0.05), (11.345, 3, 0.01), (18.307, 10, 0.05), (30.578, 15, 0.01)],
)
def test_the_tail_of_chi_square_is_that_of_tables(value, degrees, tail):
    assert chi_square_tail(value, degrees) == pytest.approx(tail, rel=1e-3)  # of four digits


def test_components_lead_from_strong_to_weak():
    beats = np.zeros((5, 5), bool)
    beats[3, 1] = beats[1, 3] = beats[1, 0] = beats[0, 4] = beats[4, 0] = beats[4, 2] = True
    assert components(beats, strongly=True) == [[1, 3], [0, 4], [2]]
    assert components(beats) == [[0, 1, 2, 3, 4]]


def test_ratios_and_rates_are_counted_by_hand():
    votes = [Vote("s", "mkl", "idt", "mkl"), Vote("s", "idt", "mkl", "tie")]
    votes += [Vote("s", "xue", "idt", "idt"), Vote("s", "xue", "mkl", "xue")]
    found = quick(votes)
    assert found.ratio_of_votes == pytest.approx({"mkl": 1.5 / 4, "idt": 1.5 / 4, "xue": 1 / 4})
    assert found.win_rates == pytest.approx({"mkl": 1.5 / 3, "idt": 1.5 / 3, "xue": 1 / 2})
    assert (found.votes, found.ties, found.voters, found.samples) == (4, 1, 1, 1)


@pytest.mark.parametrize(
    ("votes", "options", "said"),
    [
        ([], {}, "votes must hold at least one"),
        ([("s", "mkl", "mkl", "mkl")], {}, "compare two methods"),
        ([("s", "mkl", "idt", "xue")], {}, "the winner is one of them"),
        ([("s", "tie", "idt", "idt")], {}, "'tie', which is no name"),
        ([("s", "mkl", "idt", "tie")], {"prior": -1}, "prior must be a number of votes"),
        ([("s", "mkl", "idt", "tie")], {"prior": math.nan}, "prior must be a number of votes"),
        ([("s", "mkl", "idt", "tie")], {"replicates": 0}, "replicates must be at least 1"),
        ([("s", "mkl", "idt", "tie")], {"resample": "voters"}, "at least two voters"),
        ([("s", "mkl", "idt", "tie")], {"resample": "days"}, "voters, samples or votes"),
    ],
)
def test_what_makes_no_sense_is_refused(votes, options, said):
    with pytest.raises(ValueError, match=said):
        bradley_terry(votes, **options)


def test_a_vote_of_other_length_is_a_type_error():
    with pytest.raises(TypeError, match="sample, left, right, winner, voter"):
        bradley_terry([("s", "mkl")])
