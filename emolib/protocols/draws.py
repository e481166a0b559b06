"""What is drawn from: ids that are compared alike, and shares of them."""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd

from emolib import UsageError


class LeakError(UsageError):
    """A split shares what its protocol claims to hold apart."""


def same_id(value: object) -> str:
    """An id as it is compared: 1 and "1", "S1" and "s1 " are the same person.

    So are two spellings that look alike: accents of one sign or of two, spaces that
    may and may not break a line.
    """
    words = unicodedata.normalize("NFKC", str(value)).casefold().split()
    return " ".join(words)


def same_ids(values: pd.Series) -> pd.Series:
    """Ids as they are compared; an empty text where one is missing."""
    known = values.astype(object).fillna("")
    return known.map({value: same_id(value) for value in known.unique()})


def require(items: pd.DataFrame, *columns: str) -> None:
    """Refuse items that lack a column."""
    missing = [column for column in columns if column not in items]
    if missing:
        raise UsageError(
            f"the items have no column {', '.join(missing)}; "
            f"they have {', '.join(map(str, items))}"
        )


def known_values(items: pd.DataFrame, column: str, at_least: int = 1) -> np.ndarray:
    """The values of a column, all known and at least so many different ones."""
    require(items, column)
    values = same_ids(items[column]).to_numpy().astype(str)
    if (values == "").any():
        raise LeakError(
            f"{(values == '').sum()} of {len(items)} items name no {column}, so "
            f"it cannot be held apart; fill it in or leave these items out"
        )
    found = len(np.unique(values))
    if found < at_least:
        raise UsageError(
            f"{at_least} folds need at least {at_least} different values of "
            f"{column}, the items have {found}"
        )
    return values


def draw_share(
    items: pd.DataFrame, by: str | None, size: float, label: str | None, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw a share of the values of `by`; positions that stay, positions drawn."""
    from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit

    groups = np.arange(len(items)) if by is None else known_values(items, by)
    _, first, group = np.unique(groups, return_index=True, return_inverse=True)
    if label is None:
        splitter, classes = ShuffleSplit, None
    else:
        require(items, label)
        splitter, classes = StratifiedShuffleSplit, items[label].to_numpy()[first]
    draw = splitter(n_splits=1, test_size=size, random_state=seed)
    try:
        _, drawn = next(draw.split(first, classes))
    except ValueError as problem:
        raise UsageError(
            f"cannot draw {size} of {len(first)} {by or 'item'}s"
            f"{f' balanced by {label}' if label else ''}: {problem}"
        ) from problem
    taken = np.isin(group, drawn)
    return np.flatnonzero(~taken), np.flatnonzero(taken)
