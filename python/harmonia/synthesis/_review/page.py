"""The page of the manual pass: one HTML file beside the set's pictures, which it does not hold."""

import hashlib
import json
import os
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from harmonia import _atomic
from harmonia.comparison.document import document
from harmonia.synthesis._review.texts import REJECTED, Member, members, texts, whereabouts

MARK = '<meta name="generator" content="harmonia review">'
NUMBERS = ("foreground", "mse", "fmse", "psnr")


def write_review_page(
    root: str | os.PathLike[str], page: str | os.PathLike[str] | None = None
) -> int:
    """Write the page on which a person decides which samples of a set are kept.

    It shows the pictures where they are, so that it must not move away from them, and needs neither
    a server nor the network. Decisions stay in the browser until they are exported as a CSV file,
    which `apply_decisions` takes. A page that is there already is replaced, any other file is not.

    Parameters
    ----------
    root
        A set in iHarmony4's layout.
    page
        The file to write; by default review.html in the set.

    Returns
    -------
    The number of samples on it, those that have been rejected among them.

    >>> _ = harmonia.synthesis.synthesize("random", photos, folder / "made")
    >>> harmonia.synthesis.write_review_page(folder / "made")
    1
    """
    folder = Path(root)
    target = folder / "review.html" if page is None else Path(page)
    samples = members(folder, texts(folder))
    if target.is_file() and MARK.encode() not in target.read_bytes()[:2000]:
        raise FileExistsError(f"{target} is there already and no review page; choose another name")
    _atomic.write(target, compose(folder, samples, target.parent).encode())
    return len(samples)


def compose(root: Path, samples: list[Member], folder: Path) -> str:
    """The document, for a page in a folder."""
    names: dict[str, None] = {}
    for sample in samples:
        names.update(dict.fromkeys(_numbers(sample.row)))
    title = root.resolve().name
    head = samples[0].row if samples else {}
    identity = "|".join([title, str(head.get("recipe", "")), str(head.get("seed", ""))])
    start = Path(os.path.relpath(root.resolve(), folder.resolve())).as_posix()
    data = {
        "set": hashlib.sha256(identity.encode()).hexdigest()[:16],
        "title": title,
        "start": "" if start == "." else f"{quote(start)}/",
        "numbers": list(names),
        "samples": [_sample(root, sample, list(names)) for sample in samples],
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return document(
        __package__,
        {"title": escape(title), "data": text},
        title=f"{escape(title)}: review",
        by="review",
        sources="'self' file:",
    )


def _sample(root: Path, sample: Member, names: list[str]) -> list[Any]:
    """[name, subset, split, method, composite, mask, real, whether rejected, numbers...]."""
    row, numbers = sample.row, _numbers(sample.row)
    found = [whereabouts(root, file) or file for file in sample.files]
    return [
        sample.name,
        str(row.get("subset", "")),
        str(row.get("split", "")),
        str(row.get("method", "")),
        *(quote(file) for file in found),
        int(found[0].startswith(f"{REJECTED}/")),
        *(numbers.get(name) for name in names),
    ]


def _numbers(row: Mapping[str, Any]) -> dict[str, float]:
    scores = row.get("scores")
    named = [*(scores.items() if isinstance(scores, Mapping) else ())]
    named += [(name, row[name]) for name in NUMBERS if name in row]
    return {
        name: float(f"{value:.5g}")
        for name, value in named
        if isinstance(value, int | float) and abs(value) < float("inf")
    }
