"""Groups of photographs go to one list as a whole, whatever else there is."""

import pytest
from harmonia.synthesis._splits import check_test_share, split_of

GROUPS = [f"group {number}" for number in range(4000)]


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_the_share_is_about_what_was_asked_for(share):
    tests = sum(split_of(group, share) == "test" for group in GROUPS)
    # Five standard deviations of 4000 draws.
    assert abs(tests / 4000 - share) <= 5 * (share * (1 - share) / 4000) ** 0.5


def test_a_larger_share_only_adds_to_the_test_list():
    smaller = {group for group in GROUPS if split_of(group, 0.1) == "test"}
    assert smaller < {group for group in GROUPS if split_of(group, 0.2) == "test"}


def test_the_split_is_the_same_for_ever():
    """What was the test list of a set that exists must not be trained on."""
    found = [split_of(f"{letter}.jpg", 0.5) for letter in "abcdef"]
    assert found == ["train", "train", "train", "train", "train", "test"]


@pytest.mark.parametrize("share", [-0.1, 1.1, "0.1", True, None, float("nan")])
def test_a_share_is_a_number_of_0_to_1(share):
    with pytest.raises(ValueError, match=r"hflickr: test_share must be a number from 0 to 1"):
        check_test_share(share, where="hflickr")


@pytest.mark.parametrize("share", [0, 0.25, 1])
def test_both_ends_are_shares(share):
    check_test_share(share, where="hflickr")
