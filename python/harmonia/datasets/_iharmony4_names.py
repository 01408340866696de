r"""Names of iHarmony4's files: `<real>_<mask>_<number>.jpg` is a composite.

Its mask is `<real>_<mask>.png` and its real `<real>.jpg`. Only base names are looked at: scripts
that take whole paths apart fail where a folder's name has an underscore.
"""

import re
from typing import NamedTuple

SUBSETS = ("HCOCO", "HAdobe5k", "HFlickr", "Hday2night")

# The real, the mask and the number of a composite, each by the rule of its sub-dataset.
_PATTERNS = {
    "HCOCO": re.compile(r"(c\d+)_(\d+)_(\d+)", re.ASCII),
    "HAdobe5k": re.compile(r"(a\d{4})_(\d+)_(\d+)", re.ASCII),
    "HFlickr": re.compile(r"(f\d+)_(\d+)_(\d+)", re.ASCII),
    "Hday2night": re.compile(r"(d\d+-\d+(?:-\d+)?)_(\d+)_(\d+)", re.ASCII),
}


class Names(NamedTuple):
    """What a composite's name says, without suffixes."""

    subset: str
    real: str
    mask: str
    number: int


def parse(stem: str) -> Names:
    """What the name of a composite says.

    >>> from harmonia.datasets._iharmony4_names import parse
    >>> parse("d90000004-18_1_3")
    Names(subset='Hday2night', real='d90000004-18', mask='d90000004-18_1', number=3)
    """
    for subset, pattern in _PATTERNS.items():
        if match := pattern.fullmatch(stem):
            real, mask, number = match.groups()
            return Names(subset, real, f"{real}_{mask}", int(number))
    raise ValueError(
        f"{stem!r} is no name of iHarmony4: c35030_434421_1, a0002_1_4, f2508_1_2, "
        "d1048-20120628-200951_1_3 and d90000004-18_1_1 are"
    )
