"""What a model looked at: its answer again, with one part after the other covered."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

PARTS = 10
"""Stretches of a sound that are silenced in turn."""

Shares = Callable[[np.ndarray], np.ndarray]
"""Inputs, one a row, to probabilities."""


class Looked(NamedTuple):
    """What a model was given, and how its first choice fares without a part of it.

    Attributes:
        given: an RGB picture as the model sees it, or the samples.
        falls: by how much the probability falls where a place is covered, (down,
            across) of a picture, one number a stretch of a sound; empty if it was not
            asked.
    """

    given: np.ndarray
    falls: np.ndarray


def in_picture(shares: Shares, picture: np.ndarray, number: int) -> Looked:
    """A grey square, a quarter of the picture wide, laid over place after place.

    >>> def bright_left(x):
    ...     left = x[:, :, :32].mean(axis=(1, 2, 3)) / 255
    ...     return np.stack([left, 1 - left], axis=1)
    >>> picture = np.full((64, 64, 3), 255, np.uint8)
    >>> falls = in_picture(bright_left, picture, 0).falls
    >>> falls.shape, bool(falls[:, 0].min() > falls[:, -1].max())
    ((7, 7), True)
    """
    from emolib.explain import occlusion

    side = len(picture) // 4
    falls = occlusion(shares, picture, number, side, side // 2)
    return Looked(np.broadcast_to(picture, (*picture.shape[:2], 3)), falls)


def in_sound(shares: Shares, samples: np.ndarray, number: int) -> Looked:
    """Each tenth of a sound silenced in turn.

    >>> def loud(x):
    ...     first = (np.abs(x[:, :10]).mean(axis=1) > 0).astype(float)
    ...     return np.stack([first, 1 - first], axis=1)
    >>> in_sound(loud, np.ones(100, np.float32), 0).falls.tolist()
    [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    edges = np.linspace(0, len(samples), PARTS + 1).astype(int)
    silenced = np.repeat(samples[None], PARTS + 1, axis=0)
    for row, start, stop in zip(silenced[1:], edges[:-1], edges[1:], strict=True):
        row[start:stop] = 0
    first, *others = np.asarray(shares(silenced))[:, number]
    return Looked(samples, first - np.array(others))
