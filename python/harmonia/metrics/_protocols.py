"""How a paper turns an output, its target and a mask into numbers: each protocol as data.

The defaults of `Protocol` and `Ssim` are the canonical protocol, "harmonia". The others say where
they differ from it, and follow the code that printed a paper's numbers where text and code differ.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal, get_args

SIX = ("mse", "fmse", "psnr", "fpsnr", "ssim", "fssim")
OURS = (
    "background_mse",
    "delta_e",
    "fdelta_e",
    "fmae",
    "lpips",
    "mae",
    "ms_ssim",
)

Filter = Literal["antialiased", "pil_bilinear", "pil_bicubic", "opencv_linear"]
Codes = Literal["kept", "rounded", "truncated", "tensor"]
MaskReading = Literal["soft", "dithered"]
Peak = float | Literal["output_range", "target_maximum"]
Window = Literal["gaussian", "uniform"]
Padding = Literal["valid", "zero"]


def _check_choice(value: str, choices: tuple[str, ...], where: str) -> None:
    if value not in choices:
        raise ValueError(f"{where} must be one of {', '.join(choices)}, got {value!r}")


def _check_amount(value: float | str, names: tuple[str, ...], where: str) -> None:
    if value not in names and (isinstance(value, str) or not value > 0.0):
        known = "".join(f" or {name!r}" for name in names)
        raise ValueError(f"{where} must be a number above 0{known}, got {value!r}")


@dataclass(frozen=True, kw_only=True)
class Ssim:
    """The window and the constants of a structural similarity.

    Parameters
    ----------
    window, size, sigma
        A "gaussian" of that standard deviation, or "uniform", for which sigma does not count.
    padding
        "valid" measures windows wholly inside the image; "zero" every pixel, black beyond the edge.
    span
        L in the constants (0.01 L)^2 and (0.03 L)^2, for values 0..255. The "output_range" of an
        output of one colour is 0, and its SSIM is NaN.
    sample
        Variances are divided by the n - 1 of the window's n pixels.
    pasted
        The output is blended into the target by the mask first.
    """

    window: Window = "gaussian"
    size: int = 11
    sigma: float = 1.5
    padding: Padding = "valid"
    span: float | Literal["output_range"] = 255.0
    sample: bool = False
    pasted: bool = False

    def __post_init__(self) -> None:
        where = "Ssim"
        _check_choice(self.window, get_args(Window), f"{where}: window")
        _check_choice(self.padding, get_args(Padding), f"{where}: padding")
        _check_amount(self.span, ("output_range",), f"{where}: span")
        _check_amount(self.sigma, (), f"{where}: sigma")
        if self.size % 2 != 1 or not 3 <= self.size <= 31:
            raise ValueError(f"{where}: size must be an odd number from 3 to 31, got {self.size}")

    @property
    def smallest(self) -> int:
        """The shortest side of an image that holds a window."""
        return self.size if self.padding == "valid" else 1


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """What is done to the images, and how each number comes out of them.

    Parameters
    ----------
    name, source
        What results are marked with, and where the definition stands.
    defines
        The metrics that the paper's code computes; others are refused.
    size, filter
        Output, target and mask are resized to a square of `size` pixels by `filter`; None leaves
        them. Names starting with `"pil_"` and `"opencv_"` give those libraries' own results.
    codes
        What happens to values: "kept"; "rounded" or "truncated" to 8 bits before resizing, as in a
        saved file; or "tensor", for images that went through -1..1 in float32 after resizing and
        were cut off to whole codes, so that 1 to 63 lose one.
    mask
        "soft" weights, or "dithered" to 0 and 1 as PIL's mode 1 does, and resized by "nearest".
    pasted
        The output is blended into the target by the mask before anything is measured.
    masked_mse
        MSE and PSNR weigh errors by the mask, and still divide by all pixels.
    fmse_epsilon, psnr_epsilon, fpsnr_epsilon
        Added to what is divided by.
    peak
        Of PSNR and fPSNR: a number, "output_range" (largest less smallest value of the output), or
        "target_maximum".
    ssim
        The window and constants of SSIM and fSSIM.

    A protocol of your own starts from another one:

    >>> from dataclasses import replace
    >>> bright = replace(harmonia.metrics.find_protocol("harmonia"), name="own", peak=200.0)
    >>> harmonia.evaluate(image, image, mask, protocol=bright).protocol
    'own'
    """

    name: str
    source: str = ""
    defines: tuple[str, ...] = SIX
    size: int | None = None
    filter: Filter = "antialiased"
    codes: Codes = "kept"
    mask: MaskReading = "soft"
    pasted: bool = False
    masked_mse: bool = False
    fmse_epsilon: float = 0.0
    psnr_epsilon: float = 0.0
    fpsnr_epsilon: float = 0.0
    peak: Peak = 255.0
    ssim: Ssim = Ssim()

    def __post_init__(self) -> None:
        where = f"protocol {self.name!r}"
        _check_choice(self.filter, get_args(Filter), f"{where}: filter")
        _check_choice(self.codes, get_args(Codes), f"{where}: codes")
        _check_choice(self.mask, get_args(MaskReading), f"{where}: mask")
        _check_amount(self.peak, ("output_range", "target_maximum"), f"{where}: peak")
        for metric in self.defines:
            _check_choice(metric, SIX + OURS, f"{where}: defines")
        if self.size is not None and self.size < 1:
            raise ValueError(f"{where}: size must be at least 1 or None, got {self.size}")

    @property
    def usual_metrics(self) -> tuple[str, ...]:
        """Those of mse, fmse, psnr, fpsnr, ssim and fssim that the protocol defines."""
        return tuple(name for name in SIX if name in self.defines)

    def reads_mask(self, metric: str) -> bool:
        """Whether a metric that is usually of the whole image needs the mask here."""
        if metric in ("mse", "psnr") and self.masked_mse:
            return True
        return self.pasted or (metric == "ssim" and self.ssim.pasted)


_IDIH = Protocol(
    name="idih",
    source="Sofiiuk et al. 2021, iharm/inference/metrics.py",
    defines=("mse", "fmse", "psnr"),
    size=256,
    filter="opencv_linear",
    peak="target_maximum",
    fmse_epsilon=1e-6,
    psnr_epsilon=1e-6,
)
_FULL_SIZE = replace(_IDIH, size=None, masked_mse=True, ssim=Ssim(pasted=True))

PROTOCOLS = {
    protocol.name: protocol
    for protocol in (
        Protocol(name="harmonia", source="every metric as its docstring says", defines=SIX + OURS),
        Protocol(
            name="ihd_script",
            source="Cong et al. 2020, evaluation.py beside the dataset iHarmony4",
            defines=("mse", "fmse", "psnr"),
            size=256,
            filter="pil_bicubic",
            codes="rounded",
            mask="dithered",
            peak="output_range",
        ),
        Protocol(
            name="dovenet",
            source="Cong et al. 2020, DoveNet/test.py",
            defines=("mse", "psnr"),
            size=256,
            filter="pil_bilinear",
            codes="tensor",
            peak="output_range",
        ),
        _IDIH,
        replace(
            _IDIH,
            name="cdtnet",
            source="Cong et al. 2022, iharm/inference/metrics.py",
            defines=SIX,
            size=1024,
            fpsnr_epsilon=1e-6,
            ssim=Ssim(size=7, padding="zero", span="output_range"),
        ),
        replace(
            _FULL_SIZE,
            name="dccf",
            source="Xue et al. 2022, iharm/inference/metrics.py",
            defines=("mse", "fmse", "psnr", "ssim"),
        ),
        replace(
            _FULL_SIZE,
            name="pctnet",
            source="Guerreiro et al. 2023, iharm/inference/metrics.py",
            defines=("mse", "fmse", "psnr", "ssim"),
            peak=255.0,
        ),
        Protocol(
            name="iih",
            source="Guo et al. 2021, evaluation/ih_evaluation.py",
            size=256,
            filter="pil_bicubic",
            codes="truncated",
            mask="dithered",
            ssim=Ssim(padding="zero", span=1.0),
        ),
        Protocol(
            name="harmonizer",
            source="Ke et al. 2022, src/val_harmonizer.py",
            defines=("mse", "fmse", "psnr", "ssim"),
            size=256,
            filter="pil_bilinear",
            mask="dithered",
            peak="output_range",
            ssim=Ssim(window="uniform", size=7, span=2.0, sample=True),
        ),
        Protocol(
            name="rainnet",
            source="Ling et al. 2021, evaluate.py",
            defines=("mse", "psnr"),
            size=256,
            filter="pil_bilinear",
            codes="tensor",
            mask="dithered",
            pasted=True,
        ),
    )
}


def list_protocols() -> list[str]:
    """The names of protocols. Any of them takes a size, as in "harmonia-256" or "cdtnet-1024".

    >>> "idih" in harmonia.metrics.list_protocols()
    True
    """
    return list(PROTOCOLS)


def find_protocol(protocol: str | Protocol, *, where: str = "find_protocol") -> Protocol:
    """The protocol of a name, with its definitions to read; "NAME-SIZE" resizes to that size.

    >>> harmonia.metrics.find_protocol("idih").peak
    'target_maximum'
    >>> harmonia.metrics.find_protocol("harmonia-256").size
    256
    """
    if isinstance(protocol, Protocol):
        return protocol
    if not isinstance(protocol, str):
        raise TypeError(
            f"{where}: protocol must be a name or a Protocol, got {type(protocol).__name__}"
        )
    name, _, size = protocol.partition("-")
    if name not in PROTOCOLS or (size and not re.fullmatch("[1-9][0-9]*", size)):
        raise ValueError(
            f"{where}: unknown protocol {protocol!r}; choose one of {', '.join(PROTOCOLS)}, "
            f"or one with a size such as 'harmonia-256'"
        )
    found = PROTOCOLS[name]
    return replace(found, name=protocol, size=int(size)) if size else found
