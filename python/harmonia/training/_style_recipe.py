"""What the networks of the HSV style loss share while they are trained.

Two variants, after github.com/shravan-d/Image-Harmonization. "described" is what its text tells: a
GAN whose generator learns from L1, from discriminators, from features of hue and saturation maps
by partial convolutions and from Gram matrices, the gradient passing through HSV, whose hue is an
angle. Of weights it tells none, so that each of these terms has 0.01, the code's. "code" is what
the code does: no critic of real and fake, no gradient through HSV, hue as a plain number, and Gram
matrices of the colours in the mask's bounding box.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Literal, get_args

import torch
from torch import Tensor
from torch.optim import Adam, Optimizer

from harmonia.nets._patch_critic import PatchCritic
from harmonia.nets._style_encoder import StyledNetwork, StyleEncoder, wholly
from harmonia.nets.style_unet import Space as Colours
from harmonia.training import _built, _pix2pix
from harmonia.training._batch import Batch
from harmonia.training._built import Variant
from harmonia.training._crops import Crops
from harmonia.training._recipe import DATA, Plan, Recipe
from harmonia.training.losses import (
    gram,
    hinge_critic,
    hinge_generator,
    masked_l1,
    style_features,
    triplet,
)

Space = Literal["rgb", "hsv"]

SHARE = 0.01  # of every term beside L1
MARGIN = 1.0
LEAST = 64  # pixels of which the extractor's fifth level sees any
# Levels whose features are compared: in others they are of whatever scale serves the codes.
NORMALIZED = slice(1, 4)
CRITICS, GENERATOR, TOGETHER = "critics", "generator", "network"


class StyleRecipe(Recipe):
    """A generator, an extractor of codes, and where it is described a critic of patches.

    Of a described step the critics go first: the critic of patches by hinge losses, the extractor
    by triplets; then the generator. In "code" extractor and generator go down one sum.
    """

    def __init__(self, variant: Variant, space: str, width: int | None, base: int | None) -> None:
        super().__init__()
        described = not _built.is_code(variant)
        hue: Colours = "hue" if described else "hsv"
        self.space: Colours = (
            hue if _built.one_of("space", space, get_args(Space)) == "hsv" else "rgb"
        )
        self.phases = (CRITICS, GENERATOR) if described else (TOGETHER,)  # type: ignore[misc]
        self.critic = PatchCritic(width=width or 64) if described else None
        self.plan = Plan(base or 256, batch=1, epochs=8, rate=2e-3, crops=Crops(mirror=0.0))
        self.style_share = SHARE
        self.multiple = 16  # of which the side of pictures is one

    @abstractmethod
    def encoder(self) -> StyleEncoder:
        """The extractor of codes."""

    @abstractmethod
    def seen(self, image: Tensor) -> Tensor:
        """What it sees of pictures 0..1."""

    @abstractmethod
    def generate(self, batch: Batch, code: Tensor) -> Tensor:
        """The output 0..1 for a code of the background."""

    def optimizers(self, rate: float) -> dict[str, Optimizer]:
        if self.critic is None:
            return {TOGETHER: _adam(self.parameters(), rate)}
        critics = [*self.critic.parameters(), *self.encoder().parameters()]
        known = set(map(id, critics))
        others = [one for one in self.parameters() if id(one) not in known]
        return {CRITICS: _adam(critics, rate), GENERATOR: _adam(others, rate)}

    def losses(self, phase: str, batches: Mapping[str, Batch]) -> dict[str, Tensor]:
        batch = batches[DATA]
        side = batch.real.shape[2]
        if side % self.multiple or side < LEAST:
            raise ValueError(
                f"train: size must be a multiple of {self.multiple}, {LEAST} or more, for this "
                f"recipe, got {side}"
            )
        inside = wholly(batch.mask).to(batch.real)
        if self.critic is None:
            return self._of_the_code(batch, inside)
        if phase == CRITICS:
            return self._of_the_critics(self.critic, batch, inside)
        return self._of_the_generator(self.critic, batch, inside)

    def _of_the_code(self, batch: Batch, inside: Tensor) -> dict[str, Tensor]:
        background = self._code(batch.real, 1 - inside)
        output = self.generate(batch, background)
        wanted, found = _signed(batch.real), _signed(output)
        judged = output.detach() if self.space == "hsv" else output
        real, harmonized, composite = (
            self._code(image, inside) for image in (batch.real, judged, batch.composite)
        )
        style = self._triplets(real, harmonized, composite, background)
        return {
            "l1": masked_l1(found, wanted),
            "gram": SHARE * gram(found, wanted, inside, region="box"),
            "style": self.style_share * style,
        }

    def _of_the_critics(
        self, critic: PatchCritic, batch: Batch, inside: Tensor
    ) -> dict[str, Tensor]:
        background = self._code(batch.composite, 1 - inside)
        output = self.generate(batch, background.detach())
        batch.memo["output"] = output
        real, harmonized, composite = (
            self._code(image, inside) for image in (batch.real, output.detach(), batch.composite)
        )
        scores = (critic(_signed(image)) for image in (batch.real, output.detach()))
        return {
            "critic": hinge_critic(*scores),
            "style_critic": self._triplets(real, harmonized, composite, background),
        }

    def _of_the_generator(
        self, critic: PatchCritic, batch: Batch, inside: Tensor
    ) -> dict[str, Tensor]:
        output = batch.memo.pop("output")
        encoder = self.encoder()
        with torch.no_grad():
            real = self._features(batch.real, inside)
            composite = self._features(batch.composite, inside)
            background = self._features(batch.composite, 1 - inside)
        harmonized = self._features(output, inside)
        style = self._triplets(*map(encoder.code, (real, harmonized, composite, background)))
        grams = [
            gram(ours, theirs, places)
            for (ours, places), (theirs, _) in zip(
                harmonized[NORMALIZED], real[NORMALIZED], strict=True
            )
        ]
        return {
            "l1": masked_l1(_signed(output), _signed(batch.real)),
            "adversary": SHARE * hinge_generator(critic(_signed(output))),
            "style": self.style_share * style,
            "features": SHARE * style_features(harmonized[NORMALIZED], background[NORMALIZED]),
            "gram": SHARE * torch.stack(grams).mean(),
        }

    def _features(self, image: Tensor, region: Tensor) -> list[tuple[Tensor, Tensor]]:
        return self.encoder().features(self.seen(image), region)

    def _code(self, image: Tensor, region: Tensor) -> Tensor:
        return self.encoder().code(self._features(image, region))

    def _triplets(
        self, real: Tensor, harmonized: Tensor, composite: Tensor, background: Tensor
    ) -> Tensor:
        """The harmonized foreground is to be like the real one, and like the background."""
        how: dict[str, Any] = {"margin": MARGIN, "elementwise": self.critic is None}
        return triplet(real, harmonized, composite, **how) + 0.5 * triplet(
            harmonized, background, composite, **how
        )


class CodedRecipe(StyleRecipe):
    """Of a network whose generator is told the background's code by its own extractor."""

    network: StyledNetwork

    def encoder(self) -> StyleEncoder:
        return self.network.E

    def seen(self, image: Tensor) -> Tensor:
        return self.network.seen(image)

    def generate(self, batch: Batch, code: Tensor) -> Tensor:
        inside = wholly(batch.mask).to(batch.composite)
        return self.network.generate(batch.composite, inside, code)


def _signed(image: Tensor) -> Tensor:
    """Pictures 0..1 on the authors' scale, -1..1."""
    return 2 * image - 1


def _adam(parameters: Any, rate: float) -> Adam:
    return Adam(parameters, rate, betas=_pix2pix.BETAS)
