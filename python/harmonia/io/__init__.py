"""Images and masks from files and to files: nothing is lost, scaled or converted in silence."""

from harmonia._image_files.decoded import ImageFileError
from harmonia.io.masks import MaskFile, MaskWarning, read_mask
from harmonia.io.pictures import LossWarning, Picture, read, write
from harmonia.io.profiles import ProfileError, profiles_differ, to_srgb

__all__ = [
    "ImageFileError",
    "LossWarning",
    "MaskFile",
    "MaskWarning",
    "Picture",
    "ProfileError",
    "profiles_differ",
    "read",
    "read_mask",
    "to_srgb",
    "write",
]
