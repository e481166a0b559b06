"""Which confusion matrices give a row of scores: all are tried, or none can be.

Two classes: every number of true positives and negatives. Several classes: every
number of right ones in each, and how many can have been predicted. Folds: a programme
over whole numbers of items in each.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from emolib.ledger import arithmetic
from emolib.ledger.arithmetic import Interval

EDGE = 1e-9
"""Room for floating point."""
MOST = 300_000
"""Matrices of two classes that are tried at most."""
STEPS = 10_000
"""Steps of a search for matrices of several classes."""
MOST_CHANGES = 400
"""Changes of a table's numbers that are tried, to see what the checks notice."""
MOST_LOOKS = 80_000
"""Numbers looked at in all those changes: of larger tables fewer are tried."""
MOST_CLASSES = 50
"""Of more classes no matrices are sought."""

Matrix = tuple[tuple[int, ...], ...]
Hits = tuple[int, int, int]
"""Right ones of a class; fewest and most items that can have been predicted as it."""


# --- two classes ------------------------------------------------------------------


def binary(tp: int, tn: int, p: int, n: int, key: str, average: str) -> list[float]:
    """What a score can be of one matrix; several where it divides by nothing.

    Args:
        tp, tn: positive and negative items that are right.
        p, n: positive and negative items.
        key: the score, one of `quantities.NAMES`.
        average: for precision, recall and F1 "positive", "negative", "macro" or
            "weighted".

    >>> binary(8, 5, 10, 10, "accuracy", "positive")
    [0.65]
    """
    fn, fp = p - tp, n - tn
    if key in ("precision", "recall", "f1") and average != "positive":
        if average == "negative":
            return binary(tn, tp, n, p, key, "positive")
        one = binary(tp, tn, p, n, key, "positive")
        other = binary(tn, tp, n, p, key, "positive")
        share = 0.5 if average == "macro" else p / (p + n)
        return [share * a + (1 - share) * b for a in one for b in other]
    if key in ("recall", "sensitivity"):
        return [tp / p]
    if key == "precision":
        return [tp / (tp + fp)] if tp + fp else [0.0, 1.0]
    if key == "f1":
        return [2 * tp / (2 * tp + fp + fn)]
    if key == "accuracy":
        return [(tp + tn) / (p + n)]
    if key == "error":
        return [1 - (tp + tn) / (p + n)]
    if key == "specificity":
        return [tn / n]
    if key == "fpr":
        return [fp / n]
    if key == "fnr":
        return [fn / p]
    if key == "npv":
        return [tn / (tn + fn)] if tn + fn else [0.0, 1.0]
    if key == "balanced":
        return [(tp / p + tn / n) / 2]
    if key == "informedness":
        return [tp / p + tn / n - 1]
    if key == "gmean":
        return [math.sqrt(tp / p * (tn / n))]
    if key == "jaccard":
        return [tp / (tp + fp + fn)]
    if key == "mcc":
        below = (tp + fp) * p * n * (tn + fn)
        return [(tp * tn - fp * fn) / math.sqrt(below)] if below else [0.0]
    chance = ((tp + fp) * p + (tn + fn) * n) / (p + n) ** 2  # kappa
    agreed = (tp + tn) / (p + n)
    return [(agreed - chance) / (1 - chance)] if chance < 1 else [0.0]


OF_TWO = (
    *("accuracy", "error", "precision", "recall", "sensitivity", "specificity"),
    *("npv", "f1", "balanced", "kappa", "mcc", "gmean", "fpr", "fnr"),
    *("informedness", "jaccard"),
)
"""Scores that a matrix of two classes gives."""


def _range(low: float, high: float, most: int) -> tuple[int, int]:
    """Whole numbers between two, from 0 to `most`."""
    first = max(0, math.ceil(low - EDGE * (1 + abs(low))))
    return first, min(most, math.floor(high + EDGE * (1 + abs(high))))


def of_two(
    p: int, n: int, scores: Sequence[tuple[str, Interval]], average: str = "positive"
) -> list[tuple[int, int]] | None:
    """Every (true positives, true negatives) that gives all scores.

    Returns:
        None if more than `MOST` would have to be tried.

    >>> of_two(10, 10, [("accuracy", Interval(0.645, 0.655)),
    ...                 ("sensitivity", Interval(0.795, 0.805))])
    [(8, 5)]
    """
    low, high = 0, p
    for key, given in scores:
        of_positive = key == "sensitivity" or (
            key == "recall" and average == "positive"
        )
        if of_positive:
            first, last = _range(given.low * p, given.high * p, p)
        elif key == "fnr":
            first, last = _range((1 - given.high) * p, (1 - given.low) * p, p)
        else:
            continue
        low, high = max(low, first), min(high, last)
    found, tried = [], 0
    for tp in range(low, high + 1):
        first, last = _negatives(tp, p, n, scores, average)
        tried += max(0, last - first + 1)
        if tried > MOST:
            return None
        found += [
            (tp, tn)
            for tn in range(first, last + 1)
            if all(_gives(tp, tn, p, n, key, g, average) for key, g in scores)
        ]
    return found


def _gives(
    tp: int, tn: int, p: int, n: int, key: str, given: Interval, average: str
) -> bool:
    # What takes a root may miss an edge by its own last digits before it is cut off.
    room = 3 * EDGE if key in ("mcc", "gmean", "kappa") else EDGE
    values = binary(tp, tn, p, n, key, average)
    return any(given.low - room <= value <= given.high + room for value in values)


def _negatives(
    tp: int, p: int, n: int, scores: Sequence[tuple[str, Interval]], average: str
) -> tuple[int, int]:
    """The true negatives that scores allow which are straight lines in them."""
    low, high = 0, n
    for key, (least, most) in scores:
        of_negative = key == "recall" and average == "negative"
        if key == "accuracy":
            first, last = least * (p + n) - tp, most * (p + n) - tp
        elif key == "error":
            first, last = (1 - most) * (p + n) - tp, (1 - least) * (p + n) - tp
        elif key == "specificity" or of_negative:
            first, last = least * n, most * n
        elif key == "fpr":
            first, last = (1 - most) * n, (1 - least) * n
        elif key == "balanced":
            first, last = (2 * least - tp / p) * n, (2 * most - tp / p) * n
        elif key == "f1" and average == "positive" and tp and least > 0:
            fewest, largest = 2 * tp / most - tp - p, 2 * tp / least - tp - p
            first, last = n - largest, n - fewest
        elif key == "precision" and average == "positive" and tp and least > 0:
            first, last = n - (tp / least - tp), n - (tp / most - tp)
        else:
            continue
        start, end = _range(first, last, n)
        low, high = max(low, start), min(high, end)
    return low, high


# --- several classes --------------------------------------------------------------


def hits(
    n: int,
    precision: Interval | None,
    recall: Interval | None,
    f1: Interval | None,
    total: int | None,
) -> list[Hits]:
    """`arithmetic.possible_hits`, and a class that is never answered.

    Its precision divides by nothing, and is printed as 0 or 1.
    """
    found = arithmetic.possible_hits(n, precision, recall, f1, total)
    never = (precision and precision.high >= 1 - EDGE) and not (
        (recall and recall.low > EDGE) or (f1 and f1.low > EDGE)
    )
    return [(0, 0, 0), *found] if never else found


class Diagonal(NamedTuple):
    """Right items of each class, with what they leave for the wrong ones.

    Args:
        right: right items of each class.
        wrong: the other items of each: the rest of its row.
        least, most: items of other classes that were taken for it: of its column.
    """

    right: tuple[int, ...]
    wrong: tuple[int, ...]
    least: tuple[int, ...]
    most: tuple[int, ...]


def some_matrix(
    classes: Sequence[Sequence[Hits]],
    supports: Sequence[int],
    right: Interval | None = None,
) -> bool | None:
    """Whether one matrix can give all classes' scores: some right ones, some predicted.

    Args:
        classes: what each class's scores allow, from `hits`.
        supports: true items of each.
        right: right items of all, if an accuracy is stated.

    Returns:
        None if that was not settled in `STEPS`.

    >>> some_matrix([[(8, 9, 9)], [(5, 11, 11)]], [10, 10])
    False
    """
    low, high = right or Interval(0, sum(supports))
    sums = _sums(classes)
    if not any(
        low - EDGE <= good <= high + EDGE and least <= sum(supports) <= most
        for good, (least, most) in sums.items()
    ):
        return False
    steps = Steps(STEPS)
    found = next(_diagonals(classes, supports, right, steps), None)
    return True if found else (False if steps.left else None)


def all_matrices(
    classes: Sequence[Sequence[Hits]],
    supports: Sequence[int],
    right: Interval | None = None,
) -> tuple[list[Matrix], bool]:
    """The matrices that give all classes' scores, as far as `STEPS` go.

    Returns:
        The matrices, true classes down, and whether there are no others.

    >>> all_matrices([[(8, 13, 13)], [(5, 7, 7)]], [10, 10])
    ([((8, 2), (5, 5))], True)
    """
    steps, found = Steps(STEPS), []
    for diagonal in _diagonals(classes, supports, right, steps):
        found += _filled(diagonal, [], [0] * len(classes), steps)
    return found, steps.left > 0


class Steps:
    """What is left of a bounded search."""

    def __init__(self, left: int) -> None:
        self.left = left

    def taken(self) -> bool:
        """Whether one more can be taken."""
        self.left -= self.left > 0
        return self.left > 0


def _sums(classes: Sequence[Sequence[Hits]]) -> dict[int, tuple[int, int]]:
    """All right ones -> fewest and most predicted, class by class."""
    reached = {0: (0, 0)}
    for found in classes:
        after: dict[int, tuple[int, int]] = {}
        for good, (low, high) in reached.items():
            for right, fewest, most in found:
                one = low + fewest, high + most
                known = after.get(good + right, one)
                after[good + right] = min(one[0], known[0]), max(one[1], known[1])
        reached = after
    return reached


def _diagonals(
    classes: Sequence[Sequence[Hits]],
    supports: Sequence[int],
    right: Interval | None,
    steps: Steps,
) -> Iterator[Diagonal]:
    """The right items of each class for which there is a matrix.

    There is one if all predicted items are all items, where no class takes more from
    the others than is wrong there: what is wrong in a row and in a column of the same
    class are different items.
    """
    total = sum(supports)
    low, high = right or Interval(0, total)
    # What the classes from each on give at least and at most: right, then predicted.
    rest = [(0, 0, 0, 0)]
    for options in reversed(classes):
        one, fewest, most = zip(*options, strict=True)
        ends = (min(one), max(one), min(fewest), max(most))
        rest.insert(0, tuple(a + b for a, b in zip(ends, rest[0], strict=True)))

    def chosen(taken: tuple[Hits, ...], sums: Hits) -> Iterator[Diagonal]:
        good, fewest, most = sums
        ahead = rest[len(taken)]
        if good + ahead[0] > high + EDGE or good + ahead[1] < low - EDGE:
            return
        if fewest + ahead[2] > total or most + ahead[3] < total:
            return
        if len(taken) == len(classes):
            if one := _diagonal(taken, supports):
                yield one
            return
        for option in classes[len(taken)]:
            if not steps.taken():
                return
            both = tuple(a + b for a, b in zip(sums, option, strict=True))
            yield from chosen((*taken, option), both)

    yield from chosen((), (0, 0, 0))


def _diagonal(taken: Sequence[Hits], supports: Sequence[int]) -> Diagonal | None:
    wrong = [n - one[0] for one, n in zip(taken, supports, strict=True)]
    among = sum(wrong)
    least = [one[1] - one[0] for one in taken]
    most = [
        min(one[2] - one[0], among - own) for one, own in zip(taken, wrong, strict=True)
    ]
    ordered = all(a <= b for a, b in zip(least, most, strict=True))
    if not ordered or not sum(least) <= among <= sum(most):
        return None
    rows = [tuple(one[0] for one in taken), wrong, least, most]
    return Diagonal(*map(tuple, rows))


def _filled(
    diagonal: Diagonal, rows: list[list[int]], used: list[int], steps: Steps
) -> Iterator[Matrix]:
    """Every way to fill the rows from the next one on.

    Args:
        rows: those that are filled.
        used: wrong items in each column so far.
    """
    size, place = len(diagonal.right), len(rows)
    for c in range(size):  # the rows to come must be able to fill each column
        ahead = sum(diagonal.wrong[r] for r in range(place, size) if r != c)
        if used[c] + ahead < diagonal.least[c]:
            return
    if place == size:
        yield tuple(map(tuple, rows))
        return
    room = [diagonal.most[c] - used[c] for c in range(size)]
    room[place] = 0
    for row in _spread(diagonal.wrong[place], room, steps):
        after = [a + b for a, b in zip(used, row, strict=True)]
        whole = [*row[:place], diagonal.right[place], *row[place + 1 :]]
        yield from _filled(diagonal, [*rows, whole], after, steps)


def _spread(items: int, room: Sequence[int], steps: Steps) -> Iterator[list[int]]:
    """Every way to lay items into cells that have room for so many each.

    >>> list(_spread(2, [1, 0, 2], Steps(100)))
    [[0, 0, 2], [1, 0, 1]]
    """
    if not room:
        yield []
        return
    fewest = max(0, items - sum(room[1:]))
    for here in range(fewest, min(items, room[0]) + 1):
        if not steps.taken():
            return
        for others in _spread(items - here, room[1:], steps):
            yield [here, *others]


# --- folds ------------------------------------------------------------------------


def stratified(p: int, n: int, folds: int) -> list[tuple[int, int]]:
    """Positive and negative items of each fold, as scikit-learn divides them.

    >>> stratified(5, 7, 3)
    [(2, 2), (2, 2), (1, 3)]
    """
    order = [1] * p + [0] * n
    return [
        (sum(order[k::folds]), len(order[k::folds]) - sum(order[k::folds]))
        for k in range(folds)
    ]


def even(n: int, folds: int) -> list[int]:
    """Items of each fold of nearly one size: the first ones hold one more.

    >>> even(7, 3)
    [3, 2, 2]
    """
    return [n // folds + (k < n % folds) for k in range(folds)]


MOST_DIVISIONS = 150
"""Divisions of two classes into folds that are tried at most."""


def divisions(p: int, sizes: Sequence[int]) -> list[list[tuple[int, int]]]:
    """The ways to lay positive items into folds, some of both classes in each.

    Folds of one size next to each other are exchanged in none. None at all if there
    are more than `MOST_DIVISIONS`.

    >>> divisions(4, [3, 3])
    [[(2, 1), (2, 1)]]
    """
    found: list[list[tuple[int, int]]] = []

    def lay(left: int, laid: list[tuple[int, int]]) -> None:
        place = len(laid)
        if place == len(sizes) or len(found) > MOST_DIVISIONS:
            found.extend([laid] * (not left))
            return
        size, after = sizes[place], sizes[place + 1 :]
        least = max(1, left - sum(after) + len(after))
        most = min(size - 1, left - len(after))
        if place and size == sizes[place - 1]:
            most = min(most, laid[-1][0])
        for here in range(least, most + 1):
            lay(left - here, [*laid, (here, size - here)])

    lay(p, [])
    return found if len(found) <= MOST_DIVISIONS else []


OF_FOLDS = ("accuracy", "error", "sensitivity", "recall", "specificity", "balanced")
"""Scores whose mean over folds is a straight line in the right items of each."""


def of_folds(
    sizes: Sequence[tuple[int, int]], scores: Mapping[str, Interval]
) -> bool | None:
    """Whether whole numbers of right items in each fold give all means over folds.

    Args:
        sizes: positive and negative items of each fold; negative ones 0 where the two
            are not told apart.
        scores: means, by name.

    Returns:
        None if it could not be settled in ten seconds.
    """
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    folds, rows, low, high = len(sizes), [], [], []
    for key, given in scores.items():
        row = []
        for part in (0, 1):
            for size in sizes:
                row.append(_weight(key, size, part) / folds)
        if key == "error":
            given = Interval(1 - given.high, 1 - given.low)
        rows.append(row)
        low.append(given.low - 1e-7)
        high.append(given.high + 1e-7)
    most = [size[part] for part in (0, 1) for size in sizes]
    solved = milp(
        np.zeros(2 * folds),
        integrality=np.ones(2 * folds),
        bounds=Bounds(np.zeros(2 * folds), most),
        constraints=LinearConstraint(np.array(rows), low, high),
        options={"time_limit": 10.0, "node_limit": 20_000},
    )
    if solved.x is not None:
        return True
    return False if solved.status == 2 else None


def _weight(key: str, size: tuple[int, int], part: int) -> float:
    """What one right item of a fold adds to the fold's score."""
    if key in ("accuracy", "error"):
        return 1 / sum(size)
    if key in ("sensitivity", "recall"):
        return 0.0 if part or not size[0] else 1 / size[0]
    if key == "specificity":
        return 1 / size[1] if part and size[1] else 0.0
    return 0.5 / size[part] if size[part] else 0.0


# --- deviations -------------------------------------------------------------------


def deviations(values: Sequence[Interval]) -> Iterator[Interval]:
    """What a standard deviation can be, over all of them and as of a sample.

    No value is farther than half its interval from its middle, and a deviation moves
    by no more than that of the moves.

    >>> [round(low, 3) for low, _ in deviations([Interval(0, 0), Interval(1, 1)])]
    [0.5, 0.707]
    """
    middles = [(low + high) / 2 for low, high in values]
    half = max((high - low) / 2 for low, high in values)
    mean = sum(middles) / len(middles)
    squares = sum((middle - mean) ** 2 for middle in middles)
    for below in (len(middles), len(middles) - 1):
        if below:
            found, room = (
                math.sqrt(squares / below),
                half * math.sqrt(len(middles) / below),
            )
            yield Interval(max(0.0, found - room), found + room)
