"""What a corpus is: its names, its facts, and where it may be had."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from emolib.labels import LabelSpace

SOUND_SUFFIXES = (".wav", ".flac")


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
            corpus with sound and video files, of each of the two.
        subjects: documented number of people.
        patterns: suffixes of its files, in lower case.
        parse: file name to manifest columns, or None for a name that is not
            the corpus' own. It may add "channel" ("speech" or "song").
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
    downloads: tuple[Download, ...] = ()
    twin: bool = False
