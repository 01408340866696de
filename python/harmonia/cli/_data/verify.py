"""harmonia data verify: the findings by kind, the counts and the statistics."""

import argparse
import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harmonia.cli import _console
from harmonia.cli._arguments import Misused
from harmonia.cli._data.looking import looking
from harmonia.cli._table import table
from harmonia.datasets import KINDS, Report, verify

SHOWN = 3  # examples of a kind
STYLES = {"error": "red", "warning": "yellow", "note": "dim"}
FIELDS = ("severity", "kind", "file", "said")


def run(arguments: argparse.Namespace) -> int:
    if len(arguments.names) != 2:
        raise Misused("verify needs a NAME, one of harmonia data list, and the DIR that it is in")
    name, folder = arguments.names
    target = None if arguments.report is None else Path(arguments.report)
    if target is not None and target.suffix.lower() not in (".csv", ".jsonl", ".json"):
        raise Misused(f"--report must end in .csv, .jsonl or .json, got {arguments.report!r}")
    with looking(arguments) as (workers, step):
        report = verify(
            name,
            folder,
            splits=None if arguments.split is None else [arguments.split],
            counts={} if arguments.any_count else None,
            quick=arguments.quick,
            workers=workers,
            most=1000 if target is None else None,
            step=step,
            **dict(arguments.options),
        )
    if target is not None:
        _write(target, report)
    if arguments.json:
        _console.show_json(report.to_dict())
    else:
        _show(report)
    return int(not report.ok)


def _write(target: Path, report: Report) -> None:
    from harmonia import _atomic

    rows = report.to_dict()["findings"]
    if target.suffix.lower() == ".json":
        text = json.dumps(report.to_dict(), ensure_ascii=False, indent=1) + "\n"
    elif target.suffix.lower() == ".jsonl":
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    else:
        room = io.StringIO()
        writer = csv.DictWriter(room, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        text = room.getvalue()
    _atomic.write(target, text.encode())


def _show(report: Report) -> None:
    _console.show(table(_counts(report), right=(1, 2)))
    if report.statistics and not report.quick:
        _console.show("\n" + table(_statistics(report.statistics), right=range(1, 20)))
    for kind, total in report.totals.items():
        severity = KINDS[kind].severity
        head = _console.styled(f"{severity}: {kind}", STYLES[severity])
        _console.show(f"\n{head}  {total}: {KINDS[kind].meaning}")
        of_kind = [one for one in report.findings if one.kind == kind]
        for one in of_kind[:SHOWN]:
            _console.show(f"  {one.file}: {one.said}")
        if total > SHOWN:
            _console.show(f"  and {total - SHOWN} more")
    _console.show("\n" + _verdict(report))


def _verdict(report: Report) -> str:
    by = dict.fromkeys(STYLES, 0)
    for kind, total in report.totals.items():
        by[KINDS[kind].severity] += total
    said = [f"{n} {severity}{'s' * (n > 1)}" for severity, n in by.items() if n]
    looked = f"{report.checked} composites{', only the beginnings of files' * report.quick}"
    return f"{report.name}, {looked}: {', '.join(said) or 'nothing to find'}"


def _counts(report: Report) -> list[list[str]]:
    rows = [["split, sub-dataset", "composites", "published"]]
    splits = dict.fromkeys([*report.expected, *report.counts])
    for split in splits:
        here, known = report.counts.get(split, {}), report.expected.get(split, {})
        for subset in dict.fromkeys([*known, *here]):
            label = " ".join(part for part in (split, subset) if part) or "all"
            published = f"{known[subset]:,}" if subset in known else ""
            rows.append([label, f"{here.get(subset, 0):,}", published])
    return rows


def _statistics(statistics: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    masks = ("foreground", "5 %", "95 %", "soft masks")
    rows = [["sub-dataset", *masks, "background MSE", "95 %", "most", "levels", "fMSE"]]
    for subset, said in statistics.items():
        of = {name: said[name] or {} for name in ("foreground", "background_mse", "fmse")}
        soft, levels = said["soft_masks"], said["background_max"] or {}
        rows.append(
            [
                subset or "all",
                *(_percent(of["foreground"].get(one)) for one in ("median", "low", "high")),
                _percent(soft),
                *(_number(of["background_mse"].get(one)) for one in ("median", "high", "most")),
                _number(levels.get("most")),
                _number(of["fmse"].get("median")),
            ]
        )
    return rows


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}" if value < 1000 else f"{value:.0f}"
