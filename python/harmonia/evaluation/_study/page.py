"""The page itself: a template, filled with the pictures' addresses and the blocks of pairs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from harmonia.comparison.document import document
from harmonia.evaluation._study.pairs import Pair
from harmonia.evaluation._study.pictures import Shown

CONSENT = (
    "You will see two pictures at a time. In each of them an object was pasted in, and its colours "
    "may have been adjusted to the rest. Choose the one that looks more natural.\n\n"
    "Your votes stay in this browser until you save them as a file and send it in. The file holds "
    "your votes, when each was cast and how long it took, and the number or name that you enter "
    "here. You can stop whenever you like, and go on later."
)
QUESTION = "Which one looks more natural?"


@dataclass(frozen=True)
class Texts:
    """What voters read."""

    title: str
    question: str
    consent: str


def compose(
    study: str,
    texts: Texts,
    samples: Sequence[Shown],
    blocks: Sequence[Sequence[Pair]],
    checks: Sequence[tuple[int, int]],
    *,
    ties: bool,
    sources: str,
) -> str:
    """The document. Of methods it has codes alone."""
    data: dict[str, Any] = {
        "study": study,
        "ties": ties,
        "samples": [
            {
                "name": shown.name,
                "height": shown.size[0],
                "width": shown.size[1],
                "outline": shown.outline,
                "composite": shown.composite,
                "pictures": shown.methods,
                "spoiled": shown.spoiled,
            }
            for shown in samples
        ],
        "blocks": blocks,
        "checks": checks,
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    paragraphs = [part.strip() for part in texts.consent.split("\n\n")]
    title = escape(texts.title)
    parts = {
        "title": title,
        "question": escape(texts.question),
        "consent": "\n".join(f"<p>{escape(part)}</p>" for part in paragraphs if part),
        "data": text,
    }
    return document(__package__, parts, title=title, by="study", sources=sources)
