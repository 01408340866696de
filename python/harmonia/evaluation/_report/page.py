"""The report as one HTML file, which needs no other and no network.

Names come from files and callers, so that all text is escaped; the script reads numbers from the
document. Without it all but the list of samples is there.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from harmonia.comparison.document import document
from harmonia.comparison.panels import OF_ONE, shown, spelled
from harmonia.evaluation._report import charts
from harmonia.evaluation._report.cases import KINDS, Reason, kind_in_words
from harmonia.evaluation._report.costs import Timed
from harmonia.evaluation._report.numbers import DIGITS, Numbers, is_higher_better
from harmonia.evaluation._report.pictures import MOST, Case, Drawn

BINS = ((0.0, 0.05), (0.05, 0.15), (0.15, 1.0))
OPEN = 3  # cases, to begin with
TILE = (9, 16)  # least and most room across for a picture, in letters


def compose(
    numbers: Numbers,
    *,
    judged: str,
    facts: Sequence[tuple[str, str]],
    cautions: Sequence[str],
    tables: str,
    drawn: Drawn | None,
    reasons: Mapping[int, Sequence[Reason]],
    timed: Timed | None,
    again: str,
) -> str:
    """The document."""
    results = numbers.results
    count = len(numbers.samples)
    summary = f"{len(numbers.labels)} methods on {count:,} of {results.samples:,} samples"
    cases = "" if drawn is None else _cases(numbers, drawn, reasons, judged)
    parts = ["measured", "tables", "charts", *(["cases"] if cases else []), "samples", "again"]
    title = escape(f"Evaluation: {results.dataset}, {results.protocol}")
    return document(
        __package__,
        {
            "title": title,
            "summary": escape(summary),
            "nav": " ".join(f'<a href="#{part}">{NAMES[part]}</a>' for part in parts),
            "cautions": _cautions(cautions),
            "facts": "".join(f"<dt>{escape(a)}</dt><dd>{escape(b)}</dd>" for a, b in facts),
            "tables": tables,
            "charts": _charts(numbers, judged, timed),
            "cases": cases,
            "again": f"<pre>{escape(again)}</pre>",
            "data": _data(numbers, judged),
        },
        title=title,
        by="report",
    )


NAMES = {
    "measured": "What was measured",
    "tables": "Tables",
    "charts": "Charts",
    "cases": "Cases",
    "samples": "All samples",
    "again": "To do it again",
}


def _cautions(said: Sequence[str]) -> str:
    if not said:
        return ""
    items = "".join(f"<li>{escape(one)}</li>" for one in said)
    return f'<aside class="cautions" aria-label="Before you read on"><ul>{items}</ul></aside>'


def _charts(numbers: Numbers, judged: str, timed: Timed | None) -> str:
    parts = [
        "<h3>How each metric spreads</h3>",
        '<p class="note">A band for each method: the shape is the distribution over samples, the '
        "bar the middle half, the stroke the median, the ring the mean. What lies beyond an end "
        "is drawn at it; infinite values are left out.</p>",
        _grid(charts.distributions(numbers, metric) for metric in numbers.metrics),
    ]
    gained = [charts.gains(numbers, metric) for metric in numbers.metrics]
    if any(gained):
        parts += [
            "<h3>Against the composite, sample by sample</h3>",
            '<p class="note">The mean of the paired differences and its 95 % interval, so signed '
            "that right of 0 is better; beside it the share of samples that got better.</p>",
            _grid(gained),
        ]
    composite = ""
    if numbers.composite is not None:
        composite = ' and <span class="key before"></span>that of the composite'
    parts += [
        f"<h3>{escape(spelled(judged))} against the share of foreground</h3>",
        '<p class="note">A point for each sample; <span class="key"></span>the median of groups '
        f"of equal count{composite}.</p>",
        _grid(charts.against_foreground(numbers, label, judged) for label in numbers.labels),
    ]
    if timed is not None:
        drawn = (
            charts.time_against_quality(numbers, timed.milliseconds, metric)
            for metric in numbers.metrics
        )
        parts += [
            "<h3>Time against quality</h3>",
            f'<p class="note">{escape(timed.said)}</p>',
            _grid(drawn),
            timed.table,
        ]
    return "\n".join(parts)


def _grid(found: Iterable[str]) -> str:
    return f'<div class="charts">{"".join(found)}</div>'


def _cases(
    numbers: Numbers, drawn: Drawn, reasons: Mapping[int, Sequence[Reason]], judged: str
) -> str:
    labels = dict.fromkeys(reason.label for each in reasons.values() for reason in each)
    methods = "".join(f'<option value="{escape(one)}">{escape(one)}</option>' for one in labels)
    kinds = "".join(f'<option value="{kind}">{kind}</option>' for kind in KINDS)
    words = "; ".join(f"<b>{kind}</b>: {escape(kind_in_words(kind, judged))}" for kind in KINDS)
    left_out = ""
    if drawn.left_out:
        left_out = f" {drawn.left_out:,} more found no room in this file."
    failed = "".join(
        f"<li>sample {number}: {escape(reason)}</li>" for number, reason in drawn.failed.items()
    )
    shown_cases = "\n".join(
        _case(numbers, case, reasons[case.number], judged, place)
        for place, case in enumerate(drawn.cases.values())
    )
    return f"""<section id="cases" aria-labelledby="cases-head">
<h2 id="cases-head">Cases</h2>
<p class="note">Samples of each method that are worth a look. {words}. The composite has the contour
of its mask in red; below each output stands its difference to the real, from black, none, to white,
{MOST} of 255 or more.{left_out}</p>
{f"<ul>{failed}</ul>" if failed else ""}
<div class="filters" hidden>
<label>Method <select id="case-method"><option value="">all</option>{methods}</select></label>
<label>Kind <select id="case-kind"><option value="">all</option>{kinds}</select></label>
<label><input id="differences" type="checkbox" checked> differences</label>
<button type="button" id="unfold" aria-pressed="false">Open all</button>
<span id="cases-found" class="note" role="status"></span>
</div>
{shown_cases}
</section>"""


def _case(numbers: Numbers, case: Case, reasons: Sequence[Reason], judged: str, place: int) -> str:
    opened = " open" if place < OPEN else ""
    name = escape(case.name)
    known = next(one for one in numbers.samples if one.number == case.number)
    height, width = case.size
    facts = [known.subset, f"{100 * known.foreground:.3g} % foreground", f"{width} x {height}"]
    shape = f'style="aspect-ratio:{width}/{height}" decoding="async"'
    before = numbers.value(numbers.composite, case.number, judged) if numbers.composite else None
    tiles = [
        _tile("composite", "", case.composite, case.apart, _number(judged, before), name, shape),
        _tile("real", "", case.real, "", "", name, shape),
    ]
    for label in (label for label in numbers.labels if label != numbers.composite):
        number = _number(judged, numbers.value(label, case.number, judged))
        if label in case.methods:
            output, apart = case.methods[label]
            tiles.append(_tile(label, label, output, apart, number, name, shape))
        elif label in case.reasons:
            tiles.append(
                f'<figure data-label="{escape(label)}"><figcaption><b>{escape(label)}</b>'
                f'</figcaption><p class="reason">{escape(case.reasons[label])}</p></figure>'
            )
    said = escape(" \u00b7 ".join(fact for fact in facts if fact))
    tile = max(TILE[0], min(TILE[1], 96 // len(tiles)))
    return (
        f'<details class="case" id="case-{case.number}" data-number="{case.number}"{opened}>'
        f'<summary><h3>{name}</h3><span class="note">{said}</span>'
        f'<span class="why">{_why(reasons)}</span></summary>'
        f'<div class="pictures" style="--tile:{tile}rem">{"".join(tiles)}</div></details>'
    )


def _why(reasons: Sequence[Reason]) -> str:
    """A tag for each kind, with the labels of it, in which there is no space."""
    tags = []
    for kind in KINDS:
        labels = [reason.label for reason in reasons if reason.kind == kind]
        if labels:
            known = escape(" ".join(labels))
            said = f"{kind} of {escape(', '.join(labels))}"
            tags.append(
                f'<span class="{kind}" data-kind="{kind}" data-labels="{known}">{said}</span>'
            )
    return "".join(tags)


def _tile(
    title: str, label: str, picture: str, apart: str, number: str, name: str, shape: str
) -> str:
    said = escape(title)
    images = f'<img src="{picture}" alt="{said}, {name}" {shape}>'
    if apart:
        told = f"difference of {said} to the real, {name}"
        images += f'<img class="difference" src="{apart}" alt="{told}" {shape}>'
    return (
        f'<figure data-label="{escape(label)}"><figcaption><b title="{said}">{said}</b>'
        f"<span>{number}</span></figcaption>{images}</figure>"
    )


def _number(metric: str, value: float | None) -> str:
    return "" if value is None else escape(f"{spelled(metric)} {shown(metric, value)}")


def _data(numbers: Numbers, judged: str) -> str:
    """All rows as JSON, by column; null where one is missing."""
    samples = numbers.samples
    found = {
        "labels": list(numbers.labels),
        "judged": judged,
        "bins": BINS,
        "metrics": {
            metric: {
                "spelled": spelled(metric),
                "higher": is_higher_better(metric),
                "digits": 4 if metric in OF_ONE else 2,
            }
            for metric in numbers.metrics
        },
        "numbers": [known.number for known in samples],
        "names": [known.name for known in samples],
        "subsets": [known.subset for known in samples],
        "foreground": [_short(known.foreground) for known in samples],
        "values": {
            label: {
                metric: [_short(numbers.value(label, known.number, metric)) for known in samples]
                for metric in numbers.metrics
            }
            for label in numbers.labels
        },
    }
    text = json.dumps(found, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _short(value: float | None) -> float | str | None:
    if value is None or math.isfinite(value):
        return None if value is None else float(f"{value:.{DIGITS}g}")
    return repr(value)  # inf, -inf or nan, which JSON lacks
