"""iSEUNet: a U-Net that weighs channels by what is in the mask and around it (Sofiiuk et al. 2021).

Paper: Sofiiuk, Popenova, Konushin, "Foreground-aware Semantic Representations for Image
Harmonization", WACV 2021.
Code: github.com/saic-vul/image_harmonization, MPL-2.0, under the name of iseunetv1_256; no weights
of it are published.
The U-Net of SSAM, where one gate for each channel takes the place of the separated attention, in
the last two steps up. Nothing of the input is mixed into the output. Sides are multiples of 8; it
is trained at 256, where a picture is brought to by cv2's linear resize of picture and mask. The
mask stays soft, and nothing is pasted.
"""

from functools import partial

from harmonia.nets._network import Architecture
from harmonia.nets.issam import SeparatedUNet

ARCHITECTURE = Architecture(
    variants={
        "256": partial(
            SeparatedUNet, base=256, depth=4, width=64, attend_from=1, middle=None, blend=False
        )
    }
)
