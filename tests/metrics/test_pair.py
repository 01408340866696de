"""What a pair keeps, and who waits for whom."""

import threading

import numpy as np
from harmonia.metrics._pair import Pair, kept
from harmonia.metrics._protocols import find_protocol


def test_what_was_measured_is_kept():
    image = np.zeros((12, 12, 3), np.uint8)
    pair = Pair(image, image, None, find_protocol("harmonia"))
    assert pair.errors is pair.errors
    assert pair.structure is pair.structure


def test_two_threads_measure_at_a_time():
    """Each waits inside its computation until the other one is there, too."""

    class Meeting:
        both = threading.Barrier(2, timeout=20)

        @kept
        def value(self):
            """What both compute."""
            return self.both.wait()

    meetings = [Meeting(), Meeting()]
    threads = [threading.Thread(target=lambda m=m: m.value) for m in meetings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(meeting.value for meeting in meetings) == [0, 1]
