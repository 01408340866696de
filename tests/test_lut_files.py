"""Files of tables: the suffix says the format, and a file is there whole or not at all."""

import os
import random
import re
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import harmonia
import numpy as np
import pytest
from fuzz.make_corpus import SEEDS
from harmonia.lut import (
    Lut,
    LutFileError,
    from_hald,
    identity,
    read_lut,
    resize,
    to_hald,
    write_lut,
)
from reference import cube, threedl

RANDOM = np.random.default_rng(0)
posix = pytest.mark.skipif(os.name != "posix", reason="signals and mode bits of POSIX")


def lut_of(size, **keywords):
    return Lut(RANDOM.random((size, size, size, 3), dtype=np.float32), **keywords)


def test_a_cube_holds_all_of_a_table(tmp_path):
    shaper = RANDOM.random((5, 3), dtype=np.float32)
    for lut in (
        lut_of(4, domain=((-1, 0, 0.1), (1, 2, 1 / 3)), title="zwei Töne"),
        lut_of(
            4, domain=((-0.5,) * 3, (2,) * 3), shaper=shaper, shaper_domain=((0,) * 3, (9,) * 3)
        ),
    ):
        write_lut(lut, tmp_path / "look.cube")
        read = read_lut(tmp_path / "look.cube")
        assert read == lut
        assert read.nodes.tobytes() == lut.nodes.tobytes()


def test_the_suffix_says_the_format(tmp_path):
    lut = lut_of(16)
    for name, first in (("a.cube", b"LUT_3D_SIZE"), ("a.3DL", b"3DMESH"), ("a.png", b"\x89PNG")):
        write_lut(lut, str(tmp_path / name))
        assert (tmp_path / name).read_bytes().startswith(first)
        # The coarsest is 12 bits.
        assert abs(read_lut(str(tmp_path / name)).nodes - lut.nodes).max() <= 0.51 / 4095


def test_titles_and_bits(tmp_path):
    lut = lut_of(16, title="Mine")
    write_lut(lut, tmp_path / "a.cube", title="Yours")
    assert read_lut(tmp_path / "a.cube").title == "Yours"
    write_lut(lut, tmp_path / "a.cube")
    assert read_lut(tmp_path / "a.cube").title == "Mine"
    write_lut(lut, tmp_path / "a.png", bits=8)
    assert read_lut(tmp_path / "a.png") == from_hald(to_hald(lut, dtype="uint8"))
    write_lut(lut, tmp_path / "a.3dl", bits=16)
    assert abs(read_lut(tmp_path / "a.3dl").nodes - lut.nodes).max() <= 0.51 / 65535


def test_transforms_save_as_tables(tmp_path):
    image, mask = harmonia.example()
    look = harmonia.fit(image, mask, "mkl")
    for name, keywords, size in (("a.cube", {}, 33), ("b.cube", {"size": 5}, 5), ("a.3dl", {}, 33)):
        look.save(tmp_path / name, **keywords)
        read = read_lut(tmp_path / name)
        assert read.size == (size,) * 3
        assert abs(read.nodes - look.to_lut(size).nodes).max() <= 0.51 / 4095
    look.save(tmp_path / "a.png")
    assert read_lut(tmp_path / "a.png") == from_hald(to_hald(look.to_lut(64)))


def test_a_table_saves_itself(tmp_path):
    lut = lut_of(7, title="As it is")
    lut.save(tmp_path / "look.cube")
    assert read_lut(tmp_path / "look.cube") == lut
    lut.save(tmp_path / "look.cube", 7)
    with pytest.raises(ValueError, match=r"save: size is that of the table, \(7, 7, 7\), got 33;"):
        lut.save(tmp_path / "look.cube", 33)


WRONG_CALLS = {
    "another suffix": (
        lambda at: write_lut(identity(4), at / "look.csp"),
        ValueError,
        "write_lut: path must end in .cube, .3dl, .png, got 'look.csp'",
    ),
    "no suffix": (lambda at: read_lut(at / "look"), ValueError, "read_lut: path must end in .cube"),
    "a file that is open": (
        lambda at: read_lut(sys.stdin),
        TypeError,
        "read_lut: path must be a str or a pathlib.Path, got ",
    ),
    "save elsewhere": (
        lambda at: identity(4).save(at / "look.txt"),
        ValueError,
        "save: path must end in .cube, .3dl, .png, got 'look.txt'",
    ),
    "no file": (lambda at: read_lut(at / "none.cube"), FileNotFoundError, "none.cube"),
    "no folder": (lambda at: write_lut(identity(4), at / "no" / "a.cube"), FileNotFoundError, "no"),
    "nodes": (
        lambda at: write_lut(identity(4).nodes, at / "a.cube"),
        TypeError,
        "write_lut: lut must be a harmonia.lut.Lut, got ndarray; a transform becomes one with",
    ),
    "a title in a .3dl": (
        lambda at: write_lut(identity(4), at / "a.3dl", title="x"),
        ValueError,
        "write_lut: title is for .cube, .3dl holds none; leave it out",
    ),
    "bits of a .cube": (
        lambda at: write_lut(identity(4), at / "a.cube", bits=12),
        ValueError,
        "write_lut: bits is for files of integers, .cube holds floats",
    ),
    "10 bits in a PNG": (
        lambda at: write_lut(identity(4), at / "a.png", bits=10),
        ValueError,
        "write_lut: a Hald image has 8, 16 bits, got 10",
    ),
    "33 nodes in a PNG": (
        lambda at: harmonia.fit(*harmonia.example(), "mkl").save(at / "a.png", 33),
        ValueError,
        "save: a Hald image has a square number of nodes along an axis, 4 to 121, this table has "
        "33; use harmonia.lut.resize(lut, 36)",
    ),
    "1 node": (
        lambda at: harmonia.fit(*harmonia.example(), "mkl").save(at / "a.cube", 1),
        ValueError,
        "save: size must be a whole number from 2 to 129, got 1",
    ),
    "an oblong table": (
        lambda at: write_lut(Lut(np.zeros((2, 3, 4, 3))), at / "a.cube"),
        ValueError,
        "write_lut: a .cube has as many nodes along every axis, this table has (2, 3, 4); "
        "use harmonia.lut.resize(lut, 4)",
    ),
}


@pytest.mark.parametrize("case", WRONG_CALLS)
def test_wrong_calls_leave_nothing_behind(case, tmp_path):
    call, kind, said = WRONG_CALLS[case]
    with pytest.raises(kind, match=re.escape(said)):
        call(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_cures_that_errors_name_work(tmp_path):
    shaper = np.linspace(0, 1, 9, dtype=np.float32)[:, None] ** np.float32([0.5, 1, 2])
    for lut in (
        resize(lut_of(4, shaper=shaper), 8, bake=True),
        resize(Lut(RANDOM.random((4, 5, 6, 3), dtype=np.float32)), 6),
        lut_of(4, domain=((-1,) * 3, (2,) * 3)).to_lut(5),
    ):
        write_lut(lut, tmp_path / "look.3dl", bits=16)
        assert read_lut(tmp_path / "look.3dl").size == lut.size
    write_lut(resize(lut_of(17), 16), tmp_path / "look.png")
    assert read_lut(tmp_path / "look.png").size == (16, 16, 16)


def test_the_error_names_file_and_line(tmp_path):
    (tmp_path / "look.cube").write_text("LUT_3D_SIZE 2\n0 0 0\n0 nan 0\n")
    with pytest.raises(LutFileError) as raised:
        read_lut(tmp_path / "look.cube")
    assert (raised.value.name, raised.value.line) == ("look.cube", 3)
    assert str(raised.value) == ("look.cube, line 3: expected three finite numbers, got '0 nan 0'")


def test_a_file_beyond_the_limit_is_not_read(tmp_path):
    with (tmp_path / "look.cube").open("wb") as file:
        file.truncate((1 << 28) + 1)  # takes no room on the disk
    with pytest.raises(LutFileError, match="expected at most 268435456 bytes, got 268435457"):
        read_lut(tmp_path / "look.cube")


WORDS = ["nan", "-inf", "1e999", "129", "130", "99999999999", "-1", "1,5", "0x1", "", "\0", "#"]
WORDS += ["LUT_3D_SIZE", "LUT_1D_SIZE", "DOMAIN_MIN", "LUT_1D_INPUT_RANGE", "TITLE", "Mesh", "\r"]


def spoiled(data, draw):
    """The bytes with one thing changed."""
    lines = data.split(b"\n")
    i, j = draw.randrange(len(lines)), draw.randrange(len(lines))
    at = draw.randrange(len(data))
    words = lines[i].split(b" ")
    words[draw.randrange(len(words))] = draw.choice(WORDS).encode()
    return draw.choice(
        [
            lambda: data[:at],
            lambda: data[:at] + bytes([draw.randrange(256)]) + data[at:],
            lambda: data[:at] + draw.randbytes(20) + data[at + 20 :],
            lambda: data.replace(b"\n", b"\r\n"),
            lambda: b"\xef\xbb\xbf" + data,
            lambda: data + draw.choice([b"\n", b"0 0 0\n", b"# end", b"text\n", b"\0"]),
            lambda: b"\n".join(lines[:i] + lines[i + 1 :]),
            lambda: b"\n".join([*lines[:i], lines[j], *lines[i:]]),
            lambda: b"\n".join([*lines[:i], b" ".join(words), *lines[i + 1 :]]),
            lambda: b"\n".join([*lines[:i], lines[i].swapcase(), *lines[i + 1 :]]),
        ]
    )()


def outcome_of(call, *arguments):
    try:
        return call(*arguments)
    except ValueError as error:
        return error


@pytest.mark.parametrize("batch", range(30))
def test_spoiled_files_are_errors_with_a_line_or_valid(batch, tmp_path):
    for seed in range(10 * batch, 10 * batch + 10):
        check_spoiled(random.Random(seed), tmp_path)


def check_spoiled(draw, folder):
    name = draw.choice(sorted(SEEDS))
    data = SEEDS[name].encode()
    for _ in range(draw.randint(1, 3)):
        data = spoiled(data, draw) or b"\n"
    path = folder / name
    path.write_bytes(data)
    outcome = outcome_of(read_lut, path)
    parse = {".cube": cube.parse, ".3dl": threedl.parse}[path.suffix]
    expected = outcome_of(parse, data)
    if isinstance(expected, ValueError):
        assert isinstance(outcome, LutFileError)
        assert re.match(rf"{re.escape(name)}, line [1-9]\d*: \S", str(outcome))
        assert 1 <= outcome.line <= data.count(b"\n") + 1
    elif path.suffix == ".3dl":
        assert (outcome.nodes == expected).all()
    else:
        title, nodes, domain, shaper, shaper_domain = expected
        assert (outcome.title, outcome.shaper_domain) == (title, shaper_domain)
        assert shaper is None or (outcome.shaper == shaper).all()
        assert nodes is None or ((outcome.nodes == nodes).all() and outcome.domain == domain)


def test_the_spoiled_files_are_of_both_kinds():
    found = {"valid": 0, "wrong": 0}
    for name, text in SEEDS.items():
        parse = cube.parse if name.endswith(".cube") else threedl.parse
        draw = random.Random(name)
        for _ in range(20):
            outcome = outcome_of(parse, spoiled(text.encode(), draw))
            found["wrong" if isinstance(outcome, ValueError) else "valid"] += 1
    assert min(found.values()) > 60, found


@posix
@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_mode_bits_are_those_of_a_plain_open(tmp_path, umask):
    before = os.umask(umask)
    try:
        (tmp_path / "plain").write_bytes(b"")
        write_lut(identity(2), tmp_path / "new.cube")
        assert mode_of(tmp_path / "new.cube") == mode_of(tmp_path / "plain")
        (tmp_path / "new.cube").chmod(0o640)
        write_lut(identity(3), tmp_path / "new.cube")
        assert mode_of(tmp_path / "new.cube") == 0o640
    finally:
        os.umask(before)


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


@posix
def test_long_names_are_welcome(tmp_path):
    for name in ("x" * 250, "é" * 120):
        write_lut(identity(2), tmp_path / f"{name}.cube")
    assert len(list(tmp_path.iterdir())) == 2


@posix
def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "look.cube", tmp_path / "link.cube"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_lut(identity(2), link)
    assert link.is_symlink()
    assert read_lut(target) == identity(2)


@posix
def test_what_is_no_file_is_not_replaced(tmp_path):
    (tmp_path / "folder.cube").mkdir()
    with pytest.raises(IsADirectoryError):
        write_lut(identity(2), tmp_path / "folder.cube")
    os.mkfifo(tmp_path / "pipe.cube")
    with pytest.raises(OSError, match="is no regular file"):
        write_lut(identity(2), tmp_path / "pipe.cube")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.cube", "pipe.cube"]


@posix
def test_a_protected_file_stays(tmp_path, monkeypatch):
    path = tmp_path / "look.cube"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write whatever the bits say
    with pytest.raises(PermissionError, match="is write-protected"):
        write_lut(identity(2), path)
    assert path.read_bytes() == b"old"


@posix
def test_a_folder_that_cannot_be_read_can_be_written_to(tmp_path, monkeypatch):
    plain = os.open

    def refuse(path, *arguments):  # root may read whatever the bits say
        if Path(path).is_dir():
            raise PermissionError(path)
        return plain(path, *arguments)

    monkeypatch.setattr(os, "open", refuse)
    write_lut(identity(2), tmp_path / "look.cube")
    assert read_lut(tmp_path / "look.cube") == identity(2)


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, step):
    path = tmp_path / "look.cube"
    path.write_bytes(b"old")

    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(*((os, step) if step == "fsync" else (Path, step)), full)
    with pytest.raises(OSError, match="no space left"):
        write_lut(identity(2), path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


KILLED = """
import os, signal, sys
from pathlib import Path
import harmonia
at, path = sys.argv[1:]

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(Path if at == "replace" else os, at, die)
harmonia.lut.write_lut(harmonia.lut.identity(33), path)
"""


@posix
@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("old", [b"old", None])
def test_kill_9_while_writing_leaves_the_old_file(tmp_path, step, old):
    path = tmp_path / "look.cube"
    if old is not None:
        path.write_bytes(old)
    done = subprocess.run([sys.executable, "-c", KILLED, step, str(path)], timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert (path.read_bytes() if path.exists() else None) == old


ALTERNATING = """
import sys
import harmonia
tables = [harmonia.lut.identity(size) for size in (16, 20)]
print("ready", flush=True)
while True:
    for table in tables:
        harmonia.lut.write_lut(table, sys.argv[1])
"""


@posix
def test_kill_9_at_any_time_leaves_a_whole_file(tmp_path):
    path = tmp_path / "look.cube"
    write_lut(identity(16), path)
    draw = random.Random(0)
    for _ in range(5):
        command = [sys.executable, "-c", ALTERNATING, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            writer.stdout.readline()
            seen = set()
            for _ in range(draw.randint(1, 40)):
                seen.add(read_lut(path).size[0])  # a reader beside it never sees a part
            writer.kill()
        assert seen | {read_lut(path).size[0]} <= {16, 20}


@posix
def test_writers_of_one_name_at_once_do_not_mix(tmp_path):
    path, tables = tmp_path / "look.cube", [identity(size) for size in (9, 10, 11)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write_lut, tables * 10, [path] * 30))
    assert read_lut(path) in tables
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["look.cube", "look.3dl", "look.png"])
def test_without_overwrite_a_file_that_is_there_stays(tmp_path, name):
    look, path = harmonia.lut.identity(16), tmp_path / name
    path.write_bytes(b"mine")
    transform = harmonia.fit(*harmonia.example(), "mean_shift")
    for write in (
        lambda: look.save(path, overwrite=False),
        lambda: transform.save(path, 16, overwrite=False),
        lambda: harmonia.lut.write_lut(look, path, overwrite=False),
    ):
        with pytest.raises(FileExistsError, match="pass overwrite=True to replace it"):
            write()
        assert path.read_bytes() == b"mine"
    path.unlink()
    look.save(path, overwrite=False)
    assert harmonia.lut.read_lut(path).size == (16, 16, 16)
