"""What is scored: classes that compare, people that are known, and drawn again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from emolib import UsageError

_HELD = 2**20  # as many numbers of what is drawn are held at once


def paired(truth: ArrayLike, predicted: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Truth and predictions as two arrays that can be compared item by item.

    Raises:
        UsageError: if they differ in length or are empty, an item holds no class
            (None, NaN, ""), or one side holds text and the other numbers.

    >>> paired([1, 2], ["1", "2"])
    Traceback (most recent call last):
    emolib.UsageError: truth holds numbers (1) and predictions text ('1'); they \
would never be equal: name the classes alike
    """
    truth, kind = _named(truth, "truth")
    predicted, other = _named(predicted, "predictions")
    if truth.shape != predicted.shape or truth.ndim != 1 or not len(truth):
        raise UsageError(
            "truth and predictions must be two lists of one length, and not "
            f"empty; got shapes {truth.shape} and {predicted.shape}"
        )
    if kind != other:
        raise UsageError(
            f"truth holds {kind} ({truth[:1].tolist()[0]!r}) and predictions {other} "
            f"({predicted[:1].tolist()[0]!r}); they would never be equal: name the "
            "classes alike"
        )
    return truth, predicted


def _named(values: ArrayLike, what: str) -> tuple[np.ndarray, str]:
    """The classes, and whether they are text or numbers."""
    # numpy would make a text, 'nan', of a missing value in a list of texts.
    array = np.asarray(values, None if hasattr(values, "dtype") else object)
    if array.ndim != 1:
        return array, ""
    missing = pd.isna(array)
    if array.dtype.kind in "OUS":
        missing |= array.astype(str) == ""
    if missing.any():
        row = int(missing.argmax())
        raise UsageError(
            f"{what}: row {row} holds no class ({array[row]!r}), as do "
            f"{missing.sum() - 1} more of {len(array)}; every item needs one"
        )
    if array.dtype.kind != "O":
        return array, "text" if array.dtype.kind in "US" else "numbers"
    text = [isinstance(value, str) for value in array]
    if any(text) and not all(text):
        row = text.index(not text[0])
        raise UsageError(
            f"{what}: row 0 holds {array[0]!r} and row {row} {array[row]!r}; text and "
            "numbers are never equal: name the classes alike"
        )
    return array, "text" if all(text) else "numbers"


def group_codes(
    groups: ArrayLike, length: int, unit: str = "subject"
) -> tuple[np.ndarray, int]:
    """Number the groups 0, 1, .. in sorted order; codes and how many there are."""
    groups = np.asarray(groups)
    if len(groups) != length or not length:
        raise UsageError(f"{length} items but {len(groups)} {unit}s; one each, please")
    if pd.isna(groups).any() or (groups.astype(str) == "").any():
        raise UsageError(f"some items name no {unit}; who is resampled must be known")
    codes, found = pd.factorize(groups, sort=True)
    return codes, len(found)


def resamples(groups: int, n: int, seed: int) -> Iterator[np.ndarray]:
    """How often each group (column) is drawn in each of n resamples, block by block."""
    random = np.random.default_rng(seed)
    for rows in blocks(n, groups):
        drawn = random.integers(groups, size=(rows, groups))
        drawn += groups * np.arange(rows)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=rows * groups)
        yield counts.reshape(rows, groups).astype(np.float64)


def blocks(n: int, columns: int) -> Iterator[int]:
    """How many rows at a time make n, so that few of so many columns are held.

    >>> list(blocks(10, 2**18))
    [4, 4, 2]
    """
    most = max(1, _HELD // columns)
    for start in range(0, n, most):
        yield min(most, n - start)
