"""The .cube format: what is written reads back to the bit, and what is wrong is named."""

import subprocess
import sys

import numpy as np
import pytest
from harmonia._lut_files import cube
from harmonia._lut_files.contents import UNIT, Contents, LutFileError
from harmonia.lut import Lut, identity
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from reference.lut3d import apply_lut3d

TABLE = "0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 1\n"
INVERTED = "1 1 1\n0 1 1\n1 0 1\n0 0 1\n1 1 0\n0 1 0\n1 0 0\n0 0 0\n"


def parse(text):
    return cube.parse(text.encode() if isinstance(text, str) else text, "look.cube")


def same_bits(one, other):
    if one is None or other is None:
        return one is other
    return (
        one.shape == other.shape and one.dtype == other.dtype and one.tobytes() == other.tobytes()
    )


def check_equal(one, other):
    assert (one.domain, one.shaper_domain, one.title) == (
        other.domain,
        other.shaper_domain,
        other.title,
    )
    assert same_bits(one.nodes, other.nodes)
    assert same_bits(one.shaper, other.shaper)


floats = st.floats(width=32, allow_nan=False, allow_infinity=False)
titles = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters='"'))
titles = titles.filter(lambda title: len(title.encode()) <= cube.MOST_TITLE_BYTES)


def domains(channels):
    """Ends that float32 tells apart, as doubles with all their digits."""
    ends = st.tuples(st.floats(-1000, 1000), st.floats(0.001, 1000)).map(
        lambda pair: (pair[0], pair[0] + pair[1])
    )
    boxes = st.lists(ends, min_size=channels, max_size=channels)
    return boxes.map(
        lambda box: tuple(corner * (3 // channels) for corner in zip(*box, strict=True))
    )


def tables(size):
    return arrays.arrays(np.float32, (size, size, size, 3), elements=floats)


@given(st.data(), st.integers(2, 4), st.just(UNIT) | domains(3), titles)
def test_a_table_reads_back_to_the_bit(data, size, domain, title):
    contents = Contents(data.draw(tables(size)), domain, None, UNIT, title)
    check_equal(parse(cube.format(contents)), contents)


@given(st.data(), st.integers(2, 3), domains(1), domains(1), st.integers(2, 9))
def test_a_table_with_a_shaper_reads_back_to_the_bit(data, size, domain, shaper_domain, length):
    shaper = data.draw(arrays.arrays(np.float32, (length, 3), elements=floats))
    contents = Contents(data.draw(tables(size)), domain, shaper, shaper_domain, "")
    check_equal(parse(cube.format(contents)), contents)


@given(st.data(), st.just(UNIT) | domains(3), st.integers(2, 9), titles)
def test_a_curve_stays_a_curve(data, domain, length, title):
    inside = st.floats(-1e6, 1e6, width=32)
    entries = data.draw(arrays.arrays(np.float32, (length, 3), elements=inside))
    text = cube.format(Contents(*cube._passing(entries), entries, domain, title))
    assert b"LUT_3D_SIZE" not in text
    assert same_bits(parse(text).shaper, entries)
    assert cube.format(parse(text)) == text


def test_every_size_reads_back():
    for size in (2, 17, 33, 64, 65, 129):
        nodes = np.random.default_rng(size).standard_normal((size, size, size, 3), np.float32)
        check_equal(parse(cube.format(Contents(nodes))), Contents(nodes))


def test_what_is_written_is_plain():
    nodes = np.float32([0.1, 1e-8, 1 / 3]) * np.ones((2, 2, 2, 1), np.float32)
    text = cube.format(Contents(nodes, ((0.0,) * 3, (1.0, 2.5, 1.0)), title="A look")).decode()
    head = 'TITLE "A look"\nLUT_3D_SIZE 2\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 1 2.5 1\n'
    assert text == head + "0.1 1e-08 0.33333334\n" * 8


def test_red_runs_fastest():
    read = parse(f"LUT_3D_SIZE 2\n{TABLE}")
    assert (read.nodes == identity(2).nodes).all()
    assert read[1:] == (UNIT, None, UNIT, "")


def test_a_file_of_adobe():
    read = parse(
        '#comment\nTITLE "Look of a day"\n\nDOMAIN_MIN -0.5 0 0\nLUT_3D_SIZE 2\n'
        f"DOMAIN_MAX 1 2 4\n# entries\n{TABLE}\n# that was it\n\n"
    )
    assert (read.nodes == identity(2).nodes).all()
    assert read.domain == ((-0.5, 0, 0), (1, 2, 4))
    assert read.title == "Look of a day"


BLACK, WHITE = 64 / 1023, 940 / 1023  # of video, in codes of 10 bits


def test_a_table_for_video_becomes_one_for_full_range():
    """What maps video black and white to themselves maps full black and white to themselves."""
    read = parse(f"LUT_3D_SIZE 2\nLUT_IN_VIDEO_RANGE\nLUT_OUT_VIDEO_RANGE\n{INVERTED}")
    full = np.array([[[BLACK] * 3, [WHITE] * 3, [0.3, 0.5, 0.7]]])
    lut = Lut(*read)
    np.testing.assert_allclose(
        apply_lut3d((full - BLACK) / (WHITE - BLACK), lut),
        ((1 - full) - BLACK) / (WHITE - BLACK),
        rtol=0,
        atol=1e-6,  # a few roundings of float32
    )


def test_video_ranges_move_what_reads_and_what_writes():
    read = parse(f"LUT_3D_SIZE 2\nLUT_IN_VIDEO_RANGE\n{TABLE}")
    assert (read.nodes == identity(2).nodes).all()
    np.testing.assert_allclose(read.domain, [[-64 / 876] * 3, [959 / 876] * 3], rtol=1e-12)
    curve = "0 0 0\n1 1 1\n"
    read = parse(f"LUT_1D_SIZE 2\nLUT_3D_SIZE 2\nLUT_IN_VIDEO_RANGE\n{curve}{TABLE}")
    assert read.domain == UNIT
    np.testing.assert_allclose(read.shaper_domain, [[-64 / 876] * 3, [959 / 876] * 3], rtol=1e-12)
    read = parse(f"LUT_1D_SIZE 2\nLUT_OUT_VIDEO_RANGE\n{curve}")
    assert read.shaper_domain == UNIT
    np.testing.assert_allclose(read.shaper[:, 0], [-64 / 876, 959 / 876], rtol=1e-7)


def test_a_file_of_resolve_with_a_shaper():
    curve = "1.0 1.0 1.0\n0.25 0.5 0.75\n0.0 0.0 0.0\n"
    read = parse(
        "LUT_1D_SIZE 3\nLUT_1D_INPUT_RANGE 0.0 2.0\nLUT_3D_SIZE 2\nLUT_3D_INPUT_RANGE 0.0 1.0\n"
        f"{curve}{INVERTED}"
    )
    assert (read.shaper == np.float32([[1, 1, 1], [0.25, 0.5, 0.75], [0, 0, 0]])).all()
    assert read.shaper_domain == ((0,) * 3, (2,) * 3)
    assert read.domain == UNIT
    assert (read.nodes == 1 - identity(2).nodes).all()


def test_a_curve_alone_passes_through_its_table_as_it_is():
    curve = "-0.5 0 0\n0.25 4 0.5\n1 8 1\n"
    lut = Lut(*parse(f"LUT_1D_SIZE 3\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 1 1 2\n{curve}"))
    colours = np.random.default_rng(0).random((4, 5, 3))
    expected = np.empty_like(colours)
    for c, high in enumerate((1, 1, 2)):
        expected[..., c] = np.interp(colours[..., c], np.linspace(0, high, 3), lut.shaper[:, c])
    # float64 on both sides, in a box of 8.5.
    np.testing.assert_allclose(apply_lut3d(colours, lut), expected, rtol=0, atol=1e-13)


FORMS = {
    "LF": lambda text: text,
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "no last line end": lambda text: text.rstrip("\n"),
    "byte order mark": lambda text: "\ufeff" + text,
    "tabs and spaces": lambda text: text.replace(" ", " \t ").replace("\n", "\t\n  "),
    "blank lines": lambda text: text.replace("\n", "\n\n"),
    "comments": lambda text: text.replace("\n", "\n # not 1 2 3\n"),
    "plus signs": lambda text: text.replace(" 1", " +1"),
    "exponents": lambda text: text.replace(" 1 ", " 10.e-1 "),
    "a title without quotes": lambda text: "TITLE of some kind\n" + text,
    "a range that agrees": lambda text: "LUT_3D_INPUT_RANGE 0 1\nDOMAIN_MIN 0 0 0\n" + text,
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_one_table(form):
    read = parse(FORMS[form](f"LUT_3D_SIZE 2\n{TABLE}"))
    assert (read.nodes == identity(2).nodes).all()
    assert read.domain == UNIT


def test_numbers_are_rounded_once():
    words = ["0.1", "1e-45", "1e-60", "-0", "3.4028235e38", "1.00000005960464477540", ".5", "7."]
    read = parse("LUT_3D_SIZE 2\n" + "".join(f"{word} 0 0\n" for word in words))
    values = np.float32([0.1, 1e-45, 0, -0.0, 3.4028235e38, np.nextafter(np.float32(1), 2), 0.5, 7])
    assert read.nodes[..., 0].transpose(2, 1, 0).tobytes() == values.tobytes()


# What the file holds, the line that is named, and what is said of it.
WRONG = {
    "nothing": ("", 1, "expected LUT_1D_SIZE or LUT_3D_SIZE before the entries, got the end"),
    "a comment": ("# no table\n", 1, "got the end of the file"),
    "no size": (TABLE, 1, "expected LUT_1D_SIZE or LUT_3D_SIZE before the entries, got '0 0 0'"),
    "no entries": ("LUT_3D_SIZE 2\n\n", 2, "expected 8 entries in all, of which 0 came, got the"),
    "an entry less": (f"LUT_3D_SIZE 2\n{TABLE[:-6]}", 8, "expected 8 entries in all, of which 7"),
    "an entry more": (f"LUT_3D_SIZE 2\n{TABLE}2 2 2", 10, "expected the end after 8 entries, got "),
    "another file": (f"LUT_3D_SIZE 2\n{TABLE}{TABLE}", 10, "expected the end after 8 entries"),
    "a keyword behind": (f"LUT_3D_SIZE 2\n{TABLE}TITLE x", 10, "expected the end after 8 entries"),
    "a keyword between": ("LUT_3D_SIZE 2\n0 0 0\nTITLE x\n", 3, "expected three finite numbers"),
    "size 1": ("LUT_3D_SIZE 1\n0 0 0\n", 1, "expected a size from 2 to 129, got 'LUT_3D_SIZE 1'"),
    "size 130": ("LUT_3D_SIZE 130\n", 1, "expected a size from 2 to 129"),
    "a long curve": ("LUT_1D_SIZE 65537\n", 1, "expected a size from 2 to 65536"),
    "a negative size": ("LUT_3D_SIZE -2\n", 1, "expected a size from 2 to 129"),
    "a size that wraps": ("LUT_3D_SIZE 4294967298\n", 1, "expected a size from 2 to 129"),
    "half a size": ("LUT_3D_SIZE 2.5\n", 1, "expected a size from 2 to 129"),
    "two sizes": ("LUT_3D_SIZE 2 2\n", 1, "expected a size from 2 to 129"),
    "a size twice": ("LUT_3D_SIZE 2\n\nLUT_3D_SIZE 2\n", 3, "LUT_3D_SIZE comes again after line 1"),
    "two numbers": ("LUT_3D_SIZE 2\n0 0\n", 2, "expected three finite numbers, got '0 0'"),
    "four numbers": ("LUT_3D_SIZE 2\n0 0 0 0\n", 2, "expected three finite numbers"),
    "a word": ("LUT_3D_SIZE 2\n0 0 black\n", 2, "expected three finite numbers"),
    "NaN": ("LUT_3D_SIZE 2\n0 0 0\n0 nan 0\n", 3, "expected three finite numbers, got '0 nan 0'"),
    "infinity": ("LUT_3D_SIZE 2\n0 -inf 0\n", 2, "expected three finite numbers"),
    "beyond float32": ("LUT_3D_SIZE 2\n0 1e39 0\n", 2, "expected three finite numbers"),
    "hexadecimal": ("LUT_3D_SIZE 2\n0 0x1 0\n", 2, "expected three finite numbers"),
    "a decimal comma": ("LUT_3D_SIZE 2\n0,5 0 0\n", 2, "expected three finite numbers"),
    "a comment behind": ("LUT_3D_SIZE 2\n0 0 0 # black\n", 2, "expected three finite numbers"),
    "two signs": ("LUT_3D_SIZE 2\n+-1 0 0\n", 2, "expected three finite numbers"),
    "an unknown keyword": ("LUT_2D_SIZE 2\n", 1, "expected a keyword of the format or an entry"),
    "small letters": ("lut_3d_size 2\n", 1, "expected a keyword of the format or an entry"),
    "video what": ("LUT_IN_VIDEO_RANGE 1\n", 1, "expected nothing behind LUT_IN_VIDEO_RANGE"),
    "video afar": (
        f"LUT_3D_SIZE 2\nLUT_IN_VIDEO_RANGE\nDOMAIN_MAX 1e6 1 1\n{TABLE}",
        2,
        "LUT_IN_VIDEO_RANGE must give a low end below the high one in every channel, within +-1e6",
    ),
    "video beyond float32": (
        f"LUT_OUT_VIDEO_RANGE\nLUT_3D_SIZE 2\n3.4e38 0 0\n{TABLE[6:]}",
        1,
        "LUT_OUT_VIDEO_RANGE leads to entries that are too large",
    ),
    "an empty domain": (
        f"LUT_3D_SIZE 2\nDOMAIN_MIN 1 0 0\n{TABLE}",
        2,
        "DOMAIN_MIN must give a low end below the high one in every channel, within +-1e6",
    ),
    "a domain float32 loses": (
        f"LUT_3D_SIZE 2\nDOMAIN_MIN 0 0 1\nDOMAIN_MAX 1 1 1.00000001\n{TABLE}",
        3,
        "DOMAIN_MAX must give a low end below the high one",
    ),
    "a domain afar": (f"LUT_3D_SIZE 2\nDOMAIN_MAX 1 1 1e7\n{TABLE}", 2, "within +-1e6"),
    "half a domain": (f"LUT_3D_SIZE 2\nDOMAIN_MAX 1 1\n{TABLE}", 2, "expected three numbers"),
    "a domain of two": (
        f"LUT_1D_SIZE 2\nLUT_3D_SIZE 2\nDOMAIN_MAX 2 2 2\n0 0 0\n1 1 1\n{TABLE}",
        3,
        "DOMAIN_MAX is ambiguous with two tables; use LUT_1D_INPUT_RANGE and LUT_3D_INPUT_RANGE",
    ),
    "a range of no table": (
        f"LUT_3D_SIZE 2\nLUT_1D_INPUT_RANGE 0 1\n{TABLE}",
        2,
        "LUT_1D_INPUT_RANGE needs LUT_1D_SIZE",
    ),
    "a range against a domain": (
        f"LUT_3D_SIZE 2\nLUT_3D_INPUT_RANGE 0 1\nDOMAIN_MAX 2 2 2\n{TABLE}",
        3,
        "DOMAIN_MAX contradicts LUT_3D_INPUT_RANGE",
    ),
    "a range from high to low": (
        f"LUT_3D_SIZE 2\nLUT_3D_INPUT_RANGE 1 0\n{TABLE}",
        2,
        "LUT_3D_INPUT_RANGE must give a low end below the high one",
    ),
    "a curve afar": ("LUT_1D_SIZE 2\n0 0 0\n0 2e6 0\n", 3, "expected a curve within +-1e6, got "),
    "no title": ("TITLE\n", 1, "expected TITLE \"text\", got 'TITLE'"),
    "an open title": ('TITLE "x\n', 1, 'expected TITLE "text", no other quotes'),
    "a title in Latin-1": (b'TITLE "\xe9t\xe9"\n', 1, "expected a title in UTF-8, got 'TITLE "),
    "binary": (b"LUT_1D_SIZE 2\n\0\0\0\0", 2, "expected text without control characters"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0", 1, "expected a keyword of the format or an entry"),
    "UTF-16": ("LUT_3D_SIZE 2\n".encode("utf-16"), 1, "expected text without control characters"),
    "old line ends": ("LUT_3D_SIZE 2\r0 0 0\r", 1, "expected text without control characters"),
    "a zero in a comment": ("LUT_3D_SIZE 2\n# \0\n", 2, "expected text without control characters"),
    "a long line": ("# " + "x" * 5000, 1, "expected a line of at most 4096 bytes, got '# xxx"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_files_are_named(case):
    text, line, said = WRONG[case]
    with pytest.raises(LutFileError) as raised:
        parse(text)
    assert isinstance(raised.value, ValueError)
    assert raised.value.line == line
    assert str(raised.value).startswith(f"look.cube, line {line}: ")
    assert said in str(raised.value)


UNEVEN = ((0.0, 0.0, 0.0), (1.0, 1.0, 2.0))
NODES = identity(2).nodes
REFUSED = {
    "sizes that differ": (Contents(np.zeros((2, 3, 4, 3), np.float32)), r"resize\(lut, 4\)"),
    "a title with quotes": (Contents(NODES, title='a "look"'), "title must be at most 240 bytes"),
    "a title of two lines": (Contents(NODES, title="a\nb"), "title must be at most 240 bytes"),
    "a long title": (Contents(NODES, title="é" * 121), "title must be at most 240 bytes"),
    "half a character": (Contents(NODES, title="\ud800"), "title must be text that UTF-8 has"),
    "a shaper with a domain a channel": (
        Contents(NODES, UNEVEN, np.zeros((2, 3), np.float32)),
        "the same domain along every channel",
    ),
    "a domain a channel of the shaper": (
        Contents(1 - NODES, UNIT, np.zeros((2, 3), np.float32), UNEVEN),
        "the same shaper_domain along every channel",
    ),
    "a long shaper": (
        Contents(NODES, UNIT, np.zeros((65537, 3), np.float32)),
        "shapers of at most 65536 nodes",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_format_cannot_hold(case):
    contents, said = REFUSED[case]
    with pytest.raises(ValueError, match=said):
        cube.format(contents)


GREEDY = """
from pathlib import Path
from harmonia import _core

def peak():  # in KiB; getrusage would count the parent's, too
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

before = peak()
for text in (b"LUT_3D_SIZE 129", b"LUT_1D_SIZE 65536\\nLUT_3D_SIZE 129"):
    try:
        _core.parse_cube(text + b"\\n0 0 0" * 5)
    except _core.LutTextError as error:
        assert "of which 5 came" in error.args[1]
mesh = b" ".join(b"%d" % (512 * i) for i in range(129))
try:
    _core.parse_threedl(mesh + b"\\n0 0 0" * 5)
except _core.LutTextError as error:
    assert "of which 5 came" in error.args[1]
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks the proc file system for the peak")
def test_a_short_file_that_declares_much_takes_little():
    done = subprocess.run(
        [sys.executable, "-c", GREEDY], capture_output=True, text=True, timeout=60, check=True
    )
    assert int(done.stdout) < 12000  # 129 nodes an axis are 25,155 KiB
