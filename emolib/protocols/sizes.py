"""What of a train side is learned from: held to a size, less what is watched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from emolib import UsageError
from emolib.protocols.leaks import checked
from emolib.protocols.splits import (
    Protocol,
    Split,
    draw_share,
)


def split_validation(
    items: pd.DataFrame,
    train: np.ndarray,
    size: float,
    by: str | None,
    seed: int,
    label: str = "emotion",
) -> tuple[np.ndarray, np.ndarray]:
    """Set a part of the train side apart for validation.

    Args:
        items: one row per thing a model sees.
        train: positions of the train side.
        size: share of it (of its clips, of its subjects) to set apart.
        by: "clip" or "subject" keeps each of them whole; None draws items.
        seed: of the draw.
        label: kept balanced, except when whole subjects are drawn: each of
            them brings all of its classes.

    Returns:
        Positions in `items` to train on, and positions to validate on.
    """
    train = np.asarray(train)
    balanced = None if by == "subject" else label
    rest, drawn = draw_share(items.iloc[train], by, size, balanced, seed)
    return train[rest], train[drawn]


def pairs(
    protocol: Protocol, items: pd.DataFrame, label: str = "emotion"
) -> list[tuple[np.ndarray, np.ndarray]]:
    """The folds as scikit-learn wants them: `cross_val_score(..., cv=pairs(...))`."""
    splits = checked(protocol, items, label)
    return [(sides(items, split)[0], split.test) for split in splits]


def sides(
    items: pd.DataFrame, split: Split, watch: str = "nothing", seed: int = 0
) -> tuple[np.ndarray, np.ndarray | None]:
    """Positions to train on, and positions to watch meanwhile (or None).

    What is watched is set apart first; then the rest is held to the split's
    `train_size`. Whole clips are taken, so that copies, frames and windows stay
    with theirs, in turns of people and emotions; only of the last one a part may
    be left.

    Args:
        items: one row per thing a model sees.
        split: from `checked`.
        watch: "nothing"; "test", the test side itself; "people", a fifth of the
            train side's; "clips", a tenth of the train side's.
        seed: of both draws.
    """
    train, watched = split.train, None
    if watch == "test":
        watched = split.test
    elif watch != "nothing":
        by, share = {"people": ("subject", 0.2), "clips": ("clip", 0.1)}[watch]
        train, watched = split_validation(items, train, share, by, seed)
    if not split.train_size:
        return train, watched
    if len(train) < split.train_size:
        raise UsageError(
            f"fold {split.fold} has {len(train)} items to train on, fewer than the "
            f"train_size of {split.train_size} that it is held to"
        )
    return _thinned(items, train, split.train_size, seed), watched


def matched(
    rungs: Mapping[Any, Protocol],
    items: pd.DataFrame,
    watch: str = "nothing",
    seed: int = 0,
) -> dict[Any, Protocol]:
    """Protocols held to one number of training items, the least of all their folds.

    Then rungs of a ladder differ in who is tested, not in how much is learned.

    Args:
        rungs: protocols by the name of their rung.
        items: what will be split; for rungs with items of their own, match each
            with `dataclasses.replace(protocol, train_size=...)`.
        watch, seed: as in `sides`.
    """
    least = min(
        len(sides(items, replace(split, train_size=0), watch, seed)[0])
        for rung in rungs.values()
        for split in checked(rung, items)
    )
    return {name: replace(rung, train_size=least) for name, rung in rungs.items()}


def _thinned(
    items: pd.DataFrame, train: np.ndarray, size: int, seed: int
) -> np.ndarray:
    """So many of the train side's items, in whole clips, people and classes in turn."""
    part = items.iloc[train]
    clips = part.drop_duplicates("clip")
    order = np.random.default_rng(seed).permutation(len(clips))
    clips = clips.iloc[order]
    # The first clip of each person and emotion, then the second, and so on.
    kinds = [c for c in ("subject", "emotion") if c in clips]
    turn = clips.groupby(kinds, sort=False).cumcount().to_numpy()
    taken = clips["clip"].iloc[np.argsort(turn, kind="stable")]
    counts = part["clip"].value_counts()
    enough = int(np.searchsorted(counts[taken].cumsum().to_numpy(), size)) + 1
    place = pd.Series(np.arange(enough), taken.iloc[:enough])
    rank = part["clip"].map(place).to_numpy()
    chosen = np.flatnonzero(~np.isnan(rank))
    chosen = chosen[np.argsort(rank[chosen], kind="stable")][:size]
    return np.sort(train[chosen])
