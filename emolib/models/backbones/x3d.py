"""X3D-S (Feichtenhofer 2020), as pytorchvideo's x3d_s (Apache-2.0).

It expects 13 pictures of 160 x 160. pytorchvideo's ends in a softmax, in training
too, so that a cross-entropy on what it gives is one of probabilities taken for
logits; here it gives logits, and their softmax is the same.
"""

from __future__ import annotations

import math

from torch import Tensor, nn

from emolib.models.backbones import common
from emolib.models.backbones.film import Residual, chained, convolution
from emolib.models.common import scaled

STAGES = ((1, 12), (2, 24), (5, 48), (3, 96))
"""Blocks of a stage and channels, before they are expanded."""
DEEPER, WIDER, INSIDE = 2.2, 2.0, 2.25
"""How X3D-S expands blocks and channels, and channels again inside a block."""
HEAD = "blocks.5.proj"


class Weighing(nn.Module):
    """Weighs each channel by what the whole film holds of all."""

    def __init__(self, channels: int, inside: int) -> None:
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv3d(channels, inside, 1),
            nn.ReLU(),
            nn.Conv3d(inside, channels, 1),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x * self.block(x.mean((2, 3, 4), keepdim=True))


def _block(coming: int, inside: int, leaving: int, stride: int, weighed: bool):
    weighing = [Weighing(inside, common.eights(inside / 16))] if weighed else []
    return common.named(
        conv_a=convolution(coming, inside, (1, 1, 1)),
        norm_a=nn.BatchNorm3d(inside),
        act_a=nn.ReLU(),
        conv_b=convolution(inside, inside, (3, 3, 3), (1, stride, stride), inside),
        norm_b=nn.Sequential(nn.BatchNorm3d(inside), *weighing),
        act_b=nn.SiLU(),
        conv_c=convolution(inside, leaving, (1, 1, 1)),
        norm_c=nn.BatchNorm3d(leaving),
    )


def _stage(coming: int, inside: int, leaving: int, blocks: int) -> list[Residual]:
    """The first block halves the sides; every other one weighs its channels."""
    shortcut = convolution(coming, leaving, (1, 1, 1), (1, 2, 2))
    norm = nn.BatchNorm3d(leaving) if coming != leaving else None
    found = [Residual(_block(coming, inside, leaving, 2, True), shortcut, norm)]
    for number in range(1, blocks):
        block = _block(leaving, inside, leaving, 1, weighed=number % 2 == 0)
        found.append(Residual(block))
    return found


def network(
    classes: int, width: float = 1.0, depth: float = 1.0, units: int = 2048
) -> nn.Module:
    """Blocks whose inner convolutions see each channel alone, in space and time.

    Args:
        classes: logits that it gives.
        width: factor on channels, which stay multiples of eight.
        depth: factor on the blocks of a stage, rounded up.
        units: of the dense layer before the last.
    """
    coming = common.eights(STAGES[0][1] * WIDER * width)
    # The two names are crossed in the published weights: conv_t is the one in space.
    both = common.named(
        conv_t=convolution(3, coming, (1, 3, 3), (1, 2, 2)),
        conv_xy=convolution(coming, coming, (5, 1, 1), groups=coming),
    )
    stem = common.named(conv=both, norm=nn.BatchNorm3d(coming), activation=nn.ReLU())
    stages = []
    for count, channels in STAGES:
        leaving = common.eights(channels * WIDER * width)
        blocks, inside = math.ceil(count * DEEPER * depth), int(INSIDE * leaving)
        stages.append(_stage(coming, inside, leaving, blocks))
        coming = leaving
    pool = common.named(
        pre_conv=convolution(coming, inside, (1, 1, 1)),
        pre_norm=nn.BatchNorm3d(inside),
        pre_act=nn.ReLU(),
        pool=nn.AdaptiveAvgPool3d(1),
        post_conv=convolution(inside, units, (1, 1, 1)),
        post_act=nn.ReLU(),
    )
    head = common.named(
        pool=pool,
        flat=nn.Flatten(),
        dropout=nn.Dropout(0.5),
        proj=nn.Linear(units, classes),
    )
    return chained(stem, stages, head)


def x3d_s(
    shape: tuple[int, ...],
    classes: int,
    width: float = 1.0,
    depth: float = 1.0,
    normalised: bool = True,
    weights: str | None = None,
    checksum: str | None = None,
    frozen: bool = False,
) -> nn.Module:
    """X3D-S on films; see `common.prepared` for the last three."""
    return common.prepared(
        network(classes, width, depth, scaled(2048, width)),
        shape,
        HEAD,
        common.KINETICS if normalised else None,
        least=(1, 32, 32),
        weights=weights,
        checksum=checksum,
        frozen=frozen,
    )
