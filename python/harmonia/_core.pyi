"""
The C++ kernels of harmonia. Not public: the Python layer checks what these take for granted.
"""

from __future__ import annotations

import collections.abc
import typing

import numpy
import numpy.typing

__all__: list[str] = [
    "Lut3d",
    "LutGrid",
    "LutTextError",
    "XueSides",
    "active_isa",
    "affine_transfer",
    "antialiased_resize",
    "apply_affine_grid",
    "apply_affine_planes",
    "apply_lut3d",
    "apply_lut_grid",
    "available_isas",
    "cluster_shifts",
    "compiler",
    "composite",
    "convert",
    "covariance",
    "curve_transfer",
    "cv2_resize",
    "delta_e",
    "delta_e_map",
    "error_sums",
    "fewest_lut_nodes",
    "filter_png_rows",
    "fit_lut",
    "fit_projections",
    "force_isa",
    "format_cube",
    "format_threedl",
    "half_size",
    "image_range",
    "kmeans",
    "lalonde_efros_transfer",
    "largest_gain",
    "lut3d_gradient",
    "mask_range",
    "masked_histogram",
    "masked_moments",
    "masked_percentile",
    "masked_sample",
    "match_quantiles",
    "membrane",
    "mkl",
    "most_curve_entries",
    "most_grid_cells",
    "most_guide_cells",
    "most_lut_nodes",
    "num_threads",
    "parse_cube",
    "parse_threedl",
    "pil_dither",
    "pil_grey",
    "pil_resize",
    "place_png_rows",
    "poisson",
    "projected_colors",
    "projection_directions",
    "projections_transfer",
    "regrain",
    "reinhard",
    "set_num_threads",
    "space_histogram",
    "spaces",
    "ssim",
    "threedl_bits",
    "tiff_lzw_size",
    "transport",
    "unfilter_png_rows",
    "version",
    "xiao",
    "xiao_along",
    "xiao_plain",
    "xue_transfer",
]

class LutTextError(ValueError):
    pass

class Lut3d:
    def __init__(
        self,
        nodes: numpy.typing.NDArray[numpy.float32],
        domain: tuple[
            typing.Annotated[
                collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
                "FixedSize(3)",
            ],
            typing.Annotated[
                collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
                "FixedSize(3)",
            ],
        ],
        shaper: numpy.typing.NDArray[numpy.float32] | None,
        shaper_domain: tuple[
            typing.Annotated[
                collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
                "FixedSize(3)",
            ],
            typing.Annotated[
                collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
                "FixedSize(3)",
            ],
        ],
    ) -> None: ...

class LutGrid:
    def __init__(self, nodes: numpy.typing.NDArray[numpy.float32]) -> None: ...

class XueSides:
    def __init__(
        self,
        image: numpy.ndarray,
        mask: numpy.ndarray | None,
        reference: numpy.ndarray | None,
        reference_mask: numpy.ndarray | None,
        compat: bool,
    ) -> None: ...
    def change_contrast(
        self,
        alpha: typing.SupportsFloat | typing.SupportsIndex,
        threshold: typing.SupportsFloat | typing.SupportsIndex,
    ) -> None: ...
    def change_luminance(self, stops: typing.SupportsFloat | typing.SupportsIndex) -> None: ...
    def change_saturation(self, stops: typing.SupportsFloat | typing.SupportsIndex) -> None: ...
    def change_temperature(self, mired: typing.SupportsFloat | typing.SupportsIndex) -> None: ...
    def contrast_changes(
        self,
        alphas: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
        threshold: typing.SupportsFloat | typing.SupportsIndex,
    ) -> list[float]: ...
    def foreground(
        self, property: str
    ) -> tuple[float, typing.Annotated[list[float], "FixedSize(29)"]]: ...
    def target(
        self, property: str
    ) -> tuple[float, typing.Annotated[list[float], "FixedSize(29)"]]: ...
    @property
    def luminance(self) -> float: ...
    @property
    def pixels(self) -> int: ...

def active_isa() -> str: ...
def affine_transfer(
    image: numpy.ndarray,
    mask: numpy.ndarray | None,
    strength: typing.SupportsFloat | typing.SupportsIndex,
    map: tuple[
        str,
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(9)"
        ],
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
    ],
    out: numpy.ndarray,
) -> None: ...
def antialiased_resize(image: numpy.ndarray, out: numpy.ndarray) -> None: ...
def apply_affine_grid(
    image: numpy.ndarray,
    mask: numpy.ndarray | None,
    strength: typing.SupportsFloat | typing.SupportsIndex,
    grid: numpy.typing.NDArray[numpy.float32],
    guide: numpy.ndarray | None,
    out: numpy.ndarray,
) -> None: ...
def apply_affine_planes(
    image: numpy.ndarray,
    mask: numpy.ndarray | None,
    strength: typing.SupportsFloat | typing.SupportsIndex,
    planes: numpy.typing.NDArray[numpy.float32],
    out: numpy.ndarray,
) -> None: ...
def apply_lut3d(
    image: numpy.ndarray,
    mask: numpy.ndarray | None,
    strength: typing.SupportsFloat | typing.SupportsIndex,
    lut: Lut3d,
    interpolation: str,
    out_of_range: str,
    out: numpy.ndarray,
) -> None: ...
def apply_lut_grid(
    image: numpy.ndarray,
    mask: numpy.ndarray | None,
    strength: typing.SupportsFloat | typing.SupportsIndex,
    grid: LutGrid,
    interpolation: str,
    out_of_range: str,
    out: numpy.ndarray,
) -> None: ...
def available_isas() -> list[str]: ...
def cluster_shifts(
    source: tuple[
        collections.abc.Sequence[
            typing.Annotated[
                collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
                "FixedSize(3)",
            ]
        ],
        collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    ],
    target: tuple[
        collections.abc.Sequence[
            typing.Annotated[
                collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
                "FixedSize(3)",
            ]
        ],
        collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    ],
    sigma: typing.SupportsFloat | typing.SupportsIndex,
) -> list[typing.Annotated[list[float], "FixedSize(3)"]]: ...
def compiler() -> str: ...
def composite(
    new: numpy.ndarray,
    old: numpy.ndarray,
    mask: numpy.ndarray | None,
    strength: typing.SupportsFloat | typing.SupportsIndex,
    out: numpy.ndarray,
) -> None: ...
def convert(image: numpy.ndarray, source: str, out: numpy.ndarray, target: str) -> None: ...
def covariance(
    moments: tuple[
        typing.SupportsFloat | typing.SupportsIndex,
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(6)"
        ],
    ],
) -> typing.Annotated[list[float], "FixedSize(9)"]: ...
def curve_transfer(
    image: numpy.ndarray,
    mask: numpy.ndarray | None,
    strength: typing.SupportsFloat | typing.SupportsIndex,
    curves: tuple[
        str,
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
        bool,
    ],
    out: numpy.ndarray,
) -> None: ...
def cv2_resize(image: numpy.ndarray, filter: str, out: numpy.ndarray) -> None: ...
def delta_e(
    output: numpy.ndarray, target: numpy.ndarray, mask: numpy.ndarray | None
) -> tuple[float, float, float, int, float]: ...
def delta_e_map(
    output: numpy.ndarray, target: numpy.ndarray, space: str, out: numpy.ndarray
) -> None: ...
def error_sums(
    output: numpy.ndarray, target: numpy.ndarray, mask: numpy.ndarray | None
) -> tuple[float, ...]: ...
def filter_png_rows(image: numpy.ndarray) -> numpy.typing.NDArray[numpy.uint8]: ...
def fit_lut(
    before: numpy.ndarray,
    after: numpy.ndarray,
    mask: numpy.ndarray | None,
    size: typing.SupportsInt | typing.SupportsIndex,
    smoothness: typing.SupportsFloat | typing.SupportsIndex,
    monotone: bool,
) -> numpy.typing.NDArray[numpy.float32] | None: ...
def fit_projections(
    source: numpy.typing.NDArray[numpy.float32],
    target: numpy.typing.NDArray[numpy.float32],
    directions: numpy.typing.NDArray[numpy.float64],
    paces: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    nodes: typing.SupportsInt | typing.SupportsIndex,
    matching: str,
) -> tuple[
    numpy.typing.NDArray[numpy.float64],
    numpy.typing.NDArray[numpy.float64],
    numpy.typing.NDArray[numpy.float32],
]: ...
def force_isa(isa: str) -> None: ...
def format_cube(
    title: str,
    nodes: numpy.typing.NDArray[numpy.float32] | None,
    domain: tuple[
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
    ],
    shaper: numpy.typing.NDArray[numpy.float32] | None,
    shaper_domain: tuple[
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
    ],
) -> bytes: ...
def format_threedl(
    nodes: numpy.typing.NDArray[numpy.float32] | None,
    bits: typing.SupportsInt | typing.SupportsIndex,
) -> bytes: ...
def half_size(image: numpy.ndarray) -> numpy.ndarray: ...
def image_range(image: numpy.ndarray) -> tuple[float, float, bool]: ...
def kmeans(
    points: numpy.typing.NDArray[numpy.float32],
    count: typing.SupportsInt | typing.SupportsIndex,
    seed: typing.SupportsInt | typing.SupportsIndex,
) -> tuple[list[typing.Annotated[list[float], "FixedSize(3)"]], list[float]]: ...
def lalonde_efros_transfer(
    image: numpy.ndarray,
    mask: numpy.ndarray | None,
    strength: typing.SupportsFloat | typing.SupportsIndex,
    centres: collections.abc.Sequence[
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ]
    ],
    shifts: collections.abc.Sequence[
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ]
    ],
    sigma: typing.SupportsFloat | typing.SupportsIndex,
    spaces: tuple[str, str],
    out: numpy.ndarray,
) -> None: ...
def lut3d_gradient(
    image: numpy.ndarray,
    mask: numpy.ndarray | None,
    lut: Lut3d,
    interpolation: str,
    out_of_range: str,
    gradient: numpy.ndarray,
    image_gradient: numpy.ndarray | None,
    lut_gradient: numpy.typing.NDArray[numpy.float32] | None,
    mask_gradient: numpy.ndarray | None,
) -> None: ...
def mask_range(mask: numpy.ndarray) -> tuple[float, float, bool]: ...
def masked_histogram(
    image: numpy.ndarray,
    mask: numpy.ndarray | None,
    bins: typing.SupportsInt | typing.SupportsIndex | None,
) -> tuple[numpy.typing.NDArray[numpy.float64], numpy.typing.NDArray[numpy.float64]]: ...
def masked_moments(
    image: numpy.ndarray, mask: numpy.ndarray | None, space: str
) -> tuple[
    tuple[
        float,
        typing.Annotated[list[float], "FixedSize(3)"],
        typing.Annotated[list[float], "FixedSize(6)"],
    ],
    tuple[
        float,
        typing.Annotated[list[float], "FixedSize(3)"],
        typing.Annotated[list[float], "FixedSize(6)"],
    ],
]: ...
def masked_percentile(
    image: numpy.ndarray,
    mask: numpy.ndarray | None,
    q: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
) -> numpy.typing.NDArray[numpy.float64] | None: ...
def masked_sample(
    image: numpy.ndarray,
    mask: numpy.ndarray | None,
    space: str,
    limit: typing.SupportsInt | typing.SupportsIndex,
    seed: typing.SupportsInt | typing.SupportsIndex,
) -> tuple[numpy.typing.NDArray[numpy.float32], numpy.typing.NDArray[numpy.float32]]: ...
def match_quantiles(
    source: numpy.typing.NDArray[numpy.float64],
    target: numpy.typing.NDArray[numpy.float64],
    middle: bool,
) -> numpy.typing.NDArray[numpy.float64]: ...
def membrane(
    inside: numpy.typing.NDArray[numpy.bool],
    hold: numpy.typing.NDArray[numpy.float32],
    pull: numpy.typing.NDArray[numpy.float32],
    free: typing.Annotated[collections.abc.Sequence[bool], "FixedSize(4)"],
) -> tuple[numpy.typing.NDArray[numpy.float32], int]: ...
def mkl(
    source: tuple[
        typing.SupportsFloat | typing.SupportsIndex,
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(6)"
        ],
    ],
    target: tuple[
        typing.SupportsFloat | typing.SupportsIndex,
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(6)"
        ],
    ],
) -> tuple[
    str,
    typing.Annotated[list[float], "FixedSize(9)"],
    typing.Annotated[list[float], "FixedSize(3)"],
]: ...
def num_threads() -> int: ...
def parse_cube(
    data: bytes,
) -> tuple[
    str,
    numpy.typing.NDArray[numpy.float32] | None,
    tuple[
        typing.Annotated[list[float], "FixedSize(3)"], typing.Annotated[list[float], "FixedSize(3)"]
    ],
    numpy.typing.NDArray[numpy.float32] | None,
    tuple[
        typing.Annotated[list[float], "FixedSize(3)"], typing.Annotated[list[float], "FixedSize(3)"]
    ],
]: ...
def parse_threedl(data: bytes) -> numpy.typing.NDArray[numpy.float32]: ...
def pil_dither(image: numpy.ndarray, out: numpy.ndarray) -> None: ...
def pil_grey(image: numpy.ndarray, out: numpy.ndarray) -> None: ...
def pil_resize(
    image: numpy.ndarray,
    filter: str,
    box: tuple[
        typing.SupportsFloat | typing.SupportsIndex,
        typing.SupportsFloat | typing.SupportsIndex,
        typing.SupportsFloat | typing.SupportsIndex,
        typing.SupportsFloat | typing.SupportsIndex,
    ],
    version_13: bool,
    out: numpy.ndarray,
) -> None: ...
def place_png_rows(
    plain: numpy.typing.NDArray[numpy.uint8],
    width: typing.SupportsInt | typing.SupportsIndex,
    bits: typing.SupportsInt | typing.SupportsIndex,
    grid: typing.Annotated[
        collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(4)"
    ],
    image: numpy.ndarray,
) -> None: ...
def poisson(
    image: numpy.ndarray,
    mask: numpy.ndarray | None,
    reference: numpy.ndarray | None,
    reference_mask: numpy.ndarray | None,
    ring: typing.SupportsInt | typing.SupportsIndex,
    strength: typing.SupportsFloat | typing.SupportsIndex,
    out: numpy.ndarray,
) -> None: ...
def projected_colors(
    image: numpy.ndarray,
    mask: numpy.ndarray | None,
    projections: tuple[
        typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
        typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
        typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
    ],
    out: numpy.ndarray,
) -> None: ...
def projection_directions(
    steps: typing.SupportsInt | typing.SupportsIndex,
    axes: typing.SupportsInt | typing.SupportsIndex,
    seed: typing.SupportsInt | typing.SupportsIndex,
) -> numpy.typing.NDArray[numpy.float64]: ...
def projections_transfer(
    image: numpy.ndarray,
    mask: numpy.ndarray | None,
    strength: typing.SupportsFloat | typing.SupportsIndex,
    projections: tuple[
        typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
        typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
        typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
    ],
    out: numpy.ndarray,
) -> None: ...
def regrain(
    image: numpy.ndarray,
    changed: numpy.ndarray,
    mask: numpy.ndarray | None,
    strength: typing.SupportsFloat | typing.SupportsIndex,
    smoothness: typing.SupportsFloat | typing.SupportsIndex,
    whole: bool,
    out: numpy.ndarray,
) -> None: ...
def reinhard(
    source: tuple[
        typing.SupportsFloat | typing.SupportsIndex,
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(6)"
        ],
    ],
    target: tuple[
        typing.SupportsFloat | typing.SupportsIndex,
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(6)"
        ],
    ],
    space: str,
) -> tuple[
    str,
    typing.Annotated[list[float], "FixedSize(9)"],
    typing.Annotated[list[float], "FixedSize(3)"],
]: ...
def set_num_threads(count: typing.SupportsInt | typing.SupportsIndex) -> None: ...
def space_histogram(
    image: numpy.ndarray,
    mask: numpy.ndarray | None,
    space: str,
    low: typing.Annotated[
        collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
    ],
    high: typing.Annotated[
        collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
    ],
    bins: typing.SupportsInt | typing.SupportsIndex,
) -> tuple[numpy.typing.NDArray[numpy.float64], numpy.typing.NDArray[numpy.float64]]: ...
def spaces() -> list[str]: ...
def ssim(
    output: numpy.ndarray,
    target: numpy.ndarray,
    mask: numpy.ndarray | None,
    taps: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    padding: str,
    c1: typing.SupportsFloat | typing.SupportsIndex,
    c2: typing.SupportsFloat | typing.SupportsIndex,
    covariance_scale: typing.SupportsFloat | typing.SupportsIndex,
) -> tuple[
    typing.Annotated[list[float], "FixedSize(3)"],
    typing.Annotated[list[float], "FixedSize(3)"],
    typing.Annotated[list[float], "FixedSize(3)"],
    float,
    int,
]: ...
def threedl_bits(most: typing.SupportsInt | typing.SupportsIndex) -> int: ...
def tiff_lzw_size(packed: bytes, size: typing.SupportsInt | typing.SupportsIndex) -> int: ...
def transport(
    supply: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    demand: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    cost: numpy.typing.NDArray[numpy.float64],
) -> numpy.typing.NDArray[numpy.float64]: ...
def unfilter_png_rows(
    filtered: numpy.typing.NDArray[numpy.uint8],
    pixel: typing.SupportsInt | typing.SupportsIndex,
    plain: numpy.typing.NDArray[numpy.uint8],
) -> int: ...
def version() -> str: ...
def xiao(
    source: tuple[
        typing.SupportsFloat | typing.SupportsIndex,
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(6)"
        ],
    ],
    target: tuple[
        typing.SupportsFloat | typing.SupportsIndex,
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(6)"
        ],
    ],
) -> tuple[
    str,
    typing.Annotated[list[float], "FixedSize(9)"],
    typing.Annotated[list[float], "FixedSize(3)"],
]: ...
def xiao_along(
    source: tuple[
        typing.SupportsFloat | typing.SupportsIndex,
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(6)"
        ],
    ],
    target: tuple[
        typing.SupportsFloat | typing.SupportsIndex,
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(6)"
        ],
    ],
    source_axes: typing.Annotated[
        collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(9)"
    ],
    target_axes: typing.Annotated[
        collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(9)"
    ],
) -> tuple[
    str,
    typing.Annotated[list[float], "FixedSize(9)"],
    typing.Annotated[list[float], "FixedSize(3)"],
]: ...
def xiao_plain(
    source: tuple[
        typing.SupportsFloat | typing.SupportsIndex,
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(6)"
        ],
    ],
    target: tuple[
        typing.SupportsFloat | typing.SupportsIndex,
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(6)"
        ],
    ],
) -> tuple[
    str,
    typing.Annotated[list[float], "FixedSize(9)"],
    typing.Annotated[list[float], "FixedSize(3)"],
]: ...
def xue_transfer(
    image: numpy.ndarray,
    mask: numpy.ndarray | None,
    strength: typing.SupportsFloat | typing.SupportsIndex,
    map: tuple[
        typing.SupportsFloat | typing.SupportsIndex,
        typing.SupportsFloat | typing.SupportsIndex,
        typing.SupportsFloat | typing.SupportsIndex,
        typing.SupportsFloat | typing.SupportsIndex,
        typing.SupportsFloat | typing.SupportsIndex,
        bool,
    ],
    out: numpy.ndarray,
) -> None: ...

fewest_lut_nodes: int = 2
largest_gain: float = 10.0
most_curve_entries: int = 65536
most_grid_cells: int = 1024
most_guide_cells: int = 256
most_lut_nodes: int = 129
