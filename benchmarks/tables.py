"""Tables in Markdown, and what stands below them."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]


def grid(lines: list[list[str]], left: int = 1) -> str:
    """Lines of cells as a table; columns after the first `left` ones are figures."""
    head, *rest = lines
    rule = ["---" if i < left else "---:" for i in range(len(head))]
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, rule, *rest))


def times(ratio: float) -> str:
    """One that is near to 1 needs a second decimal."""
    return f"{ratio:.{2 if ratio < 2 else 1 if ratio < 10 else 0}f}x"


def machine(head: dict[str, Any]) -> str:
    peers = ", ".join(f"{name} {version}" for name, version in head["peers"].items() if version)
    build = head["harmonia"]
    return (
        f"{head['cpu']}, {head['cores']} cores, {head['date']}; harmonia built by "
        f"{build.get('compiler', 'unknown')}; Python {head['python']}, {peers}. "
        f"Load average {head['load'][0]} before, {head['load_after'][0]} after."
    )


def kill_sentence(kills: dict[str, Any], what: str) -> str:
    """What came of runs that were killed, of which each went on where the last one ended."""
    row = kills["rows"][0]
    return (
        f"{row['kills']} {what} were killed by SIGKILL at random moments: "
        f"{row['equal to an undisturbed run']} of {row['runs to the end']} that went on to the end "
        "equal an undisturbed run to the byte."
    )
