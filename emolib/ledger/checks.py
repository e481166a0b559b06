"""Arithmetic on what a document prints: which numbers can be true together.

Pure functions: they know no document, only numbers. A printed number stands for
an interval, half a unit of its last digit to either side (`rounded`); two
statements agree if some true values inside their intervals do.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from emolib import UsageError
from emolib.evaluation.metrics import class_rates

_EDGE = 1e-9
"""Room for floating point: a value on the edge of an interval lies in it."""


class Interval(NamedTuple):
    """What a rounded number may have been."""

    low: float
    high: float

    def meets(self, other: Interval) -> bool:
        """Whether some value lies in both."""
        return self.low <= other.high + _EDGE and other.low <= self.high + _EDGE


def decimals(text: str) -> int:
    """Digits after the point of a number as printed.

    >>> decimals("96.820"), decimals("72")
    (3, 0)
    """
    return len(text.partition(".")[2])


@functools.cache
def rounded(text: str, scale: float = 1) -> Interval:
    r"""The values that are printed as `text`: $x \pm 0.5 \cdot 10^{-decimals}$.

    Both ways of rounding a half are allowed.

    Args:
        text: a number, digits as printed.
        scale: 0.01 turns per cent into a share.

    >>> low, high = rounded("0.72")
    >>> round(low, 3), round(high, 3)
    (0.715, 0.725)
    """
    half = 0.5 * 10.0 ** -decimals(text)
    return Interval((float(text) - half) * scale, (float(text) + half) * scale)


@functools.cache
def number(text: str) -> str | None:
    """The number in a cell, as printed, without thousands' commas and per cent.

    >>> number("1,254"), number("98.8 %"), number("VGG16")
    ('1254', '98.8', None)
    """
    bare = text.strip().rstrip("%").strip()
    bare = re.sub(r"(?<=\d),(?=\d{3}(\D|$))", "", bare)
    return bare if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)", bare) else None


# --- sizes and counts ------------------------------------------------------------


def implied_sizes(test_n: int, share: float) -> range:
    r"""Sizes of the whole set for which `share` of it gives `test_n` test items.

    scikit-learn rounds the test set up, $n_{test} = \lceil share \cdot n \rceil$,
    so that several sizes give one test set.

    Args:
        test_n: items in the test set.
        share: the stated part held out, between 0 and 1.

    Raises:
        UsageError: if `test_n` or `share` is out of range.

    >>> implied_sizes(2267, 0.15)
    range(15107, 15114)
    """
    if test_n < 1 or not 0 < share < 1:
        raise UsageError(
            f"test_n is {test_n} and share {share}; give at least 1 item and a "
            "share between 0 and 1"
        )
    # The product is taken in floating point, as scikit-learn does, hence the margin.
    near = range(math.ceil((test_n - 1) / share) - 1, math.floor(test_n / share) + 2)
    sizes = [n for n in near if math.ceil(share * n) == test_n]
    return range(sizes[0], sizes[-1] + 1)


def possible_counts(percent: float, n: int, decimals: int = 2) -> list[int]:
    r"""How many of `n` items can be right if `percent` is printed.

    All $k$ with $|100 k / n - percent| \le 0.5 \cdot 10^{-decimals}$; none means
    that the number cannot come from `n` items (the GRIM test of Brown and
    Heathers, 2017).

    >>> possible_counts(99.93, 1440), possible_counts(99.93, 100)
    ([1439], [])
    """
    half = 0.5 * 10**-decimals + 1e-9  # both ways of rounding a half are allowed
    low = math.ceil((percent - half) * n / 100)
    high = math.floor((percent + half) * n / 100)
    return list(range(max(low, 0), min(high, n) + 1))


def possible_sizes(percents: Sequence[str], up_to: int = 2000) -> list[int]:
    """Sizes of a test set that can give every one of the printed percentages.

    Args:
        percents: as printed, digits kept, from one and the same test set.
        up_to: the largest size to try.

    >>> possible_sizes(["8.333", "9.167", "23.333"], up_to=200)
    [120]
    >>> possible_sizes(["15.121"], up_to=120)
    []
    """
    given = sizes_giving(percents, up_to)
    return (np.flatnonzero(given == len(percents)) + 1).tolist()


def sizes_giving(percents: Sequence[str], up_to: int = 2000) -> np.ndarray:
    """How many of the printed percentages a test set of 1, 2, ... items can give.

    >>> sizes_giving(["50", "33.33"], up_to=3).tolist()
    [0, 1, 1]
    """
    sizes = np.arange(1, up_to + 1)
    given = np.zeros(up_to, dtype=int)
    for text in percents:
        low, high = rounded(text, 0.01)
        right = np.ceil(low * sizes - _EDGE)
        given += right <= np.minimum(high * sizes + _EDGE, sizes)
    return given


def whole_set_bounds(test_percent: float, share: float) -> tuple[float, float]:
    r"""Accuracies on training and test set together that the test result allows.

    From $share \cdot test$, every training item wrong, to
    $100 (1 - share) + share \cdot test$, every one right; in per cent.

    >>> low, high = whole_set_bounds(90, 0.25)
    >>> low, high
    (22.5, 97.5)
    """
    return share * test_percent, 100 * (1 - share) + share * test_percent


def match_counts(
    printed: Mapping[str, int], documented: Mapping[str, int]
) -> dict[str, str]:
    """Which documented class each printed count is, if its own is not.

    Only counts that are met exactly, by one class alone, are named.

    Args:
        printed: class -> count, as a document gives it.
        documented: class -> count, as the corpus gives it.

    Returns:
        printed class -> the class whose documented count it is, itself if its own.

    >>> match_counts({"happy": 547, "fearful": 30}, {"disgusted": 547, "fearful": 30})
    {'happy': 'disgusted', 'fearful': 'fearful'}
    """
    found = {}
    for name, count in printed.items():
        owners = [other for other, n in documented.items() if n == count]
        if name in owners:
            found[name] = name
        elif len(owners) == 1 and count:
            found[name] = owners[0]
    return found


# --- scores of classes -------------------------------------------------------------


def f1_bounds(precision: Interval, recall: Interval) -> Interval:
    r"""F1 that rounded precision and recall allow: $2pr / (p + r)$ at both ends.

    F1 grows with either, so that its ends lie at theirs.

    >>> low, high = f1_bounds(rounded("0.64"), rounded("0.71"))
    >>> round(low, 3), round(high, 3)
    (0.668, 0.678)
    """
    low, high = (
        2 * p * r / (p + r) if p > 0 and r > 0 else 0.0
        for p, r in zip(precision, recall, strict=True)
    )
    return Interval(low, high)


def mean_bounds(
    values: Sequence[Interval], weights: Sequence[float] | None = None
) -> Interval:
    """What the (weighted) mean of rounded numbers can be.

    >>> mean_bounds([Interval(0, 0.25), Interval(0.5, 0.75)])
    Interval(low=0.25, high=0.5)
    >>> mean_bounds([Interval(0, 0.25), Interval(1, 1)], [1, 3])
    Interval(low=0.75, high=0.8125)
    """
    ends = np.average(np.array(values, dtype=float), axis=0, weights=weights)
    return Interval(float(ends[0]), float(ends[1]))


def possible_hits(
    n: int,
    precision: Interval | None = None,
    recall: Interval | None = None,
    f1: Interval | None = None,
    total: int | None = None,
) -> list[tuple[int, int, int]]:
    r"""Whole numbers of items behind the scores of a class with `n` true items.

    Args:
        n: true items of the class, its support.
        precision, recall, f1: as shares; any may be unknown.
        total: items of the whole test set; no more can have been predicted.

    Returns:
        (right, fewest predicted, most predicted) for every possible number of
        right ones; empty if no whole numbers give the scores.

    >>> possible_hits(33, rounded("0.91"), rounded("0.91"), rounded("0.91"))
    [(30, 33, 33)]
    >>> possible_hits(33, rounded("0.91"), rounded("0.93"))
    []
    """
    low, high = recall or Interval(0, 1)
    found = []
    for right in range(
        max(0, math.ceil(low * n - _EDGE)), min(n, math.floor(high * n + _EDGE)) + 1
    ):
        fewest, most = right, math.inf if total is None else total - n + right
        if right and precision:
            fewest = max(fewest, math.ceil(right / precision.high - _EDGE))
            most = min(most, right / max(precision.low, _EDGE))
        elif precision and precision.low > 0:
            continue  # none right gives a precision of 0, or none at all
        if right and f1:  # f1 = 2 right / (n + predicted)
            fewest = max(fewest, math.ceil(2 * right / f1.high - n - _EDGE))
            most = min(most, 2 * right / max(f1.low, _EDGE) - n)
        elif f1 and f1.low > 0:
            continue
        most = math.floor(most + _EDGE) if most < math.inf else 10**9
        if fewest <= most:
            found.append((right, fewest, most))
    return found


def class_scores(matrix: pd.DataFrame) -> pd.DataFrame:
    """Precision, recall, F1 and items of each class of a printed confusion matrix.

    Args:
        matrix: counts, true classes down, predicted across, in one order.
    """
    items = matrix.sum(axis=1).rename("items")
    return pd.DataFrame(class_rates(matrix), index=matrix.index).join(items)


def gather(matrix: pd.DataFrame, groups: Mapping[str, Iterable[str]]) -> pd.DataFrame:
    """A confusion matrix over groups of its classes.

    >>> cells = [[5, 1, 2], [0, 7, 1], [3, 0, 9]]
    >>> matrix = pd.DataFrame(cells, list("abc"), list("abc"))
    >>> gather(matrix, {"ab": "ab", "c": "c"}).to_numpy().tolist()
    [[13, 3], [3, 9]]
    """
    cells = [
        [int(matrix.loc[list(rows), list(columns)].to_numpy().sum())
         for columns in groups.values()]
        for rows in groups.values()
    ]  # fmt: skip
    return pd.DataFrame(cells, index=list(groups), columns=list(groups))


# --- the order of a matrix' names -------------------------------------------------


def rename_classes(matrix: pd.DataFrame, order: Iterable[str]) -> pd.DataFrame:
    """The same cells in the same places under other names.

    Raises:
        UsageError: if `order` does not hold the matrix' own names.
    """
    order = list(order)
    if sorted(order) != sorted(matrix.index):
        raise UsageError(
            f"order {order} does not hold the matrix' classes "
            f"{list(matrix.index)}; give each of them once"
        )
    renamed = matrix.copy()
    renamed.index = pd.Index(order, name=matrix.index.name)
    renamed.columns = pd.Index(order, name=matrix.columns.name)
    return renamed


def chi_square(
    totals: Sequence[float], counts: Sequence[float], share: float | None = None
) -> tuple[float, float]:
    r"""How badly totals fit counts: $\chi^2 = \sum (total - expected)^2 / expected$.

    Args:
        totals: items of each class that were drawn.
        counts: items of each class that there were.
        share: of them drawn; without it, what the totals are of all.

    Returns:
        The statistic, and how often chance alone gives one as large, were items
        drawn independently.

    >>> chi_square([10, 20, 30], [1, 2, 3])
    (0.0, 1.0)
    """
    from scipy.special import chdtrc

    expected = _expected(totals, counts, share)
    statistic = float(((np.asarray(totals, float) - expected) ** 2 / expected).sum())
    return statistic, float(chdtrc(len(expected) - (share is None), statistic))


def _expected(
    totals: Sequence[float], counts: Sequence[float], share: float | None
) -> np.ndarray:
    counts = np.asarray(counts, float)
    return counts * (np.sum(totals) / counts.sum() if share is None else share)


def reorder(
    matrix: pd.DataFrame,
    candidates: Mapping[str, Iterable[str]],
    counts: Mapping[str, int],
    scores: Mapping[tuple[str, str], float],
    decimals: int = 2,
) -> pd.DataFrame:
    r"""Which order of class names a confusion matrix was really drawn in.

    A wrong order leaves the accuracy as it is but gives each row another class.
    Two things show it: row totals that are not in the corpus' proportions (see
    `chi_square`), and scores stated for a class that are not the row's.

    Args:
        matrix: counts under the printed names.
        candidates: name of an order -> the class names in it, or a label space.
        counts: clips of each class in the corpus.
        scores: (metric, class) -> the stated precision, recall or f1.
        decimals: digits after the point in `scores`.

    Returns:
        A row for the printed order and for each candidate: chi_square, p (small:
        the totals do not fit, were items drawn independently), scores_met, scores.

    Raises:
        UsageError: if a candidate does not hold the matrix' classes.
    """
    orders = {"printed": matrix.index, **candidates}
    rows = {
        name: order_fit(rename_classes(matrix, order), counts, scores, decimals)
        for name, order in orders.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("order")
    return table.drop(columns="near")


def order_fit(
    matrix: pd.DataFrame,
    counts: Mapping[str, float],
    scores: Mapping[tuple[str, str], float] | None = None,
    decimals: int = 2,
    share: float | None = None,
) -> dict[str, float]:
    """How well a matrix fits under its names: a row of `reorder`, and `near`.

    `near` counts the rows within one item of their share: all of them, if the draw
    was balanced by class.

    Args:
        matrix: one column of items for each class will do if there are no scores.
        share: of the items drawn, if known.
    """
    totals = matrix.sum(axis=1)
    documented = [counts[name] for name in matrix.index]
    statistic, p = chi_square(totals, documented, share)
    rates = class_scores(matrix) if scores else matrix
    met = [
        _met(rates.loc[label, metric], stated, decimals)
        for (metric, label), stated in (scores or {}).items()
    ]
    return {
        "chi_square": statistic,
        "p": p,
        "scores_met": sum(met),
        "scores": len(met),
        "near": int((abs(totals - _expected(totals, documented, share)) <= 1).sum()),
    }


def fitting_order(
    matrix: pd.DataFrame,
    counts: Mapping[str, float],
    scores: Mapping[tuple[str, str], float] | None = None,
    decimals: int = 2,
    share: float | None = None,
) -> list[str]:
    r"""The order of the names under which totals and class scores fit best.

    Each row costs its part of $\chi^2$, up to 25 (a count may be wrong by itself),
    and 10 for every score stated for the class that is not the row's; the cheapest
    assignment of names to rows is found among all. Of equally cheap ones it is the
    one nearest to the alphabetical order, in which most tools sort names.

    Args:
        matrix: counts under the printed names; true classes alone (one column
            `items`) will do where there are no scores.
        counts: clips of each class in the corpus.
        scores: (metric, class) -> the stated precision, recall or f1.
        decimals: digits after the point in `scores`.
        share: of the clips drawn, if known.

    >>> matrix = pd.DataFrame([[9, 1], [3, 17]], list("ba"), list("ba"))
    >>> fitting_order(matrix, {"a": 50, "b": 100})
    ['a', 'b']
    """
    from scipy.optimize import linear_sum_assignment

    names = list(matrix.index)
    rates = class_rates(matrix) if scores else {}
    totals = matrix.sum(axis=1).to_numpy(float)
    expected = _expected(totals, [counts[name] for name in names], share)
    cost = np.minimum((totals[:, None] - expected) ** 2 / expected, 25)
    for (metric, label), stated in (scores or {}).items():
        cost[:, names.index(label)] += 10 * ~_met(rates[metric], stated, decimals)
    order = sorted(names)
    away = [
        [abs(row - order.index(name)) for name in names] for row in range(len(names))
    ]
    cost += 1e-6 * np.array(away)
    _, columns = linear_sum_assignment(cost)
    return [names[column] for column in columns]


def _met(value: float | np.ndarray, stated: float, decimals: int):
    return abs(value - stated) <= 0.5 * 10**-decimals + _EDGE


# --- chance, and two tasks at once -------------------------------------------------


def chance_probability(right: int, n: int, chance: float) -> float:
    r"""How often guessing gets at least `right` of `n`: $P(X \ge right)$, binomial.

    >>> chance_probability(0, 10, 0.1)
    1.0
    >>> chance_probability(2, 2, 0.5)
    0.25
    """
    from scipy.special import bdtrc

    return float(bdtrc(right - 1, n, chance)) if right > 0 else 1.0


def joint_bounds(one: float, other: float) -> tuple[float, float, float]:
    """Share of items on which two tasks are both right.

    Args:
        one, other: the tasks' accuracies on the same items, as shares.

    Returns:
        The least possible, what independent tasks would give, the most possible.

    >>> joint_bounds(0.75, 0.5)
    (0.25, 0.375, 0.5)
    """
    return max(0.0, one + other - 1), one * other, min(one, other)


def least_cross_entropy(accuracy: float) -> float:
    r"""What the wrong answers alone add to a mean cross-entropy, in natural units.

    Whoever answers wrongly gives the right class a probability of $1/2$ at most, or it
    would have been the answer: $(1 - accuracy) \ln 2$ over all items, at least.

    >>> round(least_cross_entropy(0.5), 4)
    0.3466
    """
    return (1 - accuracy) * math.log(2)


def smallest_p(gain: int) -> float:
    r"""The smallest p that a paired test can give one system's gain of items.

    If it is right wherever the other is, and on `gain` items more, the sign test
    gives $2 \cdot 0.5^{gain}$; any other pattern gives more.

    >>> smallest_p(1), smallest_p(6)
    (1.0, 0.03125)
    """
    return min(1.0, 2 * 0.5**gain)
