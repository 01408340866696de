"""How iHarmony4's test set spreads, as its owners and others have published it."""

from typing import NamedTuple


class Means(NamedTuple):
    """Means over the composites of a sub-dataset, none of them harmonized."""

    mse: float
    psnr: float
    fmse: float
    foreground: float  # the mean of the masks, 0..1


# At 256 x 256 by the script beside the dataset. MSE, PSNR and the fMSE of all: the table in
# the README of bcmi/Image-Harmonization-Dataset-iHarmony4. fMSE by sub-dataset: the README of
# zhenglab/IntrinsicHarmony, which resizes alike and has the same MSE.
AT_256 = {
    "HCOCO": Means(69.37, 33.94, 996.59, 0.0661),
    "HAdobe5k": Means(345.54, 28.16, 2051.61, 0.1433),
    "HFlickr": Means(264.35, 28.32, 1574.37, 0.1676),
    "Hday2night": Means(109.65, 34.01, 1409.98, 0.0640),
    "All": Means(172.47, 31.63, 1387.30, 0.0999),
}

# At the sizes of the files, from the scores of each image in rakutentech/PCT-Net, which weighs
# errors by the mask; so do the shares of foreground in both tables, which are of its masks.
NATIVE = {
    "HCOCO": Means(73.03, 33.54, 1079.71, 0.0661),
    "HAdobe5k": Means(354.46, 28.16, 2148.42, 0.1433),
    "HFlickr": Means(270.99, 28.23, 1646.29, 0.1676),
    "Hday2night": Means(113.07, 33.96, 1502.99, 0.0640),
    "All": Means(177.99, 31.39, 1462.45, 0.0999),
}
