"""The order of the gallery: what one meets first comes first."""

NAMES = (
    "first_picture",
    "strength",
    "soft_masks",
    "bad_mask",
    "cutout",
    "methods",
    "compare",
    "reference",
    "default_network",
    "cube",
    "video",
    "sixteen_bits",
    "metrics",
    "heat_map",
    "synthesis",
    "figure",
    "training",
    "own_method",
)


class InOrder:
    """The sort key that sphinx-gallery asks for a folder."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __call__(self, file: str) -> int:
        return NAMES.index(file.removeprefix("plot_").removesuffix(".py"))

    def __repr__(self) -> str:
        return "InOrder"
