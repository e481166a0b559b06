"""Arithmetic on what a document prints: which numbers can be true together.

Pure functions: they know no document, only numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from emolib import UsageError
from emolib.evaluation.metrics import class_rates


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


def whole_set_bounds(test_percent: float, share: float) -> tuple[float, float]:
    r"""Accuracies on training and test set together that the test result allows.

    From $share \cdot test$, every training item wrong, to
    $100 (1 - share) + share \cdot test$, every one right; in per cent.

    >>> low, high = whole_set_bounds(90, 0.25)
    >>> low, high
    (22.5, 97.5)
    """
    return share * test_percent, 100 * (1 - share) + share * test_percent


def class_scores(matrix: pd.DataFrame) -> pd.DataFrame:
    """Precision, recall, F1 and items of each class of a printed confusion matrix.

    Args:
        matrix: counts, true classes down, predicted across, in one order.
    """
    items = matrix.sum(axis=1).rename("items")
    return pd.DataFrame(class_rates(matrix), index=matrix.index).join(items)


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


def reorder(
    matrix: pd.DataFrame,
    candidates: Mapping[str, Iterable[str]],
    counts: Mapping[str, int],
    scores: Mapping[tuple[str, str], float],
    decimals: int = 2,
) -> pd.DataFrame:
    r"""Which order of class names a confusion matrix was really drawn in.

    A wrong order leaves the accuracy as it is but gives each row another class.
    Two things show it: row totals that are not in the corpus' proportions, by
    $\chi^2 = \sum (total - expected)^2 / expected$, and scores stated for a class
    that are not the row's.

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
    from scipy.stats import chisquare

    rows = {}
    for name, order in {"printed": matrix.index, **candidates}.items():
        found = class_scores(rename_classes(matrix, order))
        clips = np.array([counts[label] for label in found.index], dtype=float)
        fit = chisquare(found["items"], clips * found["items"].sum() / clips.sum())
        met = [
            abs(found.loc[label, metric] - stated) <= 0.5 * 10**-decimals + 1e-9
            for (metric, label), stated in scores.items()
        ]
        rows[name] = {
            "chi_square": fit.statistic,
            "p": fit.pvalue,
            "scores_met": sum(met),
            "scores": len(met),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("order")
