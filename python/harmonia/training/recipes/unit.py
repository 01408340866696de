"""UNIT: two autoencoders whose codes mean the same, so that one decodes the other's (Liu 2017).

Adam at 0.0001 (0.5, 0.999) with a decay of weights of 0.0001, batches of 1; the authors halve the
rate ten times in a million steps, which with the 47,024 real pictures of CharmNet's are some 20
epochs. The critics go first: least squares at three sizes. The autoencoders' is their least
squares, 10 times L1 of each domain through its own autoencoder and of round trips, and 0.01 times
the mean square of all codes, which is their divergence from Gaussians of deviation 1 but for
constants. As in the paper the last block of the coders is one, and the first of the decoders;
`variant="code"` is the authors' later code, in which they share nothing. Its losses by features of
VGG, which it has for some datasets, are left out.
"""

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import l1_loss
from torch.optim import Adam, Optimizer

from harmonia.nets._translators import CoderAndDecoder, ManySizesCritic
from harmonia.training import _built, _initial, _pix2pix
from harmonia.training._batch import Batch
from harmonia.training._built import Variant
from harmonia.training._recipe import Plan
from harmonia.training._schedules import steps
from harmonia.training._translation import Translation, Windows, values
from harmonia.training.losses import least_squares_critic, least_squares_generator

RECONSTRUCTION, CYCLE, CODES = 10.0, 10.0, 0.01  # weights


class UNIT(Translation):
    """UNIT in training, from rendered to real pictures.

    Parameters
    ----------
    width
        Channels at full size of autoencoders and critics; 64 as the authors have it.
    blocks
        Residual blocks of each coder and decoder; 4 as the authors have it.
    variant
        "described", or "code" without shared blocks.
    """

    network: CoderAndDecoder
    back: CoderAndDecoder
    phases: ClassVar[tuple[str, ...]] = ("critic", "network")

    def __init__(
        self,
        *,
        width: int | None = None,
        blocks: int | None = None,
        variant: Variant = "described",
    ) -> None:
        super().__init__("unit", width=width, blocks=blocks)
        self.back = self.translator()  # type: ignore[assignment]
        if not _built.is_code(variant):
            self.back.coder.blocks[-1] = self.network.coder.blocks[-1]
            self.back.decoder.blocks[0] = self.network.decoder.blocks[0]
        self.real_critic = ManySizesCritic(self.width)
        self.rendered_critic = ManySizesCritic(self.width)
        _initial.kaiming(nn.ModuleList([self.network, self.back]))
        _initial.normal(nn.ModuleList([self.real_critic, self.rendered_critic]))
        self.plan = Plan(
            256,
            batch=1,
            epochs=20,
            rate=1e-4,
            schedule=steps(*range(2, 20, 2), by=0.5),
            crops=Windows(share=1.0, square=True),
            resize="pil",
        )

    def optimizers(self, rate: float) -> dict[str, Optimizer]:
        both = nn.ModuleList([self.network, self.back])
        critics = nn.ModuleList([self.real_critic, self.rendered_critic])
        return {
            phase: Adam(module.parameters(), rate, betas=_pix2pix.BETAS, weight_decay=1e-4)
            for phase, module in (("critic", critics), ("network", both))
        }

    def losses(self, phase: str, batches: Mapping[str, Batch]) -> dict[str, Tensor]:
        rendered, real = values(batches)
        there, back = self.network, self.back  # from rendered to real, and the other way
        of_rendered, of_real = there.coder(rendered), back.coder(real)
        noisy_rendered, noisy_real = _noisy(of_rendered), _noisy(of_real)
        as_real, as_rendered = there.decoder(noisy_rendered), back.decoder(noisy_real)
        if phase == "critic":
            return {
                "critic_real": _critics(self.real_critic, real, as_real.detach()),
                "critic_rendered": _critics(self.rendered_critic, rendered, as_rendered.detach()),
            }
        own = l1_loss(back.decoder(noisy_rendered), rendered)
        own = own + l1_loss(there.decoder(noisy_real), real)
        again_rendered, again_real = back.coder(as_real), there.coder(as_rendered)
        cycles = l1_loss(back.decoder(_noisy(again_rendered)), rendered)
        cycles = cycles + l1_loss(there.decoder(_noisy(again_real)), real)
        codes = [of_rendered, of_real, again_rendered, again_real]
        return {
            "adversarial_real": _generators(self.real_critic, as_real),
            "adversarial_rendered": _generators(self.rendered_critic, as_rendered),
            "reconstruction": RECONSTRUCTION * own,
            "cycle": CYCLE * cycles,
            "codes": CODES * torch.stack([one.square().mean() for one in codes]).sum(),
        }


def _noisy(codes: Tensor) -> Tensor:
    return codes + torch.randn_like(codes)


def _critics(critic: ManySizesCritic, real: Tensor, fake: Tensor) -> Tensor:
    pairs = zip(critic(real), critic(fake), strict=True)
    return torch.stack([least_squares_critic(*pair) for pair in pairs]).sum()


def _generators(critic: ManySizesCritic, fake: Tensor) -> Tensor:
    return torch.stack([least_squares_generator(scores) for scores in critic(fake)]).sum()


RECIPE = UNIT
