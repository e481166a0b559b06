"""What the names of files say: most corpora differ in the pattern alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from emolib import UsageError
from emolib.corpora.base import COLUMNS, IMAGE_SUFFIXES, SOUND_SUFFIXES, WORDS
from emolib.labels import LabelSpace

Reading = Mapping[str, str] | Callable[[str], str]


def number(text: str) -> str:
    """A number without the zeros before it.

    >>> number("007")
    '7'
    """
    return str(int(text))


@dataclass(frozen=True)
class Named:
    """Reads a manifest's columns off a file's name, by a pattern.

    A group of the pattern is a column. What it caught is taken as it stands,
    unless `reads` says how to read it.

    Args:
        pattern: a regular expression that the whole name without its suffix must
            match, whatever the case; with a "/" in it, the folder above as well. It
            has the group "emotion".
        emotions: what stands in names: which class that is. Where the corpus has
            another word for it, both: `{"W": ("anger", "angry")}`. A label space
            stands for the English words that mean its classes.
        reads: by column, what stands in names: what is meant; or a function of
            it. Like the emotions, it is found whatever the case.
        fixed: columns that are the same for all clips. The modality follows from
            the suffix: sound, pictures, or else films with sound.
        clip: how a clip is called, in terms of columns and of `stem`, the name
            without its suffix, which need not be unique.

    Raises:
        UsageError: if the pattern is none, or a group or column is none of a
            manifest's.

    >>> from emolib.labels import CREMAD
    >>> parse = Named(r"(?P<subject>s\\d+)-(?P<emotion>[a-z]+)", CREMAD)
    >>> parse("sad/s07-fear.wav")["subject"], parse("sad/s07-fear.wav")["emotion"]
    ('s07', 'fearful')
    >>> parse("s07-boredom.wav")  # no class of CREMA-D
    """

    pattern: str
    emotions: LabelSpace | Mapping[str, str | tuple[str, str]]
    reads: Mapping[str, Reading] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    clip: str = "{stem}"

    def __post_init__(self) -> None:
        try:
            groups = self._regex.groupindex
        except re.error as error:
            raise UsageError(
                f"{self.pattern!r} is no regular expression: {error}"
            ) from error
        given = [name for name in COLUMNS[4:] if name != "original"]
        for name in (*groups, *self.reads, *self.fixed):
            if name not in given:
                raise UsageError(
                    f"{name!r} cannot be read off names: a column is one of "
                    f"{', '.join(given)}"
                )
        if "emotion" not in groups:
            raise UsageError(f"{self.pattern!r} has no group (?P<emotion>...)")
        try:
            self.clip.format(stem="", **dict.fromkeys((*given, "original"), ""))
        except (KeyError, IndexError, ValueError) as error:
            raise UsageError(
                f"{self.clip!r} cannot name a clip: it may have {{stem}} and columns, "
                f"such as {{subject}} (not {error})"
            ) from error

    def __call__(self, path: str | Path) -> dict[str, str] | None:
        """The columns; None for a name that does not match or says nothing known."""
        path = Path(path)
        # Some systems write an accent as a letter of its own.
        name = unicodedata.normalize("NFC", path.with_suffix("").as_posix())
        match = self._regex.fullmatch(name)
        if not match:
            return None
        caught = {name: text or "" for name, text in match.groupdict().items()}
        emotion = self._emotions.get(caught.pop("emotion").lower())
        read = {name: self._read(name, text) for name, text in caught.items()}
        if not emotion or None in read.values():
            return None
        can_be = _modalities(path.suffix.lower())
        usual = {"subject": "", "modality": can_be[0]}
        columns = {**usual, **self.fixed, **read, **emotion}
        if columns["modality"] not in can_be:
            return None
        return {"clip": self.clip.format(stem=path.stem, **columns), **columns}

    @property
    def classes(self) -> set[str]:
        """Every class that it can find."""
        return {emotion["emotion"] for emotion in self._emotions.values()}

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        return re.compile(f"(?:.*/)?(?:{self.pattern})", re.IGNORECASE)

    @cached_property
    def _emotions(self) -> dict[str, dict[str, str]]:
        """The columns "original" and "emotion" by what stands in names."""
        if isinstance(self.emotions, LabelSpace):
            words = {w: e for w, e in WORDS.items() if e in self.emotions}
            return {w: {"original": w, "emotion": e} for w, e in words.items()}
        found = {}
        for text, meant in self.emotions.items():
            own, emotion = (text.lower(), meant) if isinstance(meant, str) else meant
            found[text.lower()] = {"original": own, "emotion": emotion}
        return found

    def _read(self, column: str, text: str) -> str | None:
        reading = self.reads.get(column)
        if reading is None or not text:
            return text
        if callable(reading):
            return reading(text)
        return {key.lower(): meant for key, meant in reading.items()}.get(text.lower())


def _modalities(suffix: str) -> tuple[str, ...]:
    """What a file with this suffix can be, the usual first."""
    if suffix in SOUND_SUFFIXES:
        return ("audio",)
    return ("image",) if suffix in IMAGE_SUFFIXES else ("audio-video", "video")
