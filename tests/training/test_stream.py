"""The order of samples: every one once an epoch, and the same whoever reads it."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia.datasets import Sample  # noqa: E402 (needs torch)
from harmonia.training._crops import WHOLE, Crops  # noqa: E402
from harmonia.training._stream import Places, Stream, loader, together  # noqa: E402
from harmonia.training._tensors import tensors  # noqa: E402
from hypothesis import given  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

COUNT = 5


def samples(count=COUNT, side=8):
    """Sample n is of the grey n, in a foreground at the left."""
    mask = np.zeros((side, side), np.uint8)
    mask[:, : side // 2] = 255
    return [
        Sample(np.full((side, side, 3), n, np.uint8), mask, np.zeros((side, side, 3), np.uint8), "")
        for n in range(count)
    ]


def stream(seed=0, crops=WHOLE, number=0, count=COUNT):
    dataset = samples(count)
    return Stream(dataset, tensors(dataset), crops, seed, number)


def numbers(one, places):
    return [round(255 * float(one[place]["composite"][0, 0, 0])) for place in places]


@given(st.integers(0, 2**63 - 1), st.integers(0, 1000))
def test_an_epoch_has_every_sample_once(seed, epoch):
    drawn = numbers(stream(seed), range(epoch * COUNT, (epoch + 1) * COUNT))
    assert sorted(drawn) == list(range(COUNT))


def test_epochs_seeds_and_sources_have_orders_of_their_own():
    whole = range(12)
    orders = [
        numbers(stream(seed, number=number, count=12), [place + 12 * epoch for place in whole])
        for seed, number, epoch in ((0, 0, 0), (0, 0, 1), (1, 0, 0), (0, 1, 0))
    ]
    assert len(set(map(tuple, orders))) == len(orders)


def test_a_place_is_cut_alike_whenever_it_is_read():
    one, other = stream(crops=Crops()), stream(crops=Crops())
    for place in (7, 3, 7, 100):
        assert torch.equal(one[place]["mask"], other[place]["mask"])
    assert any(not torch.equal(one[0]["mask"], one[place]["mask"]) for place in range(1, 20))


@pytest.mark.parametrize("ranks", [1, 2, 4])
def test_ranks_share_each_batch(ranks):
    every = [list(Places(3, 6, 8, rank, ranks)) for rank in range(ranks)]
    for step, parts in zip(range(3, 6), zip(*every, strict=True), strict=True):
        assert [place for part in parts for place in part] == list(range(8 * step, 8 * step + 8))


def test_a_loader_gives_batches_in_order_of_every_source():
    loaders = {
        name: loader(stream(number=number), Places(1, 4, 2, 0, 1), (), workers=0, pinned=False)
        for number, name in enumerate(("data", "rendered"))
    }
    seen = list(together(loaders))
    assert len(seen) == 3
    for step, batches in zip(range(1, 4), seen, strict=True):
        for number, name in enumerate(("data", "rendered")):
            found = (255 * batches[name].composite[:, 0, 0, 0]).round().int().tolist()
            assert found == numbers(stream(number=number), (2 * step, 2 * step + 1))
