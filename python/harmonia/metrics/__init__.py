"""Metrics of an output against its target: `evaluate` runs several in one pass, each is a function.

Every number is on the scale 0..255 whatever the dtype, and computed under a protocol: "harmonia" by
default, or the name of the paper whose numbers it stands beside.
"""

from harmonia.metrics._protocols import Protocol, Ssim, find_protocol, list_protocols
from harmonia.metrics._scores import Mean, Scores, Summary, foreground_bins, summarize
from harmonia.metrics.background_mse import background_mse
from harmonia.metrics.delta_e import delta_e
from harmonia.metrics.fdelta_e import fdelta_e
from harmonia.metrics.fmae import fmae
from harmonia.metrics.fmse import fmse
from harmonia.metrics.fpsnr import fpsnr
from harmonia.metrics.fssim import fssim
from harmonia.metrics.lpips import lpips
from harmonia.metrics.mae import mae
from harmonia.metrics.ms_ssim import ms_ssim
from harmonia.metrics.mse import mse
from harmonia.metrics.psnr import psnr
from harmonia.metrics.ssim import ssim

__all__ = [
    "Mean",
    "Protocol",
    "Scores",
    "Ssim",
    "Summary",
    "background_mse",
    "delta_e",
    "fdelta_e",
    "find_protocol",
    "fmae",
    "fmse",
    "foreground_bins",
    "fpsnr",
    "fssim",
    "list_protocols",
    "lpips",
    "mae",
    "ms_ssim",
    "mse",
    "psnr",
    "ssim",
    "summarize",
]
