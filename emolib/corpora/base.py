"""What a corpus is: its names, its facts, and where it may be had."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from emolib.labels import LabelSpace

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
    **dict.fromkeys(("interest", "interested"), "interested"),
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
    """One archive of a corpus.

    Args:
        url: where it lies, https only.
        checksum: as "md5:..." or "sha256:...".
        size: in bytes.
    """

    url: str
    checksum: str
    size: int


@dataclass(frozen=True)
class Corpus:
    """A published data set: a data card, and how its files are named.

    Args:
        name: short, as in folder names and records.
        title: the full name.
        space: its classes in their order.
        description: what it holds, in a sentence or two.
        access: how to get it.
        licence: under what terms.
        citation: its key in the book's bibliography.
        url: its home.
        counts: documented number of clips of each canonical emotion; for a
            corpus with sound and video files, of each of the two. Empty where
            no such numbers are documented.
        subjects: documented number of people; 0 where nobody knows.
        patterns: suffixes of its files, in lower case.
        parse: file name to manifest columns, or None for a name that is not
            the corpus' own. "subject" is "" where nobody knows. It may add
            "channel" ("speech" or "song"), and "clip" where the file's name
            alone is not unique. It leaves "emotion" out if a table has it.
        tables: names of the corpus' files that say more of clips than their
            names do, in lower case.
        read_table: such a file to further columns of each clip, by clip. One
            with a "path" of its own is a clip without a file.
        total: documented number of clips, where `counts` is empty.
        downloads: its archives; empty when they need registration or carry no
            published checksum.
        twin: whether the studio can render demo data in its place.
    """

    name: str
    title: str
    space: LabelSpace
    description: str
    access: str
    licence: str
    citation: str
    url: str
    counts: dict[str, int]
    subjects: int
    patterns: tuple[str, ...]
    parse: Callable[[Path], dict[str, str] | None]
    tables: tuple[str, ...] = ()
    read_table: Callable[[Path], dict[str, dict[str, str]]] | None = None
    total: int = 0
    downloads: tuple[Download, ...] = ()
    twin: bool = False

    @property
    def clips(self) -> int:
        """Documented number of clips; 0 if none is."""
        return self.total or sum(self.counts.values())
