"""What was measured, in words: for the head of the report."""

import platform
from collections.abc import Sequence

from harmonia import _core
from harmonia._build import get_num_threads
from harmonia.comparison.panels import spelled
from harmonia.evaluation import _parts
from harmonia.evaluation._report.numbers import Numbers
from harmonia.evaluation._results import Results
from harmonia.evaluation._shards import Failure
from harmonia.metrics import Protocol, Ssim, find_protocol

FILTERS = {
    "antialiased": "an antialiased filter",
    "pil_bilinear": "the bilinear filter of PIL",
    "pil_bicubic": "the bicubic filter of PIL",
    "opencv_linear": "the linear filter of OpenCV",
}
CODES = {
    "rounded": "outputs are rounded to 8 bits",
    "truncated": "outputs are cut off to 8 bits",
    "tensor": "pictures go through -1..1 in float32 after that and are cut off to 8 bits",
}
PEAKS = {
    "output_range": "the largest less the smallest value of the output",
    "target_maximum": "the largest value of the real",
}
FAILURES_SHOWN = 20


def facts(numbers: Numbers) -> list[tuple[str, str]]:
    """Names and what is said of them."""
    results = numbers.results
    said = _parts.said_of_run(results.folder)
    size = f"{results.size} x {results.size}" if results.size != "native" else "as the files are"
    methods = ", ".join(results.labels)
    cores = get_num_threads()
    machine = f"{platform.machine()}, {platform.system()} {platform.release()}, {cores} threads"
    return [
        ("dataset", f"{results.dataset}, {results.samples:,} samples in all{_chosen(results)}"),
        ("list", f"SHA-256 {said.get('list', 'unknown')}"),
        ("methods", f"{len(results.labels)}: {methods}"),
        ("size", size),
        ("protocol", f"{results.protocol}: {protocol_in_words(results)}"),
        ("measured by", f"harmonia {said.get('harmonia', 'of an unknown version')}"),
        ("report by", f"harmonia {_core.version()}, Python {platform.python_version()}, {machine}"),
    ]


def cautions(numbers: Numbers, failures: Sequence[Failure] = ()) -> list[str]:
    """What a reader must know before any number."""
    results, said = numbers.results, []
    missing = {label: results.samples - len(rows) for label, rows in numbers.rows.items() if rows}
    bare = [label for label, rows in numbers.rows.items() if not rows]
    if bare:
        said.append(f"Nothing has been measured yet of {', '.join(bare)}.")
    counts = sorted(set(missing.values()) - {0})
    for count in counts:
        labels = [label for label, lacking in missing.items() if lacking == count]
        said.append(
            f"{count:,} of {results.samples:,} samples are missing of {', '.join(labels)}: means "
            "are over what is there."
        )
    if len(set(missing.values())) > 1:
        said.append("The means of these methods are not over the same samples.")
    for failure in failures[:FAILURES_SHOWN]:
        name = " of ".join(part for part in (failure.label, failure.name) if part)
        said.append(f"{name} failed: {' '.join(str(failure.error).split())}")
    if len(failures) > FAILURES_SHOWN:
        said.append(f"{len(failures) - FAILURES_SHOWN:,} more samples failed.")
    return said


def protocol_in_words(results: Results) -> str:
    """The definition of a protocol by its name, or else as the results say it."""
    if not results.has_named_protocol:
        return str(_parts.said_of_run(results.folder)["protocol_says"])
    return in_words(find_protocol(results.protocol), results.metrics)


def _chosen(results: Results) -> str:
    """How they were chosen of the dataset."""
    said = [f"{name} {value}" for name, value in results.choice.items() if value is not None]
    return f"; {', '.join(said)}" if said else ""


def in_words(protocol: Protocol, metrics: Sequence[str]) -> str:
    """One sentence for each choice that shows in a number."""
    parts = [protocol.source]
    if protocol.size is not None:
        square = f"{protocol.size} x {protocol.size} by {FILTERS[protocol.filter]}"
        parts.append(f"pictures are brought to {square}")
    if protocol.codes in CODES:
        parts.append(CODES[protocol.codes])
    soft = protocol.mask == "soft"
    parts.append(f"the mask is {'soft' if soft else 'dithered to 0 and 1'}")
    if protocol.pasted:
        parts.append("the output is blended into the real by the mask first")
    if protocol.masked_mse and {"mse", "psnr"} & set(metrics):
        parts.append("MSE and PSNR weigh errors by the mask and divide by all pixels")
    if {"psnr", "fpsnr"} & set(metrics):
        peak = protocol.peak
        parts.append(f"the peak of PSNR is {PEAKS[peak] if isinstance(peak, str) else f'{peak:g}'}")
    parts += [
        f"{value:g} is added to what {spelled(name)} divides by"
        for name, value in (
            ("fmse", protocol.fmse_epsilon),
            ("psnr", protocol.psnr_epsilon),
            ("fpsnr", protocol.fpsnr_epsilon),
        )
        if value and name in metrics
    ]
    if {"ssim", "fssim"} & set(metrics):
        parts.append(_ssim_in_words(protocol.ssim))
    return "; ".join(part for part in parts if part)


def _ssim_in_words(ssim: Ssim) -> str:
    spread = f" of sigma {ssim.sigma:g}" if ssim.window == "gaussian" else ""
    span = PEAKS[ssim.span] if isinstance(ssim.span, str) else f"{ssim.span:g}"
    edge = "windows wholly inside" if ssim.padding == "valid" else "black beyond the edges"
    more = ", sample variances" if ssim.sample else ""
    pasted = ", the output blended into the real first" if ssim.pasted else ""
    window = f"a {ssim.window} window of {ssim.size} x {ssim.size}{spread}"
    return f"SSIM has {window}, {edge}, the span {span}{more}{pasted}"
