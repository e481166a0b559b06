"""What of a train side is learned from: held to a size, less what is watched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from emolib import UsageError
from emolib.protocols.draws import draw_share, require, same_ids
from emolib.protocols.leaks import checked
from emolib.protocols.splits import Protocol, Split


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

    >>> items = pd.DataFrame({"clip": list("abcdefgh"), "subject": list("ppppqqqq")})
    >>> items = items.assign(emotion=["sad", "angry"] * 4)
    >>> train, watched = split_validation(items, np.arange(8), 0.25, "clip", seed=0)
    >>> len(train), len(watched)
    (6, 2)
    """
    train = np.asarray(train)
    balanced = None if by == "subject" else label
    rest, drawn = draw_share(items.iloc[train], by, size, balanced, seed)
    return train[rest], train[drawn]


def pairs(
    protocol: Protocol, items: pd.DataFrame, label: str = "emotion"
) -> list[tuple[np.ndarray, np.ndarray]]:
    """The folds as scikit-learn wants them: `cross_val_score(..., cv=pairs(...))`.

    >>> items = pd.DataFrame({"clip": list("abcdefgh"), "subject": list("ppppqqqq")})
    >>> items = items.assign(emotion=["sad", "angry"] * 4)
    >>> from emolib.protocols import LeaveOneSubjectOut
    >>> [test.tolist() for _, test in pairs(LeaveOneSubjectOut(), items)]
    [[0, 1, 2, 3], [4, 5, 6, 7]]
    """
    splits = checked(protocol, items, label)
    return [(sides(items, split)[0], split.test) for split in splits]


def sides(
    items: pd.DataFrame, split: Split, watch: str = "nothing"
) -> tuple[np.ndarray, np.ndarray | None]:
    """Positions to train on, and positions to watch meanwhile (or None).

    What is watched is set apart first; then the rest is held to the split's
    `train_size`. Whole clips are taken, so that copies, frames and windows stay
    with theirs, each class in its proportion and people in turn within it; only of
    the last clip a part may be left. Both draws are the split's, by its seed and
    balanced by its label, so that networks of several seeds learn from the same.

    Args:
        items: one row per thing a model sees.
        split: from `checked`.
        watch: "nothing"; "test", the test side itself; "people", a fifth of the
            train side's; "clips", a tenth of the train side's.

    >>> items = pd.DataFrame({"clip": list("abcdefgh"), "subject": list("ppppqqqq")})
    >>> items = items.assign(emotion=["sad", "angry"] * 4)
    >>> split = Split(0, np.arange(6), np.array([6, 7]), train_size=4)
    >>> train, watched = sides(items, split)
    >>> len(train), watched
    (4, None)
    """
    train, watched = split.train, None
    if watch == "test":
        watched = split.test
    elif watch != "nothing":
        by, share = {"people": ("subject", 0.2), "clips": ("clip", 0.1)}[watch]
        train, watched = split_validation(
            items, train, share, by, split.seed, split.label
        )
    if not split.train_size:
        return train, watched
    if len(train) < split.train_size:
        raise UsageError(
            f"fold {split.fold} has {len(train)} items to train on, fewer than the "
            f"train_size of {split.train_size} that it is held to"
        )
    return _thinned(items, train, split), watched


def matched(
    rungs: Mapping[Any, Protocol],
    items: pd.DataFrame,
    watch: str = "nothing",
    label: str = "emotion",
) -> dict[Any, Protocol]:
    """Protocols held to one number of training items, the least of all their folds.

    Then rungs of a ladder differ in who is tested, not in how much is learned.

    Args:
        rungs: protocols by the name of their rung.
        items: what will be split; for rungs with items of their own, match each
            with `dataclasses.replace(protocol, train_size=...)`.
        watch: as in `sides`.
        label: the column of classes, as in `checked`.

    >>> items = pd.DataFrame({"clip": list("abcdefgh"), "subject": list("ppppqqqq")})
    >>> items = items.assign(emotion=["sad", "angry"] * 4)
    >>> from emolib.protocols import ClipKFold, SubjectKFold
    >>> held = matched({"clips": ClipKFold(4), "people": SubjectKFold(2)}, items)
    >>> {name: rung.train_size for name, rung in held.items()}
    {'clips': 4, 'people': 4}
    """
    least = min(
        len(sides(items, replace(split, train_size=0), watch)[0])
        for rung in rungs.values()
        for split in checked(rung, items, label)
    )
    return {name: replace(rung, train_size=least) for name, rung in rungs.items()}


def _thinned(items: pd.DataFrame, train: np.ndarray, split: Split) -> np.ndarray:
    """So many of the train side's items, in whole clips, classes in proportion."""
    require(items, "clip", "subject", split.label)
    part = items.iloc[train]
    clips = part.drop_duplicates("clip")
    clips = clips.iloc[np.random.default_rng(split.seed).permutation(len(clips))]
    # Within a class the first clip of each person, then the second, and so on;
    # each class begins with other people.
    kind, kinds = pd.factorize(clips[split.label])
    person, people = pd.factorize(same_ids(clips["subject"]))
    turn = clips.groupby([kind, person]).cumcount().to_numpy()
    person = (person - kind * len(people) // len(kinds)) % len(people)
    clips = clips.iloc[np.lexsort((person, turn, kind))]
    # Then all classes together, by how much of its class a clip completes.
    items_of = clips["clip"].map(part["clip"].value_counts())
    of_class = items_of.groupby(clips[split.label].to_numpy())
    done = (of_class.cumsum() - items_of / 2) / of_class.transform("sum")
    order = np.argsort(done.to_numpy(), kind="stable")
    rank = part["clip"].map(pd.Series(np.arange(len(clips)), clips["clip"].iloc[order]))
    chosen = np.argsort(rank.to_numpy(), kind="stable")[: split.train_size]
    return np.sort(train[chosen])
