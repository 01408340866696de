"""Images, masks and videos from files and to files: nothing is lost or converted in silence."""

from harmonia._image_files.decoded import ImageFileError
from harmonia._video_files import VideoFileError
from harmonia.io.masks import MaskFile, MaskWarning, read_mask
from harmonia.io.pictures import LossWarning, Picture, read, write
from harmonia.io.profiles import ProfileError, profiles_differ, to_srgb
from harmonia.io.video_reading import VideoReader, open_video
from harmonia.io.video_writing import VideoWriter, video_writer

__all__ = [
    "ImageFileError",
    "LossWarning",
    "MaskFile",
    "MaskWarning",
    "Picture",
    "ProfileError",
    "VideoFileError",
    "VideoReader",
    "VideoWriter",
    "open_video",
    "profiles_differ",
    "read",
    "read_mask",
    "to_srgb",
    "video_writer",
    "write",
]
