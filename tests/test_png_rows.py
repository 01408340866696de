"""The rows of a PNG: equal bytes over instruction sets, threads and pieces."""

import zlib

import numpy as np
import pytest
from harmonia import _core
from harmonia._png import pixels
from isas import ISAS, forced, threads
from reference import png as reference

RANDOM = np.random.default_rng(0)


def picture(height, width, channels, dtype):
    """Smooth and noisy rows, and low codes in turns: every filter is the best one somewhere."""
    y, x = np.mgrid[0:height, 0:width]
    waves = np.stack([np.sin((x * (c + 1) + y * 3) / 9) for c in range(channels)], axis=-1)
    noise = RANDOM.normal(0, 0.3, waves.shape) * (y[..., None] % 5 == 0)
    top = np.iinfo(dtype).max
    codes = np.rint((np.clip(waves + noise, -1, 1) + 1) / 2 * top)
    return np.where(y[..., None] % 7 == 3, x[..., None] % 2 * 2, codes).astype(dtype)


def least_by_absolute_sum(image):
    """Each row by all five filters; the first whose bytes as -128..127 sum to the least."""
    rows = [row.tobytes() for row in image.astype(image.dtype.newbyteorder(">"))]
    pixel = len(rows[0]) // image.shape[1]
    out = []
    for row, above in zip(rows, [bytes(len(rows[0])), *rows[:-1]], strict=True):
        tries = [reference.filtered(row, above, pixel, kind) for kind in range(5)]
        costs = [sum(min(byte, 256 - byte) for byte in one[1:]) for one in tries]
        out.append(tries[costs.index(min(costs))])
    return b"".join(out)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("shape", [(1, 1, 3), (37, 41, 3), (20, 1, 4), (1, 70, 4), (23, 97, 4)])
def test_each_row_takes_the_filter_of_the_least_sum(shape, dtype, isa):
    image = picture(*shape, dtype)
    with forced(isa):
        assert _core.filter_png_rows(image).tobytes() == least_by_absolute_sum(image)


def test_all_filters_are_used():
    kinds = _core.filter_png_rows(picture(200, 64, 3, "uint8"))[:, 0]
    assert set(kinds.tolist()) == {0, 1, 2, 3, 4}


def test_rows_beyond_a_block_and_a_group_of_rows():
    # 4096 bytes are summed at once, and 16384 pixels are a group of their own.
    image = picture(3, 16500, 3, "uint8")
    image[:, 8000:] = RANDOM.integers(0, 256, (3, 8500, 3), np.uint8)
    assert _core.filter_png_rows(image).tobytes() == least_by_absolute_sum(image)


@pytest.mark.threads
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_bytes_do_not_depend_on_threads(dtype):
    image = picture(700, 900, 3, dtype)  # bands of 1 MiB: two of them, and four
    results = set()
    for count in (1, 2, 5):
        with threads(count):
            results.add(b"".join(pixels.write(image, level=6)))
    assert len(results) == 1


@pytest.mark.parametrize("level", [0, 1, 6, 9])
def test_the_bands_are_one_stream(level):
    image = picture(900, 800, 3, "uint8")  # 2 bands and a bit
    packed = b"".join(pixels.write(image, level=level))
    assert zlib.decompress(packed) == _core.filter_png_rows(image).tobytes()


def test_bands_know_what_was_before_them():
    one = RANDOM.integers(0, 256, (1, 300, 3), np.uint8)
    image = np.repeat(one, 4000, axis=0)  # each row is the one above
    image[::2] = 0
    whole = len(zlib.compress(_core.filter_png_rows(image).tobytes(), 6))
    assert sum(map(len, pixels.write(image, level=6))) < 1.05 * whole


def test_repeats_are_found_where_there_are_any():
    tile = RANDOM.integers(0, 256, (16, 16, 3), np.uint8)
    image = np.tile(tile, (40, 40, 1))
    assert sum(map(len, pixels.write(image, level=6))) < image.size / 20  # runs alone: as large


@pytest.mark.parametrize("isa", ISAS)
def test_undoing_gives_back_what_was_filtered(isa):
    for channels in (3, 4):
        for dtype in ("uint8", "uint16"):
            image = picture(60, 33, channels, dtype)
            with forced(isa):
                filtered = _core.filter_png_rows(image)
                plain = np.zeros((61, filtered.shape[1] - 1), np.uint8)
                pixel = channels * image.itemsize
                assert _core.unfilter_png_rows(filtered, pixel, plain) == -1
            assert plain[1:].tobytes() == image.astype(image.dtype.newbyteorder(">")).tobytes()


def test_the_kernels_refuse_what_does_not_fit():
    image = np.zeros((4, 4, 1), np.uint8)
    rows = np.zeros((4, 4), np.uint8)
    with pytest.raises(ValueError, match="must lie within image"):
        _core.place_png_rows(rows, 4, 8, [0, 1, 1, 1], image)
    with pytest.raises(ValueError, match="must lie within image"):
        _core.place_png_rows(rows, 3, 8, [0, 0, 2, 1], image)
    with pytest.raises(ValueError, match="must lie within image"):
        _core.place_png_rows(rows[:, :2].copy(), 4, 8, [0, 0, 1, 1], image)
    with pytest.raises(ValueError, match="of the type that bits takes"):
        _core.place_png_rows(rows, 2, 16, [0, 0, 1, 1], image)
    with pytest.raises(ValueError, match="a row more"):
        _core.unfilter_png_rows(rows, 1, np.zeros((4, 3), np.uint8))
    with pytest.raises(ValueError, match="pixel must be"):
        _core.unfilter_png_rows(rows, 5, np.zeros((5, 3), np.uint8))
