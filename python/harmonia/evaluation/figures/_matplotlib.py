"""matplotlib without its global state, and files that are equal to the byte each time."""

import contextlib
import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harmonia import _atomic
from harmonia._packages import package

Figure = Any  # matplotlib's, where it is installed

WIDTHS = {"column": 3.25, "page": 6.875}  # inches, as in papers of two columns
TITLE, TEXT, SMALL = 8.0, 7.0, 6.0  # sizes of letters, in points
INK, GREY, PALE = "#18181b", "#5f5f68", "#d4d4d8"
# Of Okabe and Ito, who chose them for every kind of colour vision; without the yellow, which is
# too pale for lines.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")

STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans",  # which comes with matplotlib
    "font.size": TEXT,
    "axes.titlesize": TITLE,
    "axes.labelsize": TEXT,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.fontsize": SMALL,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.minor.size": 1.5,
    "ytick.minor.size": 1.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "pdf.fonttype": 42,  # TrueType: printers refuse Type 3
    "image.composite_image": False,  # each photograph stays a picture of its own in a PDF
    "path.snap": True,
}
_LOCK = threading.RLock()  # matplotlib's settings are the process's


@contextlib.contextmanager
def settings(where: str) -> Iterator[Any]:
    """matplotlib, with our settings in the place of a user's until the end."""
    try:
        import matplotlib
        import matplotlib.figure
    except ImportError as error:
        raise ImportError(
            f"{where}: figures need matplotlib; {package('matplotlib').install}"
        ) from error
    kept = {
        name: value
        for name, value in matplotlib.rcParamsDefault.items()
        if not name.startswith("backend")
    }
    with _LOCK, matplotlib.rc_context({**kept, **STYLE}):
        yield matplotlib


def check_width(width: str, *, where: str) -> float:
    """Inches."""
    if width not in WIDTHS:
        raise ValueError(f"{where}: width must be one of {', '.join(WIDTHS)}, got {width!r}")
    return WIDTHS[width]


def save(figure: Figure, path: Path) -> None:
    """Write a figure, whole or not at all, as .png or .pdf."""
    kind = path.suffix.lower().removeprefix(".")
    # No dates, and no version of what wrote it.
    metadata: dict[str, dict[str, str | None]] = {
        "png": {"Software": None},
        "pdf": {"Creator": None, "Producer": None, "CreationDate": None},
    }
    if kind not in metadata:
        raise ValueError(f"figures.save: path must end in .png or .pdf, got {str(path)!r}")
    room = io.BytesIO()
    with settings("figures.save"):
        figure.savefig(room, format=kind, dpi="figure", metadata=metadata[kind])
    _atomic.write(path, room.getvalue())
