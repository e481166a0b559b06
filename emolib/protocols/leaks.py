"""What the two sides of a split share: refused where it was excluded, else counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from emolib import UsageError
from emolib.protocols.draws import LeakError, known_values, same_ids
from emolib.protocols.nearness import near_duplicates
from emolib.protocols.splits import Protocol, Split


def checked(
    protocol: Protocol, items: pd.DataFrame, label: str = "emotion"
) -> list[Split]:
    """The protocol's folds, after making sure that each keeps its promise.

    Args:
        protocol: what to split by.
        items: one row per thing a model sees.
        label: the column of classes.

    Raises:
        LeakError: if a column that the protocol claims to hold apart has a
            value on both sides, if it cannot be known (an empty value), or if
            an item itself is on both sides, or is tested by two folds.
        UsageError: if a side is empty.
    """
    told = {"train_size": protocol.train_size, "label": label}
    told["seed"] = getattr(protocol, "seed", 0)
    splits = [replace(split, **told) for split in protocol.split(items, label)]
    for split in splits:
        where = f"protocol {protocol.name!r}, fold {split.fold}"
        if not len(split.train) or not len(split.test):
            raise UsageError(
                f"{where}: {len(split.train)} items to train on and "
                f"{len(split.test)} to test; neither may be 0"
            )
        twice = np.intersect1d(split.train, split.test)
        if len(twice) and not protocol.tests_training:
            raise LeakError(f"{where}: item {twice[0]} is on both sides")
        for column in protocol.claims_apart:
            values = known_values(items, column)
            shared = np.intersect1d(values[split.train], values[split.test])
            if len(shared):
                more = f" and {len(shared) - 1} more" if len(shared) > 1 else ""
                raise LeakError(
                    f"{where}: claims to hold each {column} on one side, but "
                    f"{shared[0]}{more} is on both"
                )
    tests = [np.unique(split.test) for split in splits]
    item, times = np.unique(np.concatenate([[], *tests]), return_counts=True)
    if (times > 1).any():
        raise LeakError(
            f"protocol {protocol.name!r}: item {item[times > 1][0]:.0f} and "
            f"{(times > 1).sum() - 1} more are tested by two folds or more"
        )
    return splits


def leak_report(
    items: pd.DataFrame,
    split: Split,
    features: np.ndarray | None = None,
    near: float = 0.1,
) -> dict[str, int | float | None]:
    """Count the test items that meet something of themselves in training.

    For each kind of sharing the report holds the number of test items
    concerned, and under `<kind>_share` that number over all test items; both
    are None where the items cannot tell (no such column, or all its values
    are empty).

    - `clip`, `subject`, `sentence`: the same value is on the train side;
    - `copy`: another augmented copy of the same clip is;
    - `frame`: another frame of the same clip is;
    - `overlap`: a window of the same clip that overlaps in time is;
    - `near_duplicate`: a train item is closer than `near` times the median distance
      between a test item and a train item drawn at random, and much closer than that
      one's next person; None where people apart come as close (see `nearness`);
    - `scaled`: the features have mean 0 over all `items`, over both sides together,
      or over all items of its person, and not over the train side alone: the test
      items were there when they were standardised.

    Args:
        items: one row per thing a model sees.
        split: which of them are trained on and tested.
        features: a small description of each item, one row each (means of a frame's
            fields, not single points; mean MFCCs), in units that can be compared.
        near: how close counts as a near-duplicate.
    """
    ids = [c for c in ("clip", "subject", "sentence") if c in items]
    items = items.assign(**{column: same_ids(items[column]) for column in ids})
    train, test = items.iloc[split.train], items.iloc[split.test]
    leaks = {
        column: _shared(train, test, column)
        for column in ("clip", "subject", "sentence")
    }
    for part in ("copy", "frame"):
        leaks[part] = _other_part(train, test, part) if part in items else None
    windowed = {"start", "stop"} <= set(items)
    leaks["overlap"] = _overlapping(train, test) if windowed else None
    leaks["near_duplicate"] = leaks["scaled"] = None
    if features is not None:
        features = np.asarray(features, np.float32).reshape(len(features), -1)
        people = items.get("subject", pd.Series("", items.index)).to_numpy()
        sides = np.asarray(split.train), np.asarray(split.test)
        leaks["near_duplicate"] = near_duplicates(features, people, *sides, near)
        leaks["scaled"] = _scaled(features, items, split)

    report: dict[str, int | float | None] = {"train": len(train), "test": len(test)}
    for kind, leaking in leaks.items():
        known = leaking is not None
        report[kind] = int(leaking.sum()) if known else None
        report[f"{kind}_share"] = float(leaking.mean()) if known else None
    return report


def _shared(train: pd.DataFrame, test: pd.DataFrame, column: str) -> np.ndarray | None:
    """Which test items have their value of a column on the train side."""
    if column not in test:
        return None
    known = test[column] != ""
    shared = known & test[column].isin(set(train[column]))
    return shared.to_numpy() if known.any() else None


def _other_part(train: pd.DataFrame, test: pd.DataFrame, part: str) -> np.ndarray:
    """Which test items have another copy (or frame) of their clip on the train side."""
    parts = train.groupby("clip")[part].agg(["min", "max"]).reindex(test["clip"])
    # A clip without a train item gives NaN, which differs from everything.
    present = parts["min"].notna().to_numpy()
    different = parts.to_numpy() != test[[part]].to_numpy()
    return present & different.any(axis=1)


def _overlapping(train: pd.DataFrame, test: pd.DataFrame) -> np.ndarray:
    """Which test windows overlap a train window of their own clip.

    A window [start, stop) meets as many train windows as have started before
    its stop, less those that have stopped by its start. Laying the clips end
    to end on one time line answers that for all items by two sorted searches.
    """
    clips = pd.factorize(pd.concat([train["clip"], test["clip"]]))[0]
    latest = max(train["stop"].max(), test["stop"].max())
    offset = clips * (float(latest) + 1)
    ours, theirs = offset[len(train) :], offset[: len(train)]
    starts = np.sort(train["start"].to_numpy() + theirs)
    stops = np.sort(train["stop"].to_numpy() + theirs)
    started = np.searchsorted(starts, test["stop"].to_numpy() + ours, side="left")
    stopped = np.searchsorted(stops, test["start"].to_numpy() + ours, side="right")
    return started > stopped


def _scaled(features: np.ndarray, items: pd.DataFrame, split: Split) -> np.ndarray:
    """Which test items were there when the features were standardised."""
    train, test = np.asarray(split.train), np.asarray(split.test)
    # A train side may be held to a size: what it lost was there as well, back then.
    together = np.arange(len(items)), np.union1d(train, test)
    whole = any(_centred(features[rows]) for rows in together)
    if whole and not _centred(features[train]):
        return np.ones(len(test), bool)
    found = np.zeros(len(test), bool)
    if "subject" not in items:
        return found
    people = items["subject"].to_numpy()
    for person in set(people[test]) - {""}:
        known = train[people[train] == person]
        own = (rows[people[rows] == person] for rows in together)
        if any(_centred(features[o]) for o in own) and not _centred(features[known]):
            found[people[test] == person] = True
    return found


def _centred(rows: np.ndarray) -> bool:
    """Whether the mean of every column that varies is 0, but for rounding."""
    if len(rows) < 3:
        return False
    spread = rows.std(axis=0, dtype=np.float64)
    varies = spread > 1e-6
    means = np.abs(rows.mean(axis=0, dtype=np.float64))
    return bool(varies.any() and (means[varies] < 1e-4 * spread[varies]).all())
