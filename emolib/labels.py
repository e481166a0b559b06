"""Label spaces: named, ordered, immutable tuples of classes.

A label space travels with labels, probabilities and confusion matrices, so
that column three means the same class everywhere. Nothing in this project
derives an order by sorting strings: document C's confusion matrix shows what
happens when a printed order and a sorted one part ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from emolib import UsageError


@dataclass(frozen=True)
class LabelSpace:
    """An ordered set of class names.

    Args:
        name: how the space is called in records.
        classes: its classes; their order is the order of every probability
            column and of every row of a confusion matrix.

    Raises:
        UsageError: if a class is named twice, or there are none.

    >>> mood = LabelSpace("mood", ("happy", "sad"))
    >>> mood.encode(["sad", "happy"])
    array([1, 0])
    """

    name: str
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "classes", tuple(self.classes))
        if not self.classes or len(set(self.classes)) < len(self.classes):
            raise UsageError(
                f"label space {self.name!r}: classes must be distinct and not "
                f"empty, got {list(self.classes)}"
            )

    def __len__(self) -> int:
        return len(self.classes)

    def __iter__(self) -> Iterator[str]:
        return iter(self.classes)

    def __contains__(self, name: object) -> bool:
        return name in self.classes

    def encode(self, names: Iterable[str]) -> np.ndarray:
        """Names to indices; an unknown name is refused, not dropped."""
        index = {name: i for i, name in enumerate(self.classes)}
        names = list(names)
        unknown = sorted({str(n) for n in names if n not in index})
        if unknown:
            raise UsageError(
                f"label space {self.name!r} has no class {', '.join(unknown)}; "
                f"it has {', '.join(self.classes)}"
            )
        return np.array([index[n] for n in names], dtype=np.int64)

    def decode(self, indices: Iterable[int]) -> list[str]:
        """Indices to names."""
        return [self.classes[int(i)] for i in indices]

    def one_hot(self, names: Iterable[str]) -> np.ndarray:
        """Names to rows with a single one, as Keras' cross-entropy wants."""
        return np.eye(len(self), dtype=np.float32)[self.encode(names)]

    def order_from(self, other: LabelSpace) -> np.ndarray:
        """Columns of `other` in this space's order.

        `probabilities[:, ours.order_from(theirs)]` turns their columns into
        ours.
        """
        if set(self.classes) != set(other.classes):
            raise UsageError(
                f"{self.name!r} and {other.name!r} hold different classes: "
                f"{sorted(set(self.classes) ^ set(other.classes))}; "
                "map one onto the other first"
            )
        return other.encode(self.classes)


def convert(names: Iterable[str], mapping: Mapping[str, str]) -> list[str]:
    """Rename classes by an explicit map; a class it leaves out is refused."""
    names = list(names)
    missing = sorted({str(n) for n in names if n not in mapping})
    if missing:
        raise UsageError(f"the map has no target for {', '.join(missing)}")
    return [mapping[n] for n in names]


# fmt: off
EMOTIONS = LabelSpace("emotions", (
    "neutral", "calm", "happy", "sad", "angry", "fearful", "disgusted",
    "surprised", "contempt", "bored",
))
"""The canonical names; each corpus maps its own onto them."""

DISPLAYS = LabelSpace("displays", (
    *EMOTIONS, "pain", "pleasure", "achievement", "interested", "unsure",
    "bothered", "concentrating", "thinking",
))
"""The canonical names and what some corpora hold besides, under its own name."""

RAVDESS = LabelSpace("ravdess", (
    "neutral", "calm", "happy", "sad", "angry", "fearful", "disgusted",
    "surprised",
))
RAVDESS_SORTED = LabelSpace("ravdess-sorted", (
    "angry", "calm", "disgusted", "fearful", "happy", "neutral", "sad",
    "surprised",
))
"""The order that sorting RAVDESS' class names gives."""

TESS = LabelSpace("tess", (
    "neutral", "happy", "sad", "angry", "fearful", "disgusted", "surprised",
))
EMODB = LabelSpace("emodb", (
    "neutral", "happy", "sad", "angry", "fearful", "disgusted", "bored",
))
CREMAD = LabelSpace("crema-d", (
    "neutral", "happy", "sad", "angry", "fearful", "disgusted",
))
SHEMO = LabelSpace("shemo", (
    "neutral", "happy", "sad", "angry", "fearful", "surprised",
))
VIVAE = LabelSpace("vivae", (
    "achievement", "angry", "fearful", "pain", "pleasure", "surprised",
))
MAV = LabelSpace("mav", (
    "neutral", "happy", "sad", "angry", "fearful", "disgusted", "surprised",
    "pain", "pleasure",
))
CKPLUS = LabelSpace("ck+48", (
    "happy", "sad", "angry", "fearful", "disgusted", "surprised", "contempt",
))
FACES = LabelSpace("faces", (
    "neutral", "happy", "sad", "angry", "fearful", "disgusted", "surprised",
))
"""JAFFE, CFE, FER2013 and RAF-DB; FED where it holds no more."""

BAUM1A = LabelSpace("baum-1a", (
    "happy", "sad", "angry", "fearful", "disgusted", "surprised", "bored",
    "interested", "unsure",
))
BAUM1S = LabelSpace("baum-1s", (
    "neutral", "happy", "sad", "angry", "fearful", "disgusted", "surprised",
    "contempt", "bored", "bothered", "concentrating", "thinking", "unsure",
))
BAUM1 = LabelSpace("baum-1", (*BAUM1S, "interested"))
"""Both parts together."""

SASEFE = LabelSpace("sase-fe", (
    "happy", "sad", "angry", "disgusted", "surprised", "contempt",
))

FOURTEEN = LabelSpace("fourteen", (
    "angry", "neutral", "disgusted", "fearful", "happy", "sad", "surprised",
    "posed angry", "posed neutral", "posed disgusted", "posed fearful",
    "posed happy", "posed sad", "posed surprised",
))
"""Of document A, seven genuine, then the same seven posed."""

TWELVE = LabelSpace("twelve", (
    *SASEFE.classes, *(f"posed {emotion}" for emotion in SASEFE.classes),
))
"""Of document E, SASE-FE's six genuine, then the same six posed."""

FIVE = LabelSpace("five", ("angry", "disgusted", "fearful", "happy", "sad"))
SIX = LabelSpace("six", (*FIVE.classes, "surprised"))
"""Of document D, the five it recognises, and those of the work it compares with."""

AUTHENTICITY = LabelSpace("authenticity", ("genuine", "posed"))
# fmt: on

SPACES = {  # every space above
    space.name: space
    for space in tuple(globals().values())
    if isinstance(space, LabelSpace)
}


def register(space: LabelSpace) -> LabelSpace:
    """Make a space of one's own known by its name, as those of this module are.

    Raises:
        UsageError: if another space has that name.
    """
    if SPACES.setdefault(space.name, space) != space:
        raise UsageError(
            f"label space {space.name!r} is there with other classes "
            f"({', '.join(SPACES[space.name])}); choose another name"
        )
    return space
