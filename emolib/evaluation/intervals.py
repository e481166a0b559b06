"""How far a score would move if other people had been recorded.

Frames of a clip and clips of a person resemble each other, so the number of
independent observations is the number of people. The intervals here draw
people with replacement, each with all of their items, thousands of times
(percentile bootstrap). What a score needs to know of a person is a handful of
counts, so a draw is a weighted sum of counts and no item is touched twice.

With fewer than about ten people such intervals come out too narrow: read
them as a lower bound of the doubt.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from emolib import UsageError
from emolib.evaluation.metrics import scores


@dataclass(frozen=True)
class Interval:
    """A score and the range its resamples fall into.

    Attributes:
        value: the score of all items.
        low, high: ends of the interval; NaN where one unit leaves nothing to
            resample.
        n: how many units were resampled.
        unit: what was resampled, "subject" as a rule.
    """

    value: float
    low: float
    high: float
    n: int
    unit: str = "subject"

    def __str__(self) -> str:
        """In per cent: `86.9 % [83.1, 90.2], 24 subjects`."""
        value = f"{100 * self.value:.1f} %"
        if math.isnan(self.low):
            return f"{value} (no interval from one {self.unit})"
        return (
            f"{value} [{100 * self.low:.1f}, {100 * self.high:.1f}], "
            f"{self.n} {self.unit}s"
        )


def interval(
    values: ArrayLike,
    groups: ArrayLike,
    n: int = 2000,
    seed: int = 0,
    level: float = 0.95,
    unit: str = "subject",
) -> Interval:
    """The mean of values, such as 1 for correct and 0 for wrong, and its interval.

    Args:
        values: one number an item.
        groups: whom (or what) each item comes from; these are resampled.
        n: how many resamples.
        seed: of the draws.
        level: share of the resamples between the ends.
        unit: what a group is called in the result.

    Raises:
        UsageError: if there is nothing to average, a value is not a finite
            number, or an item names no group.
    """
    values = np.asarray(values, dtype=np.float64)
    codes, size = group_codes(groups, len(values), unit)
    if not np.isfinite(values).all():
        raise UsageError(
            f"{(~np.isfinite(values)).sum()} of {len(values)} values are not "
            "finite numbers; leave them out on purpose, not by averaging"
        )
    totals = np.bincount(codes, values, size)
    counts = np.bincount(codes, minlength=size)
    weights = resamples(size, n, seed)
    low, high = _ends((weights @ totals) / (weights @ counts), size, level)
    return Interval(float(values.mean()), low, high, size, unit)


def score_intervals(
    truth: ArrayLike,
    predicted: ArrayLike,
    groups: ArrayLike,
    n: int = 2000,
    seed: int = 0,
    level: float = 0.95,
    unit: str = "subject",
) -> dict[str, Interval]:
    """Accuracy, UAR, macro and weighted F1, each with its interval.

    Arguments as in `interval`; `truth` and `predicted` are class names.

    Returns:
        An interval under each of the names that `metrics.scores` gives.
    """
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    codes, size = group_codes(groups, len(truth), unit)
    if len(predicted) != len(truth):
        raise UsageError(f"{len(truth)} truths but {len(predicted)} predictions")
    cells, classes = pd.factorize(np.concatenate([truth, predicted]), sort=True)
    classes = len(classes)
    cells = cells[: len(truth)] * classes + cells[len(truth) :]
    # One confusion matrix a group; a resample's matrix is a weighted sum of them.
    per_group = np.bincount(codes * classes**2 + cells, minlength=size * classes**2)
    per_group = per_group.reshape(size, classes**2).astype(np.float64)
    drawn = (resamples(size, n, seed) @ per_group).reshape(-1, classes, classes)
    observed = scores(per_group.sum(axis=0).reshape(classes, classes))
    return {
        name: Interval(float(observed[name]), *_ends(values, size, level), size, unit)
        for name, values in scores(drawn).items()
    }


def group_codes(
    groups: ArrayLike, length: int, unit: str = "subject"
) -> tuple[np.ndarray, int]:
    """Number the groups 0, 1, .. in sorted order; codes and how many there are."""
    groups = np.asarray(groups)
    if len(groups) != length or not length:
        raise UsageError(f"{length} items but {len(groups)} {unit}s; one each, please")
    if pd.isna(groups).any() or (groups.astype(str) == "").any():
        raise UsageError(f"some items name no {unit}; who is resampled must be known")
    codes, found = pd.factorize(groups, sort=True)
    return codes, len(found)


def resamples(groups: int, n: int, seed: int) -> np.ndarray:
    """How often each group (column) is drawn in each of n resamples (row)."""
    draws = np.random.default_rng(seed).multinomial(
        groups, np.full(groups, 1 / groups), size=n
    )
    return draws.astype(np.float64)


def _ends(values: np.ndarray, groups: int, level: float) -> tuple[float, float]:
    if groups == 1:
        return math.nan, math.nan
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
