"""The look of a method as a table: its own, or the nearest where it is no change of colours.

What is heavy is imported when it is used, as the help of a command says the constants.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harmonia.lut import FitError, Lut

SMOOTH = 1.0  # for what is nearly a function of colour
SMOOTHER = 1000.0  # for what is none, as fit_lut says
NOTABLE = 1.0  # levels of 255, from which on a fit deserves a warning


def of_method(
    harmonizer: Any, image: Any, mask: Any, *, size: int, smoothness: float, **references: Any
) -> "tuple[Lut, FitError | None]":
    """The table of what `load` gave, and how far it is off where it had to be fitted."""
    from harmonia.transform import NoTransformError

    try:
        look = harmonizer.fit(image, mask, **references)
    except NoTransformError:
        after = harmonizer(image, mask, **references)
        return between(image, after, mask, size=size, smoothness=smoothness)
    return look.to_lut(size), None


def between(
    before: Any, after: Any, mask: Any, *, size: int, smoothness: float
) -> "tuple[Lut, FitError]":
    """From pixels that the mask leaves none of the old colour in, where there are any."""
    from harmonia.lut import fit_error, fit_lut

    full = mask == (255 if mask.dtype.kind == "u" else 1)
    where = full if full.any() else mask
    table = fit_lut(before, after, where, size=size, smoothness=smoothness)
    return table, fit_error(table, before, after, where)


def weakened(table: "Lut", strength: float) -> "Lut":
    """That share of the way from no change."""
    from harmonia.lut import combine, identity

    if strength == 1:
        return table
    return combine([table, identity(table.size[0])], [strength, 1 - strength])


def in_words(error: "FitError") -> str:
    return f"off by {error.mean:.2f} levels of 255 on average, {error.worst:.0f} at worst"
