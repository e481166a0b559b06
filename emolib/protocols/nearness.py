"""Items that are all but equal, told from items that are near one another by chance.

Of a single number everybody is near somebody, and faces that show nothing are near
one another in any number of movements. So being near is held to two things: to how far
apart items are as a rule, and to how near the next person comes. In data in which
people apart come that near by themselves nothing can be told, and nothing is.
"""

from __future__ import annotations

import numpy as np

NUMBERS = 6
"""Of fewer numbers an item nothing is told: one in `5**NUMBERS` is so near by lot."""

CLOSER = 0.2
"""How much nearer than the next person's item the other half of a pair has to be."""

COPIES = 2.0
"""Within how many times a pair's own distance a train item is one more of them."""

CROWDED = 0.01
"""If more items than one, and than this share, come within half of the next person's,
nothing is told."""

_ASKED = 300  # items of the train side, to see how near people apart come


def near_duplicates(
    features: np.ndarray, people: np.ndarray, train: np.ndarray, test: np.ndarray,
    near: float,
) -> np.ndarray | None:  # fmt: skip
    """Which test items have a train item that is all but equal to them.

    It is closer than `near` times the usual distance, and closer than `CLOSER` times
    what lies between that train item and the next of another person on its side,
    further copies of it (`COPIES`) left out. Where it is not said who is who, or the
    train side has fewer than three people, every item counts as a person.

    Returns:
        None where it cannot be told: of too few numbers, or if people apart come as
        near by themselves.
    """
    from sklearn.metrics import pairwise_distances_argmin_min

    whose = people[train]
    if len(set(whose)) < 3 or (whose == "").any():
        whose = np.arange(len(train))
    train, test = features[train], features[test]
    if _few(features) or _crowded(train, whose):
        return None
    place, nearest = pairwise_distances_argmin_min(test, train)
    anyone = np.random.default_rng(0).integers(len(train), size=len(test))
    usual = np.median(np.linalg.norm(test - train[anyone], axis=1))
    found = nearest <= near * usual
    place, nearest = place[found], nearest[found]
    _, far = _next(train, whose, place, whose[place], within=COPIES * nearest)
    found[found] = nearest < CLOSER * far
    return found


def _few(features: np.ndarray) -> bool:
    """Whether an item has too few numbers; one that two items of ten and more share
    by chance counts less."""
    told = 0.0
    for column in features.T:
        shares = np.unique(column, return_counts=True)[1] / len(column)
        told += min(1.0, -np.log10((shares**2).sum()))
        if told >= NUMBERS:
            return False
    return True


def _crowded(train: np.ndarray, whose: np.ndarray) -> bool:
    """Whether people apart, who are no duplicates, come near to one another."""
    asked = np.random.default_rng(0).permutation(len(train))[:_ASKED]
    place, nearest = _next(train, whose, asked, whose[asked])
    _, beyond = _next(train, whose, place, whose[place], whose[asked])
    return int((nearest <= beyond / 2).sum()) > max(1, CROWDED * len(asked))


def _next(
    train: np.ndarray, whose: np.ndarray, rows: np.ndarray, *but: np.ndarray,
    within: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Of some rows the nearest that is of somebody else, and how far that is.

    Args:
        but: whose it may not be, one or several for each of the rows.
        within: how near it may not be, for each of the rows.
    """
    from sklearn.metrics import pairwise_distances

    place, far = np.zeros(len(rows), int), np.zeros(len(rows))
    most = max(1, 10_000_000 // len(train))  # at a time, so as not to fill the memory
    for start in range(0, len(rows), most):
        some = slice(start, start + most)
        apart = pairwise_distances(train[rows[some]], train)
        for person in but:
            apart[person[some][:, None] == whose] = np.inf
        if within is not None:
            apart[apart <= within[some][:, None]] = np.inf
        place[some], far[some] = apart.argmin(axis=1), apart.min(axis=1)
    return place, far
