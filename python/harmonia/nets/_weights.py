"""Weights and the networks they are of: known by names and shapes, loaded whole or refused."""

import functools
import hashlib
import importlib
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import torch

from harmonia import _atomic, _json
from harmonia._registry import list_networks
from harmonia.nets import _checkpoints, _folder
from harmonia.nets._checkpoints import Checkpoint, State, WeightsError, listed
from harmonia.nets._network import Architecture, Network

# A file of weights, or several where a network's parts are published apart.
Files = str | PathLike[str] | Sequence[str | PathLike[str]]

# Keys of the header that `convert` writes, and `harmonia.training`.
ARCHITECTURE, SOURCE, SHA256, LICENCE = "architecture", "source", "source_sha256", "licence"
SHAPE = "shape"  # what a variant was told to be otherwise, such as its width
LARGEST = 1 << 16  # width or base that a header may claim
_TOGETHER = " + "


def architecture_of(name: str) -> Architecture:
    """What `nets/<name>.py` tells of its network."""
    found: Architecture = importlib.import_module(f"harmonia.nets.{name}").ARCHITECTURE
    return found


def choices_of(name: str) -> Mapping[str, tuple[Any, ...]]:
    """What a network can be told when it is loaded, its usual values first."""
    with torch.device("meta"):
        return next(iter(architecture_of(name).variants.values()))().choices


class Kind(NamedTuple):
    """A variant of a network, perhaps of another shape, such as another width."""

    network: str
    variant: str
    shape: tuple[tuple[str, Any], ...] = ()

    @property
    def name(self) -> str:
        return f"{self.network}.{self.variant}"

    def make(self) -> Network:
        return architecture_of(self.network).variants[self.variant](**dict(self.shape))


def kinds_of(method: str, *, where: str) -> list[Kind]:
    """The variants that a name means: "issam" all of its, "issam.256" that one."""
    name, _, tag = method.partition(".")
    variants = architecture_of(name).variants
    if tag and tag not in variants:
        known = ", ".join(f"{name}.{known}" for known in variants)
        raise ValueError(f"{where}: {name} has no variant {tag!r}; choose one of {known}")
    return [Kind(name, variant) for variant in variants if tag in ("", variant)]


def every_kind() -> Iterator[Kind]:
    """All variants of all networks."""
    for name in list_networks():
        yield from kinds_of(name, where="weights")


def open_network(method: str, weights: Files | None, *, where: str) -> tuple[Network, str]:
    """A network with its weights, and its name with the variant, such as "issam.256"."""
    kinds = kinds_of(method, where=where)
    if weights is None:
        published = {kind.name: architecture_of(kind.network).published for kind in kinds}
        weights = _folder.find(method, published, where=where)
    checkpoint, said = _read(_paths(weights))
    kind, state = _one(fitting(checkpoint, kinds, said), said)
    network = kind.make()
    network.load_state_dict(state, strict=True)
    return network.eval(), kind.name


def fitting(checkpoint: Checkpoint, kinds: list[Kind], said: str) -> list[tuple[Kind, State]]:
    """The variants that a checkpoint fits as a whole, each with the state under its names."""
    if SHAPE in checkpoint.notes:
        kinds = _shaped(checkpoint, kinds, said)
    found, unfit = [], {}
    states: dict[str, State] = {}
    for kind in kinds:
        architecture = architecture_of(kind.network)
        if kind.network not in states:
            states[kind.network] = architecture.convert(dict(checkpoint.state))
        state = states[kind.network]
        wrong = misfits(_tensors_of(kind), state)
        if wrong:
            unfit[kind] = wrong
        else:
            found.append((kind, state))
    if not found:
        nearest = min(unfit, key=lambda kind: len(unfit[kind]))
        raise WeightsError(f"{said}: is not of {nearest.name}: {listed(unfit[nearest])}")
    # Variants that differ in no tensor, such as style_unet.rgb and .hsv, are told by the header.
    return [one for one in found if one[0].name == checkpoint.notes.get(ARCHITECTURE)] or found


def _shaped(checkpoint: Checkpoint, kinds: list[Kind], said: str) -> list[Kind]:
    """The only kind that weights of another shape can be of: that which their header names."""
    notes = checkpoint.notes
    name = notes.get(ARCHITECTURE, "")
    try:
        shape = _json.parse(notes[SHAPE])
        _check_shape(shape, len(checkpoint.state))
        found = [kind._replace(shape=tuple(shape.items())) for kind in kinds if kind.name == name]
        for kind in found:
            _tensors_of(kind)
    except (TypeError, ValueError, ArithmeticError, RuntimeError) as error:
        raise WeightsError(f"{said}: its header tells no shape of {name}: {error}") from error
    if not found:
        raise WeightsError(f"{said}: is of {name or 'no network that its header names'}")
    return found


def _check_shape(shape: Any, tensors: int) -> None:
    """Before a network is made of it, which takes for ever where a header lies."""
    if not isinstance(shape, dict):
        raise ValueError(f"it must be an object, got {type(shape).__name__}")
    for name, value in shape.items():
        if isinstance(value, str):
            continue
        # What is no size of tensors is a number of layers, each of which has some.
        most = LARGEST if name == "base" or name.endswith("width") else tensors
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not 0 < value <= most:
            raise ValueError(f"{name} must be text or a whole number from 1 to {most}")


@functools.cache  # some have two thousand tensors
def _tensors_of(kind: Kind) -> Mapping[str, torch.Tensor]:
    """The names, shapes and dtypes of a variant's state, without numbers."""
    with torch.device("meta"):
        return kind.make().state_dict()


def convert(
    source: Files,
    target: str | PathLike[str] | None = None,
    *,
    method: str | None = None,
    overwrite: bool = False,
) -> Path:
    """Write a checkpoint of a network's authors as safetensors; give the path.

    Parameters
    ----------
    source
        A checkpoint as its authors publish it, or several where they publish a network's parts
        apart. Which network it is shows in names and shapes.
    target
        The file to write; by default "issam.256.safetensors" and the like, where `harmonize`
        looks for weights.
    method
        The network's name where several fit, such as "dovenet".
    overwrite
        Whether a file that is there may be replaced.
    """
    kinds = kinds_of(method, where="convert") if method else list(every_kind())
    paths = _paths(source)
    checkpoint, said = _read(paths)
    kind, state = _one(fitting(checkpoint, kinds, said), said)
    chosen = Path(target) if target else _folder.folder() / f"{kind.name}.safetensors"
    licences = {one.licence for one in architecture_of(kind.network).published}
    notes = {
        **checkpoint.notes,
        ARCHITECTURE: kind.name,
        SOURCE: _TOGETHER.join(path.name for path in paths),
        SHA256: _TOGETHER.join(map(sha256_of, paths)),
        LICENCE: checkpoint.notes.get(LICENCE)  # of weights that somebody trained with harmonia
        or ", ".join(sorted(licences))
        or "not stated by the authors",
    }
    if target is None:
        chosen.parent.mkdir(parents=True, exist_ok=True)
    try:
        _atomic.write(chosen, _checkpoints.as_safetensors(state, notes), overwrite=overwrite)
    except FileExistsError:
        raise FileExistsError(
            f"{chosen} is there already; pass overwrite=True to replace it"
        ) from None
    return chosen


def recognise(path: Path, method: str | None = None) -> str:
    """The name of what a file holds weights of, such as "issam.256"; several where they share."""
    kinds = kinds_of(method, where="recognise") if method else list(every_kind())
    return " or ".join(kind.name for kind, _ in fitting(_checkpoints.read(path), kinds, str(path)))


def notes_of(path: Path) -> Mapping[str, str]:
    """The header of a safetensors file."""
    return _checkpoints.read(path).notes


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _paths(files: Files) -> list[Path]:
    return [Path(one) for one in ([files] if isinstance(files, str | PathLike) else files)]


def _read(paths: list[Path]) -> tuple[Checkpoint, str]:
    """The tensors of all files, which share no name, and what to call the files."""
    state: State = {}
    notes: dict[str, str] = {}
    for path in paths:
        part = _checkpoints.read(path)
        twice = [name for name in part.state if name in state]
        if twice:
            raise WeightsError(f"{path}: holds what another file holds too: {listed(twice)}")
        state |= part.state
        notes |= part.notes
    return Checkpoint(state, notes), _TOGETHER.join(map(str, paths))


def _one(found: list[tuple[Kind, State]], said: str) -> tuple[Kind, State]:
    """The only network that fits; of variants that differ in no tensor, the first."""
    networks = sorted({kind.network for kind, _ in found})
    if len(networks) > 1:
        raise WeightsError(
            f"{said}: fits {' and '.join(networks)}; pass method={networks[0]!r} or another of them"
        )
    return found[0]


def misfits(wanted: Mapping[str, torch.Tensor], state: State) -> list[str]:
    """What keeps a state from being loaded where tensors like these are."""
    found = [f"{key} is missing" for key in wanted if key not in state]
    found += [f"{key} is unknown" for key in state if key not in wanted]
    for key, tensor in wanted.items():
        if key not in state:
            continue
        came = state[key]
        if came.shape != tensor.shape:
            found.append(f"{key} is {tuple(came.shape)} and not {tuple(tensor.shape)}")
        elif came.is_floating_point() != tensor.is_floating_point():
            found.append(f"{key} is {came.dtype} and not {tensor.dtype}")
    return found
