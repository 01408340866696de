"""What each entry point keeps of the memory it takes: `python tests/leaks.py --calls 10000`.

Prints a line of JSON for each, and ends with an error where one keeps 1 MiB in 10,000 calls or
more. Bytes kept are by glibc's own count, exact where PYTHONMALLOC=malloc sends Python's objects
there too; resident memory moves by pages, and says something of many calls alone.
"""

import argparse
import ctypes
import gc
import itertools
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import entry_points

MOST_A_CALL = 2**20 / 10_000
ROUNDS = 3
# In a round of any length Python's own caches may grow by some KiB. In 20 calls this is 819 bytes
# a call, where the smallest picture has 5,760.
SPARE = ROUNDS * 2**14
PAGE = os.sysconf("SC_PAGE_SIZE")


class _Mallinfo(ctypes.Structure):
    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


_mallinfo = ctypes.CDLL(None).mallinfo2
_mallinfo.restype = _Mallinfo


def bytes_in_use() -> int:
    gc.collect()
    info = _mallinfo()
    return int(info.uordblks + info.hblkhd)


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def growth(call: Callable[[], object], count: int) -> dict[str, float]:
    """By how many bytes the least of some rounds grew: a cache fills once, a leak grows each time.

    Resident memory is over all rounds: it may grow in some alone.
    """
    for _ in range(max(20, count // 10)):
        call()
    started, at_first = time.process_time(), resident()
    in_use = [bytes_in_use()]
    for _ in range(ROUNDS):
        for _ in range(count // ROUNDS):
            call()
        in_use.append(bytes_in_use())
    steps = [after - before for before, after in itertools.pairwise(in_use)]
    return {
        "calls": count // ROUNDS * ROUNDS,
        "kept": min(steps) * ROUNDS,
        "resident": resident() - at_first,
        "seconds": round(time.process_time() - started, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--resident", action="store_true", help="resident memory is bounded too")
    parser.add_argument("names", nargs="*", help="what the names of entry points begin with")
    asked = parser.parse_args()
    leaks = []
    with entry_points.calls() as calls:
        gc.freeze()  # what the imports made need not be gone through again
        for name, call in calls.items():
            if asked.names and not name.startswith(tuple(asked.names)):
                continue
            found = growth(call, asked.calls)
            print(json.dumps({"name": name} | found), flush=True)
            judged = ("kept", "resident") if asked.resident else ("kept",)
            most = max(MOST_A_CALL * found["calls"], SPARE)
            if max(found[one] for one in judged) >= most:
                leaks.append(name)
    if leaks:
        sys.exit(f"kept memory: {', '.join(leaks)}")


if __name__ == "__main__":
    main()
