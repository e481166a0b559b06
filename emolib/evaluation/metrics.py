"""Scores of predicted classes, all of them read off the confusion matrix.

Truth and predictions are class names, or numbers on both sides. An item without
one is refused and not left out, because that would change what is averaged. One
rule holds for classes that do not occur: a class whose own score would be 0/0 is
left out of the average, never counted as 0 or as 1.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from emolib.evaluation.items import paired
from emolib.labels import LabelSpace


def accuracy(truth: ArrayLike, predicted: ArrayLike) -> float:
    r"""Share of the items that are predicted correctly.

    .. math:: \text{accuracy} = \frac{\text{number of correct predictions}}
              {\text{number of predictions}}

    >>> accuracy(["sad", "sad", "happy", "calm"], ["sad", "sad", "happy", "sad"])
    0.75
    """
    return float(scores(_counts(truth, predicted))["accuracy"])


def unweighted_average_recall(truth: ArrayLike, predicted: ArrayLike) -> float:
    r"""Mean over classes of the share of each class that is found (UAR).

    .. math:: \text{UAR} = \frac{1}{C} \sum_{c=1}^{C}
              \frac{\text{correct}_c}{\text{items}_c}

    over the :math:`C` classes that occur in the truth. A rare class counts as
    much as a frequent one; always guessing one class gives :math:`1/C`.

    >>> unweighted_average_recall(["sad"] * 3 + ["happy"], ["sad"] * 4)
    0.5
    """
    return float(scores(_counts(truth, predicted))["uar"])


def macro_f1(truth: ArrayLike, predicted: ArrayLike) -> float:
    r"""Mean over classes of F1, the harmonic mean of precision and recall.

    .. math:: F_1 = \frac{2 \cdot \text{correct}_c}
              {\text{items}_c + \text{predicted}_c}

    over the classes that occur in the truth or among the predictions.

    >>> round(macro_f1(["sad", "sad", "happy"], ["sad", "happy", "happy"]), 3)
    0.667
    """
    return float(scores(_counts(truth, predicted))["macro_f1"])


def weighted_f1(truth: ArrayLike, predicted: ArrayLike) -> float:
    """Mean of F1 over classes, each weighted by its number of true items.

    >>> round(weighted_f1(["sad", "sad", "sad", "happy"], ["sad"] * 4), 3)
    0.643
    """
    return float(scores(_counts(truth, predicted))["weighted_f1"])


def confusion(
    truth: ArrayLike, predicted: ArrayLike, space: LabelSpace
) -> pd.DataFrame:
    """How often each true class (row) was taken for each class (column).

    Raises:
        UsageError: if a name is not in the label space.
    """
    truth, predicted = paired(truth, predicted)
    counts = _count(space.encode(truth), space.encode(predicted), len(space))
    classes = list(space)
    return pd.DataFrame(
        counts,
        index=pd.Index(classes, name="truth"),
        columns=pd.Index(classes, name="predicted"),
    )


def per_class(
    truth: ArrayLike, predicted: ArrayLike, space: LabelSpace
) -> pd.DataFrame:
    """Precision, recall, F1 and number of true items (`support`) of each class.

    Precision of a class never predicted and recall of a class that does not
    occur are undefined: NaN.
    """
    matrix = confusion(truth, predicted, space)
    return pd.DataFrame(
        {**class_rates(matrix), "support": matrix.to_numpy().sum(axis=1)},
        index=matrix.index.rename("class"),
    )


def class_rates(counts: ArrayLike) -> dict[str, np.ndarray]:
    """Precision, recall and F1 of each class from confusion counts.

    Args:
        counts: true classes in rows, predicted ones in columns. Any number of
            matrices may be stacked in the leading dimensions.
    """
    counts = np.asarray(counts, dtype=np.float64)
    correct = np.diagonal(counts, axis1=-2, axis2=-1)
    items, predicted = counts.sum(axis=-1), counts.sum(axis=-2)
    with np.errstate(invalid="ignore"):  # 0/0 is NaN: undefined
        return {
            "precision": correct / predicted,
            "recall": correct / items,
            "f1": 2 * correct / (items + predicted),
        }


def scores(counts: ArrayLike) -> dict[str, np.ndarray]:
    """Accuracy, UAR, macro and weighted F1 from confusion counts.

    Takes what `class_rates` takes, so that a document's printed matrix and
    thousands of resampled ones are scored by the same lines.

    >>> float(scores([[2, 0], [1, 1]])["accuracy"])
    0.75
    """
    counts = np.asarray(counts, dtype=np.float64)
    rates = class_rates(counts)
    correct = np.trace(counts, axis1=-2, axis2=-1)
    items = counts.sum(axis=-1)
    total = items.sum(axis=-1)
    return {
        "accuracy": correct / total,
        "uar": _mean_of_defined(rates["recall"]),
        "macro_f1": _mean_of_defined(rates["f1"]),
        "weighted_f1": (np.nan_to_num(rates["f1"]) * items).sum(axis=-1) / total,
    }


def _mean_of_defined(values: np.ndarray) -> np.ndarray:
    defined = ~np.isnan(values)
    return np.where(defined, values, 0).sum(axis=-1) / defined.sum(axis=-1)


def _count(truth: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    cells = np.bincount(truth * classes + predicted, minlength=classes**2)
    return cells.reshape(classes, classes)


def _counts(truth: ArrayLike, predicted: ArrayLike) -> np.ndarray:
    """Confusion counts over the classes that occur on either side."""
    truth, predicted, classes = coded(truth, predicted)
    return _count(truth, predicted, classes)


def coded(truth: ArrayLike, predicted: ArrayLike) -> tuple[np.ndarray, np.ndarray, int]:
    """Both sides as numbers of classes, and how many classes occur."""
    truth, predicted = paired(truth, predicted)
    codes, classes = pd.factorize(np.concatenate([truth, predicted]), sort=True)
    return codes[: len(truth)], codes[len(truth) :], len(classes)
