"""DoveNet's way of training, which RainNet took over: a critic of pictures and of two regions.

The critic says how real a picture is, and how much its foreground is of its background's domain.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

from harmonia.nets._domain_verification import DomainVerification, SpectralConv2d
from harmonia.training import _built, _initial, _pix2pix
from harmonia.training._batch import Batch
from harmonia.training._crops import WHOLE
from harmonia.training._recipe import DATA, Plan, Recipe
from harmonia.training.losses import gradient_penalty, hinge_critic, hinge_generator, masked_l1

L1 = 100.0
PENALTY = 10.0


class Verified(Recipe):
    """A generator in training against DoveNet's critic; the critic goes first.

    Pictures are within -1..1 for both.
    """

    phases = ("critic", "network")
    critic: DomainVerification

    def __init__(
        self, method: str, shape: dict[str, Any], *, batch: int, critic_width: int
    ) -> None:
        super().__init__()
        self.method, self.shape = method, shape
        self.network = _built.network(method, shape)
        self.plan = Plan(
            _pix2pix.SIDE,
            batch=batch,
            epochs=_pix2pix.EPOCHS,
            rate=_pix2pix.RATE,
            schedule=_pix2pix.SCHEDULE,
            crops=WHOLE,
            resize="pil",
        )
        self.critic = verification(critic_width)
        _initial.normal(self.network)

    @abstractmethod
    def output(self, batch: Batch, inside: Tensor) -> Tensor:
        """What is judged, 0..1, for a foreground of 0 and 1."""

    def optimizers(self, rate: float) -> dict[str, Optimizer]:
        return {
            "critic": Adam(self.critic.parameters(), rate, betas=_pix2pix.BETAS),
            "network": Adam(self.network.parameters(), rate, betas=_pix2pix.BETAS),
        }

    def losses(self, phase: str, batches: Mapping[str, Batch]) -> dict[str, Tensor]:
        batch = batches[DATA]
        _pix2pix.check_size(batch.real)
        inside = (batch.mask > 0.5).to(batch.real)
        output, real = self._judged(phase, batch, inside), 2 * batch.real - 1
        if phase == "critic":
            return self._of_critic(real, output.detach(), inside)
        realness, oneness = self.critic(output, inside)
        return {
            "realness": hinge_generator(realness),
            "verification": hinge_generator(oneness),
            "l1": L1 * masked_l1(output, real),
        }

    def _judged(self, phase: str, batch: Batch, inside: Tensor) -> Tensor:
        """The output within -1..1; the generator's phase takes over that of the critic's."""
        if phase == "network" and "output" in batch.memo:
            kept: Tensor = batch.memo.pop("output")
            return kept
        output = 2 * self.output(batch, inside) - 1
        if phase == "critic":
            batch.memo["output"] = output
        return output

    def _of_critic(self, real: Tensor, fake: Tensor, inside: Tensor) -> dict[str, Tensor]:
        of_fake = self.critic(fake, inside)
        of_real = self.critic(real, inside)

        def both(mixed: Tensor) -> Tensor:
            return torch.stack(self.critic(mixed, inside)).mean(0)

        return {
            "critic_realness": hinge_critic(of_real[0], of_fake[0]),
            "critic_verification": hinge_critic(of_real[1], of_fake[1]),
            "critic_penalty": PENALTY * gradient_penalty(both, real, fake),
        }


def verification(width: int) -> DomainVerification:
    """The critic at pix2pix's first values."""
    critic = DomainVerification(width)
    _initial.normal(critic)
    for layer in critic.modules():
        if isinstance(layer, SpectralConv2d):
            nn.init.normal_(layer.weight_orig, 0.0, 0.02)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return critic
