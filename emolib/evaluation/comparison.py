"""Is one system better than another on the same items, or only luckier?

Both are asked about the same items, so the comparison is paired: what counts
is where they differ, person by person.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from emolib import UsageError
from emolib.evaluation import items
from emolib.evaluation.intervals import interval

_SHARES = 5040  # a multiple of every number of seeds up to ten


def compare(
    a: ArrayLike,
    b: ArrayLike,
    truth: ArrayLike,
    groups: ArrayLike,
    n: int = 10_000,
    seed: int = 0,
) -> dict[str, float | int]:
    """How much more accurate predictions `a` are than `b`, and how sure that is.

    If the systems were equally good, each person's answers could be swapped
    between them without harm. The p-value is the share of such swaps (sign
    flips of the persons' differences) that give a difference at least as
    large, in either direction; all swaps are tried when there are no more
    than `n` of them. The interval resamples the same persons.

    Args:
        a: predicted classes of one system.
        b: of the other, for the same items in the same order.
        truth: the classes.
        groups: the person each item comes from.
        n: how many swaps, and how many resamples.
        seed: of both.

    Returns:
        `difference` of the accuracies (a - b), its 95 % interval `low` and
        `high`, the two-sided `p`, and `n_subjects`.

    >>> result = compare(["x"] * 4, ["y"] * 4, ["x"] * 4, ["p", "p", "q", "r"])
    >>> result["difference"], result["p"], result["n_subjects"]
    (1.0, 0.25, 3)
    """
    return paired(_correct(a, truth), _correct(b, truth), groups, n, seed)


def paired(
    a: ArrayLike,
    b: ArrayLike,
    groups: ArrayLike,
    n: int = 10_000,
    seed: int = 0,
) -> dict[str, float | int]:
    """As `compare`, of how right each system is about each item.

    Args:
        a, b: 1 for right and 0 for wrong, or the share of seeds that are right.
        groups: the person each item comes from.
    """
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if a.shape != b.shape:
        raise UsageError(f"{len(a)} items of one system and {len(b)} of the other")
    # Shares of seeds as whole numbers, so that ties with the observed difference
    # are exact.
    gains = np.rint((a - b) * _SHARES).astype(np.int64)
    codes, size = items.group_codes(groups, len(gains))
    per_person = np.bincount(codes, gains, size).astype(np.int64)
    swapped = [signs @ per_person for signs in _signs(size, n, seed)]
    extreme = np.abs(np.concatenate(swapped)) >= abs(per_person.sum())
    # Drawn swaps lack the observed one: it is counted in.
    p = extreme.mean() if 2**size <= n else (extreme.sum() + 1) / (n + 1)
    spread = interval(a - b, groups, n, seed)
    return {
        "difference": spread.value,
        "low": spread.low,
        "high": spread.high,
        "p": float(p),
        "n_subjects": size,
    }


def mcnemar(a: ArrayLike, b: ArrayLike, truth: ArrayLike) -> dict[str, float | int]:
    """McNemar's exact test: do two systems differ on the items only one gets right?

    It takes items for independent. Clips of one person are not, so its p is
    too small wherever people differ; it stands here because papers report it.

    Returns:
        `only_a` and `only_b`, the items that just one system gets right, and
        the two-sided `p`.

    >>> mcnemar(["x"] * 5, ["y"] * 5, ["x"] * 5)
    {'only_a': 5, 'only_b': 0, 'p': 0.0625}
    """
    from scipy.stats import binomtest

    right_a, right_b = _correct(a, truth), _correct(b, truth)
    only_a = int((right_a & ~right_b).sum())
    only_b = int((right_b & ~right_a).sum())
    differing = only_a + only_b
    p = float(binomtest(only_a, differing).pvalue) if differing else 1.0
    return {"only_a": only_a, "only_b": only_b, "p": p}


def holm(p: ArrayLike) -> np.ndarray:
    """Holm's adjustment: p-values that hold for all tests together.

    >>> holm([0.01, 0.5, 0.03]).tolist()
    [0.03, 0.5, 0.06]
    """
    p = np.asarray(p)
    order = np.argsort(p)
    adjusted = np.empty(len(p))
    steps = p[order] * np.arange(len(p), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return adjusted


def _correct(predicted: ArrayLike, truth: ArrayLike) -> np.ndarray:
    if len(predicted) != len(truth):
        raise UsageError(
            f"{len(predicted)} predictions for {len(truth)} items; "
            "both systems must answer for the same items"
        )
    truth, predicted = items.paired(truth, predicted)
    return predicted == truth


def _signs(size: int, n: int, seed: int) -> Iterator[np.ndarray]:
    """All rows of +1 and -1 when there are at most n, else n drawn rows, in blocks."""
    if size <= math.log2(n):
        yield np.array(list(itertools.product((1, -1), repeat=size)))
        return
    random = np.random.default_rng(seed)
    for rows in items.blocks(n, size):
        yield random.choice((1, -1), size=(rows, size))
