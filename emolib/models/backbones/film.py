"""What the networks on films share: residual blocks in pytorchvideo's names."""

from __future__ import annotations

import torch
from torch import nn

from emolib.models.backbones.common import he, named


class Residual(nn.Module):
    """A block, added to what came in or to a convolution of it."""

    def __init__(
        self,
        block: nn.Module,
        shortcut: nn.Module | None = None,
        norm: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.branch1_conv = shortcut or nn.Identity()
        self.branch1_norm = norm or nn.Identity()
        self.branch2 = block
        self.activation = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        past = self.branch1_norm(self.branch1_conv(x))
        return self.activation(past + self.branch2(x))


def convolution(
    coming: int,
    channels: int,
    kernel: tuple[int, int, int],
    stride: tuple[int, int, int] = (1, 1, 1),
    groups: int = 1,
) -> nn.Conv3d:
    """Over time, height and width; what comes out is as large, but for the stride."""
    around = tuple(length // 2 for length in kernel)
    return nn.Conv3d(
        coming, channels, kernel, stride, around, groups=groups, bias=False
    )


class Film(nn.Module):
    """Goes through its blocks, and calls nothing else that is set on it."""

    def __init__(self, blocks: list[nn.Module]) -> None:
        super().__init__()
        self.blocks = nn.Sequential(*blocks)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.blocks(x)


def chained(stem: nn.Module, stages: list[list[Residual]], head: nn.Module) -> Film:
    """The whole network, started as pytorchvideo starts it.

    The last normalisation of each block starts at 0, so that blocks begin by
    handing on what comes in.
    """
    blocks = [named(res_blocks=nn.Sequential(*stage)) for stage in stages]
    for stage in stages:
        for residual in stage:
            nn.init.zeros_(residual.branch2.norm_c.weight)
    return he(Film([stem, *blocks, head]), spread=0.01)
