"""SSAM: a U-Net with attention apart for foreground and background (Cun and Pun 2020).

Paper: Cun and Pun, "Improving the Harmony of the Composite Image by Spatial-Separated Attention
Module" (S2AM), TIP 2020; here as Sofiiuk, Popenova and Konushin (WACV 2021) trained it to compare
with, where the mask of the foreground is given and there is no adversary.
Code: github.com/saic-vul/image_harmonization, MPL-2.0; no weights of it are published.
It is iSSAM twice as wide, and without the map that mixes the output with the input: every colour
comes from the network. Sides are multiples of 8; it is trained at 256, where a picture is brought
to by cv2's linear resize of picture and mask. The mask stays soft, and nothing is pasted.
"""

from functools import partial

from harmonia.nets._network import Architecture
from harmonia.nets.issam import SeparatedUNet

ARCHITECTURE = Architecture(
    variants={
        "256": partial(
            SeparatedUNet, base=256, depth=4, width=64, attend_from=2, middle=2.0, blend=False
        )
    }
)
