"""What a system is while it is trained: its networks, what they are told, and who moves them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar

from torch import Tensor, nn
from torch.optim import Optimizer

from harmonia.nets._network import Network
from harmonia.training._batch import Batch
from harmonia.training._crops import Crops
from harmonia.training._schedules import Schedule, constant
from harmonia.training._tensors import Resize

DATA, RENDERED = "data", "rendered"  # sources


@dataclass(frozen=True)
class Plan:
    """How the authors trained a system; any of it may be chosen otherwise for a run.

    Attributes
    ----------
    size
        The side of the squares that samples are brought to.
    batch
        Samples a step.
    epochs
        How often the whole dataset is seen.
    rate
        The learning rate at the beginning.
    schedule
        What it is multiplied by in an epoch.
    crops
        What is cut out of samples.
    resize
        How `tensors` brings them to the size.
    batches
        Samples a step at other sizes, where they had others.
    """

    size: int
    batch: int
    epochs: int
    rate: float
    schedule: Schedule = constant
    crops: Crops = field(default_factory=Crops)
    resize: Resize = "cv2"
    batches: Mapping[int, int] = field(default_factory=dict)

    def batch_at(self, size: int) -> int:
        """Samples a step at a size."""
        return self.batches.get(size, self.batch)


class Recipe(nn.Module, ABC):
    """A system in training. Its networks are its children, and all of it goes into checkpoints.

    A step is one or several phases, each with an optimizer of its own: for a GAN the critic's, then
    the generator's. The loop calls `losses` for a phase and goes down the sum of its terms in the
    parameters of that phase's optimizer; those of others get no gradient.

    Attributes
    ----------
    method
        What its weights are of, for `harmonia.load`: "issam.256".
    network
        What harmonizes: it is validated, averaged and exported.
    shape
        What the network is otherwise than the authors have it, such as its width.
    plan
        How the authors trained it.
    phases
        In the order of a step.
    sources
        The datasets that a step takes a batch of, by name.
    extras
        What a source's samples must tell besides, by the source's name.
    harmonizes
        Whether the network does, so that scores beside a real say how well it is trained.
    """

    method: str
    network: Network
    shape: Mapping[str, Any] = MappingProxyType({})
    plan: Plan
    phases: ClassVar[tuple[str, ...]] = ("network",)
    sources: ClassVar[tuple[str, ...]] = (DATA,)
    extras: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    harmonizes: ClassVar[bool] = True

    @abstractmethod
    def optimizers(self, rate: float) -> dict[str, Optimizer]:
        """One for each phase, at a learning rate; groups may have their own share of it."""

    @abstractmethod
    def losses(self, phase: str, batches: Mapping[str, Batch]) -> dict[str, Tensor]:
        """The weighted terms of a phase, of a batch of each source."""
