"""The pixels of a PNG: deflate around filtered rows, read and written piece by piece."""

import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from harmonia import _core
from harmonia._png.chunks import Header

Samples = np.ndarray[Any, Any]

MOST_INFLATED = 1032  # deflate says 258 bytes in 2 bits at best
FED = 1 << 16  # bytes to inflate at once
PIECE = 1 << 18  # bytes of rows to undo at once: they stay in the cache
BAND = 1 << 20  # bytes that one thread deflates
WINDOW = 1 << 15  # bytes that deflate looks back
PROBE, PROBES = 1 << 13, 4  # bytes of a probe of a band, and how many of them
MOST_LOST = 1.03  # of a band's size, for the speed of runs alone

# First column and row, and the steps between columns and rows, of the passes of Adam7.
PASSES = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)


class Pass:
    """One of the images that a PNG consists of: seven where it is interlaced."""

    def __init__(self, header: Header, grid: tuple[int, int, int, int]) -> None:
        x, y, across, down = grid
        self.grid = grid
        self.width = -(-(header.width - x) // across)
        self.height = -(-(header.height - y) // down)
        self.bytes = (self.width * header.channels * header.bits + 7) // 8  # of a row

    @property
    def size(self) -> int:
        return self.height * (1 + self.bytes)


def read(header: Header, packed: list[memoryview]) -> Samples:
    """(H, W, C) samples as the file has them, uint8 up to 8 bits and uint16 for 16.

    `packed` are the contents of the chunks IDAT. Not more is inflated than the header takes.
    """
    grids = PASSES if header.interlacing else ((0, 0, 1, 1),)
    passes = [
        one for one in (Pass(header, grid) for grid in grids) if min(one.width, one.height) > 0
    ]
    size, came = sum(one.size for one in passes), sum(map(len, packed))
    if size > MOST_INFLATED * (came + 1):
        raise ValueError(f"expected {size} bytes of pixels, {came} bytes hold fewer")
    stream = _Inflated(packed, size)
    dtype = np.uint16 if header.bits == 16 else np.uint8
    image = np.empty((header.height, header.width, header.channels), dtype)
    for one in passes:
        _read_pass(one, header, stream, image)
    stream.finish()
    return image


def _read_pass(one: Pass, header: Header, stream: "_Inflated", image: Samples) -> None:
    pixel = max(1, header.channels * header.bits // 8)
    most = min(one.height, max(1, PIECE // one.bytes))
    filtered = np.empty((most, 1 + one.bytes), np.uint8)
    plain = np.zeros((most + 1, one.bytes), np.uint8)  # the row above, and the rows
    x, y, across, down = one.grid
    for start in range(0, one.height, most):
        count = min(most, one.height - start)
        stream.fill(filtered[:count].data.cast("B"))
        wrong = _core.unfilter_png_rows(filtered[:count], pixel, plain[: count + 1])
        if wrong >= 0:
            raise ValueError(f"expected the filters 0 to 4, got {wrong}")
        grid = [x, y + start * down, across, down]
        _core.place_png_rows(plain[1 : count + 1], one.width, header.bits, grid, image)
        plain[0] = plain[count]


class _Inflated:
    """The bytes of a stream in pieces of the reader's choice."""

    def __init__(self, packed: Iterable[memoryview], size: int) -> None:
        self._size, self._came = size, 0
        self._stream = zlib.decompressobj()
        self._fresh = (part[at : at + FED] for part in packed for at in range(0, len(part), FED))
        self._rest: bytes | memoryview = b""

    def fill(self, room: memoryview) -> None:
        at = 0
        while at < len(room):
            part = self._next(len(room) - at)
            if not part:
                raise ValueError(f"expected {self._size} bytes of pixels, got {self._came}")
            room[at : at + len(part)] = part
            at += len(part)

    def finish(self) -> None:
        if self._next(1):
            raise ValueError(f"expected {self._size} bytes of pixels, got more")
        rest = len(self._stream.unused_data) + sum(map(len, self._fresh))
        if not self._stream.eof or rest:
            raise ValueError(
                f"expected the compressed image to end with its {self._size} bytes of pixels"
            )

    def _next(self, most: int) -> bytes:
        """Up to so many bytes; none only where there is nothing more."""
        while not self._stream.eof:
            try:
                part = self._stream.decompress(self._rest, most)
            except zlib.error as error:
                raise ValueError(f"the image does not inflate: {error}") from None
            # Without input, what is inflated already may still wait for room.
            self._rest = self._stream.unconsumed_tail
            self._came += len(part)
            if part:
                return part
            if not self._rest and not self._stream.eof:
                self._rest = next(self._fresh, b"")
                if not self._rest:
                    break
        return b""


def write(image: Samples, *, level: int) -> Iterator[bytes]:
    """The contents of the chunks IDAT of (H, W, 3) or (H, W, 4) uint8 or uint16.

    Bands of the filtered rows are deflated apart, each with the window before it as its
    dictionary, and then lie one behind the other as one stream: the bytes are the same for any
    number of threads.
    """
    rows = _core.filter_png_rows(np.require(image, requirements=["C", "A"])).data.cast("B")
    starts = range(0, len(rows), BAND)

    def deflated(start: int) -> bytes:
        stop = min(start + BAND, len(rows))
        strategy = _strategy(rows, start, stop, level)
        end = zlib.Z_FINISH if stop == len(rows) else zlib.Z_SYNC_FLUSH
        return _deflated(rows, start, stop, level, strategy, end)

    yield zlib.compressobj(level).flush()[:2]  # the header of such a stream
    threads = min(_core.num_threads(), len(starts))
    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            yield from pool.map(deflated, starts)
    else:
        yield from map(deflated, starts)
    yield zlib.adler32(rows).to_bytes(4, "big")


def _strategy(rows: memoryview, start: int, stop: int, level: int) -> int:
    """Runs alone where looking further back gains nothing.

    In the noise of photographs repeats are chance: to look for them takes five to ten times as
    long, and the file is hardly smaller. Drawings and text are of repeats. Probes tell.
    """
    probes = range(start, stop, max(PROBE, (stop - start) // PROBES))
    runs, repeats = (
        sum(
            len(_deflated(rows, at, min(at + PROBE, stop), level, strategy, zlib.Z_FINISH))
            for at in probes
        )
        for strategy in (zlib.Z_RLE, zlib.Z_DEFAULT_STRATEGY)
    )
    return zlib.Z_RLE if runs <= MOST_LOST * repeats else zlib.Z_DEFAULT_STRATEGY


def _deflated(
    rows: memoryview, start: int, stop: int, level: int, strategy: int, end: int
) -> bytes:
    window = rows[max(0, start - WINDOW) : start]
    stream = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy, window)
    return stream.compress(rows[start:stop]) + stream.flush(end)
