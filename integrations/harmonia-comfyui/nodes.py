"""The nodes. ComfyUI's IMAGE is float32 (B, H, W, 3) in 0..1, its MASK (B, H, W) or (H, W).

harmonia takes channels first, so an IMAGE is turned on its way in and back on its way out. That is
a view, not a copy. What harmonia refuses, it refuses in its own words: a node adds only the shapes
that ComfyUI has and harmonia has not.
"""

from itertools import count
from pathlib import Path

import harmonia
import torch

CATEGORY = "image/harmonia"
LOOK = "HARMONIA_LOOK"  # a harmonia.Transform on its way from node to node
METHODS = ["auto", "harmonia", *harmonia.list_methods()]
STRENGTH = {"default": 1.0, "min": 0.0, "max": 1.0, "step": 0.01}


class Harmonize:
    DESCRIPTION = "Fit the colours inside the mask to the rest of each picture."
    CATEGORY = CATEGORY
    RETURN_TYPES = ("IMAGE",)
    FUNCTION = "harmonize"

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {
                "image": ("IMAGE",),
                "mask": ("MASK", {"tooltip": "white is what changes"}),
                "method": (METHODS, {"default": "auto"}),
                "strength": ("FLOAT", dict(STRENGTH)),
            },
            "optional": {
                "reference": ("IMAGE", {"tooltip": "match this instead of the background"}),
            },
        }

    def harmonize(self, image, mask, method, strength, reference=None):
        where = "Harmonize"
        result = harmonia.harmonize(
            channels_first(image, f"{where}: image"),
            mask,
            method,
            reference=optional_channels_first(reference, f"{where}: reference"),
            strength=strength,
        )
        return (channels_last(result),)


class HarmonizeLook:
    DESCRIPTION = "Fit a look to the first frame and apply it to all: video does not flicker."
    CATEGORY = CATEGORY
    RETURN_TYPES = ("IMAGE", LOOK)
    RETURN_NAMES = ("image", "look")
    FUNCTION = "harmonize"

    @classmethod
    def INPUT_TYPES(cls):
        return Harmonize.INPUT_TYPES()

    def harmonize(self, image, mask, method, strength, reference=None):
        where = "Harmonize look"
        frames = channels_first(image, f"{where}: image")
        look = harmonia.fit(
            frames[0],
            first_mask(mask),
            method,
            reference=optional_channels_first(reference, f"{where}: reference"),
        )
        return channels_last(look.apply(frames, mask, strength=strength)), look


class SaveLook:
    DESCRIPTION = "Write a look as a .cube into the output folder, for Resolve, OBS or ffmpeg."
    CATEGORY = CATEGORY
    RETURN_TYPES = ("STRING",)
    RETURN_NAMES = ("path",)
    FUNCTION = "save"
    OUTPUT_NODE = True

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {
                "look": (LOOK,),
                "filename_prefix": ("STRING", {"default": "harmonia/look"}),
                "size": ("INT", {"default": 33, "min": 2, "max": 129, "tooltip": "nodes an axis"}),
            },
        }

    def save(self, look, filename_prefix, size):
        path = str(write_numbered(look, filename_prefix, size))
        return {"ui": {"text": [path]}, "result": (path,)}


def channels_first(image, where):
    if not isinstance(image, torch.Tensor):
        raise TypeError(f"{where} must be an IMAGE, a torch tensor, got {type(image).__name__}")
    shape = tuple(image.shape)
    if len(shape) != 4 or shape[3] not in (3, 4) or 0 in shape:
        raise ValueError(f"{where} must have shape (B, H, W, 3) or (B, H, W, 4), got {shape}")
    return image.movedim(-1, 1)


def optional_channels_first(image, where):
    return None if image is None else channels_first(image, where)


def channels_last(image):
    return image.movedim(1, -1).contiguous()


def first_mask(mask):
    """That of the first frame; what is no mask is left to harmonia, which says so."""
    stacked = isinstance(mask, torch.Tensor) and mask.ndim in (3, 4) and len(mask) > 0
    return mask[:1] if stacked else mask


def write_numbered(look, prefix, size):
    """Write prefix_00001.cube, or the next number that is free, inside the output folder."""
    folder = output_folder().resolve()
    stem = (folder / prefix).resolve()
    if not prefix or prefix.endswith(("/", "\\")) or folder not in stem.parents:
        raise ValueError(
            "Save look as .cube: filename_prefix must name a file inside the output folder, "
            f"got {prefix!r}"
        )
    stem.parent.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        path = stem.with_name(f"{stem.name}_{number:05}.cube")
        if not path.exists():
            look.to_lut(size).save(path, overwrite=False)  # a look may be a table of another size
            return path


def output_folder():
    """ComfyUI's, or the current one where there is no ComfyUI."""
    try:
        import folder_paths
    except ModuleNotFoundError:
        return Path.cwd()
    return Path(folder_paths.get_output_directory())


NODE_CLASS_MAPPINGS = {
    "HarmoniaHarmonize": Harmonize,
    "HarmoniaHarmonizeLook": HarmonizeLook,
    "HarmoniaSaveLook": SaveLook,
}

NODE_DISPLAY_NAME_MAPPINGS = {
    "HarmoniaHarmonize": "Harmonize",
    "HarmoniaHarmonizeLook": "Harmonize look",
    "HarmoniaSaveLook": "Save look as .cube",
}
