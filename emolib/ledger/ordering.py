"""How well names fit rows: which order of a matrix' classes the numbers settle.

A wrong order of names leaves an accuracy as it is and gives each row another class.
What each name would cost as the name of each row is weighed over all orders; what is
the same in all that fit equally well is settled, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from emolib.evaluation.metrics import class_rates
from emolib.ledger import arithmetic
from emolib.ledger.reading import class_scores, rename_classes

# --- which order fits -----------------------------------------------------------------


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
    statistic, p = arithmetic.chi_square(totals, documented, share)
    wanted = np.array(arithmetic.expected(totals, documented, share))
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
        "near": int((abs(totals - wanted) <= 1).sum()),
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
    return _nearest(*costs(matrix, counts, scores, decimals, share))


def costs(
    matrix: pd.DataFrame,
    counts: Mapping[str, float],
    scores: Mapping[tuple[str, str], float] | None,
    decimals: int,
    share: float | None,
) -> tuple[list[str], np.ndarray]:
    """The names, and what each costs (across) as the name of each row (down)."""
    names = list(matrix.index)
    rates = class_rates(matrix) if scores else {}
    totals = matrix.sum(axis=1).to_numpy(float)
    wanted = [counts[name] for name in names]
    expected = np.array(arithmetic.expected(totals, wanted, share))
    cost = np.minimum((totals[:, None] - expected) ** 2 / expected, 25)
    for (metric, label), stated in (scores or {}).items():
        cost[:, names.index(label)] += 10 * ~_met(rates[metric], stated, decimals)
    return names, cost


def _nearest(names: list[str], cost: np.ndarray) -> list[str]:
    """The cheapest order; of several, the one nearest to the alphabet's."""
    from scipy.optimize import linear_sum_assignment

    order = sorted(names)
    away = [
        [abs(row - order.index(name)) for name in names] for row in range(len(names))
    ]
    _, columns = linear_sum_assignment(cost + 1e-6 * np.array(away))
    return [names[column] for column in columns]


def _met(value: float | np.ndarray, stated: float, decimals: int):
    """Whether a score is the one stated; one that has no value may be printed as 0."""
    value = np.nan_to_num(value)
    return abs(value - stated) <= 0.5 * 10**-decimals + 1e-9


# --- what is settled ----------------------------------------------------------------

SLACK = 4.0
"""Orders whose cost is so little above the least fit as well: odds of seven to one."""

GAIN = 25.0
"""What another order must save for the printed one to be wrong.

Were items drawn independently, so much is a matter of hundreds of thousands to one.
"""

MANY = 100_000
"""So many orders are counted, and no more."""


@dataclass(frozen=True)
class Order:
    """What the data say of the order of some names.

    Args:
        names: an order that fits best, the alphabet's if it is one.
        settled: rows, by place, that have one name in all orders that fit as well.
        ways: how many orders fit as well; `MANY` for that many or more.
        gain: what the best saves beside the printed one.
    """

    names: tuple[str, ...]
    settled: frozenset[int]
    ways: int
    gain: float

    @property
    def told(self) -> str:
        """How many orders fit, in words."""
        if self.ways == 1:
            return "no other order of the names fits as well"
        many = f"at least {MANY:,}" if self.ways >= MANY else f"{self.ways:,}"
        return f"{many} orders of the names fit equally well"


def weighed(names: list[str], cost: np.ndarray, slack: float = SLACK) -> Order:
    """What the cost of each name for each row says of their order.

    >>> alike = np.array([[0.0, 0, 9], [0, 0, 9], [9, 9, 0]])
    >>> found = weighed(["a", "b", "c"], alike)
    >>> found.ways, sorted(found.settled), found.gain
    (2, [2], 0.0)
    """
    from scipy.optimize import linear_sum_assignment

    def least(costs: np.ndarray) -> float:
        return float(costs[linear_sum_assignment(costs)].sum())

    best, lowest = _nearest(names, cost), least(cost)
    simple = sorted(names)
    if cost_of(names, cost, simple) <= lowest + slack:
        best = simple
    settled = set()
    for row, name in enumerate(best):
        without = cost.copy()
        without[row, names.index(name)] = 1e6
        if least(without) > lowest + slack:
            settled.add(row)
    ways = _ways(cost, lowest + slack)
    gain = cost_of(names, cost, names) - lowest
    return Order(tuple(best), frozenset(settled), ways, gain)


def cost_of(names: list[str], cost: np.ndarray, order: Iterable[str]) -> float:
    """What all rows cost together in an order of their names."""
    return float(sum(cost[row, names.index(name)] for row, name in enumerate(order)))


def _ways(cost: np.ndarray, most: float) -> int:
    """How many assignments cost no more than `most`, up to `MANY`."""
    n = len(cost)
    rest = [*np.cumsum(cost.min(axis=1)[::-1])[::-1], 0.0]  # what rows cost at least
    found = 0

    def count(row: int, free: int, spent: float) -> None:
        nonlocal found
        if spent + rest[row] > most + 1e-9 or found >= MANY:
            return
        if row == n:
            found += 1
            return
        for column in range(n):
            if free >> column & 1:
                count(row + 1, free & ~(1 << column), spent + cost[row, column])

    count(0, (1 << n) - 1, 0.0)
    return found
