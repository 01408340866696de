"""U-Net with attention: DoveNet's generator, trained without its discriminator (Cong et al. 2020).

Paper: Cong, Zhang, Niu, Liu, Ling, Li, Zhang, "DoveNet: Deep Image Harmonization via Domain
Verification", CVPR 2020, where it is the baseline "U-Net + attention".
Code: github.com/bcmi/Image-Harmonization-Dataset-iHarmony4, MIT, where it is `unetatt`, and of the
very class that DoveNet's is: see there for sizes, masks and `bn`. The loss alone differs, L1 times
100, and pictures were flipped in training. The code never gives its optimizer to the scheduler, so
that its learning rate does not fall. A checkpoint has DoveNet's names and shapes; which network it
is of cannot be told from the file.
"""

from harmonia.nets._network import Architecture
from harmonia.nets.dovenet import DoveNet

ARCHITECTURE = Architecture(variants={"256": DoveNet})
