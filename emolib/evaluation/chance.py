"""How often would chance alone be right as often?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from emolib.evaluation.intervals import interval

SHUFFLES = 9999


class Found(NamedTuple):
    """How often something is right, and how often chance alone would be.

    `low` and `high` are the 95 % interval over people; `p` is the share of
    shuffles of the true classes in which it is right at least as often.
    """

    accuracy: float
    low: float
    high: float
    chance: float
    p: float


def judged(truth: ArrayLike, predicted: ArrayLike, people: ArrayLike) -> Found:
    """Compare predictions with the truth, and with what chance would give.

    For classes that were dealt to the items by lot. If nothing of them shows, any
    other deal was as likely, whatever the predictions have in common: shuffling
    the truth is an exact test (one-sided: right more often than by chance).

    >>> judged([0, 1] * 6, [0, 1] * 6, [1, 2, 3] * 4).p < 0.01
    True
    """
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    right = truth == predicted
    spread = interval(right, people)
    shuffle = np.random.default_rng(0)
    counts = [(shuffle.permutation(truth) == predicted).sum() for _ in range(SHUFFLES)]
    p = (1 + np.sum(np.array(counts) >= right.sum())) / (1 + SHUFFLES)
    chance = float(np.mean(counts)) / len(truth)
    return Found(spread.value, spread.low, spread.high, chance, float(p))
