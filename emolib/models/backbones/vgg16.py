"""VGG16 (Simonyan and Zisserman 2014), as torchvision publishes it (BSD-3-Clause)."""

from __future__ import annotations

from torch import nn

from emolib.models.backbones import common
from emolib.models.common import scaled

STAGES = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))
"""Convolutions of a stage, and channels; after each a picture halves its sides."""
HEAD = "classifier.6"


def network(classes: int, width: float = 1.0) -> nn.Module:
    """Thirteen convolutions and three dense layers.

    Args:
        classes: logits that it gives.
        width: factor on channels and units.
    """
    layers, coming = [], 3
    for count, channels in STAGES:
        for _ in range(count):
            leaving = scaled(channels, width)
            layers += [nn.Conv2d(coming, leaving, 3, padding=1), nn.ReLU()]
            coming = leaving
        layers.append(nn.MaxPool2d(2))
    units = scaled(4096, width)
    dense = nn.Sequential(
        nn.Linear(coming * 7 * 7, units),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(units, units),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(units, classes),
    )
    found = common.named(
        features=nn.Sequential(*layers),
        avgpool=nn.AdaptiveAvgPool2d(7),
        flat=nn.Flatten(),
        classifier=dense,
    )
    return common.he(found, spread=0.01)


def vgg16(
    shape: tuple[int, ...],
    classes: int,
    width: float = 1.0,
    normalised: bool = True,
    weights: str | None = None,
    checksum: str | None = None,
    frozen: bool = False,
) -> nn.Module:
    """VGG16 on pictures; see `common.prepared` for weights, checksum and frozen."""
    return common.prepared(
        network(classes, width),
        shape,
        HEAD,
        common.IMAGENET if normalised else None,
        least=(32, 32),
        weights=weights,
        checksum=checksum,
        frozen=frozen,
    )
