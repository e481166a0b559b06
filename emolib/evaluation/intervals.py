"""How far a score would move if other people had been recorded.

Frames of a clip and clips of a person resemble each other, so the number of
independent observations is the number of people. What a score needs to know of
a person is a handful of counts, so no item is touched twice.

Of 25 people and more, the intervals draw people with replacement, each with all
of their items, thousands of times (percentile bootstrap). Of fewer such intervals
come out too narrow, of two by half: there it is Student's t over the people. A
score of all items is taken apart into one share a person by leaving each out in
turn (jackknife); where all people have equally many items, the shares of the
accuracy are the people's own accuracies. How often both kinds cover the truth is
measured by `benchmarks/intervals.py`: near a score of 1, neither does as often as
it says.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from emolib import UsageError
from emolib.evaluation.items import group_codes, resamples
from emolib.evaluation.metrics import coded, scores

MANY = 25
"""From so many people on they are resampled; of fewer it is t over people."""

FEW = 6
"""Of fewer people a number says next to nothing of others, and is marked."""


@dataclass(frozen=True)
class Interval:
    """A score and the range in which it would lie with other people.

    Attributes:
        value: the score of all items.
        low, high: ends of the interval; NaN where one unit leaves nothing to
            compare.
        n: of how many units.
        unit: what they are, "subject" as a rule.
        trained_on: whether the same people were trained on too; None if nobody
            said. The interval then holds for these people's further clips, and not
            for others.
    """

    value: float
    low: float
    high: float
    n: int
    unit: str = "subject"
    trained_on: bool | None = None

    @property
    def note(self) -> str:
        """What must stand beside the number; see `note`."""
        return note(self.n, self.unit, self.trained_on)

    def __str__(self) -> str:
        """In per cent: `86.9 % [83.1, 90.2], 24 subjects`."""
        value = f"{100 * self.value:.1f} %"
        beside = f" ({self.note})" if self.note else ""
        if math.isnan(self.low):
            return f"{value}, no interval from one {self.unit}{beside}"
        return (
            f"{value} [{100 * self.low:.1f}, {100 * self.high:.1f}], "
            f"{self.n} {self.unit}s{beside}"
        )


def note(n: int, unit: str = "subject", trained_on: bool | None = None) -> str:
    """What must stand beside a number wherever it is shown; "" if nothing.

    Args:
        n: how many people (or other units) it rests on.
        unit: what they are.
        trained_on: whether the same people were trained on too.

    >>> note(24), note(5), note(2, "word"), note(24, trained_on=True)
    ('', 'few people', 'few words', 'known people')
    """
    whom = "people" if unit == "subject" else f"{unit}s"
    words = ["few"] * (n < FEW) + ["known"] * bool(trained_on)
    return f"{', '.join(words)} {whom}" if words else ""


def beside(metric: Mapping) -> str:
    """The note of a metric as a record keeps it, with n and unit."""
    if not metric.get("n"):
        return ""
    return note(metric["n"], metric["unit"], metric.get("trained_on"))


def interval(
    values: ArrayLike,
    groups: ArrayLike,
    n: int = 2000,
    seed: int = 0,
    level: float = 0.95,
    unit: str = "subject",
    trained_on: bool | None = None,
) -> Interval:
    """The mean of values, such as 1 for correct and 0 for wrong, and its interval.

    Args:
        values: one number an item. If all lie within 0 and 1, or within -1 and 1,
            the ends do so too.
        groups: whom (or what) each item comes from; these are resampled.
        n: how many resamples.
        seed: of the draws.
        level: how often the interval is to cover the truth.
        unit: what a group is called in the result.
        trained_on: see `Interval`.

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
    each = np.column_stack([np.bincount(codes, values, size), np.bincount(codes)])
    value, others = float(values.mean()), _others(each, n, seed)
    ends = _ends(value, others[:, 0] / others[:, 1], size, level, _bounds(values))
    return Interval(value, *ends, size, unit, trained_on)


def score_intervals(
    truth: ArrayLike,
    predicted: ArrayLike,
    groups: ArrayLike,
    n: int = 2000,
    seed: int = 0,
    level: float = 0.95,
    unit: str = "subject",
    trained_on: bool | None = None,
) -> dict[str, Interval]:
    """Accuracy, UAR, macro and weighted F1, each with its interval.

    Arguments as in `interval`; `truth` and `predicted` are class names. For several
    seeds `predicted` is a list of their predictions: each is scored, and the mean
    over seeds is what the groups are resampled for.

    Returns:
        An interval under each of the names that `metrics.scores` gives.
    """
    codes, size = group_codes(groups, len(truth), unit)
    several = predicted if np.ndim(next(iter(predicted), 0)) else [predicted]
    scored = []
    for one in several:
        wanted, answered, classes = coded(truth, one)
        cells = wanted * classes + answered
        # One confusion matrix a group; of other groups it is a sum of them.
        each = np.bincount(codes * classes**2 + cells, minlength=size * classes**2)
        each = each.reshape(size, classes**2).astype(np.float64)
        sets = np.concatenate([each.sum(axis=0, keepdims=True), _others(each, n, seed)])
        scored.append(scores(sets.reshape(-1, classes, classes)))
    found = {}
    for name in scored[0]:
        value, *others = np.mean([one[name] for one in scored], axis=0)
        ends = _ends(value, np.array(others), size, level, (0.0, 1.0))
        found[name] = Interval(float(value), *ends, size, unit, trained_on)
    return found


def _others(each: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Sums over other sets of the groups: resampled, or of few each left out once."""
    if len(each) < MANY:
        return each.sum(axis=0) - each if len(each) > 1 else each
    return np.concatenate([drawn @ each for drawn in resamples(len(each), n, seed)])


def _ends(
    value: float,
    others: np.ndarray,
    size: int,
    level: float,
    bounds: tuple[float, float],
) -> tuple[float, float]:
    """The interval around a value, from the values of the other sets of groups."""
    from scipy.special import stdtrit

    if size == 1:
        return math.nan, math.nan
    if size >= MANY:
        low, high = np.quantile(others, [(1 - level) / 2, (1 + level) / 2])
        return float(low), float(high)
    shares = size * value - (size - 1) * others
    error = shares.std(ddof=1) / math.sqrt(size)
    half = float(stdtrit(size - 1, (1 + level) / 2) * error)
    return max(value - half, bounds[0]), min(value + half, bounds[1])


def _bounds(values: np.ndarray) -> tuple[float, float]:
    least, greatest = values.min(), values.max()
    if least < -1 or greatest > 1:
        return -math.inf, math.inf
    return (0.0 if least >= 0 else -1.0), 1.0
