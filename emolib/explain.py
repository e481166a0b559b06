"""Why a model answered as it did."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from emolib import UsageError

GREY = 127


def occlusion(
    predict: Callable[[np.ndarray], np.ndarray],
    picture: np.ndarray,
    number: int,
    side: int = 16,
    step: int = 8,
) -> np.ndarray:
    """By how much a class becomes less probable when a place is covered.

    A grey square is laid over one place after the other. Where the probability
    falls, the model looked; where it rises, something spoke against the class.

    Args:
        predict: pictures (n, height, width, colours) to probabilities.
        picture: uint8, RGB.
        number: of the class.
        side, step: of the square, and from one place to the next, in pixels.

    Returns:
        The fall at each place, shape (places down, places across).

    Raises:
        UsageError: if the square is larger than the picture.
    """
    tops, lefts = (range(0, size - side + 1, step) for size in picture.shape[:2])
    if not tops or not lefts:
        raise UsageError(f"a square of {side} pixels does not fit {picture.shape[:2]}")
    places = [(top, left) for top in tops for left in lefts]
    pictures = np.repeat(picture[None], len(places) + 1, axis=0)
    for covered, (top, left) in zip(pictures[1:], places, strict=True):
        covered[top : top + side, left : left + side] = GREY
    first, *others = np.asarray(predict(pictures))[:, number]
    return (first - np.array(others)).reshape(len(tops), len(lefts))
