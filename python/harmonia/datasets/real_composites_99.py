"""99 real composites without ground truth: 48 of Xue et al. 2012, 51 of Tsai et al. 2017.

DoveNet's user study is on them, and many after it. Composites and masks of the same names lie in
two folders, whose names may be those that the dataset `folder` knows: `image` and `mask` in the
files of Tsai et al., `composite_images` and `masks` in those of later papers. All of them are read,
in the order of their names.
"""

from pathlib import Path

from harmonia.datasets._dataset import Dataset
from harmonia.datasets._facts import Facts
from harmonia.datasets._triplets import entries_below, lines_below

FACTS = Facts(
    page="https://github.com/bcmi/Image-Harmonization-Dataset-iHarmony4",
    paper="S. Xue et al., Understanding and Improving the Realism of Image Composites, SIGGRAPH "
    "2012; Y.-H. Tsai et al., Deep Image Harmonization, CVPR 2017",
    licence="none stated for the set; Tsai et al. give theirs for non-commercial research alone",
    counts={"all": {"": 99}},
    layout={
        "composites/NAME.png": "composites; other usual names of folders serve as well",
        "masks/NAME.png": "its mask",
    },
)


def read(root: Path) -> Dataset:
    """Composites and masks; `real` is None."""
    lines = lines_below(root, named={}, with_reals=False, where="real_composites_99")
    return Dataset("real_composites_99", lines, entries_below(root))
