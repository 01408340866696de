"""The engine that runs a function over many items on several threads."""

import gc
import threading
import time
import weakref

import numpy as np
import pytest
from harmonia._window import Budget, outcomes

SOON = 10  # seconds: what takes longer hangs


def run(function, items, threads=2, **keywords):
    return list(outcomes(function, items, threads=threads, **keywords))


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_every_item_comes_back_once_with_its_result(threads):
    done = run(lambda n: n * n, range(50), threads)
    assert sorted((one.item, one.result) for one in done) == [(n, n * n) for n in range(50)]
    assert all(one.error is None and one.seconds >= 0 for one in done)


def test_results_come_in_the_order_in_which_they_are_done():
    last = threading.Event()

    def work(n):
        if n == 0:
            assert last.wait(SOON)
        return n

    done = outcomes(work, range(4), threads=2)
    order = [next(done).item for _ in range(3)]
    last.set()
    assert [*order, next(done).item] == [1, 2, 3, 0]


def test_threads_work_at_the_same_time():
    meeting = threading.Barrier(3)
    done = run(lambda _: meeting.wait(SOON), range(3), threads=3)
    assert sorted(one.result for one in done) == [0, 1, 2]


@pytest.mark.parametrize("threads", [1, 3])
def test_no_more_items_are_taken_than_the_window_holds(threads):
    given_back = 0
    most = 0

    def items():
        nonlocal most
        for n in range(40):
            most = max(most, n + 1 - given_back)
            yield n

    for _ in outcomes(abs, items(), threads=threads):
        time.sleep(0.001)  # a slow caller holds everything up
        given_back += 1
    assert given_back == 40
    assert most == 2 * threads


def test_what_the_function_raises_is_the_error_of_its_item_alone():
    def work(n):
        if n % 3 == 0:
            raise ValueError(f"no {n}")
        return n

    done = {one.item: one for one in run(work, range(9))}
    for n, one in done.items():
        if n % 3:
            assert (one.result, one.error) == (n, None)
        else:
            assert one.result is None
            assert str(one.error) == f"no {n}"
    assert len(done) == 9


def test_an_error_keeps_no_arrays_alive():
    kept = []

    def work(n):
        pixels = np.zeros(10)
        kept.append(weakref.ref(pixels))
        try:
            raise KeyError("inner")
        except KeyError as error:
            raise ValueError("outer") from error

    done = run(work, range(3))
    gc.collect()
    assert [one.error.args for one in done] == [("outer",)] * 3
    assert [ref() for ref in kept] == [None] * 3


def test_results_are_not_held_once_they_are_given_back():
    kept = []

    def work(n):
        pixels = np.zeros(10)
        kept.append(weakref.ref(pixels))
        return pixels

    most = 0
    for one in outcomes(work, range(30), threads=2):
        del one
        most = max(most, sum(ref() is not None for ref in kept))
    assert most <= 4  # that are under way


def test_an_error_of_the_items_comes_to_the_caller():
    def items():
        yield 1
        raise RuntimeError("the list is broken")

    with pytest.raises(RuntimeError, match="the list is broken"):
        run(abs, items())


def test_what_would_end_the_process_comes_to_the_caller():
    def work(n):
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        run(work, range(3))


@pytest.mark.parametrize("leave", ["by break", "by Ctrl-C"])
def test_who_leaves_waits_for_what_runs_and_nothing_more_begins(leave):
    stop, began, ended = threading.Event(), [], []
    before = threading.active_count()

    def work(n):
        began.append(n)
        if n:
            assert stop.wait(SOON)  # a long function looks at it
        ended.append(n)

    def consume():
        for one in (done := outcomes(work, range(100), threads=2, stop=stop)):
            assert one.item == 0
            if leave == "by Ctrl-C":
                done.throw(KeyboardInterrupt())
            break
        done.close()

    if leave == "by Ctrl-C":
        with pytest.raises(KeyboardInterrupt):
            consume()
    else:
        consume()
    assert sorted(began) == sorted(ended)
    assert len(began) <= 3
    assert threading.active_count() == before


def test_no_items_need_no_threads():
    before = threading.active_count()
    assert run(abs, []) == []
    assert threading.active_count() == before


def test_threads_must_be_some():
    with pytest.raises(ValueError, match="threads must be at least 1, got 0"):
        run(abs, [1], threads=0)


def test_a_budget_is_never_overdrawn_and_a_large_share_has_it_alone():
    budget, lock = Budget(10), threading.Lock()
    shares = [3, 4, 25, 5, 2, 10, 1, 40, 6] * 5
    held, seen = [], []

    def work(amount):
        with budget.share(amount):
            with lock:
                held.append(amount)
                seen.append(list(held))
            time.sleep(0.0005)
            with lock:
                held.remove(amount)

    assert all(one.error is None for one in run(work, shares, threads=6))
    assert len(seen) == len(shares)
    assert all(sum(now) <= 10 or len(now) == 1 for now in seen)
    assert any(len(now) > 1 for now in seen)


def test_a_share_is_given_back_after_an_error():
    budget = Budget(1)
    for _ in range(3):
        with pytest.raises(ValueError, match="no"), budget.share(1):
            raise ValueError("no")
    with budget.share(1):
        pass
