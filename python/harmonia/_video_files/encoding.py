"""Which encoder makes a video file, and of what pixels: what its arguments are."""

import re
from dataclasses import dataclass
from fractions import Fraction

from harmonia._video_files import VideoFileError
from harmonia._video_files.facts import HD_ROWS, Facts

# Halved colours both ways, across, or not at all, by the bits that an encoder takes.
_ANY = ("420", "422", "444")
_DEPTHS: dict[str, dict[int, tuple[str, ...]]] = {
    "libx264": {8: _ANY, 10: _ANY},
    "libopenh264": {8: ("420",)},
    "libsvtav1": {8: ("420",), 10: ("420",)},
    "libvpx-vp9": {8: _ANY, 10: _ANY},
    "mpeg4": {8: ("420",)},
}
_PREFERRED = {
    "mp4": ("libx264", "libopenh264", "libsvtav1", "mpeg4"),
    "mov": ("libx264", "libopenh264", "mpeg4"),
    "matroska": ("libx264", "libopenh264", "libsvtav1", "mpeg4"),
    "webm": ("libvpx-vp9", "libsvtav1"),
}
# What frames say of their colours, as the filter that sets it calls it; encoders ask the frames.
_TAGS = {
    "color_range": "range",
    "color_space": "colorspace",
    "color_primaries": "color_primaries",
    "color_trc": "color_trc",
}


@dataclass(frozen=True)
class Pixels:
    """How a file holds colours; `like` tells it to be as another."""

    width: int
    height: int
    bits: int
    halved: str = "420"
    matrix: str = ""
    full_range: bool = False
    aspect: str = "0/1"

    @classmethod
    def like(cls, facts: Facts) -> "Pixels":
        found = re.search(r"yuvj?(420|422|444)", facts.format)
        halved = found[1] if found else "444" if facts.matrix == "rgb" else "420"
        full = facts.full_range and facts.matrix != "rgb"
        matrix = "" if facts.matrix == "rgb" else facts.matrix
        return cls(facts.width, facts.height, facts.bits, halved, matrix, full, facts.aspect)


def lossless(pixels: Pixels, tags: dict[str, str]) -> tuple[list[str], tuple[str, ...]]:
    """FFV1 in RGB: every bit of every pixel."""
    form = "bgr0" if pixels.bits == 8 else "gbrp16le"
    tags = {**tags, "color_range": "pc", "color_space": "gbr"}
    filters = [f"format={form}", *_marks(pixels, tags)]
    codec = ["-c:v", "ffv1", "-level", "3", "-g", "1", "-slicecrc", "1"]
    return ["-vf", ",".join(filters), *codec], ("FFV1, lossless",)


def lossy(
    name: str,
    container: str,
    held: frozenset[str],
    pixels: Pixels,
    tags: dict[str, str],
    quality: int,
    rate: Fraction,
) -> tuple[list[str], tuple[str, ...]]:
    """The arguments of the best encoder that the program holds, and what should be said of it."""
    able = [encoder for encoder in _PREFERRED[container] if encoder in held]
    if not able:
        raise VideoFileError(
            name,
            f"this ffmpeg has none of {', '.join(_PREFERRED[container])}; write a .mkv with "
            "quality=100, which is lossless, or take another ffmpeg",
        )
    deep = [encoder for encoder in able if pixels.bits > 8 and 10 in _DEPTHS[encoder]]
    encoder = (deep or able)[0]
    bits = 10 if deep else 8
    halvings = _DEPTHS[encoder][bits]
    halved = pixels.halved if pixels.halved in halvings else halvings[-1]
    odd = pixels.width % 2 or pixels.height % 2
    if odd and encoder != "libvpx-vp9":
        if "444" not in halvings:
            raise VideoFileError(
                name,
                f"{encoder} cannot write the odd size {pixels.width} x {pixels.height}; "
                "write a .webm, or a .mkv with quality=100",
            )
        halved = "444"
    matrix = pixels.matrix or ("bt709" if pixels.height >= HD_ROWS else "bt601")
    if not pixels.matrix:
        spoken = {"bt709": "bt709", "bt601": "smpte170m"}[matrix]
        tags = {**tags, "color_range": "tv", "color_space": spoken}
    form = f"yuv{halved}p" + ("10le" if bits == 10 else "")
    spread = "pc" if pixels.full_range else "tv"
    scale = (
        f"scale=in_range=pc:out_range={spread}:out_color_matrix={matrix}"
        ":flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"
    )
    filters = [scale, f"format={form}", *_marks(pixels, tags)]
    notes = [f"{encoder}, lossy: the background changes too"]
    if bits < pixels.bits:
        notes.append(f"{pixels.bits} bits to {bits}")
    if halved != pixels.halved:
        notes.append(f"colours as in {form}")
    # Said to the encoder too, or else ffmpeg 7 converts full range to limited for it.
    codec = ["-c:v", encoder, "-color_range", spread, *_quality(encoder, quality, pixels, rate)]
    return ["-vf", ",".join(filters), *codec], tuple(notes)


def _quality(encoder: str, quality: int, pixels: Pixels, rate: Fraction) -> list[str]:
    """1..99 as what each encoder counts by; 95 can hardly be told from the source."""
    loss = (99 - quality) / 98  # 0 the best, 1 the worst
    if encoder == "libx264":
        return ["-crf", str(round(12 + 39 * loss)), "-preset", "medium"]
    if encoder == "libvpx-vp9":
        return ["-crf", str(round(14 + 49 * loss)), "-b:v", "0", "-row-mt", "1", "-cpu-used", "3"]
    if encoder == "libsvtav1":
        return ["-crf", str(round(14 + 49 * loss)), "-preset", "8"]
    if encoder == "mpeg4":
        return ["-q:v", str(round(2 + 29 * loss))]
    bits = round(float(pixels.width * pixels.height * rate) * 0.4 * (1 - loss) ** 2) + 50_000
    return ["-b:v", str(bits), "-allow_skip_frames", "0"]


def _marks(pixels: Pixels, tags: dict[str, str]) -> list[str]:
    """Filters that say of frames what they are, and change none of their values."""
    said = ":".join(f"{_TAGS[tag]}={value}" for tag, value in tags.items())
    marks = [f"setparams={said}"] if said else []
    if not pixels.aspect.startswith("0"):
        marks.append(f"setsar={pixels.aspect}")
    return marks
