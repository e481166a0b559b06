"""Protocols: which items may be trained on, which are tested, and what leaks.

An item is one thing a model sees: a clip, a frame of it, a window of its
sound, an augmented copy. Items come as a DataFrame with the columns `item,
clip, subject, sentence, emotion, corpus` and, where they apply, `frame`,
`start` and `stop` (a window) and `copy` (0 the original, 1.. its augmented
copies). A protocol says in `claims_apart` which columns never share a value
between its two sides; `checked` holds it to that, and `leak_report` counts
what the sides share all the same.
"""

from __future__ import annotations

import difflib
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from emolib import UsageError


class LeakError(UsageError):
    """A split shares what its protocol claims to hold apart."""


@dataclass(frozen=True)
class Split:
    """One fold: positions (not index labels) of its rows in the items.

    Attributes:
        train_size: how many of the train side's items are learned from, once
            those to be watched are set apart; 0 is all. See `sides`.
    """

    fold: int
    train: np.ndarray
    test: np.ndarray
    train_size: int = 0

    @property
    def positions(self) -> str:
        """A hash of who is on which side."""
        sides = (np.asarray(side, np.int64) for side in (self.train, self.test))
        content = b"|".join(side.tobytes() for side in sides)
        content += f"|{self.train_size}".encode()
        return hashlib.sha256(content).hexdigest()[:16]


@dataclass(frozen=True)
class Protocol(ABC):
    """A rule that divides items into a train and a test side, fold by fold.

    Args:
        train_size: hold the train side to so many items; 0 leaves it as it is. See
            `matched`.

    Attributes:
        name: how records and the book call it.
        claims_apart: the columns whose values it never puts on both sides.
        folds: how many folds; None where the items decide.
        tests_training: whether what is tested may have been trained on.
    """

    train_size: int = field(default=0, kw_only=True)

    name: ClassVar[str]
    claims_apart: ClassVar[tuple[str, ...]] = ()
    folds: ClassVar[int | None] = 1
    tests_training: ClassVar[bool] = False

    @property
    def parameters(self) -> dict:
        """Its arguments, as they stand in a record."""
        return asdict(self)

    @abstractmethod
    def split(self, items: pd.DataFrame, label: str = "emotion") -> Iterator[Split]:
        """Yield the folds; `label` is the column to keep balanced."""


@dataclass(frozen=True)
class RandomItems(Protocol):
    """Draw test items at random, whatever clip or person they come from.

    The protocol of many papers. Frames, windows and augmented copies of one
    clip fall on both sides, so a model that remembers clips scores high.

    Args:
        test_size: share of the items to test on.
        stratified: keep the classes' proportions on both sides.
        seed: of the draw.
    """

    test_size: float = 0.2
    stratified: bool = True
    seed: int = 0

    name: ClassVar[str] = "random-items"

    def split(self, items: pd.DataFrame, label: str = "emotion") -> Iterator[Split]:
        label = label if self.stratified else None
        yield Split(0, *_draw(items, None, self.test_size, label, self.seed))


@dataclass(frozen=True)
class AugmentedBeforeSplit(RandomItems):
    """Copy first, split afterwards: `RandomItems` over augmented copies.

    Nearly every test item has a copy of its own clip on the train side.
    """

    name: ClassVar[str] = "augmented-before-split"

    def split(self, items: pd.DataFrame, label: str = "emotion") -> Iterator[Split]:
        _require(items, "copy")
        if not (items["copy"] > 0).any():
            raise UsageError(
                f"{self.name}: every item is an original (copy = 0); "
                "make the augmented copies before splitting, or use random-items"
            )
        yield from super().split(items, label)


@dataclass(frozen=True)
class InOrder(Protocol):
    """Test the last items in the order they come in.

    What Keras' `validation_split` does. Files that come folder by folder then
    leave whole classes to the test side that were never trained on.

    Args:
        test_size: share of the items to test on.
    """

    test_size: float = 0.2

    name: ClassVar[str] = "in-order"

    def split(self, items: pd.DataFrame, label: str = "emotion") -> Iterator[Split]:
        first = round(len(items) * (1 - self.test_size))
        yield Split(0, np.arange(first), np.arange(first, len(items)))


@dataclass(frozen=True)
class RandomClips(Protocol):
    """Draw test clips at random; all items of a clip stay on one side.

    The same people speak on both sides. Arguments as in `RandomItems`.
    """

    test_size: float = 0.2
    stratified: bool = True
    seed: int = 0

    name: ClassVar[str] = "random-clips"
    claims_apart: ClassVar[tuple[str, ...]] = ("clip",)

    def split(self, items: pd.DataFrame, label: str = "emotion") -> Iterator[Split]:
        label = label if self.stratified else None
        yield Split(0, *_draw(items, "clip", self.test_size, label, self.seed))


@dataclass(frozen=True)
class SubjectKFold(Protocol):
    """Divide the people into folds; each fold tests people never trained on.

    Classes are balanced over the folds as far as whole people allow. Who is in
    which fold depends on the clips alone, not on how many items each gives, so
    that a model of frames and one of sound are tested on the same people.

    Args:
        folds: how many.
        seed: of the order in which people are dealt out.
    """

    folds: int = 5
    seed: int = 0

    name: ClassVar[str] = "subjects-apart"
    claims_apart: ClassVar[tuple[str, ...]] = ("clip", "subject")
    divided: ClassVar[str] = "subject"

    def split(self, items: pd.DataFrame, label: str = "emotion") -> Iterator[Split]:
        from sklearn.model_selection import StratifiedGroupKFold

        _require(items, label, "clip")
        groups = _groups(items, self.divided, at_least=self.folds)
        clips = items.sort_values("clip").drop_duplicates("clip")
        dealer = StratifiedGroupKFold(self.folds, shuffle=True, random_state=self.seed)
        sides = dealer.split(clips, clips[label], clips[self.divided])
        for fold, (_, drawn) in enumerate(sides):
            tested = clips[self.divided].iloc[drawn].map(_same)
            test = np.isin(groups, tested)
            yield Split(fold, np.flatnonzero(~test), np.flatnonzero(test))


@dataclass(frozen=True)
class SentenceKFold(SubjectKFold):
    """Divide what is said into folds; the same people speak on both sides."""

    name: ClassVar[str] = "sentences-apart"
    claims_apart: ClassVar[tuple[str, ...]] = ("clip", "sentence")
    divided: ClassVar[str] = "sentence"


@dataclass(frozen=True)
class LeaveOneSubjectOut(Protocol):
    """Test each person in turn on a model trained on all the others."""

    name: ClassVar[str] = "leave-one-subject-out"
    claims_apart: ClassVar[tuple[str, ...]] = ("clip", "subject")
    folds: ClassVar[int | None] = None
    left_out: ClassVar[str] = "subject"

    def split(self, items: pd.DataFrame, label: str = "emotion") -> Iterator[Split]:
        groups = _groups(items, self.left_out, at_least=2)
        for fold, group in enumerate(np.unique(groups)):
            test = groups == group
            yield Split(fold, np.flatnonzero(~test), np.flatnonzero(test))


@dataclass(frozen=True)
class LeaveOneCorpusOut(LeaveOneSubjectOut):
    """Test each corpus in turn on a model trained on all the others."""

    name: ClassVar[str] = "leave-one-corpus-out"
    claims_apart: ClassVar[tuple[str, ...]] = ("clip", "subject", "corpus")
    left_out: ClassVar[str] = "corpus"


@dataclass(frozen=True)
class OtherCorpora(Protocol):
    """Test some corpora on a model trained on all the others.

    Args:
        test: names of the corpora to test.
    """

    test: tuple[str, ...]

    name: ClassVar[str] = "other-corpora"
    claims_apart: ClassVar[tuple[str, ...]] = ("clip", "subject", "corpus")

    def split(self, items: pd.DataFrame, label: str = "emotion") -> Iterator[Split]:
        tested = np.isin(_groups(items, "corpus"), [_same(name) for name in self.test])
        yield Split(0, np.flatnonzero(~tested), np.flatnonzero(tested))


@dataclass(frozen=True)
class WholeCorpus(Protocol):
    """Train on everything and test on everything: how well a model remembers."""

    name: ClassVar[str] = "whole-corpus"
    tests_training: ClassVar[bool] = True

    def split(self, items: pd.DataFrame, label: str = "emotion") -> Iterator[Split]:
        every = np.arange(len(items))
        yield Split(0, every, every)


PROTOCOLS: dict[str, type[Protocol]] = {
    protocol.name: protocol
    for protocol in (
        RandomItems,
        AugmentedBeforeSplit,
        InOrder,
        RandomClips,
        SubjectKFold,
        SentenceKFold,
        LeaveOneSubjectOut,
        LeaveOneCorpusOut,
        OtherCorpora,
        WholeCorpus,
    )
}


def protocol(name: str) -> type[Protocol]:
    """The protocol of that name; an unknown one is refused."""
    if name not in PROTOCOLS:
        near = difflib.get_close_matches(name, PROTOCOLS, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise UsageError(
            f"no protocol {name!r}{hint}; there are {', '.join(PROTOCOLS)}"
        )
    return PROTOCOLS[name]


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
            an item itself is on both sides.
        UsageError: if a side is empty.
    """
    splits = [
        replace(split, train_size=protocol.train_size)
        for split in protocol.split(items, label)
    ]
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
            values = _groups(items, column)
            shared = np.intersect1d(values[split.train], values[split.test])
            if len(shared):
                more = f" and {len(shared) - 1} more" if len(shared) > 1 else ""
                raise LeakError(
                    f"{where}: claims to hold each {column} on one side, but "
                    f"{shared[0]}{more} is on both"
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
    - `overlap`: a window of the same clip that overlaps in time is;
    - `near_duplicate`: the nearest train item is closer than `near` times the
      median distance between a test item and a train item drawn at random.

    Args:
        items: one row per thing a model sees.
        split: which of them are trained on and tested.
        features: a small description of each item, one row each (a frame at
            16 x 16, mean MFCCs), in units that can be compared.
        near: how close counts as a near-duplicate.
    """
    train, test = items.iloc[split.train], items.iloc[split.test]
    leaks = {
        column: _shared(train, test, column)
        for column in ("clip", "subject", "sentence")
    }
    leaks["copy"] = _other_copy(train, test) if "copy" in items else None
    windowed = {"start", "stop"} <= set(items)
    leaks["overlap"] = _overlapping(train, test) if windowed else None
    leaks["near_duplicate"] = None
    if features is not None:
        leaks["near_duplicate"] = _near_duplicates(features, split, near)

    report: dict[str, int | float | None] = {"train": len(train), "test": len(test)}
    for kind, leaking in leaks.items():
        known = leaking is not None
        report[kind] = int(leaking.sum()) if known else None
        report[f"{kind}_share"] = float(leaking.mean()) if known else None
    return report


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
    rest, drawn = _draw(items.iloc[train], by, size, balanced, seed)
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


def _same(value: object) -> str:
    """An id as it is compared: 1 and "1", "S1" and "s1 " are the same person."""
    return str(value).strip().casefold()


def _require(items: pd.DataFrame, *columns: str) -> None:
    missing = [column for column in columns if column not in items]
    if missing:
        raise UsageError(
            f"the items have no column {', '.join(missing)}; "
            f"they have {', '.join(map(str, items))}"
        )


def _groups(items: pd.DataFrame, column: str, at_least: int = 1) -> np.ndarray:
    """The values of a column, all known and at least so many different ones."""
    _require(items, column)
    known = items[column].astype(object).fillna("")
    values = known.map({value: _same(value) for value in known.unique()})
    values = values.to_numpy().astype(str)
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


def _draw(
    items: pd.DataFrame, by: str | None, size: float, label: str | None, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw a share of the values of `by`; positions that stay, positions drawn."""
    from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit

    groups = np.arange(len(items)) if by is None else _groups(items, by)
    _, first, group = np.unique(groups, return_index=True, return_inverse=True)
    if label is None:
        splitter, classes = ShuffleSplit, None
    else:
        _require(items, label)
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


def _shared(train: pd.DataFrame, test: pd.DataFrame, column: str) -> np.ndarray | None:
    """Which test items have their value of a column on the train side."""
    if column not in test:
        return None
    ours, theirs = (
        side[column].astype(object).fillna("").map(_same) for side in (test, train)
    )
    known = ours != ""
    return (known & ours.isin(set(theirs))).to_numpy() if known.any() else None


def _other_copy(train: pd.DataFrame, test: pd.DataFrame) -> np.ndarray:
    """Which test items have a differently augmented copy on the train side."""
    copies = train.groupby("clip")["copy"].agg(["min", "max"]).reindex(test["clip"])
    # A clip without a train item gives NaN, which differs from everything.
    present = copies["min"].notna().to_numpy()
    different = copies.to_numpy() != test[["copy"]].to_numpy()
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


def _near_duplicates(features: np.ndarray, split: Split, near: float) -> np.ndarray:
    """Which test items have a train item within `near` of the usual distance."""
    from sklearn.metrics import pairwise_distances_argmin_min

    features = np.asarray(features).reshape(len(features), -1)
    train, test = features[split.train], features[split.test]
    train, test = train.astype(np.float32), test.astype(np.float32)
    _, nearest = pairwise_distances_argmin_min(test, train)
    anyone = np.random.default_rng(0).integers(len(train), size=len(test))
    usual = np.median(np.linalg.norm(test - train[anyone], axis=1))
    return nearest <= near * usual
