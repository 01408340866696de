"""Image files that are broken in every way we know, from a seed; and what reading them comes to.

python tests/malformed.py COUNT [SEED]      runs so many through the library and the command line
"""

import contextlib
import functools
import io
import random
import struct
import zlib

import image_files as files
import numpy as np
from harmonia import io as hio
from image_files import DEEP, FLOATS, PIXELS, file_of
from PIL import Image
from reference import png as reference

Bytes = bytes
BESIDE = {"exif": b"Exif\0\0" + files.exif_of(6), "icc_profile": files.display_p3()}
SIDES = (0, 1, 7, 65535, 65536, 100_000, 2**31 - 1, 2**32 - 1)
NUMBERS = (0, 1, 2, 255, 65535, 65536, 2**24, 2**31 - 1, 2**31, 2**32 - 16, 2**32 - 1)


def ours(pixels, kind, **beside) -> bytes:
    room = io.BytesIO()
    like = hio.Picture(pixels, kind, **beside)
    hio.write(room, pixels, like=like, format=kind)
    return room.getvalue()


@functools.cache
def whole_files() -> dict[str, bytes]:
    """A small file of every format and packing, with all that may stand beside the pixels."""
    rgb, rgba = Image.fromarray(PIXELS), Image.fromarray(files.alpha_of(PIXELS))
    grey = rgb.convert("L")
    all_beside = {"icc": files.display_p3(), "exif": files.exif_of(6), "xmp": b"<x:xmpmeta/>"}
    made = {
        "png": file_of(rgba, "PNG", **BESIDE),
        "deep png": ours(DEEP, "PNG", **all_beside),
        "palette png": file_of(rgb.convert("P"), "PNG", transparency=3, **BESIDE),
        "interlaced png": reference.encode(PIXELS, 2, 8, kinds=range(5), interlaced=True),
        "1-bit png": reference.encode(PIXELS[..., :1] // 128, 0, 1),
        "jpeg": file_of(rgb, "JPEG", **BESIDE),
        "progressive jpeg": file_of(rgb, "JPEG", progressive=True, **BESIDE),
        "grey jpeg": file_of(grey, "JPEG"),
        "cmyk jpeg": file_of(rgb.convert("CMYK"), "JPEG", icc_profile=files.inks()),
        "webp": file_of(rgba, "WEBP", xmp=b"<x:xmpmeta/>", **BESIDE),
        "lossless webp": file_of(rgba, "WEBP", lossless=True, **BESIDE),
        "animated webp": file_of(rgb, "WEBP", save_all=True, append_images=[rgba.convert("RGB")]),
        "our tiff": ours(PIXELS, "TIFF", **all_beside),
        "deep tiff": ours(DEEP, "TIFF", **all_beside),
        "float tiff": ours(FLOATS, "TIFF", **all_beside),
        "tiff": file_of(rgb, "TIFF", **BESIDE),
        "palette tiff": file_of(rgb.convert("P"), "TIFF"),
        "cmyk tiff": file_of(rgb.convert("CMYK"), "TIFF", compression="tiff_lzw"),
        "fax tiff": file_of(rgb.convert("1"), "TIFF", compression="group4"),
    }
    for way in ("tiff_lzw", "packbits", "tiff_adobe_deflate", "jpeg", "zstd", "webp", "lzma"):
        try:
            made[f"{way} tiff"] = file_of(rgb, "TIFF", compression=way)
        except (OSError, ValueError):  # not in this Pillow
            continue
    if files.HAS_AVIF:
        made["avif"] = file_of(rgba, "AVIF", **BESIDE)
    with contextlib.suppress(hio.ImageFileError):  # without OpenEXR
        made["exr"] = ours(files.alpha_of(FLOATS), "EXR")
    return made


def cut(data, chance):
    return data[: chance.randrange(len(data))]


def flip_bits(data, chance):
    changed = bytearray(data)
    for _ in range(chance.choice([1, 3, 30])):
        changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def lie_in_the_header(data, chance):
    """Numbers of four or two bytes near the start become 0, small or enormous."""
    changed = bytearray(data)
    order = chance.choice("<>")
    for _ in range(chance.choice([1, 2, 4])):
        at = chance.randrange(min(len(data) - 4, 600))
        if chance.random() < 0.3:
            struct.pack_into(f"{order}H", changed, at, chance.choice([0, 1, 255, 65535]))
        else:
            struct.pack_into(f"{order}I", changed, at, chance.choice(NUMBERS))
    return bytes(changed)


def repeat_a_part(data, chance):
    start, length = chance.randrange(len(data)), chance.randrange(1, 200)
    return data[:start] + data[start : start + length] * chance.randrange(2, 6) + data[start:]


def drop_a_part(data, chance):
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.randrange(1, 100) :]


def append_noise(data, chance):
    return data[: chance.randrange(8, 64)] + chance.randbytes(chance.randrange(2000))


def swap_parts(data, chance):
    """The head of one file before the body of another."""
    other = whole_files()[chance.choice(sorted(whole_files()))]
    at = chance.randrange(4, min(len(data), len(other), 400))
    return data[:at] + other[at:]


def resize_in_header(data, chance):
    """Another size where the format says it, right checksums and all."""
    width, height = chance.choice(SIDES), chance.choice(SIDES)
    changed = bytearray(data)
    if data[:4] == b"\x89PNG":
        struct.pack_into(">II", changed, 16, width, height)
        struct.pack_into(">I", changed, 29, zlib.crc32(changed[12:29]))
    elif data[:2] == b"\xff\xd8":
        at = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
        struct.pack_into(">HH", changed, at + 5, height % 65536, width % 65536)
    elif data[:4] == b"RIFF":
        at = data.find(b"VP8 "), data.find(b"VP8L"), data.find(b"VP8X")
        if at[2] > 0:
            changed[at[2] + 12 : at[2] + 18] = struct.pack("<I", width % 2**24)[:3] * 2
        if at[0] > 0 and chance.random() < 0.7:
            struct.pack_into("<HH", changed, at[0] + 14, width % 65536, height % 65536)
        if at[1] > 0 and chance.random() < 0.7:
            struct.pack_into("<I", changed, at[1] + 9, chance.randrange(2**28))
    elif data[4:8] == b"ftyp":
        at = data.find(b"ispe")
        struct.pack_into(">II", changed, at + 8, width, height)
    elif data[:2] in (b"II", b"MM"):
        retag(changed, chance, (256, 257), SIDES)
    else:
        at = data.find(b"dataWindow\0box2i\0")
        struct.pack_into("<4i", changed, at + 21, 0, 0, width % 2**31 - 1, height % 2**31 - 1)
    return bytes(changed)


def retag(changed, chance, tags, values):
    """Other values of tags in the first directory of a TIFF."""
    order = "<" if changed[:2] == b"II" else ">"
    (at,) = struct.unpack_from(f"{order}I", changed, 4)
    (count,) = struct.unpack_from(f"{order}H", changed, at)
    for number in range(count):
        start = at + 2 + 12 * number
        tag, kind = struct.unpack_from(f"{order}HH", changed, start)
        if tag in tags and chance.random() < 0.7:
            layout = "H" if kind == 3 else "I"
            value = chance.choice(values) & (0xFFFF if kind == 3 else 0xFFFFFFFF)
            struct.pack_into(f"{order}{layout}", changed, start + 8, value)


# Sizes, depth, compression, meaning, samples, planes, predictor, tiles, extra, offsets and counts.
TAGS = (256, 257, 258, 259, 262, 273, 277, 278, 279, 284, 317, 322, 323, 324, 325, 338, 339, 34665)


def lie_in_the_structure(data, chance):
    """What holds a format together: chunks, boxes, tags, offsets; loops and enormous lengths."""
    changed = bytearray(data)
    if data[:2] in (b"II", b"MM"):
        order = "<" if data[:2] == b"II" else ">"
        (at,) = struct.unpack_from(f"{order}I", data, 4)
        (count,) = struct.unpack_from(f"{order}H", data, at)
        what = chance.randrange(4)
        if what == 0:  # the next directory is this one, or one before
            struct.pack_into(f"{order}I", changed, at + 2 + 12 * count, chance.choice([at, 8, 2]))
        elif what == 1:  # EXIF within is the directory itself
            retag(changed, chance, (34665, 34853, 330), (at, 8, len(data), 2**32 - 2))
        elif what == 2:  # enormous counts of values
            start = at + 2 + 12 * chance.randrange(count)
            struct.pack_into(f"{order}I", changed, start + 4, chance.choice(NUMBERS))
        else:
            values = (*NUMBERS, *range(10), 32773, 32946, 34712, 50000, len(data), len(data) - 1)
            retag(changed, chance, chance.sample(TAGS, 3), values)
        return bytes(changed)
    if data[:4] == b"\x89PNG":
        places = [at - 4 for at in _places(data, (b"IDAT", b"iCCP", b"eXIf", b"PLTE", b"tRNS"))]
    elif data[:4] == b"RIFF":
        places = [at + 4 for at in _places(data, (b"VP8", b"ALPH", b"ICCP", b"EXIF", b"ANMF"))]
    elif data[4:8] == b"ftyp":
        kinds = (b"meta", b"iprp", b"ipco", b"iloc", b"iinf", b"mdat", b"av1C", b"ipma", b"iref")
        places = [at - 4 for at in _places(data, kinds)]
        places += [at + chance.randrange(4, 40) for at in _places(data, (b"iloc", b"ipma"))]
    elif data[:2] == b"\xff\xd8":
        places = _places(data, (b"\xff\xe1", b"\xff\xe2", b"\xff\xdb", b"\xff\xc4", b"\xff\xda"))
    else:  # the head of an EXR, the table of offsets and the lengths of blocks
        places = [chance.randrange(8, len(data) - 4)]
    order = "<" if data[:4] == b"RIFF" else ">"
    at = min(max(0, chance.choice(places or [8])), len(data) - 4)
    struct.pack_into(f"{order}I", changed, at, chance.choice(NUMBERS))
    return bytes(changed)


def _places(data, names):
    return [data.find(name) for name in names if name in data]


def break_beside(data, chance):
    """The profile or EXIF, which are in the file as they are."""
    changed = bytearray(data)
    for part in (files.display_p3(), files.exif_of(6), files.inks()):
        at = data.find(part)
        if at >= 0:
            for _ in range(chance.choice([1, 8])):
                struct.pack_into(
                    ">I", changed, at + chance.randrange(len(part) - 4), chance.choice(NUMBERS)
                )
    return flip_bits(data, chance) if changed == data else bytes(changed)


def bombs(data, chance):
    """A PNG whose text, profile, XMP or pixels inflate to far more than they should."""
    size = chance.choice([1 << 20, 1 << 26])
    packed = _zeros(size)
    kind = chance.choice([b"zTXt", b"iCCP", b"iTXt", b"IDAT", b"eXIf"])
    content = {
        b"zTXt": b"a\0\0" + packed,
        b"iCCP": b"a\0\0" + packed,
        b"iTXt": b"XML:com.adobe.xmp\0\1\0\0\0" + packed,
        b"IDAT": packed,
        b"eXIf": b"II*\0" + bytes(1 << 16),
    }[kind]
    head = reference.header(chance.choice([1, 37]), chance.choice([1, 24, 60_000]))
    body = reference.chunk(b"IDAT", packed if chance.random() < 0.5 else zlib.compress(bytes(99)))
    return (
        reference.SIGNATURE
        + head
        + reference.chunk(kind, content)
        + body
        + reference.chunk(b"IEND")
    )


@functools.cache
def _zeros(size):
    return zlib.compress(bytes(size), 9)


DAMAGES = [
    cut,
    flip_bits,
    lie_in_the_header,
    repeat_a_part,
    drop_a_part,
    append_noise,
    swap_parts,
    resize_in_header,
    lie_in_the_structure,
    break_beside,
    bombs,
]


def malformed(count, seed=20261122):
    """Names and bytes. Every damage meets every file before one comes twice."""
    names = sorted(whole_files())
    for number in range(count):
        chance = random.Random(seed * 1_000_003 + number)
        name, damage = names[number % len(names)], DAMAGES[number // len(names) % len(DAMAGES)]
        yield f"{number} {name} {damage.__name__}", damage(whole_files()[name], chance)


# What runs in a process of its own: see tests/test_io_storm.py, and `main` below.
WATCHED = """
import faulthandler, json, os, pathlib, sys, time, warnings
import harmonia
from harmonia import cli, io as hio

folder, first, last = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
report = open(folder / f"report.{first}", "w", buffering=1)

def say(**said):
    report.write(json.dumps(said) + chr(10))

def peak():
    try:
        text = open("/proc/self/status").read()
    except OSError:
        return 0
    return int(text.split("VmHWM:")[1].split()[0]) // 1024

def run(name, function):
    faulthandler.dump_traceback_later(5, exit=True, file=report)
    started = time.perf_counter()
    try:
        function()
        result = "read"
    except (hio.ImageFileError, hio.ProfileError) as error:
        named = name != "read" or isinstance(error, hio.ProfileError) or path.name in str(error)
        result = "refused" if named and str(error) else f"unnamed: {error}"
    except Exception as error:
        result = f"{type(error).__name__}: {error}"
    faulthandler.cancel_dump_traceback_later()
    say(file=number, way=name, result=result, seconds=time.perf_counter() - started, peak=peak())

def command():
    words = [str(path), str(folder / "mask.png"), "-o", str(folder / f"out.{first}.png"),
             "--overwrite", "--resize-mask", "--method", "mean_shift"]
    status = cli.main(words)
    if status == 1:
        raise hio.ImageFileError("it", "failed")
    if status:
        raise RuntimeError(f"status {status}")

def is_ours(line):
    return not line or line.startswith("harmonia: ")

path = folder / "mask.png"  # what is imported first takes its time
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    hio.to_srgb(hio.read(path))
command()
for number in range(first, last):
    path = folder / f"{number}.bin"
    say(file=number, way="begins", result="", seconds=0, peak=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run("read", lambda: hio.to_srgb(hio.read(path)))
        run("read_mask", lambda: hio.read_mask(path))
    run("command", command)
say(file=last, way="done", result="", seconds=0, peak=peak())
"""


def run(folder, count, *, seed=20261122, processes=2):
    """Write `count` files and read all, some processes at a time; what each came to.

    Gives the lines of the reports, and what was printed that is no sentence of ours.
    """
    import json
    import os
    import subprocess
    import sys
    from concurrent.futures import ThreadPoolExecutor

    mask = np.zeros((24, 37, 3), np.uint8)
    mask[:, :15] = 255
    hio.write(folder / "mask.png", mask)
    for number, (_, data) in enumerate(malformed(count, seed)):
        (folder / f"{number}.bin").write_bytes(data)
    paths = os.pathsep.join(path for path in sys.path if path)
    environment = {**os.environ, "PYTHONPATH": paths, "HARMONIA_MAX_PIXELS": "4000000"}
    environment["HARMONIA_NUM_THREADS"] = "1"

    def watched(first, last):
        said = ""
        while first < last:
            words = [sys.executable, "-X", "faulthandler", "-c", WATCHED, str(folder)]
            done = subprocess.run(
                [*words, str(first), str(last)],
                env=environment,
                capture_output=True,
                text=True,
                errors="replace",
            )
            said += done.stdout + done.stderr
            lines = (folder / f"report.{first}").read_text().splitlines()
            reached = [json.loads(line) for line in lines if line.startswith("{")]
            found.extend(reached)
            if reached and reached[-1]["way"] == "done":
                break
            stopped = reached[-1]["file"] if reached else first
            found.append({"file": stopped, "way": "process", "result": f"died, {done.returncode}"})
            first = stopped + 1
        return said

    found: list[dict] = []
    step = -(-count // processes)
    with ThreadPoolExecutor(processes) as pool:
        parts = range(0, count, step)
        printed = "".join(pool.map(watched, parts, (min(at + step, count) for at in parts)))
    foreign = [line for line in printed.splitlines() if line and not line.startswith("harmonia: ")]
    return found, foreign


def main():
    import sys
    import tempfile
    from collections import Counter
    from pathlib import Path

    count = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20261122
    names = [name for name, _ in malformed(count, seed)]
    with tempfile.TemporaryDirectory() as folder:
        found, foreign = run(Path(folder), count, seed=seed)
    runs = [one for one in found if one["way"] in ("read", "read_mask", "command")]
    for one in found:
        if one["result"] not in ("read", "refused", ""):
            print(names[one["file"]], one)
    print(Counter((one["way"], one["result"][:40]) for one in runs))
    slowest = max(runs, key=lambda one: one["seconds"])
    print("slowest:", slowest, names[slowest["file"]], "peak MiB:", max(o["peak"] for o in runs))
    print(len(foreign), "foreign lines", Counter(line[:70] for line in foreign).most_common(40))


if __name__ == "__main__":
    main()
