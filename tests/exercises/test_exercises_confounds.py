"""The exercises of the chapter on confounds: references pass, wrong answers fail."""

import math
from itertools import count

import numpy as np
from answers import also, hold
from scipy.stats import binom

from emolib.exercises import confounds as exercises


def test_check_1():
    right = {"person": "people", "sentence": "sentences", "room": "rooms"}
    wrong = [dict.fromkeys(right, "people"), right | {"room": "clips"}, {}, "people",
             right | {"person": "subjects"}]  # fmt: skip
    hold(exercises.check_1, right, wrong)
    also(exercises.check_1, dict(reversed(right.items())))


def split_at(x, y, both_ways=True):
    right = [np.mean((x > edge) == y) for edge in [min(x) - 1, *x]]
    return max(right + [1 - share for share in right if both_ways])


def test_check_2():
    wrong = [
        lambda x, y: split_at(x, y, both_ways=False),  # one way round
        lambda x, y: np.mean((x > x.mean()) == y),
        lambda x, y: max(y.mean(), 1 - y.mean()),  # the commonest class
        lambda x, y: 1.0,
        0.75,
    ]
    hold(exercises.check_2, split_at, wrong)

    def in_order(x, y):
        edges = [-np.inf, *np.unique(x)]
        above = np.array([[(x > e) == y, (x <= e) == y] for e in edges])
        return above.mean(axis=2).max()

    also(exercises.check_2, in_order)


def unmet(items, train, cause):
    pairs = items["emotion"] + " " + items[cause]
    return ~pairs.isin(pairs.iloc[train])


def test_check_3():
    wrong = [
        lambda items, train, cause: ~unmet(items, train, cause),
        lambda items, train, cause: ~items[cause].isin(items[cause].iloc[train]),
        lambda items, train, cause: ~items.index.isin(train),
        lambda items, train, cause: unmet(items, train, "sentence"),
        lambda items, train, cause: train,
    ]
    hold(exercises.check_3, unmet, wrong)

    def one_by_one(items, train, cause):
        pairs = list(zip(items["emotion"], items[cause], strict=True))
        met = {pairs[n] for n in train}
        return np.array([pair not in met for pair in pairs])

    also(exercises.check_3, one_by_one)


def most(share, raters):
    return sum(
        math.comb(raters, n) * share**n * (1 - share) ** (raters - n)
        for n in range(raters // 2 + 1, raters + 1)
    )


def test_check_4():
    wrong = [
        lambda share, raters: share,
        lambda share, raters: share**raters,
        lambda share, raters: 1 - (1 - share) ** raters,  # any of them
        lambda share, raters: binom.sf(raters // 2 + 1, raters, share),
        0.784,
    ]
    hold(exercises.check_4, most, wrong)
    also(exercises.check_4, lambda share, raters: binom.sf(raters // 2, raters, share))


def worth(machine, share, step=2):
    if share <= 0.5 and machine > share:
        return math.inf
    raters = 1
    while most(share, raters) < machine:
        raters += step
    return raters


def test_check_5():
    wrong = [
        lambda machine, share: worth(machine, share) + 2,
        lambda machine, share: machine / share,
        lambda machine, share: min(worth(machine, share), 99),
        lambda machine, share: 1,
        5,
    ]
    hold(exercises.check_5, worth, wrong)

    def by_scipy(machine, share):
        tried = (n for n in count(1, 2) if binom.sf(n // 2, n, share) >= machine)
        return next(tried) if share > 0.5 else math.inf

    also(exercises.check_5, by_scipy)
