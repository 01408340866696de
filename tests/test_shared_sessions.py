"""One session, eight threads: every call gives the bytes that one thread alone gets.

`--calls 10000` for as many calls in each thread.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import harmonia
import numpy as np
import pytest
from images import as_dtype, scene
from isas import SANITIZER

THREADS = 8
CALLS = 6 if SANITIZER else 60  # of each thread: of every picture at least one

PICTURES = [
    (as_dtype(image, dtype), mask.astype(np.float32))
    for image, mask, dtype in (
        (*scene(40, 48, seed=1), "uint8"),
        (*scene(33, 61, seed=2), "float32"),
        (*scene(64, 24, seed=3), "uint16"),
        (*scene(48, 48, seed=4), "uint8"),
        (*scene(150, 140, seed=5), "uint8"),  # two groups of rows: the pool has work
    )
]


NETWORK = harmonia.load("harmonia")
LUT = harmonia.fit(*PICTURES[0], "mkl").to_lut(17)


def classical(method):
    session = harmonia.load(method)
    return lambda image, mask: session(image, mask)


def fitted(method):
    look = harmonia.fit(*PICTURES[0], method)
    return lambda image, mask: look.apply(image, mask)


def table(image, mask):
    return harmonia.lut.apply_lut3d(image, LUT, mask)


def scores(image, mask):
    return np.array(list(harmonia.evaluate(image, image[::-1].copy(), mask).values()))


ONES = [
    pytest.param(NETWORK, id="network"),
    pytest.param(NETWORK.fit, id="network-fit"),
    pytest.param(table, id="table", marks=pytest.mark.threads),
    pytest.param(scores, id="scores", marks=pytest.mark.threads),
    *(
        pytest.param(classical(method), id=method, marks=pytest.mark.threads)
        for method in ("reinhard", "mkl", "lalonde_efros", "idt")
    ),
    *(
        pytest.param(fitted(method), id=f"{method}-fit", marks=pytest.mark.threads)
        for method in ("reinhard", "mkl")
    ),
]


@pytest.mark.parametrize("one", ONES)
def test_eight_threads_get_the_bytes_of_one(one, request):
    calls = request.config.getoption("calls") or CALLS
    expected = [as_bytes(one(*picture)) for picture in PICTURES]
    together = threading.Barrier(THREADS)

    def caller(number):
        together.wait()
        wrong = 0
        for i in range(calls):
            k = (i + number) % len(PICTURES)  # neighbours are at different pictures
            wrong += as_bytes(one(*PICTURES[k])) != expected[k]
        return wrong

    with ThreadPoolExecutor(THREADS) as executor:
        assert list(executor.map(caller, range(THREADS))) == [0] * THREADS


def as_bytes(result):
    if isinstance(result, np.ndarray):
        return result.tobytes()
    return result.to_lut(5).nodes.tobytes()
