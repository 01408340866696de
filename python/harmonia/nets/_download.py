"""Published weights from the net, when a person asks for them and agrees."""

import os
import tempfile
from pathlib import Path

from harmonia import _atomic
from harmonia.nets import _folder, _weights
from harmonia.nets._checkpoints import WeightsError
from harmonia.nets._network import Published


def pull(kind: str, published: Published, *, overwrite: bool = False) -> Path:
    """Download a checkpoint into the folder of weights; it must be what it is said to be.

    Its SHA-256 is compared where the authors publish one. Names and shapes are compared always.
    """
    try:
        import pooch
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "weights pull: needs pooch: pip install 'harmonia[hub]'", name=error.name
        ) from error
    if published.url is None:
        raise ValueError(f"pull: {published.file} has no address; get it from {published.page}")
    target = _folder.folder() / published.file
    if target.exists() and not overwrite:
        raise FileExistsError(f"{target} is there already; pass overwrite=True to replace it")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as room:
        known = None if published.sha256 is None else f"sha256:{published.sha256}"
        try:
            came = pooch.retrieve(published.url, known, published.file, room)
        except (OSError, ValueError) as error:
            raise OSError(f"{published.url}: cannot be downloaded: {error}") from error
        found = _weights.recognise(Path(came), kind)
        if found != kind:
            raise WeightsError(f"{published.url}: is {found} and not {kind}")
        _atomic.write(target, Path(os.fspath(came)).read_bytes(), overwrite=overwrite)
    return target
