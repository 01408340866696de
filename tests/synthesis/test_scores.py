"""Automatic filters: what they refuse and what they let pass."""

import pytest
from harmonia.synthesis import Score, scores


def test_names_choose_scores_and_none_is_all():
    assert list(scores.chosen(None)) == scores.list_scores()
    assert list(scores.chosen(["plausible_hue"])) == ["plausible_hue"]
    assert scores.chosen([]) == scores.chosen({}) == {}


def test_own_scores_take_the_place_of_the_librarys():
    mine = Score(lambda composite, mask, real: 0.5, 0.4)
    assert scores.chosen({"mine": mine}) == {"mine": mine}


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (["beauty"], "synthesize: filters: unknown score 'beauty'; choose one of "),
        ("plausible_hue", "must be a list of names, got 'plausible_hue'"),
        ({"mine": 3}, "must map names to Score, got 'mine': 3"),
    ],
)
def test_errors_say_what_filters_are(filters, said):
    with pytest.raises((TypeError, ValueError), match=said):
        scores.chosen(filters, where="synthesize: filters")


def test_no_number_is_never_accepted():
    assert not Score(lambda composite, mask, real: 0.5, 0.4).accepts(float("nan"))
