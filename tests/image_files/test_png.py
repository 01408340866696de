"""PNG in and out: every kind to the bit, what is dropped is said, and nothing wrong gets in."""

import io
import random
import struct
import tracemalloc
import zlib

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


@per_kind
def test_conversions_are_said(colour, bits):
    few = f"{bits}-bit " if bits < 8 else ""
    said = {0: (f"{few}grey to RGB",), 3: (f"{few}palette to RGB",), 4: ("grey and alpha to RGBA",)}
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


def test_level_0_does_not_compress_and_9_does():
    image = np.zeros((200, 200, 3), np.uint8)
    assert len(png.write(image, level=0)) > image.size > 100 * len(png.write(image, level=9))


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 2), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
    ],
)
def test_what_png_cannot_hold_is_refused(image):
    with pytest.raises(Refused, match="a PNG"):
        png.write(image)


def profile(space=b"RGB ", size=600, said=None):
    head = struct.pack(">I", size if said is None else said) + bytes(12) + space + bytes(16)
    return (head + b"acsp").ljust(size, b"x")


EXIF = b"II*\0" + struct.pack("<IHHHIII", 8, 1, 0x0112, 3, 1, 6, 0)
SAID = {
    "sRGB": (0,),
    "gAMA": (45455,),
    "cHRM": (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000),
    "pHYs": (3780, 3780, 1),
    "cICP": (9, 16, 0, 1),
    "cLLI": (10000000, 4000000),
    "mDCV": (35400, 14600, 8500, 39850, 6550, 2300, 15635, 16450, 10000000, 1),
}
RGB = samples_of(6, 7, 2, 8)


def iccp(content, name=b"name", method=b"\0"):
    return reference.chunk(b"iCCP", name + b"\0" + method + zlib.compress(content))


def test_what_the_file_says_comes_back():
    picture = read(png.write(RGB, exif=EXIF, ancillary=SAID))
    assert (picture.icc, picture.exif, picture.notes) == (None, EXIF, ())
    assert picture.ancillary == SAID


def test_a_profile_comes_back_instead_of_srgb():
    picture = read(png.write(RGB, icc=profile(), ancillary=SAID))
    assert picture.icc == profile()
    assert picture.notes == ()
    assert picture.ancillary == {kind: said for kind, said in SAID.items() if kind != "sRGB"}


def test_pillow_finds_profile_exif_and_resolution():
    data = png.write(RGB, icc=profile(), exif=b"Exif\0\0" + EXIF, ancillary=SAID)
    with Image.open(io.BytesIO(data)) as there:
        there.load()
        assert there.info["icc_profile"] == profile()
        assert there.info["exif"].removeprefix(b"Exif\0\0") == EXIF
        assert there.getexif()[0x0112] == 6
        assert there.info["dpi"] == pytest.approx((96, 96), abs=0.02)  # 3780 pixels a metre


def test_what_pillow_says_is_found():
    file = io.BytesIO()
    Image.fromarray(RGB).save(file, "PNG", icc_profile=profile(), exif=EXIF, dpi=(300, 300))
    picture = read(file.getvalue())
    assert (picture.icc, picture.exif, picture.notes) == (profile(), EXIF, ())
    assert picture.ancillary["pHYs"] == (11811, 11811, 1)


def one(kind, content=b"", checksum=None):
    return reference.chunk(kind, content, checksum)


TRNS = one(b"tRNS", bytes(6))
DROPPED = {
    "iCCP that is no deflate": (one(b"iCCP", b"a\0\0zzzz"), "iCCP dropped: it does not inflate"),
    "iCCP without a name": (iccp(profile(), b""), "iCCP dropped: expected a name"),
    "iCCP by another method": (iccp(profile(), method=b"\1"), "iCCP dropped: expected a name"),
    "iCCP of nothing": (one(b"iCCP"), "iCCP dropped: expected a name"),
    "iCCP cut": (iccp(profile(said=601)), "iCCP dropped: no profile"),
    "iCCP too short": (iccp(profile(size=100)), "iCCP dropped: no profile"),
    "iCCP of something": (iccp(bytes(700)), "iCCP dropped: no profile"),
    "iCCP of grey": (iccp(profile(b"GRAY")), "iCCP dropped: of 'GRAY', for RGB"),
    "iCCP of CMYK": (iccp(profile(b"CMYK")), "iCCP dropped: of 'CMYK', for RGB"),
    "iCCP without end": (iccp(profile(size=1 << 25)), "iCCP dropped: more than 16777216 bytes"),
    "iCCP with a wrong checksum": (one(b"iCCP", b"", 1), "iCCP dropped: a wrong checksum"),
    "eXIf without byte order": (one(b"eXIf", b"12345678"), "eXIf dropped: expected a byte order"),
    "eXIf of nothing": (one(b"eXIf"), "eXIf dropped: expected a byte order"),
    "eXIf twice": (2 * one(b"eXIf", EXIF), "eXIf dropped: there twice"),
    "gAMA too short": (one(b"gAMA", b"abc"), "gAMA dropped: 4 bytes expected, 3 there"),
    "pHYs too long": (one(b"pHYs", bytes(10)), "pHYs dropped: 9 bytes expected, 10 there"),
    "tRNS too short": (one(b"tRNS", b"ab"), "tRNS dropped: 2 bytes, for RGB"),
    "tRNS twice": (TRNS + TRNS, "tRNS dropped: there twice"),
    "an animation": (one(b"acTL", bytes(8)), "animation to its first image"),
}


@pytest.mark.parametrize("case", DROPPED)
def test_what_is_broken_beside_the_pixels_is_dropped_with_a_note(case):
    before, said = DROPPED[case]
    picture = read(reference.encode(RGB, 2, 8, before=before))
    assert np.array_equal(picture.pixels[..., :3], RGB)
    assert [note for note in picture.notes if note.startswith(said)]


def test_a_profile_of_grey_is_not_passed_on_with_rgb():
    data = reference.encode(samples_of(3, 3, 0, 8), 0, 8, before=iccp(profile(b"GRAY")))
    picture = read(data)
    assert picture.icc is None
    assert picture.notes == ("grey to RGB", "iCCP dropped: of grey, for what is RGB now")


def test_order_and_ends_are_said():
    plain = samples_of(3, 3, 3, 2)
    swapped = one(b"tRNS", b"\1") + plte(palette_of(2)) + one(b"gAMA", bytes(4))
    picture = read(reference.encode(plain, 3, 2, before=swapped) + b"abc")
    assert picture.notes == (
        "2-bit palette to RGB",
        "tRNS dropped: before the palette",
        "gAMA dropped: behind the palette",
        "3 bytes behind the end dropped",
    )
    picture = read(reference.encode(RGB, 2, 8, behind=one(b"eXIf", EXIF) + TRNS))
    assert (picture.exif, picture.notes) == (EXIF, ("tRNS dropped: behind the pixels",))


def test_text_and_strange_chunks_are_passed_over():
    before = one(b"tEXt", b"a\0b") + one(b"zTXt", b"a\0\0zz") + one(b"abCd", b"z", 5)
    picture = read(reference.encode(RGB, 2, 8, before=before))
    assert (picture.notes, picture.pixels.shape) == ((), RGB.shape)


HEAD, END = reference.SIGNATURE + reference.header(7, 6), one(b"IEND")
RAW = reference.stream(RGB, 8, [0])
DATA = one(b"IDAT", zlib.compress(RAW))


def headed(**fields):
    return reference.SIGNATURE + reference.header(**{"width": 7, "height": 6, **fields})


BROKEN = {
    "nothing": (b"", "expected the signature of a PNG"),
    "a JPEG": (b"\xff\xd8\xff\xe0" + bytes(30), "expected the signature of a PNG"),
    "pixels first": (reference.SIGNATURE + DATA + END, "expected the header of a PNG"),
    "no width": (headed(width=0) + DATA + END, "pixels a side, got 0 x 6"),
    "no height": (headed(height=0) + DATA + END, "pixels a side, got 7 x 0"),
    "a side too long": (headed(width=1 << 31) + DATA + END, "pixels a side, got 2147483648 x 6"),
    "too many pixels": (headed(width=LIMIT) + DATA + END, "expected at most 1048576 pixels"),
    "3 bits": (headed(bits=3) + DATA + END, "got colour type 2 of 3 bits"),
    "4 bits of RGB": (headed(bits=4) + DATA + END, "got colour type 2 of 4 bits"),
    "16 bits of a palette": (headed(bits=16, colour=3), "got colour type 3 of 16 bits"),
    "colour type 5": (headed(colour=5) + DATA + END, "got colour type 5 of 8 bits"),
    "compression 1": (headed(compression=1) + DATA + END, "got compression 1"),
    "filtering 1": (headed(filtering=1) + DATA + END, "filtering 1"),
    "interlacing 2": (headed(interlacing=2) + DATA + END, "interlacing 2"),
    "no pixels": (HEAD + END, "expected the chunk 'IDAT', got none"),
    "empty pixels": (HEAD + one(b"IDAT") + END, "expected 132 bytes of pixels, got 0"),
    "no end": (HEAD + DATA, "expected a chunk at byte"),
    "an end with something": (HEAD + DATA + one(b"IEND", b"a"), "nothing in the chunk 'IEND'"),
    "two headers": (HEAD + reference.header(7, 6) + DATA + END, "expected no chunk 'IHDR'"),
    "an unknown one": (HEAD + one(b"ABCD") + DATA + END, "expected no chunk 'ABCD' at byte 33"),
    "no letters": (HEAD + one(b"AB\0D") + DATA + END, "expected four letters"),
    "a wrong checksum": (HEAD + one(b"IDAT", b"abc", 1) + END, "'IDAT' at byte 33 has a wrong"),
    "pixels in two places": (HEAD + DATA + one(b"tEXt") + DATA + END, "expected no chunk 'IDAT'"),
    "two streams": (HEAD + DATA + DATA + END, "compressed image to end with its 132 bytes"),
    "too few": (HEAD + one(b"IDAT", zlib.compress(RAW[1:])) + END, "got 131"),
    "too many": (HEAD + one(b"IDAT", zlib.compress(RAW + b"a")) + END, "got more"),
    "filter 5": (
        HEAD + one(b"IDAT", zlib.compress(b"\5" + RAW[1:])) + END,
        "filters 0 to 4, got 5",
    ),
    "no deflate": (HEAD + one(b"IDAT", b"abcdefgh") + END, "does not inflate"),
    "no palette": (headed(colour=3) + DATA + END, "expected a palette before the pixels"),
    "a late palette": (
        headed(colour=3) + DATA + plte(palette_of(8)) + END,
        "expected no chunk 'PLTE'",
    ),
    "two palettes": (HEAD + 2 * plte(palette_of(8)) + DATA + END, "expected no chunk 'PLTE'"),
    "a palette of 7 bytes": (
        headed(colour=3) + one(b"PLTE", bytes(7)) + DATA + END,
        "palette of 1 to 256 colours, got 7 bytes",
    ),
    "a colour beyond the palette": (
        reference.encode(np.full((2, 2, 1), 3, np.uint8), 3, 8, before=one(b"PLTE", bytes(9))),
        "expected 3 colours of the palette, got number 3",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_makes_the_pixels_must_be_right(case):
    data, said = BROKEN[case]
    with pytest.raises(Refused, match=said):
        read(data)


def seeds():
    """Small files of every kind, with everything beside the pixels."""
    for colour, bits in KINDS:
        before = iccp(profile()) + one(b"gAMA", bytes(4)) + one(b"eXIf", EXIF)
        if colour == 3:
            before += plte(palette_of(bits)) + one(b"tRNS", b"\7")
        yield reference.encode(
            samples_of(19, 21, colour, bits),
            colour,
            bits,
            kinds=[0, 1, 2, 3, 4],
            interlaced=bits in (4, 8),
            before=before,
        )


def with_right_checksums(data):
    """Flips that reach what lies behind the checksums."""
    out, at = data[:8], 8
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        if at + 12 + length > len(data):
            return out + data[at:]
        body = data[at + 4 : at + 8 + length]
        out += data[at : at + 4] + body + struct.pack(">I", zlib.crc32(body))
        at += 12 + length
    return out + data[at:]


def malformed(count):
    dice = random.Random(7)
    files = list(seeds())
    sides = [0, 1, 7, 255, 65535, 1 << 20, 1 << 28, (1 << 31) - 1, 1 << 31, (1 << 32) - 1]
    for number in range(count):
        data = bytearray(dice.choice(files))
        way = number % 5
        if way == 0:
            data = data[: dice.randrange(len(data))]
        elif way in (1, 2):
            for _ in range(dice.randint(1, 12)):
                data[dice.randrange(8, len(data))] ^= 1 << dice.randrange(8)
        elif way == 3:  # a header that lies
            data[16:24] = struct.pack(">II", dice.choice(sides), dice.choice(sides))
            data[24:29] = bytes(dice.choice(data[24:29]) for _ in range(5))
        else:  # a length that lies
            at = data.find(dice.choice([b"IDAT", b"IHDR", b"eXIf", b"iCCP"]))
            data[at - 4 : at] = struct.pack(">I", dice.choice(sides))
        data = bytes(data)
        yield with_right_checksums(data) if way in (2, 3) else data


def test_malformed_files_are_refused_or_read_and_take_no_memory():
    limit = 100_000  # pixels: 800 kB at 16 bits of RGBA, and as much again while colours are made
    refused = 0
    files = list(malformed(300))
    tracemalloc.start()
    for data in files:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        try:
            height, width, _ = read(data, limit).pixels.shape
        except Refused:
            refused += 1
        else:
            assert height * width <= limit
        assert tracemalloc.get_traced_memory()[1] - before < 4 * 8 * limit
    tracemalloc.stop()
    assert 200 <= refused < 300  # what is flipped beside the pixels alone is read


def test_a_header_that_lies_takes_no_memory():
    data = headed(width=1 << 14, height=1 << 14, bits=16, colour=6) + DATA + END
    tracemalloc.start()
    with pytest.raises(Refused, match="bytes hold fewer"):
        read(data, 1 << 28)  # 2 GiB of pixels
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000


def test_a_bomb_is_not_inflated():
    bomb = HEAD + one(b"IDAT", zlib.compress(bytes(100_000_000))) + END
    tracemalloc.start()
    with pytest.raises(Refused, match="got more"):
        read(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000
