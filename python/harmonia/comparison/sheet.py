"""A sheet as one picture: panels, yellow boxes with their crops below, and the table of numbers."""

import numpy as np

from harmonia.comparison import layout, lettering
from harmonia.comparison.contour import contour
from harmonia.comparison.display import Bytes, painted, scaled
from harmonia.comparison.layout import LINE, MARGIN, Rectangle
from harmonia.comparison.panels import Panel, Sheet, duration, in_captions, shown, spelled
from harmonia.comparison.zoom import Box

RED, YELLOW = (230, 25, 35), (255, 214, 0)
PAPER, INK, GREY, FAINT = (255, 255, 255), (24, 24, 27), (105, 105, 114), (228, 228, 231)
TITLE, NAME, SMALL = 20, 16, 13  # sizes of text
FRAME = 2  # of a yellow box
LINES_A_PANEL = 220  # a contour's width: one pixel for so many of the panel's shorter side
ROW, CELL = 26, 24  # of the table: the height of a row, and between columns


def draw(sheet: Sheet, longest: int) -> Bytes:
    """(H, W, 3), with panels of no more than `longest` pixels a side."""
    panel = layout.panel_size(sheet.size, longest)
    header = MARGIN + LINE + 14 + (8 if sheet.title else 0)
    lines = 2 if sheet.metrics else 1
    places = layout.arrange(len(sheet.panels), panel, sheet.boxes, header, lines)
    columns = _table_columns(sheet)
    width = max(places.width, 2 * MARGIN + sum(columns) + CELL * (len(columns) - 1))
    table = ROW * (len(sheet.scored) + 1) + MARGIN if sheet.scored else 0
    pixels = np.full((places.height + table + MARGIN, width, 3), PAPER, np.uint8)

    _head(pixels, sheet, panel, places.columns[0].crops)
    for number, (content, place) in enumerate(zip(sheet.panels, places.columns, strict=True)):
        _caption(pixels, place.caption, content)
        _put(pixels, place, content, sheet, outlined=number == 0)
    if sheet.scored:
        _table(pixels, places.height + MARGIN, columns, sheet)
    return pixels


def on_panel(box: Box, place: Rectangle, size: tuple[int, int]) -> Rectangle:
    """A box of the picture in pixels of the sheet."""
    left, right = (round(x * place.width / size[1]) for x in (box.x, box.x + box.width))
    upper, lower = (round(y * place.height / size[0]) for y in (box.y, box.y + box.height))
    return Rectangle(place.x + left, place.y + upper, right - left, lower - upper)


def _head(
    pixels: Bytes, sheet: Sheet, panel: tuple[int, int], crops: tuple[Rectangle, ...]
) -> None:
    baseline = MARGIN + 15
    x = MARGIN
    room = pixels.shape[1] - 2 * MARGIN
    facts = f"{sheet.facts}; {_scales(sheet, panel, crops)}"
    if sheet.title:
        title = lettering.fitted(sheet.title, TITLE, room // 2, bold=True)
        lettering.write(pixels, (x, baseline), title, TITLE, INK, bold=True)
        x += lettering.length(title, TITLE, bold=True) + 16
    right = lettering.fitted(facts, SMALL, room + MARGIN - x)
    lettering.write(pixels, (x, baseline), right, SMALL, GREY)


def _scales(sheet: Sheet, panel: tuple[int, int], crops: tuple[Rectangle, ...]) -> str:
    scale = panel[1] / sheet.size[1]
    said = "panels at full size"
    if scale < 1:
        said = f"panels at 1/{1 / scale:.3g} of it"
    elif scale > 1:
        said = f"panels enlarged {scale:.0f} times"
    times = sorted(
        {
            f"{crop.width / (box.width * scale):.2g}"
            for crop, box in zip(crops, sheet.boxes, strict=True)
        }
    )
    return f"{said}, parts enlarged {' and '.join(times)} times" if times else said


def _caption(pixels: Bytes, place: Rectangle, panel: Panel) -> None:
    time = duration(panel.seconds)
    taken = lettering.length(time, SMALL) + 12 if time else 0
    name = lettering.fitted(panel.name, NAME, place.width - taken, bold=True)
    lettering.write(pixels, (place.x, place.y + 14), name, NAME, INK, bold=True)
    end = place.x + place.width
    if time:
        lettering.write(pixels, (end, place.y + 14), time, SMALL, GREY, right=True)
    numbers = [
        f"{spelled(metric)} {shown(metric, panel.scores[metric])}"
        for metric in in_captions(list(panel.scores))
    ]
    line = lettering.fitted("   ".join(numbers), SMALL, place.width)
    lettering.write(pixels, (place.x, place.y + 14 + LINE), line, SMALL, GREY)


def _put(
    pixels: Bytes, place: layout.Column, panel: Panel, sheet: Sheet, *, outlined: bool
) -> None:
    if panel.pixels is None:
        _reason(pixels, place.panel, panel.reason)
        return
    size = (place.panel.height, place.panel.width)
    times = size[0] // sheet.size[0]
    if times > 1:  # tiny pictures keep their pixels
        picture = panel.pixels.repeat(times, axis=0).repeat(times, axis=1)
    else:
        picture = scaled(panel.pixels, size)
    if outlined:
        width = max(1.5, min(size) / LINES_A_PANEL)
        picture = painted(picture, contour(sheet.mask, size, width), RED)
    _area(pixels, place.panel)[:] = picture
    for box, crop in zip(sheet.boxes, place.crops, strict=True):
        _frame(pixels, on_panel(box, place.panel, sheet.size), place.panel)
        _area(pixels, crop)[:] = scaled(box.cut(panel.pixels), (crop.height, crop.width))
        _frame(pixels, _inset(crop, FRAME), crop)


def _reason(pixels: Bytes, place: Rectangle, reason: str) -> None:
    _area(pixels, place)[:] = FAINT
    lines = lettering.wrapped(reason, SMALL, place.width - 24)
    most = max(1, (place.height - 24) // LINE)
    if len(lines) > most:
        lines = [*lines[: most - 1], "..."]
    for number, line in enumerate(lines):
        y = place.y + 12 + LINE * number + 13
        lettering.write(pixels, (place.x + 12, y), line, SMALL, INK)


def _frame(pixels: Bytes, inner: Rectangle, within: Rectangle) -> None:
    """A yellow line around `inner`, as far as it lies `within`."""
    left, top = max(within.x, inner.x - FRAME), max(within.y, inner.y - FRAME)
    right = min(within.x + within.width, inner.x + inner.width + FRAME)
    bottom = min(within.y + within.height, inner.y + inner.height + FRAME)
    pixels[top : inner.y, left:right] = YELLOW
    pixels[inner.y + inner.height : bottom, left:right] = YELLOW
    pixels[top:bottom, left : inner.x] = YELLOW
    pixels[top:bottom, inner.x + inner.width : right] = YELLOW


def _inset(place: Rectangle, by: int) -> Rectangle:
    return Rectangle(place.x + by, place.y + by, place.width - 2 * by, place.height - 2 * by)


def _area(pixels: Bytes, place: Rectangle) -> Bytes:
    return pixels[place.y : place.y + place.height, place.x : place.x + place.width]


def _cells(sheet: Sheet) -> list[list[tuple[str, bool]]]:
    """The table, each cell with whether it is bold."""
    best = {metric: sheet.best(metric) for metric in sheet.metrics}
    head = [("", True), *((spelled(metric), True) for metric in best), ("time", True)]
    rows = [
        [
            (panel.name, False),
            *((shown(m, panel.scores[m]), panel.name in best[m]) for m in best),
            (duration(panel.seconds), False),
        ]
        for panel in sheet.scored
    ]
    return [head, *rows]


def _table_columns(sheet: Sheet) -> list[int]:
    """The width of every column; none without numbers."""
    if not sheet.scored:
        return []
    rows = _cells(sheet)
    return [
        max(lettering.length(row[column][0], SMALL, bold=True) for row in rows)
        for column in range(len(rows[0]))
    ]


def _table(pixels: Bytes, top: int, columns: list[int], sheet: Sheet) -> None:
    rows = _cells(sheet)
    rows[0][0] = (f"protocol {sheet.protocol}", False)
    columns = [max(columns[0], lettering.length(rows[0][0][0], SMALL)), *columns[1:]]
    width = sum(columns) + CELL * (len(columns) - 1)
    for number, row in enumerate(rows):
        y = top + ROW * number
        pixels[y + ROW - 1, MARGIN : MARGIN + width] = GREY if number == 0 else FAINT
        x = MARGIN
        for column, ((text, bold), room) in enumerate(zip(row, columns, strict=True)):
            colour = GREY if number == 0 and column == 0 else INK
            end = x if column == 0 else x + room
            place = (end, y + 17)
            lettering.write(pixels, place, text, SMALL, colour, bold=bold, right=column > 0)
            x += room + CELL
