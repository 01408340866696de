"""What is known of a dataset beforehand: where it comes from, and what it has to hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Facts:
    """What a dataset's page says. The first line of its module's docstring says what it is.

    Attributes
    ----------
    page
        Where it is published, and where its files are to be had.
    paper
        Authors, title, venue and year.
    licence
        What its owners say; "none stated" where they say nothing.
    counts
        Samples by split and sub-dataset: {"test": {"HCOCO": 4283, ...}}. A set without splits has
        the one split "all", one without sub-datasets the one sub-dataset "". Empty where nobody has
        said them.
    sizes
        The sides of its pictures, in words: "234 to 640 pixels".
    history
        What counted at other times, in words that name the date and the source.
    lists
        The list of each split by its path below the dataset's folder:
        {"test": "IHD_test.txt"}. Empty where folders are read instead.
    layout
        What lies where below that folder: {"HCOCO/masks/c35030_434421.png": "its mask"}.
    """

    page: str
    paper: str
    licence: str = "none stated"
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    sizes: str = ""
    history: tuple[str, ...] = ()
    lists: Mapping[str, str] = field(default_factory=dict)
    layout: Mapping[str, str] = field(default_factory=dict)
