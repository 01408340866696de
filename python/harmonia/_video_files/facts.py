"""What a video file holds, read from what ffmpeg says of it and of its first frame."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from harmonia._video_files import VideoFileError
from harmonia._video_files.program import Running, local

_SHOWN = re.compile(r"^\[Parsed_showinfo_\d+ @ [^]]*\] \[info\] (.*)")
_FRAME = re.compile(r"\bn:\s*(\d+) pts:\s*(\S+)(.*)")
_SIZE = re.compile(r" s:(\d+)x(\d+)")

# Matrices by the names of frames, as the conversion to RGB takes them.
MATRICES = {
    "bt709": "bt709",
    "smpte170m": "bt601",
    "bt470bg": "bt601",
    "smpte240m": "smpte240m",
    "fcc": "fcc",
    "bt2020nc": "bt2020",
}
UNTOLD = Fraction(25)  # frames a second, where a file does not say it
HD_ROWS = 720  # where nothing says the matrix, players take that of television of this many rows


@dataclass(frozen=True)
class Facts:
    """Of the video stream; sizes are those of the upright picture."""

    width: int
    height: int
    rate: Fraction
    time_base: Fraction
    duration: Fraction | None
    codec: str
    format: str  # of a pixel, in ffmpeg's words
    matrix: str  # that the picture was converted to RGB by; "rgb" needs none
    full_range: bool
    tags: dict[str, str]  # what the file itself says of colours
    aspect: str  # of a pixel
    rotation: int
    audio: int  # streams
    others: int
    notes: tuple[str, ...]

    @property
    def bits(self) -> int:
        """Of a channel."""
        if re.search(r"(?:rgb|bgr|rgba|bgra|ya)(?:48|64|16)", self.format):
            return 16
        found = re.search(r"(?:p|p0|gray)(\d\d)(?:le|be)$", self.format)
        return int(found[1]) if found else 8


class Frame(NamedTuple):
    number: int
    time: int | None  # in ticks
    size: tuple[int, int] | None  # height, width


def shown(line: str) -> str | None:
    """What a line says of a frame; None of a line that speaks of something else."""
    found = _SHOWN.match(line)
    return found[1].strip() if found else None


def frame(line: str) -> Frame | None:
    """What a line says of a frame, wherever it begins: the program's threads share its lines."""
    found = _FRAME.search(line)
    if found is None:
        return None
    number, time, rest = found.groups()
    size = _SIZE.search(rest)
    return Frame(
        int(number),
        int(time) if time.lstrip("-").isdigit() else None,
        (int(size[2]), int(size[1])) if size else None,
    )


def probe(name: str, demuxer: str) -> Facts:
    """By decoding the first frame."""
    lines: list[str] = []
    arguments = [
        "-threads",
        "1",
        "-copyts",
        *source(name, demuxer),
        "-map",
        "0:V:0",
        "-vf",
        "showinfo=checksum=0",
    ]
    running = Running(name, [*arguments, "-frames:v", "1", "-f", "null", "-"], heard=lines.append)
    try:
        status = running.wait()
    finally:
        running.stop()
    about = [said for line in lines if (said := shown(line)) is not None]
    start = " ".join(said for said in about if said.startswith("config in"))
    frames = [number for number, said in enumerate(about) if frame(said)]
    if status != 0 or not frames or not start:
        raise running.error("no frame of video can be read from it")
    first = " ".join(about[frames[0] : frames[1] if len(frames) > 1 else None])
    return _facts(name, [line for line in lines if shown(line) is None], start, first)


def source(name: str, demuxer: str) -> list[str]:
    """A file as input: of this format alone, and leading to no other."""
    return ["-protocol_whitelist", "file", "-f", demuxer, "-i", local(name)]


def _facts(name: str, lines: list[str], start: str, first: str) -> Facts:
    header = _header(lines)
    stream = next(line for line in header if re.search(r"Stream #0:\d+.*: Video: ", line))
    size = _SIZE.search(first)
    base = re.search(r"time_base: (\d+)/(\d+)", start)
    rate = re.search(r"frame_rate: (\d+)/(\d+)", start)
    if not size or not base or not rate or int(base[2]) == 0:
        raise VideoFileError(name, "ffmpeg does not tell its size and its times; take a later one")
    width, height = int(size[1]), int(size[2])
    pixels = _word(first, "fmt")
    tags = {
        key: value
        for key in ("color_range", "color_space", "color_primaries", "color_trc")
        if (value := _word(first, key)) not in ("", "unknown", "unspecified", "reserved")
    }
    notes: list[str] = []
    matrix = _matrix(name, pixels, tags, height, notes)
    full = matrix == "rgb" or tags.get("color_range") == "pc" or pixels.startswith("yuvj")
    if matrix != "rgb":
        notes.append(f"YCbCr {matrix}, {'full' if full else 'limited'} range, to RGB")
    if tags.get("color_trc") in ("smpte2084", "arib-std-b67"):
        notes.append("HDR: colours are worked on as they are coded")
    turned = re.search(r"(?i)display ?matrix: rotation of (-?[\d.]+)", "\n".join(header))
    rotation = round(-float(turned[1])) % 360 if turned else 0
    if rotation:
        notes.append(f"rotation by {rotation} degrees applied")
    if _word(first, "i") in ("T", "B"):
        notes.append("interlaced: two fields are taken for one picture")
    streams = (re.search(r"Stream #0:\d+.*?: (\w+): ", line) for line in header)
    kinds = [found[1] for found in streams if found]
    return Facts(
        width=width,
        height=height,
        rate=Fraction(int(rate[1]), int(rate[2])) if int(rate[1]) * int(rate[2]) else UNTOLD,
        time_base=Fraction(int(base[1]), int(base[2])),
        duration=_duration(header),
        codec=stream.partition(": Video: ")[2].split()[0].rstrip(","),
        format=pixels,
        matrix=matrix,
        full_range=full,
        tags=tags,
        aspect=_word(first, "sar") or "0/1",
        rotation=rotation,
        audio=kinds.count("Audio"),
        others=len(kinds) - kinds.count("Audio") - 1,
        notes=tuple(notes),
    )


def _header(lines: list[str]) -> list[str]:
    """What is said of the input, not of what is made of it."""
    stop = next((n for n, line in enumerate(lines) if "Stream mapping:" in line), len(lines))
    return [line for line in lines[:stop] if not line.startswith("[Parsed")]


def _matrix(name: str, pixels: str, tags: dict[str, str], height: int, notes: list[str]) -> str:
    said = tags.get("color_space", "")
    if said == "gbr" or pixels.startswith(("rgb", "bgr", "gbr", "0rgb", "argb", "abgr", "pal")):
        return "rgb"
    if said in MATRICES:
        return MATRICES[said]
    if said:
        raise VideoFileError(name, f"colours by the matrix {said} cannot be read exactly")
    guess = "bt709" if height >= HD_ROWS else "bt601"
    if not pixels.startswith(("gray", "mono")):
        notes.append(f"no matrix stated, {guess} taken by its size")
    return guess


def _duration(header: list[str]) -> Fraction | None:
    found = re.search(r"Duration: (\d+):(\d\d):(\d\d\.\d+)", "\n".join(header))
    if not found:
        return None
    return int(found[1]) * 3600 + int(found[2]) * 60 + Fraction(found[3])


def _word(said: str, key: str) -> str:
    found = re.search(rf"(?:^| ){key}:\s*(\S+)", said)
    return found[1] if found else ""
