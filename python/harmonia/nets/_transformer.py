"""Transformer layers under the names of torch's own, with attention that keeps no matrix of it."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class SelfAttention(nn.Module):
    """Tokens that ask each other; parameters as `torch.nn.MultiheadAttention` names them."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
        self.out_proj = nn.Linear(width, width)
        nn.init.xavier_uniform_(self.in_proj_weight)

    def forward(self, x: Tensor) -> Tensor:
        joined = functional.linear(x, self.in_proj_weight, self.in_proj_bias)
        query, key, value = joined.view(*x.shape[:2], 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        out = functional.scaled_dot_product_attention(
            query, key, value, dropout_p=self.dropout if self.training else 0.0
        )
        projected: Tensor = self.out_proj(out.transpose(1, 2).flatten(2))
        return projected


class TransformerLayer(nn.Module):
    """Attention, then two linear layers, each added to what it was given and then normalised."""

    def __init__(self, width: int, heads: int, inner: int, dropout: float) -> None:
        super().__init__()
        self.self_attn = SelfAttention(width, heads, dropout)
        self.linear1, self.linear2 = nn.Linear(width, inner), nn.Linear(inner, width)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm1(x + self.dropout(self.self_attn(x)))
        inner = self.dropout(functional.gelu(self.linear1(x)))
        out: Tensor = self.norm2(x + self.dropout(self.linear2(inner)))
        return out


class TransformerLayers(nn.Module):
    """As `torch.nn.TransformerEncoder` of post-norm layers with GELU, batch first."""

    def __init__(
        self, count: int, width: int, *, heads: int, inner: int, dropout: float = 0.1
    ) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            TransformerLayer(width, heads, inner, dropout) for _ in range(count)
        )

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x)
        return x
