"""ResNet-18 (He and others 2015), as torchvision publishes it (BSD-3-Clause)."""

from __future__ import annotations

import torch
from torch import nn

from emolib.models.backbones import common
from emolib.models.common import scaled

STAGES = (64, 128, 256, 512)
"""Channels of the four stages; all but the first halve the picture's sides."""
HEAD = "fc"


class Residual(nn.Module):
    """Two convolutions, added to what came in."""

    def __init__(self, coming: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(coming, channels, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample = nn.Identity()
        if stride > 1 or coming != channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(coming, channels, 1, stride, bias=False),
                nn.BatchNorm2d(channels),
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(found + self.downsample(x))


def network(classes: int, width: float = 1.0, blocks: int = 2) -> nn.Module:
    """Four stages of residual blocks.

    Args:
        classes: logits that it gives.
        width: factor on channels.
        blocks: of a stage.
    """
    coming = scaled(64, width)
    parts = {
        "conv1": nn.Conv2d(3, coming, 7, 2, padding=3, bias=False),
        "bn1": nn.BatchNorm2d(coming),
        "relu": nn.ReLU(),
        "maxpool": nn.MaxPool2d(3, 2, padding=1),
    }
    for number, channels in enumerate(STAGES, 1):
        stage = []
        for block in range(blocks):
            stride = 2 if number > 1 and block == 0 else 1
            stage.append(Residual(coming, scaled(channels, width), stride))
            coming = scaled(channels, width)
        parts[f"layer{number}"] = nn.Sequential(*stage)
    found = common.named(
        **parts,
        avgpool=nn.AdaptiveAvgPool2d(1),
        flat=nn.Flatten(),
        fc=nn.Linear(coming, classes),
    )
    return common.he(found)


def resnet18(
    shape: tuple[int, ...],
    classes: int,
    width: float = 1.0,
    blocks: int = 2,
    normalised: bool = True,
    weights: str | None = None,
    checksum: str | None = None,
    frozen: bool = False,
) -> nn.Module:
    """ResNet-18 on pictures; see `common.prepared` for the last three."""
    return common.prepared(
        network(classes, width, blocks),
        shape,
        HEAD,
        common.IMAGENET if normalised else None,
        least=(32, 32),
        weights=weights,
        checksum=checksum,
        frozen=frozen,
    )
