"""InceptionResnetV1 (Szegedy and others 2016), as facenet-pytorch has it (MIT)."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn

from emolib.models.backbones import common
from emolib.models.common import scaled

SCALE = ((127.5 / 255,) * 3, (128 / 255,) * 3)
"""Its published weights expect (picture - 127.5) / 128."""
HEAD = "logits"

Step = tuple  # channels, kernel and, where they are not 1 and half the kernel, more
TALL, WIDE = (7, 1), (1, 7)


def _convolution(
    coming: int, channels: int, kernel: int | tuple, stride: int = 1, pad: bool = True
) -> nn.Sequential:
    sides = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    around = tuple(side // 2 for side in sides) if pad else 0
    return common.named(
        conv=nn.Conv2d(coming, channels, kernel, stride, around, bias=False),
        bn=nn.BatchNorm2d(channels, eps=1e-3),
        relu=nn.ReLU(),
    )


def _branch(coming: int, steps: Iterable[Step]) -> nn.Sequential:
    """Convolutions one after the other; a single one stands alone."""
    layers = []
    for channels, *rest in steps:
        layers.append(_convolution(coming, channels, *rest))
        coming = channels
    return nn.Sequential(*layers) if len(layers) > 1 else layers[0]


class Residual(nn.Module):
    """Branches side by side, brought together and added, in part, to what came in."""

    def __init__(
        self, coming: int, *branches: list[Step], scale: float, active: bool = True
    ) -> None:
        super().__init__()
        for number, steps in enumerate(branches):
            self.add_module(f"branch{number}", _branch(coming, steps))
        self.branches, self.scale = len(branches), scale
        joined = sum(steps[-1][0] for steps in branches)
        self.conv2d = nn.Conv2d(joined, coming, 1)
        self.relu = nn.ReLU() if active else nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found = [getattr(self, f"branch{i}")(x) for i in range(self.branches)]
        return self.relu(self.conv2d(torch.cat(found, 1)) * self.scale + x)


class Reduction(nn.Module):
    """Branches side by side, each halving the picture's sides; the last by maxima."""

    def __init__(self, coming: int, *branches: list[Step]) -> None:
        super().__init__()
        for number, steps in enumerate(branches):
            self.add_module(f"branch{number}", _branch(coming, steps))
        self.add_module(f"branch{len(branches)}", nn.MaxPool2d(3, 2))
        self.leaving = coming + sum(steps[-1][0] for steps in branches)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([branch(x) for branch in self.children()], 1)


def network(
    classes: int, width: float = 1.0, repeats: tuple[int, int, int] = (5, 10, 5)
) -> nn.Module:
    """A stem, three kinds of residual blocks with reductions between, 512 numbers.

    Args:
        classes: logits that it gives.
        width: factor on channels.
        repeats: how often each kind of block stands.
    """
    w = {n: scaled(n, width) for n in (32, 64, 80, 128, 192, 256, 384, 512)}
    # fmt: off
    halved = Reduction(
        w[256], [(w[384], 3, 2, False)],
        [(w[192], 1), (w[192], 3), (w[256], 3, 2, False)],
    )
    halved_again = Reduction(
        halved.leaving, [(w[256], 1), (w[384], 3, 2, False)],
        [(w[256], 1), (w[256], 3, 2, False)],
        [(w[256], 1), (w[256], 3), (w[256], 3, 2, False)],
    )
    # fmt: on
    last = halved_again.leaving
    return common.named(
        conv2d_1a=_convolution(3, w[32], 3, 2, False),
        conv2d_2a=_convolution(w[32], w[32], 3, 1, False),
        conv2d_2b=_convolution(w[32], w[64], 3),
        maxpool_3a=nn.MaxPool2d(3, 2),
        conv2d_3b=_convolution(w[64], w[80], 1),
        conv2d_4a=_convolution(w[80], w[192], 3, 1, False),
        conv2d_4b=_convolution(w[192], w[256], 3, 2, False),
        repeat_1=nn.Sequential(*(_first(w) for _ in range(repeats[0]))),
        mixed_6a=halved,
        repeat_2=nn.Sequential(*(_second(halved, w) for _ in range(repeats[1]))),
        mixed_7a=halved_again,
        repeat_3=nn.Sequential(*(_third(last, w, 0.2) for _ in range(repeats[2]))),
        block8=_third(last, w, 1.0, active=False),
        avgpool_1a=nn.AdaptiveAvgPool2d(1),
        dropout=nn.Dropout(0.6),
        flat=nn.Flatten(),
        last_linear=nn.Linear(last, w[512], bias=False),
        last_bn=nn.BatchNorm1d(w[512], eps=1e-3),
        logits=nn.Linear(w[512], classes),
    )


def _first(w: dict[int, int]) -> Residual:
    one, three = (w[32], 1), (w[32], 3)
    return Residual(w[256], [one], [one, three], [one, three, three], scale=0.17)


def _second(reduction: Reduction, w: dict[int, int]) -> Residual:
    one, wide, tall = ((w[128], kernel) for kernel in (1, WIDE, TALL))
    return Residual(reduction.leaving, [one], [one, wide, tall], scale=0.1)


def _third(coming: int, w: dict[int, int], scale: float, active=True) -> Residual:
    one, wide, tall = ((w[192], kernel) for kernel in (1, (1, 3), (3, 1)))
    return Residual(coming, [one], [one, wide, tall], scale=scale, active=active)


def inception_resnet_v1(
    shape: tuple[int, ...],
    classes: int,
    width: float = 1.0,
    repeats: tuple[int, int, int] = (5, 10, 5),
    normalised: bool = True,
    weights: str | None = None,
    checksum: str | None = None,
    frozen: bool = False,
) -> nn.Module:
    """InceptionResnetV1 on pictures; see `common.prepared` for the last three.

    Its last normalisation needs two pictures at least to train on.
    """
    return common.prepared(
        network(classes, width, repeats),
        shape,
        HEAD,
        SCALE if normalised else None,
        least=(75, 75),
        weights=weights,
        checksum=checksum,
        frozen=frozen,
    )
