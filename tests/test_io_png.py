"""PNG in and out: every kind to the bit, what is dropped is said, and nothing wrong gets in."""

import io
import struct

import numpy as np
import pytest
from harmonia._image_files import png
from harmonia._image_files.decoded import Refused
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image
from reference import png as reference

RANDOM = np.random.default_rng(0)
LIMIT = 1 << 20
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
KINDS = [(0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16)]
KINDS += [(3, 1), (3, 2), (3, 4), (3, 8), (4, 8), (4, 16), (6, 8), (6, 16)]
per_kind = pytest.mark.parametrize(("colour", "bits"), KINDS)
per_order = pytest.mark.parametrize("interlaced", [False, True], ids=["rows", "adam7"])


def read(data, limit=LIMIT):
    return png.read(data, limit)


def samples_of(height, width, colour, bits):
    dtype = np.uint16 if bits == 16 else np.uint8
    return RANDOM.integers(0, 1 << bits, (height, width, CHANNELS[colour]), dtype)


def palette_of(bits):
    return np.random.default_rng(bits).integers(0, 256, (1 << bits, 3), np.uint8)


def plte(palette):
    return reference.chunk(b"PLTE", palette.tobytes())


def expected(samples, colour, bits, key=None):
    """Pixel by pixel: what the specification says, without a thought for speed."""
    out = []
    for pixel in samples.reshape(-1, samples.shape[2]).tolist():
        scale = 255 // (2**bits - 1) if bits < 8 else 1
        if colour == 3:
            rgb, alpha = palette_of(bits)[pixel[0]].tolist(), []
            if key is not None:
                alpha = [key[pixel[0]] if pixel[0] < len(key) else 255]
        else:
            rgb = [pixel[0] * scale] * 3 if colour in (0, 4) else pixel[:3]
            alpha = pixel[-1:] if colour in (4, 6) else []
            if key is not None:
                alpha = [0 if pixel == list(key) else 2 ** max(bits, 8) - 1]
        out.append(rgb + alpha)
    return np.array(out, samples.dtype).reshape(*samples.shape[:2], -1)


@per_order
@per_kind
@pytest.mark.parametrize("kind", [0, 1, 2, 3, 4])
def test_every_colour_depth_order_and_filter(colour, bits, interlaced, kind):
    before = plte(palette_of(bits)) if colour == 3 else b""
    for height, width in ((1, 1), (3, 5), (11, 13), (16, 9)):
        samples = samples_of(height, width, colour, bits)
        data = reference.encode(
            samples, colour, bits, kinds=[kind], interlaced=interlaced, before=before
        )
        back = read(data).pixels
        assert back.dtype == samples.dtype
        assert np.array_equal(back, expected(samples, colour, bits))


@given(
    st.sampled_from(KINDS),
    st.booleans(),
    st.integers(1, 12),
    st.integers(1, 12),
    st.lists(st.integers(0, 4), min_size=1, max_size=9),
    st.integers(0, 2**32),
)
def test_any_mixture_of_filters(kind, interlaced, height, width, filters, seed):
    colour, bits = kind
    dtype = np.uint16 if bits == 16 else np.uint8
    few = np.random.default_rng(seed).integers(0, 1 << bits, (3, CHANNELS[colour]), dtype)
    picked = np.random.default_rng(seed + 1).integers(0, 3, (height, width))
    before = plte(palette_of(bits)) if colour == 3 else b""
    data = reference.encode(
        few[picked], colour, bits, kinds=filters, interlaced=interlaced, before=before
    )
    assert np.array_equal(read(data).pixels, expected(few[picked], colour, bits))


@per_order
@pytest.mark.parametrize(("colour", "bits"), [kind for kind in KINDS if kind[0] in (0, 2, 3)])
def test_transparent_colours_become_alpha(colour, bits, interlaced):
    samples = samples_of(9, 10, colour, bits)
    if colour == 3:
        key = [7, 200][: 1 << bits]
        content, before = bytes(key), plte(palette_of(bits))
    else:
        key = samples[4, 5].tolist()
        content, before = struct.pack(f">{len(key)}H", *key), b""
    before += reference.chunk(b"tRNS", content)
    picture = read(reference.encode(samples, colour, bits, interlaced=interlaced, before=before))
    assert np.array_equal(picture.pixels, expected(samples, colour, bits, key))
    assert picture.pixels.shape[2] == 4
    assert "transparent colours to alpha" in picture.notes


@pytest.mark.parametrize(("colour", "bits"), [(0, 1), (0, 4), (0, 8), (2, 8)])
def test_of_a_transparent_colour_the_lower_bits_count(colour, bits):
    samples = samples_of(9, 10, colour, bits)
    key = samples[4, 5].tolist()
    above = [value + (1 << bits) for value in key]
    before = reference.chunk(b"tRNS", struct.pack(f">{len(key)}H", *above))
    data = reference.encode(samples, colour, bits, before=before)
    assert np.array_equal(read(data).pixels, expected(samples, colour, bits, key))


@per_kind
def test_conversions_are_said(colour, bits):
    grey = "1-bit to RGB" if bits == 1 else "grey to RGB"
    said = {0: (grey,), 3: ("palette to RGB",), 4: ("grey to RGB",)}
    before = plte(palette_of(bits)) if colour == 3 else b""
    data = reference.encode(samples_of(3, 3, colour, bits), colour, bits, before=before)
    assert read(data).notes == said.get(colour, ())


@per_order
@pytest.mark.parametrize(("colour", "bits"), [kind for kind in KINDS if kind[1] <= 8])
def test_pillow_reads_the_same(colour, bits, interlaced):
    before = plte(palette_of(bits)) if colour == 3 else b""
    samples = samples_of(17, 23, colour, bits)
    data = reference.encode(
        samples, colour, bits, kinds=[4, 3, 2, 1, 0], interlaced=interlaced, before=before
    )
    pixels = read(data).pixels
    there = Image.open(io.BytesIO(data)).convert({3: "RGB", 4: "RGBA"}[pixels.shape[2]])
    assert np.array_equal(pixels, np.asarray(there))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_what_pillow_writes_is_read(mode):
    whole = Image.effect_mandelbrot((90, 70), (-2, -1.5, 1, 1.5), 50).convert("RGB")
    image = whole.convert(mode)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    pixels = read(file.getvalue()).pixels
    assert np.array_equal(pixels, np.asarray(image.convert("RGBA" if "A" in mode else "RGB")))


@per_order
@pytest.mark.parametrize(("colour", "bits"), [(0, 16), (2, 16), (4, 16), (6, 16), (6, 8)])
def test_opencv_reads_the_same_16_bits(colour, bits, interlaced):
    cv2 = pytest.importorskip("cv2")
    samples = samples_of(17, 23, colour, bits)
    data = reference.encode(samples, colour, bits, kinds=[4, 3, 2, 1], interlaced=interlaced)
    pixels = read(data).pixels
    there = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if there.ndim == 2:
        assert np.array_equal(pixels, np.stack([there] * 3, axis=-1))
    else:
        order = [2, 1, 0, 3] if there.shape[2] == 4 else [2, 1, 0]
        assert np.array_equal(pixels, there[..., order])


@given(
    st.sampled_from(["uint8", "uint16"]).flatmap(
        lambda dtype: arrays.arrays(
            dtype, st.tuples(st.integers(1, 9), st.integers(1, 9), st.sampled_from([3, 4]))
        )
    )
)
def test_what_is_written_reads_back(image):
    picture = read(png.write(image))
    assert picture.pixels.dtype == image.dtype
    assert np.array_equal(picture.pixels, image)
    assert picture.notes == ()


@pytest.mark.parametrize("turn", [np.flipud, np.fliplr, lambda a: a.swapaxes(0, 1)])
def test_any_layout_is_written(turn):
    image = turn(samples_of(20, 31, 6, 16))
    assert np.array_equal(read(png.write(image)).pixels, image)


def test_numbers_at_odd_addresses_are_written():
    image = samples_of(5, 6, 2, 16)
    odd = np.frombuffer(b"a" + image.tobytes(), np.uint16, offset=1).reshape(image.shape)
    assert not odd.flags.aligned
    assert np.array_equal(read(png.write(odd)).pixels, image)


def test_pieces_of_rows_meet():
    image = np.cumsum(samples_of(900, 700, 2, 8), axis=0, dtype=np.uint8)  # 1.9 MB: 8 pieces
    picture = read(png.write(image))
    assert np.array_equal(picture.pixels, image)
    there = Image.open(io.BytesIO(png.write(image)))
    assert np.array_equal(np.asarray(there), image)


@pytest.mark.parametrize("dtype", ["float32", "int16", "uint32"])
def test_what_png_cannot_hold_is_refused(dtype):
    with pytest.raises(Refused, match=f"PNG holds 8 or 16 bits a channel, .* {dtype}"):
        png.write(np.zeros((4, 4, 3), dtype))
