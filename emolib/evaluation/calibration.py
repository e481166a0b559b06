"""Does a system that says 80 % sure turn out right 80 % of the time?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from emolib import UsageError


def reliability(
    probabilities: ArrayLike, truth: ArrayLike, bins: int = 10
) -> pd.DataFrame:
    """Confidence against accuracy, in bins of equal width.

    Confidence is the probability given to the predicted class. An item on the
    border between two bins belongs to the lower one.

    Args:
        probabilities: (items, classes), columns in label-space order.
        truth: class indices, as `LabelSpace.encode` gives them.
        bins: how many parts 0 to 1 is cut into.

    Returns:
        A row a bin: `low`, `high`, `count`, mean `confidence`, `accuracy`;
        the last two are NaN where the bin is empty.

    Raises:
        UsageError: if the lengths differ or truths are not column numbers.
    """
    probabilities, truth = np.asarray(probabilities), np.asarray(truth)
    if probabilities.ndim != 2 or len(probabilities) != len(truth):
        raise UsageError(
            f"probabilities {probabilities.shape} do not fit {len(truth)} truths; "
            "expected one row an item"
        )
    if not np.isfinite(probabilities.astype(np.float64)).all():
        row = int(np.flatnonzero(~np.isfinite(probabilities).all(axis=1))[0])
        raise UsageError(
            f"row {row} of the probabilities is {probabilities[row].tolist()}; "
            "every item needs finite ones"
        )
    if not np.issubdtype(truth.dtype, np.integer):
        raise UsageError("truths must be class indices; see LabelSpace.encode")
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == truth
    edges = np.linspace(0, 1, bins + 1)
    # right=True puts a border value into the bin below it.
    place = np.clip(np.digitize(confidence, edges, right=True) - 1, 0, bins - 1)
    count = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):  # 0/0 is NaN: an empty bin
        return pd.DataFrame(
            {
                "low": edges[:-1],
                "high": edges[1:],
                "count": count,
                "confidence": np.bincount(place, confidence, bins) / count,
                "accuracy": np.bincount(place, correct, bins) / count,
            }
        )


def expected_calibration_error(
    probabilities: ArrayLike, truth: ArrayLike, bins: int = 10
) -> float:
    r"""Mean gap between confidence and accuracy, weighted by items (ECE).

    .. math:: \text{ECE} = \sum_b \frac{n_b}{n}
              \left| \text{accuracy}_b - \text{confidence}_b \right|

    Arguments as in `reliability`.

    >>> expected_calibration_error([[1.0, 0.0], [1.0, 0.0]], [0, 1])
    0.5
    """
    table = reliability(probabilities, truth, bins)
    gaps = (table["accuracy"] - table["confidence"]).abs() * table["count"]
    return float(gaps.sum() / table["count"].sum())
