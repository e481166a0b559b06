"""How well scores put one class above another, wherever the line is drawn."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from emolib import UsageError
from emolib.evaluation.intervals import Interval
from emolib.evaluation.items import group_codes


def area(
    scores: ArrayLike,
    positive: ArrayLike,
    groups: ArrayLike,
    level: float = 0.95,
    unit: str = "subject",
) -> Interval:
    r"""Area under the ROC curve (AUC), with its interval over people.

    .. math:: A = P(\text{score of a positive item} > \text{that of another})
              + \tfrac{1}{2} P(\text{both alike})

    All items of a person move the area together: how far is summed up for each
    person, and the interval is Student's t on these sums (DeLong's variance, with
    people in the place of items: Obuchowski 1997).

    Args:
        scores: one number an item; higher means rather positive.
        positive: which items are.
        groups: whom (or what) each item comes from.
        level: how often the interval is to cover the truth.
        unit: what a group is called in the result.

    Raises:
        UsageError: if there is no item of either kind.

    >>> area([3, 2, 1, 0], [True, True, False, False], ["p", "q", "p", "q"]).value
    1.0
    """
    from scipy.special import stdtrit
    from scipy.stats import rankdata

    scores, positive = np.asarray(scores, np.float64), np.asarray(positive, bool)
    codes, size = group_codes(groups, len(scores), unit)
    counts = np.where(positive, positive.sum(), (~positive).sum())
    if not counts.min() or positive.all() or not positive.any():
        raise UsageError("an area needs items of both kinds")
    own = np.empty(len(scores))
    for side in (positive, ~positive):
        own[side] = rankdata(scores[side])
    # Of each item the share of the other kind's that it is above.
    above = (rankdata(scores) - own) / (len(scores) - counts)
    value = float(above[positive].mean())
    if size == 1:
        return Interval(value, math.nan, math.nan, size, unit)
    moved = np.where(positive, above - value, 1 - above - value) / counts
    # A group of either kind moves the area by what its items do.
    each = np.bincount(codes, moved, size)
    error = math.sqrt(size / (size - 1) * np.square(each).sum())
    half = float(stdtrit(size - 1, (1 + level) / 2)) * error
    return Interval(value, max(value - half, 0), min(value + half, 1), size, unit)
