"""Arithmetic on what a document prints: which numbers can be true together.

Pure functions of the standard library: they know no document, only numbers. A
printed number stands for an interval, half a unit of its last digit to either side
(`rounded`); two statements agree if some true values inside their intervals do.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

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
        ValueError: if `test_n` or `share` is out of range.

    >>> implied_sizes(2267, 0.15)
    range(15107, 15114)
    """
    if test_n < 1 or not 0 < share < 1:
        raise ValueError(
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
    return [n for n, met in enumerate(given, 1) if met == len(percents)]


def sizes_giving(percents: Sequence[str], up_to: int = 2000) -> list[int]:
    """How many of the printed percentages a test set of 1, 2, ... items can give.

    >>> sizes_giving(["50", "33.33"], up_to=3)
    [0, 1, 1]
    """
    given = [0] * up_to
    for text in percents:
        given = [n + gives for n, gives in zip(given, _gives(text, up_to), strict=True)]
    return given


@functools.lru_cache(maxsize=1000)
def _gives(text: str, up_to: int) -> bytes:
    """For each size, 1 if some number of its items is the percentage, else 0."""
    low, high = rounded(text, 0.01)
    return bytes(
        math.ceil(low * n - _EDGE) <= min(high * n + _EDGE, n)
        for n in range(1, up_to + 1)
    )


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
    weights = weights or [1] * len(values)
    low, high = (
        sum(end * weight for end, weight in zip(ends, weights, strict=True))
        / sum(weights)
        for ends in zip(*values, strict=True)
    )
    return Interval(low, high)


def mean_f1_bounds(precision: Interval, recall: Interval) -> Interval:
    """What a mean F1 can be beside a mean precision and a mean recall.

    Of one class it is their harmonic mean; of several, over classes or folds, it is
    not above that, since the harmonic mean is concave, and not below P + R - 1.

    >>> low, high = mean_f1_bounds(Interval(0.9, 0.9), Interval(0.5, 0.5))
    >>> round(low, 2), round(high, 2)
    (0.4, 0.64)
    """
    high = f1_bounds(precision, recall).high
    return Interval(max(0.0, precision.low + recall.low - 1), high)


def average_bounds(
    kind: str,
    values: Sequence[Interval],
    weights: Sequence[float] | None = None,
    parts: Sequence[Sequence[Interval]] = (),
) -> list[Interval]:
    """What an average over classes can be; several where it may be one or another.

    Args:
        kind: "macro"; "weighted", or "micro" of a recall, which is the same; "mean"
            for one that may be either.
        values: the classes' scores.
        weights: their items, if they are known.
        parts: of an F1, the classes' precisions and recalls, if both are known: some
            take F1 of the averages.

    >>> average_bounds("mean", [Interval(0, 0), Interval(1, 1)], [1, 3])
    [Interval(low=0.5, high=0.5), Interval(low=0.75, high=0.75)]
    """
    allowed = []
    if not values:
        return allowed
    if kind in ("macro", "mean"):
        allowed.append(mean_bounds(values))
        if len(parts) == 2:
            allowed.append(f1_bounds(*map(mean_bounds, parts)))
    if kind in ("weighted", "micro", "mean"):
        if not weights:  # some mean, of weights that nobody knows
            allowed = [Interval(min(v[0] for v in values), max(v[1] for v in values))]
        elif sum(weights):
            allowed.append(mean_bounds(values, weights))
    return allowed


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


# --- how well totals fit counts -----------------------------------------------------


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
    pairs = zip(totals, expected(totals, counts, share), strict=True)
    statistic = sum((total - wanted) ** 2 / wanted for total, wanted in pairs)
    return statistic, _chi_square_tail(statistic, len(totals) - (share is None))


def expected(
    totals: Sequence[float], counts: Sequence[float], share: float | None = None
) -> list[float]:
    """Items of each class that a draw of as many would have on average.

    >>> expected([5, 7], [100, 200])
    [4.0, 8.0]
    """
    drawn = sum(totals) / sum(counts) if share is None else share
    return [count * drawn for count in counts]


def _chi_square_tail(statistic: float, freedom: int) -> float:
    """$P(\\chi^2 \\ge statistic)$, in closed form for whole degrees of freedom."""
    half = statistic / 2
    if freedom % 2:
        tail = math.erfc(math.sqrt(half))
        powers = [i + 0.5 for i in range(freedom // 2)]
    else:
        tail, powers = 0.0, list(range(freedom // 2))
    for power in powers:
        if half:
            tail += math.exp(power * math.log(half) - half - math.lgamma(power + 1))
        elif not power:
            tail += 1.0
    return min(tail, 1.0)


# --- chance, and two tasks at once -------------------------------------------------


def chance_probability(right: int, n: int, chance: float) -> float:
    r"""How often guessing gets at least `right` of `n`: $P(X \ge right)$, binomial.

    >>> chance_probability(0, 10, 0.1)
    1.0
    >>> chance_probability(2, 2, 0.5)
    0.25
    """
    if right <= 0:
        return 1.0
    return min(1.0, math.fsum(_binomial(k, n, chance) for k in range(right, n + 1)))


def _binomial(right: int, n: int, chance: float) -> float:
    """How often exactly `right` of `n` come up."""
    if chance in (0, 1):
        return float(right == n * chance)
    ways = math.lgamma(n + 1) - math.lgamma(right + 1) - math.lgamma(n - right + 1)
    wrong = n - right
    return math.exp(ways + right * math.log(chance) + wrong * math.log1p(-chance))


def same_by_chance(n: int, accuracy: float) -> float:
    """How often as many are right in each of two sets of `n`: binomial.

    >>> round(same_by_chance(2, 0.5), 6)
    0.375
    """
    return math.fsum(_binomial(k, n, accuracy) ** 2 for k in range(n + 1))


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
