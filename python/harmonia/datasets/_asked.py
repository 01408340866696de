"""What a reader was asked for: one of a few, or several of them."""

from collections.abc import Sequence


def one_of(value: object, known: Sequence[str], *, where: str) -> str:
    """`value` as it is written in `known`, whatever its case."""
    if isinstance(value, str):
        for name in known:
            if value.lower() == name.lower():
                return name
    raise ValueError(f"{where} must be {_either(known)}, got {value!r}")


def some_of(value: object, known: Sequence[str], *, where: str) -> tuple[str, ...]:
    """One name or several, in the order of `known`; all of them for None."""
    if value is None:
        return tuple(known)
    given = [value] if isinstance(value, str) or not isinstance(value, Sequence) else value
    if not given:
        raise ValueError(f"{where} must name one or several of {', '.join(known)}, got none")
    asked = {one_of(one, known, where=where) for one in given}
    return tuple(name for name in known if name in asked)


def _either(known: Sequence[str]) -> str:
    names = [repr(name) for name in known]
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
