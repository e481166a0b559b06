"""The protocols: which items may be trained on, and which are tested."""

from __future__ import annotations

import difflib
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import product
from typing import ClassVar

import numpy as np
import pandas as pd

from emolib import UsageError
from emolib.protocols.draws import draw_share, known_values, require, same_id


@dataclass(frozen=True)
class Split:
    """One fold: positions (not index labels) of its rows in the items.

    Attributes:
        train_size: how many of the train side's items are learned from, once
            those to be watched are set apart; 0 is all. See `sides`.
        seed: of these draws, the protocol's own.
        label: the column of classes, which they keep balanced.
    """

    fold: int
    train: np.ndarray
    test: np.ndarray
    train_size: int = 0
    seed: int = 0
    label: str = "emotion"

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
        yield Split(0, *draw_share(items, None, self.test_size, label, self.seed))


@dataclass(frozen=True)
class AugmentedBeforeSplit(RandomItems):
    """Copy first, split afterwards: `RandomItems` over augmented copies.

    Nearly every test item has a copy of its own clip on the train side.
    """

    name: ClassVar[str] = "augmented-before-split"

    def split(self, items: pd.DataFrame, label: str = "emotion") -> Iterator[Split]:
        require(items, "copy")
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
        yield Split(0, *draw_share(items, "clip", self.test_size, label, self.seed))


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

    def __post_init__(self) -> None:
        if self.folds < 2:
            raise UsageError(
                f"{self.name}: folds={self.folds}; give 2 or more, so that each "
                "leaves others to train on"
            )

    def split(self, items: pd.DataFrame, label: str = "emotion") -> Iterator[Split]:
        from sklearn.model_selection import StratifiedGroupKFold

        require(items, label, "clip")
        groups = known_values(items, self.divided, at_least=self.folds)
        clips = items.assign(group=groups, clip=known_values(items, "clip"))
        clips = clips.sort_values("clip").drop_duplicates("clip")
        dealer = StratifiedGroupKFold(self.folds, shuffle=True, random_state=self.seed)
        sides = dealer.split(clips, clips[label], clips["group"])
        for fold, (_, drawn) in enumerate(sides):
            test = np.isin(groups, clips["group"].iloc[drawn])
            yield Split(fold, np.flatnonzero(~test), np.flatnonzero(test))


@dataclass(frozen=True)
class SentenceKFold(SubjectKFold):
    """Divide what is said into folds; the same people speak on both sides."""

    name: ClassVar[str] = "sentences-apart"
    claims_apart: ClassVar[tuple[str, ...]] = ("clip", "sentence")
    divided: ClassVar[str] = "sentence"


@dataclass(frozen=True)
class SetupKFold(SubjectKFold):
    """Divide the set-ups of recordings into folds; the same people are on both sides.

    Items need a column `setup`, which few published corpora could fill.
    """

    name: ClassVar[str] = "setups-apart"
    claims_apart: ClassVar[tuple[str, ...]] = ("clip", "setup")
    divided: ClassVar[str] = "setup"


@dataclass(frozen=True)
class ClipKFold(SubjectKFold):
    """Divide the clips into folds, each tested once; the same people are on both sides.

    Every item is tested, as by `SubjectKFold`, so that the two can be compared.
    """

    name: ClassVar[str] = "clips-apart"
    claims_apart: ClassVar[tuple[str, ...]] = ("clip",)
    divided: ClassVar[str] = "clip"


@dataclass(frozen=True)
class ItemKFold(SubjectKFold):
    """Divide the items themselves: frames, windows and copies, whatever their clip.

    Each item is tested once, as by `ClipKFold`, so that the two can be compared.
    """

    name: ClassVar[str] = "items-apart"
    claims_apart: ClassVar[tuple[str, ...]] = ()

    def split(self, items: pd.DataFrame, label: str = "emotion") -> Iterator[Split]:
        from sklearn.model_selection import StratifiedKFold

        require(items, label)
        dealer = StratifiedKFold(self.folds, shuffle=True, random_state=self.seed)
        for fold, sides in enumerate(dealer.split(items, items[label])):
            yield Split(fold, *sides)


@dataclass(frozen=True)
class PeopleAndSentencesKFold(SubjectKFold):
    """Test people who were never trained on, with words that nobody trained on said.

    Each group of people is tested on each group of sentences; what is of only one of
    the two is left out of that fold.

    Args:
        sentences: how many groups of what is said.
    """

    sentences: int = 2

    name: ClassVar[str] = "people-and-sentences-apart"
    claims_apart: ClassVar[tuple[str, ...]] = ("clip", "subject", "sentence")

    def split(self, items: pd.DataFrame, label: str = "emotion") -> Iterator[Split]:
        told = SentenceKFold(self.sentences, self.seed).split(items, label)
        both = product(super().split(items, label), list(told))
        for fold, (who, what) in enumerate(both):
            train = np.intersect1d(who.train, what.train)
            yield Split(fold, train, np.intersect1d(who.test, what.test))


@dataclass(frozen=True)
class LeaveOneSubjectOut(Protocol):
    """Test each person in turn on a model trained on all the others."""

    name: ClassVar[str] = "leave-one-subject-out"
    claims_apart: ClassVar[tuple[str, ...]] = ("clip", "subject")
    folds: ClassVar[int | None] = None
    left_out: ClassVar[str] = "subject"

    def split(self, items: pd.DataFrame, label: str = "emotion") -> Iterator[Split]:
        groups = known_values(items, self.left_out, at_least=2)
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
        corpora = known_values(items, "corpus")
        for name in self.test:
            if same_id(name) not in corpora:
                raise _unknown("corpus", name, np.unique(corpora))
        tested = np.isin(corpora, [same_id(name) for name in self.test])
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
        SetupKFold,
        ClipKFold,
        ItemKFold,
        PeopleAndSentencesKFold,
        LeaveOneSubjectOut,
        LeaveOneCorpusOut,
        OtherCorpora,
        WholeCorpus,
    )
}


def protocol(name: str) -> type[Protocol]:
    """The protocol of that name; an unknown one is refused."""
    if name not in PROTOCOLS:
        raise _unknown("protocol", name, PROTOCOLS)
    return PROTOCOLS[name]


def _unknown(kind: str, name: str, known: Iterable[str]) -> UsageError:
    near = difflib.get_close_matches(name, known := list(known), n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return UsageError(f"no {kind} {name!r}{hint}; there are {', '.join(known)}")
