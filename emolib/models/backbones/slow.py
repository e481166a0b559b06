"""Slow pathway of SlowFast with 50 layers (Feichtenhofer and others 2018).

As pytorchvideo's slow_r50 (Apache-2.0), which expects 8 pictures of 224 x 224. Its
head averages windows of that size; here it averages all there is, which is the same.
"""

from __future__ import annotations

from torch import nn

from emolib.models.backbones import common
from emolib.models.backbones.film import Residual, chained, convolution
from emolib.models.common import scaled

STAGES = ((3, 64, 1), (4, 128, 1), (6, 256, 3), (3, 512, 3))
"""Blocks of a stage, channels inside, and pictures that its blocks join in time."""
HEAD = "blocks.5.proj"


def _block(coming: int, inside: int, joined: int, stride: int) -> nn.Module:
    return common.named(
        conv_a=convolution(coming, inside, (joined, 1, 1)),
        norm_a=nn.BatchNorm3d(inside),
        act_a=nn.ReLU(),
        conv_b=convolution(inside, inside, (1, 3, 3), (1, stride, stride)),
        norm_b=nn.BatchNorm3d(inside),
        act_b=nn.ReLU(),
        conv_c=convolution(inside, 4 * inside, (1, 1, 1)),
        norm_c=nn.BatchNorm3d(4 * inside),
    )


def _stage(coming: int, inside: int, joined: int, stride: int, blocks: int) -> list:
    leaving = 4 * inside
    shortcut = convolution(coming, leaving, (1, 1, 1), (1, stride, stride))
    first = _block(coming, inside, joined, stride)
    others = (_block(leaving, inside, joined, 1) for _ in range(blocks - 1))
    return [Residual(first, shortcut, nn.BatchNorm3d(leaving)), *map(Residual, others)]


def network(
    classes: int, width: float = 1.0, blocks: tuple[int, ...] = (3, 4, 6, 3)
) -> nn.Module:
    """Residual blocks over single pictures first, over three in time at last.

    Args:
        classes: logits that it gives.
        width: factor on channels.
        blocks: of each stage.
    """
    coming = scaled(64, width)
    stem = common.named(
        conv=convolution(3, coming, (1, 7, 7), (1, 2, 2)),
        norm=nn.BatchNorm3d(coming),
        activation=nn.ReLU(),
        pool=nn.MaxPool3d((1, 3, 3), (1, 2, 2), (0, 1, 1)),
    )
    stages = []
    for (_, channels, joined), count in zip(STAGES, blocks, strict=True):
        inside, stride = scaled(channels, width), 2 if stages else 1
        stages.append(_stage(coming, inside, joined, stride, count))
        coming = 4 * inside
    head = common.named(
        pool=nn.AdaptiveAvgPool3d(1),
        flat=nn.Flatten(),
        dropout=nn.Dropout(0.5),
        proj=nn.Linear(coming, classes),
    )
    return chained(stem, stages, head)


def slow_r50(
    shape: tuple[int, ...],
    classes: int,
    width: float = 1.0,
    blocks: tuple[int, ...] = (3, 4, 6, 3),
    normalised: bool = True,
    weights: str | None = None,
    checksum: str | None = None,
    frozen: bool = False,
) -> nn.Module:
    """slow_r50 on films; see `common.prepared` for the last three."""
    return common.prepared(
        network(classes, width, blocks),
        shape,
        HEAD,
        common.KINETICS if normalised else None,
        least=(1, 32, 32),
        weights=weights,
        checksum=checksum,
        frozen=frozen,
    )
