"""Networks to be trained: a variant as it is, or of another width or side."""

from collections.abc import Sequence
from typing import Any, Literal, get_args

from harmonia.nets import _weights
from harmonia.nets._network import Network

# Where what is published of a system and its authors' code differ.
Variant = Literal["described", "code"]


def shape(width: int | None, base: int | None = None, **more: int | None) -> dict[str, Any]:
    """What is not left as the authors have it."""
    given = {"width": width, "base": base, **more}
    for name, value in given.items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise TypeError(f"train: {name} must be a whole number, got {value!r}")
    return {name: value for name, value in given.items() if value is not None}


def one_of(name: str, value: str, known: Sequence[str]) -> str:
    """What an option was set to, refused where that is nothing known."""
    if value not in known:
        wanted = " or ".join(map(repr, known))
        raise ValueError(f"train: {name} must be {wanted}, got {value!r}")
    return value


def is_code(variant: Variant) -> bool:
    """Whether a system is trained as its authors' code does, and not as they describe it."""
    return one_of("variant", variant, get_args(Variant)) == "code"


def network(method: str, shape: dict[str, Any]) -> Network:
    """The network of a name with its variant, such as "issam.256", at its first values."""
    (kind,) = _weights.kinds_of(method, where="train")
    try:
        return kind._replace(shape=tuple(shape.items())).make()
    except TypeError:
        raise ValueError(
            f"train: {method} cannot be of another {' or '.join(shape)}; leave it out"
        ) from None
