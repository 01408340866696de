"""CycleGAN: translators there and back, whose round trips end where they began (Zhu et al. 2017).

Adam at 0.0002 (0.5, 0.999) for 100 epochs of batches of 1, and 100 more on a line to 0. The
translators go first: least squares of both critics, 10 times L1 of round trips, and 5 times L1 of
pictures that have the wanted looks already. Each critic's is half of its least squares, of outputs
that come from a pool of the last 50. Pictures are cut at 256 of 286 and mirrored.
"""

from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor, nn
from torch.nn.functional import l1_loss
from torch.optim import Adam, Optimizer

from harmonia.nets._patch_critic import PatchCritic
from harmonia.nets._translators import ResNet
from harmonia.training import _initial, _pix2pix
from harmonia.training._batch import Batch
from harmonia.training._pool import Pool
from harmonia.training._recipe import DATA, Plan
from harmonia.training._translation import Translation, Windows, values
from harmonia.training.losses import least_squares_critic, least_squares_generator

CYCLE, IDENTITY = 10.0, 5.0  # weights; the latter is half of the former
POOL = 50


class CycleGAN(Translation):
    """CycleGAN in training, from rendered to real pictures.

    Parameters
    ----------
    width
        Channels at full size of translators and critics; 64 as the authors have it.
    blocks
        Residual blocks of a translator; 9 as the authors have it at 256.
    pool
        Earlier outputs that the critics are shown, too; 50 as the authors have it.
    """

    network: ResNet
    back: ResNet
    phases: ClassVar[tuple[str, ...]] = ("network", "critic")

    def __init__(
        self,
        *,
        width: int | None = None,
        blocks: int | None = None,
        pool: int = POOL,
    ) -> None:
        super().__init__("cyclegan", width=width, blocks=blocks)
        self.back = self.translator()  # type: ignore[assignment]
        self.real_critic = PatchCritic(3, self.width)
        self.rendered_critic = PatchCritic(3, self.width)
        self.real_pool, self.rendered_pool = Pool(pool), Pool(pool)
        _initial.normal(self)
        self.plan = Plan(
            256,
            batch=1,
            epochs=_pix2pix.EPOCHS,
            rate=_pix2pix.RATE,
            schedule=_pix2pix.SCHEDULE,
            crops=Windows(),
            resize="pil",
        )

    def optimizers(self, rate: float) -> dict[str, Optimizer]:
        both = nn.ModuleList([self.network, self.back])
        critics = nn.ModuleList([self.real_critic, self.rendered_critic])
        return {
            "network": Adam(both.parameters(), rate, betas=_pix2pix.BETAS),
            "critic": Adam(critics.parameters(), rate, betas=_pix2pix.BETAS),
        }

    def losses(self, phase: str, batches: Mapping[str, Batch]) -> dict[str, Tensor]:
        rendered, real = values(batches)
        there, back = self.network.translated, self.back.translated
        memo = batches[DATA].memo
        if phase == "network":
            as_real, as_rendered = there(rendered), back(real)
            memo["outputs"] = as_real.detach(), as_rendered.detach()
            cycles = l1_loss(back(as_real), rendered) + l1_loss(there(as_rendered), real)
            kept = l1_loss(there(real), real) + l1_loss(back(rendered), rendered)
            return {
                "adversarial_real": least_squares_generator(self.real_critic(as_real)),
                "adversarial_rendered": least_squares_generator(self.rendered_critic(as_rendered)),
                "cycle": CYCLE * cycles,
                "identity": IDENTITY * kept,
            }
        as_real, as_rendered = memo["outputs"]
        found = {}
        for name, critic, pool, wanted, output in (
            ("real", self.real_critic, self.real_pool, real, as_real),
            ("rendered", self.rendered_critic, self.rendered_pool, rendered, as_rendered),
        ):
            scores = critic(wanted), critic(pool.exchanged(output))
            found[f"critic_{name}"] = 0.5 * least_squares_critic(*scores)
        return found


RECIPE = CycleGAN
