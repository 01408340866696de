"""The functional API: check, look the method up, run it, give back the caller's type."""

import functools
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from harmonia import models
from harmonia._arrays import (
    EVERYWHERE,
    Images,
    Mask,
    open_image,
    open_images,
    open_masks,
    place_of,
)
from harmonia._registry import (
    check_options,
    find_method,
    find_metric,
    is_network,
    method_name,
)
from harmonia._scene import Scene, check_reference_mask
from harmonia._session import LoadedNetwork
from harmonia.metrics import Protocol, Scores
from harmonia.metrics._metric import Metric
from harmonia.metrics._open import Target, open_pairs
from harmonia.metrics._pair import Pair
from harmonia.metrics._protocols import find_protocol
from harmonia.transform import UNCHANGED, Change, Transform, as_transform, check_strength

T = TypeVar("T")


def harmonize(
    image: T,
    mask: Any,
    method: str = "auto",
    *,
    reference: Any = None,
    reference_mask: Any = None,
    strength: float = 1.0,
    device: Any = None,
    **options: Any,
) -> T:
    """Fit the colours of a pasted foreground to its background.

    White in `mask` is what changes; black keeps every bit it has. The result has the type, shape,
    dtype and device of `image`: a NumPy array (H, W, 3) or (H, W, 4), a PIL image, or a torch
    tensor (3, H, W) or (N, 3, H, W). uint8 is 0..255, uint16 0..65535, floats are 0..1; a fourth
    channel is carried through.

    Parameters
    ----------
    image
        The composite.
    mask
        (H, W): bool, uint8 0..255 or float 0..1. Values between blend, and weigh in the statistics.
    method
        "auto" is the network "harmonia", which ships with its weights; with a reference, or where
        nothing is installed to run it (a warning says so), it is a colour transform:
        "lalonde_efros" on the CPU, "mkl" on CUDA. Or a name from `list_methods()`, or one from
        `list_networks()` with `weights=` and other options of `load`; for several pictures `load`
        such a network once.
    reference, reference_mask
        Match this image (inside its mask) instead of the composite's own background.
    strength
        0 changes nothing, 1 all the way.
    device
        Where a network runs; by default, where the image is. Methods without weights run where
        the image is, and anything else is an error.
    options
        Keyword arguments of the method.

    >>> out = harmonia.harmonize(image, mask, method="reinhard")
    >>> out.shape == image.shape and out.dtype == image.dtype
    True
    >>> bool((out[mask == 0] == image[mask == 0]).all())
    True
    """
    where = "harmonize"
    here = place_of(image, where=f"{where}: image")
    method = method_name(method, where=where, device=here, reference=reference is not None)
    if is_network(method):
        session = _open_network(method, device or here, options, where)
        return session.harmonized(
            image,
            mask,
            reference=reference,
            reference_mask=reference_mask,
            strength=strength,
            where=where,
        )
    module = find_method(method, where=where)
    check_options(module, options, where=where)
    images = open_images(image, where=f"{where}: image")
    masks = open_masks(mask, images, where=f"{where}: mask")
    references = _open_references(reference, reference_mask, images, where)
    check_strength(strength, where=f"{where}: strength")
    _check_device(device, images, where)

    out = images.like()
    for i, (frame, to) in enumerate(zip(images.frames, out.frames, strict=True)):
        scene = Scene(frame, masks[i], *references[i])
        change: Change = UNCHANGED if scene.mask.empty else module.fit(scene, **options)
        change.write(frame, masks[i], strength, to)
    result: T = images.restore(out)
    return result


def fit(
    image: Any,
    mask: Any,
    method: str = "auto",
    *,
    reference: Any = None,
    reference_mask: Any = None,
    **options: Any,
) -> Transform:
    """Fit a method to one composite and keep the transform, to apply it to other frames.

    `harmonize(image, mask, method)` is `fit(image, mask, method).apply(image, mask)`.

    >>> look = harmonia.fit(image, mask, "reinhard")
    >>> frames = [look.apply(frame, mask) for frame in (image, image[:, ::-1].copy())]
    """
    where = "fit"
    here = place_of(image, where=f"{where}: image")
    method = method_name(method, where=where, device=here, reference=reference is not None)
    if is_network(method):
        session = _open_network(method, here, options, where)
        return session.fitted(
            image, mask, reference=reference, reference_mask=reference_mask, where=where
        )
    module = find_method(method, where=where)
    check_options(module, options, where=where)
    images = open_image(image, where=f"{where}: image")
    (opened,) = open_masks(mask, images, where=f"{where}: mask")
    (target,) = _open_references(reference, reference_mask, images, where)
    if opened.empty:
        raise ValueError(f"{where}: mask is empty, so there is no foreground to fit")
    change: Change = module.fit(Scene(images.frames[0], opened, *target), **options)
    return as_transform(change, f"method {method!r}")


@dataclass(frozen=True)
class Harmonizer:
    """A method with its options, ready to be called many times. Safe to share between threads."""

    method: str
    options: dict[str, Any] = field(default_factory=dict)

    def __call__(
        self,
        image: T,
        mask: Any,
        *,
        reference: Any = None,
        reference_mask: Any = None,
        strength: float = 1.0,
    ) -> T:
        """As `harmonize`."""
        return harmonize(
            image,
            mask,
            self.method,
            reference=reference,
            reference_mask=reference_mask,
            strength=strength,
            **self.options,
        )

    def fit(
        self, image: Any, mask: Any, *, reference: Any = None, reference_mask: Any = None
    ) -> Transform:
        """As the function `fit`."""
        return fit(
            image,
            mask,
            self.method,
            reference=reference,
            reference_mask=reference_mask,
            **self.options,
        )


def load(method: str = "auto", **options: Any) -> Harmonizer | LoadedNetwork:
    """Choose a method and its options once, and call it many times. A network is loaded here.

    Parameters
    ----------
    method
        A name from `list_methods()` or `list_networks()`. Networks take a variant behind a dot,
        such as "issam.512"; without it the weights tell.
    options
        Keyword arguments of the method. Of a network: `weights`, a file of its authors or one of
        safetensors, needless for one that ships with its own; `device`; `dtype`, "float32",
        "bfloat16" or "float16", in which convolutions run; `flip`, whether to average with what
        becomes of the mirrored picture; `compile`, whether torch compiles it (or by which of its
        backends), for networks of one size; `channels_last`, the layout of weights that some
        processors prefer; `detail`, whether what a network does at its own small size is added to
        the full picture (True) or replaces it; `backend`, "torch" or "onnx", which needs no torch:
        it runs models of `nets.export_onnx` and, on the CPU, what ships; and what its own `choices`
        are, such as `bn` of DoveNet and `label` of S2CRNet.

    >>> harmonizer = harmonia.load("reinhard", space="lab")
    >>> out = harmonizer(image, mask, strength=0.8)
    """
    where = "load"
    name = method_name(method, where=where)
    if is_network(name):
        network = _open_network(name, "cpu", options, where)
        if name == method:
            return network
    else:
        check_options(find_method(name, where=where), options, where=where)
    # "auto" is chosen anew for each picture, by where it is and whether there is a reference.
    return Harmonizer(method, dict(options))


def evaluate(
    output: Any,
    target: Any,
    mask: Any = None,
    metrics: Sequence[str] | None = None,
    protocol: str | Protocol = "harmonia",
) -> Scores | list[Scores]:
    """Score an output against its target: several metrics, measured in one pass over the images.

    Parameters
    ----------
    output, target
        Two images of one size; as for `harmonize`, or torch batches. Their dtypes may differ:
        every number is on the scale 0..255.
    mask
        The foreground, as for `harmonize`. Only metrics of the whole image do without.
    metrics
        Names from `list_metrics()`. By default mse, fmse, psnr, fpsnr, ssim and fssim, or those of
        them that the protocol defines.
    protocol
        How each number is computed: "harmonia", or the name of the paper whose numbers these stand
        beside, from `harmonia.metrics.list_protocols()`. A name may say at which size: "idih-512".
        "harmonia" measures at the size given, rounds nothing, and weighs by the soft mask.

    Returns
    -------
    A dict of floats that carries the protocol's name, and for a batch a list of them. What has no
    value, such as the fMSE of an empty mask, is NaN; the PSNR of equal images is infinite.

    >>> scores = harmonia.evaluate(harmonia.harmonize(image, mask), image, mask)
    >>> list(scores)
    ['mse', 'fmse', 'psnr', 'fpsnr', 'ssim', 'fssim']
    >>> scores.protocol
    'harmonia'
    """
    where = "evaluate"
    chosen = find_protocol(protocol, where=where)
    found = _find_metrics(metrics, chosen, where)
    pairs = open_pairs(output, target, mask, chosen, found, where=where)
    scores = [_scored(pair, found, chosen) for pair in pairs.pairs]
    return scores if pairs.batched else scores[0]


def scorer(
    target: Any, mask: Any, metrics: Sequence[str] | None, protocol: Protocol
) -> Callable[[Any], Scores]:
    """`evaluate` as a function of the output, for several of one target. That and the mask are
    checked and prepared once.
    """
    found = _find_metrics(metrics, protocol, "evaluate")
    opened = Target(target, mask, protocol, found, where="evaluate")
    return lambda output: _scored(opened.pair(output), found, protocol)


def _find_metrics(metrics: Sequence[str] | None, protocol: Protocol, where: str) -> list[Metric]:
    names = protocol.usual_metrics if metrics is None else metrics
    if isinstance(names, str):
        raise TypeError(
            f"{where}: metrics must be a sequence of names, got {names!r}; use [{names!r}]"
        )
    return [find_metric(name, where=where) for name in names]


def _scored(pair: Pair, metrics: Sequence[Metric], protocol: Protocol) -> Scores:
    return Scores(
        {metric.name: metric.of(pair) for metric in metrics},
        protocol=protocol.name,
        foreground_ratio=pair.foreground_ratio,
    )


def _open_network(
    method: str, device: Any, options: Mapping[str, Any], where: str
) -> LoadedNetwork:
    """On `device` unless the options name another; one that ships with no other is loaded once."""
    others = dict(options)
    device = others.pop("device", device)
    if models.is_bundled(method) and not others:
        return _open_bundled(method, str(device), where)
    return _open_session(method, device, others, where)


@functools.lru_cache(maxsize=8)
def _open_bundled(method: str, device: str, where: str) -> LoadedNetwork:
    return _open_session(method, device, {}, where)


def _open_session(method: str, device: Any, options: dict[str, Any], where: str) -> LoadedNetwork:
    bundled = models.is_bundled(method) and "weights" not in options
    usual = (models.engine(str(device)) or "onnx") if bundled else "torch"
    backend = options.pop("backend", usual)
    if backend not in ("torch", "onnx"):
        raise ValueError(f"{where}: backend must be 'torch' or 'onnx', got {backend!r}")
    try:
        home = importlib.import_module(
            "harmonia.nets._session" if backend == "torch" else "harmonia._onnx"
        )
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{where}: {error}", name=error.name) from error
    if bundled:
        options["weights"] = models.file_of(method, backend)
        if backend == "onnx":
            options.setdefault("threads", 1)
    opener = home.open_session if backend == "torch" else home.open_onnx
    session: LoadedNetwork = opener(method, device=device, where=where, **options)
    return session


def _open_references(
    reference: Any, reference_mask: Any, images: Images, where: str
) -> list[tuple[Any, Mask]]:
    """For every image the reference's frame and mask; a single reference serves them all."""
    count = len(images.frames)
    check_reference_mask(reference, reference_mask, where=where)
    if reference is None:
        return [(None, EVERYWHERE)] * count
    opened = open_images(reference, where=f"{where}: reference")
    if opened.device != images.device:
        raise TypeError(
            f"{where}: reference must be on {images.device} like the image, got {opened.device}; "
            f"pass it as a torch tensor on {images.device}"
        )
    if len(opened.frames) not in (1, count):
        raise ValueError(
            f"{where}: reference must be one image or one for each of {count}, "
            f"got {len(opened.frames)}"
        )
    masks = [EVERYWHERE] * len(opened.frames)
    if reference_mask is not None:
        masks = list(open_masks(reference_mask, opened, where=f"{where}: reference_mask"))
        if any(mask.empty for mask in masks):
            raise ValueError(
                f"{where}: reference_mask is empty; white is where the colours come from"
            )
    pairs = list(zip(opened.frames, masks, strict=True))
    return pairs * count if len(pairs) == 1 else pairs


def _check_device(device: Any, images: Images, where: str) -> None:
    here = (images.device, images.device.partition(":")[0])  # "cuda" is any of them
    if device is not None and str(device) not in here:
        raise ValueError(
            f"{where}: this method runs where the image is ({images.device}), not on {device}; "
            f"pass the image as a torch tensor on {device}"
        )
