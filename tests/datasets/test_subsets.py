"""Parts of a dataset by chance and by what its entries share, without opening a file."""

import hashlib
from pathlib import Path

import pytest
from harmonia.datasets import Dataset, Entry
from hypothesis import given
from hypothesis import strategies as st


def entry(line):
    real, _, number = line.partition("_")
    return Entry(line, Path(line), Path(f"{real}.png"), Path(f"{real}.jpg"), extras={"n": number})


def dataset(lines):
    return Dataset("made", lines, entry)


LINES = [f"{real}_{number}" for number in range(9) for real in ("cow", "apple", "bottle")]
lists = st.lists(st.text("abc_\u00e9", min_size=1, max_size=4), unique=True, max_size=20)


def test_a_sample_holds_the_lines_of_the_smallest_digests():
    smallest = sorted(LINES, key=lambda line: hashlib.sha256(f"7 {line}".encode()).hexdigest())[:5]
    chosen = dataset(LINES).sample(5, seed=7).lines
    assert set(chosen) == set(smallest)


@given(lists, st.integers(-3, 3), st.data())
def test_a_sample_keeps_the_order_and_does_not_depend_on_it(lines, seed, data):
    count = data.draw(st.integers(0, len(lines)))
    chosen = dataset(lines).sample(count, seed=seed).lines
    assert len(chosen) == count
    assert chosen == [line for line in lines if line in chosen]
    shuffled = data.draw(st.permutations(lines))
    assert set(dataset(shuffled).sample(count, seed=seed).lines) == set(chosen)


@given(lists, st.data())
def test_a_larger_sample_holds_the_smaller(lines, data):
    large = data.draw(st.integers(0, len(lines)))
    small = data.draw(st.integers(0, large))
    whole = dataset(lines)
    assert set(whole.sample(small, seed=1).lines) <= set(whole.sample(large, seed=1).lines)


def test_seeds_choose_differently():
    assert dataset(LINES).sample(9, seed=0).lines != dataset(LINES).sample(9, seed=1).lines


def test_a_line_that_is_there_twice_can_be_chosen_twice():
    assert dataset(["a", "a", "a"]).sample(2, seed=0).lines == ["a", "a"]


@pytest.mark.parametrize("count", [-1, 28])
def test_what_is_not_there_cannot_be_sampled(count):
    with pytest.raises(ValueError, match=rf"sample: count must be 0 to the 27 samples.*{count}$"):
        dataset(LINES).sample(count, seed=0)


def test_groups_split_a_dataset_by_what_entries_share():
    groups = dataset(LINES).groups(lambda entry: entry.real.stem)
    assert list(groups) == ["cow", "apple", "bottle"]
    assert groups["apple"].lines == [line for line in LINES if line.startswith("apple")]
    assert sum(map(len, groups.values())) == len(LINES)
    assert groups["cow"].name == "made"
