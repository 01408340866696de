"""How far a long command is, for a person at a terminal: one line that is drawn again and again."""

import sys
import time
from types import TracebackType

from harmonia.cli import _console

SECONDS = 0.1  # between two drawings


class Progress:
    """Counts what is done, and shows it while the context lasts."""

    def __init__(self, total: int, *, done: int = 0) -> None:
        self.total, self.done, self.failed = total, done, 0
        self._before = done
        self._started = time.monotonic()
        self._drawn = 0.0

    def __enter__(self) -> "Progress":
        self._draw(self._started)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _console.live("")

    def step(self, *, failed: bool = False) -> None:
        self.done += 1
        self.failed += failed
        now = time.monotonic()
        if now - self._drawn >= SECONDS:
            self._draw(now)

    def at(self, done: int, *, failed: int) -> None:
        """So many are done by now."""
        self.done, self.failed = done - 1, failed
        self.step()

    def _draw(self, now: float) -> None:
        self._drawn = now
        _console.live(self.line(now - self._started))

    def line(self, seconds: float) -> str:
        """120/500  8.3/s  0:46 left  2 failed"""
        parts = [f"{self.done}/{self.total}"]
        here = self.done - self._before
        if here and seconds > 0:
            rate = here / seconds
            parts.append(f"{rate:.3g}/s" if rate >= 1 else f"{1 / rate:.3g} s each")
            parts.append(f"{duration((self.total - self.done) / rate)} left")
        if self.failed:
            parts.append(_console.styled(f"{self.failed} failed", "red", sys.stderr))
        return "  ".join(parts)


def duration(seconds: float) -> str:
    """0:07, 12:30 or 3:04:00."""
    whole = round(seconds)
    minutes, hours = whole // 60, whole // 3600
    return f"{hours}:{minutes % 60:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
