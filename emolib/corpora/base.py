"""What a corpus is: its names, its facts, and where it may be had."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from emolib import UsageError
from emolib.labels import LabelSpace

# fmt: off
COLUMNS = (
    "clip", "path", "corpus", "source", "subject", "emotion", "authenticity",
    "intensity", "sentence", "repetition", "modality", "channel", "split_hint",
    "original",
)
# fmt: on
"""Of a manifest."""

RENDERED = "RENDERED.json"
"""The studio leaves this file at the top of what it renders."""

SOUND_SUFFIXES = (".wav", ".flac")
IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp")

WORDS = {
    "neutral": "neutral",
    **dict.fromkeys(("happy", "happiness", "joy"), "happy"),
    **dict.fromkeys(("sad", "sadness"), "sad"),
    **dict.fromkeys(("angry", "anger"), "angry"),
    **dict.fromkeys(("fear", "fearful", "afraid"), "fearful"),
    **dict.fromkeys(("disgust", "disgusted"), "disgusted"),
    **dict.fromkeys(("surprise", "surprised"), "surprised"),
    **dict.fromkeys(("contempt", "contemptuous"), "contempt"),
    **dict.fromkeys(("boredom", "bored"), "bored"),
    **dict.fromkeys(("interest", "intrest", "interested"), "interested"),
    **{
        word: word
        for word in (
            *("pain", "pleasure", "achievement"),
            *("unsure", "bothered", "concentrating", "thinking"),
        )
    },
}
"""How corpora spell emotions in names of files and folders: canonical names."""


def emotion_named(word: str, space: LabelSpace) -> dict[str, str] | None:
    """The columns `original` and `emotion` of a spelt-out emotion.

    None if it is no emotion of the label space.

    >>> from emolib.labels import FACES
    >>> emotion_named("Happiness", FACES)
    {'original': 'happiness', 'emotion': 'happy'}
    """
    emotion = WORDS.get(word.lower())
    if emotion not in space:
        return None
    return {"original": word.lower(), "emotion": emotion}


@dataclass(frozen=True)
class Download:
    """One archive of a corpus, or all that a repository has of it.

    Args:
        url: where it lies, https only.
        checksum: as "md5:..." or "sha256:...".
        size: in bytes.
        files: a pattern of names. Then the url is a repository's answer about a
            record, and it says where its files lie, how large, with what checksum.
    """

    url: str
    checksum: str = ""
    size: int = 0
    files: str = ""


@dataclass(frozen=True)
class Corpus:
    """A data set: a data card, and how its files are named.

    Args:
        name: short, as in folder names and records.
        title: the full name.
        space: its classes in their order.
        patterns: suffixes of its files, in lower case.
        parse: file name to manifest columns, or None for a name that is not
            the corpus' own: a `Named`, or a function. "subject" is "" where
            nobody knows. It may add "clip" where the file's name alone is not
            unique. It leaves "emotion" out if a table has it.
        description: what it holds, in a sentence or two.
        access: how to get it.
        licence: under what terms.
        citation: its key in the book's bibliography.
        url: its home.
        counts: documented number of clips of each canonical emotion; for a
            corpus with sound and video files, of each of the two. Empty where
            no such numbers are documented.
        channels: the same of what is there besides, such as "song".
        total: documented number of clips, where `counts` is empty.
        subjects: documented number of people; 0 where nobody knows.
        tables: names of the corpus' files that say more of clips than their
            names do, in lower case.
        read_table: such a file to further columns of each clip, by clip. One
            with a "path" of its own is a clip without a file.
        downloads: its archives; empty where they need registration or no checksum
            of them is published.
        twin: whether the studio can render demo data in its place.

    Raises:
        UsageError: if the name cannot be that of a folder, a suffix is not one,
            or something is counted or read that is no class of the label space.
    """

    name: str
    title: str
    space: LabelSpace
    patterns: tuple[str, ...]
    parse: Callable[[Path], dict[str, str] | None]
    description: str = ""
    access: str = "its owner says how"
    licence: str = "unknown"
    citation: str = ""
    url: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    channels: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    total: int = 0
    subjects: int = 0
    tables: tuple[str, ...] = ()
    read_table: Callable[[Path], dict[str, dict[str, str]]] | None = None
    downloads: tuple[Download, ...] = ()
    twin: bool = False

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9+_-]*", self.name):
            raise UsageError(
                f"{self.name!r} cannot name a corpus: it names a folder and stands in "
                "records, so small letters, digits, + - and _ are what it may have"
            )
        if isinstance(self.patterns, str) or not all(
            suffix[:1] == "." and suffix == suffix.lower() for suffix in self.patterns
        ):
            raise UsageError(
                f"corpus {self.name}: patterns must be suffixes such as ('.wav',), "
                f"got {self.patterns!r}"
            )
        read = getattr(self.parse, "classes", ())
        for classes in (self.counts, *self.channels.values(), read):
            self.space.encode(classes)

    @property
    def clips(self) -> int:
        """Documented number of clips; 0 if none is."""
        return self.total or sum(self.counts.values())
