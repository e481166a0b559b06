"""Whether the test side reaches what is answered about it: asked of a whole procedure.

A split can be clean and what is done around it not: a scaler fitted before, features
chosen with all labels, an epoch chosen on the test side. None of it stands in a table
of items, but all of it makes answers depend on test items that they should not know.
So the procedure is run again with the test side changed, and its answers compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from emolib import UsageError
from emolib.protocols.splits import Split

Answers = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], ArrayLike]


def reached(
    answers: Answers, x: ArrayLike, y: ArrayLike, split: Split
) -> dict[str, bool]:
    """Whether inputs, or labels, of the test side reach the answers about it.

    Every other test item is answered about. Twice the other test items get other
    inputs: a little larger ones; then ones so large, number for number in turned order,
    that what is chosen or scaled with them among all is theirs. Then all test items get
    other labels, none of them the one that was answered, in as many ways as there are
    other classes. So whatever was chosen for being right most often on the test side is
    right there no more.

    Args:
        answers: all that is done, from inputs to probabilities: `answers(x, y,
            train, test)` gives a row for each of `test`, positions in `x`.
        x, y: inputs and class numbers, before anything was done with them.
        split: who is trained on and tested.

    Raises:
        UsageError: if the procedure answers differently when nothing was changed.
    """
    x, y = np.array(x), np.array(y)
    train, test = np.asarray(split.train), np.asarray(split.test)

    def said(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.asarray(answers(x.copy(), y.copy(), train, test), np.float64)

    first = said(x, y)
    if not np.array_equal(first, said(x, y)):
        raise UsageError(
            "asked twice, the procedure gives two answers: fix its seed first, or "
            "nothing can be told from a difference"
        )

    def changed(now: np.ndarray) -> bool:
        return not np.allclose(now[::2], first[::2], rtol=1e-5, atol=1e-7)

    others = x[test[1::2]]
    moved = False
    for instead in (2 * others + x.std(axis=0), 100 * others[..., ::-1]):
        inputs = x.copy()
        inputs[test[1::2]] = instead
        moved = moved or changed(said(inputs, y))
    classes = np.unique(y)
    answered = first.argmax(axis=1)
    relabelled = False
    for step in range(1, len(classes)):
        labels = y.copy()
        labels[test] = classes[(answered + step) % len(classes)]
        relabelled = relabelled or changed(said(x, labels))
    return {"inputs": moved, "labels": relabelled}


def self_taught(
    stack: Callable[[list[Any], np.ndarray, np.ndarray], Any],
    models: Sequence[Any],
    x: ArrayLike,
    y: ArrayLike,
) -> int:
    """How often a stacker learns from what a model says of its own training items.

    Args:
        stack: `stack(models, x, y)` fits the models and what joins them.
        models: scikit-learn classifiers with `predict_proba`.
        x, y: what all of them learn from.

    Returns:
        How many answers about an item came from a model that had learned it.

    >>> from sklearn.naive_bayes import GaussianNB
    >>> def told(models, x, y):
    ...     return [model.fit(x, y).predict_proba(x) for model in models]
    >>> self_taught(told, [GaussianNB()], [[0.0], [1.0]], [0, 1])
    2
    """
    notes = _Notes()
    witness = _witness()
    stack([witness(model, notes) for model in models], np.asarray(x), np.asarray(y))
    return notes.count


class _Notes:
    """A count that all copies of a witness share."""

    def __init__(self) -> None:
        self.count = 0

    def __deepcopy__(self, _: dict) -> _Notes:
        return self


def _witness() -> type:
    """A class; what it descends from is imported when it is wanted."""
    from sklearn.base import BaseEstimator, ClassifierMixin, clone

    class Witness(ClassifierMixin, BaseEstimator):
        """A classifier that notes when it is asked about what it has learned."""

        def __init__(self, model: Any, notes: _Notes) -> None:
            self.model, self.notes = model, notes

        def fit(self, x: np.ndarray, y: np.ndarray) -> Witness:
            self.fitted_ = clone(self.model).fit(x, y)
            self.classes_, self.known_ = self.fitted_.classes_, _rows(x)
            return self

        def predict_proba(self, x: np.ndarray) -> np.ndarray:
            known = set(self.known_)
            self.notes.count += sum(row in known for row in _rows(x))
            return self.fitted_.predict_proba(x)

        def predict(self, x: np.ndarray) -> np.ndarray:
            return self.classes_[self.predict_proba(x).argmax(axis=1)]

    return Witness


def _rows(x: np.ndarray) -> list[bytes]:
    return [row.tobytes() for row in np.ascontiguousarray(x)]
