"""CharmNet: real and rendered pictures jointly, bridged by critics of domain and style (Cao 2021).

Adam at 0.0001 for all, 200 epochs of batches of 8 of each domain, a tenth of the rate from epoch
100: the authors' command has it fall after 4,702,400 pictures, 100 times the real ones. Their code
counts epochs there, which never come to that: `variant="code"` leaves the rate constant. A step is

- the domain critic's: hinge of features before the shared part, real ones high, rendered ones low;
- the network's and the style critics': 10 FN-MSE of each domain, of normalised values of the whole
  output; less the domain critic's mean score of rendered features, so that these alone are pushed;
  of rendered pictures the cross entropy of the shares before harmonization with those of the list,
  and after it with the background's style; of real ones half of `style_aggregation`, margin 1.

The paper's table beside it has iDIH on other data. With `real` the photographs of base categories
(`datasets.load("iharmony4", ROOT, list="IHD_nonhuman_train.txt")`) and `rendered` the novel one's
(`datasets.load("rdharmony", ROOT, category="human")`), tried on "IHD_human_test.txt":

- base alone: `train("idih", real, RUN)`;
- dataset fusion: `train("idih", datasets.join(real, rendered), RUN)`;
- two-stage training: `train("idih", rendered, FIRST)`, then `train("idih", real, RUN,
  start=FIRST)`;
- UNIT, CycleGAN, CUT: `train("cut", {"data": real, "rendered": rendered}, FIRST)`, then
  `translate(FIRST, rendered, DIR)`, and fusion with what lies there;
- CharmNet: `train("charmnet", {"data": real, "rendered": rendered}, RUN)`;
- upper bound: `train("idih", datasets.join(real, novel), RUN)`, `novel` being real ones too.

How the authors mixed and how long they trained in these settings is not published.
"""

from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor, nn
from torch.nn import functional
from torch.optim import Adam, Optimizer

from harmonia.nets._charmnet_critics import STYLES, DomainCritic, StyleCritic
from harmonia.nets.charmnet import Bridge, CharmNet, Domain
from harmonia.training import _built, _initial
from harmonia.training._batch import Batch
from harmonia.training._built import Variant
from harmonia.training._recipe import DATA, RENDERED, Plan, Recipe
from harmonia.training._schedules import constant, steps
from harmonia.training.losses import (
    fn_mse,
    hinge_critic,
    hinge_generator,
    soft_cross_entropy,
    style_aggregation,
)

DOMAINS: Mapping[str, Domain] = {DATA: "real", RENDERED: "rendered"}
RECONSTRUCTION, AGGREGATION = 10.0, 0.5  # weights


class CharmNetRecipe(Recipe):
    """CharmNet in training.

    Its sources are "data", real pictures, and "rendered", those of RdHarmony, whose extras say
    their styles.

    Parameters
    ----------
    width
        Channels of the network and of its critics; 64 as the authors have it.
    variant
        "described", or "code" for a constant learning rate.
    """

    network: CharmNet
    phases: ClassVar[tuple[str, ...]] = ("critic", "network")
    sources: ClassVar[tuple[str, ...]] = (DATA, RENDERED)
    extras: ClassVar[Mapping[str, tuple[str, ...]]] = {RENDERED: ("styles", "style")}

    def __init__(self, *, width: int | None = None, variant: Variant = "described") -> None:
        super().__init__()
        as_code = _built.is_code(variant)
        self.method = "charmnet.real"
        self.shape = _built.shape(width)
        self.network = _built.network(self.method, self.shape)  # type: ignore[assignment]
        wide = 64 if width is None else width
        self.domain_critic = DomainCritic(2 * wide, wide)
        self.style_before = StyleCritic(2 * wide, wide)
        self.style_after = StyleCritic(2 * wide, wide)
        _initial.normal(self)
        self.plan = Plan(
            self.network.base,
            batch=8,
            epochs=200,
            rate=1e-4,
            schedule=constant if as_code else steps(100),
        )

    def optimizers(self, rate: float) -> dict[str, Optimizer]:
        judged = nn.ModuleList([self.network, self.style_before, self.style_after])
        return {
            "critic": Adam(self.domain_critic.parameters(), rate),
            "network": Adam(judged.parameters(), rate),
        }

    def losses(self, phase: str, batches: Mapping[str, Batch]) -> dict[str, Tensor]:
        if phase == "critic":
            for source, batch in batches.items():
                batch.memo["bridge"] = self._bridge(batch, DOMAINS[source])
            real, rendered = (
                self.domain_critic(batches[source].memo["bridge"].before.detach())
                for source in (DATA, RENDERED)
            )
            return {"critic": hinge_critic(real, rendered)}
        return {
            **self._reconstruction(batches),
            **self._styles(batches),
            "adversarial": hinge_generator(
                self.domain_critic(batches[RENDERED].memo["bridge"].before)
            ),
        }

    def _reconstruction(self, batches: Mapping[str, Batch]) -> dict[str, Tensor]:
        found = {}
        for source, batch in batches.items():
            values, mask = self._given(batch)
            bridge: Bridge = batch.memo["bridge"]
            decoded = self.network.decoded(bridge, values, mask, DOMAINS[source])
            error = fn_mse(decoded.output, self.network.normalised(batch.real), mask)
            found[f"fn_mse_{DOMAINS[source]}"] = RECONSTRUCTION * error
        return found

    def _styles(self, batches: Mapping[str, Batch]) -> dict[str, Tensor]:
        before, after = {}, {}
        for source, batch in batches.items():
            bridge: Bridge = batch.memo["bridge"]
            before[source] = self.style_before(bridge.before)
            after[source] = self.style_after(bridge.shared)
        said = batches[RENDERED].extras
        background = functional.one_hot(said["style"].long() - 1, STYLES)
        return {
            "style_before": soft_cross_entropy(before[RENDERED], said["styles"]),
            "style_after": soft_cross_entropy(
                after[RENDERED], background.to(after[RENDERED].dtype)
            ),
            "style_aggregation": AGGREGATION * style_aggregation(before[DATA], after[DATA]),
        }

    def _bridge(self, batch: Batch, domain: Domain) -> Bridge:
        values, mask = self._given(batch)
        return self.network.bridge(values, mask, domain)

    def _given(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """As `CharmNet.forward` has them."""
        values = self.network.normalised(batch.composite)
        return values, (batch.mask > 0.5).to(values.dtype)


RECIPE = CharmNetRecipe
