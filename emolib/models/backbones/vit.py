"""ViT-B/16 (Dosovitskiy and others 2020), as torchvision publishes it (BSD-3-Clause).

Its published weights have older names inside the dense blocks, `linear_1` and
`linear_2` for what is `0` and `3` here; `common.load` knows both.
"""

from __future__ import annotations

import math

import torch
from torch import nn

from emolib import UsageError
from emolib.models.backbones import common
from emolib.models.common import scaled

PATCH = 16
HEAD = "heads.head"
UNITS = 64
"""Of one head of attention."""


class Block(nn.Module):
    """Attention between patches, then two dense layers, each added to what came in."""

    def __init__(self, heads: int) -> None:
        super().__init__()
        units = heads * UNITS
        self.ln_1 = nn.LayerNorm(units, eps=1e-6)
        self.self_attention = nn.MultiheadAttention(units, heads, batch_first=True)
        self.ln_2 = nn.LayerNorm(units, eps=1e-6)
        self.mlp = nn.Sequential(
            nn.Linear(units, 4 * units),
            nn.GELU(),
            nn.Dropout(0.0),
            nn.Linear(4 * units, units),
            nn.Dropout(0.0),
        )
        for layer in (self.mlp[0], self.mlp[3]):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.normal_(layer.bias, std=1e-6)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        normed = self.ln_1(x)
        x = x + self.self_attention(normed, normed, normed, need_weights=False)[0]
        return x + self.mlp(self.ln_2(x))


class Encoder(nn.Module):
    """Adds to each patch where it stands, then goes through the blocks."""

    def __init__(self, patches: int, heads: int, depth: int) -> None:
        super().__init__()
        units = heads * UNITS
        self.pos_embedding = nn.Parameter(torch.empty(1, patches + 1, units))
        blocks = {f"encoder_layer_{i}": Block(heads) for i in range(depth)}
        self.layers = common.named(**blocks)
        self.ln = nn.LayerNorm(units, eps=1e-6)
        nn.init.normal_(self.pos_embedding, std=0.02)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.ln(self.layers(x + self.pos_embedding))


class Transformer(nn.Module):
    """A picture as a row of patches, with one more place that gathers the answer."""

    def __init__(self, classes: int, patches: int, heads: int, depth: int) -> None:
        super().__init__()
        units = heads * UNITS
        self.conv_proj = nn.Conv2d(3, units, PATCH, PATCH)
        self.class_token = nn.Parameter(torch.zeros(1, 1, units))
        self.encoder = Encoder(patches, heads, depth)
        self.heads = common.named(head=nn.Linear(units, classes))
        nn.init.trunc_normal_(self.conv_proj.weight, std=1 / math.sqrt(3 * PATCH**2))
        for still in (self.conv_proj.bias, *self.heads.head.parameters()):
            nn.init.zeros_(still)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        patches = self.conv_proj(x).flatten(2).movedim(1, 2)
        first = self.class_token.expand(len(x), -1, -1)
        return self.heads(self.encoder(torch.cat([first, patches], dim=1))[:, 0])


def network(
    classes: int,
    width: float = 1.0,
    depth: float = 1.0,
    size: tuple[int, int] = (224, 224),
) -> nn.Module:
    """Twelve blocks with twelve heads of attention, over patches of 16 x 16.

    Args:
        classes: logits that it gives.
        width: factor on the heads of attention, and with them on all units.
        depth: factor on the blocks.
        size: height and width of the pictures; each place has a weight of its own.
    """
    down, across = (side // PATCH for side in size)
    return Transformer(classes, down * across, scaled(12, width), scaled(12, depth))


def vit_b_16(
    shape: tuple[int, ...],
    classes: int,
    width: float = 1.0,
    depth: float = 1.0,
    normalised: bool = True,
    weights: str | None = None,
    checksum: str | None = None,
    frozen: bool = False,
) -> nn.Module:
    """ViT-B/16 on pictures; see `common.prepared` for the last three."""
    if any(side % PATCH for side in shape[:2]):
        raise UsageError(
            f"pictures of {shape[:2]} cannot be cut into {PATCH} x {PATCH}"
        )
    return common.prepared(
        network(classes, width, depth, shape[:2]),
        shape,
        HEAD,
        common.IMAGENET if normalised else None,
        least=(PATCH, PATCH),
        weights=weights,
        checksum=checksum,
        frozen=frozen,
    )
