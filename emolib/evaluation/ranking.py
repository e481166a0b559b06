"""How well scores put one class above another, over all clips or in pairs."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from emolib import UsageError
from emolib.evaluation.intervals import Interval, interval
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


def forced_choice(
    scores: ArrayLike,
    positive: ArrayLike,
    people: ArrayLike,
    emotions: ArrayLike,
    level: float = 0.95,
) -> Interval:
    """How often clips are told apart when it is known that half are of either kind.

    As the winners of the 2017 challenge on real and fake emotions answered: whose a
    clip is and which emotion it shows are given; the clips of one person and emotion
    are ranked, and those above their median are called positive. It is another task
    than to judge a clip alone. Of one clip of either kind a guess is right half of
    the time, and both answers are right or neither.

    Args:
        scores: one number an item; higher means rather positive.
        positive: which items are.
        people: whom each item shows; the interval is over them.
        emotions: what each item shows.
        level: how often the interval is to cover the truth.

    Raises:
        UsageError: if some person's clips of an emotion are all of one kind; leave
            them out by `both_kinds`.

    >>> clips = [0.9, 0.8, 0.2, 0.1], [True, False, True, False]
    >>> forced_choice(*clips, ["p", "p", "q", "q"], ["sad"] * 4).value
    1.0
    """
    there = both_kinds(positive, people, emotions)
    if not there.all():
        raise UsageError(
            f"{(~there).sum()} of {len(there)} clips have no counterpart: their "
            "person's clips of that emotion are all of one kind; leave them out by "
            "both_kinds, and say so"
        )
    chosen = above_median(scores, people, emotions)
    right = np.where(np.asarray(positive, bool), chosen, 1 - chosen)
    return interval(right, people, level=level)


def of_two(
    scores: ArrayLike,
    positive: ArrayLike,
    people: ArrayLike,
    emotions: ArrayLike,
    level: float = 0.95,
) -> Interval:
    """How often, of two clips of a person and emotion, the right one is chosen.

    Every positive clip is set beside every other one of its person and emotion; a tie
    counts half. With one clip of either kind it is `forced_choice`; with several it
    does not suppose that they are equally many, and is the area within a person and
    emotion. Clips without a counterpart are in no pair.

    Args:
        scores, positive, people, emotions, level: as in `forced_choice`.

    Raises:
        UsageError: if there is no pair.

    >>> of_two([3, 2, 1], [True, True, False], ["p"] * 3, ["sad"] * 3).value
    1.0
    """
    scores, positive = np.asarray(scores, np.float64), np.asarray(positive, bool)
    people, won, whose = np.asarray(people), [], []
    for rows in _together(len(scores), people, emotions):
        one, other = (scores[rows[positive[rows] == kind]] for kind in (True, False))
        above = (one[:, None] > other) + 0.5 * (one[:, None] == other)
        won.append(above.ravel())
        whose.append(np.repeat(people[rows[:1]], above.size))
    if not sum(map(len, won)):
        raise UsageError("no person has clips of both kinds that show one emotion")
    return interval(np.concatenate(won), np.concatenate(whose), level=level)


def above_median(
    scores: ArrayLike, people: ArrayLike, emotions: ArrayLike
) -> np.ndarray:
    """Which clips of a person and emotion are above their median: 1 or 0.

    Of n clips the upper n // 2 are. Where a tie lies on the border, its clips share
    what is left among them, as a toss would on average.

    >>> above_median([3, 1, 2, 2], ["p", "p", "q", "q"], ["sad"] * 4).tolist()
    [1.0, 0.0, 0.5, 0.5]
    """
    scores = np.asarray(scores, np.float64)
    if not np.isfinite(scores).all():
        raise UsageError(f"{(~np.isfinite(scores)).sum()} scores are no finite numbers")
    chosen = np.empty(len(scores))
    for rows in _together(len(scores), people, emotions):
        own = scores[rows]
        higher = (own[None] > own[:, None]).sum(1)
        alike = (own[None] == own[:, None]).sum(1)
        chosen[rows] = np.clip((len(own) // 2 - higher) / alike, 0, 1)
    return chosen


def both_kinds(
    positive: ArrayLike, people: ArrayLike, emotions: ArrayLike
) -> np.ndarray:
    """Which clips have one of the other kind beside them, of person and emotion.

    >>> both_kinds([True, False, True], ["p", "p", "q"], ["sad"] * 3).tolist()
    [True, True, False]
    """
    positive = np.asarray(positive, bool)
    there = np.zeros(len(positive), bool)
    for rows in _together(len(positive), people, emotions):
        there[rows] = positive[rows].any() and not positive[rows].all()
    return there


def _together(items: int, people: ArrayLike, emotions: ArrayLike) -> list[np.ndarray]:
    """The positions of each person's clips of an emotion."""
    who, _ = group_codes(people, items)
    what, _ = group_codes(emotions, items, "emotion")
    return list(pd.Series(range(items)).groupby([who, what]).indices.values())
