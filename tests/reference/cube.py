"""The .cube format, word by word. `ValueError` for whatever is no such file."""

import re

import numpy as np

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
KEYWORDS = {
    "TITLE": None,
    "LUT_1D_SIZE": 1,
    "LUT_3D_SIZE": 1,
    "DOMAIN_MIN": 3,
    "DOMAIN_MAX": 3,
    "LUT_1D_INPUT_RANGE": 2,
    "LUT_3D_INPUT_RANGE": 2,
    "LUT_IN_VIDEO_RANGE": 0,
    "LUT_OUT_VIDEO_RANGE": 0,
}


def require(promise):
    if not promise:
        raise ValueError


def lines_of(data):
    """The words of the lines that say something."""
    for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        require(len(line) <= 4096)
        text = line.removesuffix(b"\r").decode("utf-8", "surrogateescape")
        require(not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", text))
        text = text.strip(" \t")
        if text and not text.startswith("#"):
            yield text, re.split(r"[ \t]+", text)


def number(word, kind=np.float64):
    require(NUMBER.fullmatch(word))
    with np.errstate(over="ignore"):
        value = kind(float(word))
    require(np.isfinite(value))
    return value


def whole(word):
    require(re.fullmatch(r"\d{1,9}", word, re.ASCII))
    return int(word)


def title_of(text):
    text = text.removeprefix("TITLE").strip(" \t")
    require(text)
    if len(text) >= 2 and text[0] == text[-1] == '"':
        text = text[1:-1]
    require('"' not in text)
    text.encode()  # a ValueError for bytes that were no UTF-8
    return text


def box_of(low, high):
    for a, b in zip(low, high, strict=True):
        require(a >= -1e6 and b <= 1e6 and float(np.float32(b)) - float(np.float32(a)) >= 1e-6)
    return tuple(low), tuple(high)


def parse(data):
    """Title, nodes, domain, shaper and its domain; None for no table and for no shaper."""
    said, entries = {}, []
    for text, words in lines_of(data):
        if entries or words[0][0] in "0123456789+-.":
            require(len(words) == 3)
            entries.append([number(word, np.float32) for word in words])
            continue
        name = words[0]
        require(name in KEYWORDS and name not in said)
        if name == "TITLE":
            said[name] = title_of(text)
        else:
            require(len(words) == 1 + KEYWORDS[name])
            said[name] = [(whole if "SIZE" in name else number)(word) for word in words[1:]]
    curve, size = said.get("LUT_1D_SIZE", [0])[0], said.get("LUT_3D_SIZE", [0])[0]
    require(curve or size)
    require("LUT_1D_SIZE" not in said or 2 <= curve <= 65536)
    require("LUT_3D_SIZE" not in said or 2 <= size <= 129)
    require(len(entries) == curve + size**3)
    boxes = []
    for kind, there in (("3D", size), ("1D", curve)):
        box = ((0.0,) * 3, (1.0,) * 3)
        if f"LUT_{kind}_INPUT_RANGE" in said:
            require(there)
            low, high = said[f"LUT_{kind}_INPUT_RANGE"]
            box = box_of([low] * 3, [high] * 3)
        if there and ("DOMAIN_MIN" in said or "DOMAIN_MAX" in said):
            require(not (curve and size))
            domain = box_of(said.get("DOMAIN_MIN", [0.0] * 3), said.get("DOMAIN_MAX", [1.0] * 3))
            require(f"LUT_{kind}_INPUT_RANGE" not in said or domain == box)
            box = domain
        boxes.append(box)
    if "LUT_IN_VIDEO_RANGE" in said:
        first = 1 if curve else 0
        boxes[first] = box_of(*[[(v * 1023 - 64) / 876 for v in end] for end in boxes[first]])
    values = np.array(entries, np.float32)
    if "LUT_OUT_VIDEO_RANGE" in said:
        part = values[curve:] if size else values
        part[:] = (part.astype(float) * 1023 - 64) / 876
    require(size or (abs(values) <= 1e6).all())
    table = values[curve:].reshape(size, size, size, 3).transpose(2, 1, 0, 3) if size else None
    return said.get("TITLE", ""), table, boxes[0], values[:curve] if curve else None, boxes[1]
