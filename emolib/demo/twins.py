"""Twins of published corpora: which clips one holds, and how they are named.

A twin has the published names, folders and counts for as many subjects as its
profile says. What the corpus leaves open (who looks how, in which room) is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from emolib import UsageError
from emolib.demo.causes import Causes
from emolib.labels import RAVDESS


@dataclass(frozen=True)
class Profile:
    """How much of a corpus is rendered and how finely."""

    subjects: int
    repetitions: int
    seconds: float  # of a clip at the plain speaking rate
    frame_rate: int
    size: tuple[int, int]
    sound_rate: int


PROFILES = {
    "smoke": Profile(4, 1, 1.0, 10, (96, 96), 16000),
    "quick": Profile(8, 2, 2.0, 15, (160, 160), 16000),
    "paper": Profile(24, 2, 3.7, 30, (1280, 720), 48000),
}


@dataclass(frozen=True)
class Clip:
    """One performance: its causes and the files it is written to."""

    causes: Causes
    sound: str  # relative to the corpus' folder, with /
    video: str


def ravdess(profile: Profile, common: dict) -> Iterator[Clip]:
    """RAVDESS: each performance as sound alone (03-) and as audio-visual file (01-).

    Actors with odd numbers are men. All displays are posed. Each actor was
    recorded in one session: the set-up goes with the person, as it does there.
    """
    for actor in range(1, profile.subjects + 1):
        for emotion in RAVDESS:
            for intensity in (1,) if emotion == "neutral" else (1, 2):
                for sentence in (1, 2):
                    for repetition in range(1, profile.repetitions + 1):
                        name = (
                            f"01-{RAVDESS.classes.index(emotion) + 1:02}-{intensity:02}"
                            f"-{sentence:02}-{repetition:02}-{actor:02}"
                        )
                        yield Clip(
                            causes=Causes(
                                identity=actor,
                                emotion=emotion,
                                strength={1: 0.65, 2: 1.0}[intensity],
                                authenticity=0.0,
                                sentence=sentence - 1,
                                repetition=repetition,
                                setup=actor,
                                take=name,
                                female=float(actor % 2 == 0),
                                **common,
                            ),
                            sound=f"Actor_{actor:02}/03-{name}.wav",
                            video=f"Actor_{actor:02}/01-{name}.mp4",
                        )


TWINS = {"ravdess": ravdess}


def plan(
    corpus: str, profile: str, seed: int, doses: tuple[tuple[str, float], ...]
) -> list[Clip]:
    """All clips of a twin.

    Raises:
        UsageError: for a corpus or profile the studio does not know.

    >>> len(plan("ravdess", "quick", 0, ()))
    480
    """
    for what, name, known in (("twin", corpus, TWINS), ("profile", profile, PROFILES)):
        if name not in known:
            raise UsageError(
                f"the studio has no {what} {name!r}; it has {', '.join(known)}"
            )
    return list(TWINS[corpus](PROFILES[profile], {"seed": seed, "doses": doses}))
