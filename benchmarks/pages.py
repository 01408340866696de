"""Regions of pages between markers, what is stale in a page, and figures that no script writes."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

REGION = re.compile(r"<!-- (\w+):begin -->\n.*?<!-- \1:end -->", re.DOTALL)
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.DOTALL | re.MULTILINE)
# What is measured has a unit, or is so many times something; 256 x 256 is a size.
FIGURE = re.compile(
    r"(?<![\w.,])\d[\d.,]*(?:\s?(?:ns|us|ms|s|seconds|minutes|KiB|MiB|GiB|dB|%|fps|times)\b|\s?%"
    r"|x(?![\w ]*\d))|\b(?:MSE|fMSE|PSNR|SSIM)\b[^.|\d]{0,20}\d(?!e-)"
)


def replaced(page: str, name: str, region: str) -> str:
    """The page with this between the markers of that name."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    before, found, rest = page.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found or not found_end:
        raise SystemExit(f"a page has no region between {begin} and {end}")
    inside = f"{region}\n" if region else ""
    return f"{before}{begin}\n{inside}{end}{after}"


def difference(path: Path, wanted: str) -> str:
    """What writing it would change, as a unified diff; empty where nothing."""
    written = path.read_text(encoding="utf-8") if path.exists() else ""
    names = (str(path), f"{path} by the results")
    lines = difflib.unified_diff(written.splitlines(), wanted.splitlines(), *names, lineterm="")
    return "\n".join(lines) or ("" if written == wanted else f"{path}: the ends of lines differ")


def loose_figures(page: str) -> list[tuple[int, str]]:
    """Lines, by their number, whose figures stand neither in a region nor in code."""

    def blank(found: re.Match[str]) -> str:
        return "\n" * found[0].count("\n")

    prose = CODE.sub(blank, REGION.sub(blank, page))
    return [
        (number, line)
        for number, line in enumerate(prose.splitlines(), start=1)
        if FIGURE.search(line)
    ]
