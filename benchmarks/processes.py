"""Processes that are timed, or whose memory is measured.

One that is timed says "ready" when it has loaded and is warm, waits for a line, works, and says
"done".
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

PEAK = re.compile(r"VmHWM:\s+(\d+) kB")
OFTEN = 0.05  # seconds between two looks at what a command has begun

# A command, and the peak of its memory: what the system tells a parent holds the parent's own.
RUN = """
import re, sys
from harmonia.cli import main
status = main(sys.argv[1:])
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
raise SystemExit(status)
"""


def start(code: str, *words: str) -> subprocess.Popen[str]:
    """A process that is ready."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    expect(process, "ready")
    return process


def expect(process: subprocess.Popen[str], word: str) -> None:
    """Read up to a line that says so."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == word:
            return
    raise RuntimeError(f"a process ended without saying {word!r}")


def seconds_of(processes: Sequence[subprocess.Popen[str]]) -> tuple[float, list[str]]:
    """From the word to the last one's end, and what each said after that."""
    started = time.perf_counter()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        expect(process, "done")
    seconds = time.perf_counter() - started
    said = []
    for process in processes:
        assert process.stdout is not None
        said.append(process.stdout.read())  # communicate would pass by what is read ahead
        process.communicate()
    return seconds, said


def peak_of(words: Sequence[str]) -> tuple[float, float]:
    """MiB that `harmonia` with such words takes at most, and its seconds. The peaks of processes
    that it begins are added, though they need not come at the same time.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, *words],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    others: dict[str, int] = {}
    while process.poll() is None:
        others |= _peaks(process.pid)
        time.sleep(OFTEN)
    seconds = time.perf_counter() - started
    said, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"harmonia {words[0]} ended with {process.returncode}")
    return (int(said.splitlines()[-1]) + sum(others.values())) / 1024, seconds


def _peaks(session: int) -> dict[str, int]:
    """KiB that each process of a session but the first has had at most so far."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            of_session = (folder / "stat").read_text().rpartition(")")[2].split()[3]
            peak = PEAK.search((folder / "status").read_text())
        except OSError:
            continue  # it has ended
        if of_session == str(session) != folder.name and peak is not None:
            found[folder.name] = int(peak[1])
    return found
