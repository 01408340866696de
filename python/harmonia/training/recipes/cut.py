"""CUT: a translator whose output's patches are told from others by the input's (Park et al. 2020).

Adam at 0.0002 (0.5, 0.999) for 200 epochs of batches of 1, and 200 more on a line to 0. The critic
goes first, by half of its least squares. The translator's is its least squares, and half each of
PatchNCE of what it makes of rendered pictures, and of real ones: the mean over five layers of its
own first half, at 256 places of each, by codes of 256 numbers that small networks make and that are
trained with it. Pictures are cut at 256 of 286 and mirrored.
"""

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

from harmonia.nets._patch_critic import PatchCritic
from harmonia.nets._translators import ResNet
from harmonia.training import _initial, _pix2pix
from harmonia.training._batch import Batch
from harmonia.training._recipe import DATA, Plan
from harmonia.training._schedules import falling
from harmonia.training._translation import Translation, Windows, values
from harmonia.training.losses import least_squares_critic, least_squares_generator, patch_nce

PLACES, CODE = 256, 256
LEAST = 1e-7  # added to the length of a code; at the beginning they are hardly longer


class Codes(nn.Module):
    """Features at some places of a layer as codes of length 1."""

    def __init__(self, channels: int, length: int = CODE) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(channels, length), nn.ReLU(), nn.Linear(length, length)
        )

    def forward(self, features: Tensor, places: Tensor) -> Tensor:
        """(N, C, H, W) to (N, places, length)."""
        made: Tensor = self.layers(features.flatten(2).mT[:, places])
        codes = made if made.dtype == torch.float64 else made.float()
        lengths = torch.linalg.vector_norm(codes, dim=2, keepdim=True)
        found: Tensor = codes / (lengths + LEAST)
        return found


class CUT(Translation):
    """CUT in training, from rendered to real pictures.

    Parameters
    ----------
    width
        Channels at full size of translator and critic; 64 as the authors have it.
    blocks
        Residual blocks of the translator, 2 at least; 9 as the authors have it.
    """

    network: ResNet
    phases: ClassVar[tuple[str, ...]] = ("critic", "network")

    def __init__(self, *, width: int | None = None, blocks: int | None = None) -> None:
        super().__init__("cut", width=width, blocks=blocks)
        first = self.network.first_block
        # The padded picture, both halvings before their norms, the first block, and the fifth of 9.
        self.at = (0, 4, 8, first, first + self.network.blocks // 2)
        channels = (3, *(times * self.width for times in (2, 4, 4, 4)))
        self.codes = nn.ModuleList(Codes(one) for one in channels)
        self.critic = PatchCritic(3, self.width, blurred=True)
        _initial.xavier(self)
        self.plan = Plan(
            256,
            batch=1,
            epochs=400,
            rate=2e-4,
            schedule=falling(200, 200),
            crops=Windows(),
            resize="pil",
        )

    def optimizers(self, rate: float) -> dict[str, Optimizer]:
        own = nn.ModuleList([self.network, self.codes])
        return {
            "critic": Adam(self.critic.parameters(), rate, betas=_pix2pix.BETAS),
            "network": Adam(own.parameters(), rate, betas=_pix2pix.BETAS),
        }

    def losses(self, phase: str, batches: Mapping[str, Batch]) -> dict[str, Tensor]:
        rendered, real = values(batches)
        memo = batches[DATA].memo
        if phase == "critic":
            both = self.network.translated(torch.cat([rendered, real]))
            memo["outputs"] = translated, _ = both.chunk(2)
            scores = self.critic(real), self.critic(translated.detach())
            return {"critic": 0.5 * least_squares_critic(*scores)}
        translated, kept = memo["outputs"]
        return {
            "adversarial": least_squares_generator(self.critic(translated)),
            "patch_nce": 0.5 * self.alike(translated, rendered),
            "patch_nce_identity": 0.5 * self.alike(kept, real),
        }

    def alike(self, output: Tensor, source: Tensor) -> Tensor:
        """PatchNCE at the same places of both, the mean over the layers."""
        errors = []
        pairs = zip(
            self.codes,
            self.network.features(output, self.at),
            self.network.features(source, self.at),
            strict=True,
        )
        for codes, found, wanted in pairs:
            places = torch.randperm(found[0, 0].numel(), device=found.device)[:PLACES]
            errors.append(patch_nce(codes(found, places), codes(wanted, places)))
        return torch.stack(errors).mean()


RECIPE = CUT
