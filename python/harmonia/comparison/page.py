"""A sheet as one HTML file: every picture once, as data; the script adds sliders and a light box.

Without scripts it is a plain sheet. Names and titles come from files and callers, so that all text
is escaped, and the script reads it from the document.
"""

import math
from html import escape

from harmonia.comparison.document import document
from harmonia.comparison.encoding import LONGEST, address, outline
from harmonia.comparison.layout import across
from harmonia.comparison.panels import Panel, Sheet, duration, in_captions, shown, spelled

CROPS_LONGEST = 640
MOST_ACROSS = 4


def compose(sheet: Sheet) -> str:
    """The document."""
    scale = min(1.0, LONGEST / max(sheet.size))
    title = sheet.title or "Comparison"
    facts = f"{sheet.facts}; {_shown_at(scale)}"
    return document(
        __package__,
        {
            "title": escape(title),
            "facts": escape(facts),
            "panels": "\n".join(
                _panel(number, panel, sheet) for number, panel in enumerate(sheet.panels)
            ),
            "table": _table(sheet),
            "columns": str(_columns(len(sheet.panels))),
        },
        title=escape(title),
        by="compare",
        slider=True,
    )


def _columns(count: int) -> int:
    """How many panels stand side by side where there is room, so that rows are alike."""
    return across(count, MOST_ACROSS)


def _shown_at(scale: float) -> str:
    if scale == 1:
        return "shown with all pixels"
    return f"shown at 1/{1 / scale:.3g} of it, parts enlarged from the full size"


def _panel(number: int, panel: Panel, sheet: Sheet) -> str:
    name, time = escape(panel.name), escape(duration(panel.seconds))
    head = f'<figcaption><b>{name}</b><span class="time">{time}</span></figcaption>'
    if panel.pixels is None:
        reason = f'<p class="reason">{escape(panel.reason)}</p>'
        return f'<figure class="panel failed">{head}{reason}</figure>'
    height, width = sheet.size
    layers = [f'<img class="picture" src="{address(panel.pixels)}" alt="{name}">']
    if number == 0:
        layers.append(_contour(sheet))
    layers.extend(
        f'<span class="box" style="left:{100 * box.x / width:.4f}%;top:{100 * box.y / height:.4f}%;'
        f'width:{100 * box.width / width:.4f}%;height:{100 * box.height / height:.4f}%"></span>'
        for box in sheet.boxes
    )
    crops = "".join(
        f'<img src="{address(box.cut(panel.pixels), CROPS_LONGEST)}" '
        f'style="aspect-ratio:{box.width}/{box.height}" '
        f'alt="{name}, part {place}">'
        for place, box in enumerate(sheet.boxes, start=1)
    )
    kind = "made" if panel.seconds is not None else "given"
    return (
        f'<figure class="panel {kind}" data-name="{name}">{head}{_numbers(panel, sheet)}'
        f'<div class="view" style="aspect-ratio:{width}/{height}">{"".join(layers)}</div>'
        f'<div class="crops" style="--across:{across(len(sheet.boxes))}">{crops}</div></figure>'
    )


def _contour(sheet: Sheet) -> str:
    return f'<img class="contour" src="{outline(sheet.mask)}" alt="the contour of the mask">'


def _numbers(panel: Panel, sheet: Sheet) -> str:
    if not sheet.scored:
        return ""
    said = "".join(
        f"<span>{escape(spelled(metric))} {shown(metric, panel.scores[metric])}</span>"
        for metric in in_captions(list(panel.scores))
    )
    return f'<p class="numbers">{said or "&nbsp;"}</p>'


def _table(sheet: Sheet) -> str:
    if not sheet.scored:
        return ""
    best = {metric: sheet.best(metric) for metric in sheet.metrics}
    columns = ["method", *map(spelled, best), "time"]
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    rows = []
    for panel in sheet.scored:
        cells = [f'<th scope="row">{escape(panel.name)}</th>']
        for metric, winners in best.items():
            text = shown(metric, panel.scores[metric])
            text = f"<strong>{text}</strong>" if panel.name in winners else text
            cells.append(f'<td data-value="{_value(panel.scores[metric])}">{text}</td>')
        cells.append(f'<td data-value="{_value(panel.seconds)}">{duration(panel.seconds)}</td>')
        rows.append(f"<tr>{''.join(cells)}</tr>")
    caption = f"Against the real picture, by protocol {escape(sheet.protocol or '')}; best in bold"
    return (
        f'<div class="scroll"><table><caption>{caption}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _value(number: float | None) -> str:
    """A number as a script reads it; empty where there is none."""
    if number is None or math.isnan(number):
        return ""
    return f"{number:.9g}".replace("inf", "Infinity")
