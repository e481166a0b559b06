"""EfficientNetV2-M (Tan and Le 2021), as torchvision publishes it (BSD-3-Clause)."""

from __future__ import annotations

import math

import torch
from torch import nn

from emolib.models.backbones import common
from emolib.models.common import scaled

# fmt: off
STAGES = (
    # fused, expansion, stride, channels, blocks
    (True,  1, 1,  24,  3),
    (True,  4, 2,  48,  5),
    (True,  4, 2,  80,  5),
    (False, 4, 2, 160,  7),
    (False, 6, 1, 176, 14),
    (False, 6, 2, 304, 18),
    (False, 6, 1, 512,  5),
)
# fmt: on
DROPPED = 0.2
"""The share of pictures for which the last block is left out in training; of each
block before it fewer, in proportion."""
HEAD = "classifier.1"


def convolution(
    coming: int,
    channels: int,
    kernel: int,
    stride: int = 1,
    groups: int = 1,
    active: bool = True,
) -> nn.Sequential:
    """A convolution, normalised by batches and, if `active`, through SiLU."""
    given = {"padding": kernel // 2, "groups": groups, "bias": False}
    return nn.Sequential(
        nn.Conv2d(coming, channels, kernel, stride, **given),
        nn.BatchNorm2d(channels, eps=1e-3),
        *[nn.SiLU()] * active,
    )


class Weighing(nn.Module):
    """Weighs each channel by what the whole picture holds of all."""

    def __init__(self, channels: int, inside: int) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(channels, inside, 1)
        self.fc2 = nn.Conv2d(inside, channels, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        seen = nn.functional.silu(self.fc1(x.mean((2, 3), keepdim=True)))
        return x * self.fc2(seen).sigmoid()


class LeavingOut(nn.Module):
    """In training, nothing for a share of the pictures, more for the others."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training or not self.p:
            return x
        kept = torch.empty(len(x), 1, 1, 1, dtype=x.dtype, device=x.device)
        return x * kept.bernoulli_(1 - self.p) / (1 - self.p)


class Block(nn.Module):
    """Wide inside, narrow outside; added to what came in where both are alike."""

    def __init__(
        self,
        fused: bool,
        expansion: int,
        stride: int,
        coming: int,
        channels: int,
        dropped: float,
    ) -> None:
        super().__init__()
        inside = coming * expansion
        if expansion == 1:
            layers = [convolution(coming, channels, 3, stride)]
        elif fused:
            layers = [
                convolution(coming, inside, 3, stride),
                convolution(inside, channels, 1, active=False),
            ]
        else:
            layers = [
                convolution(coming, inside, 1),
                convolution(inside, inside, 3, stride, groups=inside),
                Weighing(inside, coming // 4),
                convolution(inside, channels, 1, active=False),
            ]
        self.block = nn.Sequential(*layers)
        self.stochastic_depth = LeavingOut(dropped)
        self.added = stride == 1 and coming == channels

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found = self.block(x)
        return self.stochastic_depth(found) + x if self.added else found


def network(classes: int, width: float = 1.0, depth: float = 1.0) -> nn.Module:
    """Seven stages of blocks.

    Args:
        classes: logits that it gives.
        width: factor on channels, which stay multiples of eight.
        depth: factor on the blocks of a stage, rounded up.
    """
    coming = common.eights(STAGES[0][3] * width)
    parts, done = [convolution(3, coming, 3, 2)], 0
    counts = [math.ceil(stage[-1] * depth) for stage in STAGES]
    for (fused, expansion, stride, channels, _), count in zip(
        STAGES, counts, strict=True
    ):
        stage, leaving = [], common.eights(channels * width)
        for block in range(count):
            step, dropped = stride if block == 0 else 1, DROPPED * done / sum(counts)
            stage.append(Block(fused, expansion, step, coming, leaving, dropped))
            coming, done = leaving, done + 1
        parts.append(nn.Sequential(*stage))
    last = scaled(1280, width)
    found = common.named(
        features=nn.Sequential(*parts, convolution(coming, last, 1)),
        avgpool=nn.AdaptiveAvgPool2d(1),
        flat=nn.Flatten(),
        classifier=nn.Sequential(nn.Dropout(0.3), nn.Linear(last, classes)),
    )
    edge = 1 / math.sqrt(classes)
    nn.init.uniform_(found.classifier[1].weight, -edge, edge)
    nn.init.zeros_(found.classifier[1].bias)
    return common.he(found)


def efficientnet_v2_m(
    shape: tuple[int, ...],
    classes: int,
    width: float = 1.0,
    depth: float = 1.0,
    normalised: bool = True,
    weights: str | None = None,
    checksum: str | None = None,
    frozen: bool = False,
) -> nn.Module:
    """EfficientNetV2-M on pictures; see `common.prepared` for the last three."""
    return common.prepared(
        network(classes, width, depth),
        shape,
        HEAD,
        common.IMAGENET if normalised else None,
        least=(32, 32),
        weights=weights,
        checksum=checksum,
        frozen=frozen,
    )
