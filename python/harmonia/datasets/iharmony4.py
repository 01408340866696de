"""iHarmony4: HCOCO, HAdobe5k, HFlickr and Hday2night, 73,146 composites (Cong et al. 2020).

Masks are given as they are stored. Those of HCOCO were JPEG once and are grey along their edges;
most papers use them soft, after a resize to 256 x 256, and call foreground what is above 0.5.
Casting them to integers of 0..1 keeps 255 alone and loses an eighth of the foreground: threshold at
128 where a mask of two values is needed. Those of HAdobe5k are RGB files of two values.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from harmonia.datasets._asked import one_of
from harmonia.datasets._dataset import Dataset
from harmonia.datasets._facts import Facts
from harmonia.datasets._iharmony4_folders import find
from harmonia.datasets._lists import WrongLines

FACTS = Facts(
    page="https://github.com/bcmi/Image-Harmonization-Dataset-iHarmony4",
    paper="W. Cong et al., DoveNet: Deep Image Harmonization via Domain Verification, CVPR 2020",
    licence="MIT is the licence of its repository; none stated for the photographs, which come "
    "from COCO, MIT-Adobe FiveK, Flickr and day2night",
    counts={
        "train": {"HCOCO": 38545, "HAdobe5k": 19437, "HFlickr": 7449, "Hday2night": 311},
        "test": {"HCOCO": 4283, "HAdobe5k": 2160, "HFlickr": 828, "Hday2night": 133},
    },
    sizes="HCOCO 151 to 640 pixels, HAdobe5k 1296 to 6048, HFlickr 230 to 1024, Hday2night 424 to "
    "854",
    history=(
        "README of 2019-08-10: HCOCO about 50,000 composites, HAdobe5k 3,896 for training and 433 "
        "for testing (photographs, not composites), HFlickr 5,460 photographs, Hday2night 429 and "
        "48",
        "README of 2019-08-29: HCOCO 54,000 and 6,000, HAdobe5k 19,437 and 2,160, HFlickr 7,200 "
        "and 800, Hday2night 333 and 144",
        "README since October 2019: as now",
    ),
    lists={"train": "IHD_train.txt", "test": "IHD_test.txt"},
    layout={
        "IHD_train.txt": "a line a composite: HCOCO/composite_images/c35030_434421_1.jpg",
        "IHD_test.txt": "likewise",
        "HCOCO/composite_images/c35030_434421_1.jpg": "composites; HAdobe5k, HFlickr and "
        "Hday2night have the same folders",
        "HCOCO/masks/c35030_434421.png": "its mask",
        "HCOCO/real_images/c35030.jpg": "its real",
    },
)


def read(
    root: Path,
    *,
    split: Literal["train", "test"] = "test",
    subset: str | Sequence[str] | None = None,
    list: str | None = None,
) -> Dataset:
    """The composites of a split, in the order of its list.

    Parameters
    ----------
    root
        The folder with `IHD_<split>.txt`; or one with some of the sub-datasets, whose own lists,
        `<SUB>/<SUB>_<split>.txt`, then follow each other; or that of a single sub-dataset.
    split
        "train" or "test".
    subset
        One or several of "HCOCO", "HAdobe5k", "HFlickr" and "Hday2night"; all that the lists name
        where it is None.
    list
        Another list than that of the split, by its path below `root`. CharmNet trains on
        "IHD_nonhuman_train.txt", its base categories, and tests on "IHD_human_test.txt".

    Of a line only the base name counts: which mask and which real it goes with is in there. A line
    that is no name of iHarmony4, or is in the folder of another sub-dataset, is a `ValueError`.
    Copies with other suffixes, such as PNG composites of 256 x 256, are read too.
    """
    return _read(root, split, subset, list, None)


def read_on(
    root: Path,
    *,
    wrong: WrongLines,
    split: str = "test",
    subset: str | Sequence[str] | None = None,
    list: str | None = None,
) -> Dataset:
    """As `read`, past the lines that are wrong, which are added to `wrong`."""
    return _read(root, split, subset, list, wrong)


def _read(
    root: Path,
    split: str,
    subset: str | Sequence[str] | None,
    named: str | None,
    wrong: WrongLines | None,
) -> Dataset:
    where = "iharmony4"
    split_ = one_of(split, ("train", "test"), where=f"{where}: split")
    lines, places = find(root, split_, subset, named=named, where=where, wrong=wrong)
    return Dataset("iharmony4", lines, places)
