"""Whole numbers that somebody told, such as a size or how many processes."""


def check_whole(name: str, value: object, least: int, *, where: str = "train") -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"{where}: {name} must be a whole number from {least} on, got {value!r}")
