"""The thread pool: the same bytes for many callers at once, after forks and through interrupts."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor

import harmonia
import numpy as np
import pytest
from harmonia.stats import masked_histogram, masked_moments, masked_percentile
from images import as_dtype, scene
from isas import ISAS, REPEATS, SANITIZER, threads

pytestmark = pytest.mark.threads

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
needs_signals = pytest.mark.skipif(
    not hasattr(signal, "pthread_kill"), reason="this system cannot signal a thread"
)

PICTURE, MASK = scene(260, 280)  # five groups of rows
IMAGE = as_dtype(PICTURE, "uint8")
FLOATS = as_dtype(PICTURE, "float32")
MASK = MASK.astype(np.float32)

CALLS = (
    lambda: harmonia.harmonize(IMAGE, MASK, "mkl").tobytes(),
    lambda: harmonia.harmonize(FLOATS, MASK, "reinhard").tobytes(),
    lambda: masked_moments(IMAGE, MASK, space="lab").covariance.tobytes(),
    lambda: masked_histogram(IMAGE, MASK).tobytes(),
    lambda: masked_percentile(FLOATS, MASK, [1, 50, 99]).tobytes(),
)

FORKS = 2 * REPEATS

# What scripts start with: the shipped example, and a digest of what two kinds of kernel make of it.
PRELUDE = """
import hashlib, os, signal, sys, threading, time
import harmonia, numpy as np
from harmonia.stats import masked_histogram, masked_moments, masked_percentile
image, mask = harmonia.example()
def digest():
    outputs = harmonia.harmonize(image, mask, "reinhard"), masked_histogram(image, mask)
    return hashlib.sha256(b"".join(output.tobytes() for output in outputs)).hexdigest()
"""


def run(code, **environment):
    """The output of a script in an interpreter of its own, which has to end well and in time."""
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + textwrap.dedent(code)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("count", [1, 2, 4])
def test_many_callers_at_once_get_the_bytes_of_one(count):
    with threads(1):
        expected = [call() for call in CALLS]
    callers, rounds = 8, REPEATS  # of five calls each
    together = threading.Barrier(callers)

    def caller(_):
        together.wait()
        return [call() for _ in range(rounds) for call in CALLS]

    with threads(count), ThreadPoolExecutor(callers) as executor:
        for results in executor.map(caller, range(callers)):
            assert results == expected * rounds


def test_the_number_of_threads_may_change_during_calls():
    before = harmonia.get_num_threads()
    expected = [call() for call in CALLS]
    done = threading.Event()

    def change():
        while not done.is_set():
            for count in (1, 3, 2, 4):
                harmonia.set_num_threads(count)

    changer = threading.Thread(target=change)
    changer.start()
    try:
        for _ in range(2 * REPEATS):
            assert [call() for call in CALLS] == expected
    finally:
        done.set()
        changer.join()
        harmonia.set_num_threads(before)


def test_more_threads_than_work_or_cores_change_nothing():
    tiny, spot = IMAGE[:2, :2].copy(), np.array([[True, False], [False, False]])
    with threads(1):
        expected = [call() for call in CALLS], harmonia.harmonize(tiny, spot, "mkl").tobytes()
    with threads(64):
        found = [call() for call in CALLS], harmonia.harmonize(tiny, spot, "mkl").tobytes()
    assert found == expected


@pytest.mark.parametrize("wrong", [0, -1, 1025, 2**31 - 1])
def test_the_number_of_threads_has_bounds(wrong):
    before = harmonia.get_num_threads()
    with pytest.raises(ValueError, match=rf"^set_num_threads: count must be .*, got {wrong}$"):
        harmonia.set_num_threads(wrong)
    assert harmonia.get_num_threads() == before


def test_the_environment_chooses_threads_and_instructions_but_not_bytes():
    code = """
        print(digest(), harmonia.get_num_threads(), harmonia.build_info()["isa"])
    """
    digests = set()
    for isa in ISAS:
        for count in ("1", "2", "4"):
            found, threads_used, isa_used = run(code, HARMONIA_ISA=isa, HARMONIA_NUM_THREADS=count)
            assert (threads_used, isa_used) == (count, isa)
            digests.add(found)
    assert len(digests) == 1


@pytest.mark.parametrize("variable", ["HARMONIA_NUM_THREADS", "HARMONIA_ISA"])
def test_a_wrong_variable_is_named_by_every_call(variable):
    code = """
        for _ in range(2):
            try:
                digest()
            except ValueError as error:
                print(str(error).split()[0])
    """
    assert run(code, **{variable: "many"}) == [variable, variable]


WAIT = """
def succeeds(child):
    # Kills a child that hangs; a sanitizer makes it slow.
    end = time.monotonic() + 120
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False
"""


@needs_fork
def test_a_fork_uses_the_library_like_its_parent():
    code = """
        harmonia.set_num_threads(2)
        expected = digest()
        child = os.fork()
        if child == 0:
            same = digest() == expected
            tasks = "/proc/self/task"  # two threads: the child has a pool of its own
            pooled = not os.path.isdir(tasks) or len(os.listdir(tasks)) >= 2
            grandchild = os.fork()
            if grandchild == 0:
                os._exit(0 if digest() == expected else 1)
            os._exit(0 if same and pooled and succeeds(grandchild) else 1)
        print(succeeds(child), digest() == expected)
    """
    assert run(WAIT + textwrap.dedent(code)) == ["True", "True"]


@needs_fork
def test_a_fork_during_the_call_of_another_thread_works():
    code = """
        harmonia.set_num_threads(2)
        expected = digest()
        done = threading.Event()
        rounds = []
        def busy():
            while not done.is_set():
                masked_moments(image, mask, space="lab")
                rounds.append(1)
        other = threading.Thread(target=busy)
        other.start()
        forks = []
        for _ in range(FORKS):
            before = len(rounds)
            child = os.fork()
            if child == 0:
                os._exit(0 if digest() == expected else 1)
            forks.append(succeeds(child))
            while len(rounds) == before:
                time.sleep(0.001)
        done.set()
        other.join()
        print(all(forks), len(forks), digest() == expected)
    """
    code = f"FORKS = {FORKS}\n" + WAIT + textwrap.dedent(code)
    assert run(code) == ["True", str(FORKS), "True"]


# One pixel in every place of an image too large to ever finish: strides of zero need no memory.
ENDLESS = """
endless = np.broadcast_to(np.array([90, 120, 30], np.uint8), (100_000, 100_000, 3))
floats = np.broadcast_to(np.array([0.3, 0.4, 0.5], np.float32), (100_000, 100_000, 3))
statistics = {
    "moments": lambda: masked_moments(endless, None, space="lalphabeta"),
    "histogram": lambda: masked_histogram(endless, None),
    "percentile": lambda: masked_percentile(endless, None, 50),
    "range": lambda: masked_moments(floats, None),
}
"""


@needs_signals
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("statistic", ["moments", "histogram", "percentile", "range"])
def test_ctrl_c_ends_a_call_while_other_threads_go_on(statistic, count):
    # Another thread counts to a thousand while the call runs, which shows that the GIL is free, and
    # only then comes the interrupt. Without either this would hang.
    code = f"""
        harmonia.set_num_threads({count})
        expected = digest()
        def count_and_interrupt():
            for _ in range(1000):
                time.sleep(0)
            os.kill(os.getpid(), signal.SIGINT)
        other = threading.Thread(target=count_and_interrupt)
        try:
            other.start()
            statistics["{statistic}"]()
            print("finished")
        except KeyboardInterrupt:
            print("interrupted")
        other.join()
        print(digest() == expected)
    """
    assert run(ENDLESS + textwrap.dedent(code)) == ["interrupted", "True"]


@needs_signals
def test_the_exception_of_a_signal_handler_comes_through():
    code = """
        class Enough(Exception):
            pass
        def handler(number, frame):
            raise Enough
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        try:
            statistics["moments"]()
        except Enough:
            print("enough")
    """
    assert run(ENDLESS + textwrap.dedent(code)) == ["enough"]


@needs_signals
def test_a_signal_handler_that_returns_does_not_end_the_call():
    # The handler uses the library itself, while the interrupted call has the pool. It sets the next
    # alarm when it is done, so that a slow build does not interrupt the handler again and again.
    rows = 200 if SANITIZER else 2000
    code = f"""
        harmonia.set_num_threads(2)
        expected, seen = digest(), []
        def handler(number, frame):
            seen.append(digest() == expected)
            signal.setitimer(signal.ITIMER_REAL, 0.05)
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        rows = endless[:{rows}]
        while len(seen) < 5:
            weight = masked_moments(rows, None).weight
        signal.setitimer(signal.ITIMER_REAL, 0)
        print(weight, all(seen))
    """
    assert run(ENDLESS + textwrap.dedent(code)) == [f"{rows}00000.0", "True"]
