"""Earlier outputs of a generator, which a critic sees among the new ones (Shrivastava 2017)."""

from typing import Any

import torch
from torch import Tensor, nn

from harmonia.training._whole import check_whole


class Pool(nn.Module):
    """Up to so many pictures. They go into checkpoints, so that a run goes on with the same.

    Until it is full it gives back what it gets. Then one of two pictures, by chance, takes the
    place of a picture of the pool, which is given instead.
    """

    pictures: Tensor  # (held, 3, H, W)

    def __init__(self, count: int) -> None:
        super().__init__()
        check_whole("pool", count, 0)
        self.count = count
        self.register_buffer("pictures", torch.zeros(0, 3, 0, 0))

    @torch.no_grad()
    def exchanged(self, values: Tensor) -> Tensor:
        """Some of these pictures, and some earlier ones instead of the others."""
        found = []
        for picture in values.detach():
            held = len(self.pictures)
            if held < self.count:
                own = picture.float()[None]
                self.pictures = torch.cat([self.pictures, own]) if held else own
            elif held and float(torch.rand(())) >= 0.5:
                place = int(torch.randint(held, ()))
                earlier = self.pictures[place].to(picture.dtype, copy=True)
                self.pictures[place] = picture
                picture = earlier
            found.append(picture)
        return torch.stack(found)

    def _load_from_state_dict(self, state: dict[str, Any], prefix: str, *how: Any) -> None:
        """However many there are."""
        there = state.get(f"{prefix}pictures")
        if isinstance(there, Tensor):
            self.pictures = self.pictures.new_zeros(there.shape)
        super()._load_from_state_dict(state, prefix, *how)
