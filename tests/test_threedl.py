"""The .3dl format: codes read back equal, the depth is found, and what is wrong is named."""

import numpy as np
import pytest
from harmonia import _core
from harmonia._lut_files import threedl
from harmonia._lut_files.contents import UNIT, Contents, LutFileError
from harmonia.lut import identity
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from reference.threedl import bits_of

CODES = (
    "0 0 0\n0 0 1023\n0 1023 0\n0 1023 1023\n1023 0 0\n1023 0 1023\n1023 1023 0\n1023 1023 1023\n"
)


def parse(text):
    return threedl.parse(text.encode() if isinstance(text, str) else text, "look.3dl")


@given(st.data(), st.integers(4, 5), st.sampled_from(threedl.BITS))
def test_codes_read_back_equal(data, size, bits):
    top = 2**bits - 1
    codes = data.draw(arrays.arrays(np.int64, (size,) * 3 + (3,), elements=st.integers(0, top)))
    codes[-1, -1, -1] = top
    nodes = codes.astype(np.float32) / np.float32(top)
    assert parse(threedl.format(Contents(nodes), bits)).nodes.tobytes() == nodes.tobytes()


@pytest.mark.parametrize("bits", threedl.BITS)
def test_other_values_are_rounded_to_the_nearest_code(bits):
    nodes = np.random.default_rng(bits).random((17, 17, 17, 3), dtype=np.float32)
    read = parse(threedl.format(Contents(nodes), bits)).nodes
    # Half a code, and the rounding of the quotient to float32.
    assert abs(read - nodes).max() <= 0.5 / (2**bits - 1) + 2**-25


@pytest.mark.parametrize("size", [4, 17, 20, 33, 64, 65, 129])
def test_every_size_reads_back(size):
    nodes = identity(size).nodes
    read = parse(threedl.format(Contents(nodes), 16)).nodes
    assert read.shape == nodes.shape
    assert abs(read - nodes).max() <= 0.5 / 65535 + 2**-25


def test_what_is_written():
    lines = threedl.format(Contents(identity(5).nodes), 12).decode().splitlines()
    assert lines[:6] == [
        "3DMESH",
        "Mesh 2 12",
        "0 256 512 767 1023",
        "0 0 0",
        "0 0 1024",
        "0 0 2048",
    ]
    assert lines[-4:] == ["4095 4095 4095", "", "LUT8", "gamma 1.0"]


def test_blue_runs_fastest():
    assert (parse(f"0 1023\n{CODES}").nodes == identity(2).nodes).all()


FORMS = {
    "Lustre": lambda text: f"#Tokens\n3DMESH\nMesh 0 10\n{text}\n#\nLUT8\ngamma 1.0\n",
    "Flame": lambda text: f"# a comment\n\n{text}",
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "byte order mark": lambda text: "\ufeff" + text,
    "no last line end": lambda text: text.rstrip("\n"),
    "tabs": lambda text: text.replace(" ", "\t\t"),
    "leading zeros": lambda text: text.replace("0 ", "000 "),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_one_table(form):
    text = f"0 1023\n{CODES}"
    if form == "leading zeros":
        text = text.replace("1023", "01023")
    assert (parse(FORMS[form](text)).nodes == identity(2).nodes).all()


def test_the_depth_is_found_by_the_greatest_entry():
    for most in [0, 127, 128, 255, 511, 512, 1023, 2047, 2048, 4095, 8191, 8192, 65535, 131071]:
        expected = bits_of(most) if most >= 128 else 0
        assert _core.threedl_bits(most) == expected
        if expected:
            read = parse(f"0 1023\n{CODES.replace('1023', str(most))}")
            assert read.nodes.max() == np.float32(most) / np.float32(2**expected - 1)
    assert _core.threedl_bits(131072) == 0


def test_a_declared_depth_holds_for_dark_tables():
    read = parse(f"Mesh 0 16\n0 1023\n{CODES.replace('1023', '90')}")
    assert read.nodes.max() == np.float32(90) / np.float32(65535)


WRONG = {
    "nothing": ("", 1, "expected the mesh, got the end of the file"),
    "only words": ("3DMESH\nMesh 4 12\n", 2, "expected the mesh, got the end of the file"),
    "no mesh": (CODES, 1, "expected a mesh that rises in even steps from 0 to 255, 1023"),
    "a mesh of one": ("1023\n", 1, "expected a mesh that rises"),
    "an uneven mesh": ("0 100 200 1023\n", 1, "expected a mesh that rises in even steps"),
    "a mesh that bends": ("0 500 800 1023\n", 1, "expected a mesh that rises in even steps"),
    "a falling mesh": ("1023 0\n", 1, "expected a mesh that rises"),
    "a mesh of floats": (
        "0.0 1.0\n",
        1,
        "expected the mesh, 2 to 129 whole numbers, got '0.0 1.0'",
    ),
    "a long mesh": (" ".join(map(str, range(0, 1040, 8))), 1, "expected the mesh, 2 to 129 whole"),
    "Mesh of another size": (
        f"Mesh 4 10\n0 1023\n{CODES}",
        1,
        "Mesh must begin with 0 for 2 nodes",
    ),
    "Mesh of no depth": ("Mesh 4\n", 1, "expected Mesh with log2(nodes - 1), 0 to 7, and the bits"),
    "Mesh of 32 bits": ("Mesh 4 32\n", 1, "expected Mesh with log2(nodes - 1)"),
    "entries beyond the declared": (f"Mesh 0 8\n0 1023\n{CODES}", 4, "whole numbers from 0 to 255"),
    "entries beyond all": (f"0 1023\n{CODES.replace('1023', '131072')}", 3, "from 0 to 131071"),
    "dark entries": (
        f"0 1023\n{CODES.replace('1023', '90')}",
        9,
        "no depth fits entries of at most",
    ),
    "a negative entry": (
        "0 1023\n0 -1 0\n",
        2,
        "expected three whole numbers from 0 to 131071, got",
    ),
    "a float": ("0 1023\n0 0.5 0\n", 2, "expected three whole numbers"),
    "two numbers": ("0 1023\n0 0\n", 2, "expected three whole numbers"),
    "four numbers": ("0 1023\n0 0 0 0\n", 2, "expected three whole numbers, got '0 0 0 0'"),
    "an entry less": (
        f"0 1023\n{CODES[:-15]}",
        8,
        "expected 8 entries, of which 7 came, got the end",
    ),
    "an entry more": (f"0 1023\n{CODES}0 0 0", 10, "expected the end, LUT8 or gamma 1.0 after the"),
    "a gamma": (f"0 1023\n{CODES}LUT8\ngamma 2.2", 11, "expected the end, LUT8 or gamma 1.0"),
    "two depths": (f"0 1023\n{CODES}LUT8\nLUT8", 11, "expected the end, LUT8 or gamma 1.0"),
    "another word": ("TABLE\n", 1, "expected the mesh, 2 to 129 whole numbers, got 'TABLE'"),
    "binary": (b"0 1023\n\x00\x01\x02", 2, "expected text without control characters"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_files_are_named(case):
    text, line, said = WRONG[case]
    with pytest.raises(LutFileError) as raised:
        parse(text)
    assert raised.value.line == line
    assert str(raised.value).startswith(f"look.3dl, line {line}: ")
    assert said in str(raised.value)


NODES = identity(17).nodes
REFUSED = {
    "sizes that differ": (Contents(np.zeros((4, 5, 6, 3), np.float32)), 12, r"resize\(lut, 6\)"),
    "three nodes": (Contents(identity(3).nodes), 12, "has at least 4 nodes along an axis"),
    "a shaper": (Contents(NODES, UNIT, NODES[0, 0]), 12, "holds no shaper"),
    "a domain": (Contents(NODES, ((0.0,) * 3, (2.0,) * 3)), 12, r"has the domain 0..1, this table"),
    "values above 1": (
        Contents(NODES * np.float32(1.5)),
        12,
        r"within 0..1, this table has 0..1.5",
    ),
    "values below 0": (Contents(NODES - np.float32(0.25)), 12, r"this table has -0.25..0.75; clip"),
    "14 bits": (Contents(NODES), 14, "a .3dl has 8, 10, 12, 16 bits, got 14"),
    "a dark table": (Contents(NODES * np.float32(0.3)), 12, "1229 would not read as 12 bits"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_format_cannot_hold(case):
    contents, bits, said = REFUSED[case]
    with pytest.raises(ValueError, match=said):
        threedl.format(contents, bits)


def test_a_dark_table_fits_16_bits():
    nodes = NODES * np.float32(0.3)
    assert (
        abs(parse(threedl.format(Contents(nodes), 16)).nodes - nodes).max() <= 0.5 / 65535 + 2**-25
    )
