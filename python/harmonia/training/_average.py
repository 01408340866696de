"""A network that follows the one in training, slower: the average of its weights over the steps."""

import copy

import torch

from harmonia.nets._network import Network


class Average:
    """An exponential average, at first the network as it begins.

    Counts among the buffers are taken over, since the average of two is none.
    """

    def __init__(self, network: Network, keep: float) -> None:
        self.network = copy.deepcopy(network).requires_grad_(False)
        self._share = 1.0 - keep

    @torch.no_grad()
    def follow(self, network: Network) -> None:
        now = network.state_dict()
        for name, value in self.network.state_dict().items():
            if value.is_floating_point():
                value.lerp_(now[name], self._share)
            else:
                value.copy_(now[name])
