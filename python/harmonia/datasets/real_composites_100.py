"""100 high-resolution real composites without ground truth (CDTNet, Cong et al. 2022).

Foregrounds were cut out of Open Images V6 by its instance masks, backgrounds come from there and
from Flickr, and both were put together in Photoshop.

Composites and masks lie in two folders, whose names may be those that the dataset `folder` knows;
masks are named as their composites, or as these without the last `_part`, as the prediction of
CDTNet's authors takes them. All of them are read, in the order of their names.
"""

from pathlib import Path

from harmonia.datasets._dataset import Dataset
from harmonia.datasets._facts import Facts
from harmonia.datasets._triplets import entries_below, lines_below

FACTS = Facts(
    page="https://github.com/bcmi/CDTNet-High-Resolution-Image-Harmonization",
    paper="W. Cong et al., High-Resolution Image Harmonization via Collaborative Dual "
    "Transformations, CVPR 2022",
    licence="none stated; its photographs come from Open Images V6 and Flickr",
    counts={"all": {"": 100}},
    sizes="1024 to 6016 pixels",
    layout={
        "composites/NAME.jpg": "composites; other usual names of folders serve as well",
        "masks/NAME.png": "its mask",
    },
)


def read(root: Path) -> Dataset:
    """Composites and masks; `real` is None."""
    lines = lines_below(root, named={}, with_reals=False, where="real_composites_100")
    return Dataset("real_composites_100", lines, entries_below(root))
