"""Putting the answers of several models together after each has given its own.

Every rule takes a list of probability tables, (items, classes) each, with the
same items in the same order and columns in the same label space, and returns
one such table whose rows sum to one. All but `stacked` need no data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from emolib import UsageError

FLOOR = 1e-6
"""The least probability a stacker sees, as the log of 0 would drown all else."""


def confidence(probabilities: Sequence[ArrayLike]) -> np.ndarray:
    """For each item, the answer of the model that is surer of its own.

    The rule of document C. Models that are equally sure: the one named first
    decides.

    >>> confidence([[[0.6, 0.4]], [[0.1, 0.9]]]).tolist()
    [[0.1, 0.9]]
    """
    stack = _stack(probabilities)
    surest = stack.max(axis=2).argmax(axis=0)
    return stack[surest, np.arange(stack.shape[1])]


def product(probabilities: Sequence[ArrayLike]) -> np.ndarray:
    r"""The normalised product of the models' probabilities.

    .. math:: p(c) \propto \prod_m p_m(c)

    What Bayes' rule gives if the models' inputs are independent once the class
    is known, and classes are equally frequent. Two half-sure models that agree
    can outvote a sure one that stands alone.

    >>> product([[[0.6, 0.4]], [[0.2, 0.8]]]).round(3).tolist()
    [[0.273, 0.727]]
    """
    # In logs, so that many small factors do not vanish. A 0 becomes the least
    # positive number: still a veto, but models that veto everything between
    # them leave a comparison instead of 0/0.
    smallest = np.finfo(np.float64).tiny
    logs = np.log(np.maximum(_stack(probabilities), smallest)).sum(axis=0)
    joint = np.exp(logs - logs.max(axis=1, keepdims=True))
    return joint / joint.sum(axis=1, keepdims=True)


def mean(probabilities: Sequence[ArrayLike]) -> np.ndarray:
    """The average of the models' probabilities.

    >>> mean([[[0.6, 0.4]], [[0.2, 0.8]]]).round(3).tolist()
    [[0.4, 0.6]]
    """
    return _stack(probabilities).mean(axis=0)


FUSIONS: dict[str, Callable[[Sequence[ArrayLike]], np.ndarray]] = {
    "confidence": confidence,
    "product": product,
    "mean": mean,
}


class Stacked:
    """A rule learned from data: logistic regression on log-probabilities.

    It generalises the product: a weight for each pair of an input column and
    a class, instead of 1. So many weights overfit a thousand items with ease,
    and how far they are shrunk is chosen by cross-validation that keeps the
    groups apart. Fit it on validation items, never on those that trained the
    models (there they are too sure) nor on those it is tested on.
    """

    def fit(
        self, probabilities: Sequence[ArrayLike], truth: ArrayLike, groups: ArrayLike
    ) -> Stacked:
        """Learn the weights.

        Args:
            probabilities: one table a model.
            truth: class indices.
            groups: the person each item comes from.

        Raises:
            UsageError: if lengths differ, or there is only one class or group.
        """
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import GridSearchCV, GroupKFold
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        from threadpoolctl import threadpool_limits

        stack, truth, groups = _stack(probabilities), np.asarray(truth), list(groups)
        if not stack.shape[1] == len(truth) == len(groups):
            raise UsageError(
                f"{stack.shape[1]} items, {len(truth)} truths and {len(groups)} "
                "groups; a stacker learns from one of each an item"
            )
        if len(set(truth.tolist())) < 2 or len(set(groups)) < 2:
            raise UsageError("a stacker needs items of two classes and two groups")
        search = GridSearchCV(
            make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
            {"logisticregression__C": [0.0001, 0.001, 0.01, 0.1, 1.0]},
            cv=GroupKFold(min(5, len(set(groups)))),
        )
        # On matrices this small threads cost more than they save.
        with threadpool_limits(1):
            self._model = search.fit(self._inputs(stack), truth, groups=groups)
        return self

    def predict_proba(self, probabilities: Sequence[ArrayLike]) -> np.ndarray:
        """Probabilities in the models' columns; a class never learned gets 0."""
        if not hasattr(self, "_model"):
            raise UsageError("this stacker has not learned yet: call fit first")
        stack = _stack(probabilities)
        fused = np.zeros(stack.shape[1:])
        fused[:, self._model.classes_] = self._model.predict_proba(self._inputs(stack))
        return fused

    @staticmethod
    def _inputs(stack: np.ndarray) -> np.ndarray:
        return np.concatenate(np.log(np.maximum(stack, FLOOR)), axis=1)


def stacked(
    probabilities: Sequence[ArrayLike],
    truth: ArrayLike,
    folds: ArrayLike,
    groups: ArrayLike,
) -> np.ndarray:
    """Each fold's items fused by a `Stacked` learned on all other folds.

    For test predictions pooled over folds that keep people apart: nobody is
    ever fused by weights that their own clips helped to choose.

    Args:
        probabilities: one table a model.
        truth: class indices.
        folds: the fold in which each item was tested.
        groups: the person each item comes from.
    """
    stack, truth = _stack(probabilities), np.asarray(truth)
    folds, groups = np.asarray(folds), np.asarray(groups)
    fused = np.empty(stack.shape[1:])
    for fold in np.unique(folds):
        here = folds == fold
        learned = Stacked().fit(list(stack[:, ~here]), truth[~here], groups[~here])
        fused[here] = learned.predict_proba(list(stack[:, here]))
    return fused


def _stack(probabilities: Sequence[ArrayLike]) -> np.ndarray:
    """(models, items, classes), after making sure these are probabilities."""
    tables = [np.asarray(table, dtype=np.float64) for table in probabilities]
    shapes = {table.shape for table in tables}
    if len(shapes) != 1 or tables[0].ndim != 2:
        raise UsageError(
            "fusion needs one (items, classes) table a model, all of one shape; "
            f"got {[table.shape for table in tables]}"
        )
    stack = np.stack(tables)
    # NaN fails both comparisons, so it is refused as well.
    sums = stack.sum(axis=2)
    if not ((stack >= 0).all() and (np.abs(sums - 1) < 1e-3).all()):
        raise UsageError(
            "fusion needs probabilities: every row not negative and summing to 1; "
            "put logits through a softmax first"
        )
    return stack
