"""Images and masks from files and to files: nothing is lost, scaled or converted in silence."""

from harmonia._image_files.decoded import ImageFileError
from harmonia.io.masks import MaskFile, MaskWarning, read_mask
from harmonia.io.pictures import LossWarning, Picture, read, write

__all__ = [
    "ImageFileError",
    "LossWarning",
    "MaskFile",
    "MaskWarning",
    "Picture",
    "read",
    "read_mask",
    "write",
]
