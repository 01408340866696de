"""The weights that a network begins from, where these are not chance's."""

from pathlib import Path

from harmonia.nets import _checkpoints, _weights
from harmonia.nets._checkpoints import WeightsError
from harmonia.training import _run_folder
from harmonia.training._recipe import Recipe


def begin(system: Recipe, path: Path, *, where: str) -> dict[str, str]:
    """Give the network the weights of a file or of a run; say which they are."""
    file = _run_folder.weights_in(path, where=f"{where}: start")
    state = dict(_checkpoints.read(file).state)
    if system.harmonizes:
        state = _weights.architecture_of(system.method.partition(".")[0]).convert(state)
    wrong = _weights.misfits(system.network.state_dict(), state)
    if wrong:
        shape = "".join(f", {name} {value}" for name, value in system.shape.items())
        raise WeightsError(
            f"{where}: start: {file} is not of {system.method}{shape}: {_checkpoints.listed(wrong)}"
        )
    system.network.load_state_dict(state)
    return {"file": str(file.absolute()), "sha256": _weights.sha256_of(file)}
